"""Buttons and forms that Discord's own client would never send, or sends too late: a kind line, and nothing happens."""

from typing import Any

import pytest
from sqlalchemy import delete

from bot.store.database import Transaction
from bot.store.tables import jobs
from sandbox.discord import Message, Person, Reply
from sandbox.discord import asking as raw
from tests.e2e.stage import PATIENCE, Stage, shown
from tests.e2e.test_buttons import finished, job, picture

STALE = "no longer works"


async def sends(stage: Stage, who: Person, message: Message, custom_id: str, kind: int = 3, **data: Any) -> Reply:
    """Somebody's client is made to say this."""
    said = {"custom_id": custom_id} | ({"component_type": 2, "id": 1} if kind == 3 else data)
    world = stage.discord.world
    asked = await raw.ask(world, kind, who.user, who.channel, said, about={"message": message}, patience=PATIENCE)
    return Reply(world, asked)


def form(prompt: Any) -> list[dict[str, Any]]:
    return [{"type": 18, "id": 1, "component": {"type": 4, "id": 2, "custom_id": "prompt", "value": prompt}}]


async def count(stage: Stage) -> int:
    assert stage.house is not None
    return len(await stage.house.database.read(lambda tx: tx.run(jobs.select()).all()))


@pytest.mark.parametrize(
    "custom_id",
    [
        "sd:delete:2",
        "sd:again:999999",
        "sd:again:9223372036854775808",
        "sd:unheard:1",
        "sd:again:１",
        "sd:again:1:💥",
        "sd::",
        "sd:wieder:1\u202e",
        "again",
        "💥",
    ],
)
async def test_a_button_that_is_not_on_the_message_does_nothing(stage: Stage, custom_id: str) -> None:
    async with stage.playing():
        message = await picture(stage)
        await picture(stage, "another")
        assert STALE in (await sends(stage, stage.ada, message, custom_id)).text
        assert shown(message)
        assert await count(stage) == 2


@pytest.mark.parametrize(
    ("custom_id", "prompt", "said"),
    [
        ("sd:vary:1", "   ", "It is empty"),
        ("sd:vary:1", "", "It is empty"),
        ("sd:vary:1", "x" * 4001, STALE),
        ("sd:vary:99", "a cat", STALE),
        ("sd:star:1", "a cat", STALE),
        ("sd:again:1", "a cat", STALE),
        ("sd:draft:1", "a cat", STALE),
        ("sd:change:1", "a cat", STALE),
        ("sd:vary:1:\u202e" + "x" * 100, "a cat", STALE),
    ],
)
async def test_a_form_that_nobody_can_have_sent_does_nothing(
    stage: Stage, custom_id: str, prompt: str, said: str
) -> None:
    async with stage.playing():
        message = await picture(stage)
        reply = await sends(stage, stage.ada, message, custom_id, 5, components=form(prompt))
        assert said in reply.text
        assert await count(stage) == 1


async def test_a_form_about_somebody_elses_job_does_nothing(stage: Stage) -> None:
    async with stage.playing():
        message = await picture(stage)
        for verb in ("vary", "edit", "retry"):
            reply = await sends(stage, stage.bob, message, f"sd:{verb}:1", 5, components=form("mine now"))
            assert "somebody else's job" in reply.text
        assert await count(stage) == 1


async def test_the_buttons_of_a_job_that_is_not_kept_any_more_say_so(stage: Stage) -> None:
    async with stage.playing():
        message = await picture(stage)
        assert stage.house is not None

        def forget(tx: Transaction) -> None:
            tx.run(delete(jobs))

        await stage.house.database.write(forget)
        for verb in ("again", "vary", "edit", "upscale", "star", "delete", "more"):
            assert STALE in (await stage.ada.press(message, f"sd:{verb}:1")).text
        assert shown(message)


async def test_a_press_that_is_told_twice_is_one_job(stage: Stage) -> None:
    async with stage.playing():
        message = await picture(stage)
        reply = await stage.ada.press(message, "sd:again:1")
        raw.send(stage.discord.world, reply.interaction)
        await finished(stage, reply)
        assert await count(stage) == 2


async def test_a_moderator_deletes_in_their_own_server_only(stage: Stage) -> None:
    async with stage.playing():
        eve = stage.discord.moderator("eve", stage.guild, stage.channel)
        message = await picture(stage)
        elsewhere = stage.discord.guild("elsewhere")
        there = stage.discord.channel(elsewhere)
        stage.discord.member(elsewhere, stage.ada)
        mallory = stage.discord.moderator("mallory", elsewhere, there)
        copy = await finished(stage, await stage.ada.at(there).slash("show", id=1))
        assert "Only the person who asked for it" in (await mallory.press(copy, "sd:delete:1")).text
        reply = await eve.press(message, "sd:delete:1")
        assert "#1 is deleted" in (await reply.follow_up(1, PATIENCE)).text
        assert message.deleted
        assert (await job(stage, 1)).pictures == ()


class Broken:
    """What nobody has foreseen."""

    async def pressed(self, interaction: object) -> None:
        raise RuntimeError("a secret that is for the log alone")


async def test_what_goes_wrong_behind_a_button_is_told_with_an_id(stage: Stage) -> None:
    async with stage.playing() as bot:
        message = await picture(stage)
        bot.presses = Broken()  # type: ignore[assignment]
        reply = await stage.ada.press(message, "sd:again:1")
        assert "Something went wrong" in reply.text
        assert "secret" not in reply.text
        assert reply.message.only_for is stage.ada.user
