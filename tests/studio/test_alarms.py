"""Troubles that only the owner can mend are told to them once, not per job."""

from bot.studio.alarms import SILENCE
from tests.studio.scene import Scene


async def troubled(scene: Scene, times: int) -> None:
    for _ in range(times):
        scene.pretend.fail("P47", times=1)
        await scene.until(await scene.accepted())


async def told(scene: Scene, number: int) -> bool:
    await scene.settle(lambda: len(scene.messenger.warnings) == number)
    return len(scene.messenger.warnings) == number


async def test_a_bad_key_is_told_once_however_many_jobs_meet_it(scene: Scene) -> None:
    await scene.start()
    await troubled(scene, 3)
    assert await told(scene, 1)
    assert scene.messenger.warnings == [("byteplus", "BadKey")]


async def test_the_next_process_does_not_tell_it_again_until_a_day_has_passed(scene: Scene) -> None:
    for _ in range(2):
        worker = await scene.start()
        await troubled(scene, 1)
        assert await told(scene, 1)
        await scene.stop(worker)
    scene.hands.move(SILENCE + 1)
    await scene.start()
    await troubled(scene, 1)
    assert await told(scene, 2)


async def test_what_has_worked_in_between_is_told_anew(scene: Scene) -> None:
    await scene.start()
    await troubled(scene, 1)
    await scene.until(await scene.accepted())
    await troubled(scene, 1)
    assert await told(scene, 2)


async def test_trouble_that_passes_by_itself_is_not_the_owners(scene: Scene) -> None:
    await scene.start()
    await scene.until(await scene.accepted("[[fault:P54]]"))
    await scene.until(await scene.accepted("[[refuse]]"))
    assert scene.messenger.warnings == []
