"""Answers that break HTTP itself, written onto the bare connection."""

import asyncio
import socket
import struct
import zlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import lru_cache

from aiohttp import web

Sleep = Callable[[float], Awaitable[None]]

BOMB_BYTES = 256 * 2**20
DRIP = 0.3

_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


@dataclass(frozen=True, slots=True)
class Line:
    """The connection of one request."""

    request: web.Request
    sleep: Sleep

    @property
    def open(self) -> bool:
        """Whether the client is still there."""
        transport = self.request.transport
        return transport is not None and not transport.is_closing()

    def write(self, data: bytes) -> None:
        """Send bytes as they are."""
        if self.request.transport is not None and self.open:
            self.request.transport.write(data)

    def close(self) -> None:
        """End the connection politely, once everything is out."""
        if self.request.transport is not None:
            self.request.transport.close()

    async def reset(self) -> None:
        """Send what is waiting, then reset the connection."""
        transport = self.request.transport
        if transport is None:
            return
        while self.open and transport.get_write_buffer_size():  # noqa: ASYNC110 - nor when it has written all
            await asyncio.sleep(0.001)
        connection = transport.get_extra_info("socket")
        if connection is not None and self.open:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()

    async def gone(self) -> None:
        """Wait until the client has hung up."""
        while self.open:  # noqa: ASYNC110 - the transport tells only its own protocol
            await asyncio.sleep(0.01)

    async def drip(self, data: bytes) -> None:
        """Send one byte at a time, again and again, until the client has had enough."""
        while self.open:
            for place in range(len(data)):
                if not self.open:
                    return
                self.write(data[place : place + 1])
                await self.sleep(DRIP)
                await asyncio.sleep(0)


def _sized(answer: bytes, extra: bytes = b"") -> bytes:
    return _HEAD + extra + b"Content-Length: %d\r\n\r\n" % len(answer)


async def _slow_body(line: Line, answer: bytes) -> None:
    line.write(_HEAD + b"Content-Length: 1000000\r\n\r\n")
    await line.drip(answer)


async def _stall(line: Line, answer: bytes) -> None:
    line.write(_sized(answer) + answer[: len(answer) // 2])
    await line.gone()


async def _short_reset(line: Line, answer: bytes) -> None:
    line.write(_sized(answer) + answer[: len(answer) // 2])
    await line.reset()


async def _bomb(line: Line, _: bytes) -> None:
    packed = await asyncio.to_thread(bomb)
    line.write(_sized(packed, b"Content-Encoding: gzip\r\n") + packed)


_SCRIPTS: dict[str, Callable[[Line, bytes], Awaitable[None]]] = {
    "P8": lambda line, _: line.reset(),
    "P9": lambda line, _: line.gone(),
    "P10": lambda line, _: line.drip(_HEAD + b"X-Padding: " + b"a" * 10_000),
    "P11": _slow_body,
    "P12": _stall,
    "P16": _short_reset,
    "P25": _bomb,
}


def _chunk(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data)


_CHUNKED = _HEAD + b"Transfer-Encoding: chunked\r\n\r\n"

_BYTES: dict[str, Callable[[bytes], bytes]] = {
    "P7": lambda _: b"",
    "P13": lambda _: b"SSH-2.0-OpenSSH_9.2\r\n\x00\x01\x02\x03",
    "P14": lambda _: b"HTTP/1.1 200 OK\r\n",
    "P15": lambda answer: _sized(answer) + answer[: len(answer) // 2],
    "P17": lambda answer: _CHUNKED + b"%x\r\n" % len(answer) + answer[: len(answer) // 2],
    "P18": lambda answer: _CHUNKED + _chunk(answer),
    "P19": lambda answer: _CHUNKED + b"zz\r\n" + answer,
    "P20": lambda answer: _HEAD + b"Connection: close\r\n\r\n" + answer[: len(answer) // 2],
    "P21": lambda answer: _HEAD + b"Content-Length: %d\r\n" % (len(answer) + 5) + _sized(answer)[len(_HEAD) :] + answer,
    "P22": lambda answer: _sized(answer, b"X-Long: " + b"a" * 65_536 + b"\r\n") + answer,
    "P23": lambda answer: _sized(answer, b"".join(b"X-%d: a\r\n" % n for n in range(100_000))) + answer,
    "P24": lambda answer: _sized(answer, b"Connection: close\r\nContent-Encoding: gzip\r\n") + answer,
}

NAMES = frozenset(_SCRIPTS) | frozenset(_BYTES)


async def spoil(name: str, request: web.Request, answer: bytes, sleep: Sleep) -> web.Response:
    """Show one fault on the request's own connection; what is returned finds that connection closed."""
    line = Line(request, sleep)
    if name in _BYTES:
        line.write(_BYTES[name](answer))
    else:
        await _SCRIPTS[name](line, answer)
    line.close()
    return web.Response()


@lru_cache(maxsize=1)
def bomb() -> bytes:
    """A valid gzip file, a thousandth of what it unpacks to."""
    block = bytes(2**20)
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    piece = packer.compress(block) + packer.flush(zlib.Z_FULL_FLUSH)
    count, checksum = BOMB_BYTES // len(block), 0
    for _ in range(count):
        checksum = zlib.crc32(block, checksum)
    head = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
    return head + piece * count + b"\x03\x00" + struct.pack("<II", checksum, BOMB_BYTES)
