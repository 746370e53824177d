"""The queue in figures, for all processes together: what is open, and since when the oldest waits."""

from dataclasses import dataclass

from sqlalchemy import and_, func, select

from bot.store.database import Transaction
from bot.store.tables import jobs, workers
from bot.studio.job import State
from bot.studio.queue import HELD, QUEUED, WAITING


@dataclass(frozen=True, slots=True)
class Line:
    """Those who wait for their first turn at one provider, and the seconds for which the first of them has."""

    provider: str
    jobs: int
    oldest: float


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything at one moment. `open` counts jobs that have not ended, by provider, model and state."""

    lines: tuple[Line, ...]
    open: tuple[tuple[str, str, State, int], ...]
    workers: int


def count(tx: Transaction) -> Figures:
    """Look at the partial indexes of what is open; finished jobs cost nothing."""
    lines = tuple(Line(row.provider, row.jobs, max(0.0, tx.now - row.first)) for row in tx.run(_LINES))
    counts: dict[tuple[str, str, State], int] = {}
    for statement in _OPEN:
        for row in tx.run(statement):
            kind = (row.provider, row.model, State(row.state))
            counts[kind] = counts.get(kind, 0) + row.jobs
    living = tx.run(_LIVING.where(workers.c.lease_until >= tx.now)).scalar_one()
    return Figures(lines, tuple((*kind, number) for kind, number in sorted(counts.items(), key=str)), living)


_LINES = (
    select(jobs.c.provider, func.count().label("jobs"), func.min(jobs.c.created_at).label("first"))
    .where(and_(WAITING, QUEUED))
    .group_by(jobs.c.provider)
)
_OPEN = tuple(
    select(jobs.c.provider, jobs.c.model, jobs.c.state, func.count().label("jobs"))
    .where(condition)
    .group_by(jobs.c.provider, jobs.c.model, jobs.c.state)
    for condition in (WAITING, HELD)  # each in the words of its index
)
_LIVING = select(func.count()).select_from(workers)
