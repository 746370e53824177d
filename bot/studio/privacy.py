"""What is kept of people and servers: told in figures, handed out as a file, forgotten on demand or after a while."""

import asyncio
import logging
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import AbstractAsyncContextManager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from sqlalchemy import ColumnElement, delete, exists, func, select, union

from bot.store.database import Database, Transaction
from bot.store.tables import audit, jobs, preferences
from bot.studio import consent, ledger, pins, stars
from bot.studio.exporting import Export, exported
from bot.studio.forgetting import DRAFTS, drop_preferences, drop_server, empty, of_server, of_user, stop
from bot.studio.janitor import DAY, ENDS, PAST, WINDOW, telling
from bot.studio.job import Amount, Who
from bot.studio.limits import Scope
from bot.studio.memos import note, recall
from bot.studio.orders import shelved
from bot.studio.preferences import SERVER
from bot.studio.shelf import Shelf
from bot.studio.tariff import Tariff

log = logging.getLogger(__name__)

_LEFT = "left"  # the scope of servers that the bot was removed from


@dataclass(frozen=True, slots=True)
class Known:
    """What is kept of a person. `sent` says how many jobs went to which provider: words, and `references` pictures.
    Finished jobs go after `keep_days` (0: never), whoever asks."""

    jobs: int = 0
    under_way: int = 0
    since: float | None = None
    servers: int = 0
    images: int = 0
    cost: int = 0
    sent: Mapping[str, int] = field(default_factory=dict)
    references: int = 0
    drafts: int = 0
    pins: int = 0
    stars: int = 0
    others_may_use: bool = True
    keep_days: float = 0


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What has gone: jobs, of which some were stopped under way, and files. `refuses` says that the person's no to the
    use of their pictures was kept."""

    jobs: int
    stopped: int
    files: int
    refuses: bool = False


class Privacy:
    """Over a database and its data folder, for all processes that share them."""

    def __init__(
        self, database: Database, home: Path, tariff: Tariff, keep_days: float = 0, grace_days: float = 7
    ) -> None:
        self._database = database
        self._home = home
        self._shelf = Shelf.within(home)
        self._tariff = tariff
        self._keep_days = keep_days
        self._grace = grace_days * DAY

    async def known(self, user: int) -> Known:
        """What is kept of this person, in figures."""
        return await self._database.read(lambda tx: _known(tx, user, self._keep_days))

    def export(self, user: int, limit: int | None = None) -> AbstractAsyncContextManager[Export]:
        """All that is kept of this person as ZIPs of at most `limit` bytes, which go when the context ends."""
        return exported(self._database, self._home, user, limit)

    async def refuse(self, user: int, *, others: bool) -> None:
        """Whether others are refused this person's pictures from now on."""
        await self._database.write(lambda tx: consent.refuse(tx, user, others=others))

    async def forget(self, user: int) -> Forgotten:
        """Forget everything of this person but what protects others: what they have used in the present hour, day and
        month counts on until its end, and what moderators have laid down for them stays."""

        def begin(tx: Transaction) -> tuple[int, set[str], bool]:
            stopped = stop(tx, of_user(user), self._tariff)
            noted = drop_preferences(tx, user)
            ledger.retire(tx, Who(user), Scope.USER, PAST)
            return stopped, noted, bool(consent.refusing(tx, [user]))

        stopped, noted, refuses = await self._database.write(begin)
        count, files = await self._empty(of_user(user), noted, counted=True)
        log.info("A person was forgotten: %d jobs, %d files", count, files)
        return Forgotten(count, stopped, files, refuses)

    async def left(self, server: int) -> None:
        """The bot was removed from a server: its days are counted from now."""
        await self._database.write(lambda tx: note(tx, _LEFT, server, {"left": True}))

    async def back(self, server: int) -> None:
        """The bot is in a server (again): nothing of it is forgotten."""
        if await self._database.read(lambda tx: recall(tx, _LEFT, server)):
            await self._database.write(lambda tx: _no_longer_left(tx, server))

    async def present(self, servers: Collection[int], ours: Callable[[int], bool]) -> int:
        """The bot is in these servers, and in no others that are `ours` to know: what was missed while it was away. How
        many it turns out to have left."""

        def look(tx: Transaction) -> tuple[set[int], set[int]]:
            marked = set(tx.run(select(preferences.c.subject).where(preferences.c.scope == _LEFT)).scalars())
            known = set(tx.run(_KNOWN_SERVERS).scalars())
            return marked & set(servers), {server for server in known - marked - set(servers) if ours(server)}

        back, gone = await self._database.read(look)
        for server in sorted(back):
            await self.back(server)
        for server in sorted(gone):
            await self.left(server)
        return len(gone)

    async def sweep(self) -> int:
        """Forget the servers that the bot has left for so many days; how many those are."""
        overdue = await self._database.read(lambda tx: _overdue(tx, self._grace))
        for server in overdue:
            await self.forget_server(server)
        return len(overdue)

    async def forget_server(self, server: int) -> Forgotten:
        """Forget what a server has set, and everything that was asked for there."""

        def begin(tx: Transaction) -> int:
            stopped = stop(tx, of_server(server), self._tariff)
            drop_server(tx, server)
            ledger.retire(tx, Who(0, server), Scope.SERVER, PAST)
            _no_longer_left(tx, server)
            return stopped

        stopped = await self._database.write(begin)
        count, files = await self._empty(of_server(server), set(), counted=False)
        log.info("Server %d was forgotten: %d jobs, %d files", server, count, files)
        return Forgotten(count, stopped, files)

    async def _empty(self, whose: ColumnElement[bool], noted: set[str], *, counted: bool) -> tuple[int, int]:
        """Forget these jobs, and remove the files that nobody else needs; how many of both."""
        count, names, files = 0, set(noted), set[str]()
        while (emptied := await self._database.write(partial(empty, whose=whose, counted=counted))).numbers:
            count += len(emptied.numbers)
            names |= emptied.shelved
            files |= emptied.files
        names -= await self._needed(names)
        paths = [*(self._shelf.place(name) for name in names), *(self._home / name for name in files)]
        removed = await asyncio.to_thread(_remove, paths)
        await self._database.scrub()
        return count, removed

    async def _needed(self, names: set[str]) -> set[str]:
        """Those of the names on the shelf that somebody else's job or pin stands for."""
        needed = await self._database.read(pins.pinned) if names else set[str]()
        ends = await self._database.read(lambda tx: tx.run(ENDS).one())
        for start in range(ends.first or 0, (ends.last or -1) + 1, WINDOW) if names else ():
            rows = await self._database.read(partial(telling, start=start))
            needed = needed.union(*(shelved(row.request) for row in rows))
        return needed & names


def _known(tx: Transaction, user: int, keep_days: float) -> Known:
    mine = of_user(user)
    totals = (
        func.count().label("jobs"),
        func.min(jobs.c.created_at).label("since"),
        func.count(jobs.c.server_id.distinct()).label("servers"),
        func.coalesce(func.sum(jobs.c.settled_images), 0).label("images"),
        func.coalesce(func.sum(jobs.c.settled_cost), 0).label("cost"),
    )
    row = tx.run(select(*totals).where(mine)).one()
    open_ = tx.run(select(func.count()).where(mine, jobs.c.closed_at.is_(None))).scalar_one()
    went = select(jobs.c.provider, func.count().label("many")).where(mine, jobs.c.sent_at.is_not(None))
    sent = tx.run(went.group_by(jobs.c.provider).order_by(jobs.c.provider)).all()
    requests = tx.run(select(jobs.c.request).where(mine).execution_options(yield_per=1000)).scalars()
    used = Amount(int(row.images), int(row.cost))
    return Known(
        jobs=row.jobs,
        under_way=open_,
        since=row.since,
        servers=row.servers,
        images=used.images,
        cost=used.cost,
        sent={row.provider: row.many for row in sent},
        references=sum(len(request.get("references", ())) for request in requests),
        drafts=sum(len(recall(tx, scope, user).get("latest", ())) for scope in DRAFTS),
        pins=len(pins.pins(tx, user)),
        stars=len(stars.starred(tx, user)),
        others_may_use=not consent.refusing(tx, [user]),
        keep_days=keep_days,
    )


_KNOWN_SERVERS = union(
    select(jobs.c.server_id).where(jobs.c.server_id.is_not(None)),
    select(audit.c.server_id).where(audit.c.server_id.is_not(None)),
    select(preferences.c.subject).where(preferences.c.scope == SERVER),
)


def _overdue(tx: Transaction, grace: float) -> list[int]:
    """Where commands are used though the bot itself is no member, nothing was left."""
    used = exists().where(jobs.c.server_id == preferences.c.subject, jobs.c.created_at > preferences.c.changed_at)
    left = select(preferences.c.subject).where(preferences.c.scope == _LEFT, ~used)
    return list(tx.run(left.where(preferences.c.changed_at <= tx.now - grace)).scalars())


def _no_longer_left(tx: Transaction, server: int) -> None:
    tx.run(delete(preferences).where(preferences.c.scope == _LEFT, preferences.c.subject == server))


def _remove(paths: Iterable[Path]) -> int:
    removed = 0
    for path in paths:
        with suppress(FileNotFoundError):
            path.unlink()
            removed += 1
    return removed
