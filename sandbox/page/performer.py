"""The bot itself, in a process of its own, so that it can really be killed and started again."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE, STDOUT, Process
from collections import deque
from collections.abc import Callable, Coroutine, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import bot
from bot.config import Settings

READY = "Working on up to"  # what the bot says when it begins to work
MOST_LINES = 500
_LAST_WORDS = 5
_PATIENCE = 15.0  # seconds; its own grace for running jobs is 8
_LINE = 64 * 1024


class Performer:
    """Starts the bot, listens to it, stops it, kills it. `state` is starting, ready, stopped, killed or failed."""

    def __init__(
        self,
        environment: Mapping[str, str],
        home: Path,
        *,
        hear: Callable[[str], None],
        turn: Callable[[], None],
    ) -> None:
        self.state = "stopped"
        self.note = ""
        self.lines: deque[str] = deque(maxlen=MOST_LINES)
        self.environment = {**_surroundings(), **environment, "DATA_DIR": str(home)}
        self._home = home
        self._hear = hear
        self._turn = turn
        self._process: Process | None = None
        self._listening: asyncio.Task[None] | None = None
        self._one_by_one = asyncio.Lock()
        self._under_way: set[asyncio.Task[None]] = set()

    @property
    def pid(self) -> int | None:
        """The process, while there is one."""
        alive = self._process is not None and self._process.returncode is None
        return self._process.pid if alive and self._process is not None else None

    async def start(self) -> None:
        """Let it come, unless it is there."""
        await self._in_turn(self._start())

    async def stop(self) -> None:
        """Ask it to go, as a service would be asked; what does not go is killed."""
        await self._in_turn(self._end("stopped", signal.SIGTERM))

    async def kill(self) -> None:
        """End it in the middle of whatever it does."""
        await self._in_turn(self._end("killed", signal.SIGKILL))

    async def restart(self) -> None:
        """Ask it to go, and let it come again."""
        await self._in_turn(self._again())

    async def _in_turn(self, deed: Coroutine[Any, Any, None]) -> None:
        """One after the other, and each to its end, also when whoever asked for it does not wait any more."""

        async def alone() -> None:
            async with self._one_by_one:
                await deed

        task = asyncio.create_task(alone())
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        await asyncio.shield(task)

    async def _again(self) -> None:
        await self._end("stopped", signal.SIGTERM)
        await self._start()

    async def _start(self) -> None:
        if self.pid is not None:
            return
        self._process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "sandbox.page.actor"),
            cwd=self._home,
            env=self.environment,
            stdin=PIPE,  # its end tells the bot that we are gone
            stdout=PIPE,
            stderr=STDOUT,
            limit=_LINE,
            start_new_session=True,  # Ctrl-C is for us alone: we end it politely
        )
        self._became("starting")
        self._listening = asyncio.create_task(self._listen(self._process))

    async def _end(self, state: str, how: int) -> None:
        process = self._process
        if process is None or process.returncode is not None or self._listening is None:
            return
        self._became(state)
        with suppress(ProcessLookupError):
            process.send_signal(how)
        try:
            await asyncio.wait_for(process.wait(), _PATIENCE)
        except TimeoutError:
            process.kill()
            await process.wait()
        await self._listening

    async def _listen(self, process: Process) -> None:
        """Keep what it says, until its end; an end that nobody asked for is a failure."""
        if process.stdout is None:
            return
        while line := await _line(process.stdout):
            self.lines.append(line)
            self._hear(line)
            if READY in line and self.state == "starting":
                self._became("ready")
        code = await process.wait()
        if self.state in {"starting", "ready"}:
            words = [line.rstrip() for line in self.lines if line.strip()][-_LAST_WORDS:]
            self._became("failed", "\n".join([f"The bot ended by itself (exit code {code}).", *words]))

    def _became(self, state: str, note: str = "") -> None:
        self.state, self.note = state, note
        self._turn()


async def _line(stream: asyncio.StreamReader) -> str:
    """The next line, or "" at the end; of one that is too long only what follows its beginning."""
    while True:
        try:
            return (await stream.readline()).decode(errors="replace")
        except ValueError:
            continue


def _surroundings() -> dict[str, str]:
    """The environment without any setting of a bot that is meant for elsewhere, a real token above all."""
    names = {name.upper() for name in Settings.model_fields}
    kept = {name: value for name, value in os.environ.items() if name.upper().removesuffix("_FILE") not in names}
    return kept | {"PYTHONPATH": str(Path(bot.__file__).resolve().parents[1]), "PYTHONUNBUFFERED": "1"}
