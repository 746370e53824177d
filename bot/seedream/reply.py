"""What a provider answered: the head at once, the body in pieces, read as JSON or as events under a byte cap."""

import zlib
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field

import orjson

from bot.seedream.errors import BadReply, InDoubt, NotSent
from bot.seedream.lift import Lifter
from bot.seedream.providers.base import ServerEvent
from bot.seedream.sse import BYTE_ORDER_MARK, CAP, EventParser

JSON_CAP = 8 * 2**20  # of JSON whose pictures are links or have been lifted out of it
INFLATE_PIECE = 64 * 1024


@dataclass(frozen=True, slots=True)
class Reply:
    """The head of an answer, and the way to its body: `chunks` can be read once and raises SeedreamErrors only."""

    status: int
    headers: Mapping[str, str] = field(repr=False)  # names in lower case
    provider: str
    request_id: str
    body: Callable[[], AsyncGenerator[bytes, None]] = field(repr=False)

    @property
    def content_type(self) -> str:
        """The media type alone, in lower case."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    def chunks(self) -> AsyncGenerator[bytes, None]:
        """The body, unpacked if need be."""
        coding = self.headers.get("content-encoding", "").strip().lower()
        return self.body() if coding in {"", "identity"} else self._unpacked(coding)

    def bad(self, why: str) -> BadReply:
        """The error for an answer that cannot be used."""
        return BadReply(why, provider=self.provider, status=self.status, request_id=self.request_id)

    async def _unpacked(self, coding: str) -> AsyncGenerator[bytes, None]:
        """We ask for no compression; an answer that comes so all the same may be paid, so it is read.

        A bomb is unpacked no further than its reader reads on.
        """
        if coding not in {"gzip", "x-gzip", "deflate"}:
            raise self.bad(f"the answer is compressed as {coding[:20]!r}, though that was not asked for")
        unpacker = zlib.decompressobj(wbits=zlib.MAX_WBITS | 32)
        async with aclosing(self.body()) as body:
            async for chunk in body:
                packed = chunk
                while packed:
                    try:
                        piece = unpacker.decompress(packed, INFLATE_PIECE)
                    except zlib.error:
                        raise self.bad("the answer's compression is damaged") from None
                    if piece:
                        yield piece
                    packed = unpacker.unconsumed_tail
        if not unpacker.eof:
            raise self.bad("the answer's compression is cut off")


async def read_json(reply: Reply, *, lifter: Lifter | None = None, cap: int = JSON_CAP) -> object:
    """The body as JSON. An error status without usable JSON gives None, because the status alone says enough."""
    try:
        return _parsed(reply, await _whole(reply, lifter, cap))
    except (InDoubt, NotSent):
        if reply.status < 400:
            raise
        return None


async def read_events(
    reply: Reply, *, lifter: Lifter | None = None, cap: int = CAP
) -> AsyncGenerator[ServerEvent, None]:
    """The body as server-sent events, each as soon as it is complete."""
    parser = EventParser(cap, reply.provider)
    async with aclosing(_lifted(reply, lifter)) as chunks:
        async for chunk in chunks:
            for event in parser.feed(chunk):
                yield event
    for event in parser.close():
        yield event


async def _lifted(reply: Reply, lifter: Lifter | None) -> AsyncGenerator[bytes, None]:
    """The body without its pictures."""
    try:
        async with aclosing(reply.chunks()) as chunks:
            async for chunk in chunks:
                yield lifter.feed(chunk) if lifter else chunk
    finally:
        if lifter:
            lifter.close()


async def _whole(reply: Reply, lifter: Lifter | None, cap: int) -> bytes:
    pieces, size = [], 0
    async with aclosing(_lifted(reply, lifter)) as chunks:
        async for chunk in chunks:
            size += len(chunk)
            if size > cap:
                raise reply.bad(f"the answer is longer than {cap} bytes")
            pieces.append(chunk)
    return b"".join(pieces)


def _parsed(reply: Reply, body: bytes) -> object:
    body = body.removeprefix(BYTE_ORDER_MARK).strip()
    if not body:
        raise reply.bad("the answer is empty")
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        pass
    try:  # a cut character in some message must not cost the pictures beside it
        return orjson.loads(body.decode(errors="replace"))
    except orjson.JSONDecodeError:
        page = body.startswith(b"<") or "html" in reply.content_type
        kind = "a web page" if page else "not JSON, or JSON that was cut"
    raise reply.bad(f"the answer is {kind}")
