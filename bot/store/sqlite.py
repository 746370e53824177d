"""The embedded engine: SQLite in one file, one thread that writes and one that reads, for a single process."""

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, StaticPool, Table, create_engine, event
from sqlalchemy.dialects import sqlite

from bot.store.database import Database, Insert, T, Transaction, Work

PATIENCE = 5.0  # seconds to wait for somebody else's lock


class SqliteTransaction(Transaction):
    """A transaction on SQLite; news are kept until it is committed."""

    def __init__(self, connection: Connection, now: float) -> None:
        super().__init__(connection, now)
        self.news: list[str] = []

    def insert(self, table: Table) -> Insert:
        return sqlite.insert(table)

    def announce(self, news: str) -> None:
        self.news.append(news)


class Sqlite(Database):
    """A database in one file. Its transactions are plain calls in a thread, so a whole one costs a single hop."""

    shared = False

    def __init__(self, path: Path, now: Callable[[], float]) -> None:
        super().__init__()
        self.path = path
        self._now = now
        self._writer, self._reader = _Lane(path, "BEGIN IMMEDIATE"), _Lane(path, "BEGIN")

    def now(self) -> float:
        return self._now()

    async def close(self) -> None:
        await self._reader.close()
        await self._writer.close()

    async def _write(self, work: Work[T]) -> T:
        result, news = await self._writer.run(lambda connection: self._work(connection, work))
        for text in news:
            self._heard(text)
        return result

    async def _read(self, work: Work[T]) -> T:
        return (await self._reader.run(lambda connection: self._work(connection, work)))[0]

    def _work(self, connection: Connection, work: Work[T]) -> tuple[T, list[str]]:
        transaction = SqliteTransaction(connection, self._now())
        return work(transaction), transaction.news


class _Lane:
    """One connection and the thread that it lives in."""

    def __init__(self, path: Path, begin: str) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="sqlite")
        self._engine = _engine(path, begin)

    async def run(self, work: Callable[[Connection], T]) -> T:
        """Run in a transaction of its own."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._transact, work)

    async def close(self) -> None:
        await asyncio.get_running_loop().run_in_executor(self._thread, self._engine.dispose)
        self._thread.shutdown()

    def _transact(self, work: Callable[[Connection], T]) -> T:
        with self._engine.begin() as connection:
            return work(connection)


def _engine(path: Path, begin: str) -> Engine:
    engine = create_engine(
        f"sqlite:///{path}",
        poolclass=StaticPool,
        connect_args={"check_same_thread": False, "timeout": PATIENCE, "isolation_level": None},
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _: Any) -> None:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")

    @event.listens_for(engine, "begin")
    def start(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine
