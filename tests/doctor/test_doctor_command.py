"""`seedream-bot doctor` and `invite` as people and scripts use them: real processes, real terminals."""

import json
import re
import socket

import pytest

from bot.ui.invitation import NEEDED, REASONS, missing, title
from sandbox.discord.permissions import BITS, BOT, bits
from tests.e2e.stage import Stage
from tests.terminals import terminal

IDS = [
    *("env-file", "env-mode", "settings", "unknown-settings"),
    *("token", "discord", "application", "intents", "gateway", "commands", "servers", "channels", "clock"),
    *("providers", "provider:byteplus", "model", "model-live"),
    *("data-folder", "disk", "database", "integrity", "second-instance", "http-port", "version"),
]


def too_long(text: str) -> list[str]:
    """Lines that no terminal of 80 columns shows in one; an address or a path stays in one piece."""
    return [line for line in text.splitlines() if len(line) > 80 and max(map(len, line.split())) < 56]


async def test_scripts_get_json_with_ids_that_stay(stage: Stage) -> None:
    async with stage.typed("doctor", "--json") as command:
        assert await command.end() == 0, command.said
    found = json.loads(command.out)
    assert [each["id"] for each in found] == IDS
    assert all(set(each) == {"id", "title", "state", "found", "fix"} for each in found)
    assert {each["state"] for each in found} <= {"ok", "warn", "fail", "skip"}
    assert command.said == ""
    assert stage.seedream.billed == 0
    assert list(stage.home.iterdir()) == []


async def test_people_get_a_table_without_any_colour_where_it_is_no_terminal(stage: Stage) -> None:
    async with stage.typed("doctor", BYTEPLUS_API_KEY="sk-another-key-1") as command:
        assert await command.end() == 1
    assert "✘ Key of byteplus   the key is not accepted\n" in command.out
    assert "→ copy it anew from the provider's console into\n" in command.out
    assert "\x1b" not in command.out
    assert re.search(r"\d+ fine, \d+ to look at, 1 broken, 1 not checked\.\n$", command.out)
    assert "another" not in command.out + command.said
    assert too_long(command.out) == []


async def test_bad_settings_have_a_code_of_their_own(stage: Stage) -> None:
    (stage.home / ".env").write_text("PARALLEL_JOBS=many\n")
    async with stage.typed("doctor") as command:
        assert await command.end() == 2
    assert "✘ Settings" in command.out
    assert "✔ Discord " in command.out


async def test_secrets_are_never_shown(stage: Stage) -> None:
    wrong = stage.discord.token.replace("notReal", "whatsit")
    secrets = {"DISCORD_TOKEN": wrong, "COMETAPI_KEY": "sk-0123456789abcdef", "ARK_API_KEY": "AKLT0123456789"}
    (stage.home / ".env").write_text("ACEDATA_API_KEY = 'swallowed-0123456789\nGATEWAY_API_KEY: colon-0123456789\n")
    for words in (("doctor",), ("doctor", "--json"), ("invite",)):
        async with stage.typed(*words, **secrets) as command:
            assert await command.end() in {1, 2}
        said = command.out + command.said
        for secret in (*secrets.values(), stage.seedream.key, "swallowed", "colon-", "whatsit", "0123456789"):
            assert secret not in said, words


async def test_at_a_terminal_there_is_colour_unless_it_is_not_wanted(stage: Stage) -> None:
    for more, coloured in (({}, True), ({"NO_COLOR": "1"}, False)):
        async with terminal(stage.home, ("doctor",), stage.environment() | more, columns=80) as there:
            await there.until("Versions")
            assert await there.end() == 0
        assert ("\x1b[32m✔\x1b[0m Token" in there.screen) == coloured
        assert ("\x1b" in there.screen) == coloured
        assert too_long(re.sub(r"\x1b\[[0-9;]*m", "", there.screen)) == []


async def test_a_terminal_that_has_no_ticks_gets_letters(stage: Stage) -> None:
    async with stage.typed("doctor", PYTHONIOENCODING="ascii") as command:
        assert await command.end() == 0, command.said
    assert "+ Token" in command.out
    assert command.out.isascii()


async def test_it_works_while_the_bot_runs(stage: Stage) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    async with stage.running(HTTP_PORT=port) as running:
        await stage.discord.synced("imagine", "story")
        async with stage.typed("doctor", HTTP_PORT=port) as command:
            assert await command.end() == 0, command.out
        assert "the bot is running" in command.out
        assert f"127.0.0.1:{port} is taken, by a bot that is running" in command.out
        assert "to look at" not in command.out
        reply = await stage.ada.slash("imagine", prompt="a cat")
        await reply.until(lambda message: message.files, 20)
        assert await running.stop() == 0, running.said


async def test_the_invitation_asks_for_exactly_what_is_needed(stage: Stage) -> None:
    application = stage.discord.application.id
    async with stage.typed("invite", PARALLEL_JOBS="of no matter here") as command:
        assert await command.end() == 0, command.said
    server = f"https://discord.com/oauth2/authorize?client_id={application}&scope=bot+applications.commands"
    assert f"{server}&permissions={NEEDED.value}&integration_type=0\n" in command.out
    person = f"https://discord.com/oauth2/authorize?client_id={application}&scope=applications.commands"
    assert f"{person}&integration_type=1\n" in command.out
    for name, why in REASONS.items():
        assert re.search(rf"{title(name)} +{why}\n?", command.out)
    assert "Not verified" not in command.out


async def test_an_invitation_needs_a_token_that_is_right_and_no_discord(stage: Stage) -> None:
    wrong = stage.discord.token.replace("notReal", "whatsit")
    for token, words in (
        ("", "DISCORD_TOKEN is not set"),
        ("x", "is not a bot token"),
        (wrong, "does not accept DISCORD_TOKEN"),
    ):
        async with stage.typed("invite", DISCORD_TOKEN=token) as command:
            assert await command.end() == 1
        assert words in command.said
        assert command.out == ""
    async with stage.typed("invite", DISCORD_API_BASE="http://127.0.0.1:9/api/v10") as command:
        assert await command.end() == 0, command.said
    assert f"client_id={stage.discord.application.id}" in command.out
    assert "Not verified: Discord cannot be reached" in command.out
    stage.discord.application.code_grant = True
    async with stage.typed("invite") as command:
        assert await command.end() == 0, command.said
    assert "will not work as it is set up: switch off Requires OAuth2 Code Grant" in command.out


def test_the_pretend_discord_gives_the_bot_no_more_than_the_invitation_asks_for() -> None:
    assert NEEDED.value == BOT == bits(*REASONS)
    assert set(REASONS) <= set(BITS)
    assert missing(NEEDED) == []
    assert missing(type(NEEDED)(administrator=True)) == []
    assert missing(type(NEEDED).none()) == [title(name) for name in REASONS]


@pytest.mark.parametrize("place", ["channel", "thread"])
async def test_the_bot_works_with_exactly_these_permissions(stage: Stage, place: str) -> None:
    """Nothing comes from the role that everybody has: what the invitation asks for has to do."""
    everyone = stage.guild.roles[stage.guild.id]
    member = stage.discord.role(
        stage.guild, "member", *(name for name, bit in BITS.items() if everyone.permissions & bit)
    )
    everyone.permissions = 0
    stage.discord.member(stage.guild, stage.ada, roles=[member])
    there = stage.channel if place == "channel" else stage.discord.thread(stage.channel)
    ada = stage.ada.at(there)
    async with stage.playing():
        await stage.discord.synced("imagine")
        reply = await ada.slash("imagine", prompt="a lighthouse")
        first = await reply.until(lambda message: message.files, 20)
        said = await ada.says("@bot make it night", reply_to=first)
        await stage.pictured(said, 20)
        late = await ada.slash("imagine", prompt="a bird [[slow:100]]")
        await stage.discord.until(lambda: len(stage.seedream.calls) == 3, 20)
        stage.discord.move(1000)
        stage.gates.open(100)
        await stage.discord.until(lambda: sum(bool(message.files) for message in ada.sees()) == 3, 20)
    assert late
