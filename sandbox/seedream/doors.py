"""Addresses that fail below HTTP, one that should never be reached, and one that speaks TLS."""

import asyncio
import socket
import ssl
from datetime import UTC, datetime, timedelta
from functools import cache

from aiohttp import web

try:
    import trustme
except ImportError:  # installed without the development tools: everything works but broken certificates
    trustme = None  # type: ignore[assignment]  # its absence is asked for before it is used

_LOOPBACK = ("127.0.0.1", 0)


class Doors:
    """Opens the broken addresses beside the healthy one; `trap` is where redirects to private places lead."""

    def __init__(self) -> None:
        self._ports: dict[str, int] = {}
        self._sockets: list[socket.socket] = []
        self._servers: list[asyncio.Server] = []

    async def open(self, runner: web.AppRunner) -> None:
        """Open all of them; the TLS ones share the application of `runner`."""
        self._ports["P2"] = self._bound().getsockname()[1]
        self._ports["P3"] = self._full().getsockname()[1]
        self._ports["trap"] = await self._site(runner, None)
        self._ports["P6"] = await self._cut()
        if trustme is None:
            return
        _, contexts = _certificates()
        for name, kind in (("TLS", "fine"), ("trap TLS", "fine"), ("P4", "expired"), ("P5", "stranger")):
            self._ports[name] = await self._site(runner, contexts[kind])

    async def close(self) -> None:
        """Close what does not belong to the runner."""
        for server in self._servers:
            server.close()
        for door in self._sockets:
            door.close()

    @property
    def trap(self) -> str:
        """Host and port that no client may ever ask."""
        return self.address("trap")

    def is_trap(self, port: int) -> bool:
        """Whether this port is one that redirects and links lure to."""
        return port in (self._ports["trap"], self._ports.get("trap TLS"))

    def address(self, name: str) -> str:
        """Host and port of one door."""
        if name not in self._ports:
            raise ValueError(f"the door {name!r} is not there; broken certificates need the development tools")
        return f"127.0.0.1:{self._ports[name]}"

    def url(self, name: str) -> str:
        """The beginning of a base URL behind which this fault waits."""
        if name == "P1":
            return "http://no-such-host.invalid"
        scheme = "https" if name in ("P4", "P5", "P6", "TLS") else "http"
        return f"{scheme}://{self.address(name)}"

    def trust(self) -> ssl.SSLContext:
        """What a client needs to believe the certificates here; only then do P4 and P5 differ."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        if trustme is not None:
            _certificates()[0].configure_trust(context)
        return context

    def _bound(self) -> socket.socket:
        """A port that is taken, so that nobody else can answer there, but not listened at."""
        door = socket.socket()
        self._sockets.append(door)
        door.bind(_LOOPBACK)
        return door

    def _full(self) -> socket.socket:
        """A listener whose queue is full: the system then drops what else arrives, and no one is told."""
        door = self._bound()
        door.listen(0)
        for _ in range(4):
            guest = socket.socket()
            guest.setblocking(False)
            self._sockets.append(guest)
            guest.connect_ex(door.getsockname())
        return door

    async def _site(self, runner: web.AppRunner, context: ssl.SSLContext | None) -> int:
        before = len(runner.addresses)
        await web.TCPSite(runner, *_LOOPBACK, ssl_context=context).start()
        return int(runner.addresses[before][1])

    async def _cut(self) -> int:
        async def cut(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.read(64)
            writer.transport.abort()

        server = await asyncio.start_server(cut, *_LOOPBACK)
        self._servers.append(server)
        return int(server.sockets[0].getsockname()[1])


@cache
def _certificates() -> "tuple[trustme.CA, dict[str, ssl.SSLContext]]":
    """An authority of our own, and servers that show a good, an expired and a foreign certificate of it."""
    authority = trustme.CA()
    yesterday = datetime.now(UTC) - timedelta(days=1)
    leaves = {
        "fine": authority.issue_cert("127.0.0.1", "localhost"),
        "expired": authority.issue_cert("127.0.0.1", not_before=yesterday - timedelta(days=9), not_after=yesterday),
        "stranger": authority.issue_cert("elsewhere.example"),
    }
    contexts = {}
    for kind, leaf in leaves.items():
        contexts[kind] = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        leaf.configure_cert(contexts[kind])
    return authority, contexts
