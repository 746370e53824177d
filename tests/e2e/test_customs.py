"""What an answer waits for: one look at the database at the most, and none that takes its time."""

import asyncio
from typing import Any

import pytest

from bot.studio.office import Office, Standards
from bot.ui import customs
from tests.e2e.stage import PATIENCE, Stage
from tests.e2e.test_buttons import finished


def watched(stage: Stage, route: str) -> list[bool]:
    """Each read of the database for an interaction from now on: whether Discord had heard an answer before it."""
    reads: list[bool] = []
    before = len(stage.discord.calls(route))
    assert stage.house is not None

    def look(kind: str, seconds: float, well: bool) -> None:
        if kind == "read" and for_an_interaction():
            reads.append(len(stage.discord.calls(route)) > before)

    stage.house.database.watch(look)
    return reads


def for_an_interaction() -> bool:
    """Whether this is done for somebody who waits, and not by the bot for itself, as when it has come to Discord."""
    task = asyncio.current_task()
    assert task is not None
    coroutine: Any = task.get_coro()
    return task.get_name() in {"CommandTree-invoker", "discord.py: on_seedream_press"} or (
        coroutine.__qualname__ == Office.standards.__qualname__
    )


async def test_the_database_is_read_once_before_an_answer(stage: Stage) -> None:
    async with stage.playing():
        assert stage.house is not None
        await stage.house.office.change_person(stage.ada.id, {"language": "de", "visibility": "private"})
        reads = watched(stage, "POST /interactions/")
        reply = await stage.ada.slash("imagine", prompt="a cat")
        assert reply.message.only_for is stage.ada.user  # what was read is used
        assert [answered for answered in reads if not answered] == [False]
        message = await finished(stage, reply)
        reads = watched(stage, "POST /interactions/")
        again = await stage.ada.press(message, "sd:again:1")
        assert [answered for answered in reads if not answered] == [False, False]  # that, and the job of the button
        await finished(stage, again)


async def test_suggestions_wait_for_no_look_at_what_somebody_has_chosen(stage: Stage) -> None:
    async with stage.playing():
        reads = watched(stage, "POST /interactions/")
        found = await stage.ada.autocomplete("imagine", "model", "4.5", prompt="a cat")
        assert found
        assert False not in reads


async def test_a_database_that_takes_its_time_keeps_no_answer_waiting(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[int] = []

    async def endless(office: Office, who: Any, origin: Any) -> Standards:
        looks.append(who.user)
        await asyncio.Event().wait()
        raise AssertionError

    async with stage.playing():
        monkeypatch.setattr(customs, "_LOOK_UP", 0.05)
        monkeypatch.setattr(Office, "standards", endless)
        reply = await stage.ada.slash("imagine", prompt="a cat")
        assert reply.message.only_for is stage.ada.user  # nobody sees what may be meant for them alone
        assert (await reply.until(lambda message: message.files, PATIENCE)).only_for is stage.ada.user
        assert looks == [stage.ada.id]
