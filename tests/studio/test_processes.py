"""Several processes on one database: one takes orders, others work, and nobody has to wait for a poll."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from bot.store.database import Database, Transaction
from bot.store.tables import jobs
from bot.studio import worker as workers
from bot.studio.job import Amount, State
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


@pytest.mark.usefixtures("no_net")
async def test_what_was_told_while_the_listening_connections_were_broken_is_looked_for(
    shared: Database, hands: Hands, tmp_path: Path, open_another: Another
) -> None:
    """Also without the net: who listens anew looks by itself."""
    others = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    async with open_scene(shared, hands, tmp_path) as scene:
        await elsewhere(scene, open_another)
        for _ in range(3):
            await shared.write(lambda tx: tx.run(text(f"SELECT pg_terminate_backend(pid) {others}")))
            assert (await scene.until(await scene.accepted())).state is State.SETTLED
        assert scene.pretend.billed == 3


async def test_news_that_nobody_hears_cost_a_moment(
    database: Database, hands: Hands, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "NET", 0.1)
    async with open_scene(database, hands, tmp_path) as scene:
        await scene.start()
        monkeypatch.setattr(database, "_listeners", [])
        assert (await scene.until(await scene.accepted())).state is State.SETTLED


async def test_limits_of_a_provider_hold_over_all_processes(
    shared: Database, hands: Hands, tmp_path: Path, open_another: Another
) -> None:
    async with open_scene(shared, hands, tmp_path) as scene:
        scene.capacity = replace(scene.capacity, at_once=2)
        asked = [await scene.accepted("[[slow:0.1]]", user=user) for user in range(8)]
        await elsewhere(scene, open_another)
        await elsewhere(scene, open_another)
        most = 0
        while not all([(now := await scene.job(job)).state.final for job in asked]):
            most = max(most, await shared.read(at_once))  # one look at all: between two looks jobs come and go
        assert now.state is State.SETTLED
        assert 1 <= most <= 2


def at_once(tx: Transaction) -> int:
    calling = jobs.c.state.in_([State.RUNNING.value, State.SENT.value])
    return int(tx.run(select(func.count()).select_from(jobs).where(calling)).scalar_one())


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
        ended = await scene.until(job)
        assert (ended.state, ended.attempt, ended.ending and ended.ending.error) == (State.IN_DOUBT, 2, "LostTrack")
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


@pytest.mark.parametrize("comes_back", [True, False])
async def test_a_task_whose_provider_is_no_longer_configured_is_never_drawn_elsewhere(
    database: Database, hands: Hands, tmp_path: Path, comes_back: bool
) -> None:
    """The key may have been taken out by mistake, so it is waited for; then it is in doubt."""
    async with open_scene(database, hands, tmp_path, "acedata") as scene:
        worker = await scene.start(grace=0.05)
        job = await scene.accepted("[[slow:1]]")
        while not (task := (await scene.job(job)).task):  # noqa: ASYNC110 - the row is all there is to look at
            await asyncio.sleep(0.01)
        await scene.stop(worker)
        async with open_scene(database, hands, tmp_path, "byteplus") as other:
            worker = await other.start()
            await other.pass_time(60)
            left = await other.laid_aside(job)
            assert (left.state, left.task, other.pretend.calls) == (State.SENT, task, [])
            if not comes_back:
                await other.pass_time(900)
                ended = await other.until(job)
                assert (ended.state, ended.settled) == (State.IN_DOUBT, Amount(0, ended.reserved.cost))
                assert other.pretend.calls == []
            await other.stop(worker)
        if comes_back:
            await scene.start()
            await scene.pass_time(60)
            assert (await scene.until(job)).state is State.SETTLED
            assert scene.pretend.billed == 1
        assert await scene.audit() == []
