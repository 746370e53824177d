"""The bot is told to stop while people use what does not draw: who was being served has an answer, and what is pressed
until the end, or after the next start, does what it says."""

import pytest

from sandbox.discord import Person, Reply
from tests.e2e.panels import Panel
from tests.e2e.stage import PATIENCE, Stage
from tests.e2e.test_reports import posted, report
from tests.programs import Program

GRACE = {"STOP_GRACE_SECONDS": "30"}


async def stopping(stage: Stage, running: Program) -> Reply:
    """The bot has been told to stop, and waits for a picture that is being drawn: its answer."""
    slow = await stage.bob.slash("imagine", prompt="slow [[slow:100]]")
    await slow.until(lambda message: "drawing" in message.text, PATIENCE)
    running.process.terminate()
    await running.until("may end within 30 seconds")
    return slow


async def stopped(stage: Stage, running: Program) -> None:
    stage.gates.open(100)
    assert await running.end() == 0, running.said
    assert "Traceback" not in running.said


async def test_a_command_that_takes_its_time_is_answered_though_the_bot_is_told_to_stop(stage: Stage) -> None:
    eve = stage.discord.moderator("eve", stage.guild, stage.channel)
    async with stage.running() as running:
        first = await stage.ada.slash("imagine", prompt="a cat")
        await first.until(lambda message: message.files, PATIENCE)
        chart, export = await eve.slash("usage server"), await stage.ada.slash("privacy export")
        running.process.terminate()
        assert await running.end() == 0, running.said
    assert {name.rpartition(".")[2] for name, _ in chart.message.files} == {"png", "csv"}
    assert [name.rpartition(".")[2] for name, _ in export.message.files] == ["zip"]
    assert "Traceback" not in running.said


@pytest.mark.parametrize("away", ["silent", "refuses", "D32", "D8"])
async def test_it_ends_though_discords_gateway_has_not_let_it_in_yet(stage: Stage, away: str) -> None:
    discord = stage.discord
    if away == "silent":
        discord.freeze()
    elif away == "refuses":
        discord.gateway.refuse += [4000] * 100
    else:
        discord.fail(away, times=100, route="GET /gateway/bot")
    async with stage.typed("run", STOP_GRACE_SECONDS="0") as running:
        await running.until("Working on up to")
        await discord.until(lambda: discord.gateway.beats or discord.calls("GET gateway"), PATIENCE)
        running.process.terminate()
        assert await running.end() == 0, running.said
    assert "Stopped" in running.said
    assert "Session is closed" not in running.said


async def test_panels_of_settings_are_served_until_the_end_and_by_the_next_process(stage: Stage) -> None:
    eve = stage.discord.moderator("eve", stage.guild, stage.channel)
    async with stage.running(**GRACE) as running:
        panel, mine = await opened(eve, "server"), await opened(stage.ada, "me")
        await stopping(stage, running)
        assert "4K" in await mine.pick_here("size", "4K")
        assert "On" in await panel.pick("safety", "age_restricted_only", "on")
        await panel.go("budget")
        await stopped(stage, running)
    async with stage.running() as running:
        await panel.write("ask.server_cost", server_cost_per_day="5")
        assert "$5" in panel.text
        assert "4K → 2K" in (await mine.choose("pick.size", "2K")).replace("**", "")
        assert await running.stop() == 0, running.said


async def opened(person: Person, which: str) -> Panel:
    reply = await person.slash(f"settings {which}")
    return Panel(person, reply.message, "settings" if which == "server" else "mine")


async def test_reports_confirmations_and_deletions_are_decided_until_the_end(stage: Stage) -> None:
    eve = stage.discord.moderator("eve", stage.guild, stage.channel)
    log = stage.discord.channel(stage.guild, "log")
    async with stage.running(**GRACE) as running:
        panel = await opened(eve, "server")
        await panel.pick("log", "audit_channel", log)
        await panel.go("budget")
        await panel.write("ask.confirm", confirm_images="1")
        first = await stage.ada.slash("imagine", prompt="a cat")
        picture = await first.until(lambda message: message.files, PATIENCE)
        costly = await stage.ada.slash("imagine", prompt="two cats", variations=2)
        question = await costly.until(lambda message: message.buttons, PATIENCE)
        forget = await stage.ada.slash("privacy delete")
        await stopping(stage, running)
        assert "Thank you" in await report(stage, stage.bob, picture)
        [yes] = [part["custom_id"] for part in question.every if part.get("custom_id", "").startswith("sd:go:")]
        await stage.ada.press(question, yes)
        await costly.until(lambda message: "in the queue" in message.text, PATIENCE)
        await stopped(stage, running)
    async with stage.running() as running:
        message = await posted(stage, eve.at(log), "Report 1")
        await eve.at(log).press(message, "sd:dismiss:1")
        await stage.discord.until(lambda: "ismissed" in message.text, PATIENCE)
        gone = await stage.ada.press(forget.message, f"sd:forget:{stage.ada.id}")
        assert gone.message is forget.message
        await gone.until(lambda said: "forgotten" in said.text, PATIENCE)
        assert await running.stop() == 0, running.said
    assert "Traceback" not in running.said
