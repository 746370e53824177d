"""Whoever counts hears of everything once: what comes in, what does not, what goes wrong, how it ends."""

import asyncio
from dataclasses import dataclass, field, replace
from pathlib import Path

from bot.seedream.errors import SeedreamError
from bot.store.database import Database
from bot.studio.job import Job, State, Who
from bot.studio.limits import Allowance, Barrier, Limits, Refusal
from bot.studio.studio import Studio, Terms
from bot.studio.worker import Pace, Worker
from tests.databases import Hands
from tests.studio.scene import PATIENCE, Scene, open_scene


@dataclass
class Scribe:
    """Writes it all down."""

    came: list[int] = field(default_factory=list)
    refusals: list[Barrier] = field(default_factory=list)
    errors: list[tuple[str, str]] = field(default_factory=list)
    ends: list[Job] = field(default_factory=list)

    def accepted(self, job: Job) -> None:
        self.came.append(job.id)

    def refused(self, refusal: Refusal) -> None:
        self.refusals.append(refusal.barrier)

    def met(self, error: SeedreamError) -> None:
        self.errors.append((error.provider, type(error).__name__))

    def closed(self, job: Job) -> None:
        self.ends.append(job)


async def watched(scene: Scene, *, limits: Limits | None = None) -> Scribe:
    """Somebody looks at the door and at a worker."""
    scribe = Scribe()
    terms = Terms(limits or Limits())
    scene.studio = Studio(scene.database, scene.seedream, scene.home, scene.tariff, terms, scribe)
    worker = Worker(replace(scene.kit(), witness=scribe), Pace())
    scene.running[worker.id] = asyncio.create_task(worker.run())
    await asyncio.wait_for(worker.ready.wait(), PATIENCE)
    return scribe


async def test_a_job_is_seen_at_the_door_and_at_its_end_with_all_that_is_written_of_it(scene: Scene) -> None:
    scribe = await watched(scene)
    job = await scene.accepted("a cat")
    await scene.until(job)
    await scene.settle(lambda: bool(scribe.ends))
    [end] = scribe.ends
    assert scribe.came == [job.id]
    assert (end.id, end.state, end.provider, end.model) == (job.id, State.SETTLED, "byteplus", "seedream-4.5")
    assert end.settled is not None
    assert end.settled.images == 1
    assert None not in {end.started_at, end.sent_at, end.generated_at, end.closed_at}
    assert (scribe.errors, scribe.refusals) == ([], [])


async def test_an_error_is_seen_and_so_is_the_end_that_it_means(scene: Scene) -> None:
    scribe = await watched(scene)
    job = await scene.accepted("a cat [[refuse]]")
    await scene.until(job)
    await scene.settle(lambda: bool(scribe.ends))
    assert [end.state for end in scribe.ends] == [State.REFUSED]
    assert scribe.errors == [("byteplus", "Refused")]


async def test_an_error_that_passes_is_seen_too(scene: Scene) -> None:
    scribe = await watched(scene)
    scene.pretend.fail("P53")
    job = await scene.accepted("a cat")
    await scene.until(job)
    await scene.settle(lambda: bool(scribe.ends))
    assert [end.state for end in scribe.ends] == [State.SETTLED]
    assert scribe.errors == [("byteplus", "RateLimited")]


async def test_what_does_not_come_in_is_seen_with_what_stood_in_its_way(scene: Scene) -> None:
    scribe = await watched(scene, limits=Limits(user=Allowance(images_per_hour=1)))
    job = await scene.accepted("a cat")
    await scene.submit("a second cat")
    await scene.submit("a dog", size="1x1")
    await scene.studio.again(job.id, scene.origin(), Who(2))
    assert scribe.refusals == [Barrier.IMAGES, Barrier.REQUEST, Barrier.NOT_YOURS]
    assert scribe.came == [job.id]


async def test_the_same_wish_twice_is_seen_once(scene: Scene) -> None:
    scribe = await watched(scene)
    job = await scene.accepted("a cat")
    request = await scene.studio.plan(job.id, job.who, "again")
    assert not isinstance(request, Refusal)
    await scene.studio.submit(request, job.origin, job.who)
    assert scribe.came == [job.id]


async def test_a_job_that_was_cancelled_while_it_waited_is_seen_at_its_end(scene: Scene) -> None:
    scribe = Scribe()
    job = await scene.accepted("a cat")
    await scene.studio.cancel(job.id, job.who)
    scribe = await watched(scene)
    await scene.until(job)
    await scene.settle(lambda: bool(scribe.ends))
    assert [end.state for end in scribe.ends] == [State.CANCELLED]


async def test_a_transaction_is_timed_whether_it_goes_well_or_not(
    database: Database, hands: Hands, tmp_path: Path
) -> None:
    timed: list[tuple[str, bool]] = []
    database.watch(lambda kind, seconds, well: timed.append((kind, seconds >= 0 and well)))
    async with open_scene(database, hands, tmp_path) as scene:
        job = await scene.accepted()
        assert ("write", True) in timed
        timed.clear()
        await scene.job(job)
    assert timed == [("read", True)]
