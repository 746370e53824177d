"""Where providers may tell that a task has moved. It is only a nudge: the task is asked for, and that answer counts.

Nothing signs a callback, so its address is one that nobody can guess, and what it brings is not believed. Right or
wrong, whoever calls hears the same.
"""

import asyncio
import json
import logging

from aiohttp import web

from bot.seedream.providers.acedata import AceData
from bot.store.database import Database
from bot.store.errors import StoreError
from bot.studio.callbacks import Addresses, announce, is_task
from bot.web.numbers import Numbers

log = logging.getLogger(__name__)

LARGEST = 1024 * 1024  # bytes
PATIENCE = 10.0  # seconds in which a body has to be there
PAUSE = 1.0  # seconds between two times that the same job is woken


class Callbacks:
    """Answers at once, and wakes whoever holds the job afterwards: of one job once in a while, however often told."""

    def __init__(self, addresses: Addresses, numbers: Numbers) -> None:
        self.database: Database | None = None
        self._addresses = addresses
        self._numbers = numbers
        self._told: dict[int, str | None] = {}  # of each job that was woken just now: the task of a further callback
        self._trips: set[asyncio.Task[None]] = set()

    async def answer(self, request: web.Request) -> web.Response:
        """204 to whatever looks like a callback; nothing of it is sent back."""
        task = await _task(request)
        if task is None:
            self._numbers.callbacks.labels("malformed").inc()
            raise web.HTTPBadRequest(text="not a callback\n")
        job = self._addresses.job(request.match_info["token"])
        self._numbers.callbacks.labels(self._wake(job, task)).inc()
        return web.Response(status=204)

    async def close(self) -> None:
        """Nobody is woken any more."""
        for trip in self._trips:
            trip.cancel()
        if self._trips:
            await asyncio.wait(self._trips)

    def _wake(self, job: int | None, task: str) -> str:
        if job is None:
            return "forged"
        if job in self._told:
            self._told[job] = task
            return "again"
        trip = asyncio.create_task(self._announce(job, task))
        self._trips.add(trip)
        trip.add_done_callback(self._trips.discard)
        self._told[job] = None
        return "woke"

    async def _announce(self, job: int, task: str | None) -> None:
        try:
            while task is not None and self.database is not None:
                await announce(self.database, job, task)
                await asyncio.sleep(PAUSE)
                task, self._told[job] = self._told[job], None
        except StoreError as error:
            log.info("Job %d: its callback could not be passed on, it is asked for in its turn: %s", job, error)
        finally:
            del self._told[job]


async def _task(request: web.Request) -> str | None:
    """The task that a body names; None for what no provider sends."""
    if request.content_length is not None and request.content_length > LARGEST:
        raise web.HTTPRequestEntityTooLarge(LARGEST, request.content_length, text="too large\n")
    try:
        async with asyncio.timeout(PATIENCE):
            name = AceData.read_callback(json.loads(await request.read()))
    except (ValueError, RecursionError, TimeoutError, ConnectionError):
        return None
    return name if is_task(name) else None
