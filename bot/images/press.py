"""Decodes and encodes pictures in child processes, so that none of them can hurt the bot.

One child works on one picture at a time; there are at most `workers`. A child is started when it is first needed and
replaced when it dies, hangs, or when nobody waits for its answer any more. Only paths and numbers go through the pipes.
"""

import asyncio
import contextlib
import json
import logging
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from secrets import token_hex
from types import TracebackType
from typing import Self, TypeVar

from bot.images import orders
from bot.images.errors import BadPicture, Reason
from bot.images.look import look
from bot.images.orders import ERRORS, Fitted, Format, Normalised, Rules, Target

MEMORY = 1024 * 1024 * 1024  # of addresses, far less of it in use: enough for the largest picture that is let in
_ROOT = Path(__file__).resolve().parents[2]
_INHERITED = ("LD_LIBRARY_PATH", "SYSTEMROOT")  # what an interpreter may need to start; nothing that could be secret
_CHILD = {
    "LANG": "C.UTF-8",
    "PYTHONPATH": str(_ROOT),
    "PYTHONSAFEPATH": "1",
    "PYTHONDONTWRITEBYTECODE": "1",
    "VIPS_CONCURRENCY": "1",
    "VIPS_DISC_THRESHOLD": "80m",
    "MALLOC_ARENA_MAX": "2",
}
Made = TypeVar("Made", Normalised, Fitted)
_log = logging.getLogger(__name__)


class _Died(Exception):
    """The child ended, or did not do what it said."""


class _Child:
    """A running decoder and its folder."""

    def __init__(self, process: asyncio.subprocess.Process, folder: Path) -> None:
        self._process = process
        self.folder = folder

    @classmethod
    async def start(cls, spool: Path, memory: int) -> Self:
        folder = _folder(spool)
        environment = _CHILD | {name: os.environ[name] for name in _INHERITED if name in os.environ}
        try:
            with (folder / ERRORS).open("wb") as stderr:
                process = await asyncio.create_subprocess_exec(
                    *(sys.executable, "-s", "-m", "bot.images.decoder", str(folder), str(memory)),
                    stdin=asyncio.subprocess.PIPE,
                    stdout=asyncio.subprocess.PIPE,
                    stderr=stderr,
                    env=environment | {"TMPDIR": str(folder)},
                    cwd=folder,
                )
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        return cls(process, folder)

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def alive(self) -> bool:
        stdout = self._process.stdout
        return self._process.returncode is None and stdout is not None and not stdout.at_eof()

    async def ask(self, order: Mapping[str, object]) -> dict[str, object]:
        stdin, stdout = self._process.stdin, self._process.stdout
        if stdin is None or stdout is None:
            raise _Died("no pipes")
        try:
            stdin.write(json.dumps(order).encode() + b"\n")
            await stdin.drain()
            answer = json.loads(await stdout.readuntil(b"\n"))
        except (OSError, EOFError, ValueError, asyncio.LimitOverrunError) as error:
            raise _Died(self._last_words()) from error
        return answer if isinstance(answer, dict) else {}

    def _last_words(self) -> str:
        said = (self.folder / ERRORS).read_bytes()[-2000:].decode(errors="replace").strip().splitlines()
        return said[-1][:200] if said else ""

    async def end(self, *, politely: bool = False, patience: float = 2.0) -> None:
        """Stop the process and take its folder away."""
        if politely and self._process.stdin is not None:
            self._process.stdin.close()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._process.wait(), patience)
        if self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()
        await self._process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


class Press:
    """Makes pictures fit for a provider (`normalise`), an upload (`fit`) or a file name (`convert`).

    A result that had to be made lies in `spool` and belongs to the caller; one that needed nothing is the file given.
    """

    def __init__(self, spool: Path, *, workers: int = 1, memory_limit: int = MEMORY, timeout: float = 60.0) -> None:
        self._spool = spool.absolute()
        self._memory = memory_limit
        self._timeout = timeout
        self._slots = asyncio.Semaphore(workers)
        self._idle: list[_Child] = []
        self._busy: set[_Child] = set()
        self._ending: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    @property
    def pids(self) -> tuple[int, ...]:
        """The process numbers of the decoders, idle ones first."""
        return tuple(child.pid for child in (*self._idle, *self._busy))

    async def close(self) -> None:
        """End the children; one that still works is not waited for."""
        for child in self._busy:
            self._end(child, politely=False)
        while self._idle:
            self._end(self._idle.pop(), politely=True)
        while self._ending:
            await asyncio.wait(self._ending)

    async def normalise(self, path: Path, rules: Rules | None = None) -> Normalised:
        """The picture as a reference within the rules; raises BadPicture, or OSError if a file cannot be used."""
        return await self._do(path, rules or Rules(), orders.normalised)

    async def fit(self, path: Path, limit: int, *, best: int = 95, worst: int = 80) -> Fitted:
        """The picture in at most `limit` bytes; raises BadPicture, or OSError if a file cannot be used."""
        target = Target(limit, best, worst)
        return _fits_already(path, target) or await self._do(path, target, orders.fitted)

    async def convert(self, path: Path, media_type: str) -> Normalised:
        """The picture as image/png, image/jpeg or image/webp; raises BadPicture or OSError."""
        return await self._do(path, Format(media_type), orders.normalised)

    async def _do(
        self, path: Path, rules: Rules | Target | Format, read: Callable[[Mapping[str, object]], Made]
    ) -> Made:
        path = _readable(path)
        order = orders.order(rules, path)
        async with self._slots:
            idle = self._take_idle()
            if idle is not None:
                # It may have died while nobody looked: what it says of its death is not held against the picture.
                with contextlib.suppress(_Died):
                    return await self._ask(idle, order, path, read)
            try:
                return await self._ask(await _Child.start(self._spool, self._memory), order, path, read)
            except _Died as error:
                raise BadPicture(Reason.DECODER_DIED, str(error)) from error

    async def _ask(
        self, child: _Child, order: Mapping[str, object], path: Path, read: Callable[[Mapping[str, object]], Made]
    ) -> Made:
        """Let a child do the work; raises BadPicture or OSError, or _Died if it is up to the child."""
        self._busy.add(child)
        try:
            async with asyncio.timeout(self._timeout):
                answer = await child.ask(order)
            made = read(self._keep(orders.result(answer), path, child.folder))
        except TimeoutError:
            await self._replace(child)
            raise BadPicture(Reason.TOO_SLOW, limit=self._timeout) from None
        except (_Died, LookupError, ValueError) as error:
            await self._replace(child)
            _log.warning("a decoder died: %s", error)
            raise _Died(str(error)) from error
        except (BadPicture, OSError):
            self._idle.append(child)
            raise
        except BaseException:  # nobody waits for the answer any more
            await self._replace(child)
            raise
        finally:
            self._busy.discard(child)
        self._idle.append(child)
        return made

    def _take_idle(self) -> _Child | None:
        while self._idle:
            child = self._idle.pop()
            if child.alive:
                return child
            self._end(child)
        return None

    async def _replace(self, child: _Child) -> None:
        await asyncio.shield(self._end(child))

    def _end(self, child: _Child, *, politely: bool = False) -> asyncio.Task[None]:
        task = asyncio.create_task(child.end(politely=politely))
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)
        return task

    def _keep(self, facts: dict[str, object], path: Path, folder: Path) -> dict[str, object]:
        """Move the result out of the child's folder, whatever the child says about where it lies."""
        if facts.get("path") == str(path):
            return facts
        made = folder / Path(str(facts.get("path"))).name
        if made.is_symlink() or not made.is_file():
            raise _Died("no result")
        kept = self._spool / f"{token_hex(8)}{made.suffix}"
        made.replace(kept)
        return facts | {"path": str(kept), "length": kept.stat().st_size}


def _folder(spool: Path) -> Path:
    spool.mkdir(parents=True, exist_ok=True)
    return Path(tempfile.mkdtemp(prefix="press-", dir=spool))


def _readable(path: Path) -> Path:
    with path.open("rb"):
        return path.absolute()


def _fits_already(path: Path, target: Target) -> Fitted | None:
    length = path.stat().st_size
    if not 0 < length <= target.limit:
        return None
    header = look(path, target.bomb_pixels)
    return Fitted(path, header.kind.media_type, *header.shown, length)
