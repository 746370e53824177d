"""Told when it is done: by a mention below the pictures, by a direct message, by both, or not at all."""

import asyncio
from typing import Any

from sandbox.discord import Message, Person
from tests.e2e.panels import opened
from tests.e2e.stage import PATIENCE, Stage
from tests.e2e.test_buttons import finished, job


async def wants(person: Person, *names: str) -> None:
    panel = await opened(person, "me")
    for name in names:
        await panel.pick_here(name, "On")
        await panel.press(f"back.{name}")


async def drawn(person: Person, stage: Stage, **options: object) -> Message:
    return await finished(stage, await person.slash("imagine", **{"prompt": "a lighthouse", **options}))


def texts(person: Person) -> list[str]:
    return [message.text for message in person.sees() if message.only_for is None]


async def test_a_mention_below_the_pictures_is_for_the_person_alone(stage: Stage) -> None:
    async with stage.playing():
        await wants(stage.ada, "ping_when_done")
        message = await drawn(stage.ada, stage, prompt=f"@everyone and {stage.bob.mention}")
        [below] = [each for each in stage.ada.sees() if each.reply_to is message]
        assert below.text == f"{stage.ada.mention} your pictures are ready"
        assert below.mentions == [stage.ada.user]
        assert stage.ada.in_dm().sees() == []
        await drawn(stage.bob, stage)
        assert len([each for each in stage.ada.sees() if "are ready" in each.text]) == 1


async def test_several_pictures_of_one_wish_ring_once_and_private_ones_never_in_the_channel(stage: Stage) -> None:
    async with stage.playing():
        await wants(stage.ada, "ping_when_done")
        reply = await stage.ada.slash("imagine", prompt="a lighthouse", variations=2)
        await finished(stage, reply)
        await stage.discord.until(lambda: len([each for each in stage.ada.sees() if each.files]) == 2, PATIENCE)
        await drawn(stage.ada, stage, visibility="private")
        assert len([each for each in stage.bob.sees() if "are ready" in each.text]) == 1


async def test_a_direct_message_has_a_link_to_the_pictures(stage: Stage) -> None:
    async with stage.playing():
        await wants(stage.ada, "dm_when_done")
        message = await drawn(stage.ada, stage)
        where = f"https://discord.com/channels/{stage.guild.id}/{stage.channel.id}/{message.id}"
        assert texts(stage.ada.in_dm()) == [f"Your pictures are ready: {where}"]
        await drawn(stage.ada, stage, visibility="private")
        assert texts(stage.ada.in_dm())[1] == (
            "Your pictures are ready: #2, only you can see them · bring them here with `/show 2`"
        )
        assert len([each for each in stage.bob.sees() if each.files]) == 1


async def test_closed_direct_messages_break_nothing_and_are_told_of_once(stage: Stage) -> None:
    stage.discord.user("ada", takes_dms=False)
    async with stage.playing():
        await wants(stage.ada, "dm_when_done")
        message = await drawn(stage.ada, stage)
        assert message.files
        [told] = [each for each in stage.ada.sees() if "I could not write to you" in each.text]
        assert told.reply_to is message
        assert told.mentions == []
        await drawn(stage.ada, stage)
        assert len([each for each in stage.ada.sees() if "I could not write to you" in each.text]) == 1
        assert "**DM when done**\nOff · *default*" in (await opened(stage.ada, "me")).text
        await wants(stage.ada, "dm_when_done")
        reply = await stage.ada.slash("imagine", prompt="a lighthouse", visibility="private")
        await finished(stage, reply)
        [whispered] = reply.further
        assert "I could not write to you" in whispered.text
        assert whispered.only_for is stage.ada.user


async def in_a_channel_that_goes(stage: Stage) -> None:
    """Somebody asks in a channel that is deleted while their picture is drawn."""
    art = stage.discord.channel(stage.guild, "art")
    await stage.ada.at(art).slash("imagine", prompt="a lighthouse [[slow:100]]")
    await stage.discord.until(lambda: stage.seedream.calls, PATIENCE)
    stage.discord.close(art)
    stage.gates.open(100)


async def test_where_no_other_way_is_left_pictures_come_by_direct_message_to_those_who_want_it(stage: Stage) -> None:
    async with stage.playing():
        await wants(stage.ada, "dm_when_done", "ping_when_done")
        await in_a_channel_that_goes(stage)
        await stage.discord.until(lambda: any(each.files for each in stage.ada.in_dm().sees()), PATIENCE)
        [message] = stage.ada.in_dm().sees()
        assert len(message.buttons) == 7
        assert (await closed(stage)).delivery.way == "dm"
        assert "discord.com/channels" not in (await stage.ada.slash("history")).text


async def test_what_came_by_direct_message_is_deleted_there_too(stage: Stage) -> None:
    async with stage.playing():
        await wants(stage.ada, "dm_when_done")
        await in_a_channel_that_goes(stage)
        await stage.discord.until(lambda: any(each.files for each in stage.ada.in_dm().sees()), PATIENCE)
        [there] = stage.ada.in_dm().sees()
        await closed(stage)
        shown = await (await stage.ada.slash("show", id=1)).until(lambda message: message.files, PATIENCE)
        pressed = await stage.ada.press(shown, "sd:delete:1")
        assert "is deleted" in (await pressed.follow_up(1, PATIENCE)).text
        assert there.deleted
        assert shown.deleted
        assert (await job(stage, 1)).pictures == ()


async def test_nobody_is_written_to_who_has_not_asked_for_it(stage: Stage) -> None:
    async with stage.playing():
        await in_a_channel_that_goes(stage)
        assert (await closed(stage)).delivery.way == "kept"
        assert stage.ada.in_dm().sees() == []


async def closed(stage: Stage) -> Any:
    while not (await job(stage, 1)).state.final:  # noqa: ASYNC110 - only the row tells
        await asyncio.sleep(0.01)
    return await job(stage, 1)
