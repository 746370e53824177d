"""Who is alive: workers with a lease, jobs that are let go, and jobs that are taken from the dead."""

from collections.abc import Container
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, select, update

from bot.store.database import Transaction
from bot.store.tables import jobs, workers
from bot.studio.job import Job, State
from bot.studio.queue import BEGUN, FENCE, HELD, NEWS, Lost, fenced, lock
from bot.studio.rows import job_of


@dataclass(frozen=True, slots=True)
class Worker:
    """A process that works on so many jobs at once."""

    id: str
    host: str
    pid: int
    slots: int


def register(tx: Transaction, worker: Worker, lease: float) -> None:
    """Count this worker among the living for so many seconds; again is as good as once."""
    values = {"host": worker.host, "pid": worker.pid, "slots": worker.slots}
    values |= {"started_at": tx.now, "lease_until": tx.now + lease}
    new = tx.insert(workers).values(id=worker.id, **values)
    tx.run(new.on_conflict_do_update(index_elements=[workers.c.id], set_=values))


def enter(tx: Transaction, worker: Worker, lease: float, known: Container[str]) -> list[Worker]:
    """Register, unless somebody lives who is not known: who they are. Nobody else can come in meanwhile."""
    tx.alone()
    unknown = [other for other in living(tx) if other.id not in known]
    if not unknown:
        register(tx, worker, lease)
    return unknown


def renew(tx: Transaction, me: str, lease: float) -> bool:
    """Live on for so many seconds. False: it was too late, the others have taken all its jobs."""
    return bool(tx.run(update(workers).where(workers.c.id == me).values(lease_until=tx.now + lease)).rowcount)


def living(tx: Transaction) -> list[Worker]:
    """Who is alive, the oldest first."""
    alive = select(workers).where(workers.c.lease_until >= tx.now).order_by(workers.c.started_at)
    return [Worker(row.id, row.host, row.pid, row.slots) for row in tx.run(alive)]


def held_by(tx: Transaction, me: str) -> list[Job]:
    """The jobs that this worker holds."""
    return [job_of(row) for row in tx.run(select(jobs).where(HELD, jobs.c.owner == me)).all()]


def retire(tx: Transaction, me: str) -> None:
    """Leave in peace: whatever it still holds is anybody's, and no strike."""
    lock(tx)
    for row in tx.run(select(jobs).where(HELD, jobs.c.owner == me)).all():
        _let_go(tx, job_of(row), tx.now, strike=False)
    tx.run(delete(workers).where(workers.c.id == me))
    tx.announce(NEWS)


def reap(tx: Transaction, *, alone: str | None = None) -> int:
    """Take the jobs of the dead from them, and say how many. `alone` is the only worker that can be alive.

    Each gets a strike, so that a job which kills whoever works on it can be told from the others.
    """
    dead = workers.c.lease_until < tx.now if alone is None else workers.c.id != alone
    tx.run(delete(workers).where(dead))
    orphaned = select(jobs).where(HELD, jobs.c.owner.not_in(select(workers.c.id)))
    if tx.run(orphaned.limit(1)).first() is None:
        return 0
    lock(tx)
    rows = tx.run(orphaned).all()
    for row in rows:
        _let_go(tx, job_of(row), tx.now, strike=True)
    tx.announce(NEWS)
    return len(rows)


def release(tx: Transaction, job: Job, me: str, *, ready_at: float, strike: bool = False) -> None:
    """Let go of a job, for anybody to take from `ready_at` on."""
    row = tx.run(_MINE, fenced(job, me)).one_or_none()
    if row is None:
        raise Lost(f"job {job.id}")
    _let_go(tx, job_of(row), ready_at, strike=strike)
    tx.announce(NEWS)


_MINE = select(jobs).where(FENCE).with_for_update()


def _let_go(tx: Transaction, job: Job, ready_at: float, *, strike: bool) -> None:
    """What was not sent yet waits for its turn again, at its old place; what was begun comes before all others."""
    values: dict[str, Any] = {"owner": None, "ready_at": ready_at, "strikes": job.strikes + strike}
    if job.state is State.RUNNING:
        values["state"] = State.QUEUED.value
    else:
        values["tag"] = BEGUN
    tx.run(update(jobs).where(FENCE).values(**values), fenced(job, job.owner))
