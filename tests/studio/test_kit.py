"""What has happened is written down for certain, and once."""

from dataclasses import replace

import pytest

from bot.store.database import Database, T, Transaction, Work
from bot.store.errors import Unreachable
from bot.studio import steps
from bot.studio.job import Job, State
from bot.studio.queue import Capacity, Lost, claim, waiting_in_all
from tests.studio.making import PROVIDER, put_job, start_worker
from tests.studio.scene import Scene


class Doubtful(Database):
    """A database whose connection breaks in the very moment in which a change becomes final."""

    def __init__(self, real: Database) -> None:
        super().__init__()
        self._real = real
        self.shared = real.shared
        self.breaks = 0
        self.every = 0
        self._written = 0

    def now(self) -> float:
        return self._real.now()

    async def start(self) -> None:
        await self._real.start()

    async def close(self) -> None:
        await self._real.close()

    async def scrub(self) -> None:
        await self._real.scrub()

    async def _write(self, work: Work[T]) -> T:
        result = await self._real.write(work)
        self._written += 1
        if self.breaks or (self.every and self._written % self.every == 0):
            self.breaks = max(0, self.breaks - 1)
            fault = Unreachable("The connection broke", "It is made again by itself.")
            fault.unsure = True
            raise fault
        return result

    async def _read(self, work: Work[T]) -> T:
        return await self._real.read(work)


async def held(database: Database) -> Job:
    await start_worker(database)
    await put_job(database)
    job = await database.write(lambda tx: claim(tx, "w", {}, Capacity()).job)
    assert job is not None
    return job


async def test_a_step_that_was_made_when_the_connection_broke_is_not_taken_for_lost(scene: Scene) -> None:
    database = Doubtful(scene.database)
    kit = replace(scene.kit(), database=database)
    job = await held(scene.database)
    database.breaks = 1
    job = await kit.step(job, lambda tx: steps.sent(tx, job, "w", PROVIDER))
    assert job.state is State.SENT
    assert job == await scene.job(job)


async def test_a_job_that_somebody_else_holds_is_lost_for_all_that(scene: Scene) -> None:
    database = Doubtful(scene.database)
    kit = replace(scene.kit(), database=database)
    job = await held(scene.database)

    def steal(tx: Transaction) -> None:
        steps.sent(tx, job, "w", PROVIDER)

    await scene.database.write(steal)
    with pytest.raises(Lost):
        await kit.step(job, lambda tx: steps.sent(tx, job, "w", PROVIDER))
    with pytest.raises(Lost):
        await kit.step(replace(job, attempt=7), lambda tx: steps.sent(tx, replace(job, attempt=7), "w", PROVIDER))


async def test_jobs_go_through_a_database_whose_connections_keep_breaking(scene: Scene) -> None:
    jobs = [await scene.accepted(user=user) for user in range(6)]
    scene.database = database = Doubtful(scene.database)
    database.every = 3
    await scene.start()
    assert {(await scene.until(job)).state for job in jobs} == {State.SETTLED}
    assert scene.pretend.billed == len(jobs)
    assert await scene.audit() == []


async def test_an_order_is_taken_once_though_the_connection_broke(scene: Scene) -> None:
    database = Doubtful(scene.database)
    scene.studio._database = database
    database.breaks = 1
    job = await scene.accepted()
    assert await scene.database.read(waiting_in_all) == 1
    assert (await scene.job(job)).key == job.key
