"""Files of a job that are not in the data folder: nothing is failed for it at once, and nothing paid is lost."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.seedream.content import InMemory
from bot.seedream.models import Reference
from bot.store.database import Database
from bot.studio.courier import CourierError
from bot.studio.job import Job, State
from sandbox.pictures import png
from tests.databases import Hands
from tests.studio.scene import Scene, open_scene

LONG = 6 * 3600.0


@contextmanager
def away(folder: Path) -> Iterator[None]:
    """A share that is not mounted."""
    elsewhere = folder.with_name(f"{folder.name} elsewhere")
    folder.rename(elsewhere)
    try:
        yield
    finally:
        elsewhere.rename(folder)


async def with_a_reference(scene: Scene, prompt: str = "a cat") -> Job:
    return await scene.accepted(
        prompt, references=(Reference(InMemory(png(width=64, height=64)), None, "image/png", 64, 64),)
    )


async def put_off(scene: Scene, job: Job, times: int) -> Job:
    """Let time pass until it has been taken so often, and is anybody's."""
    while (now := await scene.laid_aside(job)).attempt < times:
        await scene.pass_time(600)
    return now


async def test_a_job_waits_for_its_references_and_is_drawn_when_they_are_back(scene: Scene) -> None:
    job = await with_a_reference(scene)
    with away(scene.home / "shelf"):
        await scene.start()
        left = await put_off(scene, job, 3)
    assert (left.state, left.strikes, scene.pretend.calls) == (State.QUEUED, 0, [])
    await scene.pass_time(600)
    assert (await scene.until(job)).state is State.SETTLED
    assert scene.pretend.billed == 1
    assert await scene.audit() == []


async def test_a_job_whose_references_stay_away_ends_with_words_of_its_own_and_costs_nothing(scene: Scene) -> None:
    job = await with_a_reference(scene)
    with away(scene.home / "shelf"):
        await scene.start()
        await scene.laid_aside(job)
        await scene.pass_time(LONG)
        ended = await scene.until(job)
    assert (ended.state, ended.ending and (ended.ending.error, ended.ending.charged)) == (
        State.FAILED,
        ("Mislaid", "no"),
    )
    assert [(number, ending.error) for number, ending in scene.messenger.apologies] == [(job.id, "Mislaid")]
    assert ended.settled is not None
    assert (ended.settled.images, ended.settled.cost) == (0, 0)
    assert await scene.audit() == []


async def test_it_can_be_cancelled_meanwhile(scene: Scene) -> None:
    job = await with_a_reference(scene)
    with away(scene.home / "shelf"):
        await scene.start()
        await scene.laid_aside(job)
        await scene.studio.cancel(job.id, job.who)
        assert (await scene.until(job)).state is State.CANCELLED


async def test_a_task_is_followed_to_its_pictures_without_its_references(
    database: Database, hands: Hands, tmp_path: Path
) -> None:
    async with open_scene(database, hands, tmp_path, "acedata") as scene:
        worker = await scene.start(grace=0.05)
        job = await with_a_reference(scene, "[[slow:1]]")
        while not (await scene.job(job)).task:
            await scene.settle(lambda: False, 0.01)
        await scene.stop(worker)
        with away(scene.home / "shelf"):
            await scene.start()
            assert (await scene.until(job)).state is State.SETTLED
        assert scene.pretend.billed == 1
        assert [len(pictures) for _, pictures, _ in scene.messenger.delivered] == [1]
        assert await scene.audit() == []


async def drawn_and_not_brought(scene: Scene) -> Job:
    """A picture that came inside the answer, and lies in the folder for the next worker."""
    scene.messenger.troubles = [CourierError("closed")] * 3
    worker = await scene.start()
    job = await scene.accepted(response_format="b64_json")
    await scene.laid_aside(job)
    await scene.stop(worker)
    return job


async def test_paid_pictures_that_are_not_there_are_waited_for_and_brought(scene: Scene) -> None:
    job = await drawn_and_not_brought(scene)
    with away(scene.home / "spool"):
        await scene.start()
        await scene.pass_time(600)
        left = await put_off(scene, job, 3)
    assert (left.state, left.strikes) == (State.GENERATED, 0)
    assert (scene.messenger.delivered, scene.messenger.apologies) == ([], [])
    await scene.pass_time(600)
    assert (await scene.until(job)).state is State.SETTLED
    assert [len(pictures) for _, pictures, _ in scene.messenger.delivered] == [1]
    assert scene.pretend.billed == 1
    assert await scene.audit() == []


async def test_paid_pictures_that_stay_away_are_told_of_as_charged(scene: Scene) -> None:
    job = await drawn_and_not_brought(scene)
    with away(scene.home / "spool"):
        await scene.start()
        await scene.pass_time(LONG)
        ended = await scene.until(job)
    assert (ended.state, ended.ending and (ended.ending.error, ended.ending.charged)) == (
        State.FAILED,
        ("Mislaid", "yes"),
    )
    assert ended.settled is not None
    assert (ended.settled.images, ended.settled.cost) == (0, 40_000)
    assert await scene.audit() == []
