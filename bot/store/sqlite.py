"""The embedded engine: SQLite in one file, one thread that writes and one that reads, for a single process."""

import asyncio
import os
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, StaticPool, Table, create_engine, event
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import SQLAlchemyError

from bot.store import documents
from bot.store.clock import Clock, from_now_on
from bot.store.database import Database, Insert, T, Transaction, Work
from bot.store.errors import InUse, StoreError, Unusable
from bot.store.faults import of_sqlite
from bot.store.schema import VERSION
from bot.store.sealing import Seal, equip

WAIT = 1.0  # seconds that SQLite itself waits for somebody else's lock
OLDEST = (3, 35)  # knows RETURNING

ENGINE_ERRORS = (SQLAlchemyError, sqlite3.Error, OSError)


class SqliteTransaction(Transaction):
    """A transaction on SQLite; news are kept until it is committed."""

    def __init__(self, connection: Connection, now: float) -> None:
        super().__init__(connection, now)
        self.news: list[str] = []

    @staticmethod
    def insert(table: Table) -> Insert:
        return sqlite.insert(table)

    def announce(self, news: str) -> None:
        self.news.append(news)

    def alone(self) -> None:
        """Nothing to do: it is the only one that writes."""


class Sqlite(Database):
    """A database in one file. Its transactions are plain calls in a thread, so a whole one costs a single hop."""

    shared = False

    def __init__(self, path: Path, now: Clock | None, seal: Seal | None = None) -> None:
        super().__init__()
        self.path = path
        self.name = _name(path)
        self._now = now or from_now_on()
        self._lock: sqlite3.Connection | None = None
        seal = seal or Seal()
        self._writer = _Lane(path, seal, "BEGIN IMMEDIATE")
        self._reader = _Lane(path, seal, "BEGIN", "PRAGMA query_only=ON")

    def now(self) -> float:
        return self._now()

    async def start(self) -> None:
        self._lock = await asyncio.to_thread(_claim, self.path)

    async def close(self) -> None:
        await self._reader.close()
        await self._writer.close()
        if self._lock:
            self._lock.close()

    async def scrub(self) -> None:
        await self._writer.truncate()

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

    def __init__(self, path: Path, seal: Seal, begin: str, *pragmas: str) -> None:
        self._name = _name(path)
        self._begin = begin
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="sqlite")
        self._engine = _engine(path, pragmas)
        equip(self._engine, seal)

    async def run(self, work: Callable[[Connection], T]) -> T:
        """Run in a transaction of its own."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._transact, work)

    async def truncate(self) -> None:
        """Carry everything over from the log beside the file, and empty it."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._truncate)

    async def close(self) -> None:
        await asyncio.get_running_loop().run_in_executor(self._thread, self._engine.dispose)
        self._thread.shutdown()

    def _truncate(self) -> None:
        raw = self._engine.raw_connection()  # outside of any transaction
        try:
            raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        except sqlite3.Error as error:
            fault = of_sqlite(error, self._name)
            if fault is None:
                raise
            raise fault from error
        finally:
            raw.close()

    def _transact(self, work: Callable[[Connection], T]) -> T:
        committing = False
        try:
            with self._engine.connect() as connection:
                self._start(connection)
                result = work(connection)
                committing = True
                connection.commit()
                return result
        except ENGINE_ERRORS as error:
            fault = of_sqlite(error, self._name, committing=committing)
            if fault is None:
                raise
            raise fault from error

    def _start(self, connection: Connection) -> None:
        """Begin, straight at the driver: a listener to the engine's "begin" would make every statement slower.

        IMMEDIATE where it will write, because a transaction that reads first and then wants to write is refused
        without any waiting.
        """
        connection.begin()
        cursor = connection.connection.cursor()
        cursor.execute(self._begin)
        cursor.close()


def _engine(path: Path, pragmas: tuple[str, ...]) -> Engine:
    engine = create_engine(
        f"sqlite:///{path}",
        poolclass=StaticPool,
        connect_args={"check_same_thread": False, "timeout": WAIT, "isolation_level": None},
        json_serializer=documents.dumps,
        json_deserializer=documents.loads,
        hide_parameters=True,  # what people wrote does not belong into a traceback
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _: Any) -> None:
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
        if not tables or VERSION.name in tables:  # somebody else's file stays as it is
            connection.execute("PRAGMA journal_mode=WAL")
        # In WAL, NORMAL may forget the last commits when the power fails, FULL does not. Here a commit can be a call
        # that costs money, and the difference is a tenth of a millisecond on a solid-state disk.
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA secure_delete=ON")  # what was deleted is overwritten, not only unlisted
        for pragma in pragmas:
            connection.execute(pragma)

    return engine


def _claim(path: Path) -> sqlite3.Connection:
    """Make sure of the file and of being the only process that works on it.

    The claim is a transaction that never ends, on an empty file beside it: SQLite's locks work on every system, and
    the system drops them when a process dies, however it dies.
    """
    if sqlite3.sqlite_version_info < OLDEST:
        fix = "Use a newer Python, or PostgreSQL (DATABASE_URL)."
        raise Unusable(f"This Python comes with SQLite {sqlite3.sqlite_version}, which is too old", fix)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = sqlite3.connect(f"{path}.lock", timeout=0, isolation_level=None, check_same_thread=False)
    except (OSError, sqlite3.Error) as error:
        raise _fault(error, path) from error
    try:
        lock.execute("PRAGMA journal_mode=OFF")  # nothing is ever written there
        lock.execute("BEGIN EXCLUSIVE")
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))  # others on this machine have no business in there
    except (OSError, sqlite3.Error) as error:
        lock.close()
        if getattr(error, "sqlite_errorcode", 0) == sqlite3.SQLITE_BUSY:
            fix = "Stop the other one, or use PostgreSQL (DATABASE_URL), which several can share."
            raise InUse(f"Another process works on the database {path}", fix) from None
        raise _fault(error, path) from error
    with suppress(OSError):
        Path(f"{path}.lock").chmod(0o600)
    return lock


def _fault(error: Exception, path: Path) -> StoreError:
    return of_sqlite(error, _name(path)) or Unusable(f"{_name(path)} cannot be opened ({error})", "Look at the disk.")


def _name(path: Path) -> str:
    return f"The database {path}"
