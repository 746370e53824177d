"""Taking jobs back: at once while they wait, by asking their worker afterwards."""

from sqlalchemy import and_, or_, select, update

from bot.store.database import Transaction
from bot.store.tables import jobs, lanes
from bot.studio import ledger
from bot.studio.job import Amount, Ending, Job, State
from bot.studio.queue import BEGUN, CALLING, HELD, NEWS, QUEUED, WAITING, lock
from bot.studio.rows import job_of
from bot.studio.steps import settling, unhappy


def cancel_waiting(tx: Transaction, job_id: int) -> Job | None:
    """End a job that waits for its turn; the later ones of its user move up as if it had never been there.

    What was reserved for it comes back at once; a worker tells the person. None if it does not wait.
    """
    lock(tx)
    # Ready at once, also if it was put off: the person is waiting to be told.
    at_once = {"tag": BEGUN, "ready_at": tx.now}
    values = unhappy(Ending(State.CANCELLED, "Cancelled")) | settling(Amount()) | at_once
    waits = and_(jobs.c.id == job_id, WAITING, QUEUED)
    row = tx.run(update(jobs).where(waits).values(**values).returning(jobs)).one_or_none()
    if row is None:
        return None
    job = job_of(row)
    # Accounts before lanes, as everywhere: whoever asks for something at the same time locks them in this order.
    ledger.close(tx, job.who, job.created_at, job.reserved, Amount())
    share = row.images / row.weight
    later = and_(jobs.c.user_id == row.user_id, WAITING, QUEUED, jobs.c.id > row.id)
    tx.run(update(jobs).where(later).values(tag=jobs.c.tag - share))
    tx.run(update(lanes).where(lanes.c.user_id == row.user_id).values(tag=lanes.c.tag - share))
    tx.announce(NEWS)
    return job


def ask_to_cancel(tx: Transaction, job_id: int) -> bool:
    """Tell whoever holds the job, or takes it up next, that it is not wanted any more. False: it is too late."""
    wanted = and_(jobs.c.id == job_id, jobs.c.closed_at.is_(None), or_(QUEUED, CALLING))
    if not tx.run(update(jobs).where(wanted).values(cancelled=True)).rowcount:
        return False
    tx.announce(f"cancel {job_id}")
    return True


def cancelled_of(tx: Transaction, me: str) -> list[int]:
    """The jobs that this worker holds and that are not wanted any more."""
    return list(tx.run(select(jobs.c.id).where(HELD, jobs.c.owner == me, jobs.c.cancelled)).scalars())
