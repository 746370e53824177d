"""`seedream-bot` as real processes that are started, listened to, stopped and killed."""

import asyncio
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
KEPT = {"PATH", "HOME", "LANG"}  # nothing that could set anything
PATIENCE = 40.0


@dataclass
class Program:
    """A process; what it has printed so far, and what it has said beside that."""

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

    async def stop(self) -> int:
        """Stop it politely; the exit code."""
        self.process.terminate()
        return await self.end()

    async def kill(self) -> None:
        """End it at once."""
        self.process.kill()
        await self.end()

    async def hear(self, stream: asyncio.StreamReader, name: str) -> None:
        """Keep what comes."""
        while line := await stream.readline():
            setattr(self, name, getattr(self, name) + line.decode())


def surroundings() -> dict[str, str]:
    """The environment of every program before it is told any setting."""
    kept = {name: value for name, value in os.environ.items() if name in KEPT or name.startswith("COVERAGE")}
    return kept | {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}


@asynccontextmanager
async def program(home: Path, words: tuple[str, ...], settings: Mapping[str, str]) -> AsyncIterator[Program]:
    """A command that runs in this folder until the end of the context, where what is left of it is killed."""
    async with running((sys.executable, "-m", "bot", *words), home, surroundings() | dict(settings)) as it:
        yield it


@asynccontextmanager
async def running(
    words: Sequence[str | Path], home: Path, environment: Mapping[str, str], **rest: Any
) -> AsyncIterator[Program]:
    """Any program, in the same way; `rest` goes to its start."""
    process = await asyncio.create_subprocess_exec(*words, cwd=home, env=environment, stdout=PIPE, stderr=PIPE, **rest)
    it = Program(process)
    assert process.stdout is not None
    assert process.stderr is not None
    streams = ((process.stdout, "out"), (process.stderr, "said"))
    it.listening = [asyncio.create_task(it.hear(*stream)) for stream in streams]
    try:
        yield it
    finally:
        if process.returncode is None:
            process.kill()
        await it.end()
