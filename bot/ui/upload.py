"""A picture on its way into a Discord upload: read while it is sent, never held in memory."""

import io
from collections.abc import Callable
from contextlib import aclosing
from typing import cast

import discord
from aiohttp import ClientConnectorError, ClientError
from aiohttp.abc import AbstractStreamWriter
from aiohttp.payload import Payload

from bot.seedream.errors import SeedreamError
from bot.seedream.models import Content

# What a broken connection to Discord looks like; aiohttp's share of it is no OSError.
CONNECTION_ERRORS: tuple[type[Exception], ...] = (ClientError, OSError)
NO_CONNECTION: tuple[type[Exception], ...] = (ClientConnectorError,)  # nothing has left


class UploadBroken(Exception):
    """A picture did not bring the bytes that it had promised; the request was cut off."""


class Upload(discord.File):
    """A `discord.File` over re-openable content.

    It goes wherever discord.py takes a file. Each attempt of discord.py reads the content anew, so its own retries
    send whole pictures. A picture that breaks off cuts the request off: Discord never takes a part for the whole.
    What discord.py raises then is aiohttp's; what really happened is in `broken`.
    """

    __slots__ = ("_part",)

    def __init__(
        self, content: Content, filename: str, *, spoiler: bool = False, description: str | None = None
    ) -> None:
        # super().__init__ insists on an io.IOBase, which aiohttp would read in a thread and measure by fileno()
        self._part = _Part(content)
        self.fp = cast(io.BufferedIOBase, self._part)
        self.filename = filename  # the setter takes a spoiler's prefix off and remembers it
        self.spoiler = spoiler or self.spoiler
        self.description = description

    @property
    def broken(self) -> Exception | None:
        """What ended the latest reading of the content too early, if anything did."""
        return self._part.broken

    def tell(self, moved: Callable[[], None] | None) -> None:
        """Call this whenever a piece of the content has left; None: nothing more."""
        self._part.moved = moved

    def reset(self, *, seek: int | bool = True) -> None:
        """Do nothing: every attempt reads the content from its first byte."""

    def close(self) -> None:
        """Do nothing: the content belongs to whoever opened it."""


class _Part(Payload):
    """The content as one part of a request body, of known size."""

    _autoclose = True

    def __init__(self, content: Content) -> None:
        super().__init__(content, content_type="application/octet-stream")
        self._content = content
        self._size = content.length
        self.broken: Exception | None = None
        self.moved: Callable[[], None] | None = None

    async def write(self, writer: AbstractStreamWriter) -> None:
        """Send the content, from its first byte to its last; raise UploadBroken before a byte too many leaves."""
        self.broken = None
        left = self._content.length
        try:
            async with aclosing(self._content.chunks()) as chunks:
                async for chunk in chunks:
                    left -= len(chunk)
                    if left < 0:
                        break
                    await writer.write(chunk)
                    if self.moved is not None:
                        self.moved()
        except ClientError:  # Discord's side of it
            raise
        except (OSError, SeedreamError) as error:
            self.broken = error
            raise UploadBroken("the picture broke off while it was sent") from error
        if left:
            self.broken = UploadBroken(
                f"the picture is {abs(left)} bytes {'longer' if left < 0 else 'shorter'} than it said"
            )
            raise self.broken

    def decode(self, encoding: str = "utf-8", errors: str = "strict") -> str:
        """Refuse: there is no text, and the bytes are never all here at once."""
        raise TypeError("a picture that is streamed has no text")
