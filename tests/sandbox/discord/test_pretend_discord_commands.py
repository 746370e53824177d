"""Commands of a real discord.py bot: synced, used, answered; files go both ways byte for byte."""

import asyncio

import discord
import pytest

from sandbox.discord import CannotDo, File, NoAnswer, Person, PretendDiscord
from tests.sandbox.discord.conftest import Bot, running
from tests.sandbox.discord.scene import CAT, Asked, furnish


async def test_a_command_is_synced_used_deferred_and_answered_with_a_file(
    pretend: PretendDiscord, ann: Person, bot: Bot
) -> None:
    async with running(pretend, furnish(bot)):
        reply = await ann.slash("imagine", prompt="a cat", image1=File("my cat.png", CAT), ratio="Square")
        assert reply.kind == 5
        await reply.done()
        assert reply.text == "a cat 1 1:1"
        assert [(look.text, look.files) for look in reply.message.looks] == [("", ()), (reply.text, ("back.png",))]
        assert reply.files == [("back.png", CAT)]
        assert reply.message.attachments[0].description == "a cat"
        assert reply.message.attachments[0].size == (4, 3)
        assert (await reply.follow_up()).text == "and more"
    assert pretend.violations == []
    assert reply.ack_seconds < 1


async def test_what_the_client_would_not_send_is_not_sent(pretend: PretendDiscord, ann: Person, bot: Bot) -> None:
    async with running(pretend, furnish(bot)):
        before = len(pretend.events)
        for options in (
            {},
            {"prompt": "x" * 21},
            {"prompt": "a", "count": 5},
            {"prompt": "a", "count": "2"},
            {"prompt": "a", "ratio": "9:9"},
            {"prompt": "a", "image1": "cat.png"},
            {"prompt": "a", "colour": "red"},
            {"prompt": "a", "image1": File("large.png", b"x" * (20 * 1024 * 1024 + 1))},
        ):
            with pytest.raises(CannotDo):
                await ann.slash("imagine", **options)
        with pytest.raises(CannotDo, match="no command"):
            await ann.slash("imagin", prompt="a")
        with pytest.raises(CannotDo, match="sub-command"):
            await ann.slash("usage")
        assert len(pretend.events) == before


async def test_the_first_follow_up_to_a_deferred_answer_is_that_answer_and_stays_private(
    pretend: PretendDiscord, ann: Person, ben: Person, bot: Bot
) -> None:
    async with running(pretend, furnish(bot)):
        reply = await ann.slash("private")
        await reply.done()
        assert reply.text == "for you alone"
        assert reply.further == []
        assert [message.text for message in ann.sees()] == ["for you alone"]
        assert ben.sees() == []


async def test_subcommands_locales_and_people_arrive(
    pretend: PretendDiscord, ann: Person, ben: Person, bot: Bot
) -> None:
    ann.user.locale = "de"
    async with running(pretend, furnish(bot)):
        assert (await ann.slash("usage me", who=ben)).text == "de ben"


async def test_autocomplete_offers_what_the_bot_thinks_of(pretend: PretendDiscord, ann: Person, bot: Bot) -> None:
    async with running(pretend, furnish(bot)):
        choices = await ann.autocomplete("model", "name", "seedream")
        assert [choice["value"] for choice in choices] == ["seedream-4.5", "seedream-4.0"]
        with pytest.raises(CannotDo):
            await ann.autocomplete("imagine", "prompt", "a")


async def test_a_message_menu_reads_a_message_that_the_bot_may_not_read(
    pretend: PretendDiscord, ann: Person, ben: Person, bot: Bot
) -> None:
    async with running(pretend, furnish(bot)):
        said = await ben.says("look", files=[File("cat.png", CAT)])
        assert (await ann.menu("Edit image", said)).text == f"look [{len(CAT)}]"
        assert (await ann.menu("Wave", ben)).text == "hello ben"


async def test_buttons_and_selects_work_and_whispers_are_heard_by_one(
    pretend: PretendDiscord, ann: Person, ben: Person, bot: Bot
) -> None:
    async with running(pretend, furnish(bot)):
        message = (await ann.slash("buttons")).message
        assert message.buttons == ["Again", "Vary", "Whisper", "Later", "Off"]
        whisper = await ann.press(message, "Whisper")
        assert (whisper.text, whisper.message.ephemeral) == ("psst", True)
        assert whisper.message not in ben.sees()
        assert (await ann.choose(message, "Model", "Seedream 4.5")).text == "model 4.5"
        assert (await ben.press(message, "again")).message is message
        assert message.text == "again!"
        later = await ben.press(message, "Later")
        await later.until(lambda it: it.text == "later!")
        with pytest.raises(CannotDo, match="disabled"):
            await ann.press(message, "Off")
        with pytest.raises(CannotDo, match="there is no 'Nowhere'"):
            await ann.press(message, "Nowhere")


async def test_a_modal_opens_and_brings_text_choice_and_files(pretend: PretendDiscord, ann: Person, bot: Bot) -> None:
    async with running(pretend, furnish(bot)):
        message = (await ann.slash("buttons")).message
        opened = await ann.press(message, "Vary")
        assert opened.modal.title == "Make it again"
        assert opened.modal.values == {"Prompt": "a cat"}
        with pytest.raises(CannotDo):
            await ann.submit(opened, {"Prompt": "x" * 51})
        with pytest.raises(CannotDo):
            await ann.submit(opened, {"Colour": "red"})
        done = await ann.submit(opened, {"Prompt": "a dog", "ratio": "Square", "Images": [File("cat.png", CAT)]})
        assert done.text == f"a dog ['1:1'] [{len(CAT)}]"


async def test_a_layout_shows_files_in_its_gallery_and_nowhere_else(
    pretend: PretendDiscord, ann: Person, bot: Bot
) -> None:
    async with running(pretend, furnish(bot)):
        reply = await ann.slash("gallery")
        message = await reply.done()
        assert message.text == "two cats"
        assert [name for name, _ in message.files] == ["a.png", "b.png"]
        answer = pretend.calls("PATCH @original")[-1].answer
        assert answer["attachments"] == []
        assert answer["flags"] & 1 << 15
        assert answer["components"][0]["components"][1]["items"][1]["media"]["url"].startswith(pretend.cdn_base)


async def test_a_late_answer_is_refused_and_the_person_is_told(pretend: PretendDiscord, ann: Person, bot: Bot) -> None:
    refused: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    @bot.tree.command()
    async def slow(interaction: Asked) -> None:
        pretend.move(3.5)
        try:
            await interaction.response.send_message("too late")
        except discord.NotFound as error:
            refused.set_result(error.code)

    async with running(pretend, bot):
        ann.patience = 0.3
        with pytest.raises(NoAnswer):
            await ann.slash("slow")
        assert await refused == 10062
    assert ann.sees() == []


async def test_an_interaction_is_answered_once(pretend: PretendDiscord, ann: Person, bot: Bot) -> None:
    codes: list[int] = []

    @bot.tree.command()
    async def twice(interaction: Asked) -> None:
        try:
            await interaction.response.send_message("once")
        except discord.HTTPException as error:
            codes.append(error.code)

    async with running(pretend, bot):
        reply = await ann.slash("twice")
        pretend.replay(reply)
        await pretend.until(lambda: codes)
    assert codes == [40060]
    assert [message.text for message in ann.sees()] == ["once"]


async def test_a_token_counts_for_fifteen_minutes(pretend: PretendDiscord, ann: Person, bot: Bot) -> None:
    kept: list[Asked] = []

    @bot.tree.command()
    async def keep(interaction: Asked) -> None:
        kept.append(interaction)
        await interaction.response.defer(thinking=True)

    async with running(pretend, bot):
        reply = await ann.slash("keep")
        pretend.move(890)
        await kept[0].edit_original_response(content="in time")
        pretend.move(20)
        with pytest.raises(discord.HTTPException) as refused:
            await kept[0].edit_original_response(content="late")
        assert (refused.value.status, refused.value.code) == (401, 50027)
        channel = bot.get_partial_messageable(ann.channel.id)
        await channel.get_partial_message(reply.message.id).edit(content="by its id")
        assert reply.text == "by its id"
    assert pretend.invalid_requests == 1
