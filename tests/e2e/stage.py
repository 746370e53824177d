"""The whole bot between two pretend ends: people at a pretend Discord, and a pretend Seedream that draws."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.app import House
from bot.config import Settings, load
from bot.seedream.clock import Clock
from bot.terminal.serve import live, open_bot
from bot.ui import rest
from bot.ui.client import Bot
from sandbox.discord import Channel, File, Guild, Message, Person, PretendDiscord
from sandbox.discord.judging import judged
from sandbox.pictures import jpeg, png
from sandbox.seedream import PretendSeedream
from tests.gates import Gates
from tests.programs import Program, program

PATIENCE = 20.0  # a test that waits longer has failed


@dataclass
class Stage:
    """Both ends, a server with a channel and two people in it, and what the bot needs to be there."""

    discord: PretendDiscord
    seedream: PretendSeedream
    gates: Gates
    home: Path
    guild: Guild
    channel: Channel
    ada: Person
    bob: Person
    bot: Bot | None = None
    house: House | None = None

    def environment(self, **more: str) -> dict[str, str]:
        """The settings of a bot that is to play here."""
        own = {
            "DISCORD_TOKEN": self.discord.token,
            "DISCORD_API_BASE": self.discord.api_base,
            "DISCORD_GATEWAY_URL": self.discord.gateway_url,
            "DISCORD_CDN_HOSTS": ",".join(self.discord.cdn_hosts),
            "BYTEPLUS_API_KEY": self.seedream.key,
            "BYTEPLUS_BASE_URL": self.seedream.base_url("byteplus"),
            "OUTBOUND_ALLOW": ",".join([self.seedream.address, *self.discord.cdn_hosts]),
            "DATA_DIR": str(self.home),
            "REFUSED_PAUSE_SECONDS": "0",
        }
        return own | more

    def settings(self, **more: str) -> Settings:
        """The same, read."""
        return load(None, self.environment(**more))

    @asynccontextmanager
    async def playing(
        self, clock: Clock | None = None, patience: float = rest.PATIENCE, **more: str
    ) -> AsyncIterator[Bot]:
        """The bot in this process, until the end of the context."""
        async with open_bot(self.settings(**more), clock, patience) as (self.bot, self.house):
            task = asyncio.create_task(live(self.bot, self.house))
            try:
                await self.discord.ready(PATIENCE)
                await self.discord.until(lambda: self.bot and self.bot.get_guild(self.guild.id), PATIENCE)
                yield self.bot
            finally:
                self.house.worker.stop()
                await asyncio.wait_for(task, PATIENCE)

    @asynccontextmanager
    async def typed(self, *words: str, **more: str) -> AsyncIterator[Program]:
        """A command in a process of its own, until the end of the context."""
        async with program(self.home, words, self.environment(**more)) as it:
            yield it

    @asynccontextmanager
    async def running(self, **more: str) -> AsyncIterator[Program]:
        """`seedream-bot run` in a process of its own, there and ready for people, until the end of the context."""
        before = self.discord.gateway.identifies
        async with self.typed("run", **more) as it:
            await it.until("Working on up to")
            await self.discord.until(lambda: self.discord.gateway.identifies > before, PATIENCE)
            yield it

    async def pictured(self, message: Message, seconds: float = 10.0) -> Message:
        """The bot's reply to somebody's message, once it has pictures."""
        answer = await self.ada.at(message.channel).answer(message)
        await self.discord.until(lambda: answer.files, seconds)
        return answer


@asynccontextmanager
async def open_stage(home: Path) -> AsyncIterator[Stage]:
    """Set it up. At the end nothing against Discord's rules was asked or told."""
    gates = Gates()
    async with AsyncExitStack() as stack:
        seedream = await stack.enter_async_context(PretendSeedream(pictures="small", sleep=gates.sleep))
        discord = judged(await stack.enter_async_context(PretendDiscord()))
        guild = discord.guild()
        channel = discord.channel(guild)
        ada, bob = (discord.person(name, guild, channel) for name in ("ada", "bob"))
        yield Stage(discord, seedream, gates, home, guild, channel, ada, bob)
        blamed = [fault for fault in discord.violations if not _of_the_server(fault)]
        assert blamed == [], "\n".join(blamed)
        assert seedream.violations == []


def _of_the_server(fault: str) -> bool:
    """What the pretend Discord itself has said in another way than Discord would."""
    return ": answer." in fault or re.match(r"[A-Z_]+: \$", fault) is not None


def shown(message: Message) -> list[str]:
    """The names of the pictures in a message."""
    return [name for name, _ in message.files]


__all__ = ["File", "Stage", "jpeg", "open_stage", "png", "shown"]
