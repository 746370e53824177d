"""A server that answers with exactly the bytes, pauses and resets that a test wants."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from bot.seedream.lift import FileSink, Lifter
from bot.seedream.providers.base import Call
from bot.seedream.reply import read_json
from bot.seedream.transport import Transport

Script = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
Serve = Callable[..., Awaitable[str]]
KEY = "sk-canary-key"


async def read_request(reader: asyncio.StreamReader) -> bytes:
    """A whole request: its head and as much body as it announces."""
    head = await reader.readuntil(b"\r\n\r\n")
    fields = dict(line.lower().split(b":", 1) for line in head.split(b"\r\n")[1:] if b":" in line)
    return head + await reader.readexactly(int(fields[b"content-length"]))


@pytest.fixture
def requests() -> list[bytes]:
    """The requests that the servers of this test have read whole."""
    return []


@pytest.fixture
async def serve(requests: list[bytes]) -> AsyncIterator[Serve]:
    """Starts a server on 127.0.0.1 and gives its address; the script runs when a request was read whole.

    With `swallow=False` it runs as soon as the connection stands.
    """
    servers: list[asyncio.Server] = []
    running: set[asyncio.Task[None]] = set()

    async def start(script: Script, *, swallow: bool = True, tls: ssl.SSLContext | None = None) -> str:
        async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            try:
                while swallow:
                    requests.append(await read_request(reader))
                    await script(reader, writer)
                await script(reader, writer)
            except (OSError, asyncio.IncompleteReadError):
                pass  # the client has hung up, which many of these tests want
            finally:
                writer.close()

        def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.create_task(talk(reader, writer))
            running.add(task)
            task.add_done_callback(running.discard)

        server = await asyncio.start_server(accept, "127.0.0.1", 0, ssl=tls)
        servers.append(server)
        port = server.sockets[0].getsockname()[1]
        return f"{'https' if tls else 'http'}://127.0.0.1:{port}/v1/images"

    yield start
    for server in servers:
        server.close()
    for task in running:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)


@pytest.fixture
async def transport() -> AsyncIterator[Transport]:
    """A transport that loses patience soon."""
    async with Transport(connect=0.3, idle=0.3, request_id=lambda: "ours-1") as transport:
        yield transport


@pytest.fixture
def ask(transport: Transport) -> Callable[..., Awaitable[object]]:
    """Sends a small call and reads its answer as JSON."""

    async def ask(url: str, *, total: float = 5.0, **body: object) -> object:
        call = Call("", body or {"prompt": "a cat"})
        async with transport.send(call, url=url, key=KEY, provider="ark", total=total) as reply:
            return await read_json(reply)

    return ask


@pytest.fixture
def sinks() -> list[FileSink]:
    """The sinks that this test's lifters have opened, by number."""
    return []


@pytest.fixture
def lifter(tmp_path: Path, sinks: list[FileSink]) -> Callable[..., Lifter]:
    """Makes lifters that write into the test's folder."""

    def sink(_: int) -> FileSink:
        sinks.append(FileSink(tmp_path, gather=1))
        return sinks[-1]

    def make(*, cap: int = 2**20) -> Lifter:
        sinks.clear()
        return Lifter(sink, cap=cap)

    return make
