"""The audit log: what moderators and the owner have done, to whom, and what it was before and after."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row, delete, func, insert, select

from bot.store.database import Transaction
from bot.store.tables import audit
from bot.studio import notices

BATCH = 500  # rows that are removed at once

SETTINGS, PAUSE, RESUME = "settings", "pause", "resume"
BLOCK, UNBLOCK, GRANT, REVOKE = "block", "unblock", "grant", "revoke"
DELETE, CANCEL, DISMISS, ACT = "delete", "cancel", "dismiss", "act"


@dataclass(frozen=True, slots=True)
class Deed:
    """One line: in a server, or, without one, for the whole bot. `deed` is one of the words above; `subject` is what it
    was done to: "user/42", "job/7", "report/3" or nothing."""

    server: int | None
    actor: int
    deed: str
    subject: str = ""
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)
    at: float = 0.0
    id: int = 0


@dataclass(frozen=True, slots=True)
class Page:
    """Some lines, newest first: page `number` of `of`. Where there is nothing, that is one empty page."""

    deeds: tuple[Deed, ...]
    number: int
    of: int


def write(tx: Transaction, deed: Deed, channel: int | None = None) -> int:
    """Write it down, in the transaction of the deed itself, and have it told in the server's log `channel` if it has
    one; the number of the line."""
    row = {
        "server_id": deed.server,
        "actor_id": deed.actor,
        "at": tx.now,
        "deed": deed.deed,
        "subject": deed.subject,
        "before": dict(deed.before),
        "after": dict(deed.after),
    }
    number: int = tx.run(insert(audit).values(**row).returning(audit.c.id)).scalar_one()
    if channel is not None:
        notices.post(tx, f"deed/{number}", notices.DEED, deed.server, {"deed": number, "channel": channel})
    return number


def read(tx: Transaction, number: int) -> Deed | None:
    """One line."""
    row = tx.run(select(audit).where(audit.c.id == number)).one_or_none()
    return _deed(row) if row else None


def page(tx: Transaction, server: int | None, *, number: int = 1, size: int = 10, subject: str = "") -> Page:
    """A page of a server's lines, or of those for the whole bot; only those about `subject` if one is named."""
    ours = [audit.c.server_id == server if server is not None else audit.c.server_id.is_(None)]
    if subject:
        ours.append(audit.c.subject == subject)
    count = tx.run(select(func.count()).select_from(audit).where(*ours)).scalar_one()
    of = max(1, -(-count // size))
    number = min(max(1, number), of)
    rows = select(audit).where(*ours).order_by(audit.c.id.desc()).offset((number - 1) * size).limit(size)
    return Page(tuple(map(_deed, tx.run(rows))), number, of)


def forget(tx: Transaction, keep: float) -> int:
    """Remove lines that are older than so many seconds, BATCH at most; how many."""
    old = select(audit.c.id).where(audit.c.at < tx.now - keep).order_by(audit.c.at).limit(BATCH)
    return tx.run(delete(audit).where(audit.c.id.in_(old))).rowcount


def _deed(row: Row[Any]) -> Deed:
    before, after = row.before or {}, row.after or {}
    return Deed(row.server_id, row.actor_id, row.deed, row.subject, before, after, row.at, row.id)
