"""What the doctor says of Discord's side: each check fine, and each with what is wrong and what mends it."""

import time

import discord
import pytest

from bot.config.survey import survey
from bot.doctor.check import Result
from bot.doctor.discord import judged_intents
from bot.store.open import open_database
from bot.studio import memos
from bot.terminal.doctor import look
from bot.ui.client import INTENTS
from bot.ui.inspection import open_inspection
from tests.doctor.conftest import Examine
from tests.e2e.stage import Stage

OURS = ("token", "discord", "application", "intents", "gateway", "servers", "channels", "clock")


def states(found: dict[str, Result], *ids: str) -> list[str]:
    return [found[each].state.value for each in ids]


async def test_a_bot_that_is_set_up_well_is_fine(stage: Stage, examined: Examine) -> None:
    found = await examined()
    assert states(found, *OURS) == ["ok"] * len(OURS), found
    assert found["servers"].found == "all that are needed, in 1 server"
    assert found["channels"].found == "it can bring pictures to 1 text channel of 1 server"
    assert str(stage.discord.application.id) in found["application"].found


async def test_a_token_that_is_missing_or_none_is_told_and_the_rest_is_looked_at(examined: Examine) -> None:
    found = await examined(DISCORD_TOKEN="")
    assert found["token"].state == "fail"
    assert "DISCORD_TOKEN is not set" in found["token"].found
    assert "Reset Token" in found["token"].fix
    assert states(found, *OURS[1:]) == ["skip"] * 7
    assert found["provider:byteplus"].state == "ok"
    found = await examined(DISCORD_TOKEN="1" * 18)
    assert found["token"].found == "it looks like an application or user id"
    assert states(found, "token", "discord", "settings") == ["fail", "skip", "fail"]


async def test_a_token_that_discord_does_not_accept_is_told(stage: Stage, examined: Examine) -> None:
    found = await examined(DISCORD_TOKEN=stage.discord.token.replace("notReal", "whatsit"))
    assert states(found, "token", "discord", *OURS[2:]) == ["ok", "fail", *["skip"] * 6]
    assert found["discord"].found == "Discord does not accept the token"
    assert "Reset Token" in found["discord"].fix


async def test_a_discord_that_cannot_be_reached_is_told(examined: Examine) -> None:
    found = await examined(DISCORD_API_BASE="http://127.0.0.1:9/api/v10")
    assert found["discord"].found == "Discord cannot be reached: there is no connection to Discord"
    assert "DISCORD_API_BASE" in found["discord"].fix


async def test_how_the_application_is_set_up(stage: Stage, examined: Examine) -> None:
    stage.discord.application.for_people = False
    found = await examined()
    assert found["application"].state == "warn"
    assert "User Install" in found["application"].fix
    stage.discord.application.code_grant = True
    found = await examined()
    assert found["application"].state == "fail"
    assert "Requires OAuth2 Code Grant" in found["application"].fix


async def test_privileged_intents_count_only_when_they_are_asked_for(stage: Stage) -> None:
    greedy = discord.Intents(message_content=True, members=True)
    stage.discord.application.privileged = 1 << 15
    async with open_inspection(stage.settings()) as inspection:
        await inspection.log_in(stage.discord.token)
        assert inspection.lacking_intents(INTENTS) == []
        assert inspection.lacking_intents(greedy) == ["Server Members"]
    finding = judged_intents(["Server Members"])
    assert (finding.state, finding.found) == ("fail", "not switched on: Server Members")
    assert "Privileged Gateway Intents" in finding.fix


async def test_the_gateway(stage: Stage, examined: Examine) -> None:
    found = await examined(DISCORD_GATEWAY_URL="ws://127.0.0.1:9")
    assert found["gateway"].state == "fail"
    assert "wss://" in found["gateway"].fix
    stage.discord.application.sessions_left = 7
    found = await examined()
    assert found["gateway"].state == "warn"
    assert "7 of 1000 sessions left today" in found["gateway"].found
    assert stage.discord.gateway.identifies == 0, "nothing of them is used up"


async def test_commands_that_discord_does_not_know_or_that_are_of_another_release(
    stage: Stage, examined: Examine
) -> None:
    assert (await examined())["commands"].found == "Discord does not know any yet"
    async with stage.playing():
        await stage.discord.synced("imagine")
    stage.discord.traffic.clear()
    found = (await examined())["commands"]
    assert (found.state, found.found) == ("ok", f"Discord knows all {len(stage.discord.commands)}")
    async with open_database("", stage.home) as database:
        application = stage.discord.application.id
        await database.write(lambda tx: memos.note(tx, "commands", application, {"hash": "of another release"}))
    found = (await examined())["commands"]
    assert (found.state, found.found) == ("warn", "Discord has those of another release")
    kept = stage.discord.world.commands[0]
    del kept[next(number for number, each in kept.items() if each["name"] == "story")]
    found = (await examined())["commands"]
    assert (found.state, found.found) == ("fail", "Discord does not know /story")
    assert "seedream-bot run" in found.fix


async def test_permissions_that_are_missing_are_named_for_each_server(stage: Stage, examined: Examine) -> None:
    for role in stage.guild.roles.values():
        role.permissions &= ~discord.Permissions(attach_files=True).value
    found = await examined()
    assert found["servers"].state == "warn"
    assert found["servers"].found == "something is missing in 1 of 1 server: Test: Attach Files"
    assert f"client_id={stage.discord.application.id}" in found["servers"].fix
    assert found["channels"].state == "fail"


async def test_a_bot_in_no_server_is_told_how_to_invite_it(stage: Stage, examined: Examine) -> None:
    stage.discord.kick_bot(stage.guild)
    found = await examined()
    assert states(found, "servers", "channels") == ["warn", "skip"]
    assert "https://discord.com/oauth2/authorize?client_id=" in found["servers"].fix


async def test_channels_where_it_cannot_bring_pictures_are_named(stage: Stage, examined: Examine) -> None:
    other = stage.discord.channel(stage.guild, "rules\x1b[2J")
    hidden = stage.discord.channel(stage.guild, "secret")
    stage.discord.revoke(other, "send_messages", "attach_files")
    stage.discord.revoke(hidden, "view_channel")
    found = (await examined())["channels"]
    assert found.state == "warn"
    assert "to 1 text channel of 1 server, not to 1 that it sees: #rules[2J (Test): Send Messages" in found.found
    stage.discord.revoke(stage.channel, "send_messages")
    found = (await examined())["channels"]
    assert (found.state, found.found) == (
        "fail",
        "it can bring pictures to 0 text channels of 1 server, to none of Test",
    )


@pytest.mark.parametrize(("ahead", "state"), [(0, "ok"), (30, "warn"), (-3600, "fail")])
async def test_a_clock_that_is_wrong_is_told(stage: Stage, ahead: float, state: str) -> None:
    surveyed = survey(stage.home / ".env", stage.environment())
    results = await look(stage.home / ".env", surveyed, now=lambda: time.time() + ahead)
    [clock] = [result for result in results if result.id == "clock"]
    assert clock.state == state
    if ahead:
        assert ("ahead of" if ahead > 0 else "behind") in clock.found
        assert "ntp" in clock.fix


async def test_too_few_shards_are_told(stage: Stage, examined: Examine) -> None:
    stage.discord._people._shards = 2
    found = (await examined(SHARDS="0/1"))["gateway"]
    assert found.state == "warn"
    assert "raise it to 2" in found.fix
    assert (await examined(SHARDS="0/2"))["gateway"].state == "ok"


async def test_a_discord_that_is_silent_holds_up_nothing_else(stage: Stage) -> None:
    stage.discord.fail("D32", times=5, route="GET /users/@me")
    surveyed = survey(stage.home / ".env", stage.environment())
    found = {result.id: result for result in await look(stage.home / ".env", surveyed, patience=1.5)}
    assert (found["discord"].state, found["discord"].found) == ("fail", "no answer within 2 s")
    assert states(found, "token", "provider:byteplus", "database", "disk") == ["ok"] * 4


@pytest.mark.parametrize("fault", ["D6", "D24"])
async def test_what_discord_does_not_answer_is_not_held_against_the_bot(
    stage: Stage, examined: Examine, fault: str
) -> None:
    stage.discord.fail(fault, times=20, route="GET /users/@me/guilds")
    found = await examined()
    assert states(found, "discord", "servers", "channels", "application") == ["ok", "skip", "skip", "ok"]
