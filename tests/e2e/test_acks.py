"""The first answer to a person, whatever Discord does to it: either it arrives in time, or nothing has begun."""

from typing import Any

import pytest

from bot.ui.acks import IN_TIME
from sandbox.discord import NoAnswer
from tests.e2e.stage import Stage

FREE: dict[str, Any] = {"USER_IMAGES_PER_HOUR": "0", "USER_IMAGES_PER_DAY": "0"}
# After these it is tried again, or has been heard of already.
MENDED = ["D1", "D2", "D6", "D7", "D8", "D9", "D10", "D11", "D12", "D13", "D29", "D30", "D29:middle"]
DONE = ["D6:done", "D7:done", "D8:done", "D9:done", "D10:done", "D12:done", "D29:done", "D30:done", "D31"]
LOST = ["D14", "D15", "D17", "D18", "D21", "D22", "D23", "D24"]


@pytest.mark.parametrize("fault", MENDED)
async def test_an_answer_that_did_not_arrive_is_given_again_in_time(stage: Stage, fault: str) -> None:
    async with stage.playing(**FREE):
        stage.discord.fail(fault, route="POST /interactions")
        reply = await stage.ada.slash("imagine", prompt="a cat")
        await reply.until(lambda message: message.files, 10)
    assert reply.ack_seconds < IN_TIME
    assert len(stage.seedream.calls) == 1


@pytest.mark.parametrize("fault", DONE)
async def test_an_answer_that_arrived_though_nobody_told_us_counts(stage: Stage, fault: str) -> None:
    async with stage.playing(**FREE):
        stage.discord.fail(fault, route="POST /interactions")
        reply = await stage.ada.slash("imagine", prompt="a cat")
        await reply.until(lambda message: message.files, 10)
    assert len(stage.seedream.calls) == 1
    assert len(stage.ada.sees()) == 1


async def test_where_no_answer_can_be_given_nothing_is_begun_and_the_next_one_is_served(stage: Stage) -> None:
    hasty = stage.ada
    hasty.patience = 0.3
    async with stage.playing(**FREE):
        await stage.discord.synced("imagine")
        for fault in LOST:
            stage.discord.fail(fault, route="POST /interactions")
            with pytest.raises(NoAnswer):
                await hasty.slash("imagine", prompt="a cat")
            assert stage.discord.faults.waiting == []
        assert stage.seedream.calls == []
        reply = await stage.bob.slash("imagine", prompt="a dog")
        await reply.until(lambda message: message.files, 10)
    assert len(stage.seedream.calls) == 1


@pytest.mark.parametrize("fault", ["D5", "D32"])
async def test_nobody_waits_for_an_answer_that_would_be_too_late(stage: Stage, fault: str) -> None:
    async with stage.playing(**FREE):
        stage.discord.fail(fault, times=9, route="POST /interactions")
        with pytest.raises(NoAnswer):
            await stage.ada.slash("imagine", prompt="a cat")
        stage.discord.faults.clear()
        reply = await stage.bob.slash("imagine", prompt="a dog")
        await reply.until(lambda message: message.files, 10)
    assert len(stage.seedream.calls) == 1
