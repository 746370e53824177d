"""The gateway breaks and the world changes while pictures are drawn: nobody is served twice, nothing paid is lost."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from pathlib import Path

import pytest
import pytest_asyncio

from bot.terminal.endings import MISCONFIGURED
from sandbox.discord import NoAnswer, Reply
from tests.e2e.stage import PATIENCE, Stage, open_stage
from tests.e2e.trials import Lab, Trial, at_once

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(loop_scope="module")
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with open_stage(tmp_path) as opened:
        yield opened


def served(reply: Reply) -> Awaitable[object]:
    """Somebody has a picture."""
    return reply.until(lambda message: message.files and "Again" in message.buttons, PATIENCE)


async def through(stage: Stage, breaks: Callable[[], Awaitable[object]]) -> None:
    """Somebody's picture is drawn while the gateway breaks, and somebody else asks afterwards."""
    reply = await stage.ada.slash("imagine", prompt="a cat [[slow:100]]")
    await stage.discord.until(lambda: stage.seedream.calls, PATIENCE)
    gateway = stage.discord.gateway
    before = gateway.identifies + gateway.resumes
    await breaks()
    stage.gates.open(100)
    await served(reply)
    await stage.discord.until(lambda: gateway.identifies + gateway.resumes > before and gateway.connected, PATIENCE)
    await served(await stage.bob.slash("imagine", prompt="a dog"))
    assert len(stage.seedream.calls) == 2
    assert len([message for message in stage.ada.sees() if message.files]) == 2


async def test_a_connection_that_does_not_answer_is_left(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    stage.discord.gateway._heartbeat = 0.2
    async with stage.playing() as bot:
        bot._connection.heartbeat_timeout = 0.6
        await stage.discord.cut()
        await stage.discord.until(lambda: stage.discord.gateway.resumes and stage.discord.gateway.connected, PATIENCE)
        resumes = stage.discord.gateway.resumes

        async def deaf() -> None:
            stage.discord.fail("G1")
            await stage.discord.until(lambda: stage.discord.gateway.resumes > resumes, PATIENCE)
            stage.discord.gateway.deaf = False

        await through(stage, deaf)
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []


async def test_a_session_that_timed_out_is_begun_anew(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    async with stage.playing():
        await through(stage, lambda: stage.discord.cut(4009))
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []


async def test_what_was_asked_during_a_partition_is_not_begun_when_it_is_over(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    async with stage.playing():
        stage.bob.patience = 0.2

        async def partition() -> None:
            stage.discord.freeze()
            with pytest.raises(NoAnswer):
                await stage.bob.slash("imagine", prompt="nobody hears this")
            stage.discord.move(600)
            await stage.discord.thaw()
            stage.bob.patience = 3.0

        await through(stage, partition)
    assert "nobody hears this" not in str([call.body for call in stage.seedream.calls])
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []


async def test_intents_that_discord_does_not_know_end_it_in_a_line(stage: Stage) -> None:
    stage.discord.fail("G5")
    async with stage.typed("run") as running:
        assert await running.end() == MISCONFIGURED
    assert "intents" in running.said
    assert "Traceback" not in running.said


@pytest.mark.parametrize("fault", ["D24", "D21", "D3", "D5"])
async def test_commands_that_cannot_be_brought_keep_nobody_from_working(
    stage: Stage, fault: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with stage.playing():
        await stage.discord.synced("imagine")
    stage.discord.fail(fault, route="PUT /applications")
    again = str(stage.home / "another")
    async with stage.playing(DATA_DIR=again):
        assert stage.discord.faults.waiting == []
        await served(await stage.ada.slash("imagine", prompt="a cat"))
    errors = [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]
    assert len(errors) == 1
    assert "those from before go on" in errors[0]
    puts = len(stage.discord.calls("PUT commands"))
    async with stage.playing(DATA_DIR=again):
        await stage.discord.until(lambda: len(stage.discord.calls("PUT commands")) > puts, PATIENCE)


async def asked(lab: Lab) -> Trial:
    """Somebody whose picture is being drawn."""
    trial = lab.trial()
    await trial.ask(gated=True)
    await trial.drawing()
    return trial


async def told_twice_at_once(lab: Lab) -> None:
    trial = lab.trial()
    lab.stage.discord.replay(await trial.ask())
    await trial.brought()
    await trial.works()


async def told_twice_while_it_is_drawn(lab: Lab) -> None:
    trial = await asked(lab)
    lab.stage.discord.replay(trial.reply)  # type: ignore[arg-type]
    await asyncio.sleep(0.3)
    trial.draw()
    await trial.brought()
    await trial.works()


async def told_twice_when_all_is_done(lab: Lab) -> None:
    trial = lab.trial()
    reply = await trial.ask()
    await trial.brought()
    lab.stage.discord.replay(reply)
    await asyncio.sleep(0.5)
    await trial.brought()
    await trial.works()


async def variations_told_twice(lab: Lab) -> None:
    trial = lab.trial()
    reply = await trial.ask(variations=2)
    await trial.until(lambda: [len(message.buttons) > 5 for message in trial.letters()] == [True, True])
    said = [message.text for message in trial.person.sees()]
    lab.stage.discord.replay(reply)
    await asyncio.sleep(0.5)
    assert [message.text for message in trial.person.sees()] == said
    assert len(trial.calls) == 2


async def a_press_told_twice(lab: Lab) -> None:
    trial = lab.trial()
    await trial.ask()
    job = await trial.brought()
    again = await trial.person.press(trial.letters()[0], f"sd:again:{job.id}")
    lab.stage.discord.replay(again)
    await trial.until(lambda: [len(message.buttons) > 5 for message in trial.letters()] == [True, True])
    lab.stage.discord.replay(again)
    await asyncio.sleep(0.5)
    assert len(trial.letters()) == 2
    assert len(trial.person.sees()) == 2
    assert len(trial.calls) == 2


async def the_bot_is_removed(lab: Lab) -> None:
    """An interaction's answer can be edited all the same."""
    guild = lab.stage.discord.guild(f"Short {lab.count}")
    trial = lab.trial(lab.stage.discord.channel(guild))
    await trial.ask(gated=True)
    await trial.drawing()
    lab.stage.discord.kick_bot(guild)
    trial.draw()
    await trial.brought()


async def the_bot_is_removed_for_long(lab: Lab) -> None:
    guild = lab.stage.discord.guild(f"Long {lab.count}")
    trial = lab.trial(lab.stage.discord.channel(guild))
    await trial.ask(gated=True)
    await trial.drawing()
    lab.stage.discord.kick_bot(guild)
    await lab.later()
    trial.draw()
    lab.stage.discord.member(lab.stage.guild, trial.person)
    await trial.kept()


async def the_guild_is_deleted(lab: Lab) -> None:
    guild = lab.stage.discord.guild(f"Gone {lab.count}")
    trial = lab.trial(lab.stage.discord.channel(guild))
    await trial.ask(gated=True)
    await trial.drawing()
    guild.gone = True
    trial.draw()
    lab.stage.discord.member(lab.stage.guild, trial.person)
    await trial.kept()


async def the_channel_is_deleted(lab: Lab) -> None:
    trial = await asked(lab)
    lab.stage.discord.close(trial.channel)
    trial.draw()
    await trial.kept()
    await trial.works()


async def the_channel_is_deleted_before_anything_is_said(lab: Lab) -> None:
    trial = lab.trial()
    reply = await trial.ask(gated=True)
    lab.stage.discord.close(trial.channel)
    assert reply.gone
    trial.draw()
    await trial.kept()


async def the_answer_is_deleted_before_anything_is_said(lab: Lab) -> None:
    trial = lab.trial()
    reply = await trial.ask(gated=True)
    lab.stage.discord.delete(reply.message)
    trial.draw()
    assert (await trial.brought()).delivery.way == "channel"  # type: ignore[union-attr]
    await trial.works()


async def bad_news_after_the_answer_was_deleted(lab: Lab) -> None:
    trial = lab.trial()
    reply = await trial.ask(gated=True, words=" [[refuse]]")
    lab.stage.discord.delete(reply.message)
    trial.draw()
    job = await trial.ended()
    assert job.state.value == "refused"
    assert [f"#{job.id}" in message.text for message in trial.person.sees()] == [True]
    await trial.works()


async def the_bots_role_is_taken(lab: Lab) -> None:
    guild = lab.stage.discord.guild(f"Roleless {lab.count}")
    trial = lab.trial(lab.stage.discord.channel(guild))
    await trial.ask(gated=True)
    await trial.drawing()
    lab.stage.discord.member(guild, lab.stage.discord.world.bot, roles=[])
    guild.roles[guild.id].permissions = 0
    await lab.later()
    trial.draw()
    lab.stage.discord.member(lab.stage.guild, trial.person)
    await trial.kept()


async def the_persons_role_is_taken(lab: Lab) -> None:
    role = lab.stage.discord.role(lab.stage.guild, f"role {lab.count}")
    trial = lab.trial()
    lab.stage.discord.member(lab.stage.guild, trial.person, roles=[role])
    await trial.ask(gated=True)
    await trial.drawing()
    lab.stage.discord.take_role(lab.stage.guild, trial.person, role)
    trial.draw()
    await trial.brought()
    await trial.works()


def the_person_leaves(*, later: bool) -> Callable[[Lab], Awaitable[None]]:
    async def change(lab: Lab) -> None:
        trial = await asked(lab)
        lab.stage.discord.leave(lab.stage.guild, trial.person)
        if later:
            await lab.later()
        trial.draw()
        await trial.brought()

    return change


CHANGES: dict[str, Callable[[Lab], Awaitable[None]]] = {
    change.__name__: change
    for change in (
        told_twice_at_once,
        told_twice_while_it_is_drawn,
        told_twice_when_all_is_done,
        variations_told_twice,
        a_press_told_twice,
        the_bot_is_removed,
        the_bot_is_removed_for_long,
        the_guild_is_deleted,
        the_channel_is_deleted,
        the_channel_is_deleted_before_anything_is_said,
        the_answer_is_deleted_before_anything_is_said,
        bad_news_after_the_answer_was_deleted,
        the_bots_role_is_taken,
        the_persons_role_is_taken,
    )
}
CHANGES |= {"the_person_leaves": the_person_leaves(later=False), "the_person_left": the_person_leaves(later=True)}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def changes(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Mapping[str, asyncio.Task[None]]]:
    async with at_once(request, tmp_path_factory.mktemp("lab"), CHANGES) as tasks:
        yield tasks


@pytest.mark.parametrize("name", CHANGES)
async def test_a_change_is_survived(name: str, changes: Mapping[str, asyncio.Task[None]]) -> None:
    await changes[name]
