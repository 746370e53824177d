"""The whole sandbox in a thread of its own: the page's server, both pretend ends, and the bot as a real process."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from sandbox.page.server import open_page
from sandbox.page.stage import Plan, Stage, open_stage

T = TypeVar("T")
BEGINS = 90.0  # seconds that a busy machine may need until the bot is there
UNLIMITED = {"USER_IMAGES_PER_HOUR": "0", "USER_IMAGES_PER_DAY": "0"}
PACE = 0.15  # seconds for a picture


@dataclass(frozen=True)
class Theatre:
    """`address` is the page's; `act` lets something be done on the stage, where its loop runs."""

    address: str
    stage: Stage
    loop: asyncio.AbstractEventLoop
    curtain: asyncio.Event

    async def act(self, deed: Callable[[Stage], Awaitable[T]]) -> T:
        """Do it there, and wait for it here."""

        async def done() -> T:
            return await deed(self.stage)

        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(done(), self.loop))

    async def pace(self, seconds: float) -> None:
        """Let every picture take that long."""

        async def paced(stage: Stage) -> None:
            _pace(stage, seconds)

        await self.act(paced)

    async def clear(self) -> None:
        """As it was at the beginning, but for what the bot remembers: an empty stage, everything works, English."""

        async def cleared(stage: Stage) -> None:
            for switch in stage.switches.told()["switches"]:
                await stage.switches.turn(switch["key"], False)
            await stage.performer.start()
            world = stage.discord.world
            assert await world.until(lambda: stage.performer.state == "ready", BEGINS), stage.performer.note
            greeting = min(world.messages, default=0)
            for number in [number for number in world.messages if number != greeting]:
                world.messages.pop(number).deleted = True
            _pace(stage, PACE)
            for person in stage.scene.people.values():
                person.user.locale = "en-US"
            world.stir()

        await self.act(cleared)


def _pace(stage: Stage, seconds: float) -> None:
    assert stage.seedream is not None
    stage.seedream.pace = seconds


@contextmanager
def open_theatre(pictures: str = "small") -> Iterator[Theatre]:
    """A theatre whose bot is ready; `pictures` are "small" or, for those who look at them, "full"."""
    opened: Future[Theatre] = Future()
    with ThreadPoolExecutor(1, "theatre") as pool:
        played = pool.submit(asyncio.run, _play(opened, pictures))
        both: list[Future[Any]] = [opened, played]
        wait(both, BEGINS, FIRST_COMPLETED)
        if not opened.done():
            played.result(0)
        theatre = opened.result(0)
        try:
            yield theatre
        finally:
            theatre.loop.call_soon_threadsafe(theatre.curtain.set)
            played.result()


async def _play(opened: "Future[Theatre]", pictures: str) -> None:
    plan = Plan(pace=PACE, pictures=pictures, settings=UNLIMITED)
    async with open_stage(plan) as stage, open_page(stage, 0) as address:
        await stage.performer.start()
        if not await stage.discord.world.until(lambda: stage.performer.state == "ready", BEGINS):
            raise TimeoutError("the bot did not start:\n" + "".join(stage.performer.lines))
        curtain = asyncio.Event()
        opened.set_result(Theatre(address, stage, asyncio.get_running_loop(), curtain))
        await curtain.wait()
