"""Reference pictures to read from: bytes at hand, and files."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from io import FileIO
from pathlib import Path
from typing import TypeVar

from bot.seedream.errors import BadReference

T = TypeVar("T")
log = logging.getLogger(__name__)

PIECE = 192 * 1024  # divisible by three: base64 of every piece stands alone
READ = 8 * PIECE  # one hop to a thread costs as much as encoding this


@dataclass(frozen=True, slots=True)
class InMemory:
    """Bytes that are at hand."""

    data: bytes = field(repr=False)

    @property
    def length(self) -> int:
        return len(self.data)

    async def chunks(self) -> AsyncGenerator[bytes, None]:
        for start in range(0, len(self.data), PIECE):
            yield self.data[start : start + PIECE]


class OnDisk:
    """A file, as long as it was when this was made; raises BadReference when it cannot be read."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self.length = path.stat().st_size
        except OSError as error:
            raise _unreadable(path, error) from None

    async def chunks(self) -> AsyncGenerator[bytes, None]:
        given = 0
        try:
            with ExitStack() as opened:
                file, piece = await _to_the_end(lambda: self._begin(opened))
                while piece:
                    given += len(piece)
                    yield piece
                    piece = await _to_the_end(lambda: file.read(READ)) if given < self.length else b""
        except OSError as error:
            raise _unreadable(self.path, error) from None

    def _begin(self, opened: ExitStack) -> tuple[FileIO, bytes]:
        file = opened.enter_context(self.path.open("rb", buffering=0))
        return file, file.read(READ)


async def _to_the_end(work: Callable[[], T]) -> T:
    """In a thread. Whoever is cancelled waits for it all the same: a file is closed when nobody opens or reads it."""
    task = asyncio.ensure_future(asyncio.to_thread(work))
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait({task})
        if not task.cancelled() and (fault := task.exception()):  # nobody is there who could be told
            log.debug("A file whose reader was cancelled cannot be read: %s", type(fault).__name__)
        raise


def _unreadable(path: Path, error: OSError) -> BadReference:
    return BadReference(f"cannot read {path.name}: {error.strerror or type(error).__name__}")
