"""Processes of one database work in one data folder; whoever has another is not let in."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from bot.store.database import Database, Transaction
from bot.store.errors import Elsewhere, StoreError
from bot.studio import company, leases
from bot.studio.company import Signs
from bot.studio.worker import Pace, Worker
from tests.databases import Hands
from tests.studio.scene import Scene, open_scene
from tests.studio.sweeping import Sweep, lay

Another = Callable[[], Awaitable[Database]]
HOUR = 3600.0


@pytest.fixture
def shared(database: Database) -> Database:
    if not database.shared:
        pytest.skip("only one process works on an embedded database")
    return database


async def worker_in(scene: Scene, database: Database, home: Path, lease: float = 60.0) -> Worker:
    """A process with this data folder, which does not work yet."""
    return Worker(replace(scene.kit(), database=database, home=home), Pace(4, lease, 5.0))


async def begin(scene: Scene, worker: Worker) -> None:
    """It works."""
    scene.running[worker.id] = asyncio.create_task(worker.run())
    await asyncio.wait_for(worker.ready.wait(), 20)


async def living(database: Database) -> list[str]:
    return [worker.id for worker in await database.read(leases.living)]


async def test_who_has_another_folder_is_not_let_in_until_the_others_have_gone(
    shared: Database, hands: Hands, tmp_path: Path, open_another: Another
) -> None:
    async with open_scene(shared, hands, tmp_path) as scene:
        first = await scene.start()
        stranger = await worker_in(scene, await open_another(), tmp_path / "two")
        with pytest.raises(Elsewhere) as caught:
            await asyncio.wait_for(stranger.run(), 20)
        told = str(caught.value)
        assert f"not in the data folder {tmp_path / 'two'}" in told
        assert str(os.getpid()) in told
        assert "Give all processes one DATA_DIR" in told
        with pytest.raises(Elsewhere):
            await company.look_around(shared, tmp_path / "two")
        assert await living(shared) == [first.id]
        assert Signs(tmp_path / "two").all() == []
        await scene.stop(first)
        assert Signs(tmp_path).all() == []
        await company.look_around(shared, tmp_path / "two")
        await begin(scene, stranger)
        assert await living(shared) == [stranger.id]


async def test_a_dead_process_is_in_the_way_until_its_lease_is_over(
    shared: Database, hands: Hands, tmp_path: Path
) -> None:
    async with open_scene(shared, hands, tmp_path) as scene:
        dead = leases.Worker("dead", "another-machine", 7, 4)
        await shared.write(lambda tx: leases.register(tx, dead, 60))
        with pytest.raises(Elsewhere, match="Process 7 on another-machine"):
            await (await worker_in(scene, shared, tmp_path / "two")).run()
        hands.move(61)
        await begin(scene, await worker_in(scene, shared, tmp_path / "two"))


async def test_who_goes_at_that_moment_is_in_nobodys_way(
    shared: Database, hands: Hands, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    look = Signs.missing

    def slowly(signs: Signs, workers: list[leases.Worker]) -> list[leases.Worker]:
        found = look(signs, workers)
        hands.move(61)
        return found

    monkeypatch.setattr(Signs, "missing", slowly)
    async with open_scene(shared, hands, tmp_path) as scene:
        for name in ("first", "second"):
            going = leases.Worker(name, "another-machine", 7, 4)
            await shared.write(lambda tx, going=going: leases.register(tx, going, 60))  # type: ignore[misc]
            if name == "first":
                await company.look_around(shared, tmp_path)
            else:
                await scene.start()


async def test_of_many_that_start_together_in_two_folders_those_of_one_work(
    shared: Database, hands: Hands, tmp_path: Path, open_another: Another
) -> None:
    async with open_scene(shared, hands, tmp_path) as scene:
        databases = [await open_another() for _ in range(8)]
        homes = [tmp_path if number % 2 else tmp_path / "two" for number in range(8)]
        workers = [await worker_in(scene, database, home) for database, home in zip(databases, homes, strict=True)]
        runs = [asyncio.create_task(worker.run()) for worker in workers]
        scene.running |= {worker.id: run for worker, run in zip(workers, runs, strict=True)}
        begun = [asyncio.create_task(worker.ready.wait()) for worker in workers]
        for run, start in zip(runs, begun, strict=True):
            await asyncio.wait({run, start}, timeout=20, return_when=asyncio.FIRST_COMPLETED)
            start.cancel()
        there = {home for home, worker in zip(homes, workers, strict=True) if worker.ready.is_set()}
        assert len(there) == 1
        assert sum(worker.ready.is_set() for worker in workers) == 4
        assert len(await living(shared)) == 4
        assert all(isinstance(run.exception(), Elsewhere) for run in runs if run.done())
        for worker in workers:
            if not worker.ready.is_set():
                del scene.running[worker.id]


@pytest.mark.parametrize("lease", [60.0, 0.3])
async def test_who_slept_while_others_moved_the_folder_ends(
    shared: Database, hands: Hands, tmp_path: Path, open_another: Another, lease: float
) -> None:
    """It finds out when it wants a job, or when it renews its lease."""
    async with open_scene(shared, hands, tmp_path) as scene:
        asleep = await scene.start(lease=lease)
        hands.move(61)
        other = leases.Worker("other", "another-machine", 7, 4)

        def take_over(tx: Transaction) -> None:
            leases.reap(tx)
            leases.register(tx, other, 1e9)

        await shared.write(take_over)
        await scene.accepted()
        with pytest.raises(Elsewhere):
            await asyncio.wait_for(scene.running.pop(asleep.id), 20)


async def test_who_slept_and_finds_the_same_folder_goes_on(shared: Database, hands: Hands, tmp_path: Path) -> None:
    async with open_scene(shared, hands, tmp_path) as scene:
        asleep = await scene.start(lease=0.3)
        for _ in range(20):
            await shared.write(lambda tx: leases.retire(tx, asleep.id))
            await scene.settle(lambda: False, 0.02)
        await scene.until(await scene.accepted())
        assert await living(shared) == [asleep.id]


async def test_a_folder_that_cannot_be_written_is_told(shared: Database, hands: Hands, tmp_path: Path) -> None:
    (tmp_path / "workers").write_text("in the way")
    async with open_scene(shared, hands, tmp_path) as scene:
        with pytest.raises(StoreError, match="has a file where its folder should be"):
            await (await worker_in(scene, shared, tmp_path)).run()


async def test_an_embedded_database_needs_no_signs(database: Database, hands: Hands, tmp_path: Path) -> None:
    if database.shared:
        pytest.skip("it does with a server")
    async with open_scene(database, hands, tmp_path) as scene:
        await database.write(lambda tx: leases.register(tx, leases.Worker("dead", "here", 7, 4), 60))
        await company.look_around(database, tmp_path / "two")
        await begin(scene, await worker_in(scene, database, tmp_path / "two"))
        assert not (tmp_path / "two").exists()


async def test_signs_of_the_dead_are_cleared_away_and_those_of_the_living_stay(
    database: Database, sweep: Sweep, tmp_path: Path
) -> None:
    signs = Signs(tmp_path)
    for name, age in (("alive", 2 * HOUR), ("dead", 2 * HOUR), ("young", 0.0)):
        lay(signs.place(name), age)
    await database.write(lambda tx: leases.register(tx, leases.Worker("alive", "here", 7, 4), 60))
    assert (await sweep()).files == 1
    assert {path.name for path in signs.all()} == {"alive", "young"}
