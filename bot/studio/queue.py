"""The queue: who comes next, fairly among people, within every limit, exactly across processes.

Each job has a tag, a virtual time in pictures: it begins where the last job of its user ended, but never before
the time that the queue has come to, and the least tag comes first. So everybody moves on by as many pictures as
everybody else (times their weight), whoever comes late starts level with the others, and who was idle has gained
nothing. Jobs that were begun and let go keep their money's worth: they come before all others.

Locks are always taken in this order: queues by name, the job, accounts by key, lanes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import (
    Double,
    Executable,
    Row,
    Select,
    and_,
    bindparam,
    case,
    exists,
    func,
    or_,
    select,
    tuple_,
    union_all,
    update,
)

from bot.store.database import MakeInsert, Transaction
from bot.store.tables import jobs, lanes, queues, workers
from bot.studio.job import Amount, Job, Origin, State, Who
from bot.studio.rows import job_of, origin_json

NEWS = "jobs"  # announced when something may have become claimable
BEGUN = -1.0  # the tag of what was begun and let go: before all that waits for its first turn
BURST = 60.0  # seconds of a provider's pace that may be used at once
ROOM_AGAIN = 1.0  # seconds until a provider without room is asked again

# The very words of the partial indexes.
WAITING = and_(jobs.c.closed_at.is_(None), jobs.c.owner.is_(None))
HELD = and_(jobs.c.closed_at.is_(None), jobs.c.owner.is_not(None))
QUEUED = jobs.c.state == State.QUEUED.value
CALLING = jobs.c.state.in_([State.RUNNING.value, State.SENT.value])


class Lost(Exception):
    """The job (or the worker's place among the living) is no longer ours: let go of it and touch nothing."""


class Known(Exception):
    """There is a job with this key already: roll back, and answer with that one."""


@dataclass(frozen=True, slots=True)
class Capacity:
    """What a provider takes: jobs at once, and pictures per minute; 0 is no limit."""

    at_once: int = 0
    images_per_minute: int = 0

    def opens_at(self, paid_until: float, images: int) -> float:
        """When so many pictures may be asked for, if the pace is spoken for up to `paid_until`."""
        cost = self._seconds(images)
        return paid_until + cost - max(BURST, cost)

    def pay(self, paid_until: float, images: int, now: float) -> float:
        """Up to when the pace is spoken for after so many more."""
        return max(paid_until, now) + self._seconds(images) if self.images_per_minute else paid_until

    def _seconds(self, images: int) -> float:
        return 60 / self.images_per_minute * images if self.images_per_minute else 0.0


@dataclass(frozen=True, slots=True)
class NewJob:
    """What is known of a job when it is accepted, with the limits of its user as they are then."""

    key: str
    verb: str
    who: Who
    origin: Origin
    request: Mapping[str, Any] = field(repr=False)
    model: str
    provider: str
    images: int
    reserved: Amount
    parent: int | None = None
    at_once: int = 0
    server_at_once: int = 0
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Found:
    """A job to work on; or none now, and when the clock alone may change that (None: it will not)."""

    job: Job | None
    again_at: float | None = None


def load(tx: Transaction, job_id: int) -> Job | None:
    """The job of this number, open or closed."""
    row = tx.run(_BY_ID, {"its_id": job_id}).one_or_none()
    return job_of(row) if row else None


def by_key(tx: Transaction, key: str) -> Job | None:
    """The job that this very thing asked for before."""
    row = tx.run(_BY_KEY, {"its_key": key}).one_or_none()
    return job_of(row) if row else None


_BY_ID = select(jobs).where(jobs.c.id == bindparam("its_id"))
_BY_KEY = select(jobs).where(jobs.c.key == bindparam("its_key"))


def put(tx: Transaction, job: NewJob) -> Job:
    """Let a job wait, behind the other jobs of its user; raises Known when its key is taken."""
    share = job.images / job.weight
    place = {"user_id": job.who.user, "floor": _floor(tx, job.provider), "share": share, "now": tx.now}
    end: float = tx.run(_to_the_lane(tx.insert), place).scalar_one()
    values = {
        "key": job.key,
        "verb": job.verb,
        "parent": job.parent,
        "user_id": job.who.user,
        "server_id": job.who.server,
        "origin": origin_json(job.origin),
        "request": job.request,
        "model": job.model,
        "provider": job.provider,
        "images": job.images,
        "state": State.QUEUED.value,
        "tag": end - share,
        "weight": job.weight,
        "at_once": job.at_once,
        "server_at_once": job.server_at_once,
        "ready_at": tx.now,
        "created_at": tx.now,
        "reserved_images": job.reserved.images,
        "reserved_cost": job.reserved.cost,
    }
    row = tx.run(_to_the_jobs(tx.insert), values).one_or_none()
    if row is None:
        raise Known(job.key)
    tx.announce(NEWS)
    return job_of(row)


@cache
def _to_the_lane(insert: MakeInsert) -> Executable:
    """Where the job begins is where the lane ended, or where newcomers join; where it ends is returned."""
    floor, share = bindparam("floor", type_=Double), bindparam("share", type_=Double)
    new = insert(lanes).values(user_id=bindparam("user_id"), tag=floor + share, last_at=bindparam("now"))
    begin = case((lanes.c.tag > floor, lanes.c.tag), else_=floor)
    moved = {"tag": begin + share, "last_at": new.excluded.last_at}
    return new.on_conflict_do_update(index_elements=[lanes.c.user_id], set_=moved).returning(lanes.c.tag)


@cache
def _to_the_jobs(insert: MakeInsert) -> Executable:
    return insert(jobs).on_conflict_do_nothing(index_elements=[jobs.c.key]).returning(jobs)


@cache
def _to_the_queues(insert: MakeInsert) -> Executable:
    return insert(queues).on_conflict_do_nothing()


def _floor(tx: Transaction, provider: str) -> float:
    """The virtual time at which newcomers join: that of the first in line, or of all queues where nobody waits.

    A line that is held up stays behind the others, and whoever joins it then must not stand behind all of it.
    """
    found = tx.run(_LINE, {"its_provider": provider}).one()
    if found.own is None:
        tx.run(_to_the_queues(tx.insert), {"provider": provider})
    if found.first is None:
        return float(found.most or 0.0)
    return float(max(found.own or 0.0, found.first))


_FIRST = select(jobs.c.tag).where(jobs.c.provider == bindparam("its_provider"), WAITING, jobs.c.tag >= 0)
_LINE = select(
    select(queues.c.floor).where(queues.c.provider == bindparam("its_provider")).scalar_subquery().label("own"),
    _FIRST.order_by(jobs.c.tag).limit(1).scalar_subquery().label("first"),
    select(func.max(queues.c.floor)).scalar_subquery().label("most"),
)


def claim(tx: Transaction, me: str, capacity: Mapping[str, Capacity], default: Capacity) -> Found:
    """Take the job whose turn it is, of all that their user, server and provider have room for.

    A big job that must wait for the pace of its provider keeps the others there waiting, or it never had its turn.
    Raises Lost when this worker does not count among the living; it has to register again.
    """
    first_at = tx.run(_FIRST_READY).scalar()
    if first_at is None or first_at > tx.now:  # nobody waits for a lock to find nothing
        return Found(None, first_at)
    lines = {line.provider: line for line in lock(tx)}
    rooms = {name: capacity.get(name, default) for name in lines}
    limited = any(room.at_once for room in rooms.values())
    busy = {row.provider: row.busy for row in tx.run(_BUSY)} if limited else {}
    free = tuple((name, _free(rooms[name], busy.get(name, 0))) for name in lines)
    again = []
    for head in tx.run(_heads(free), {"now": tx.now}).all():
        if head.state != State.QUEUED.value:
            return Found(_take(tx, _GO_ON, me, head.id))
        room, line = rooms[head.provider], lines[head.provider]
        opens_at = room.opens_at(line.paid_until, head.images)
        if opens_at <= tx.now:
            paid_until = room.pay(line.paid_until, head.images, tx.now)
            moved = {"floor": max(line.floor, head.tag), "paid_until": paid_until}
            tx.run(_MOVED, {"its_provider": head.provider, **moved})
            return Found(_take(tx, _START, me, head.id))
        again.append(opens_at)
    postponed = tx.run(_POSTPONED, {"now": tx.now}).scalar()
    return Found(None, min(again + ([] if postponed is None else [postponed]), default=None))


def lock(tx: Transaction, provider: str | None = None) -> list[Row[Any]]:
    """Let nobody else claim until the end of this transaction."""
    if provider is None:
        return list(tx.run(_LOCK).all())
    return list(tx.run(_LOCK_ONE, {"its_provider": provider}).all())


_LOCK = select(queues).order_by(queues.c.provider).with_for_update()
_LOCK_ONE = select(queues).where(queues.c.provider == bindparam("its_provider")).with_for_update()
_MOVED = update(queues).where(queues.c.provider == bindparam("its_provider"))
_FIRST_READY = select(func.min(jobs.c.ready_at)).where(WAITING)
_POSTPONED = select(func.min(jobs.c.ready_at)).where(WAITING, jobs.c.ready_at > bindparam("now"))
_BUSY = select(jobs.c.provider, func.count().label("busy")).where(HELD, CALLING).group_by(jobs.c.provider)


def _free(room: Capacity, busy: int) -> bool:
    return not room.at_once or busy < room.at_once


def _taken(subject: str) -> Select[Any]:
    """(user, 1) … (user, n) for each user who has n jobs held: limits that leave no room. One look for all lines."""
    held = jobs.alias("held")
    whose = func.coalesce(held.c[subject], 0).label("whose")
    number = func.row_number().over(partition_by=whose).label("number")
    taken = select(whose, number).where(held.c.closed_at.is_(None), held.c.owner.is_not(None)).cte(f"taken_{subject}")
    return select(taken.c.whose, taken.c.number)


_TAKEN_BY_USERS, _TAKEN_IN_SERVERS = _taken("user_id"), _taken("server_id")


@lru_cache(maxsize=256)
def _heads(lines: tuple[tuple[str, bool], ...]) -> Executable:
    """The first in each line, the least of them first; of lines without room only what was begun."""
    return union_all(*(_head(provider, free) for provider, free in lines)).order_by("tag", "id")


def _head(provider: str, free: bool) -> Select[Any]:
    """The first in line at a provider that may run; those that were begun always may, and need no room there."""
    begun = and_(jobs.c.tag < 0, ~QUEUED)
    at_home = tuple_(jobs.c.user_id, jobs.c.at_once).not_in(_TAKEN_BY_USERS)
    in_server = tuple_(jobs.c.server_id, jobs.c.server_at_once).not_in(_TAKEN_IN_SERVERS)
    line = (
        select(jobs.c.id, jobs.c.provider, jobs.c.state, jobs.c.tag, jobs.c.images)
        .where(jobs.c.provider == provider, WAITING, jobs.c.ready_at <= bindparam("now"))
        .where(or_(begun, and_(at_home, or_(jobs.c.server_id.is_(None), in_server))))
        .order_by(jobs.c.tag, jobs.c.id)
        .limit(1)
    )
    return select((line if free else line.where(begun)).subquery())


def _take(tx: Transaction, how: Executable, me: str, job_id: int) -> Job:
    row = tx.run(how, {"its_id": job_id, "me": me, "now": tx.now}).one_or_none()
    if row is None:
        raise Lost(f"worker {me} is not registered")
    return job_of(row)


_GO_ON = (
    update(jobs)
    .where(jobs.c.id == bindparam("its_id"), exists().where(workers.c.id == bindparam("me")))
    .values(owner=bindparam("me"), attempt=jobs.c.attempt + 1)
    .returning(jobs)
)
_START = _GO_ON.values(state=State.RUNNING.value, started_at=bindparam("now"))


def enter(tx: Transaction, job: Job, provider: str, capacity: Capacity) -> float | None:
    """Book a running job's call at this provider instead; None when it may call, else when to ask again."""
    tx.run(_to_the_queues(tx.insert), {"provider": provider})
    line = lock(tx, provider)[0]
    others = select(func.count()).where(HELD, CALLING, jobs.c.provider == provider, jobs.c.id != job.id)
    if not _free(capacity, tx.run(others).scalar_one()):
        return tx.now + ROOM_AGAIN
    opens_at = capacity.opens_at(line.paid_until, job.images)
    if opens_at > tx.now:
        return opens_at
    running = jobs.c.state == State.RUNNING.value
    moved = update(jobs).where(FENCE, running).values(provider=provider)
    if not tx.run(moved, fenced(job, job.owner)).rowcount:
        raise Lost(f"job {job.id}")
    paid_until = capacity.pay(line.paid_until, job.images, tx.now)
    tx.run(update(queues).where(queues.c.provider == provider).values(paid_until=paid_until))
    return None


def fenced(job: Job, me: str | None) -> dict[str, Any]:
    """The values of FENCE."""
    return {"its_id": job.id, "me": me or "", "claim": job.attempt}


# Whether a job is still held by the same worker, at the same claim.
FENCE = and_(jobs.c.id == bindparam("its_id"), jobs.c.owner == bindparam("me"), jobs.c.attempt == bindparam("claim"))


def waiting_of(tx: Transaction, user: int) -> int:
    """How many jobs of a user wait for their turn."""
    return int(tx.run(_WAITING_OF, {"its_user": user}).scalar_one())


def working_of(tx: Transaction, user: int) -> int:
    """How many jobs of a user are being worked on."""
    return int(tx.run(_WORKING_OF, {"its_user": user}).scalar_one())


def waiting_in_all(tx: Transaction) -> int:
    """How many jobs of all people wait; those that were begun and let go count for their moment, an index says it."""
    return int(tx.run(_WAITING_IN_ALL).scalar_one())


_COUNT = select(func.count()).select_from(jobs)
_WAITING_OF = _COUNT.where(jobs.c.user_id == bindparam("its_user"), WAITING, QUEUED)
_WORKING_OF = _COUNT.where(jobs.c.user_id == bindparam("its_user"), HELD)
_WAITING_IN_ALL = _COUNT.where(WAITING)
