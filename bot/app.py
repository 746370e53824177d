"""Wires the parts together in one readable list, and closes them in reverse."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace

from bot.config import Settings
from bot.images.fetch import Fetcher
from bot.images.guard import Guard
from bot.images.press import Press
from bot.seedream.catalogue import Catalogue
from bot.seedream.client import Channel, Seedream
from bot.seedream.clock import Clock
from bot.seedream.gate import Gate, Limits
from bot.seedream.providers import PROVIDERS
from bot.seedream.retry import Policy
from bot.seedream.transport import Transport


@dataclass(frozen=True, slots=True)
class Workshop:
    """What it takes to make a picture: the client, the way to links, and the press."""

    seedream: Seedream
    fetcher: Fetcher
    press: Press


@asynccontextmanager
async def open_workshop(settings: Settings, clock: Clock | None = None) -> AsyncIterator[Workshop]:
    """Everything between a request and its pictures, ready to work; closed in reverse."""
    clock = clock or Clock()
    spool = settings.data_dir / "spool"
    catalogue = load_catalogue(settings)
    guard = Guard(settings.outbound_allow)
    policy = Policy()
    policy = replace(policy, ambiguous=replace(policy.ambiguous, times=settings.ambiguous_retries))
    async with AsyncExitStack() as stack:
        transport = await stack.enter_async_context(Transport())
        fetcher = await stack.enter_async_context(Fetcher(guard))
        press = await stack.enter_async_context(Press(spool=spool))
        seedream = Seedream(
            channels(settings, catalogue, clock),
            catalogue=catalogue,
            transport=transport,
            fetch=fetcher,
            spool=spool,
            policy=policy,
            clock=clock,
        )
        yield Workshop(seedream, fetcher, press)


def load_catalogue(settings: Settings) -> Catalogue:
    """The packaged catalogue with the operator's `catalogue.toml` from the data folder on top."""
    own = settings.data_dir / "catalogue.toml"
    return Catalogue.load(*([own] if own.is_file() else []))


def channels(settings: Settings, catalogue: Catalogue, clock: Clock) -> list[Channel]:
    """The providers that have a key, in the order of the settings, each behind its gate."""
    limits = Limits(settings.parallel_jobs, settings.images_per_minute)
    return [
        Channel(
            PROVIDERS[name](settings.key(name), settings.base_url(name), catalogue=catalogue),
            Gate(name, limits, clock),
        )
        for name in settings.route
    ]
