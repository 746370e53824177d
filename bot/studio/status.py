"""How the whole bot stands, for whoever runs it: queues, workers, budgets, troubles with providers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import and_, func, select

from bot import __version__
from bot.store.database import Transaction
from bot.store.schema import REVISION
from bot.store.tables import jobs, preferences, workers
from bot.studio import alarms, ledger
from bot.studio.acceptance import HOUSE
from bot.studio.job import Who
from bot.studio.limits import Left, Limits
from bot.studio.memos import recall
from bot.studio.queue import HELD, WAITING


@dataclass(frozen=True, slots=True)
class Line:
    """One provider: jobs that wait for it and jobs that are worked on, since when the first one waits, and its trouble
    (the name of an error) if its owner has to look after it."""

    waiting: int = 0
    working: int = 0
    since: float | None = None
    trouble: str | None = None


@dataclass(frozen=True, slots=True)
class AtWork:
    """A process that works on the queue."""

    id: str
    host: str
    slots: int
    started_at: float


@dataclass(frozen=True, slots=True)
class Status:
    """Everything at one moment. `budgets` are those of everybody together, and of the server that is asked about."""

    version: str
    schema: str
    paused: bool
    lines: Mapping[str, Line]
    workers: Sequence[AtWork]
    budgets: Sequence[Left]


def status(tx: Transaction, providers: Sequence[str], server: int | None, limits: Limits) -> Status:
    """Look at everything once."""
    counted = func.count().label("jobs"), func.min(jobs.c.created_at).label("since")
    waiting, working = (
        {row.provider: row for row in tx.run(select(jobs.c.provider, *counted).where(which).group_by(jobs.c.provider))}
        for which in (WAITING, HELD)
    )
    alive = tx.run(select(workers).where(workers.c.lease_until >= tx.now).order_by(workers.c.started_at, workers.c.id))
    return Status(
        version=__version__,
        schema=REVISION,
        paused=bool(recall(tx, HOUSE, 0).get("paused")),
        lines={
            name: Line(
                waiting[name].jobs if name in waiting else 0,
                working[name].jobs if name in working else 0,
                waiting[name].since if name in waiting else None,
                trouble,
            )
            for name, trouble in _troubles(tx, [*dict.fromkeys((*providers, *waiting, *working))]).items()
        },
        workers=[AtWork(row.id, row.host, row.slots, row.started_at) for row in alive],
        budgets=[left for left in ledger.left(tx, Who(0, server), limits) if left.scope.value != "user"],
    )


def _troubles(tx: Transaction, providers: Sequence[str]) -> dict[str, str | None]:
    """What the owner was told of and has not passed since."""
    scopes = {alarms.scope_of(name): name for name in providers}
    mine = and_(preferences.c.scope.in_(scopes), preferences.c.subject == 0)
    rows = tx.run(select(preferences.c.scope, preferences.c["values"]).where(mine))
    told = {scopes[row.scope]: row._mapping["values"].get("error") for row in rows}
    return {name: told.get(name) for name in providers}
