"""What administrators set at Discord itself, as moderators read it in the panel and in /admin diagnose."""

from typing import Any

import pytest

from bot.ui import integrations
from sandbox.discord import Channel, Person
from sandbox.discord.asking import CannotDo
from sandbox.discord.integrations import ALL_CHANNELS, Target
from sandbox.discord.model import Role
from tests.e2e.panels import opened
from tests.e2e.stage import PATIENCE, Stage
from tests.e2e.test_admin import diagnosed, does, moderator
from tests.e2e.test_rules import lay_down

READ = "GET /commands/permissions"
NEEDS = "`/admin` needs **Manage Server**, unless somebody is allowed to use it there by name."


async def lines(person: Person) -> list[str]:
    """What the panel says of it."""
    text = (await opened(person)).text
    assert "Server Settings → Integrations → bot" in text
    return [line for line in text.splitlines() if "there" in line or line.startswith("- ")]


def artists(stage: Stage) -> Role:
    return stage.discord.role(stage.guild, "artists")


async def test_the_panel_says_what_is_set_there_and_what_is_needed_by_default(stage: Stage) -> None:
    role, memes = artists(stage), stage.discord.channel(stage.guild, "memes")
    async with stage.playing():
        eve = moderator(stage)
        told = await lines(eve)
        assert "Nothing is set there: commands are for everyone, in every channel." in told
        assert f"-# {NEEDS}" in told
        stage.discord.integrations(stage.guild, "imagine", allow=[role], deny=[stage.guild, memes])
        stage.discord.integrations(stage.guild, "Edit image", deny=[stage.ada])
        stage.discord.integrations(stage.guild, allow=[stage.channel], deny=[ALL_CHANNELS])
        await stage.discord.until(lambda: stage.discord.events[-1].name == "APPLICATION_COMMAND_PERMISSIONS_UPDATE")
        told = await lines(eve)
        assert [line for line in told if line.startswith("- ")] == [
            f"- all commands: only in <#{stage.channel.id}>",
            f"- `/imagine`: not in <#{memes.id}> · only <@&{role.id}>",
            f"- **Edit image**: not <@{stage.ada.id}>",
        ]
        assert "Set there, for everybody but administrators:" in told
        assert "nobody" not in " ".join(await lines(stage.discord.owner(stage.guild, stage.channel)))
        reply = await stage.ada.slash("settings server")  # a member is told nothing of it
        assert "artists" not in reply.text
        assert "for those who may manage this server" in reply.text


@pytest.mark.parametrize(
    ("allow", "deny", "said"),
    [
        ([], ["guild"], "nobody"),
        (["guild"], [], "everyone"),
        (["ada"], [], "also {ada}"),
        (["role"], ["guild", "ada"], "only {role} · not {ada}"),
        ([], ["all"], "nowhere"),
        (["all"], [], "in every channel"),
        (["channel"], [], "also in {channel}"),
        (["channel", "guild"], ["all", "ada"], "only in {channel} · everyone · not {ada}"),
    ],
)
async def test_every_combination_has_plain_words(stage: Stage, allow: list[str], deny: list[str], said: str) -> None:
    role = artists(stage)
    named: dict[str, Target] = {
        "guild": stage.guild,
        "all": ALL_CHANNELS,
        "ada": stage.ada.user,
        "role": role,
        "channel": stage.channel,
    }
    async with stage.playing():
        stage.discord.integrations(
            stage.guild, "story", allow=[named[each] for each in allow], deny=[named[each] for each in deny]
        )
        mentions = {"ada": stage.ada.mention, "role": f"<@&{role.id}>", "channel": f"<#{stage.channel.id}>"}
        assert f"- `/story`: {said.format(**mentions)}" in await lines(stage.discord.owner(stage.guild, stage.channel))


async def test_long_lists_are_cut_in_words(stage: Stage) -> None:
    rooms = [stage.discord.channel(stage.guild, f"c{number}") for number in range(40)]
    roles = [stage.discord.role(stage.guild, f"r{number}") for number in range(50)]
    async with stage.playing():
        world = stage.discord.world
        for command in [str(each["name"]) for each in world.commands[0].values()]:
            stage.discord.integrations(stage.guild, command, allow=roles[:20], deny=[*roles[20:], *rooms])
        text = (await opened(stage.discord.owner(stage.guild, stage.channel))).text
        assert f"<#{rooms[4].id}>, and 35 more" in text
        assert f"<@&{roles[4].id}>, and 15 more" in text
        assert f"<#{rooms[5].id}>" not in text
        assert "… and " in text.replace("and 35 more", "")
        assert len(text) < 4000


async def test_it_is_read_once_for_a_while_and_anew_after_a_change(stage: Stage) -> None:
    async with stage.playing():
        eve = moderator(stage)
        panel = await opened(eve)
        await panel.go("models")
        await panel.go("who")
        await opened(eve)
        assert len(stage.discord.calls(READ)) == 1
        stage.discord.integrations(stage.guild, "imagine", deny=[stage.ada])
        await stage.discord.until(lambda: stage.bot is not None and stage.guild.id not in stage.bot.integrations._kept)
        assert f"not <@{stage.ada.id}>" in await panel.go("who")
        assert len(stage.discord.calls(READ)) == 2


async def test_an_unwilling_or_slow_discord_neither_breaks_nor_delays_the_panel(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(integrations, "WAIT", 0.2)
    async with stage.playing():
        eve = moderator(stage)
        stage.discord.fail("D22", route="GET /applications")
        assert "What is set there could not be read just now." in await lines(eve)
        stage.discord.slow(5.0, route="GET /applications")  # longer than both questions take on a busy machine
        told = await lines(eve)
        assert "What is set there could not be read just now." in told
        assert f"-# {NEEDS}" in told
        asked = await diagnosed(stage, eve)
        assert asked.startswith(f"✔ <@{stage.ada.id}> may ask for this")
        assert "What is set in Discord's Integrations could not be read just now" in asked
        assert "Discord's own permissions" not in asked
        await stage.discord.until(lambda: stage.discord.calls(READ)[-1].status == 200, PATIENCE)
        monkeypatch.setattr(integrations, "WAIT", PATIENCE)
        assert "Nothing is set there: commands are for everyone, in every channel." in await lines(eve)


async def test_the_panel_speaks_of_it_in_the_language_of_who_reads(stage: Stage) -> None:
    async with stage.playing():
        stage.discord.integrations(stage.guild, "history", deny=[stage.guild])
        lea = stage.discord.moderator("lea", stage.guild, stage.channel, locale="de")
        text = (await opened(lea)).text
        assert "- `/verlauf`: " in text
        assert "nobody" not in text
        assert "Set there" not in text


# /admin diagnose


async def told_of(stage: Stage, eve: Person, **options: Any) -> list[str]:
    return (await diagnosed(stage, eve, **options)).splitlines()


def keeps(stage: Stage, because: str, channel: Channel | None = None, command: str = "imagine") -> str:
    where = f"<#{(channel or stage.channel).id}>"
    return f"**✘ Discord does not let <@{stage.ada.id}> use `/{command}` in {where}: {because}**"


THERE = "➜ change it in Discord: **Server Settings → Integrations → bot**"


async def test_what_discord_keeps_somebody_from_is_the_first_rule_and_decides(stage: Stage) -> None:
    role, memes = artists(stage), stage.discord.channel(stage.guild, "memes")
    thread = stage.discord.thread(memes)
    async with stage.playing():
        eve = moderator(stage)
        await lay_down(stage, paused=True)
        stage.discord.integrations(stage.guild, "imagine", allow=[role], deny=[stage.guild, memes])
        told = await told_of(stage, eve)
        assert told[0] == keeps(stage, "it is only for those who are allowed by name")
        assert told[1] == f"{THERE} → `/imagine`"
        assert told[2].startswith("ℹ️ Mentions, replies and buttons still reach me")
        rules = [line for line in told if "✔" in line or line.startswith("✘")]
        assert "**✘ Discord's own permissions**" in told
        assert told.index("**✘ Discord's own permissions**") < told.index("✔ Not paused everywhere")
        assert "✘ Not paused here" in rules  # stands in the way too, and does not decide
        with pytest.raises(CannotDo):
            await stage.ada.slash("imagine", prompt="a cat")
        for place in (memes, thread):
            stage.discord.member(stage.guild, stage.ada, roles=[role])
            told = await told_of(stage, eve, channel=place)
            assert told[0] == keeps(stage, "it is switched off in this channel", place)
        told = await told_of(stage, eve)  # the role that is allowed
        assert "✔ Discord's own permissions" in told
        assert "because the bot is paused here" in told[0]


async def test_a_person_a_role_and_the_whole_app_are_named(stage: Stage) -> None:
    role = artists(stage)
    stage.discord.member(stage.guild, stage.ada, roles=[role])
    async with stage.playing():
        owner = stage.discord.owner(stage.guild, stage.channel)
        stage.discord.integrations(stage.guild, deny=[stage.ada])
        told = (await does(owner, "diagnose", user=stage.ada.user)).splitlines()
        assert told[:2] == [keeps(stage, "it is switched off for them"), THERE]
        assert not any("from them there" in line for line in told)
        stage.discord.integrations(stage.guild, deny=[role])
        told = (await does(owner, "diagnose", user=stage.ada.user)).splitlines()
        assert told[0] == keeps(stage, f"it is switched off for their role <@&{role.id}>")
        stage.discord.integrations(stage.guild, "imagine", allow=[stage.guild])
        told = (await does(owner, "diagnose", user=stage.ada.user)).splitlines()
        assert told[0].startswith("✔")
        assert "⚠️ Discord keeps other commands from them there: " in told[1]
        assert told[1].endswith(" more")
        stage.discord.integrations(stage.guild)
        stage.discord.integrations(stage.guild, "story", deny=[stage.guild])
        stage.discord.integrations(stage.guild, "Image info", deny=[stage.guild])
        told = (await does(owner, "diagnose", user=stage.ada.user)).splitlines()
        assert told[1] == "⚠️ Discord keeps other commands from them there: `/story` and **Image info**"
        told = (await does(owner, "diagnose", user=owner.user)).splitlines()  # who may everything
        assert not any("from them there" in line for line in told)
        stage.discord.integrations(stage.guild, "layers", deny=[stage.guild])
        told = (await does(owner, "diagnose", user=stage.ada.user, layers=True)).splitlines()
        assert told[0] == keeps(stage, "it is only for those who are allowed by name", command="layers")


async def test_a_channel_that_is_closed_to_commands_or_to_the_person_is_named(stage: Stage) -> None:
    quiet, secret = (stage.discord.channel(stage.guild, name) for name in ("quiet", "secret"))
    everyone = stage.guild.roles[stage.guild.id]
    async with stage.playing():
        eve = moderator(stage)
        stage.discord.revoke(quiet, "use_application_commands", of=everyone)
        stage.discord.revoke(secret, "view_channel", of=everyone)
        told = await told_of(stage, eve, channel=quiet)
        assert told[0] == keeps(stage, "they lack the permission **Use Application Commands** there", quiet)
        assert told[1] == f"➜ change the permissions of <#{quiet.id}>, or those of their roles"
        assert "**✘ Discord's own permissions**" in told
        told = await told_of(stage, eve, channel=secret)
        assert told[0] == keeps(stage, "they cannot see the channel", secret)
        assert stage.discord.calls(READ) == []  # nothing else had to be known
