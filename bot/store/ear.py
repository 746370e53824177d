"""Hears what the processes of one PostgreSQL database announce, and keeps our clock with the server's."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress

import asyncpg

from bot.store.clock import Following, steady
from bot.store.database import FIRST_PAUSE, Listener

CHANNEL = "seedream"
MISSED = "jobs"  # told after a gap, in which anything may have been announced
CHECK = 60.0  # seconds between questions for the time, which also find out that a connection is dead
LONGEST_PAUSE = 10.0

LOST = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError)  # a time-out is an OSError

_log = logging.getLogger(__name__)


class Ear:
    """A connection that only listens; when it breaks, another takes its place."""

    def __init__(self, connect: Callable[[], Awaitable[asyncpg.Connection]], hear: Listener, clock: Following) -> None:
        self._connect = connect
        self._hear = hear
        self._clock = clock
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Return when it listens; raises what a connection raises."""
        self._task = asyncio.create_task(self._run(await self._attach()))

    async def close(self) -> None:
        """Stop listening."""
        if self._task:
            self._task.cancel()
            await asyncio.wait({self._task})

    async def _run(self, connection: asyncpg.Connection) -> None:
        while True:
            try:
                with suppress(*LOST):
                    await self._attend(connection)
            finally:
                connection.terminate()
            _log.warning("The connection that listens to the database broke")
            connection = await self._attach_again()
            self._hear(MISSED)

    async def _attend(self, connection: asyncpg.Connection) -> None:
        """Return when it is closed."""
        closed = asyncio.Event()
        connection.add_termination_listener(lambda _: closed.set())
        while not connection.is_closed():
            with suppress(TimeoutError):
                await asyncio.wait_for(closed.wait(), CHECK)
                continue
            await self._ask_the_time(connection)

    async def _attach(self) -> asyncpg.Connection:
        connection = await self._connect()
        try:
            await connection.add_listener(CHANNEL, lambda *call: self._hear(call[-1]))
            await self._ask_the_time(connection)
        except BaseException:
            connection.terminate()
            raise
        return connection

    async def _attach_again(self) -> asyncpg.Connection:
        pause = FIRST_PAUSE
        while True:
            try:
                return await self._attach()
            except LOST:
                await asyncio.sleep(pause)
                pause = min(2 * pause, LONGEST_PAUSE)

    async def _ask_the_time(self, connection: asyncpg.Connection) -> None:
        asked = steady()
        time = await connection.fetchval("SELECT extract(epoch FROM clock_timestamp())::float8")
        self._clock.told(time, asked)
