"""What a server's log channel or the owner of the bot is to be told: each thing once, by one of all processes.

Whoever can talk to people takes notices now and then, or when NEWS is announced, and says of each that it was told. One
that was taken and not told comes back: the process may have died.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row, delete, select, update

from bot.store.database import Transaction
from bot.store.tables import notices

NEWS = "notices"  # announced when there is something to tell
PATIENCE = 120.0  # seconds until what was taken and not told may be taken again
TRIES = 20  # then nobody is told: the channel is gone, or closed
KEPT = 40 * 86_400.0  # as long as the periods that they are about

BUDGET_WARNING, BUDGET_STOP, REPORT, DEED = "budget_warning", "budget_stop", "report", "deed"


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing to be told: to the audit channel of a server, or, without one, to the owner of the bot.

    `kind` is one of the words above. Its facts: of a budget scope, period, limit, used, returns_at; of a report its
    number `report`, and `job`; of a deed `deed`, the number of its row in the audit log.
    """

    id: int
    kind: str
    server: int | None
    facts: Mapping[str, Any] = field(default_factory=dict)
    at: float = 0.0


def post(tx: Transaction, key: str, kind: str, server: int | None, facts: Mapping[str, Any]) -> bool:
    """Have it told; False if that was asked for before, by this key."""
    row = {"key": key, "kind": kind, "server_id": server, "facts": dict(facts), "at": tx.now}
    new = tx.insert(notices).values(**row, ready_at=tx.now, tries=0).on_conflict_do_nothing(index_elements=["key"])
    if not tx.run(new).rowcount:
        return False
    tx.announce(NEWS)
    return True


def take(tx: Transaction, most: int = 20) -> list[Notice]:
    """What is to be told now, the oldest first; nobody else gets the same for a while."""
    due = (notices.c.told_at.is_(None), notices.c.ready_at <= tx.now, notices.c.tries < TRIES)
    first = select(notices).where(*due).order_by(notices.c.ready_at, notices.c.id).limit(most)
    found = tx.run(first.with_for_update(skip_locked=True)).all()
    numbers = [row.id for row in found]
    taken = {"ready_at": tx.now + PATIENCE, "tries": notices.c.tries + 1}
    if numbers:
        tx.run(update(notices).where(notices.c.id.in_(numbers)).values(**taken))
    return [_notice(row) for row in sorted(found, key=_number)]


def told(tx: Transaction, notice: int) -> None:
    """It has arrived, or cannot arrive and is not to be tried again."""
    tx.run(update(notices).where(notices.c.id == notice).values(told_at=tx.now))


def later(tx: Transaction, notice: int, seconds: float) -> None:
    """It did not arrive: take it again after so many seconds."""
    tx.run(update(notices).where(notices.c.id == notice).values(ready_at=tx.now + seconds))


def forget(tx: Transaction) -> int:
    """Remove what is so old that nothing is counted in its period any more; how many."""
    return tx.run(delete(notices).where(notices.c.at < tx.now - KEPT)).rowcount


def _notice(row: Row[Any]) -> Notice:
    return Notice(row.id, row.kind, row.server_id, row.facts, row.at)


def _number(row: Row[Any]) -> int:
    return int(row.id)
