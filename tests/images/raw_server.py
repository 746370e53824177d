"""A server on loopback that says exactly the bytes it is told to, and counts who came."""

import asyncio
import socket
import ssl
import struct
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from aiohttp.abc import AbstractResolver, ResolveResult

Part = bytes | float | None | str  # bytes are sent, a number is a pause, "reset" and "hang" are what they say
Answers = Callable[[str], list[Part]]


@dataclass
class RawServer:
    """Answers each request for a path with the parts that `answers` names."""

    answers: Answers
    host: str = "127.0.0.1"
    port: int = 0
    accepts: int = 0
    requests: list[bytes] = field(default_factory=list)

    @property
    def place(self) -> str:
        return f"{self.host}:{self.port}"

    def url(self, path: str = "/picture.png") -> str:
        return f"http://{self.place}{path}"

    @property
    def targets(self) -> list[str]:
        """The request targets, as they came over the wire."""
        return [request.split(b" ")[1].decode("latin-1") for request in self.requests]

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.accepts += 1
        with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            while True:
                request = await reader.readuntil(b"\r\n\r\n")
                self.requests.append(request)
                if not await self._say(self.answers(request.split(b" ")[1].decode("latin-1")), writer):
                    break
        writer.close()

    async def _say(self, parts: list[Part], writer: asyncio.StreamWriter) -> bool:
        for part in parts:
            if isinstance(part, bytes):
                writer.write(part)
                await writer.drain()
            elif isinstance(part, float | int):
                await asyncio.sleep(part)
            elif part == "hang":
                await asyncio.sleep(30)
            elif part == "reset":
                raw = writer.get_extra_info("socket")
                raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                return False
            elif part is None:
                return False
        return True


@asynccontextmanager
async def running(
    answers: Answers | list[Part], host: str = "127.0.0.1", port: int = 0, tls: ssl.SSLContext | None = None
) -> AsyncIterator[RawServer]:
    """The server, listening on a free port or the given one."""
    raw = RawServer(answers if callable(answers) else lambda path: answers, host)
    tasks: set[asyncio.Task[Any]] = set()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        tasks.add(task)
        try:
            await raw.talk(reader, writer)
        finally:
            tasks.discard(task)

    server = await asyncio.start_server(talk, host, port, ssl=tls)
    raw.port = server.sockets[0].getsockname()[1]
    try:
        yield raw
    finally:
        server.close()
        for task in list(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def reply(body: bytes = b"", *headers: str, status: str = "200 OK", length: int | None = -1) -> bytes:
    """A plain answer; `length` may lie, and None leaves it out."""
    lines = [f"HTTP/1.1 {status}", *headers]
    if length is not None:
        lines.append(f"Content-Length: {len(body) if length == -1 else length}")
    return "\r\n".join([*lines, "", ""]).encode() + body


def redirect(location: str, status: str = "302 Found") -> list[Part]:
    return [reply(b"", f"Location: {location}", status=status)]


def chunk(name: bytes, data: bytes) -> bytes:
    """One chunk of a PNG."""
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(width: int = 3, height: int = 2, extra: bytes = b"", data: bytes = b"", colour: int = 2) -> bytes:
    """A PNG as far as its structure goes; `extra` comes before the pixels, `data` is them."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, colour, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + extra + chunk(b"IDAT", data) + chunk(b"IEND", b"")


class Names(AbstractResolver):
    """A resolver that knows only what it is told; several answers for a name are given one after the other."""

    def __init__(self, **known: list[list[str]]) -> None:
        self.known = {name.replace("_", "."): answers for name, answers in known.items()}
        self.asked: list[str] = []

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        self.asked.append(host)
        answers = self.known.get(host.lower().rstrip("."))
        if not answers:
            raise OSError(f"nobody knows {host}")
        addresses = answers.pop(0) if len(answers) > 1 else answers[0]
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
            for address in addresses
        ]

    async def close(self) -> None:
        """Nothing is open."""


Serving = Callable[..., Awaitable[RawServer]]
