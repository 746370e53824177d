"""When a job should be done: from how long such jobs took, what is before it, and how many hands there are."""

from functools import cache

from sqlalchemy import Executable, bindparam, case, func, select, tuple_

from bot.store.database import MakeInsert, Transaction
from bot.store.tables import jobs, queues, timings, workers
from bot.studio.job import Job, State
from bot.studio.queue import CALLING, HELD, QUEUED, WAITING, Capacity

MEMORY = 20  # how many jobs a mean goes back


def learn(tx: Transaction, provider: str, model: str, images: int, seconds: float) -> None:
    """Remember how long a job took; the latest count for more."""
    kind = {"provider": provider, "model": model, "images": images}
    tx.run(_learning(tx.insert), {**kind, "seconds": seconds, "jobs": 1})


@cache
def _learning(insert: MakeInsert) -> Executable:
    new = insert(timings)
    count = case((timings.c.jobs < MEMORY, timings.c.jobs + 1), else_=MEMORY)
    mean = timings.c.seconds + (new.excluded.seconds - timings.c.seconds) / count
    key = [timings.c.provider, timings.c.model, timings.c.images]
    return new.on_conflict_do_update(index_elements=key, set_={"seconds": mean, "jobs": count})


def eta(tx: Transaction, job: Job, capacity: Capacity | None = None) -> float | None:
    """When it should be done, by the clock; None if nothing like it was measured, nobody works, or it is overdue.

    With the capacity of its provider, the pace there is considered too. Lines of other providers are not: whether
    they move at all depends on those.
    """
    if job.state is State.QUEUED:
        return _from_the_line(tx, job, capacity or Capacity())
    begun = job.started_at if job.state is State.RUNNING else job.sent_at
    if begun is None or job.state not in {State.RUNNING, State.SENT}:
        return None
    seconds = _Means(tx).of(job.provider, job.model, job.images)
    return None if seconds is None or begun + seconds < tx.now else begun + seconds


def _from_the_line(tx: Transaction, job: Job, capacity: Capacity) -> float | None:
    means = _Means(tx)
    own = means.of(job.provider, job.model, job.images)
    here = tx.run(_HERE, {"its_id": job.id, "its_provider": job.provider, "now": tx.now}).one()
    if own is None or not here.slots:
        return None
    if here.tag is None:  # it has been taken up since
        return tx.now + own
    line = {"its_id": job.id, "its_tag": here.tag, "its_provider": job.provider}
    ahead = [] if here.other is None else tx.run(_AHEAD, line).all()
    wait = 0.0
    if here.held + sum(kind.jobs for kind in ahead) >= here.slots:
        held = tx.run(_AT_WORK).all()
        work = sum(kind.jobs * (means.of(kind.provider, kind.model, kind.images) or own) for kind in ahead)
        for row in held:
            whole = means.of(row.provider, row.model, row.images) or own
            work += max(0.0, (row.started_at or tx.now) + whole - tx.now)
        wait = work / here.slots
    before = sum(kind.images * kind.jobs for kind in ahead)
    paced = capacity.opens_at(capacity.pay(here.paid_until or 0.0, before, tx.now), job.images)
    return max(tx.now + wait, paced, float(here.ready_at)) + own


_MINE = (jobs.c.id == bindparam("its_id"), WAITING)
_HERE = select(
    select(jobs.c.tag).where(*_MINE).scalar_subquery().label("tag"),
    select(jobs.c.ready_at).where(*_MINE).scalar_subquery().label("ready_at"),
    select(func.sum(workers.c.slots)).where(workers.c.lease_until >= bindparam("now")).scalar_subquery().label("slots"),
    select(queues.c.paid_until)
    .where(queues.c.provider == bindparam("its_provider"))
    .scalar_subquery()
    .label("paid_until"),
    select(func.count()).where(HELD, CALLING).select_from(jobs).scalar_subquery().label("held"),
    select(jobs.c.id)
    .where(jobs.c.provider == bindparam("its_provider"), WAITING, jobs.c.id != bindparam("its_id"))
    .limit(1)
    .scalar_subquery()
    .label("other"),
)
_KIND = (jobs.c.provider, jobs.c.model, jobs.c.images)
_AHEAD = (
    select(*_KIND, func.count().label("jobs"))
    .where(jobs.c.provider == bindparam("its_provider"), WAITING, QUEUED)
    .where(tuple_(jobs.c.tag, jobs.c.id) < tuple_(bindparam("its_tag"), bindparam("its_id")))
    .group_by(*_KIND)
)
_AT_WORK = select(*_KIND, jobs.c.started_at).where(HELD, CALLING)
_ALL = select(timings)


class _Means:
    """How long jobs take, as measured; of what never ran, by the nearest number of pictures of the same model."""

    def __init__(self, tx: Transaction) -> None:
        self._seconds = {(row.provider, row.model, row.images): row.seconds for row in tx.run(_ALL)}

    def of(self, provider: str, model: str, images: int) -> float | None:
        """Seconds for a job, or None."""
        known = [key for key in self._seconds if key[:2] == (provider, model)]
        if not known:
            return None
        nearest = min(known, key=lambda key: abs(key[2] - images))
        return float(self._seconds[nearest] * images / nearest[2])
