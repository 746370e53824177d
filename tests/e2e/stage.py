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

PATIENCE = 20.0  # a test that waits longer has failed


class Gates:
    """Pictures that are [[slow:100]] or more are drawn when the gate of this number is opened."""

    def __init__(self) -> None:
        self._gates: dict[float, asyncio.Event] = {}
        self.brush: asyncio.Semaphore | None = None  # who wants to draw a picture has to get it

    async def sleep(self, seconds: float) -> None:
        """As long as it is closed."""
        if not seconds and self.brush is not None:
            await self.brush.acquire()
        elif seconds < 100:
            await asyncio.sleep(seconds)
        else:
            await self._gate(seconds).wait()

    def open(self, number: float) -> None:
        """From now on."""
        self._gate(number).set()

    def _gate(self, number: float) -> asyncio.Event:
        return self._gates.setdefault(number, asyncio.Event())


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


__all__ = ["File", "Gates", "Stage", "jpeg", "open_stage", "png", "shown"]
