"""Where and by whom commands are used: DMs, threads, age restriction, permissions; and what becomes of answers."""

import asyncio
import logging
import re
import sys
from typing import Any

import discord
import pytest
from discord import app_commands

from sandbox.discord import CannotDo, Channel, File, Guild, Person, PretendDiscord
from sandbox.discord.snowflakes import at
from tests.sandbox.discord.conftest import Bot, running
from tests.sandbox.discord.scene import CAT, Asked, furnish, picture


def where(bot: Bot) -> Bot:
    @bot.tree.command()
    async def where(interaction: Asked, image: discord.Attachment | None = None) -> None:
        place = type(interaction.channel).__name__
        size = len(await image.read()) if image else 0
        await interaction.response.send_message(f"{place} {size} {interaction.filesize_limit}", ephemeral=True)

    @bot.tree.command(nsfw=True)
    async def spicy(interaction: Asked) -> None:
        await interaction.response.send_message("spicy")

    @bot.tree.command()
    @app_commands.guild_only()
    @app_commands.default_permissions(manage_guild=True)
    async def admin(interaction: Asked) -> None:
        await interaction.response.send_message(f"{interaction.permissions.manage_guild}")

    return bot


async def test_commands_in_channels_threads_and_dms(
    pretend: PretendDiscord, guild: Guild, channel: Channel, ann: Person, bot: Bot
) -> None:
    thread = pretend.thread(channel)
    guild.file_limit = 50_000_000
    async with running(pretend, where(bot)):
        assert (await ann.slash("where", image=File("a.png", CAT))).text == f"TextChannel {len(CAT)} 50000000"
        assert (await ann.at(thread).slash("where")).text.startswith("Thread 0")
        alone = await ann.in_dm().slash("where", image=File("a.png", CAT))
        assert alone.text == f"DMChannel {len(CAT)} {20 * 1024 * 1024}"
        assert pretend.events[-1].data["data"]["resolved"]["attachments"]
        ann.user.file_limit = 500_000_000
        assert (await ann.slash("where")).text.endswith("500000000")


async def test_who_may_use_which_command(
    pretend: PretendDiscord, guild: Guild, channel: Channel, ann: Person, bot: Bot
) -> None:
    restricted = pretend.channel(guild, "restricted", nsfw=True)
    async with running(pretend, where(bot)):
        with pytest.raises(CannotDo, match="age-restricted"):
            await ann.slash("spicy")
        assert (await ann.at(restricted).slash("spicy")).text == "spicy"
        with pytest.raises(CannotDo, match="permissions"):
            await ann.slash("admin")
        assert (await pretend.moderator("mod", guild, channel).slash("admin")).text == "True"
        assert (await pretend.owner(guild, channel).slash("admin")).text == "True"
        with pytest.raises(CannotDo, match="cannot be used here"):
            await pretend.owner(guild).in_dm().slash("admin")
        pretend.revoke(channel, "use_application_commands", of=ann)
        with pytest.raises(CannotDo, match="no commands"):
            await ann.slash("where")


async def test_answers_are_read_changed_and_deleted(pretend: PretendDiscord, ann: Person, bot: Bot) -> None:
    @bot.tree.command()
    async def all_of_it(interaction: Asked) -> None:
        await interaction.response.send_message("first", file=picture())
        original = await interaction.original_response()
        assert [file.filename for file in original.attachments] == ["cat.png"]
        second = await interaction.followup.send("second", wait=True)
        third = await interaction.followup.send("third", wait=True, ephemeral=True)
        assert third.flags.ephemeral
        await second.edit(content="second, changed")
        assert second.reference is not None
        await third.delete()
        await interaction.delete_original_response()
        try:
            await interaction.edit_original_response(content="x")
        except discord.NotFound as error:
            await interaction.followup.send(str(error.code))

    async with running(pretend, bot):
        reply = await ann.slash("all_of_it")
        await pretend.until(lambda: [message.text for message in reply.further] == ["second, changed", "10008"])
        assert reply.gone
        assert [message.text for message in ann.sees()] == ["second, changed", "10008"]


async def test_commands_are_refused_as_a_whole_when_one_is_wrong(pretend: PretendDiscord, bot: Bot) -> None:
    async with running(pretend, furnish(bot)):
        before = {name: command["id"] for name, command in pretend.commands.items()}
        route = discord.http.Route("PUT", f"/applications/{pretend.application.id}/commands")
        fine = {"name": "imagine", "description": "x", "type": 1}
        for wrong in (
            {"name": "Imagine"},
            {"description": ""},
            {"description": "x" * 101},
            {"name_localizations": {"xx": "x"}},
            {"options": [{"type": 3, "name": "a", "description": "x"}] * 2},
            {"options": [{"type": 3, "name": str(number), "description": "x"} for number in range(26)]},
            {
                "options": [
                    {"type": 3, "name": "a", "description": "x"},
                    {"type": 3, "name": "b", "description": "x", "required": True},
                ]
            },
            {
                "options": [
                    {
                        "type": 3,
                        "name": "a",
                        "description": "x" * 100,
                        "choices": [{"name": "y" * 100, "value": "z" * 100} for _ in "ab"],
                    }
                ]
            },
        ):
            with pytest.raises(discord.HTTPException) as refused:
                await bot.http.request(route, json=[{**fine, "name": "other"}, {**fine, **wrong}])
            assert refused.value.code == 50035
        assert {name: command["id"] for name, command in pretend.commands.items()} == before
        await bot.http.request(route, json=[fine])
        assert pretend.commands["imagine"]["id"] == before["imagine"]
        assert set(pretend.commands) == {"imagine"}


async def test_commands_of_one_guild_are_its_own(pretend: PretendDiscord, guild: Guild, ann: Person, bot: Bot) -> None:
    @bot.tree.command(guild=discord.Object(guild.id))
    async def here(interaction: Asked) -> None:
        await interaction.response.send_message("here")

    async with running(pretend, bot):
        await bot.tree.sync(guild=discord.Object(guild.id))
        assert (await ann.slash("here")).text == "here"
        with pytest.raises(CannotDo, match="no command"):
            await pretend.person("ben", pretend.guild("Other")).slash("here")


async def test_an_upload_that_breaks_off_does_nothing_and_is_no_accident(
    pretend: PretendDiscord, ann: Person, caplog: pytest.LogCaptureFixture
) -> None:
    host, port = pretend.api_base.removeprefix("http://").removesuffix("/api/v10").split(":")
    _, writer = await asyncio.open_connection(host, int(port))
    head = f"POST /api/v10/channels/{ann.channel.id}/messages HTTP/1.1\r\nHost: x\r\n"
    head += f"Authorization: Bot {pretend.token}\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n"
    with caplog.at_level(logging.WARNING):
        writer.write(head.encode() + b'{"content": "half')
        await writer.drain()
        await pretend.until(lambda: pretend.traffic)
        writer.close()
        await writer.wait_closed()
        await asyncio.sleep(0.05)
    assert pretend.traffic[0].status is None
    assert ann.sees() == []
    assert caplog.records == []


async def test_the_clock_moves_ids_and_times(pretend: PretendDiscord, ann: Person) -> None:
    first = await ann.says("now")
    pretend.move(3600)
    second = await ann.says("in an hour")
    assert 3599 < at(second.id) - at(first.id) < 3700


async def test_it_runs_as_a_process_of_its_own() -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "sandbox.discord", "--port", "0", stdout=asyncio.subprocess.PIPE
    )
    try:
        assert process.stdout is not None
        told = (await process.stdout.readline()).decode()
        settings: dict[str, Any] = dict(pair.split("=", 1) for pair in told.split())
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+/api/v10", settings["DISCORD_API_BASE"])
        client = discord.Client(intents=discord.Intents(guilds=True))
        base, discord.http.Route.BASE = discord.http.Route.BASE, settings["DISCORD_API_BASE"]
        try:
            async with client:
                await client.login(settings["DISCORD_TOKEN"])
                assert client.user is not None
        finally:
            discord.http.Route.BASE = base
    finally:
        process.terminate()
        await process.wait()


class Words(app_commands.Translator):
    """Says one thing in German."""

    async def translate(self, string: app_commands.locale_str, locale: discord.Locale, _: Any) -> str | None:
        return {"paint": "malen", "what": "was"}.get(string.message) if locale is discord.Locale.german else None


async def test_people_read_commands_in_their_language(pretend: PretendDiscord, ann: Person, bot: Bot) -> None:
    @bot.tree.command(name=app_commands.locale_str("paint"), description=app_commands.locale_str("what"))
    async def paint(interaction: Asked) -> None:
        await interaction.response.send_message("painted")

    async with running(pretend, bot):
        await bot.tree.set_translator(Words())
        await bot.tree.sync()
        assert ann.commands()["paint"] == {"description": "what", "options": {}}
        ann.user.locale = "de"
        assert ann.commands() == {"malen": {"description": "was", "options": {}}}
        assert (await ann.slash("malen")).text == "painted"
        assert pretend.events[-2].data["data"]["name"] == "paint"


async def test_an_app_that_somebody_has_installed_works_among_friends_where_the_bot_is_not(
    pretend: PretendDiscord, ann: Person, ben: Person, bot: Bot
) -> None:
    @bot.tree.command()
    @app_commands.allowed_installs(guilds=True, users=True)
    @app_commands.allowed_contexts(guilds=True, dms=True, private_channels=True)
    async def talk(interaction: Asked) -> None:
        assert interaction.context.private_channel
        await interaction.response.defer(thinking=True)
        assert interaction.channel is not None
        with pytest.raises(discord.Forbidden) as refused:
            await bot.get_partial_messageable(interaction.channel.id).send("x")
        await interaction.edit_original_response(content=str(refused.value.code))

    async with running(pretend, bot):
        for place in (pretend.private(ann, ben), pretend.private(ann, ben, pretend.user("cal"))):
            with pytest.raises(CannotDo, match="not installed"):
                await ben.at(place).slash("talk")
            ann.user.installed = True
            reply = await ann.at(place).slash("talk")
            await reply.until(lambda message: message.text == "50001")
            assert ben.sees(place) == [reply.message]
            await ben.at(place).says("wow")
        assert bot.heard == []


async def test_who_has_left_and_what_is_closed_can_do_nothing(
    pretend: PretendDiscord, guild: Guild, channel: Channel, ann: Person, ben: Person, bot: Bot
) -> None:
    async with running(pretend, furnish(bot)):
        window = await ann.press((await ann.slash("buttons")).message, "Vary")
        pretend.leave(guild, ann)
        with pytest.raises(CannotDo):
            await ann.submit(window, {})
        with pytest.raises(CannotDo):
            await ann.slash("buttons")
        pretend.close(channel)
        with pytest.raises(CannotDo):
            await ben.slash("buttons")
