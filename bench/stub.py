"""The other side of every measurement: provider, picture store and Discord in one small server, in its own process.

Hand-written over `asyncio.BufferedProtocol`, with bodies made beforehand: it is to cost less than what is measured.

    POST /<wish>/api/v3/images/generations         an answer of the API
    GET  /<wish>/p/<size>/<number>.png             a picture
    POST /<wish>/d/channels/<id>/messages          Discord takes a message; GET /<wish>/d/users/@me the login
    GET  /-/photo                                  a real picture, too large for Discord
    GET  /-/kept, /-/cpu                           the body kept last, its content type in front; CPU used so far
"""

import asyncio
import json
import socket
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bench.bodies import Wish, answer, picture
from bench.measure import pin

PIECE = 1 << 18
PACE = 1 << 15
LOGIN = json.dumps({"id": "1", "username": "bench", "discriminator": "0", "bot": True}).encode()
MESSAGE = json.dumps({"id": "5", "channel_id": "2", "attachments": []}).encode()


@dataclass(slots=True)
class Ledger:
    """What all connections of one stub share: a place for bytes that nobody wants, and the form kept last."""

    scratch: bytearray
    photo: bytes = b""
    kept: bytes = b""
    uploads: int = 0


class Connection(asyncio.BufferedProtocol):
    """One client: reads a request, drops its body, answers, waits for the next."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._loop = asyncio.get_running_loop()
        self._head = b""
        self._path: list[str] = []
        self._wish = Wish()
        self._type = ""
        self._left = -1  # of the request's body; -1 while its head is read
        self._keep: bytearray | None = None
        self._out = memoryview(b"")
        self._full = False
        self._due = 0.0
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.set_write_buffer_limits(high=PIECE)

    def connection_lost(self, exc: Exception | None) -> None:
        self._out = memoryview(b"")
        if self._timer is not None:
            self._timer.cancel()

    def get_buffer(self, sizehint: int) -> memoryview:
        whole = memoryview(self._ledger.scratch)
        return whole[:PACE] if self._wish.rate else whole

    def buffer_updated(self, nbytes: int) -> None:
        if self._left >= 0:
            self._take(memoryview(self._ledger.scratch)[:nbytes])
            return
        self._head += bytes(memoryview(self._ledger.scratch)[:nbytes])
        head, gap, rest = self._head.partition(b"\r\n\r\n")
        if gap:
            self._head = b""
            self._begin(head.decode("latin-1"))
            self._take(memoryview(rest))

    def _begin(self, head: str) -> None:
        """Understand a request's head."""
        first, *lines = head.split("\r\n")
        fields = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        _, segment, *self._path = first.split(" ")[1].partition("?")[0].split("/")
        self._wish = Wish.read(segment)
        self._type = fields.get("content-type", "")
        self._left = int(fields.get("content-length", 0))
        if "chunked" in fields.get("transfer-encoding", ""):
            raise ValueError("the stub takes bodies of known length only")
        self._due = self._loop.time()
        self._keep = bytearray() if self._wish.keep else None
        if self._wish.stall and self._left:
            self._transport.pause_reading()
            self._later(self._wish.stall, self._transport.resume_reading)

    def _take(self, data: memoryview) -> None:
        """Drop a piece of the body; answer after the last one."""
        self._left -= len(data)
        if self._left < 0:
            raise ValueError("more bytes than announced; the stub knows no pipelining")
        if self._keep is not None:
            self._keep += data
        if self._left == 0:
            self._left = -1
            self._later(self._wish.delay, self._reply) if self._path[-1:] == ["generations"] else self._reply()
        elif self._wish.rate and len(data):
            self._transport.pause_reading()
            self._paced(len(data), self._transport.resume_reading)

    def _reply(self) -> None:
        """Answer what was asked."""
        match self._path:
            case ["p", size, name]:
                self._send(picture(int(size), int(name.partition(".")[0])), "image/png")
            case ["api", "v3", "images", "generations"]:
                host, port = self._transport.get_extra_info("sockname")[:2]
                origin = f"http://{host}:{port}/{Wish(rate=self._wish.rate)}"
                self._note()
                self._send(answer(origin, self._wish.n, self._wish.size, self._wish.b64))
            case ["d", "users", "@me"]:
                self._send(LOGIN)
            case ["d", "channels", _, "messages"]:
                self._ledger.uploads += 1
                self._note()
                self._send(MESSAGE)
            case ["photo"]:
                self._send(self._ledger.photo, "image/png")
            case ["kept"]:
                self._send(self._ledger.kept, "application/octet-stream")
            case ["cpu"]:
                self._send(json.dumps({"cpu": time.process_time(), "uploads": self._ledger.uploads}).encode())
            case ["drop"]:
                self._send(b"{}")
            case _:
                self._send(b"{}", status="404 Not Found")

    def _note(self) -> None:
        """Remember the body, if that was wished."""
        if self._keep is not None:
            self._ledger.kept = self._type.encode() + b"\n" + bytes(self._keep)

    def _send(self, body: bytes, kind: str = "application/json", status: str = "200 OK") -> None:
        head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n".encode()
        if len(body) < PACE:
            self._transport.write(head + body)
            return
        self._transport.write(head)
        self._out = memoryview(body)
        self._due = self._loop.time()
        self._push()

    def _push(self) -> None:
        """Send on until the socket is full, or until the next piece is due."""
        step = PACE if self._wish.rate else PIECE
        while self._out and not self._full:
            piece, self._out = self._out[:step], self._out[step:]
            self._transport.write(piece)
            if self._wish.rate:
                self._paced(len(piece), self._push)
                return

    def pause_writing(self) -> None:
        self._full = True

    def resume_writing(self) -> None:
        self._full = False
        if not self._wish.rate:
            self._push()

    def _paced(self, size: int, action: Callable[[], None]) -> None:
        """Go on when the line would have carried that many bytes."""
        self._due += size / self._wish.rate
        self._later(self._due - self._loop.time(), action)

    def _later(self, seconds: float, action: Callable[[], None]) -> None:
        if seconds <= 0:
            action()
        else:
            self._timer = self._loop.call_later(seconds, action)


def _socket(narrow: bool) -> socket.socket:
    """A listening socket; a narrow one takes in little, so that a paced client feels the pace."""
    listening = socket.socket()
    if narrow:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 16)
    listening.bind(("127.0.0.1", 0))
    return listening


async def serve(photo: bytes, announce: Callable[[str], None], stop: asyncio.Event) -> None:
    """Run until `stop`; announces the two origins, the wide and the narrow one, as one line of JSON."""
    ledger = Ledger(bytearray(1 << 20), photo)
    loop = asyncio.get_running_loop()
    sockets = [_socket(narrow) for narrow in (False, True)]
    servers = [await loop.create_server(lambda: Connection(ledger), sock=each, backlog=1024) for each in sockets]
    origins = [f"http://127.0.0.1:{each.getsockname()[1]}" for each in sockets]
    announce(json.dumps(origins))
    try:
        await stop.wait()
    finally:
        for server in servers:
            server.close()


async def _main(photo: str) -> None:
    """Serve until the other end of standard input is closed, so that no stub outlives its bench."""
    stop = asyncio.Event()
    asyncio.get_running_loop().add_reader(sys.stdin, stop.set)
    await serve(Path(photo).read_bytes() if photo else b"", lambda line: print(line, flush=True), stop)


if __name__ == "__main__":
    pin(int(sys.argv[1]))
    asyncio.run(_main(sys.argv[2]))
