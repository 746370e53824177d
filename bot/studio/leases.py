"""Who is alive: workers with a lease, jobs that are let go, and jobs that are taken from the dead."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, select, update

from bot.store.database import Transaction
from bot.store.tables import jobs, workers
from bot.studio.job import Ending, Job, State
from bot.studio.queue import BEGUN, HELD, NEWS, Lost, fence, lock
from bot.studio.rows import ending_json, job_of

STRIKES = 3  # so many workers may die of a job before nobody tries it again

_GAVE_UP = {
    State.RUNNING: Ending(State.FAILED, "GaveUp"),
    State.SENT: Ending(State.IN_DOUBT, "GaveUp", charged="unknown"),
    State.GENERATED: Ending(State.FAILED, "GaveUp", charged="yes"),
}


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


def renew(tx: Transaction, me: str, lease: float) -> bool:
    """Live on for so many seconds. False: it was too late, the others have taken all its jobs."""
    return bool(tx.run(update(workers).where(workers.c.id == me).values(lease_until=tx.now + lease)).rowcount)


def retire(tx: Transaction, me: str) -> None:
    """Leave in peace: whatever it still holds is anybody's, and no strike."""
    lock(tx)
    for row in tx.run(select(jobs).where(HELD, jobs.c.owner == me)).all():
        _let_go(tx, job_of(row), tx.now, strike=False)
    tx.run(delete(workers).where(workers.c.id == me))


def reap(tx: Transaction, *, alone: str | None = None) -> int:
    """Take the jobs of the dead from them, and say how many. `alone` is the only worker that can be alive."""
    dead = workers.c.lease_until < tx.now if alone is None else workers.c.id != alone
    tx.run(delete(workers).where(dead))
    orphaned = select(jobs).where(HELD, jobs.c.owner.not_in(select(workers.c.id)))
    if tx.run(orphaned.limit(1)).first() is None:
        return 0
    lock(tx)
    rows = tx.run(orphaned).all()
    for row in rows:
        _let_go(tx, job_of(row), tx.now, strike=True)
    return len(rows)


def release(tx: Transaction, job: Job, me: str, *, ready_at: float, strike: bool = False) -> None:
    """Let go of a job, for anybody to take from `ready_at` on; what was not sent yet waits for its turn again."""
    row = tx.run(select(jobs).where(fence(job, me)).with_for_update()).one_or_none()
    if row is None:
        raise Lost(f"job {job.id}")
    _let_go(tx, job_of(row), ready_at, strike=strike)


def _let_go(tx: Transaction, job: Job, ready_at: float, *, strike: bool) -> None:
    strikes = job.strikes + strike
    values: dict[str, Any] = {"owner": None, "ready_at": ready_at, "strikes": strikes}
    if strike and strikes >= STRIKES and job.state in _GAVE_UP:
        values |= {"state": State.ENDING.value, "error": ending_json(_GAVE_UP[job.state]), "tag": BEGUN}
    elif job.state is State.RUNNING:
        values |= {"state": State.QUEUED.value}
    else:
        values |= {"tag": BEGUN}
    tx.run(update(jobs).where(fence(job, job.owner)).values(**values))
    tx.announce(NEWS)
