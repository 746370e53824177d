"""The first `seedream-bot run`: a dialogue at a real terminal, with a pretend Discord and Seedream to try things at."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.config import envfile, writing
from bot.terminal.endings import MISCONFIGURED
from tests.e2e.stage import Stage, open_stage
from tests.terminals import Terminal, terminal

TOKEN, WHICH, KEY = "Token (it does not show): ", "Which one (1 to 5): ", "(it does not show): "
BYTEPLUS = "3"


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with open_stage(tmp_path) as opened:
        yield opened


def bare(stage: Stage, **more: str) -> dict[str, str]:
    """The settings without token and key."""
    return stage.environment(DISCORD_TOKEN="", BYTEPLUS_API_KEY="") | more


async def stopped(there: Terminal) -> None:
    await there.until("Working on up to")
    there.interrupt()
    assert await there.end() == 0, there.screen


async def test_it_asks_for_what_it_needs_writes_it_down_and_starts(stage: Stage) -> None:
    async with terminal(stage.home, ("run",), bare(stage)) as there:
        await there.until("https://discord.com/developers/applications")
        await there.until("Reset Token")
        await there.answer(TOKEN, stage.discord.token)
        await there.until("fine: this is bot#0001")
        await there.answer(WHICH, BYTEPLUS)
        await there.answer("Key of byteplus (it does not show): ", stage.seedream.key)
        await there.until("fine: the key is known; nothing was ordered")
        await there.until(f"client_id={stage.discord.application.id}&scope=bot+applications.commands&permissions=")
        await stopped(there)
    file = stage.home / ".env"
    assert envfile.read(file).values == {"DISCORD_TOKEN": stage.discord.token, "BYTEPLUS_API_KEY": stage.seedream.key}
    assert file.stat().st_mode & 0o777 == 0o600
    assert "Written into .env, which only you can read: DISCORD_TOKEN, BYTEPLUS_API_KEY." in there.screen
    assert stage.discord.token not in there.screen
    assert stage.seedream.key not in there.screen
    assert stage.seedream.billed == 0
    async with terminal(stage.home, ("run",), bare(stage)) as there:
        await stopped(there)
    assert "Token" not in there.screen


async def test_what_is_wrong_is_told_at_once_and_asked_for_again(stage: Stage) -> None:
    async with terminal(stage.home, ("run",), bare(stage)) as there:
        await there.answer(TOKEN, "123456789012345678")
        await there.until("no: this looks like an application or user id")
        await there.answer(TOKEN, stage.discord.token.replace("notReal", "whatsit"))
        await there.until("no: Discord does not accept it")
        await there.answer(TOKEN, stage.discord.token)
        await there.answer(WHICH, "9")
        await there.answer(WHICH, "byteplus")
        await there.answer(KEY, "short")
        await there.until("no: this is too short for a key")
        await there.answer(KEY, "sk-another-key-1")
        await there.until("no: the key is not accepted")
        await there.answer("Take it all the same? [y/N]: ", "n")
        await there.answer(WHICH, BYTEPLUS)
        await there.answer(KEY, stage.seedream.key)
        await stopped(there)
    assert "another" not in there.screen


@pytest.mark.parametrize("answers", [0, 1, 2])
async def test_an_interruption_leaves_nothing(stage: Stage, answers: int) -> None:
    kept = "# mine\nLOG_LEVEL=INFO\n"
    (stage.home / ".env").write_text(kept)
    async with terminal(stage.home, ("run",), bare(stage)) as there:
        for question, text in [(TOKEN, stage.discord.token), (WHICH, BYTEPLUS)][:answers]:
            await there.answer(question, text)
        await there.until([TOKEN, WHICH, "Key of byteplus (it does not show): "][answers])
        there.interrupt()
        assert await there.end() == 1, there.screen
    assert "stopped; nothing was written" in there.screen
    assert "Traceback" not in there.screen
    assert [(file.name, file.read_text()) for file in stage.home.iterdir()] == [(".env", kept)]


async def test_what_stands_in_the_file_stays_and_only_what_is_missing_is_asked_for(stage: Stage) -> None:
    before = f"# mine\r\nLOG_LEVEL=INFO\r\nDISCORD_TOKEN={stage.discord.token}\r\nBYTEPLUS_API_KEY=\r\n# end"
    (stage.home / ".env").write_bytes(before.encode())
    async with terminal(stage.home, ("run",), bare(stage)) as there:
        await there.answer(WHICH, BYTEPLUS)
        await there.answer(KEY, stage.seedream.key)
        await stopped(there)
    assert "Token" not in there.screen
    after = before.replace("BYTEPLUS_API_KEY=", f"BYTEPLUS_API_KEY={stage.seedream.key}")
    assert (stage.home / ".env").read_bytes().decode() == after


async def test_a_gateway_has_an_address_too(stage: Stage) -> None:
    more = {"DISCORD_TOKEN": stage.discord.token, "DEFAULT_MODEL": "seedream-4.0"}
    async with terminal(stage.home, ("run",), bare(stage) | more) as there:
        await there.answer(WHICH, "gateway")
        await there.answer("Its address, without /v1: ", "gateway.example")
        await there.until("no: this is not a complete address")
        await there.answer("Its address, without /v1: ", stage.seedream.base_url("gateway"))
        await there.answer(KEY, stage.seedream.key)
        await stopped(there)
    values = envfile.read(stage.home / ".env").values
    assert values == {"GATEWAY_BASE_URL": stage.seedream.base_url("gateway"), "GATEWAY_API_KEY": stage.seedream.key}


async def test_a_discord_that_is_away_can_be_believed_later(stage: Stage) -> None:
    more = {"DISCORD_API_BASE": "http://127.0.0.1:9/api/v10", "BYTEPLUS_API_KEY": stage.seedream.key}
    async with terminal(stage.home, ("run",), bare(stage) | more) as there:
        await there.answer(TOKEN, stage.discord.token)
        await there.until("hm: Discord cannot be reached")
        await there.answer("Take it without a check? [y/N]: ", "n")
        await there.answer(TOKEN, stage.discord.token)
        await there.answer("Take it without a check? [y/N]: ", "y")
        await there.until("Discord cannot be reached: there is no connection to Discord; next try in")
        there.interrupt()
        assert await there.end() == 0, there.screen
    assert envfile.read(stage.home / ".env").values == {"DISCORD_TOKEN": stage.discord.token}
    assert f"client_id={stage.discord.application.id}" in there.screen


async def test_where_nobody_can_be_asked_both_ways_are_told(stage: Stage) -> None:
    async with stage.typed("run", DISCORD_TOKEN="", BYTEPLUS_API_KEY="") as command:
        assert await command.end() == MISCONFIGURED
    assert "DISCORD_TOKEN is not set; no provider has a key · set one of COMETAPI_KEY" in command.said
    assert "put it into .env or the environment, or run `seedream-bot run` in a terminal, which asks" in command.said
    async with terminal(stage.home, ("--env-file", "/dev/null", "run"), bare(stage)) as there:
        assert await there.end() == MISCONFIGURED
    assert "DISCORD_TOKEN is not set" in there.screen


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"", b"A=new\n"),
        (b"B=2", b"B=2\nA=new\n"),
        ("# é\r\nB=2".encode("utf-16"), "# é\r\nB=2\r\nA=new\r\n".encode()),
        (b"export A = ''\nB=2\n", b"A=new\nB=2\n"),
        (b"A=old\n", b"A=old\n"),
    ],
)
def test_how_settings_are_added(tmp_path: Path, before: bytes, after: bytes) -> None:
    file = tmp_path / ".env"
    file.write_bytes(before)
    assert writing.add(file, {"A": "new"}) == ([] if before == after else ["A"])
    assert file.read_bytes() == after
    assert file.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize("value", ["plain-1.2:3/4+5=", "with ' and \\ and # and $X", 'a"b', "x#y"])
def test_every_value_is_read_as_it_was_written(tmp_path: Path, value: str) -> None:
    real = tmp_path / "real"
    real.write_text("")
    (tmp_path / ".env").symlink_to(real)
    writing.add(tmp_path / ".env", {"A": value})
    assert envfile.read(tmp_path / ".env").values == {"A": value}
    assert (tmp_path / ".env").is_symlink()
