"""A request body as JSON of known length, in which reference pictures turn into data URIs while it is being sent."""

import asyncio
import re
from collections.abc import AsyncGenerator, Iterator, Mapping
from contextlib import aclosing

import orjson
import pybase64

from bot.seedream.content import PIECE
from bot.seedream.errors import BadReference, InvalidRequest, Problem
from bot.seedream.models import Content, Reference

# A raw NUL holds a picture's place: JSON never contains one, so no prompt can imitate it.
_PLACE = b"\0"
_MEDIA_TYPE = re.compile(r"[a-z]+/[a-z0-9.+-]+")


class JsonBody:
    """JSON whose References with content are read, encoded and forgotten piece by piece.

    `length` is exact before the first byte is read. `chunks` starts from the beginning each time; it raises
    BadReference when a picture cannot be read or is not as long as it said, so a wrong length is never sent.
    """

    def __init__(self, body: Mapping[str, object]) -> None:
        self._pictures: list[Content] = []
        try:
            text = orjson.dumps(dict(body), default=self._hold, option=orjson.OPT_PASSTHROUGH_DATACLASS)
        except orjson.JSONEncodeError as error:
            if isinstance(error.__cause__, BadReference):
                raise error.__cause__ from None
            raise InvalidRequest([Problem("request", f"cannot be written as JSON: {error}")]) from None
        self._text = text.split(_PLACE)
        self.length = sum(map(len, self._text)) + sum(4 * -(-picture.length // 3) for picture in self._pictures)

    async def chunks(self) -> AsyncGenerator[bytes, None]:
        """The body, in pieces of at most 256 KiB where pictures are; other tasks run between two of them."""
        yield self._text[0]
        for number, (picture, text) in enumerate(zip(self._pictures, self._text[1:], strict=True), 1):
            async with aclosing(_encoded(picture, number)) as encoded:
                async for piece in encoded:
                    yield piece
                    await asyncio.sleep(0)  # a picture in memory never waits for anything by itself
            yield text

    def _hold(self, value: object) -> orjson.Fragment:
        """Keep a place in the JSON for a picture."""
        if not isinstance(value, Reference):
            raise TypeError(f"{type(value).__name__} is not JSON")
        if value.content is None:
            if value.url is None:
                raise BadReference("a reference has neither bytes nor a link")
            return orjson.Fragment(orjson.dumps(value.url))
        if not _MEDIA_TYPE.fullmatch(value.media_type):
            raise BadReference(f"a reference has no media type that could be sent, but {value.media_type!r}")
        self._pictures.append(value.content)
        return orjson.Fragment(f'"data:{value.media_type};base64,'.encode() + _PLACE + b'"')


async def _encoded(picture: Content, number: int) -> AsyncGenerator[bytes, None]:
    """The picture as base64; bytes that do not fill a group of three wait for the next ones."""
    promised, read, rest = picture.length, 0, b""
    try:
        async with aclosing(picture.chunks()) as chunks:
            async for chunk in chunks:
                read += len(chunk)
                if read > promised:
                    break
                head, groups, rest = _groups(rest, chunk)
                begun = pybase64.b64encode(head)  # four bytes are not worth a write of their own
                for piece in _pieces(groups):
                    yield begun + pybase64.b64encode(piece)
                    begun = b""
                if begun:
                    yield begun
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise BadReference(f"reference {number} could not be read: {why}") from None
    if read != promised:
        came = "more" if read > promised else f"only {read}"
        raise BadReference(f"reference {number} changed while it was sent: {promised} bytes were promised, {came} came")
    if rest:
        yield pybase64.b64encode(rest)


def _groups(rest: bytes, chunk: bytes) -> tuple[bytes, memoryview, bytes]:
    """Whole groups of three out of what was left over and what came: the first group, the others, the new rest."""
    if len(rest) + len(chunk) < 3:
        return b"", memoryview(b""), rest + chunk
    start = -len(rest) % 3
    end = len(chunk) - (len(chunk) - start) % 3
    return rest + chunk[:start] if rest else b"", memoryview(chunk)[start:end], chunk[end:]


def _pieces(groups: memoryview) -> Iterator[memoryview]:
    for start in range(0, len(groups), PIECE):
        yield groups[start : start + PIECE]
