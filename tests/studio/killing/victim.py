"""A process of the kill test: the real studio, worker and client, which live until they are killed."""

import asyncio
import logging
import os
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from decimal import Decimal
from multiprocessing.connection import Connection
from pathlib import Path

import aiohttp
import pytest
from sqlalchemy import func, select

from bot.images.fetch import Fetcher
from bot.images.guard import Guard
from bot.seedream.catalogue import Catalogue
from bot.seedream.client import Channel, Seedream
from bot.seedream.clock import Clock
from bot.seedream.gate import Gate
from bot.seedream.gate import Limits as GateLimits
from bot.seedream.models import ImageRequest
from bot.seedream.providers import PROVIDERS
from bot.seedream.transport import Transport
from bot.store import upkeep
from bot.store.database import Transaction
from bot.store.open import open_database
from bot.store.tables import jobs, workers
from bot.studio.alarms import Alarms
from bot.studio.courier import CourierError, Stage
from bot.studio.job import Delivery, Ending, Job, Origin, Result, Who
from bot.studio.kit import Kit
from bot.studio.limits import Limits
from bot.studio.queue import Capacity
from bot.studio.results import picture_of
from bot.studio.shelf import Shelf
from bot.studio.studio import Studio, Terms, Ticket
from bot.studio.tariff import Tariff
from bot.studio.worker import Pace, Worker
from tests.store.releases import next_release
from tests.studio.killing.blades import Blade, CutDatabase, CutSeedream, die, die_at_copy, die_before_commit
from tests.studio.killing.plans import Life, Order

SLOTS = 12
PAUSE = 0.12  # seconds until the next order, for as long as the process lives
INSTANT = 0.002  # seconds, of a copy


class Poster:
    """A courier that posts to the channel over HTTP, each answer under its job's own nonce."""

    def __init__(self, session: aiohttp.ClientSession, seedream: Seedream, home: Path, blade: Blade) -> None:
        self._session = session
        self._seedream = seedream
        self._home = home
        self._blade = blade

    async def say(self, kind: str, key: str) -> None:
        """Tell the channel something that is no message."""
        async with self._session.post(f"/{kind}/{key}") as answer:
            answer.raise_for_status()

    async def progress(self, job: Job, stage: Stage, pictures: Sequence[Result]) -> None:
        """Nobody counts these."""

    async def deliver(self, job: Job, pictures: Sequence[Result], missing: Ending | None) -> Delivery:
        content = b""
        for result in pictures:
            async with self._seedream.open(picture_of(result, self._home)) as found:
                content += b"".join([chunk async for chunk in found.chunks()])
        message = await self._post(job, "answer", content, len(pictures))
        self._blade.reach("posted")
        return Delivery(tuple(result.index for result in pictures), messages=(message,), way="test")

    async def apologise(self, job: Job, ending: Ending) -> None:
        await self._post(job, "ending", ending.error.encode(), 0)
        self._blade.reach("apologised")

    async def warn(self, provider: str, error: str) -> None:
        """There is no owner."""

    async def _post(self, job: Job, kind: str, content: bytes, pictures: int) -> int:
        async def halves() -> AsyncIterator[bytes]:
            yield content[: len(content) // 2]
            self._blade.reach("upload")
            yield content[len(content) // 2 :]

        headers = {
            "X-Nonce": f"{kind}-{job.id}",
            "X-Pictures": str(pictures),
            "X-Process": str(os.getpid()),
            "Content-Length": str(len(content)),
        }
        try:
            async with self._session.post(f"/message/{job.key}", data=halves(), headers=headers) as answer:
                answer.raise_for_status()
                return int((await answer.json())["id"])
        except aiohttp.ClientError as error:
            raise CourierError(str(error)) from error


def work(life: Life, pipe: Connection) -> None:
    """Take orders and work on them."""
    _prepare(life)
    asyncio.run(_work(life, pipe))


def open_and_die(life: Life, _: Connection) -> None:
    """Open the database, which brings its tables up to date, and die in it."""
    _prepare(life)
    _hang(life)

    async def opened() -> None:
        async with open_database(life.place.url, life.place.home):
            die()

    asyncio.run(opened())


def copy_and_die(life: Life, _: Connection) -> None:
    """Make a backup, and die in it."""
    _prepare(life)
    _hang(life)
    asyncio.run(upkeep.backup(life.place.url, life.place.home))
    die()


def _prepare(life: Life) -> None:
    logging.basicConfig(filename=life.place.home / "log", format="%(levelname)s %(name)s %(message)s", force=True)
    if life.release is not None:
        life.release.mkdir(parents=True)
        next_release(life.release, pytest.MonkeyPatch(), life.then)


def _hang(life: Life) -> None:
    match life.cut:
        case "touched":
            die_at_copy(life.nth)
        case "filling":
            die_at_copy(2, life.nth * INSTANT)
        case "commit":
            die_before_commit()


async def _hurry(seconds: float) -> None:
    await asyncio.sleep(min(seconds, 0.02))


async def _work(life: Life, pipe: Connection) -> None:
    place, blade = life.place, Blade(life.cut, life.nth)
    clock, catalogue = Clock(sleep=_hurry), Catalogue.load()
    async with AsyncExitStack() as stack:
        database = CutDatabase(await stack.enter_async_context(open_database(place.url, place.home)), blade)
        transport = await stack.enter_async_context(Transport())
        fetcher = await stack.enter_async_context(Fetcher(Guard([place.allowed])))
        session = await stack.enter_async_context(aiohttp.ClientSession(place.channel))
        provider = PROVIDERS[place.provider](place.provider_key, place.base_url, catalogue=catalogue)
        seedream = CutSeedream(
            [Channel(provider, Gate(place.provider, GateLimits(), clock))],
            catalogue=catalogue,
            transport=transport,
            fetch=fetcher,
            spool=place.home / "spool",
            clock=clock,
        )
        seedream.blade, seedream.tell = blade, pipe.send
        poster = Poster(session, seedream, place.home, blade)
        tariff, shelf = Tariff(catalogue, Decimal(7)), Shelf.within(place.home)
        slips = asyncio.Semaphore(8)
        kit = Kit(
            database, seedream, poster, tariff, shelf, place.home, Capacity(), slips, clock, Alarms(database, poster)
        )
        studio = Studio(database, seedream, place.home, tariff, Terms(Limits(), capacity=Capacity()))
        worker = Worker(kit, Pace(SLOTS, place.lease))
        working = asyncio.create_task(worker.run())
        await worker.ready.wait()
        pipe.send("")
        for order in life.repeats:
            await _ask(order, studio, poster, blade)
        blade.hangs = True
        for order in life.orders:
            await _ask(order, studio, poster, blade)
            await asyncio.sleep(PAUSE)
        alive = await asyncio.to_thread(pipe.recv)
        while not await database.read(lambda tx: _is_over(tx, alive)):  # noqa: ASYNC110 - others end it
            await asyncio.sleep(0.02)
        worker.stop()
        await working


async def _ask(order: Order, studio: Studio, poster: Poster, blade: Blade) -> None:
    blade.reach("told")
    await poster.say("acknowledge", order.key)
    blade.reach("acknowledged")
    request = ImageRequest(
        "seedream-4.5",
        order.prompt,
        max_images=order.images if order.images > 1 else None,
        response_format="b64_json" if order.in_file else "url",
    )
    answer = await studio.submit(request, Origin(order.key, channel=5), Who(1 + len(order.key) % 3, 7))
    assert isinstance(answer, Ticket), answer
    await poster.say("accepted", order.key)


def _is_over(tx: Transaction, alive: int) -> bool:
    """No job is open, and the dead have been forgotten."""
    open_jobs = tx.run(select(func.count()).select_from(jobs).where(jobs.c.closed_at.is_(None))).scalar_one()
    return not open_jobs and tx.run(select(func.count()).select_from(workers)).scalar_one() <= alive
