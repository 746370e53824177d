"""Providers that give a task: whoever comes after a dead process asks for it, and pays nothing."""

from pathlib import Path

from bot.seedream.models import Accepted, ImageRequest, PictureReady
from bot.store.database import Database, Transaction
from bot.studio import steps
from bot.studio.job import Result, State
from bot.studio.leases import register
from bot.studio.queue import Capacity, claim
from bot.studio.results import result_of
from tests.databases import Hands
from tests.studio.making import worker as row_of_worker
from tests.studio.scene import open_scene


async def test_pictures_that_were_written_down_before_a_crash_are_not_there_twice_after_it(
    database: Database, hands: Hands, tmp_path: Path
) -> None:
    async with open_scene(database, hands, tmp_path, "acedata") as scene:
        events = [event async for event in scene.seedream.generate(ImageRequest("seedream-4.5", "a set", max_images=3))]
        [task] = [event.task for event in events if isinstance(event, Accepted)]
        first, second, _ = (result_of(event.picture, tmp_path) for event in events if isinstance(event, PictureReady))
        job = await scene.accepted("a set", max_images=3)

        def work(tx: Transaction, recorded: list[Result]) -> None:
            register(tx, row_of_worker("dead"), 30)
            held = claim(tx, "dead", {}, Capacity()).job
            assert held is not None
            held = steps.sent(tx, held, "dead", "acedata")
            held = steps.accepted(tx, held, "dead", task)
            steps.drawn(tx, held, "dead", recorded)

        await database.write(lambda tx: work(tx, [first, second]))
        hands.move(31)
        await scene.start()
        ended = await scene.until(job)
        assert ended.state is State.SETTLED
        assert [picture.index for picture in ended.pictures] == [0, 1, 2]
        assert ended.settled is not None
        assert (ended.settled.images, ended.settled.cost) == (3, ended.reserved.cost)
        [(_, pictures, missing)] = scene.messenger.delivered
        assert (len(pictures), missing) == (3, None)
        assert len([call for call in scene.pretend.calls if "images" in call.path]) == 1
        assert await scene.audit() == []
