"""Opens the database that the settings name, brings its schema up to date, and closes it."""

import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from importlib import import_module
from pathlib import Path

from bot.store import address, schema, seals
from bot.store.database import Database
from bot.store.postgres import Postgres
from bot.store.sealing import Seal
from bot.store.sqlite import Sqlite

log = logging.getLogger(__name__)


@asynccontextmanager
async def open_database(
    url: str, folder: Path, now: Callable[[], float] | None = None, seal: Seal | None = None
) -> AsyncIterator[Database]:
    """The database behind an address, or in the folder when there is none; raises StoreError in words.

    `now` replaces the database's own clock. With a seal every row is brought to its first key before anything else.
    """
    seal = seal or Seal()
    async with open_as_it_is(url, folder, now, seal) as database:
        if await database.read(lambda tx: schema.revision(tx.connection, database.name)) != schema.REVISION:
            # Not above: Alembic takes a fifth of a second and 7 MB, and nearly no start needs it.
            log.info(await import_module("bot.store.upkeep").bring_up(database, folder))
        await seals.bring_up(database, seal)
        yield database


@asynccontextmanager
async def open_as_it_is(
    url: str, folder: Path, now: Callable[[], float] | None = None, seal: Seal | None = None
) -> AsyncIterator[Database]:
    """The same, whatever is in there."""
    place = address.read(url, folder)
    database = Sqlite(place, now, seal) if isinstance(place, Path) else Postgres(place, now, seal)
    try:
        await database.start()
        yield database
    finally:
        await database.close()
