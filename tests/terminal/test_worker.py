"""`seedream-bot worker` as an operator starts and stops it: real processes, real signals, on both engines."""

import asyncio
import os
import signal
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, nullcontext
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.app import Workshop, open_house
from bot.config import load
from bot.seedream.models import ImageRequest
from bot.store.database import Database, Transaction
from bot.store.open import open_database
from bot.store.tables import jobs, workers
from bot.studio import ledger
from bot.studio.job import Job, Origin, State, Who
from bot.studio.rows import job_of
from bot.studio.studio import Ticket
from tests.programs import PATIENCE
from tests.studio.scene import Messenger
from tests.terminal.processes import CHANNEL, World, open_world

GRACE = 2  # seconds


@pytest.fixture
async def world(tmp_path: Path, database_url: str) -> AsyncIterator[World]:
    async with open_world(tmp_path, database_url) as opened:
        yield opened


async def submit(world: World, *prompts: str, provider: str = "byteplus") -> None:
    """People ask, each once, before any worker is there."""

    def courier(workshop: Workshop, _: Database) -> AbstractAsyncContextManager[Messenger]:
        return nullcontext(Messenger(workshop.seedream, world.home))

    async with open_house(load(None, world.settings(provider)), courier) as house:
        for user, prompt in enumerate(prompts):
            origin = Origin(f"interaction:{user}", CHANNEL)
            ticket = await house.studio.submit(ImageRequest("seedream-4.5", prompt), origin, Who(user))
            assert isinstance(ticket, Ticket), ticket


async def look(world: World) -> list[Job]:
    """The jobs as they are, while no worker is there; nobody may be registered, and the ledger has to be in balance."""

    def work(tx: Transaction) -> list[Job]:
        assert tx.run(select(workers.c.id)).all() == []
        assert ledger.audit(tx) == []
        return [job_of(row) for row in tx.run(select(jobs).order_by(jobs.c.id))]

    async with open_database(world.database_url, world.home) as database:
        return await database.read(work)


async def until(so: Callable[[], bool]) -> None:
    """Look at the pretend servers until it is so."""
    async with asyncio.timeout(PATIENCE):
        while not so():  # noqa: ASYNC110 - they call nobody
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
async def test_a_worker_with_nothing_to_do_stops_at_once(world: World, sign: signal.Signals) -> None:
    lost = world.home / "spool" / "lost.jpg"
    lost.parent.mkdir()
    lost.touch()
    os.utime(lost, (0, 0))
    worker = await world.worker(STOP_GRACE_SECONDS="3600")
    await worker.until("Cleared away: files 1")
    worker.process.send_signal(sign)
    assert await worker.end() == 0, worker.said
    assert "Stopped" in worker.said
    assert "Traceback" not in worker.said
    assert await look(world) == []


async def test_a_stop_before_the_start_is_over_is_no_fault(world: World) -> None:
    world.discord.faults.append("silence")
    worker = await world.type("worker")
    await until(lambda: bool(world.discord.asked))
    worker.process.terminate()
    assert await worker.end() == 0, worker.said
    assert "Traceback" not in worker.said


async def test_a_second_signal_ends_the_grace(world: World) -> None:
    await submit(world, "a cat [[slow:100]]")
    worker = await world.worker(STOP_GRACE_SECONDS="3600")
    await until(lambda: bool(world.pretend.calls))
    worker.process.terminate()
    await worker.until("1 jobs may end within 3600 seconds")
    worker.process.terminate()
    assert await worker.end() == 0, worker.said
    [job] = await look(world)
    assert (job.state, job.owner, job.strikes) == (State.SENT, None, 0)


async def test_twenty_jobs_are_under_way_when_it_is_stopped_and_each_ends_once(world: World) -> None:
    """Ten end within the grace, five have not begun; of ten it is in doubt what became of them."""
    await submit(world, *["a cat [[slow:100]]"] * 10, *["a dog [[slow:200]]"] * 10, *["a bird"] * 5)
    first = await world.worker(PARALLEL_JOBS="20", STOP_GRACE_SECONDS=str(GRACE))
    await until(lambda: _paid_calls(world) == 20)
    first.process.terminate()
    world.gates.open(100)
    assert await first.end(GRACE + 10) == 0, first.said
    assert [job.state for job in await look(world)] == ([State.SETTLED] * 10 + [State.SENT] * 10 + [State.QUEUED] * 5)
    ends = await _the_rest(world, "byteplus")
    assert ends == [State.SETTLED] * 10 + [State.IN_DOUBT] * 10 + [State.SETTLED] * 5
    shown = Counter(len(message.files) for message in world.discord.messages.values())
    assert shown == {1: 15, 0: 10}


async def test_tasks_that_are_under_way_when_it_is_stopped_are_asked_for_by_the_next(world: World) -> None:
    await submit(world, *["a cat [[slow:100]]"] * 20, *["a bird"] * 5, provider="acedata")
    first = await world.worker("acedata", PARALLEL_JOBS="20", STOP_GRACE_SECONDS="0")
    await until(lambda: len({str(call.body) for call in world.pretend.calls if "/tasks" in call.path}) == 20)
    first.process.terminate()
    assert await first.end(10) == 0, first.said
    assert [job.state for job in await look(world)] == [State.SENT] * 20 + [State.QUEUED] * 5
    world.gates.open(100)
    assert await _the_rest(world, "acedata") == [State.SETTLED] * 25
    shown = Counter(len(message.files) for message in world.discord.messages.values())
    assert shown == {1: 25}


async def _the_rest(world: World, provider: str) -> list[State]:
    """Let another worker do what is left of twenty-five jobs; the ends of them all."""
    second = await world.worker(provider)
    await until(lambda: len(world.discord.messages) == 25)
    second.process.terminate()
    assert await second.end() == 0, second.said
    assert _paid_calls(world) == 25, "nothing is asked for twice"
    assert world.discord.problems == []
    return [job.state for job in await look(world)]


def _paid_calls(world: World) -> int:
    return sum("/tasks" not in call.path for call in world.pretend.calls)
