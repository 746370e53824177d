"""The world that commands work in, which are real processes: a pretend Discord without people, a pretend Seedream."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from sandbox.seedream import PretendSeedream
from tests.gates import Gates
from tests.programs import Program, program
from tests.ui.discord_rest import TOKEN, Channel, Discord, pretend_discord

CHANNEL = 700000000000000001
KEYS = {"byteplus": "BYTEPLUS", "acedata": "ACEDATA"}


@dataclass
class World:
    """A pretend Discord, a pretend Seedream, a folder, and commands that run there."""

    discord: Discord
    pretend: PretendSeedream
    gates: Gates
    home: Path
    database_url: str
    stack: AsyncExitStack

    def settings(self, provider: str = "byteplus", **more: str) -> dict[str, str]:
        """What a command is told; an empty value is not set."""
        own = {"DATA_DIR": str(self.home), "OUTBOUND_ALLOW": self.pretend.address, "DATABASE_URL": self.database_url}
        own |= {"DISCORD_TOKEN": TOKEN, "DISCORD_API_BASE": self.discord.base, "REFUSED_PAUSE_SECONDS": "0"}
        own |= {f"{KEYS[provider]}_API_KEY": self.pretend.key}
        own |= {f"{KEYS[provider]}_BASE_URL": self.pretend.base_url(provider)}
        return own | more

    async def type(self, *words: str, provider: str = "byteplus", **more: str) -> Program:
        """Start a command."""
        return await self.stack.enter_async_context(program(self.home, words, self.settings(provider, **more)))

    async def worker(self, provider: str = "byteplus", **more: str) -> Program:
        """Start a worker, and wait until it works."""
        command = await self.type("worker", provider=provider, **more)
        await command.until("Working on up to")
        return command


@asynccontextmanager
async def open_world(home: Path, database_url: str) -> AsyncIterator[World]:
    """Set it up; whatever still runs at the end is killed."""
    gates = Gates()
    async with AsyncExitStack() as stack:
        pretend = await stack.enter_async_context(PretendSeedream(pictures="small", sleep=gates.sleep))
        discord = await stack.enter_async_context(pretend_discord())
        discord.channels[CHANNEL] = Channel()
        yield World(discord, pretend, gates, home, database_url, stack)
