"""The connection to Discord breaks in every way: people are served before and after, and nothing is done twice."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from tests.e2e.stage import PATIENCE, Stage

Break = Callable[[Stage], Awaitable[None]]


async def _reconnect(stage: Stage) -> None:
    stage.discord.reconnect()


async def _resumable(stage: Stage) -> None:
    stage.discord.invalidate(resumable=True)


async def _anew(stage: Stage) -> None:
    stage.discord.invalidate(resumable=False)


async def _closed(stage: Stage) -> None:
    await stage.discord.cut(4000)


async def _torn(stage: Stage) -> None:
    await stage.discord.cut()


@pytest.mark.parametrize("breaks", [_reconnect, _resumable, _anew, _closed, _torn])
async def test_people_are_served_again_after_the_connection_broke(stage: Stage, breaks: Break) -> None:
    async with stage.playing():
        waiting = await stage.ada.slash("imagine", prompt="a cat [[slow:100]]")
        await stage.discord.until(lambda: stage.seedream.calls)
        before = stage.discord.gateway.identifies + stage.discord.gateway.resumes
        await breaks(stage)
        stage.gates.open(100)
        await waiting.until(lambda message: message.files, 10)
        await stage.discord.until(
            lambda: stage.discord.gateway.identifies + stage.discord.gateway.resumes > before, PATIENCE
        )
        await stage.discord.ready(PATIENCE)
        reply = await stage.bob.slash("imagine", prompt="a dog")
        await reply.until(lambda message: message.files, 10)
    assert len(stage.seedream.calls) == 2


async def test_an_interaction_that_is_told_twice_is_one_job(stage: Stage) -> None:
    async with stage.playing():
        reply = await stage.ada.slash("imagine", prompt="a cat")
        stage.discord.replay(reply)
        await reply.until(lambda message: message.files, 10)
        await asyncio.sleep(0.2)
    assert len(stage.seedream.calls) == 1
    assert len(stage.ada.sees()) == 1


async def test_a_hundred_people_at_once_are_acknowledged_in_time_and_served(stage: Stage) -> None:
    people = [stage.discord.person(f"p{number}", stage.guild, stage.channel) for number in range(100)]
    async with stage.playing(PARALLEL_JOBS="50"):
        await stage.discord.synced("imagine")
        replies = await asyncio.gather(*(person.slash("imagine", prompt="a cat") for person in people))
        await asyncio.gather(*(reply.until(lambda message: message.files, 30) for reply in replies))
    assert max(reply.ack_seconds for reply in replies) < 3
    assert len(stage.seedream.calls) == 100


async def test_a_gateway_that_is_away_at_the_start_is_waited_for(stage: Stage) -> None:
    stage.discord.fail("D8", times=1, route="GET /gateway/bot")
    async with stage.playing():
        reply = await stage.ada.slash("imagine", prompt="a cat")
        await reply.until(lambda message: message.files, 10)
    assert len(stage.discord.calls("GET gateway")) == 2
