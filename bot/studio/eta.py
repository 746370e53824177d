"""Where a job stands in the line, and when it should be done: from what is before it, how long such jobs took, and how
many hands there are."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Executable, Row, bindparam, case, func, select, tuple_

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


@dataclass(frozen=True, slots=True)
class Outlook:
    """What lies before a job: its place in the line of its provider (1 is next; None if it does not wait), and when it
    should be done, by the clock (None if nothing like it was measured, nobody works, or it is overdue)."""

    place: int | None
    eta: float | None


def outlook(tx: Transaction, job: Job, capacity: Capacity | None = None) -> Outlook:
    """How a job stands now, whether it waits or is worked on.

    With the capacity of its provider, the pace there is considered too. Lines of other providers are not: whether
    they move at all depends on those.
    """
    means = _Means(tx)
    own = means.of(job.provider, job.model, job.images)
    if job.state is not State.QUEUED:
        return Outlook(None, _of_what_runs(job, own, tx.now))
    here = tx.run(_HERE, {"its_id": job.id, "its_provider": job.provider, "now": tx.now}).one()
    if not here.slots:
        own = None
    if here.tag is None:  # it has been taken up since
        return Outlook(None, None if own is None else tx.now + own)
    line = {"its_id": job.id, "its_tag": here.tag, "its_provider": job.provider}
    ahead = [] if here.other is None else tx.run(_AHEAD, line).all()
    place = 1 + sum(kind.jobs for kind in ahead)
    if own is None:
        return Outlook(place, None)
    wait = 0.0
    if here.held + place > here.slots:
        wait = _work(tx, ahead, means, own) / here.slots
    before = sum(kind.images * kind.jobs for kind in ahead)
    pace = capacity or Capacity()
    paced = pace.opens_at(pace.pay(here.paid_until or 0.0, before, tx.now), job.images)
    return Outlook(place, max(tx.now + wait, paced, float(here.ready_at)) + own)


def _of_what_runs(job: Job, seconds: float | None, now: float) -> float | None:
    begun = job.started_at if job.state is State.RUNNING else job.sent_at
    if begun is None or seconds is None or job.state not in {State.RUNNING, State.SENT}:
        return None
    return None if begun + seconds < now else begun + seconds


def _work(tx: Transaction, ahead: Sequence[Row[Any]], means: "_Means", own: float) -> float:
    """The seconds of work that come before, if one hand did all of it; what was never measured counts as `own`."""
    work = sum(kind.jobs * (means.of(kind.provider, kind.model, kind.images) or own) for kind in ahead)
    for row in tx.run(_AT_WORK):
        whole = means.of(row.provider, row.model, row.images) or own
        work += max(0.0, (row.started_at or tx.now) + whole - tx.now)
    return float(work)


_MINE = (jobs.c.id == bindparam("its_id"), WAITING, QUEUED)
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
    .where(jobs.c.provider == bindparam("its_provider"), WAITING)
    .where(jobs.c.tag >= 0)  # still in line; the state says so too, but stands in no index
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
