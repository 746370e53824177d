"""Looks into a database without changing anything, also while the bot works on it."""

import sqlite3
import time
from contextlib import closing
from pathlib import Path

from sqlalchemy import NullPool, create_engine, text

from bot.store import documents
from bot.store.address import Server
from bot.store.database import T, Transaction, Work
from bot.store.faults import of_sqlite
from bot.store.postgres import Postgres
from bot.store.sqlite import ENGINE_ERRORS, WAIT, SqliteTransaction


def in_use(path: Path) -> bool | None:
    """Whether a process works on this file; None when that cannot be told."""
    lock = Path(f"{path}.lock")
    if not lock.exists():
        return False
    try:
        with closing(sqlite3.connect(f"{lock.absolute().as_uri()}?mode=ro", uri=True, timeout=0)) as connection:
            connection.execute("SELECT count(*) FROM sqlite_master")
    except sqlite3.Error as error:
        return True if error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY else None
    return False


def look_into_file(path: Path, work: Work[T]) -> T:
    """Run a function that only reads, on an SQLite file that is there; raises StoreError."""
    # Without a journal beside it and with nobody there, the file is read as it lies: else SQLite would make files.
    still = not in_use(path) and not Path(f"{path}-wal").exists()
    address = f"{path.absolute().as_uri()}?mode=ro{'&immutable=1' if still else ''}"
    engine = create_engine(
        "sqlite://",
        creator=lambda: sqlite3.connect(address, uri=True, timeout=WAIT, check_same_thread=False),
        poolclass=NullPool,
        json_deserializer=documents.loads,
        hide_parameters=True,
    )
    try:
        with engine.connect() as connection:
            return work(SqliteTransaction(connection, time.time()))
    except ENGINE_ERRORS as error:
        fault = of_sqlite(error, f"The database {path}")
        if fault is None:
            raise
        raise fault from error


async def look_into_server(server: Server, work: Work[T]) -> T:
    """The same on a PostgreSQL database."""
    database = Postgres(server, None)
    try:
        await database.start()
        return await database.read(work)
    finally:
        await database.close()


def flaws(tx: Transaction) -> list[str]:
    """What the engine itself finds wrong with the file, in its words; a server looks after that itself."""
    if tx.connection.dialect.name != "sqlite":
        return []
    said = [str(row[0]) for row in tx.run(text("PRAGMA quick_check(5)"))]
    return [] if said == ["ok"] else said
