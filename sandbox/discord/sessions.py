"""One connection to the gateway, one session on it, and who may have one."""

import asyncio
import json
import zlib
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from sandbox.discord.model import Json
from sandbox.discord.world import Application

try:
    import zstandard
except ImportError:  # not for every release of Python; clients without it ask for zlib
    zstandard = None  # type: ignore[assignment]  # its absence is asked for before it is used

PRIVILEGED = 1 << 1 | 1 << 8 | 1 << 15
KNOWN_INTENTS = (1 << 26) - 1
MOST_SENDS, WINDOW = 120, 60.0


class Refused(Exception):
    """The gateway closes the connection with this code."""

    def __init__(self, code: int) -> None:
        super().__init__(str(code))
        self.code = code


@dataclass(slots=True)
class Session:
    """What the gateway remembers of a client between connections."""

    id: str
    shard: int
    shards: int
    intents: int
    sequence: int = 0
    log: list[Json] = field(default_factory=list)
    wire: "Wire | None" = None
    over: bool = False


class Wire:
    """A connection. What is put on it leaves in order, compressed as the client asked."""

    def __init__(self, socket: web.WebSocketResponse, compress: str) -> None:
        if compress not in {"", "zlib-stream", "zstd-stream"} or (compress == "zstd-stream" and zstandard is None):
            raise Refused(4002)
        self._socket = socket
        self._zlib = zlib.compressobj() if compress == "zlib-stream" else None
        self._zstd = zstandard.ZstdCompressor().compressobj() if compress == "zstd-stream" else None
        self._waiting: asyncio.Queue[Json | int] = asyncio.Queue()
        self._sends: list[float] = []
        self.beats: list[float] = []
        self._writer = asyncio.create_task(self._write())

    def put(self, frame: Json) -> None:
        """Send this, after all that was put before."""
        self._waiting.put_nowait(frame)

    def count(self, moment: float) -> None:
        """Count what the client sends; raises when it is too much."""
        self._sends = [sent for sent in self._sends if sent > moment - WINDOW]
        self._sends.append(moment)
        if len(self._sends) > MOST_SENDS:
            raise Refused(4008)

    async def close(self, code: int) -> None:
        """Send what waits, then close."""
        self._waiting.put_nowait(code)
        await asyncio.wait([self._writer])

    def tear(self) -> None:
        """End the connection without a word."""
        transport = self._socket._req.transport if self._socket._req is not None else None
        if transport is not None:
            transport.abort()

    async def end(self) -> None:
        """Stop writing."""
        self._writer.cancel()
        with suppress(asyncio.CancelledError):
            await self._writer

    async def _write(self) -> None:
        with suppress(ConnectionError):
            while True:
                frame = await self._waiting.get()
                if isinstance(frame, int):
                    await self._socket.close(code=frame, message=CLOSINGS.get(frame, "").encode())
                    return
                await self._send(json.dumps(frame))

    async def _send(self, text: str) -> None:
        if self._zlib is not None:
            data = self._zlib.compress(text.encode()) + self._zlib.flush(zlib.Z_SYNC_FLUSH)
            await self._socket.send_bytes(data)
        elif self._zstd is not None:
            data = self._zstd.compress(text.encode()) + self._zstd.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK)
            await self._socket.send_bytes(data)
        else:
            await self._socket.send_str(text)


def identified(data: Any, application: Application, number: str) -> Session:
    """The session that IDENTIFY asks for; raises what is against it."""
    if not isinstance(data, dict) or not isinstance(data.get("properties"), dict):
        raise Refused(4002)
    if data.get("token") != application.token:
        raise Refused(4004)
    shard = data.get("shard", [0, 1])
    if not isinstance(shard, list) or len(shard) != 2 or not 0 <= shard[0] < shard[1]:
        raise Refused(4010)
    intents = data.get("intents")
    if isinstance(intents, bool) or not isinstance(intents, int) or not 0 <= intents <= KNOWN_INTENTS:
        raise Refused(4013)
    if intents & PRIVILEGED & ~application.privileged:
        raise Refused(4014)
    return Session(number, shard[0], shard[1], intents)


CLOSINGS = {
    4000: "Unknown error.",
    4001: "Unknown opcode.",
    4002: "Error while decoding payload.",
    4003: "Not authenticated.",
    4004: "Authentication failed.",
    4005: "Already authenticated.",
    4007: "Invalid seq.",
    4008: "Rate limited.",
    4009: "Session timed out.",
    4010: "Invalid shard.",
    4011: "Sharding required.",
    4012: "Invalid API version.",
    4013: "Invalid intent(s).",
    4014: "Disallowed intent(s).",
}
