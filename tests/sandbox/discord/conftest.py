"""A pretend Discord with one guild, and the real discord.py pointed at it."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress

import discord
import pytest
import yarl
from discord.asset import Asset
from discord.ext import commands
from discord.gateway import DiscordWebSocket
from discord.http import Route

from sandbox.discord import Channel, Guild, Person, PretendDiscord
from sandbox.discord.judging import judged


@contextmanager
def aimed_at(pretend: PretendDiscord) -> Iterator[None]:
    """Point discord.py at a pretend Discord; it keeps these addresses once for the whole process."""
    before = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY, Asset.BASE
    Route.BASE = pretend.api_base
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(pretend.gateway_url)
    Asset.BASE = pretend.cdn_base
    try:
        yield
    finally:
        Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY, Asset.BASE = before


def knows_all(pretend: PretendDiscord, client: discord.Client) -> bool:
    """Whether a client has heard of every guild that it is in."""
    inside = [guild for guild in pretend.world.guilds.values() if pretend.world.bot.id in guild.members]
    return len(client.guilds) == len(inside) and not any(guild.unavailable for guild in client.guilds)


@asynccontextmanager
async def running(pretend: PretendDiscord, client: discord.Client) -> AsyncIterator[None]:
    """A client that is connected, and stopped at the end."""
    with aimed_at(pretend):
        task = asyncio.create_task(client.start(pretend.token))
        try:
            shards = client.shard_count or 1
            await pretend.until(lambda: task.done() or len(pretend.gateway.connected) >= shards, 15)
            await pretend.until(lambda: task.done() or knows_all(pretend, client))
            if task.done():  # it has failed
                await task
            yield
        finally:
            await client.close()
            with suppress(discord.ConnectionClosed):
                await task


class Bot(commands.Bot):
    """A bot of discord.py as anybody would write it, without privileged intents."""

    def __init__(self, **options: object) -> None:
        intents = discord.Intents(guilds=True, guild_messages=True, dm_messages=True)
        super().__init__(commands.when_mentioned, **({"intents": intents, "help_command": None} | options))  # type: ignore[arg-type]  # whatever a test wants
        self.heard: list[discord.Message] = []

    async def setup_hook(self) -> None:
        await self.tree.sync()

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Do not wait: Discord's limit of one session in five seconds is not what is shown here."""

    async def on_message(self, message: discord.Message) -> None:
        self.heard.append(message)


@pytest.fixture
async def pretend() -> AsyncIterator[PretendDiscord]:
    async with PretendDiscord() as server:
        yield judged(server)
    assert [fault for fault in server.violations if of_the_server(fault)] == []


def of_the_server(fault: str) -> bool:
    """Whether it is our own answer or event that Discord would not send so."""
    return ": answer" in fault or re.match(r"[A-Z_]+: \$", fault) is not None


@pytest.fixture
def guild(pretend: PretendDiscord) -> Guild:
    return pretend.guild("Test")


@pytest.fixture
def channel(pretend: PretendDiscord, guild: Guild) -> Channel:
    return pretend.channel(guild, "general")


@pytest.fixture
def ann(pretend: PretendDiscord, guild: Guild, channel: Channel) -> Person:
    return pretend.person("ann", guild, channel)


@pytest.fixture
def ben(pretend: PretendDiscord, guild: Guild, channel: Channel) -> Person:
    return pretend.person("ben", guild, channel)


@pytest.fixture
def bot() -> Bot:
    return Bot()
