"""Only so many deliveries are under way at once, and one that rests between two tries is not under way."""

import asyncio
from dataclasses import replace

from bot.seedream.clock import Clock
from bot.studio.courier import CourierError
from bot.studio.worker import Pace, Worker
from tests.studio.scene import Scene, hurry


async def test_a_delivery_that_waits_for_another_try_holds_nobody_up(scene: Scene) -> None:
    rest = asyncio.Event()

    async def sleep(seconds: float) -> None:
        await (rest.wait() if seconds == 20 else hurry(seconds))

    scene.messenger.troubles = [CourierError("not now", 20)]
    kit = replace(scene.kit(), deliveries=asyncio.Semaphore(1), clock=Clock(now=scene.hands, sleep=sleep))
    worker = Worker(kit, Pace())
    scene.running[worker.id] = asyncio.create_task(worker.run())
    first = await scene.accepted()
    await scene.until(first, "generated")
    second = await scene.accepted("a dog")
    assert (await scene.until(second)).delivery is not None
    assert (await scene.job(first)).delivery is None
    rest.set()
    assert (await scene.until(first)).delivery is not None
    await scene.stop(worker)
