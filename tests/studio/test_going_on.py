"""What people do with finished jobs: the same larger, an edit, a star, away with the pictures."""

from dataclasses import replace
from itertools import pairwise

import pytest

from bot.seedream.catalogue import Catalogue
from bot.seedream.models import ImageRequest
from bot.studio import history, stars
from bot.studio.job import State, Who
from bot.studio.limits import Barrier, Refusal
from bot.studio.studio import Ticket
from tests.studio.scene import Scene

CATALOGUE = Catalogue.load()


async def test_upscale_asks_for_the_largest_size_in_the_same_shape_until_it_is_reached(scene: Scene) -> None:
    await scene.start()
    small = await scene.until(await scene.accepted("a cat", size="2K", ratio="16:9"))
    large = await scene.studio.upscale(small.id, scene.origin(), Who(1))
    assert isinstance(large, Ticket)
    assert (large.job.verb, large.job.parent) == ("upscale", small.id)
    assert (large.job.request["size"], large.job.request["ratio"]) == ("4K", "16:9")
    refused = await scene.studio.upscale(large.job.id, scene.origin(), Who(1))
    assert isinstance(refused, Refusal)
    assert refused.barrier is Barrier.REQUEST
    assert "largest" in refused.facts["problems"][0].rule
    theirs = await scene.studio.upscale(small.id, scene.origin(), Who(2))
    assert isinstance(theirs, Refusal)
    assert theirs.barrier is Barrier.NOT_YOURS


async def test_an_edit_of_pictures_that_are_not_there_is_not_a_picture_from_words(scene: Scene) -> None:
    await scene.start()
    job = await scene.until(await scene.accepted())
    assert await scene.database.write(lambda tx: history.forget_pictures(tx, job.id))
    refused = await scene.studio.edit(job.id, "make it night", scene.origin(), Who(1))
    assert isinstance(refused, Refusal)
    assert refused.barrier is Barrier.EXPIRED
    left = await scene.job(job)
    assert (left.pictures, left.request, left.state) == ((), job.request, State.SETTLED)
    assert left.delivery is not None
    assert (left.delivery.way, left.delivery.messages) == (history.DELETED, ())
    assert isinstance(await scene.studio.again(job.id, scene.origin(), Who(1)), Ticket)
    assert await scene.audit() == []


async def test_pictures_of_an_open_job_are_not_forgotten(scene: Scene) -> None:
    job = await scene.accepted()
    assert not await scene.database.write(lambda tx: history.forget_pictures(tx, job.id))
    assert not await scene.database.write(lambda tx: history.forget_pictures(tx, 10**9))


async def test_what_is_under_way_is_what_may_still_come(scene: Scene) -> None:
    first, second, third = [await scene.accepted(f"cat {number}") for number in range(3)]
    await scene.accepted("a dog", user=2)
    await scene.studio.cancel(second.id, Who(1))
    found = await scene.database.read(lambda tx: history.under_way(tx, 1))
    assert [job.id for job in found] == [first.id, third.id]
    assert [job.id for job in await scene.database.read(lambda tx: history.under_way(tx, 1, most=1))] == [first.id]


async def test_stars_come_and_go_for_each_person(scene: Scene) -> None:
    async def star(user: int, job: int) -> bool:
        return await scene.database.write(lambda tx: stars.star(tx, user, job))

    assert [await star(1, 5), await star(1, 6), await star(2, 5)] == [True, True, True]
    scene.hands.move(1)
    assert await star(1, 4)
    assert not await star(1, 6)
    assert await scene.database.read(lambda tx: stars.starred(tx, 1)) == [4, 5]
    assert await scene.database.read(lambda tx: stars.starred(tx, 2)) == [5]
    assert await scene.database.read(lambda tx: stars.starred(tx, 3)) == []


@pytest.mark.parametrize("key", list(CATALOGUE.models))
@pytest.mark.parametrize("size", [None, "1K", "2K", "1024x2048"])
@pytest.mark.parametrize("ratio", [None, "16:9", "1:2"])
def test_larger_is_larger_and_the_largest_has_nothing_above_it(key: str, size: str | None, ratio: str | None) -> None:
    request = ImageRequest(key, "a cat", size=size, ratio=None if size and "x" in size else ratio)
    larger = CATALOGUE.larger(request)
    sides = [CATALOGUE.models[key].most_pixels(CATALOGUE.size(each)) or 0 for each in larger]
    assert all(one > other for one, other in pairwise(sides))
    assert all(each == replace(request, size=each.size, ratio=each.ratio) for each in larger)
    if larger:
        assert CATALOGUE.larger(larger[0]) == []
        assert CATALOGUE.check(larger[0]) == []
