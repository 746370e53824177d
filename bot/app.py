"""Wires the parts together in one readable list, and closes them in reverse."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace

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
from bot.store.database import Database, Timer
from bot.store.open import open_database
from bot.store.sealing import Seal
from bot.studio.alarms import Alarms
from bot.studio.callbacks import Addresses
from bot.studio.company import look_around
from bot.studio.courier import Courier
from bot.studio.janitor import Janitor
from bot.studio.job import Job
from bot.studio.kit import Kit
from bot.studio.office import Office
from bot.studio.privacy import Privacy
from bot.studio.queue import Capacity
from bot.studio.rules import defaults as default_limits
from bot.studio.shelf import Shelf
from bot.studio.studio import Studio, Terms
from bot.studio.tariff import Tariff
from bot.studio.witness import Nobody, Witness
from bot.studio.worker import Pace, Worker

DELIVERIES = 8  # at once: more would share the same line, and all would arrive late together


@dataclass(frozen=True, slots=True)
class Workshop:
    """What it takes to make a picture: the client, the way to links, and the press."""

    seedream: Seedream
    fetcher: Fetcher
    press: Press


@dataclass(frozen=True, slots=True)
class House:
    """The studio with its door, its worker and its janitor, over a database that is open."""

    database: Database
    studio: Studio
    worker: Worker
    janitor: Janitor
    workshop: Workshop
    privacy: Privacy
    office: Office

    async def work(self) -> None:
        """Work on the queue, and clear away what is over, until the worker is stopped."""
        janitor = asyncio.create_task(self.janitor.run(), name="janitor")
        try:
            await self.worker.run()
        finally:
            janitor.cancel()
            await asyncio.wait({janitor})


@dataclass(frozen=True, slots=True)
class Watch:
    """Who sees what happens in the house; nobody, unless somebody is named."""

    witness: Witness = field(default_factory=Nobody)
    timer: Timer | None = None


# Of what the workshop makes, for people of whom the database knows what they want; by its clock, which all share.
OpenCourier = Callable[[Workshop, Database], AbstractAsyncContextManager[Courier]]


@asynccontextmanager
async def open_house(
    settings: Settings, open_courier: OpenCourier, clock: Clock | None = None, watch: Watch | None = None
) -> AsyncIterator[House]:
    """Everything between an order and its delivery, ready to work; raises StoreError in words.

    A clock that is given replaces the database's own too.
    """
    now = clock.now if clock else None
    clock, watch = clock or Clock(), watch or Watch()
    home = settings.data_dir
    url = settings.database_url.get_secret_value() if settings.database_url else ""
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(open_database(url, home, now, Seal(settings.data_keys)))
        if watch.timer is not None:
            database.watch(watch.timer)
        await look_around(database, home)
        # The queue paces the providers, over all processes: a gate of this one alone would only hold places.
        workshop = await stack.enter_async_context(open_workshop(settings, clock, Limits()))
        courier = await stack.enter_async_context(open_courier(workshop, database))
        tariff = Tariff(workshop.seedream.catalogue, settings.cny_per_usd)
        capacity = Capacity(settings.provider_jobs_at_once, settings.images_per_minute)
        terms = Terms(default_limits(settings), settings.queue_limit, settings.ambiguous_retries, capacity)
        kit = Kit(
            database,
            workshop.seedream,
            courier,
            tariff,
            Shelf.within(home),
            home,
            capacity,
            asyncio.Semaphore(DELIVERIES),
            clock,
            Alarms(database, courier),
            watch.witness,
            _callback(settings),
        )
        pace = Pace(settings.parallel_jobs, settings.lease_seconds, settings.stop_grace_seconds)
        studio = Studio(database, workshop.seedream, home, tariff, terms, watch.witness)
        privacy = Privacy(database, home, tariff, settings.keep_days, settings.left_server_days)
        office = Office(database, studio, workshop.seedream.catalogue, home, terms.limits)
        janitor = Janitor(database, home, settings.keep_days, clock, privacy.sweep, settings.audit_keep_days)
        yield House(database, studio, Worker(kit, pace), janitor, workshop, privacy, office)


@asynccontextmanager
async def open_workshop(
    settings: Settings, clock: Clock | None = None, limits: Limits | None = None
) -> AsyncIterator[Workshop]:
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
            channels(settings, catalogue, clock, limits),
            catalogue=catalogue,
            transport=transport,
            fetch=fetcher,
            spool=spool,
            policy=policy,
            clock=clock,
        )
        yield Workshop(seedream, fetcher, press)


def _callback(settings: Settings) -> Callable[[Job], str] | None:
    """Where AceData, the only one that does, may call back about a job."""
    key = settings.key("acedata")
    return Addresses(settings.public_url, key).of if settings.public_url and key else None


def load_catalogue(settings: Settings) -> Catalogue:
    """The packaged catalogue with the operator's `catalogue.toml` from the data folder on top."""
    own = settings.data_dir / "catalogue.toml"
    return Catalogue.load(*([own] if own.is_file() else []))


def channels(settings: Settings, catalogue: Catalogue, clock: Clock, limits: Limits | None = None) -> list[Channel]:
    """The providers that have a key, in the order of the settings, each behind its gate."""
    limits = limits or Limits(settings.parallel_jobs, settings.images_per_minute)
    return [
        Channel(
            PROVIDERS[name](settings.key(name), settings.base_url(name), catalogue=catalogue),
            Gate(name, limits, clock),
        )
        for name in settings.route
    ]
