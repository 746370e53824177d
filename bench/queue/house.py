"""The real studio and worker over a real database; only the provider sleeps, and the courier returns at once."""

import asyncio
import time
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from bench.queue.rows import AT_ONCE, MODEL, OPEN, SHUT
from bot.images.fetch import Fetcher
from bot.images.guard import Guard
from bot.seedream.catalogue import Catalogue
from bot.seedream.client import Channel, Seedream
from bot.seedream.clock import Clock
from bot.seedream.gate import Gate
from bot.seedream.gate import Limits as GateLimits
from bot.seedream.models import Event, Finished, ImageRequest, Picture, PictureReady, Started, Usage
from bot.seedream.providers import PROVIDERS
from bot.seedream.transport import Transport
from bot.store.database import Database
from bot.studio.alarms import Alarms
from bot.studio.courier import Stage
from bot.studio.job import Delivery, Ending, Job, Origin, Result, Who
from bot.studio.kit import Kit
from bot.studio.limits import Allowance, Limits
from bot.studio.queue import Capacity
from bot.studio.shelf import Shelf
from bot.studio.studio import Studio, Terms, Ticket
from bot.studio.tariff import Tariff
from bot.studio.worker import Pace, Worker

DELIVERIES = 8
# Every limit is there and is looked at, and none is ever reached; the pace is one that only `SHUT` has used up.
PLENTY = Allowance(10**7, 10**7, 10**7, 10**13, 10**13, 10**13)
LIMITS = Limits(PLENTY, PLENTY, PLENTY, at_once=AT_ONCE, waiting=1000)
CAPACITY = Capacity(at_once=0, images_per_minute=100_000)
FIRST_USER = 1_000_000  # users of the benchmark, and nobody who has rows already

# Steady, and on Linux the same for all processes, so a start here can be compared with an order there.
steady = time.monotonic


@dataclass(slots=True)
class Notes:
    """When a job was asked for, was in a worker's hands, and had reached the person; by its number."""

    asked: dict[int, float] = field(default_factory=dict)
    started: dict[int, float] = field(default_factory=dict)
    delivered: dict[int, float] = field(default_factory=dict)


class Sleeper(Seedream):
    """The real client with its checks and its route, but a generation only sleeps."""

    def __init__(self, provider: str, home: Path, seconds: float, notes: Notes) -> None:
        catalogue, clock = Catalogue.load(), Clock()
        channel = Channel(
            PROVIDERS[provider]("key", "http://127.0.0.1:9", catalogue=catalogue), Gate(provider, GateLimits(), clock)
        )
        fetcher = Fetcher(Guard())
        super().__init__([channel], catalogue=catalogue, transport=Transport(), fetch=fetcher, spool=home / "spool")
        self._provider = provider
        self._seconds = seconds
        self._notes = notes

    async def generate(self, request: ImageRequest, *, callback: str | None = None) -> AsyncGenerator[Event, None]:
        """One picture behind a link, after a while."""
        number = int(request.prompt)
        self._notes.started[number] = steady()
        yield Started(self._provider, request.model, 1)
        await asyncio.sleep(self._seconds)
        yield PictureReady(Picture(0, f"https://pictures.example/{'x' * 300}/{number}.png", size="2048x2048"))
        yield Finished(self._provider, request.model, Usage(1, 16_384, 16_384))


class Returner:
    """A courier that is back at once."""

    def __init__(self, notes: Notes) -> None:
        self._notes = notes

    async def progress(self, job: Job, stage: Stage, pictures: Sequence[Result]) -> None:
        """Nobody looks."""

    async def deliver(self, job: Job, pictures: Sequence[Result], missing: Ending | None) -> Delivery:
        number = int(job.request["prompt"])
        self._notes.delivered[number] = steady()
        print("delivered", flush=True)  # whoever runs the benchmark counts
        return Delivery(tuple(picture.index for picture in pictures), messages=(1,), way="bench")

    async def apologise(self, job: Job, ending: Ending) -> None:
        raise RuntimeError(f"job {job.id} has failed: {ending}")

    async def warn(self, provider: str, error: str) -> None:
        """There is no owner."""


class House:
    """One process of the bot, as `bot.app` puts it together."""

    def __init__(self, database: Database, home: Path, slots: int, seconds: float) -> None:
        self.database = database
        self.notes = Notes()
        seedream = Sleeper(OPEN, home, seconds, self.notes)
        self.tariff = Tariff(seedream.catalogue, Decimal(7))
        terms = Terms(LIMITS, queue_limit=10**6, capacity=CAPACITY)
        self._studios = {
            OPEN: Studio(database, seedream, home, self.tariff, terms),
            SHUT: Studio(database, Sleeper(SHUT, home, seconds, self.notes), home, self.tariff, terms),
        }
        returner = Returner(self.notes)
        kit = Kit(
            database,
            seedream,
            returner,
            self.tariff,
            Shelf.within(home),
            home,
            CAPACITY,
            asyncio.Semaphore(DELIVERIES),
            Clock(),
            Alarms(database, returner),
        )
        self.worker = Worker(kit, Pace(slots))

    async def submit(self, number: int, user: int, provider: str = OPEN) -> Job:
        """Somebody asks for a picture; how long that took is in the notes."""
        request = ImageRequest(MODEL, str(number))
        origin = Origin(f"interaction:{steady()}:{number}", channel=10**18, token="t" * 200)
        who = Who(user, user % 100)
        self.notes.asked[number] = steady()
        answer = await self._studios[provider].submit(request, origin, who)
        if not isinstance(answer, Ticket):
            raise TypeError(f"a job was refused: {answer}")
        return answer.job

    async def take_back(self, job: Job) -> None:
        """Somebody has changed their mind."""
        await self._studios[OPEN].cancel(job.id, job.who)
