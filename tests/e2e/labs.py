"""Labs with the bot in them, in a process of its own or in this one, and their trials, all begun at once."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from sqlalchemy import update

from bot.seedream.clock import Clock
from bot.store.sqlite import Sqlite
from bot.store.tables import jobs
from tests.e2e.stage import open_stage
from tests.e2e.trials import LONG, Ear, Lab, Said

BRISK = 2.5  # seconds of silence while one message is brought


class Time:
    """The time of day, which goes on by itself and can be put forward; short pauses are shorter."""

    def __init__(self) -> None:
        self.moved = 0.0

    def now(self) -> float:
        return time.time() + self.moved

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds if seconds > 60 else min(seconds, 0.05))

    def clock(self) -> Clock:
        return Clock(now=self.now, sleep=self.sleep)


@asynccontextmanager
async def open_process(home: Path) -> AsyncIterator[Lab]:
    """A lab in which `seedream-bot run` plays, one process for all trials; at its end everything adds up. Its clock is
    its own, so time passes for what it has laid aside, and for Discord."""
    async with open_stage(home) as stage, stage.running(PARALLEL_JOBS="200") as running:
        database = Sqlite(home / "seedream.db", None)  # not started: the process is its owner

        async def age(seconds: float) -> None:
            open_ = update(jobs).where(jobs.c.closed_at.is_(None))
            times = (jobs.c.ready_at, jobs.c.generated_at)  # by `created_at` its accounts are known
            await database.write(lambda tx: tx.run(open_.values({time: time - seconds for time in times})))

        try:
            lab = Lab(stage, Said(running), stage.discord.channel(stage.guild, "elsewhere"), database, age)
            lab.listen()
            yield lab
            async with asyncio.timeout(LONG):
                await lab.at_the_end()
            assert await running.stop() == 0, running.said
        finally:
            await database.close()


@asynccontextmanager
async def open_inside(home: Path) -> AsyncIterator[Lab]:
    """A lab in which the bot plays in this process; at its end everything adds up."""
    ear, clock = Ear(), Time()
    logging.root.addHandler(ear)
    level = logging.root.level
    logging.root.setLevel(logging.INFO)
    try:
        async with open_stage(home) as stage, stage.playing(clock.clock(), BRISK, PARALLEL_JOBS="200"):

            async def age(seconds: float) -> None:
                clock.moved += seconds

            assert stage.house is not None
            lab = Lab(stage, ear, stage.discord.channel(stage.guild, "elsewhere"), stage.house.database, age)
            lab.listen()
            yield lab
            async with asyncio.timeout(LONG):
                await lab.at_the_end()
    finally:
        logging.root.removeHandler(ear)
        logging.root.setLevel(level)


def of(meet: Callable[[Lab, str], Awaitable[None]], fault: str) -> Callable[[Lab], Awaitable[None]]:
    """The trial of meeting this fault."""

    async def trial(lab: Lab) -> None:
        await meet(lab, fault)

    return trial


async def at_once(lab: Lab, chosen: Mapping[str, Callable[[Lab], Awaitable[None]]]) -> None:
    """All these trials, side by side; those that failed are told by their names."""
    tasks = {name: asyncio.create_task(lab.run(trial), name=name) for name, trial in chosen.items()}
    await asyncio.wait(tasks.values())
    failed = []
    for name, task in tasks.items():
        if (error := task.exception()) is not None:
            error.add_note(f"in the trial {name}")
            failed.append(error)
    if failed:
        raise BaseExceptionGroup(f"of {len(tasks)} trials", failed)
