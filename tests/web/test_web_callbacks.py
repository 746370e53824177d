"""A provider that calls back only wakes the question how its task stands, whoever it is that calls."""

import asyncio
import io
import time
from collections.abc import AsyncIterator

import pytest

from bot.seedream.clock import Clock
from bot.studio.callbacks import PATH
from bot.studio.job import State
from bot.web.callbacks import LARGEST
from sandbox.discord import Message, Reply
from tests.e2e.stage import PATIENCE, Stage
from tests.web.watching import Asked, Watched, free_port, watched

FORGED = PATH + "1-" + "A" * 43


async def only_when_woken(seconds: float) -> None:
    """Whoever waits before a task is asked for waits until somebody wakes them."""
    await (asyncio.Event().wait() if seconds >= 3 else asyncio.sleep(seconds))


async def soon(seconds: float) -> None:
    """Nobody waits long."""
    await asyncio.sleep(min(seconds, 0.05))


WOKEN = Clock(now=time.time, sleep=only_when_woken)
POLLING = Clock(now=time.time, sleep=soon)


def acedata(stage: Stage, port: int, **more: str) -> dict[str, str]:
    """The settings of a bot that AceData can call."""
    key = {"ACEDATA_API_KEY": stage.seedream.key, "ACEDATA_BASE_URL": stage.seedream.base_url("acedata")}
    return {**key, "PROVIDERS": "acedata", "PUBLIC_URL": f"http://127.0.0.1:{port}", **more}


def asked(stage: Stage) -> int:
    """How often the task was asked for."""
    return sum("/tasks" in call.path for call in stage.seedream.calls)


def address(stage: Stage) -> str:
    """Where AceData was told to call."""
    [call] = [call for call in stage.seedream.calls if "/images" in call.path]
    assert isinstance(call.body, dict)
    return str(call.body["callback_url"])


async def post(bot: Watched, address: str, task: str = "a-task") -> int:
    async with bot.http.post(address, json={"task_id": task, "success": True}) as reply:
        assert await reply.read() == b""
        return reply.status


async def pictured(reply: Reply) -> Message:
    return await reply.until(lambda message: message.files, PATIENCE)


async def begun(stage: Stage, bot: Watched) -> Reply:
    """A picture is being drawn by a task whose name is known here."""
    reply = await stage.ada.slash("imagine", prompt="a lighthouse [[slow:100]]")
    async with asyncio.timeout(PATIENCE):
        # Only its row tells.
        while (ticket := await bot.house.studio.ticket(1)) is None or ticket.job.task is None:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    return reply


async def test_a_callback_wakes_the_poll_and_the_poll_brings_the_picture(stage: Stage) -> None:
    port = free_port()
    async with watched(stage, WOKEN, port, acedata(stage, port)) as bot:
        reply = await begun(stage, bot)
        assert asked(stage) == 0
        stage.gates.open(100)
        await pictured(reply)
        assert asked(stage) == 1
        assert await bot.value("seedream_callbacks_total", outcome="woke") == 1
        assert address(stage).startswith(f"http://127.0.0.1:{port}/callbacks/acedata/1-")


async def test_a_callback_that_never_comes_is_not_missed(stage: Stage) -> None:
    port = free_port()
    nowhere = {"PUBLIC_URL": f"http://127.0.0.1:{free_port()}"}
    async with watched(stage, POLLING, port, acedata(stage, port, **nowhere)) as bot:
        await pictured(await stage.ada.slash("imagine", prompt="a lighthouse"))
        assert asked(stage) >= 1
        assert await bot.value("seedream_callbacks_total") == 0


async def test_without_a_public_address_nothing_is_said_of_callbacks_and_nobody_listens(stage: Stage) -> None:
    port = free_port()
    async with watched(stage, POLLING, port, acedata(stage, port, PUBLIC_URL="")) as bot:
        await pictured(await stage.ada.slash("imagine", prompt="a lighthouse"))
        assert "callback" not in str([call.body for call in stage.seedream.calls])
        async with bot.http.post(bot.address + FORGED, json={"task_id": "x"}) as reply:
            assert reply.status == 404


async def test_a_forged_callback_hears_the_same_and_wakes_nobody(stage: Stage) -> None:
    port = free_port()
    async with watched(stage, WOKEN, port, acedata(stage, port)) as bot:
        reply = await begun(stage, bot)
        mine = address(stage)
        for forged in (bot.address + FORGED, mine[:-1] + "é", mine.replace("/1-", "/2-"), mine + "x"):
            assert await post(bot, forged) == 204
        assert asked(stage) == 0
        assert await bot.value("seedream_callbacks_total", outcome="forged") == 4
        stage.gates.open(100)
        await pictured(reply)


async def test_a_callback_that_lies_or_comes_early_costs_one_question(stage: Stage) -> None:
    port = free_port()
    async with watched(stage, WOKEN, port, acedata(stage, port)) as bot:
        reply = await begun(stage, bot)
        ticket = await bot.house.studio.ticket(1)
        assert ticket is not None
        assert await post(bot, address(stage), "of-another-job") == 204
        await asyncio.sleep(1.2)  # until the same job may be woken again
        assert asked(stage) == 0
        assert await post(bot, address(stage), ticket.job.task or "") == 204
        await stage.discord.until(lambda: asked(stage) == 1, PATIENCE)
        job = await bot.house.studio.ticket(1)
        assert job is not None
        assert job.job.state is State.SENT
        stage.gates.open(100)
        await pictured(reply)
        assert asked(stage) == 2


async def test_a_callback_that_is_replayed_brings_nothing_twice(stage: Stage) -> None:
    port = free_port()
    async with watched(stage, WOKEN, port, acedata(stage, port)) as bot:
        reply = await begun(stage, bot)
        stage.gates.open(100)
        await pictured(reply)
        ticket = await bot.house.studio.ticket(1)
        assert ticket is not None
        for _ in range(20):
            assert await post(bot, address(stage), ticket.job.task or "") == 204
        await asyncio.sleep(1.2)
        assert asked(stage) == 1
        assert len([message for message in stage.ada.sees() if message.files]) == 1
        assert await bot.value("seedream_callbacks_total", outcome="again") >= 19


@pytest.mark.parametrize("kind", ["postgresql"])
async def test_a_callback_at_another_process_wakes_the_one_that_has_the_job(stage: Stage, database_url: str) -> None:
    elsewhere = free_port()
    more = acedata(stage, elsewhere, DATABASE_URL=database_url)
    async with watched(stage, WOKEN, more=more) as bot:
        reply = await begun(stage, bot)
        async with stage.typed("worker", HTTP_PORT=str(elsewhere), **more) as other:
            await other.until("Working on up to")
            stage.gates.open(100)
            await pictured(reply)
            assert asked(stage) == 1
            assert await bot.value("seedream_callbacks_total") == 0
            assert await Asked(elsewhere, bot.http).value("seedream_callbacks_total", outcome="woke") == 1
            assert await other.stop() == 0, other.said


MALFORMED = (
    b"",
    b"[]",
    b"{",
    b"\xff\xfe",
    b'{"task_id": 7}',
    b'{"task_id": "two words"}',
    b'{"task_id": "' + b"x" * 200 + b'"}',
    b'{"task_id": ' + b"[" * 100_000 + b"}",
)


async def test_what_no_provider_sends_is_refused_and_not_reflected(stage: Stage) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(40):
            yield b" " * 65_536

    port = free_port()
    async with watched(stage, port=port, more=acedata(stage, port)) as bot:
        for body in MALFORMED:
            async with bot.http.post(bot.address + FORGED, data=body) as reply:
                assert (reply.status, await reply.text()) == (400, "not a callback\n"), body[:50]
        for large in (io.BytesIO(b" " * (LARGEST + 1)), endless()):
            async with bot.http.post(bot.address + FORGED, data=large) as reply:
                assert reply.status == 413
        async with bot.http.get(bot.address + FORGED) as reply:
            assert reply.status == 405
        assert await bot.value("seedream_callbacks_total", outcome="malformed") == len(MALFORMED)
