"""Reference pictures to read from: bytes at hand, and files."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from io import FileIO
from pathlib import Path

from bot.seedream.errors import BadReference

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
            file, piece = await asyncio.to_thread(self._begin)
            try:
                while piece:
                    given += len(piece)
                    yield piece
                    piece = await asyncio.to_thread(file.read, READ) if given < self.length else b""
            finally:
                file.close()
        except OSError as error:
            raise _unreadable(self.path, error) from None

    def _begin(self) -> tuple[FileIO, bytes]:
        file = self.path.open("rb", buffering=0)
        try:
            return file, file.read(READ)
        except OSError:
            file.close()
            raise


def _unreadable(path: Path, error: OSError) -> BadReference:
    return BadReference(f"cannot read {path.name}: {error.strerror or type(error).__name__}")
