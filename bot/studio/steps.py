"""The steps of a held job. Each is one write that only its holder, at this claim, can make; all else raises Lost."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import bindparam, or_, update
from sqlalchemy.sql.dml import ReturningUpdate

from bot.store.database import Transaction
from bot.store.tables import jobs
from bot.studio.job import NOBODY, Amount, Delivery, Ending, Job, Result, State
from bot.studio.queue import FENCE, NEWS, Lost, fenced
from bot.studio.rows import delivery_json, ending_json, forgetful, job_of, origin_json, pictures_json


def sent(tx: Transaction, job: Job, me: str, provider: str) -> Job:
    """RUNNING → SENT: the paid call is about to leave for this provider."""
    return _step(tx, job, me, State.RUNNING, state=State.SENT.value, sent_at=tx.now, provider=provider)


def unsent(tx: Transaction, job: Job, me: str) -> Job:
    """SENT → RUNNING: the call provably did nothing, another may follow."""
    return _step(tx, job, me, State.SENT, state=State.RUNNING.value, sent_at=None, task=None)


def accepted(tx: Transaction, job: Job, me: str, task: str) -> Job:
    """Still SENT: the provider has given a name to ask for it by."""
    return _step(tx, job, me, State.SENT, task=task)


def drawn(tx: Transaction, job: Job, me: str, pictures: Sequence[Result]) -> Job:
    """Still SENT: these pictures of a set are there so far, all of them given again each time."""
    return _step(tx, job, me, State.SENT, pictures=pictures_json(pictures))


def generated(
    tx: Transaction,
    job: Job,
    me: str,
    pictures: Sequence[Result],
    usage: Mapping[str, Any] | None,
    *,
    missing: Ending | None = None,
) -> Job:
    """SENT → GENERATED: all pictures that will come are recorded; `missing` says why some do not."""
    return _step(
        tx,
        job,
        me,
        State.SENT,
        state=State.GENERATED.value,
        generated_at=tx.now,
        pictures=pictures_json(pictures),
        usage=None if usage is None else dict(usage),
        error=None if missing is None else ending_json(missing),
    )


def doubted(tx: Transaction, job: Job, me: str, cost: int) -> Job:
    """A call of this job may have been billed, and the job goes on: so much is added to what is in doubt."""
    row = tx.run(_DOUBT, fenced(job, me) | {"cost": cost}).one_or_none()
    if row is None:
        raise Lost(f"job {job.id}")
    return job_of(row)


def ending(tx: Transaction, job: Job, me: str, how: Ending, amount: Amount) -> Job:
    """RUNNING, SENT or (nothing could be had of it) GENERATED → ENDING: no pictures; the person has yet to be told.

    The same transaction settles this amount in the ledger: nobody waits for their allowance until they were told.
    """
    before = (State.RUNNING, State.SENT, State.GENERATED)
    return _step(tx, job, me, *before, **unhappy(how), **settling(amount))


def settled(tx: Transaction, job: Job, me: str, delivery: Delivery, amount: Amount) -> Job:
    """GENERATED → SETTLED: it has reached the person. The same transaction settles this amount in the ledger."""
    final = settling(amount) | {"delivery": delivery_json(delivery)}
    return _close(tx, job, me, State.GENERATED, State.SETTLED, final)


def ended(tx: Transaction, job: Job, me: str) -> Job:
    """ENDING → what its ending says: the person has been told."""
    if job.ending is None:
        raise Lost(f"job {job.id} has no ending")
    return _close(tx, job, me, State.ENDING, job.ending.state, {})


def unhappy(how: Ending) -> dict[str, Any]:
    """What is written of a job that will bring no pictures, however that came."""
    return {"state": State.ENDING.value, "error": ending_json(how)}


def settling(amount: Amount) -> dict[str, Any]:
    """What is written of a job when its line in the ledger is closed."""
    return {"settled_images": amount.images, "settled_cost": amount.cost}


def late(tx: Transaction, job_id: int, pictures: Sequence[Result]) -> Job | None:
    """Paid pictures that came after the job was lost are written down all the same, if none are; else None. Those of
    somebody who is forgotten are not."""
    wanted = (jobs.c.id == job_id, jobs.c.pictures.is_(None), jobs.c.user_id != NOBODY)
    statement = update(jobs).where(*wanted).returning(jobs)
    row = tx.run(statement.values(pictures=pictures_json(pictures))).one_or_none()
    return job_of(row) if row else None


def _close(tx: Transaction, job: Job, me: str, before: State, after: State, final: Mapping[str, Any]) -> Job:
    """The last step. A closed job opens no door: its interaction's token is not kept."""
    kept = origin_json(forgetful(job.origin))
    closed = _step(tx, job, me, before, state=after.value, closed_at=tx.now, owner=None, origin=kept, **final)
    tx.announce(NEWS)
    return closed


def _step(tx: Transaction, job: Job, me: str, *before: State, **values: Any) -> Job:
    new = {f"new_{name}": value for name, value in values.items()}
    row = tx.run(_update(before, tuple(values)), fenced(job, me) | new).one_or_none()
    if row is None:
        raise Lost(f"job {job.id}")
    return job_of(row)


@cache
def _update(before: tuple[State, ...], names: tuple[str, ...]) -> ReturningUpdate[Any]:
    legal = or_(*(jobs.c.state == state.value for state in before))  # IN with a list is made anew each time
    new: dict[str, Any] = {name: bindparam(f"new_{name}") for name in names}
    return update(jobs).where(FENCE, legal).values(**new).returning(jobs)


_DOUBT = (
    update(jobs)
    .where(FENCE, jobs.c.closed_at.is_(None))
    .values(doubtful_cost=jobs.c.doubtful_cost + bindparam("cost"))
    .returning(jobs)
)
