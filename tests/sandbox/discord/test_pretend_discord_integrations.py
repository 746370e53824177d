"""What administrators set in Server Settings → Integrations: stored, served as described, and held by the client."""

import discord
import pytest
from discord import app_commands

from sandbox.discord import CannotDo, Person, PretendDiscord
from sandbox.discord.integrations import ALL_CHANNELS
from tests.sandbox.discord.conftest import Bot, running
from tests.sandbox.discord.scene import Asked, furnish


def with_an_office(bot: Bot) -> Bot:
    furnish(bot)

    @bot.tree.command()
    @app_commands.default_permissions(manage_guild=True)
    async def office(interaction: Asked) -> None:
        await interaction.response.send_message("come in", ephemeral=True)

    @bot.tree.command()
    @app_commands.default_permissions()
    async def nobody(interaction: Asked) -> None:
        await interaction.response.send_message("really?", ephemeral=True)

    return bot


def offered(person: Person) -> set[str]:
    return set(person.commands())


async def test_they_are_served_in_one_list_and_one_by_one_and_announced(
    pretend: PretendDiscord, ann: Person, bot: Bot
) -> None:
    guild = ann.channel.guild
    assert guild is not None
    artists = pretend.role(guild, "artists")
    heard: list[discord.RawAppCommandPermissionsUpdateEvent] = []

    async def told(event: discord.RawAppCommandPermissionsUpdateEvent) -> None:
        heard.append(event)

    bot.add_listener(told, "on_raw_app_command_permissions_update")
    async with running(pretend, furnish(bot)):
        application = bot.application_id or 0
        found = await bot.http.get_guild_application_command_permissions(application, guild.id)
        assert found == []
        pretend.integrations(guild, "imagine", allow=[artists, ann], deny=[guild, ann.channel])
        pretend.integrations(guild, deny=[ALL_CHANNELS])
        imagine, everything = await bot.http.get_guild_application_command_permissions(application, guild.id)
        assert {(each["id"], each["type"], each["permission"]) for each in imagine["permissions"]} == {
            (str(artists.id), 1, True),
            (str(ann.id), 2, True),
            (str(guild.id), 1, False),
            (str(ann.channel.id), 3, False),
        }
        assert everything["id"] == str(application)
        assert everything["permissions"] == [{"id": str(guild.id - 1), "type": 3, "permission": False}]
        [command] = [each for each in await bot.tree.fetch_commands() if each.name == "imagine"]
        assert len((await command.fetch_permissions(guild)).permissions) == 4
        await pretend.until(lambda: len(heard) == 2)
        assert [each.target_id for each in heard] == [command.id, application]
        with pytest.raises(discord.Forbidden):  # only people may, with a token of theirs
            await bot.http.edit_application_command_permissions(application, guild.id, command.id, {"permissions": []})
        pretend.integrations(guild, "imagine")
        with pytest.raises(discord.NotFound):
            await command.fetch_permissions(guild)
        pretend.integrations(guild, "imagine", deny=[ann])
        await command.delete()
        left = await bot.http.get_guild_application_command_permissions(application, guild.id)
        assert [each["id"] for each in left] == [str(application)]


async def test_what_a_command_needs_by_default_is_held(pretend: PretendDiscord, ann: Person, bot: Bot) -> None:
    guild = ann.channel.guild
    assert guild is not None
    async with running(pretend, with_an_office(bot)):
        eve = pretend.moderator("eve", guild, ann.channel)
        assert {"office", "nobody"}.isdisjoint(offered(ann))
        assert "office" in offered(eve)
        assert "nobody" not in offered(eve)
        assert {"office", "nobody"} <= offered(pretend.owner(guild, ann.channel))
        pretend.integrations(guild, "office", allow=[ann])
        assert (await ann.slash("office")).text == "come in"
        pretend.integrations(guild, allow=[ann])  # for the whole app that is not enough
        pretend.integrations(guild, "office")
        with pytest.raises(CannotDo, match="needs permissions"):
            await ann.slash("office")


async def test_a_command_comes_before_the_app_and_the_channel_before_all_channels(
    pretend: PretendDiscord, ann: Person, bot: Bot
) -> None:
    guild, here = ann.channel.guild, ann.channel
    assert guild is not None
    there, elsewhere = pretend.channel(guild, "study"), pretend.channel(guild, "flashcards")
    thread = pretend.thread(there)
    async with running(pretend, furnish(bot)):
        pretend.integrations(guild, allow=[there], deny=[ALL_CHANNELS])
        pretend.integrations(guild, "imagine", allow=[elsewhere])
        assert offered(ann) == set()
        assert "imagine" in offered(ann.at(there))
        assert "buttons" in offered(ann.at(thread))
        assert offered(ann.at(elsewhere)) == {"imagine"}
        with pytest.raises(CannotDo, match="in this channel"):
            await ann.slash("buttons")
        target = await pretend.person("ben", guild, here).says("look")
        with pytest.raises(CannotDo, match="in this channel"):
            await ann.menu("Edit image", target)
        assert "buttons" in offered(pretend.owner(guild, here))
        pretend.integrations(guild, "imagine", deny=[ALL_CHANNELS])
        assert "imagine" not in offered(ann.at(there))


async def test_a_person_comes_before_their_roles_and_these_before_everyone(
    pretend: PretendDiscord, ann: Person, bot: Bot
) -> None:
    guild = ann.channel.guild
    assert guild is not None
    artists, noisy = pretend.role(guild, "artists"), pretend.role(guild, "noisy")
    async with running(pretend, furnish(bot)):
        pretend.integrations(guild, "imagine", allow=[artists], deny=[guild, noisy])
        with pytest.raises(CannotDo, match="not for this person"):
            await ann.slash("imagine", prompt="a")
        assert "buttons" in offered(ann)
        pretend.member(guild, ann, roles=[artists, noisy])
        assert "imagine" in offered(ann)
        pretend.integrations(guild, "imagine", allow=[artists], deny=[guild, ann])
        assert "imagine" not in offered(ann)
        pretend.integrations(guild, deny=[guild])
        pretend.integrations(guild, "imagine", allow=[ann])
        assert offered(ann) == {"imagine"}


async def test_where_commands_are_not_allowed_at_all_nothing_is_offered(
    pretend: PretendDiscord, ann: Person, bot: Bot
) -> None:
    guild = ann.channel.guild
    assert guild is not None
    async with running(pretend, furnish(bot)):
        pretend.revoke(ann.channel, "use_application_commands", of=guild.roles[guild.id])
        pretend.integrations(guild, "imagine", allow=[ann, ann.channel])
        assert offered(ann) == set()
