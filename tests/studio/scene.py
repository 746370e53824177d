"""The whole studio for tests: real databases, the real client on real sockets, pretend providers, and a courier whose
book says what people saw."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from bot.images.fetch import Fetcher
from bot.images.guard import Guard
from bot.seedream.client import Channel, Seedream
from bot.seedream.clock import Clock
from bot.seedream.errors import SeedreamError
from bot.seedream.gate import Gate
from bot.seedream.gate import Limits as GateLimits
from bot.seedream.models import ImageRequest
from bot.seedream.providers import PROVIDERS
from bot.seedream.retry import Policy
from bot.seedream.transport import Transport
from bot.store.database import Database
from bot.studio import ledger, queue
from bot.studio.alarms import Alarms
from bot.studio.courier import CourierError, Stage
from bot.studio.job import Delivery, Ending, Job, Origin, Result, Who
from bot.studio.kit import Kit
from bot.studio.limits import Limits, Refusal
from bot.studio.queue import Capacity
from bot.studio.results import picture_of
from bot.studio.shelf import Shelf
from bot.studio.studio import NeedsConfirmation, Studio, Terms, Ticket
from bot.studio.tariff import Tariff
from bot.studio.worker import Pace, Worker
from sandbox.seedream import PretendSeedream
from tests.databases import Hands
from tests.seedream.online.studio import impatient

PATIENCE = 20.0  # a test that waits longer has failed


async def hurry(seconds: float) -> None:
    """Nobody waits long in tests."""
    await asyncio.sleep(min(seconds, 0.01))


@dataclass
class Messenger:
    """A courier that fetches the pictures for real, and writes down what a person would see.

    `troubles` are raised one by one, before anything arrives; `pause` is waited for while it is on its way.
    """

    seedream: Seedream
    home: Path
    delivered: list[tuple[int, list[bytes], Ending | None]] = field(default_factory=list)
    apologies: list[tuple[int, Ending]] = field(default_factory=list)
    progress_of: dict[int, list[Stage]] = field(default_factory=dict)
    warnings: list[tuple[str, str]] = field(default_factory=list)
    troubles: list[Exception] = field(default_factory=list)
    pause: Callable[[], Awaitable[object]] | None = None

    async def progress(self, job: Job, stage: Stage, pictures: Sequence[Result]) -> None:
        self.progress_of.setdefault(job.id, []).append(stage)

    async def deliver(self, job: Job, pictures: Sequence[Result], missing: Ending | None) -> Delivery:
        self._trouble()
        found, arrived = [], []
        for result in pictures:
            try:
                async with self.seedream.open(picture_of(result, self.home)) as content:
                    found.append(b"".join([chunk async for chunk in content.chunks()]))
            except SeedreamError:
                continue
            arrived.append(result.index)
        if self.pause is not None:
            await self.pause()
        self.delivered.append((job.id, found, missing))
        return Delivery(tuple(arrived), messages=(900 + job.id,), way="test")

    async def apologise(self, job: Job, ending: Ending) -> None:
        self._trouble()
        self.apologies.append((job.id, ending))

    async def warn(self, provider: str, error: str) -> None:
        self._trouble()
        self.warnings.append((provider, error))

    def _trouble(self) -> None:
        if self.troubles:
            raise self.troubles.pop(0)


@dataclass
class Scene:
    """Everything of one test, and short words for what people and processes do in it."""

    database: Database
    pretend: PretendSeedream
    hands: Hands
    home: Path
    stack: AsyncExitStack
    seedream: Seedream
    messenger: Messenger
    studio: Studio
    tariff: Tariff
    capacity: Capacity = field(default_factory=Capacity)
    running: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    asked: int = 0

    async def submit(
        self, prompt: str = "a cat", *, user: int = 1, server: int | None = None, **request: Any
    ) -> Ticket | Refusal:
        """Somebody asks for pictures."""
        self.asked += 1
        order = ImageRequest(request.pop("model", "seedream-4.5"), prompt, **request)
        answer = await self.studio.submit(order, self.origin(), Who(user, server))
        assert not isinstance(answer, NeedsConfirmation)
        return answer

    def origin(self) -> Origin:
        """Somewhere to answer, new each time."""
        self.asked += 1
        return Origin(f"interaction:{self.asked}", channel=5, token="a-secret-token", token_until=self.hands() + 900)

    async def accepted(self, prompt: str = "a cat", **more: Any) -> Job:
        """Somebody asks, and the studio takes it."""
        answer = await self.submit(prompt, **more)
        assert isinstance(answer, Ticket), answer
        return answer.job

    async def job(self, job: Job) -> Job:
        """The job as it is now."""
        found = await self.database.read(lambda tx: queue.load(tx, job.id))
        assert found is not None
        return found

    def kit(self) -> Kit:
        """What a worker of this scene works with."""
        return Kit(
            self.database,
            self.seedream,
            self.messenger,
            self.tariff,
            Shelf.within(self.home),
            self.home,
            self.capacity,
            asyncio.Semaphore(8),
            Clock(now=self.hands, sleep=hurry),
            Alarms(self.database, self.messenger),
        )

    async def start(self, *, slots: int = 4, lease: float = 60.0, grace: float = 5.0) -> Worker:
        """A worker process comes up."""
        worker = Worker(self.kit(), Pace(slots, lease, grace))
        self.running[worker.id] = asyncio.create_task(worker.run())
        await asyncio.wait_for(worker.ready.wait(), PATIENCE)
        return worker

    async def stop(self, worker: Worker) -> None:
        """It is stopped politely."""
        worker.stop()
        await asyncio.wait_for(self.running.pop(worker.id), PATIENCE)

    async def until(self, job: Job, *states: str) -> Job:
        """Wait until the job has ended, or is in one of these states."""

        async def look() -> Job:
            while True:
                now = await self.job(job)
                if now.state.value in states or (not states and now.state.final):
                    return now
                await asyncio.sleep(0.005)

        return await asyncio.wait_for(look(), PATIENCE)

    async def laid_aside(self, job: Job) -> Job:
        """Wait until a worker has taken the job and has given it back for later."""

        async def look() -> Job:
            while (now := await self.job(job)).owner is not None or not now.attempt:  # noqa: ASYNC110 - only rows tell
                await asyncio.sleep(0.005)
            return now

        return await asyncio.wait_for(look(), PATIENCE)

    async def settle(self, check: Callable[[], bool], seconds: float = 2.0) -> None:
        """Give what nobody waits for the time to happen."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while not check():  # noqa: ASYNC110 - it is not told
                    await asyncio.sleep(0.005)

    async def pass_time(self, seconds: float) -> None:
        """The clock of the database moves on, and everybody looks at it."""
        self.hands.move(seconds)
        await self.database.write(lambda tx: tx.announce(queue.NEWS))

    async def audit(self) -> list[str]:
        """What does not add up in the ledger."""
        return await self.database.read(ledger.audit)


@asynccontextmanager
async def open_scene(
    database: Database,
    hands: Hands,
    home: Path,
    *providers: str,
    limits: Limits | None = None,
    doubtful_calls: int = 0,
    sleep: Callable[[float], Awaitable[None]] = hurry,
    **terms: Any,
) -> AsyncIterator[Scene]:
    """Set it up with these providers, in this order; byteplus when none is named."""
    async with AsyncExitStack() as stack:
        pretend = await stack.enter_async_context(PretendSeedream(pictures="small", clock=hands))
        clock = Clock(now=hands, sleep=sleep)
        transport = await stack.enter_async_context(Transport(connect=0.5, idle=0.5))
        fetcher = await stack.enter_async_context(Fetcher(Guard([pretend.address]), idle=0.5, cap=2**25))
        catalogue = impatient(home / "catalogue.toml")
        channels = [
            Channel(
                PROVIDERS[name](pretend.key, pretend.base_url(name), catalogue=catalogue),
                Gate(name, GateLimits(), clock),
            )
            for name in providers or ("byteplus",)
        ]
        policy = Policy()
        policy = replace(policy, ambiguous=replace(policy.ambiguous, times=doubtful_calls))
        seedream = Seedream(
            channels,
            catalogue=catalogue,
            transport=transport,
            fetch=fetcher,
            spool=home / "spool",
            policy=policy,
            clock=clock,
        )
        tariff = Tariff(catalogue, Decimal(7))
        terms_ = Terms(limits or Limits(), doubtful_calls=doubtful_calls, **terms)
        scene = Scene(
            database,
            pretend,
            hands,
            home,
            stack,
            seedream,
            Messenger(seedream, home),
            Studio(database, seedream, home, tariff, terms_),
            tariff,
        )
        try:
            yield scene
        finally:
            for task in scene.running.values():
                task.cancel()
            if scene.running:
                await asyncio.wait(scene.running.values())


__all__ = ["CourierError", "Messenger", "Scene", "hurry", "open_scene"]
