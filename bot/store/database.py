"""A database and its transactions: a transaction is a plain function, run whole or not at all."""

import asyncio
import logging
from abc import ABC, abstractmethod
from collections.abc import Callable, Coroutine, Mapping
from typing import Any, TypeVar

from sqlalchemy import Connection, CursorResult, Executable, Table
from sqlalchemy.dialects import postgresql, sqlite

from bot.store.errors import Busy, StoreError, Unreachable

T = TypeVar("T")
log = logging.getLogger(__name__)
Insert = postgresql.Insert | sqlite.Insert
MakeInsert = Callable[[Table], Insert]
Listener = Callable[[str], None]
Timer = Callable[[str, float, bool], None]  # "read" or "write", the seconds it took, whether it went well

FIRST_PAUSE, LONGEST_PAUSE = 0.02, 1.0  # seconds between one try and the next; each is twice the one before


class Transaction(ABC):
    """What a transaction's function works with. It may be run twice, so it must have no effects elsewhere."""

    def __init__(self, connection: Connection, now: float) -> None:
        self.connection = connection
        self.now = now

    def run(self, statement: Executable, values: Mapping[str, Any] | None = None) -> CursorResult[Any]:
        """Execute a statement, with values for its bound names.

        Making a statement costs ten times what its execution does, so those of every job are made once.
        """
        return self.connection.execute(statement, values)

    @staticmethod
    @abstractmethod
    def insert(table: Table) -> Insert:
        """An INSERT that knows ON CONFLICT and `excluded`, which both engines spell alike."""

    @abstractmethod
    def announce(self, news: str) -> None:
        """Tell every process that listens, once this transaction is committed."""

    @abstractmethod
    def alone(self) -> None:
        """From here to the end, be the only transaction of any process that asked for this."""


Work = Callable[[Transaction], T]


class Database(ABC):
    """One of the two engines, open. `shared` means that other processes may work on it at the same time."""

    shared: bool
    name: str  # for people
    patience = 5.0  # seconds for which a transaction is tried again

    def __init__(self) -> None:
        self._listeners: list[Listener] = []
        self._timers: list[Timer] = []

    async def write(self, work: Work[T]) -> T:
        """Run in a transaction that is committed when `work` returns; once begun it runs to its end.

        Raises StoreError, and what `work` raises. A transaction that others were in the way of is run again.
        """
        return await self._timed("write", self._patiently(lambda: self._write(work)))

    async def read(self, work: Work[T]) -> T:
        """Run in a transaction that only reads."""
        return await self._timed("read", self._patiently(lambda: self._read(work)))

    async def write_slowly(self, work: Work[T]) -> T:
        """Like `write`, for what may take minutes: nothing is in a hurry, and nothing is tried again."""
        return await _to_the_end(self._write(work))

    def listen(self, listener: Listener) -> None:
        """From now on call this with everything that any process announces."""
        self._listeners.append(listener)

    def watch(self, timer: Timer) -> None:
        """From now on tell this how long each transaction took, waiting and further tries included."""
        self._timers.append(timer)

    @abstractmethod
    def now(self) -> float:
        """The time by the database's clock, the same for all processes."""

    @abstractmethod
    async def start(self) -> None:
        """Find out whether it can be worked on; raises StoreError."""

    @abstractmethod
    async def scrub(self) -> None:
        """See to it that what was deleted is not left lying in files beside the rows."""

    @abstractmethod
    async def close(self) -> None:
        """Let go of it."""

    @abstractmethod
    async def _write(self, work: Work[T]) -> T: ...

    @abstractmethod
    async def _read(self, work: Work[T]) -> T: ...

    async def _patiently(self, attempt: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """What surely did nothing is tried again for a while: others were in the way, or the connection was old."""
        clock = asyncio.get_running_loop().time
        end, pause = clock() + self.patience, FIRST_PAUSE
        while True:
            try:
                return await attempt()
            except (Busy, Unreachable) as fault:
                if fault.unsure or clock() + pause > end:
                    raise
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)

    async def _timed(self, kind: str, work: Coroutine[Any, Any, T]) -> T:
        clock = asyncio.get_running_loop().time
        began, fault = clock(), False
        try:
            return await _to_the_end(work)
        except StoreError:
            fault = True
            raise
        finally:
            for timer in self._timers:
                timer(kind, clock() - began, not fault)

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
        if not task.cancelled() and (fault := task.exception()):  # nobody is there who could be told
            log.debug("A transaction whose caller was cancelled has failed: %s", type(fault).__name__)
        raise
