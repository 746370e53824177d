"""`seedream-bot` at a terminal: a process behind a pseudo-terminal, somebody who reads and types there."""

import asyncio
import fcntl
import os
import pty
import struct
import sys
import termios
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from tests.programs import PATIENCE, surroundings


class Terminal:
    """What is on the screen so far, and the keyboard."""

    def __init__(self, process: asyncio.subprocess.Process, master: int) -> None:
        self.process = process
        self.screen = ""
        self._master = master
        self._answered = 0

    def read(self) -> None:
        """Take what has come."""
        with suppress(OSError):  # the other side is closed
            self.screen += os.read(self._master, 65536).decode(errors="replace")

    async def until(self, words: str) -> None:
        """Wait until this stands on the screen."""
        async with asyncio.timeout(PATIENCE):
            while words not in self.screen.replace("\r\n", "\n"):
                assert self.process.returncode is None, self.screen
                await asyncio.sleep(0.01)

    async def answer(self, question: str, text: str) -> None:
        """Wait for a question that has not been answered yet, and answer it."""
        async with asyncio.timeout(PATIENCE):
            while question not in self.screen[self._answered :]:
                assert self.process.returncode is None, self.screen
                await asyncio.sleep(0.01)
        self._answered = len(self.screen)
        os.write(self._master, f"{text}\n".encode())

    def interrupt(self) -> None:
        """Press Ctrl-C."""
        os.write(self._master, b"\x03")

    async def end(self) -> int:
        """Wait for the end; the exit code."""
        return await asyncio.wait_for(self.process.wait(), PATIENCE)


@asynccontextmanager
async def terminal(
    home: Path, words: tuple[str, ...], settings: Mapping[str, str], columns: int = 80
) -> AsyncIterator[Terminal]:
    """A command at a terminal of its own, until the end of the context."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))

    def own() -> None:
        os.setsid()
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)

    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", *words),
        cwd=home,
        env=surroundings() | {"TERM": "xterm", "PYTHONIOENCODING": "utf-8"} | dict(settings),
        stdin=slave,
        stdout=slave,
        stderr=slave,
        preexec_fn=own,
    )
    os.close(slave)
    it = Terminal(process, master)
    loop = asyncio.get_running_loop()
    loop.add_reader(master, it.read)
    try:
        yield it
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
        loop.remove_reader(master)
        it.read()
        os.close(master)
