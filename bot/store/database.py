"""A database and its transactions: a transaction is a plain function, run whole or not at all."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from sqlalchemy import Connection, CursorResult, Executable, Table
from sqlalchemy.dialects import postgresql, sqlite

T = TypeVar("T")
Insert = postgresql.Insert | sqlite.Insert
Listener = Callable[[str], None]


class Transaction(ABC):
    """What a transaction's function works with. It may be run twice, so it must have no effects elsewhere."""

    def __init__(self, connection: Connection, now: float) -> None:
        self.connection = connection
        self.now = now

    def run(self, statement: Executable) -> CursorResult[Any]:
        """Execute a statement."""
        return self.connection.execute(statement)

    @abstractmethod
    def insert(self, table: Table) -> Insert:
        """An INSERT that knows ON CONFLICT and `excluded`, which both engines spell alike."""

    @abstractmethod
    def announce(self, news: str) -> None:
        """Tell every process that listens, once this transaction is committed."""


Work = Callable[[Transaction], T]


class Database(ABC):
    """One of the two engines, open. `shared` means that other processes may work on it at the same time."""

    shared: bool

    def __init__(self) -> None:
        self._listeners: list[Listener] = []

    async def write(self, work: Work[T]) -> T:
        """Run in a transaction that is committed when `work` returns; once begun it runs to its end."""
        return await _to_the_end(self._write(work))

    async def read(self, work: Work[T]) -> T:
        """Run in a transaction that only reads."""
        return await _to_the_end(self._read(work))

    def listen(self, listener: Listener) -> None:
        """From now on call this with everything that any process announces."""
        self._listeners.append(listener)

    @abstractmethod
    def now(self) -> float:
        """The time by the database's clock, the same for all processes."""

    @abstractmethod
    async def close(self) -> None:
        """Let go of it."""

    @abstractmethod
    async def _write(self, work: Work[T]) -> T: ...

    @abstractmethod
    async def _read(self, work: Work[T]) -> T: ...

    def _heard(self, news: str) -> None:
        for listener in self._listeners:
            listener(news)


async def _to_the_end(work: Coroutine[Any, Any, T]) -> T:
    """A caller that is cancelled waits all the same, so that it never leaves a transaction behind it."""
    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait({task})
        raise
