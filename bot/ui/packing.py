"""Pictures made ready for a message: opened, re-encoded where they are too large, cut into messages that fit."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, ExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

from bot.images.errors import BadPicture
from bot.images.orders import Fitted
from bot.seedream.content import OnDisk
from bot.seedream.models import Content
from bot.studio.job import Result

PER_MESSAGE = 10
REQUEST = 25 * 1024 * 1024 - 256 * 1024  # what Discord takes in one request, words and borders of parts left aside
_EXTENSIONS = {"jpeg": "jpg", "jpg": "jpg", "png": "png", "webp": "webp", "gif": "gif"}

Open = Callable[[Result], AbstractAsyncContextManager[Content]]
Fit = Callable[[Path, int], Awaitable[Fitted]]


class DoesNotFit(Exception):
    """The picture cannot be made as small as it would have to be."""


@dataclass(frozen=True, slots=True)
class Packed:
    """A picture that is open and within the limit; `before` is how many bytes it had before it was made to fit."""

    picture: Result
    content: Content
    extension: str
    before: int = 0

    @property
    def index(self) -> int:
        return self.picture.index


class Packer:
    """Opens pictures. One at a time is fetched whole and re-encoded; those that fit as they are stay where they are."""

    def __init__(self, open_: Open, fit: Fit, spool: Path) -> None:
        self._open = open_
        self._fit = fit
        self.spool = spool
        self._turn = asyncio.Semaphore(1)

    @asynccontextmanager
    async def pack(self, picture: Result, limit: int) -> AsyncIterator[Packed]:
        """The picture in at most `limit` bytes; raises a SeedreamError when it is not to be had, or DoesNotFit."""
        with ExitStack() as stack:
            async with self._open(picture) as content:
                if content.length <= limit:
                    yield Packed(picture, content, _extension(picture))
                    return
                async with self._turn:
                    fitted = await self._fitted(stack, content, limit)
            extension = _EXTENSIONS[fitted.media_type.removeprefix("image/")]
            yield Packed(picture, OnDisk(fitted.path), extension, content.length)

    @asynccontextmanager
    async def as_it_is(self, picture: Result, limit: int) -> AsyncIterator[Packed | None]:
        """The picture if it fits without ado, None otherwise; raises a SeedreamError when it is not to be had."""
        async with self._open(picture) as content:
            yield Packed(picture, content, _extension(picture)) if content.length <= limit else None

    async def _fitted(self, stack: ExitStack, content: Content, limit: int) -> Fitted:
        try:
            self.spool.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=self.spool) as file:
                async for chunk in content.chunks():
                    file.write(chunk)
                file.flush()
                fitted = await self._fit(Path(file.name), limit)
        except (BadPicture, OSError) as error:
            raise DoesNotFit(f"a picture of {content.length:,} bytes cannot be brought: {error}") from None
        stack.callback(fitted.path.unlink, missing_ok=True)
        return fitted


def _extension(picture: Result) -> str:
    """The ending that Discord, which goes by it, should see."""
    name = picture.file or urlsplit(picture.url or "").path
    known = (picture.format or "", PurePosixPath(name).suffix.removeprefix("."))
    return next((_EXTENSIONS[ending.lower()] for ending in known if ending.lower() in _EXTENSIONS), "png")


def first_message(packed: Sequence[Packed], request: int) -> list[Packed]:
    """As many as go into one message of at most `request` bytes, but at least one, in their order."""
    batch: list[Packed] = []
    total = 0
    for picture in packed[:PER_MESSAGE]:
        total += picture.content.length
        if batch and total > request:
            break
        batch.append(picture)
    return batch
