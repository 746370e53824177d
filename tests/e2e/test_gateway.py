"""The connection to Discord breaks in every way: people are served before and after, and nothing is done twice."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import pytest

from sandbox.discord import NoAnswer, Reply
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


async def _timed_out(stage: Stage) -> None:
    await stage.discord.cut(4009)


async def _partition(stage: Stage) -> None:
    """What is asked meanwhile is heard of when nobody waits any more, and is not begun."""
    stage.discord.freeze()
    stage.bob.patience = 0.2
    with pytest.raises(NoAnswer):
        await stage.bob.slash("imagine", prompt="nobody hears this")
    stage.discord.move(600)
    await stage.discord.thaw()
    stage.bob.patience = 3.0


BREAKS: Sequence[Break] = (_reconnect, _resumable, _anew, _closed, _torn, _timed_out, _partition)


def served(reply: Reply) -> Awaitable[object]:
    """Somebody has a picture."""
    return reply.until(lambda message: message.files and "Again" in message.buttons, PATIENCE)


async def through(stage: Stage, breaks: Break, gate: float = 100) -> None:
    """Somebody's picture is drawn while the connection breaks, and somebody else asks afterwards."""
    gateway, calls, seen = stage.discord.gateway, len(stage.seedream.calls), len(stage.ada.sees())
    reply = await stage.ada.slash("imagine", prompt=f"a cat [[slow:{gate}]]")
    await stage.discord.until(lambda: len(stage.seedream.calls) > calls, PATIENCE)
    before = gateway.identifies + gateway.resumes
    await breaks(stage)
    stage.gates.open(gate)
    await served(reply)
    await stage.discord.until(lambda: gateway.identifies + gateway.resumes > before and gateway.connected, PATIENCE)
    await served(await stage.bob.slash("imagine", prompt="a dog"))
    assert len(stage.seedream.calls) == calls + 2
    assert len([message for message in stage.ada.sees() if message.files]) == seen + 2


async def test_one_process_goes_on_however_often_and_in_whatever_way_the_connection_breaks(stage: Stage) -> None:
    async with stage.running(USER_IMAGES_PER_HOUR="0") as running:
        for number, breaks in enumerate(BREAKS):
            await through(stage, breaks, 100.0 + number)
        assert await running.stop() == 0, running.said
    assert "nobody hears this" not in str([call.body for call in stage.seedream.calls])
    assert " ERROR " not in running.said
    assert "Traceback" not in running.said


async def test_a_connection_that_does_not_answer_is_left(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    stage.discord.gateway._heartbeat = 0.2
    async with stage.playing() as bot:
        bot._connection.heartbeat_timeout = 0.6
        await stage.discord.cut()
        await stage.discord.until(lambda: stage.discord.gateway.resumes and stage.discord.gateway.connected, PATIENCE)

        async def deaf(stage: Stage) -> None:
            resumes = stage.discord.gateway.resumes  # from now on: a busy machine may have missed a beat before
            stage.discord.fail("G1")
            await stage.discord.until(lambda: stage.discord.gateway.resumes > resumes, PATIENCE)
            stage.discord.gateway.deaf = False

        await through(stage, deaf)
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []


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


@pytest.mark.parametrize("fault", ["D24", "D21", "D3", "D5"])
async def test_commands_that_cannot_be_brought_keep_nobody_from_working(
    stage: Stage, fault: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with stage.playing():
        await stage.discord.synced("imagine")
    stage.discord.fail(fault, route="PUT /applications")
    again = str(stage.home / "another")
    async with stage.playing(DATA_DIR=again):
        assert stage.discord.faults.waiting == []
        await served(await stage.ada.slash("imagine", prompt="a cat"))
    errors = [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]
    assert len(errors) == 1
    assert "those from before go on" in errors[0]
    puts = len(stage.discord.calls("PUT commands"))
    async with stage.playing(DATA_DIR=again):
        await stage.discord.until(lambda: len(stage.discord.calls("PUT commands")) > puts, PATIENCE)
