"""`seedream-bot` as real processes that are started, listened to, stopped and killed."""

import asyncio
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.e2e.stage import PATIENCE, Stage

ROOT = Path(__file__).resolve().parents[2]
KEPT = {"PATH", "HOME", "LANG"}  # nothing that could set anything


@dataclass
class Program:
    """A process, and what it has said so far."""

    process: Process
    said: str = ""
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

    async def stop(self) -> int:
        """Stop it politely; the exit code."""
        self.process.terminate()
        return await self.end()

    async def kill(self) -> None:
        """End it at once."""
        self.process.kill()
        await self.end()

    async def hear(self, stream: asyncio.StreamReader) -> None:
        """Keep what comes."""
        while line := await stream.readline():
            self.said += line.decode()


@asynccontextmanager
async def program(stage: Stage, *words: str, **more: str) -> AsyncIterator[Program]:
    """A command that runs until the end of the context, where what is left of it is killed."""
    kept = {name: value for name, value in os.environ.items() if name in KEPT or name.startswith("COVERAGE")}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", *(words or ("run",))),
        cwd=stage.home,
        env=kept | {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"} | stage.environment(**more),
        stdout=PIPE,
        stderr=PIPE,
    )
    it = Program(process)
    assert process.stdout is not None
    assert process.stderr is not None
    it.listening = [asyncio.create_task(it.hear(stream)) for stream in (process.stdout, process.stderr)]
    try:
        yield it
    finally:
        if process.returncode is None:
            process.kill()
            await it.end()


@asynccontextmanager
async def bot(stage: Stage, **more: str) -> AsyncIterator[Program]:
    """`seedream-bot run`, there and ready for people."""
    before = stage.discord.gateway.identifies
    async with program(stage, "run", **more) as it:
        await it.until("Working on up to")
        await stage.discord.until(lambda: stage.discord.gateway.identifies > before, PATIENCE)
        yield it
