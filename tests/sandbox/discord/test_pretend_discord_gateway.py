"""The gateway as a real discord.py client meets it: cuts, resumes, new sessions, shards, and doors that stay shut."""

import asyncio
import json
from typing import Any

import discord
import pytest

from sandbox.discord import Guild, NoAnswer, Person, PretendDiscord
from tests.sandbox.discord.conftest import Bot, aimed_at, running
from tests.sandbox.discord.scene import Asked, furnish


async def back(pretend: PretendDiscord) -> None:
    await pretend.until(lambda: not pretend.gateway.connected)
    await pretend.ready()


async def test_what_happened_while_the_line_was_cut_arrives_after_resuming(
    pretend: PretendDiscord, ann: Person, bot: Bot
) -> None:
    async with running(pretend, furnish(bot)):
        await pretend.cut()
        await pretend.until(lambda: not pretend.gateway.connected)
        await ann.says("@bot are you there?")
        await pretend.ready()
        await pretend.until(lambda: bot.heard)
        assert [message.clean_content for message in bot.heard] == ["@bot are you there?"]
        assert (pretend.gateway.identifies, pretend.gateway.resumes) == (1, 1)
        assert (await ann.slash("usage me")).text == "en-US None"


async def test_a_request_to_reconnect_is_followed_by_resuming(pretend: PretendDiscord, ann: Person, bot: Bot) -> None:
    async with running(pretend, furnish(bot)):
        pretend.reconnect()
        await back(pretend)
        assert (pretend.gateway.identifies, pretend.gateway.resumes) == (1, 1)
        assert (await ann.slash("usage me")).text == "en-US None"


@pytest.mark.parametrize("resumable", [True, False])
async def test_an_invalid_session_is_resumed_or_begun_anew(
    resumable: bool, pretend: PretendDiscord, ann: Person, bot: Bot
) -> None:
    async with running(pretend, furnish(bot)):
        pretend.invalidate(resumable=resumable)
        await back(pretend)
        assert (pretend.gateway.identifies, pretend.gateway.resumes) == ((1, 1) if resumable else (2, 0))
        assert (await ann.slash("usage me")).text == "en-US None"


async def test_a_session_that_timed_out_is_begun_anew(pretend: PretendDiscord, ann: Person, bot: Bot) -> None:
    async with running(pretend, furnish(bot)):
        pretend.gateway.forget_sessions()
        await pretend.cut(4009)
        await back(pretend)
        await pretend.until(lambda: pretend.gateway.identifies == 2)
        assert (await ann.slash("usage me")).text == "en-US None"


async def test_a_line_without_heartbeats_is_given_up_and_taken_up_again(guild: Guild, bot: Bot) -> None:
    async with PretendDiscord(heartbeat=0.1) as pretend:
        ann = pretend.person("ann", pretend.guild())
        impatient = Bot(heartbeat_timeout=0.5)
        async with running(pretend, furnish(impatient)):
            pretend.fail("G1")
            await back(pretend)
            pretend.gateway.deaf = False
            assert pretend.gateway.heartbeats > 2
            assert (await ann.slash("usage me")).text == "en-US None"


async def test_a_beat_is_answered_after_it_was_sent_and_before_the_next(guild: Guild) -> None:
    async with PretendDiscord(heartbeat=1.0) as pretend:
        bot = Bot()
        async with running(pretend, furnish(bot)):
            seen = set()
            for beats in (2, 3, 4):
                await pretend.until(lambda beats=beats: pretend.gateway.heartbeats >= beats, 20)  # type: ignore[misc]
                await pretend.until(lambda: bot.latency not in seen, 20)
                seen.add(bot.latency)
    # At once would be as wrong as an interval and more, when the beat before is taken for the one that is answered.
    assert 0.01 < min(seen) <= max(seen) < 1.0


async def test_a_partition_ends_and_nothing_is_lost(pretend: PretendDiscord, ann: Person, bot: Bot) -> None:
    async with running(pretend, furnish(bot)):
        pretend.freeze()
        said = await ann.says("@bot hello?")
        ann.patience = 0.1
        with pytest.raises(NoAnswer):
            await ann.slash("usage me")
        assert bot.heard == []
        await pretend.thaw()
        await pretend.until(lambda: bot.heard)
        assert bot.heard[0].id == said.id


@pytest.mark.parametrize(("fault", "code"), [("G4", 4004), ("G5", 4013), ("G6", 4014), ("G7", 4009)])
async def test_a_gateway_that_refuses_says_why(fault: str, code: int, pretend: PretendDiscord, bot: Bot) -> None:
    pretend.fail(fault)
    if code == 4009:  # which a client tries again
        async with running(pretend, bot):
            assert pretend.gateway.identifies == 2
        return
    with pytest.raises(discord.DiscordException) as refused:
        async with running(pretend, bot):
            pass
    if code == 4014:
        assert isinstance(refused.value, discord.PrivilegedIntentsRequired)
    else:
        assert isinstance(refused.value, discord.ConnectionClosed)
        assert refused.value.code == code


async def test_privileged_intents_must_be_switched_on(pretend: PretendDiscord) -> None:
    intents = discord.Intents(guilds=True, message_content=True, guild_messages=True)
    with pytest.raises(discord.PrivilegedIntentsRequired):
        async with running(pretend, Bot(intents=intents)):
            pass
    pretend.application.privileged = 1 << 15
    bot = Bot(intents=intents)
    async with running(pretend, bot):
        ann = pretend.person("ann", pretend.guild("New"))
        await ann.says("to nobody")
        await pretend.until(lambda: bot.heard)
        assert bot.heard[0].content == "to nobody"


async def test_a_wrong_token_is_refused_at_login(pretend: PretendDiscord, bot: Bot) -> None:
    with aimed_at(pretend):
        async with bot:
            with pytest.raises(discord.LoginFailure):
                await bot.login("wrong")


class Sharded(discord.AutoShardedClient):
    """Two shards that do not wait for one another."""

    async def setup_hook(self) -> None:
        self.tree = discord.app_commands.CommandTree(self)

        @self.tree.command()
        async def shard(interaction: Asked) -> None:
            await interaction.response.send_message(str(interaction.guild and interaction.guild.shard_id))

        await self.tree.sync()

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Do not wait."""


@pytest.mark.parametrize("count", [2, None])
async def test_every_guild_is_heard_by_its_own_shard_and_dms_by_the_first(count: int | None) -> None:
    async with PretendDiscord(shards=2) as pretend:
        people = [pretend.person("ann", pretend.guild(f"Number {number}")) for number in range(4)]
        client = Sharded(intents=discord.Intents(guilds=True), shard_count=count)
        async with running(pretend, client):
            await pretend.ready(shards=2)
            shards = [int((await person.slash("shard")).text) for person in people]
            assert shards == [(person.channel.guild.id >> 22) % 2 for person in people if person.channel.guild]
            assert set(shards) == {0, 1}
            asked = [event for event in pretend.events if event.name == "INTERACTION_CREATE"]
            assert [event.shard for event in asked] == shards
            assert (await people[0].in_dm().slash("shard")).text == "None"
            assert pretend.events[-1].shard == 0


async def test_text_frames_and_both_compressions_carry_the_same(pretend: PretendDiscord, guild: Guild) -> None:
    heard = []
    for compress in ("", "zlib-stream", "zstd-stream"):
        client = discord.Client(intents=discord.Intents(guilds=True))
        with aimed_at(pretend):
            await client.login(pretend.token)
            query: dict[str, Any] = {"v": 10, "encoding": "json"} | ({"compress": compress} if compress else {})
            socket = await client.http.ws_connect(str(discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY % query))
            heard.append((await socket.receive(timeout=5)).type.name)
            await socket.close()
            await client.close()
    assert heard == ["TEXT", "BINARY", "BINARY"]


async def test_two_sessions_of_one_shard_both_hear_an_interaction(
    pretend: PretendDiscord, ann: Person, bot: Bot
) -> None:
    other = furnish(Bot())
    async with running(pretend, furnish(bot)), running(pretend, other):
        await pretend.until(lambda: len(pretend.gateway.connected) == 2)
        assert (await ann.slash("usage me")).text == "en-US None"
        await asyncio.sleep(0)
        refused = [call for call in pretend.calls("callback") if call.status == 400]
        await pretend.until(lambda: len(pretend.calls("callback")) == 2)
        assert len(refused) <= 1
        assert [message.text for message in ann.sees()] == ["en-US None"]


async def test_sessions_that_follow_too_fast_are_invalid() -> None:
    async with PretendDiscord(identify_every=0.3) as pretend:
        pretend.guild()
        async with running(pretend, Bot()), running(pretend, Bot()):
            assert pretend.gateway.identifies > 2
            assert len(pretend.gateway.connected) == 2


class Forever(discord.ui.DynamicItem[Any], template=r"sd:(?P<verb>\w+):(?P<job>\d+)"):
    """A button that outlives the bot."""

    def __init__(self, job: int) -> None:
        super().__init__(discord.ui.Button(label="Again", custom_id=f"sd:again:{job}"))
        self.job = job

    @classmethod
    async def from_custom_id(cls, interaction: Asked, item: Any, match: Any) -> "Forever":
        return cls(int(match["job"]))

    async def callback(self, interaction: Asked) -> None:
        await interaction.response.send_message(f"again {self.job}")


async def test_a_button_works_after_the_bot_was_started_anew(pretend: PretendDiscord, ann: Person, bot: Bot) -> None:
    async with running(pretend, bot):
        view = discord.ui.View(timeout=None)
        view.add_item(Forever(42))
        sent = await bot.get_partial_messageable(ann.channel.id).send("old", view=view)
    new = Bot()
    new.add_dynamic_items(Forever)
    async with running(pretend, new):
        assert (await ann.press(pretend.message(sent.id), "Again")).text == "again 42"


async def first_close(pretend: PretendDiscord, query: dict[str, str], *frames: Any) -> int | None:
    """The code with which a bare client is sent away."""
    client = discord.Client(intents=discord.Intents(guilds=True))
    with aimed_at(pretend):
        async with client:
            await client.login(pretend.token)
            socket = await client.http.ws_connect(str(discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY % query))
            for frame in frames:
                await socket.send_str(frame if isinstance(frame, str) else json.dumps(frame))
            while (await socket.receive(timeout=5)).type.name == "TEXT":
                pass
            code = socket.close_code
            await socket.close()
            return code


GOOD = {"v": "10", "encoding": "json"}


@pytest.mark.parametrize(
    ("query", "frames", "code"),
    [
        (GOOD | {"v": "9"}, [], 4012),
        (GOOD | {"encoding": "etf"}, [], 4002),
        (GOOD | {"compress": "gzip"}, [], 4002),
        (GOOD, ["{"], 4002),
        (GOOD, [{"op": 99}], 4001),
        (GOOD, [{"op": 8, "d": {}}], 4003),
        (GOOD, [{"op": 2, "d": {"token": "x", "properties": {}, "intents": 1}}], 4004),
        (GOOD, [{"op": 6, "d": {"token": "x", "session_id": "x", "seq": 1}}], 4004),
        (GOOD, [{"op": 1, "d": None}] * 121, 4008),
    ],
)
async def test_what_breaks_the_gateways_rules_is_sent_away(
    query: dict[str, str], frames: list[Any], code: int, pretend: PretendDiscord
) -> None:
    assert await first_close(pretend, query, *frames) == code


async def test_a_second_identify_and_a_bad_shard_are_refused(pretend: PretendDiscord) -> None:
    hello: dict[str, Any] = {"token": pretend.token, "properties": {}, "intents": 1}
    assert await first_close(pretend, GOOD, {"op": 2, "d": hello}, {"op": 2, "d": hello}) == 4005
    assert await first_close(pretend, GOOD, {"op": 2, "d": hello | {"shard": [2, 2]}}) == 4010
    assert await first_close(pretend, GOOD, {"op": 2, "d": hello | {"intents": 1 << 30}}) == 4013
