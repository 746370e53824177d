"""The queue in figures: what waits, since when, and what is under way, for all processes."""

from bot.store.database import Transaction
from bot.studio import figures
from bot.studio.job import State
from bot.studio.leases import register
from bot.studio.queue import Capacity, claim
from tests.studio.making import worker as row_of_worker
from tests.studio.scene import Scene


async def test_nothing_is_open_in_an_empty_queue(scene: Scene) -> None:
    assert await scene.database.read(figures.count) == figures.Figures((), (), 0)


async def test_those_who_wait_are_counted_with_the_age_of_the_first(scene: Scene) -> None:
    await scene.accepted("one")
    scene.hands.move(40)
    await scene.accepted("two", user=2)
    found = await scene.database.read(figures.count)
    assert found.lines == (figures.Line("byteplus", 2, 40.0),)
    assert found.open == (("byteplus", "seedream-4.5", State.QUEUED, 2),)


async def test_those_under_way_do_not_wait_and_only_living_workers_count(scene: Scene) -> None:
    await scene.accepted("one")
    await scene.accepted("two", user=2)

    def work(tx: Transaction) -> None:
        register(tx, row_of_worker("me"), 30)
        claim(tx, "me", {}, Capacity())

    await scene.database.write(work)
    found = await scene.database.read(figures.count)
    assert [(line.provider, line.jobs) for line in found.lines] == [("byteplus", 1)]
    assert [(state, count) for _, _, state, count in found.open] == [(State.QUEUED, 1), (State.RUNNING, 1)]
    assert found.workers == 1
    scene.hands.move(31)
    assert (await scene.database.read(figures.count)).workers == 0
