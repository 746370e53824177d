"""What people have said of pictures that should not be: one report each of a job, open until somebody deals with it."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, delete, func, select, update

from bot.store.database import Transaction
from bot.store.tables import reports
from bot.studio import notices
from bot.studio.job import Job

OPEN, DISMISSED, ACTED = "open", "dismissed", "acted"
LONGEST = 1000  # characters of a reason


@dataclass(frozen=True, slots=True)
class Report:
    """Somebody has reported a job in a `server`, or, outside of servers, to the owner of the bot; `message` is what
    they saw, where that is known."""

    id: int
    job: int
    server: int | None
    channel: int | None
    message: int | None
    reporter: int
    reason: str
    state: str = OPEN
    at: float = 0.0
    closed_by: int | None = None
    closed_at: float | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Some reports: page `number` of `of`. Where there is nothing, that is one empty page."""

    reports: tuple[Report, ...]
    number: int
    of: int


def file(
    tx: Transaction, job: Job, reporter: int, reason: str, *, message: int | None = None, channel: int | None = None
) -> tuple[Report, bool]:
    """Report a job, and have its moderators told; the report, and whether it is new: the same person's second one of a
    job is the first one again."""
    row = {
        "job_id": job.id,
        "server_id": job.who.server,
        "channel_id": channel or job.origin.channel or None,
        "message_id": message,
        "reporter_id": reporter,
        "told": {"reason": " ".join(reason.split())[:LONGEST]},
        "state": OPEN,
        "at": tx.now,
    }
    once = tx.insert(reports).values(**row).on_conflict_do_nothing(index_elements=["job_id", "reporter_id"])
    made = tx.run(once.returning(reports)).one_or_none()
    if made is None:
        mine = (reports.c.job_id == job.id, reports.c.reporter_id == reporter)
        return _report(tx.run(select(reports).where(*mine)).one()), False
    # Many reports of the same picture are one piece of news.
    notices.post(tx, f"report/{job.id}", notices.REPORT, job.who.server, {"report": made.id, "job": job.id})
    return _report(made), True


def find(tx: Transaction, server: int | None, number: int) -> Report | None:
    """A report of this server; those of others are none."""
    row = tx.run(select(reports).where(_of(server), reports.c.id == number)).one_or_none()
    return _report(row) if row else None


def page(tx: Transaction, server: int | None, *, state: str = OPEN, number: int = 1, size: int = 5) -> Page:
    """A page of a server's reports in a state, the oldest first as long as they are open, else the newest."""
    ours = (_of(server), reports.c.state == state)
    count = tx.run(select(func.count()).select_from(reports).where(*ours)).scalar_one()
    of = max(1, -(-count // size))
    number = min(max(1, number), of)
    order = reports.c.id if state == OPEN else reports.c.id.desc()
    rows = select(reports).where(*ours).order_by(order).offset((number - 1) * size).limit(size)
    return Page(tuple(map(_report, tx.run(rows))), number, of)


def close(tx: Transaction, server: int | None, job: int, state: str, by: int) -> int:
    """Close every open report of a job in this server; how many. 0: somebody else was faster."""
    ours = (_of(server), reports.c.job_id == job, reports.c.state == OPEN)
    return tx.run(update(reports).where(*ours).values(state=state, closed_by=by, closed_at=tx.now)).rowcount


def forget(tx: Transaction, keep: float) -> int:
    """Remove reports that are older than so many seconds; how many."""
    return tx.run(delete(reports).where(reports.c.at < tx.now - keep)).rowcount


def _of(server: int | None) -> ColumnElement[bool]:
    return reports.c.server_id == server if server is not None else reports.c.server_id.is_(None)


def _report(row: Row[Any]) -> Report:
    return Report(
        row.id,
        row.job_id,
        row.server_id,
        row.channel_id,
        row.message_id,
        row.reporter_id,
        str(row.told.get("reason", "")),
        row.state,
        row.at,
        row.closed_by,
        row.closed_at,
    )
