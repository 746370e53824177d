"""The real client on real sockets, with the pretend providers at the other end and a clock that does not wait."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, aclosing
from dataclasses import dataclass, field
from pathlib import Path

from bot.images.fetch import Fetcher
from bot.images.guard import Guard
from bot.seedream.catalogue import Catalogue
from bot.seedream.client import Channel, Seedream
from bot.seedream.clock import Clock
from bot.seedream.errors import SeedreamError
from bot.seedream.gate import Gate, Limits
from bot.seedream.models import Event, ImageRequest, Picture, PictureReady
from bot.seedream.providers import PROVIDERS
from bot.seedream.providers.acedata import AceData
from bot.seedream.retry import Policy
from bot.seedream.transport import Transport
from sandbox.seedream import PretendSeedream


@dataclass
class Hands:
    """A clock that jumps: whoever sleeps wakes at once, and time has passed."""

    time: float = 1_790_000_000.0
    slept: list[float] = field(default_factory=list)
    stopped: bool = False

    async def sleep(self, seconds: float) -> None:
        if self.stopped:
            await asyncio.Event().wait()
        self.slept.append(seconds)
        self.time += seconds
        await asyncio.sleep(0.001)

    async def pass_by(self, seconds: float) -> None:
        """Wait at the other end until the clock shows that so many seconds have passed."""
        until = self.time + seconds
        while self.time < until:  # noqa: ASYNC110 - only the other end moves this clock
            await asyncio.sleep(0.001)

    def clock(self) -> Clock:
        return Clock(lambda: self.time, lambda: self.time, self.sleep, lambda: 0.0)


@dataclass
class Told:
    """What a generation told: its events, and the error that ended it, if one did."""

    events: list[Event]
    error: SeedreamError | None

    @property
    def pictures(self) -> list[Picture]:
        return [event.picture for event in self.events if isinstance(event, PictureReady)]

    def kinds(self) -> list[str]:
        return [type(event).__name__ for event in self.events]


@dataclass
class Studio:
    """Makes clients of the pretend providers."""

    pretend: PretendSeedream
    spool: Path
    hands: Hands
    stack: AsyncExitStack
    catalogue: Catalogue

    async def client(
        self,
        *providers: str,
        key: str = "",
        faults: Sequence[str] = (),
        limits: Limits | None = None,
        policy: Policy | None = None,
        wait: bool = False,
        trust: bool = False,
    ) -> Seedream:
        """A client of these providers, in this order; a fault shows at the first one's door."""
        clock = self.hands.clock()
        tls = self.pretend.trust() if trust else None
        transport = await self.stack.enter_async_context(Transport(connect=0.5, idle=0.5, ssl_context=tls))
        guard = Guard([self.pretend.address])
        fetcher = await self.stack.enter_async_context(Fetcher(guard, idle=0.5, cap=2**25))
        channels = []
        for place, name in enumerate(providers):
            fault = faults[place] if place < len(faults) else ""
            base_url = self.pretend.base_url(name, fault)
            provider = PROVIDERS[name](key or self.pretend.key, base_url, catalogue=self.catalogue)
            if wait and isinstance(provider, AceData):
                provider.wait = True
            channels.append(Channel(provider, Gate(name, limits or Limits(), clock)))
        return Seedream(
            channels,
            catalogue=self.catalogue,
            transport=transport,
            fetch=fetcher,
            spool=self.spool,
            policy=policy,
            clock=clock,
        )


def impatient(file: Path) -> Catalogue:
    """The catalogue with an operator's file on top that waits no longer than tests do."""
    models = (f'[models."{key}"]\ntimeout = 3.0\n' for key in Catalogue.load().models)
    file.write_text("[limits]\ngroup_timeout = 3.0\nunknown_timeout = 3.0\n" + "".join(models))
    return Catalogue.load(file)


async def tell(client: Seedream, request: ImageRequest) -> Told:
    """Run a generation to its end, however it ends."""
    told = Told([], None)
    try:
        async with aclosing(client.generate(request)) as events:
            async for event in events:
                told.events.append(event)
    except SeedreamError as error:
        told.error = error
    return told


async def read(client: Seedream, picture: Picture) -> bytes:
    """A picture's bytes."""
    async with client.open(picture) as content:
        return b"".join([chunk async for chunk in content.chunks()])


Ask = Callable[[Seedream, ImageRequest], Awaitable[Told]]
Read = Callable[[Seedream, Picture], Awaitable[bytes]]
