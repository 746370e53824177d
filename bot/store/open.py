"""Opens the database that the settings name, brings its schema up to date, and closes it."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from bot.store.database import Database
from bot.store.postgres import Postgres
from bot.store.sqlite import Sqlite
from bot.store.tables import metadata


@asynccontextmanager
async def open_database(url: str, folder: Path, now: Callable[[], float] | None = None) -> AsyncIterator[Database]:
    """The database behind an address, or in the folder when there is none; raises StoreError in words.

    `now` replaces the database's own clock.
    """
    database: Database
    if url.startswith("postgres"):
        database = Postgres("postgresql+asyncpg" + url[url.index("://") :], now or time.time)
    else:
        await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
        database = Sqlite(folder / "seedream.db", now or time.time)
    try:
        await database.write(lambda tx: metadata.create_all(tx.connection))
        yield database
    finally:
        await database.close()
