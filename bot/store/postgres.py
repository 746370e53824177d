"""The shared engine: PostgreSQL, for any number of processes; their clock is the server's."""

import asyncio
from collections.abc import Callable

from sqlalchemy import Connection, Table, func, select
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import create_async_engine

from bot.store.database import Database, Insert, T, Transaction, Work

CHANNEL = "seedream"


class PostgresTransaction(Transaction):
    """A transaction on PostgreSQL; news leave when it is committed."""

    def insert(self, table: Table) -> Insert:
        return postgresql.insert(table)

    def announce(self, news: str) -> None:
        self.run(select(func.pg_notify(CHANNEL, news)))


class Postgres(Database):
    """A database on a server."""

    shared = True

    def __init__(self, url: str, now: Callable[[], float]) -> None:
        super().__init__()
        self._now = now
        self._engine = create_async_engine(url, pool_size=5)
        self._ear: asyncio.Task[None] | None = None

    def now(self) -> float:
        return self._now()

    async def close(self) -> None:
        await self._engine.dispose()

    async def _write(self, work: Work[T]) -> T:
        async with self._engine.begin() as connection:
            return await connection.run_sync(self._work, work)

    async def _read(self, work: Work[T]) -> T:
        return await self._write(work)

    def _work(self, connection: Connection, work: Work[T]) -> T:
        return work(PostgresTransaction(connection, self._now()))
