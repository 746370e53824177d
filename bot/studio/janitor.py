"""Clears away what nobody needs any more: old jobs and drafts, dead links, files without a job or a pin, idle lanes,
periods long over, servers that the bot has left.

What an open job needs stays, however old it is. Several janitors may be at work at once: each takes what it finds.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Row, Text, and_, case, cast, delete, exists, func, or_, select, update

from bot.seedream.clock import Clock
from bot.store.database import Database, Transaction, Work
from bot.store.tables import jobs, lanes, preferences, queues
from bot.studio import deeds, leases, ledger, notices, pins, reports
from bot.studio.company import Signs
from bot.studio.forgetting import DRAFTS
from bot.studio.job import State
from bot.studio.kit import AWAY
from bot.studio.orders import shelved
from bot.studio.queue import HELD, WAITING
from bot.studio.shelf import Shelf

log = logging.getLogger(__name__)

PAUSE = 600.0  # seconds between two sweeps
HOUR, DAY = 3600.0, 86_400.0
UNNAMED = HOUR  # for so long a file may lie there before a job names it: longer than any call takes
AFTER_THE_END = DAY  # after its end a job's files are as good as its links, which live so long
IDLE = DAY  # the longest pause between two jobs that can be demanded; a lane knows when the last one came
UNFINISHED = DAY  # for so long a draft may be gone on with
PAST = 40 * DAY  # accounts of the last month may still be asked for
BATCH = 500  # rows that are removed at once
WINDOW = 500  # numbers of jobs that are looked at at once

SENT = jobs.c.state == State.SENT.value


@dataclass(frozen=True, slots=True)
class Swept:
    """How much a sweep has cleared away; as a text, only of what there was."""

    jobs: int = 0
    links: int = 0
    files: int = 0
    accounts: int = 0
    lanes: int = 0
    pins: int = 0
    drafts: int = 0
    servers: int = 0
    logs: int = 0

    def __str__(self) -> str:
        return ", ".join(f"{name} {count}" for name, count in asdict(self).items() if count)


class Janitor:
    """Sweeps a database and its data folder. Rows age by the database's clock, files by that of the machine.

    `forget_left` forgets the servers that the bot was removed from long enough ago, and says how many. `audit_days` is
    for how long the audit log and reports are kept; 0: for ever, as with `keep_days`.
    """

    def __init__(
        self,
        database: Database,
        home: Path,
        keep_days: float,
        clock: Clock,
        forget_left: Callable[[], Awaitable[int]] | None = None,
        audit_days: float = 0,
    ) -> None:
        self._database = database
        self._home = home
        self._shelf = Shelf.within(home)
        self._signs = Signs(home)
        self._keep = keep_days * DAY
        self._clock = clock
        self._forget_left = forget_left
        self._audit = audit_days * DAY

    async def run(self) -> None:
        """Sweep now and then, until cancelled."""
        while True:
            try:
                await self.sweep()
            except AWAY as error:
                log.warning("Nothing can be cleared away just now: %s", error)
            except Exception:  # a rim: what is left lying must not stop the work
                log.exception("Clearing away met a fault of the bot")
            await self._clock.sleep(PAUSE)

    async def sweep(self) -> Swept:
        """Clear everything away once."""
        servers = await self._forget_left() if self._forget_left else 0
        # Files first: what a job names while the jobs are looked at is too young to be among these.
        age = UNNAMED + max(0.0, await self._database.read(_longest_call))
        old = await asyncio.to_thread(self._old_files, self._clock.now() - age)
        removed = await self._all(partial(_remove_jobs, keep=self._keep)) if self._keep else 0
        named, links = await self._look_at_jobs()
        unpinned = await self._database.write(pins.forget)
        drafts = await self._database.write(_remove_drafts)
        named |= {self._shelf.place(name) for name in await self._database.read(pins.pinned)}
        accounts = await self._database.write(lambda tx: ledger.forget(tx, tx.now - PAST))
        idle = await self._all(_remove_lanes)
        named |= {self._signs.place(worker.id) for worker in await self._database.read(leases.living)}
        unnamed = [path for path in old if path not in named]
        files = await asyncio.to_thread(_remove, unnamed, self._clock.now() - age)
        logged = await self._all(partial(_remove_logs, keep=self._audit))
        swept = Swept(removed, links, files, accounts, idle, unpinned, drafts, servers, logged)
        if swept != Swept():
            log.info("Cleared away: %s", swept)
        return swept

    async def _all(self, batch: Work[int]) -> int:
        """Repeat until there is no whole batch left, each in a short transaction of its own."""
        removed = latest = await self._database.write(batch)
        while latest == BATCH:
            latest = await self._database.write(batch)
            removed += latest
        return removed

    async def _look_at_jobs(self) -> tuple[set[Path], int]:
        """The files that jobs name, and how many links and names of files were taken out because they are of no use
        any more."""
        named: set[Path] = set()
        forgotten = 0
        ends = await self._database.read(lambda tx: tx.run(ENDS).one())
        for start in range(ends.first or 0, (ends.last or -1) + 1, WINDOW):
            rows = await self._database.read(partial(telling, start=start))
            now = self._database.now()
            alive = {row.id: _alive(row, now) for row in rows}
            dead = {row.id: alive[row.id] for row in rows if alive[row.id] != (row.pictures or [])}
            if dead:
                await self._database.write(partial(_forget, pictures=dead))
            forgotten += sum(_links(row.pictures or []) - _links(alive[row.id]) for row in rows)
            for row in rows:
                named |= {self._home / picture["file"] for picture in alive[row.id] if picture.get("file")}
                named |= {self._shelf.place(name) for name in shelved(row.request)}
        return named, forgotten

    def _old_files(self, before: float) -> list[Path]:
        spooled = (self._home / "spool").glob("*")  # not what is in folders: those belong to processes that live
        shelved = (path for _, path in self._shelf.names())
        return [path for path in (*spooled, *shelved, *self._signs.all()) if _is_old(path, before)]


ENDS = select(func.min(jobs.c.id).label("first"), func.max(jobs.c.id).label("last"))


def _longest_call(tx: Transaction) -> float:
    """Seconds since the first call left of those under way: its pictures may be there and wait for the database."""
    calls = [select(func.min(jobs.c.sent_at)).where(condition, SENT) for condition in (WAITING, HELD)]
    return max((tx.now - left for call in calls if (left := tx.run(call).scalar()) is not None), default=0.0)


def _remove_jobs(tx: Transaction, keep: float) -> int:
    old = select(jobs.c.id).where(jobs.c.closed_at < tx.now - keep).order_by(jobs.c.closed_at).limit(BATCH)
    return tx.run(delete(jobs).where(jobs.c.id.in_(old))).rowcount


def _remove_drafts(tx: Transaction) -> int:
    """What nobody has gone on with, and the stars of jobs that are gone."""
    idle = and_(preferences.c.scope.in_(DRAFTS), preferences.c.changed_at < tx.now - UNFINISHED)
    tx.run(
        delete(preferences).where(preferences.c.scope.like("star/%"), preferences.c.subject.not_in(select(jobs.c.id)))
    )
    return tx.run(delete(preferences).where(idle)).rowcount


def _remove_logs(tx: Transaction, keep: float) -> int:
    """What was told long ago, and, where that is not kept for ever, what moderators have done and people reported."""
    notices.forget(tx)
    if not keep:
        return 0
    reports.forget(tx, keep)
    return deeds.forget(tx, keep)


def telling(tx: Transaction, start: int) -> list[Row[Any]]:
    """Of these jobs, the rows that name files or links; the engine sorts out the others faster than we could."""
    request, pictures = cast(jobs.c.request, Text), cast(jobs.c.pictures, Text)
    names = or_(request.contains('"shelf"'), pictures.contains('"url":"'), pictures.contains('"file":"'))
    window = jobs.c.id.between(start, start + WINDOW - 1)
    columns = (jobs.c.id, jobs.c.closed_at, jobs.c.request, jobs.c.pictures)
    return list(tx.run(select(*columns).where(window, names)).all())


def _alive(row: Row[Any], now: float) -> list[dict[str, Any]]:
    """The pictures of a job without what cannot be had any more, or nobody comes for."""
    pictures: list[dict[str, Any]] = row.pictures or []
    if row.closed_at is None:
        return pictures
    fresh = now < row.closed_at + AFTER_THE_END
    return [
        picture
        | ({"url": None} if (picture.get("expires_at") or now + 1) <= now else {})
        | ({} if fresh else {"file": None})
        for picture in pictures
    ]


def _links(pictures: Iterable[Mapping[str, Any]]) -> int:
    return sum(bool(picture.get("url")) for picture in pictures)


def _forget(tx: Transaction, pictures: Mapping[int, list[dict[str, Any]]]) -> None:
    for number, alive in sorted(pictures.items()):
        tx.run(update(jobs).where(jobs.c.id == number, jobs.c.closed_at.is_not(None)).values(pictures=alive))


def _remove_lanes(tx: Transaction) -> int:
    """A lane that lies behind every place where a newcomer could begin is as good as none.

    That is behind how far each queue has come; where no job is open, newcomers begin where the furthest one is.
    """
    most = select(func.max(queues.c.floor)).scalar_subquery()
    open_ = or_(*(exists().where(jobs.c.provider == queues.c.provider, condition) for condition in (WAITING, HELD)))
    least = select(func.min(case((open_, queues.c.floor), else_=most))).scalar_subquery()
    busy = or_(*(exists().where(jobs.c.user_id == lanes.c.user_id, condition) for condition in (WAITING, HELD)))
    idle = select(lanes.c.user_id).where(lanes.c.tag <= least, lanes.c.last_at < tx.now - IDLE, ~busy).limit(BATCH)
    return tx.run(delete(lanes).where(lanes.c.user_id.in_(idle))).rowcount


def _remove(files: Iterable[Path], before: float) -> int:
    return sum(_removed(path, before) for path in files)


def _removed(path: Path, before: float) -> bool:
    if not _is_old(path, before):  # somebody has put the same picture there again meanwhile
        return False
    try:
        path.unlink()
    except FileNotFoundError:
        return False
    except OSError as error:
        log.warning("%s cannot be removed: %s", path, error.strerror)
        return False
    return True


def _is_old(path: Path, before: float) -> bool:
    with suppress(FileNotFoundError):
        return path.is_file() and path.stat().st_mtime < before
    return False
