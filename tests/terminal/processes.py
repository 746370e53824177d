"""`seedream-bot` as a real process that is started, listened to and stopped, and the world that it works in."""

import asyncio
import os
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sandbox.seedream import PretendSeedream
from tests.ui.discord_rest import TOKEN, Channel, Discord, pretend_discord

ROOT = Path(__file__).resolve().parents[2]
CHANNEL = 700000000000000001
KEPT = {"PATH", "HOME", "LANG"}  # nothing that could set anything
KEYS = {"byteplus": "BYTEPLUS", "acedata": "ACEDATA"}
PATIENCE = 40.0


class Gates:
    """Pictures that are [[slow:100]] or more are drawn when the gate of this number is opened."""

    def __init__(self) -> None:
        self._gates: dict[float, asyncio.Event] = {}

    async def sleep(self, seconds: float) -> None:
        """As long as it is closed."""
        if seconds < 100:
            await asyncio.sleep(seconds)
        else:
            await self._gate(seconds).wait()

    def open(self, number: float) -> None:
        """From now on."""
        self._gate(number).set()

    def _gate(self, number: float) -> asyncio.Event:
        return self._gates.setdefault(number, asyncio.Event())


@dataclass
class Command:
    """A command that runs, and what it has said so far."""

    process: Process
    said: str = ""
    out: str = ""
    listening: list[asyncio.Task[None]] = field(default_factory=list)

    async def until(self, words: str) -> None:
        """Wait until it has said so."""
        async with asyncio.timeout(PATIENCE):
            while words not in self.said:
                assert self.process.returncode is None, self.said
                await asyncio.sleep(0.01)

    async def end(self, seconds: float = PATIENCE) -> int:
        """Wait for its end; the exit code."""
        code = await asyncio.wait_for(self.process.wait(), seconds)
        await asyncio.wait(self.listening)
        return code

    async def hear(self, stream: asyncio.StreamReader, name: str) -> None:
        """Keep what comes."""
        while line := await stream.readline():
            setattr(self, name, getattr(self, name) + line.decode())


@dataclass
class World:
    """A pretend Discord, a pretend Seedream, a folder, and commands that run there."""

    discord: Discord
    pretend: PretendSeedream
    gates: Gates
    home: Path
    database_url: str
    stack: AsyncExitStack

    def environment(self, provider: str = "byteplus", **more: str) -> dict[str, str]:
        """What a command is told; an empty value is not set."""
        kept = {name: value for name, value in os.environ.items() if name in KEPT or name.startswith("COVERAGE")}
        own = {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1", "DATA_DIR": str(self.home)}
        own |= {"OUTBOUND_ALLOW": self.pretend.address, "DATABASE_URL": self.database_url}
        own |= {"DISCORD_TOKEN": TOKEN, "DISCORD_API_BASE": self.discord.base}
        own |= {f"{KEYS[provider]}_API_KEY": self.pretend.key}
        own |= {f"{KEYS[provider]}_BASE_URL": self.pretend.base_url(provider)}
        return kept | own | more

    async def type(self, *words: str, provider: str = "byteplus", **more: str) -> Command:
        """Start a command."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", *words),
            cwd=self.home,
            env=self.environment(provider, **more),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        self.stack.callback(_kill, process)
        command = Command(process)
        assert process.stdout is not None
        assert process.stderr is not None
        streams = ((process.stdout, "out"), (process.stderr, "said"))
        command.listening = [asyncio.create_task(command.hear(*stream)) for stream in streams]
        return command

    async def worker(self, provider: str = "byteplus", **more: str) -> Command:
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


def _kill(process: Process) -> None:
    if process.returncode is None:
        process.kill()
