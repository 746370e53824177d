"""`seedream-bot run` in a process of its own: how it starts, works, stops, is killed and comes back."""

from contextlib import AsyncExitStack

import pytest

from bot.terminal.endings import MISCONFIGURED
from sandbox.discord import posts
from tests.e2e.stage import Stage


async def test_a_picture_comes_from_a_process_of_its_own_which_then_stops_politely(stage: Stage) -> None:
    async with stage.running() as running:
        reply = await stage.ada.slash("imagine", prompt="a lighthouse")
        message = await reply.until(lambda message: message.files, 20)
        assert await running.stop() == 0, running.said
    assert "seedream-4.5" in message.text
    assert "Stopped" in running.said
    assert "Traceback" not in running.said


async def test_commands_are_brought_to_discord_once_as_long_as_they_stay_the_same(stage: Stage) -> None:
    for _ in range(2):
        async with stage.running() as running:
            await stage.discord.synced("imagine", "edit", "story", "blend")
            assert await running.stop() == 0, running.said
    assert len(stage.discord.calls("PUT commands")) == 1


async def test_commands_that_somebody_has_removed_come_back_with_the_next_start(stage: Stage) -> None:
    async with stage.running() as running:
        await stage.discord.synced("imagine", "story")
        assert await running.stop() == 0, running.said
    lost = next(number for number, each in stage.discord.world.commands[0].items() if each["name"] == "story")
    del stage.discord.world.commands[0][lost]
    async with stage.running() as running:
        await stage.discord.synced("imagine", "story")
        assert await running.stop() == 0, running.said
    assert len(stage.discord.calls("PUT commands")) == 2
    stage.discord.fail("D24", route=f"GET /applications/{stage.discord.application.id}/commands")
    async with stage.running() as running:
        await running.until("Whether Discord still has the commands is not known")
        assert await running.stop() == 0, running.said
    assert len(stage.discord.calls("PUT commands")) == 2
    assert "ERROR" not in running.said


async def test_who_was_killed_while_bringing_the_commands_brings_them_at_once_the_next_time(stage: Stage) -> None:
    stage.discord.fail("D32", route="PUT commands")
    async with stage.typed("run") as running:
        await stage.discord.until(lambda: stage.discord.calls("PUT commands"), 40)
        await running.kill()
    async with stage.running() as running:
        await stage.discord.synced("imagine", "story")
        assert await running.stop() == 0, running.said


@pytest.mark.parametrize("kind", ["postgresql"])
async def test_of_processes_that_start_together_one_alone_brings_the_commands(stage: Stage, database_url: str) -> None:
    """Two with the first shard, as during an upgrade that overlaps, and one with the second."""
    stage.discord.slow(1.0, route="PUT commands")
    for word in ("start", "start again"):
        async with AsyncExitStack() as stack:
            every = [
                await stack.enter_async_context(stage.typed("run", DATABASE_URL=database_url, SHARDS=shards))
                for shards in ("0/2", "0/2", "1/2")
            ]
            for running in every:
                await running.until("Working on up to")
            await stage.discord.synced("imagine", "story")
            assert [await running.stop() for running in every] == [0, 0, 0]
        assert len(stage.discord.calls("PUT commands")) == 1, word


async def test_no_privileged_intent_is_asked_for(stage: Stage) -> None:
    async with stage.playing():
        [session] = stage.discord.gateway.sessions.values()
    assert session.intents == 1 << 0 | 1 << 9 | 1 << 12


@pytest.mark.parametrize(
    ("fault", "words"), [("G4", "does not accept DISCORD_TOKEN"), ("G5", "intents"), ("G6", "intents")]
)
async def test_what_discord_will_not_have_is_told_in_a_line_and_not_tried_again(
    stage: Stage, fault: str, words: str
) -> None:
    stage.discord.fail(fault)
    async with stage.typed("run") as running:
        assert await running.end() == MISCONFIGURED
    assert words in running.said
    assert "Traceback" not in running.said
    assert stage.discord.gateway.identifies == 1


async def test_a_wrong_or_missing_token_is_told_in_a_line(stage: Stage) -> None:
    wrong = stage.discord.token.replace("notReal", "whatsit")
    for token, words in (("", "DISCORD_TOKEN is not set"), (wrong, "does not accept DISCORD_TOKEN")):
        async with stage.typed("run", DISCORD_TOKEN=token) as running:
            assert await running.end() == MISCONFIGURED
        assert words in running.said
        assert "Traceback" not in running.said


async def test_who_is_refused_waits_before_the_end_so_that_no_supervisor_can_hammer_discord(stage: Stage) -> None:
    for fault in ("G4", "G6"):
        stage.discord.fail(fault)
        async with stage.typed("run", REFUSED_PAUSE_SECONDS="3600") as running:
            await running.until("This ends in 3600 s")
            assert running.process.returncode is None
            assert await running.stop() == MISCONFIGURED, "a stop ends the wait"
        assert "Traceback" not in running.said


async def test_bad_settings_end_it_with_the_code_that_says_so(stage: Stage) -> None:
    async with stage.typed("run", PARALLEL_JOBS="many") as running:
        assert await running.end() == MISCONFIGURED
    assert "PARALLEL_JOBS: is not a whole number" in running.said


async def test_a_discord_that_is_away_at_the_start_is_waited_for(stage: Stage) -> None:
    stage.discord.fail("D29", route="GET /users/@me", times=6)
    async with stage.typed("run") as running:
        await running.until("Discord cannot be reached: ")
        await running.until("next try in 2 s (check the network and DISCORD_API_BASE)")
        stage.discord.recover("GET /users/@me")
        await stage.discord.ready(30)
        assert await running.stop() == 0, running.said
    assert "Unclosed" not in running.said


async def test_a_job_that_was_under_way_at_a_kill_is_finished_by_the_next_process(stage: Stage) -> None:
    more = {"LEASE_SECONDS": "10"}
    async with stage.running(**more) as running:
        reply = await stage.ada.slash("imagine", prompt="a lighthouse [[slow:100]]")
        await stage.discord.until(lambda: stage.seedream.calls, 20)
        second = await stage.bob.slash("imagine", prompt="a bird [[slow:200]]")
        await second.until(lambda message: not message.loading, 20)
        await running.kill()
    stage.gates.open(100)
    stage.gates.open(200)
    async with stage.running(**more) as running:
        message = await reply.until(lambda message: "#1" in message.text and "possibly charged" in message.text, 30)
        assert await running.stop() == 0, running.said
    assert message.files == []


async def test_what_discord_tells_once_more_after_a_restart_is_left_as_it_is(stage: Stage) -> None:
    async with stage.running() as running:
        first = await stage.ada.slash("imagine", prompt="a cat", variations=2)
        await stage.discord.until(lambda: [len(it.buttons) for it in stage.ada.sees()] == [7, 7], 20)
        asked = await stage.bob.says(f"<@{stage.discord.application.id}> a bird --n 2")
        await stage.discord.until(lambda: len(stage.seedream.calls) == 4, 20)
        await stage.discord.until(lambda: [len(it.files) for it in stage.ada.sees() if it is not asked] == [1] * 4, 20)
        said = [(it.text, it.files, it.buttons) for it in stage.ada.sees()]
        await running.kill()
    async with stage.running() as running:
        stage.discord.replay(first)
        posts.tell(stage.discord.world, "MESSAGE_CREATE", asked)
        after = await stage.bob.slash("imagine", prompt="a dog")
        await after.until(lambda it: it.files and "Again" in it.buttons, 20)
        assert await running.stop() == 0, running.said
    assert [(it.text, it.files, it.buttons) for it in stage.ada.sees()][:-1] == said
    assert len(stage.seedream.calls) == 5


async def test_what_was_acknowledged_and_no_more_before_a_kill_is_served_when_it_is_told_once_more(
    stage: Stage,
) -> None:
    """The first process dies as soon as Discord has its first answer: it never gets to the studio."""
    async with stage.running() as running:
        stage.discord.slow(10, 1, "POST /interactions", acted=True)
        first = await stage.ada.slash("imagine", prompt="a cat", variations=2)
        await running.kill()
    assert first.thinking
    async with stage.running() as running:
        stage.discord.replay(first)
        await stage.discord.until(lambda: [len(it.buttons) for it in stage.ada.sees()] == [7, 7], 20)
        assert await running.stop() == 0, running.said
    assert len(stage.seedream.calls) == 2


async def test_who_asks_while_it_stops_is_answered_and_served_by_the_next_process(stage: Stage) -> None:
    async with stage.running(STOP_GRACE_SECONDS="30") as running:
        first = await stage.ada.slash("imagine", prompt="a lighthouse [[slow:100]]")
        await stage.discord.until(lambda: stage.seedream.calls, 20)
        running.process.terminate()
        await running.until("1 jobs may end within 30 seconds")
        second = await stage.bob.slash("imagine", prompt="a bird")
        message = await second.done()
        assert "in the queue" in message.text
        stage.gates.open(100)
        await first.until(lambda message: message.files, 20)
        assert await running.end() == 0, running.said
    assert message.files == []
    async with stage.running() as running:
        await second.until(lambda message: message.files, 20)
        assert await running.stop() == 0, running.said
    assert len(stage.seedream.calls) == 2


async def test_several_shards_of_one_process_serve_all_servers(stage: Stage) -> None:
    others = [stage.discord.guild(f"server {number}") for number in range(4)]
    people = [stage.discord.person(f"p{number}", guild) for number, guild in enumerate(others)]
    async with stage.running(SHARDS="0-1/2") as running:
        await stage.discord.ready(30, shards=2)
        for person in people:
            reply = await person.slash("imagine", prompt="a cat")
            await reply.until(lambda message: message.files, 20)
        assert await running.stop() == 0, running.said


async def test_the_commands_are_brought_by_the_process_of_the_first_shard(stage: Stage) -> None:
    async with stage.running(SHARDS="1/2") as running:
        await stage.discord.ready(30)
        assert await running.stop() == 0, running.said
    assert stage.discord.calls("PUT commands") == []


@pytest.mark.parametrize("kind", ["postgresql"])
async def test_two_bots_with_a_shard_each_and_a_worker_share_one_database(stage: Stage, database_url: str) -> None:
    """What one process has taken, another may draw; answers arrive where they were asked for, each once."""
    shared = {"DATABASE_URL": database_url, "PARALLEL_JOBS": "1"}
    guilds = [stage.guild, *(stage.discord.guild(f"server {number}") for number in range(5))]
    people = [stage.discord.person(f"p{number}", guild) for number, guild in enumerate(guilds)]
    async with stage.running(SHARDS="0/2", **shared), stage.running(SHARDS="1/2", **shared):
        await stage.discord.ready(30, shards=2)
        async with stage.typed("worker", **(shared | {"PARALLEL_JOBS": "4"})) as worker:
            await worker.until("Working on up to 4")
            replies = [await person.slash("imagine", prompt="a cat") for person in people * 3]
            for reply in replies:
                await reply.until(lambda message: message.files, 30)
            assert await worker.stop() == 0, worker.said
    assert len(stage.seedream.calls) == len(replies)
    assert all(len(person.sees()) == 3 for person in people)


async def test_without_a_provider_it_says_which_settings_would_help(stage: Stage) -> None:
    async with stage.typed("run", BYTEPLUS_API_KEY="") as running:
        assert await running.end() == MISCONFIGURED
    assert "no provider has a key · set one of COMETAPI_KEY" in running.said
    assert stage.discord.traffic == []


async def test_a_stop_before_it_is_there_is_no_fault(stage: Stage) -> None:
    stage.discord.fail("D32", route="GET /users/@me")
    async with stage.typed("run") as running:
        await stage.discord.until(lambda: stage.discord.calls("GET /users/@me") or not stage.discord.faults.waiting, 20)
        running.process.terminate()
        assert await running.end() == 0, running.said
    assert "Traceback" not in running.said
