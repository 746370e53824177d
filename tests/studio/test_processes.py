"""Several processes on one database: one takes orders, others work, and nobody has to wait for a poll."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from bot.store.database import Database
from bot.studio import worker as workers
from bot.studio.job import State
from bot.studio.worker import Pace, Worker
from tests.databases import Hands
from tests.studio.scene import Scene, open_scene

Another = Callable[[], Awaitable[Database]]


@pytest.fixture
def no_net(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody looks for work unless they are called."""
    monkeypatch.setattr(workers, "NET", 3600.0)


@pytest.fixture
def shared(database: Database) -> Database:
    if not database.shared:
        pytest.skip("only one process works on an embedded database")
    return database


async def elsewhere(scene: Scene, open_another: Another, **pace: float) -> Worker:
    """A worker in another process, as far as the database can tell."""
    database = await open_another()
    worker = Worker(replace(scene.kit(), database=database), Pace(**{"slots": 4, "grace": 5.0, **pace}))  # type: ignore[arg-type]
    scene.running[worker.id] = asyncio.create_task(worker.run())
    await asyncio.wait_for(worker.ready.wait(), 20)
    return worker


@pytest.mark.usefixtures("no_net")
async def test_a_job_that_one_process_takes_is_drawn_by_another(
    shared: Database, hands: Hands, tmp_path: Path, open_another: Another
) -> None:
    async with open_scene(shared, hands, tmp_path) as scene:
        first, second = await elsewhere(scene, open_another), await elsewhere(scene, open_another)
        assert first.id != second.id
        jobs = await asyncio.gather(*(scene.accepted("[[slow:0.1]]", user=user) for user in range(12)))
        ended = [await scene.until(job) for job in jobs]
        assert {job.state for job in ended} == {State.SETTLED}
        assert scene.pretend.billed == 12
        for worker in (first, second):
            await scene.stop(worker)
        assert await scene.audit() == []


@pytest.mark.usefixtures("no_net")
async def test_a_cancel_reaches_the_process_that_draws(
    shared: Database, hands: Hands, tmp_path: Path, open_another: Another
) -> None:
    async with open_scene(shared, hands, tmp_path) as scene:
        await elsewhere(scene, open_another)
        job = await scene.accepted("[[slow:30]]")
        await scene.until(job, "sent")
        await scene.studio.cancel(job.id, job.who)
        assert (await scene.until(job)).state is State.CANCELLED
        assert await scene.audit() == []


async def test_limits_of_a_provider_hold_over_all_processes(
    shared: Database, hands: Hands, tmp_path: Path, open_another: Another
) -> None:
    async with open_scene(shared, hands, tmp_path) as scene:
        scene.capacity = replace(scene.capacity, at_once=2)
        jobs = [await scene.accepted("[[slow:0.1]]", user=user) for user in range(8)]
        await elsewhere(scene, open_another)
        await elsewhere(scene, open_another)
        most = 0
        while not all([(now := await scene.job(job)).state.final for job in jobs]):
            held = [job for job in [await scene.job(job) for job in jobs] if job.state in {State.RUNNING, State.SENT}]
            most = max(most, len(held))
        assert now.state is State.SETTLED
        assert 1 <= most <= 2


async def test_the_jobs_of_a_process_that_fell_silent_go_on_elsewhere_when_its_lease_is_over(
    shared: Database, hands: Hands, tmp_path: Path, open_another: Another
) -> None:
    async with open_scene(shared, hands, tmp_path) as scene:
        silent = await elsewhere(scene, open_another)
        job = await scene.accepted("[[slow:30]]")
        await scene.until(job, "sent")
        assert (await scene.job(job)).owner == silent.id
        await elsewhere(scene, open_another, lease=0.3)
        await asyncio.sleep(0.3)
        assert (await scene.job(job)).owner == silent.id
        hands.move(61)  # by the clock of the database, which they share
        assert (await scene.until(job)).state is State.IN_DOUBT
        assert len(scene.pretend.calls) == 1


async def test_a_task_that_the_provider_took_is_asked_for_by_the_next_process(
    database: Database, hands: Hands, tmp_path: Path
) -> None:
    async with open_scene(database, hands, tmp_path, "acedata") as scene:
        worker = await scene.start(grace=0.05)
        job = await scene.accepted("[[slow:1]]")
        while not (await scene.job(job)).task:  # noqa: ASYNC110 - the row is all there is to look at
            await asyncio.sleep(0.01)
        await scene.stop(worker)
        assert ((left := await scene.job(job)).state, left.owner) == (State.SENT, None)
        await scene.start()
        assert (await scene.until(job)).state is State.SETTLED
        assert scene.pretend.billed == 1
        assert [len(pictures) for _, pictures, _ in scene.messenger.delivered] == [1]
        assert await scene.audit() == []
