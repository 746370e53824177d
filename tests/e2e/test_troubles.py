"""What nobody has foreseen, and what has changed meanwhile: told in words with an id that is in the log too."""

import re
from typing import Any

import discord
import pytest
from discord import app_commands
from sqlalchemy import text

from bot.store.errors import Unreachable
from bot.ui import mishaps
from sandbox.discord import files
from sandbox.discord.model import Json
from tests.e2e.stage import File, Stage, png


def outdated(stage: Stage) -> Json:
    """A command that the bot of today does not know."""
    number = stage.discord.world.new_id()
    known = next(iter(stage.discord.commands.values()))
    command = known | {"id": str(number), "name": "draw", "options": [], "version": str(number)}
    stage.discord.world.commands[0][number] = command
    return command


async def test_a_command_of_an_older_release_is_answered(stage: Stage) -> None:
    async with stage.playing():
        await stage.discord.synced("imagine")
        outdated(stage)
        message = await (await stage.ada.slash("draw")).done()
    assert "This command has changed · reload Discord, and try again" in message.text
    assert message.ephemeral


async def test_a_fault_of_ours_is_told_with_an_id_that_is_in_the_log(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(interaction: discord.Interaction[Any]) -> None:
        raise ZeroDivisionError

    async def late(interaction: discord.Interaction[Any]) -> None:
        await interaction.response.defer(thinking=True)
        raise ZeroDivisionError

    async with stage.playing() as bot:
        for name, callback in (("broken", broken), ("late", late)):
            bot.tree.add_command(app_commands.Command(name=name, description="it breaks", callback=callback))
        await bot.tree.sync()
        for name in ("broken", "late"):
            message = await (await stage.ada.slash(name)).done()
            found = re.search(r"Something went wrong · .* · ([0-9a-f]{6})$", message.text)
            assert found
            assert found[1] in caplog.text
            assert "ZeroDivisionError" in caplog.text
            assert "ZeroDivisionError" not in message.text


async def test_without_its_new_commands_the_bot_goes_on_with_the_old_ones(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    stage.discord.fail("D24", route="PUT /applications")
    async with stage.playing():
        answer = await stage.pictured(await stage.ada.says("@bot a cat"))
    assert answer.files
    assert "The commands could not be brought to Discord" in caplog.text
    async with stage.playing():
        await stage.discord.synced("imagine")


def test_what_the_database_lacks_is_told_without_its_name() -> None:
    said = mishaps.said(Unreachable("PostgreSQL at db.internal does not answer", "Start it"), "en-US", "abc123")
    assert said == "The bot cannot save anything just now · try again in a few minutes · abc123"


async def test_people_who_are_named_lend_their_avatars(stage: Stage) -> None:
    async with stage.playing():
        reply = await stage.ada.slash("imagine", prompt=f"a hat for <@{stage.bob.id}>")
        message = await reply.until(lambda message: message.files, 10)
        answer = await stage.pictured(await stage.ada.says("@bot a scarf for @bob"))
    assert "Image 1: the avatar of `bob`" in message.text
    assert "Image 1: the avatar of `bob`" in answer.text
    assert message.mentions == answer.mentions == []
    prompts = [call.body["prompt"] for call in stage.seedream.calls if isinstance(call.body, dict)]
    assert prompts == ["a hat for Image 1", "a scarf for Image 1"]


async def test_a_link_to_a_picture_of_discord_is_used_and_one_to_elsewhere_is_refused(stage: Stage) -> None:
    async with stage.playing():
        theirs = await stage.bob.says("look", files=[File("dog.png", png())])
        link = files.link(theirs.attachments[0], stage.discord.world)
        reply = await stage.ada.slash("imagine", prompt=f"like {link}")
        message = await reply.until(lambda message: message.files, 10)
        elsewhere = await (await stage.ada.slash("imagine", prompt="like https://evil.example/x.png")).done()
    assert "Image 1: `dog.png`" in message.text
    assert "is on another site, where the bot does not go" in elsewhere.text
    assert "evil" not in elsewhere.text


async def test_nobody_is_left_with_an_answer_that_says_nothing_when_the_database_is_broken(stage: Stage) -> None:
    async with stage.playing():
        assert stage.house is not None
        await stage.house.database.write(lambda tx: tx.run(text("DROP TABLE preferences")))
        message = await (await stage.ada.slash("imagine", prompt="a cat")).done()
        answer = await stage.ada.answer(await stage.ada.says("@bot a cat"))
        await stage.discord.until(lambda: "went wrong" in answer.text)
    assert re.search(r" · [0-9a-f]{6}$", message.text)
    assert "not charged" in answer.text
    assert "preferences" not in message.text + answer.text
    assert stage.seedream.calls == []


async def test_people_are_spoken_to_in_their_language_and_guilds_in_theirs(stage: Stage) -> None:
    async with stage.playing():
        await stage.discord.synced("imagine")
        li = stage.discord.person("li", stage.guild, stage.channel, locale="zh-CN")
        message = await (await li.slash("imagine", prompt="a cat", size="huge")).done()
        there = stage.discord.guild("Beijing", locale="zh-CN")
        wang = stage.discord.person("wang", there)
        answer = await wang.answer(await wang.says("@bot a cat --n 9"))
    assert re.search("[\u4e00-\u9fff]", message.text)
    assert "not charged" not in message.text
    assert re.search("[\u4e00-\u9fff]", answer.text)
    known = stage.discord.commands["imagine"]
    assert known["description_localizations"]["zh-CN"]
