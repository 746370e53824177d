"""What an attempt at a job works with, and how it writes things down for certain."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from bot.seedream.client import Seedream
from bot.seedream.clock import Clock
from bot.store.database import Database, Work
from bot.store.errors import Passing, ReadOnly, StoreError
from bot.studio.alarms import Alarms
from bot.studio.courier import Courier
from bot.studio.job import Job
from bot.studio.queue import Capacity, Lost, load
from bot.studio.shelf import Shelf
from bot.studio.tariff import Tariff
from bot.studio.witness import Nobody, Witness

T = TypeVar("T")
log = logging.getLogger(__name__)

FIRST_PAUSE, LONGEST_PAUSE = 0.2, 10.0

# In the middle of the work also what would keep it from beginning: a disk can be mounted anew, a server promoted.
AWAY = (Passing, ReadOnly)


@dataclass(frozen=True, slots=True)
class Kit:
    """The parts that all attempts of a process share."""

    database: Database
    seedream: Seedream
    courier: Courier
    tariff: Tariff
    shelf: Shelf
    home: Path  # the data folder, which the names of files begin in
    capacity: Capacity  # of each provider
    deliveries: asyncio.Semaphore
    clock: Clock
    alarms: Alarms
    witness: Witness = field(default_factory=Nobody)
    callback: Callable[[Job], str] | None = None  # the address where a provider may tell that a job's task has moved

    async def record(self, work: Work[T]) -> T:
        """Write down what has happened, however long the database is away: it cannot be made not to have happened."""
        return await self._insist(work, [])

    async def step(self, job: Job, work: Work[Job]) -> Job:
        """Write down the next step of a job that is held. Raises Lost when it is held no longer."""
        doubts: list[StoreError] = []
        try:
            return await self._insist(work, doubts)
        except Lost:
            written = await self.record(lambda tx: load(tx, job.id)) if doubts else None
            if written is None or written.attempt != job.attempt:
                raise
            if written.owner != job.owner and not written.state.final:
                raise
            return written  # it had been made when the connection broke

    async def _insist(self, work: Work[T], doubts: list[StoreError]) -> T:
        """Until it is written; `doubts` takes the tries of which nobody knows whether they were."""
        pause = FIRST_PAUSE
        while True:
            try:
                return await self.database.write(work)
            except AWAY as error:
                log.warning("The database cannot be written just now, trying again: %s", error)
                if error.unsure:
                    doubts.append(error)
            await self.clock.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)
