"""The shared engine: PostgreSQL, for any number of processes; their clock is the server's."""

from typing import Any

import asyncpg
from sqlalchemy import Connection, NullPool, Table, bindparam, func, select
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from bot.store import documents
from bot.store.address import Server
from bot.store.clock import Clock, Following
from bot.store.database import Database, Insert, T, Transaction, Work
from bot.store.ear import CHANNEL, Ear
from bot.store.errors import BadAddress
from bot.store.faults import of_postgres
from bot.store.sealing import Seal, equip

MOST_NEWS = 7900  # bytes; the server refuses 8,000
LOCK = 0x5EED  # any number that all releases agree on
CONNECTIONS = 10  # at most; one more listens
PATIENCE = 30.0  # seconds for an answer
RECYCLE = 300  # seconds; firewalls forget what is idle for longer, and say nothing
ENGINE_ERRORS = (SQLAlchemyError, asyncpg.PostgresError, asyncpg.InterfaceError, OSError)

# So that a process that hangs in the middle of a transaction does not hold up the others for good.
_HURRY = {"lock_timeout": "10s", "statement_timeout": "30s", "idle_in_transaction_session_timeout": "30s"}


class PostgresTransaction(Transaction):
    """A transaction on PostgreSQL; news leave when it is committed."""

    @staticmethod
    def insert(table: Table) -> Insert:
        return postgresql.insert(table)

    def announce(self, news: str) -> None:
        if len(news.encode()) > MOST_NEWS:
            raise ValueError("news are short")
        self.run(_TELL, {"news": news})

    def alone(self) -> None:
        self.run(select(func.pg_advisory_xact_lock(LOCK)))


_TELL = select(func.pg_notify(CHANNEL, bindparam("news")))


class Postgres(Database):
    """A database on a server."""

    shared = True

    def __init__(self, server: Server, now: Clock | None, seal: Seal | None = None) -> None:
        super().__init__()
        self.name = server.name
        self._server = server
        self._clock = Following()
        self._now = now or self._clock
        self._seal = seal or Seal()
        # No ping before use: after a restart of the server all connections are dropped at the first error, and a
        # transaction that surely did nothing is run again.
        self._engine = self._make_engine(
            pool_size=CONNECTIONS, max_overflow=0, pool_timeout=PATIENCE, pool_use_lifo=True
        )
        self._ear = Ear(self._connect, self._heard, self._clock)

    def now(self) -> float:
        return self._now()

    async def start(self) -> None:
        await self._patiently(self._start)

    async def close(self) -> None:
        await self._ear.close()
        await self._engine.dispose()

    async def scrub(self) -> None:
        """Nothing to do: the server's own vacuum does it."""

    async def write_slowly(self, work: Work[T]) -> T:
        engine = self._make_engine(poolclass=NullPool, hurry=False)
        try:
            return await self._transact(engine, work)
        finally:
            await engine.dispose()

    async def _write(self, work: Work[T]) -> T:
        return await self._transact(self._engine, work)

    async def _read(self, work: Work[T]) -> T:
        return await self._transact(self._engine, work, postgresql_readonly=True)

    async def _transact(self, engine: AsyncEngine, work: Work[T], **options: Any) -> T:
        committing = False
        try:
            async with engine.connect() as connection:
                await connection.execution_options(**options)
                result = await connection.run_sync(self._work, work)
                committing = True
                await connection.commit()
                return result
        except ENGINE_ERRORS as error:
            fault = of_postgres(error, self.name, committing=committing)
            if fault is None:
                raise
            raise fault from error

    def _work(self, connection: Connection, work: Work[T]) -> T:
        return work(PostgresTransaction(connection, self._now()))

    async def _start(self) -> None:
        try:
            await self._ear.start()
        except ENGINE_ERRORS as error:
            fault = of_postgres(error, self.name)
            if fault is None:
                raise
            raise fault from error

    async def _connect(self, *, hurry: bool = True) -> asyncpg.Connection:
        settings = {"application_name": "seedream-bot"} | (_HURRY if hurry else {})
        limit = PATIENCE if hurry else None
        try:
            return await asyncpg.connect(
                self._server.dsn, timeout=PATIENCE / 3, command_timeout=limit, server_settings=settings
            )
        except ValueError as error:  # of a port, a TLS mode, a file of certificates
            raise BadAddress(f"DATABASE_URL is not understood ({error})", "Correct it (docs/storage.md).") from None

    def _make_engine(self, *, hurry: bool = True, **pool: Any) -> AsyncEngine:
        engine = create_async_engine(
            "postgresql+asyncpg://",
            async_creator=lambda: self._connect(hurry=hurry),
            json_serializer=documents.dumps,
            json_deserializer=documents.loads,
            hide_parameters=True,  # what people wrote does not belong into a traceback
            **pool,
        )
        equip(engine.sync_engine, self._seal)
        return engine
