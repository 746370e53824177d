"""Every way in which a provider's HTTP can break, and the one error of ours that each of them ends in."""

import asyncio
import contextlib
import errno
import gzip
import socket
import struct
import traceback
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator

import pytest

from bot.seedream.content import InMemory
from bot.seedream.errors import BadReply, Charged, ConnectionLost, Retry, SeedreamError, TimedOut, Unreachable
from bot.seedream.models import Reference
from bot.seedream.providers.base import Call
from bot.seedream.reply import read_events, read_json
from bot.seedream.transport import Transport

Serve = Callable[..., Awaitable[str]]
Ask = Callable[..., Awaitable[object]]
Script = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"


def reset(writer: asyncio.StreamWriter) -> None:
    """Break the connection so that the other side gets an RST."""
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


def saying(*pieces: bytes, pause: float = 0.01, then: str = "fin") -> Script:
    """Say it piece by piece, then hang up (fin), break off (rst) or be silent (hang)."""

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(pause)
        if then == "hang":
            await reader.read()
        if then == "rst":
            reset(writer)
        raise ConnectionError

    return script


def check_discretion(error: SeedreamError) -> None:
    """No aiohttp exception hangs on it, and nothing that it shows holds the key."""
    assert error.__cause__ is None
    assert not type(error.__context__).__module__.startswith("aiohttp")
    shown = "".join(traceback.format_exception(error)) + str(error) + repr(error)
    assert "canary" not in shown
    assert error.provider == "ark"


AFTER_SENDING: dict[str, tuple[Script, type[SeedreamError]]] = {
    "P7 FIN at once": (saying(), ConnectionLost),
    "P8 RST at once": (saying(then="rst"), ConnectionLost),
    "P9 hang": (saying(then="hang"), TimedOut),
    "P10 slow head": (saying(*[bytes([byte]) for byte in HEAD], pause=0.05), TimedOut),
    "P11 slow body": (saying(CHUNKED, *[b"1\r\n \r\n"] * 100, pause=0.05), TimedOut),
    "P13 not HTTP": (saying(b"SSH-2.0-OpenSSH_9.2\r\n"), BadReply),
    "P14 status line only": (saying(b"HTTP/1.1 200 OK\r\n"), ConnectionLost),
    "P15 short, FIN": (saying(HEAD + b"Content-Length: 50\r\n\r\n", b'{"data"'), ConnectionLost),
    "P16 short, RST": (saying(HEAD + b"Content-Length: 50\r\n\r\n", b'{"data"', then="rst"), ConnectionLost),
    "P17 cut in a chunk": (saying(CHUNKED, b'8\r\n{"da'), ConnectionLost),
    "P18 no last chunk": (saying(CHUNKED, b"2\r\n{}\r\n"), ConnectionLost),
    "P19 bad chunk size": (saying(CHUNKED + b"zz\r\n{}\r\n"), BadReply),
    # aiohttp tells nobody of this one, so that only the total ends it
    "P19 bad chunk size later": (saying(CHUNKED, b"2\r\n{}\r\n", b"zz\r\n{}\r\n", then="hang"), TimedOut),
    "P20 cut without length": (saying(HEAD + b"\r\n", b'{"data": ['), BadReply),
    "P21 two lengths": (saying(HEAD + b"Content-Length: 2\r\nContent-Length: 9\r\n\r\n{}"), BadReply),
    "P22 64 KiB header": (saying(HEAD + b"X: " + b"y" * 65536 + b"\r\n\r\n{}"), BadReply),
    "P23 100k headers": (saying(HEAD + b"X: y\r\n" * 100_000 + b"\r\n{}"), BadReply),
    "P24 bad gzip": (saying(HEAD + b"Content-Encoding: gzip\r\nContent-Length: 9\r\n\r\nnot gzip!"), BadReply),
    "P24 cut gzip": (saying(HEAD + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(b'{"data":[]}')[:-9]), BadReply),
    "P24 foreign coding": (saying(HEAD + b"Content-Encoding: br\r\nContent-Length: 2\r\n\r\n{}"), BadReply),
    "P25 bomb": (
        saying(HEAD + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(bytes(64 * 2**20))),
        BadReply,
    ),
    "P33 empty": (saying(HEAD + b"Content-Length: 0\r\n\r\n"), BadReply),
    "P44 no content": (saying(b"HTTP/1.1 204 No Content\r\n\r\n"), BadReply),
}


@pytest.mark.parametrize(("script", "expected"), AFTER_SENDING.values(), ids=AFTER_SENDING.keys())
async def test_a_fault_after_the_request_was_out_is_in_doubt(
    serve: Serve, ask: Ask, script: Script, expected: type[SeedreamError], requests: list[bytes]
) -> None:
    url = await serve(script)
    with pytest.raises(SeedreamError) as caught:
        await ask(url, total=0.5)
    assert type(caught.value) is expected
    assert (caught.value.charged, caught.value.retry) == (Charged.UNKNOWN, Retry.AMBIGUOUS)
    assert len(requests) == 1
    check_discretion(caught.value)


async def test_an_answer_that_is_compressed_unasked_is_read_all_the_same(serve: Serve, ask: Ask) -> None:
    packed = gzip.compress(b'{"data":' + b"[]" + b" " * 200_000 + b"}")
    url = await serve(saying(HEAD + b"Content-Encoding: gzip\r\n\r\n", packed[:20], packed[20:]))
    assert await ask(url) == {"data": []}


async def test_what_a_bomb_would_unpack_to_is_not_read(serve: Serve, transport: Transport) -> None:
    url = await serve(saying(HEAD + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(bytes(64 * 2**20))))
    read = 0
    async with (
        transport.send(Call("", {}), url=url, key="k", provider="ark", total=5) as reply,
        contextlib.aclosing(reply.chunks()) as chunks,
    ):
        async for chunk in chunks:
            assert len(chunk) <= 65536
            read += len(chunk)
            if read > 2**20:
                break
    assert read < 2**21


@pytest.mark.parametrize("then", ["fin", "rst"])
async def test_events_before_a_cut_are_delivered(serve: Serve, transport: Transport, then: str) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
    url = await serve(saying(head, b"b\r\ndata: one\n\n\r\n", b"6\r\ndata: \r\n", then=then))
    seen: list[str] = []

    async def listen() -> None:
        async with transport.send(Call("", {}, streams=True), url=url, key="k", provider="ark", total=5) as reply:
            async for event in read_events(reply):
                seen.append(event.data)  # noqa: PERF401  # a comprehension would lose what came before the cut

    with pytest.raises(ConnectionLost) as caught:
        await listen()
    assert seen == ["one"]
    check_discretion(caught.value)


async def test_a_stream_that_stalls_is_given_up_long_before_the_total(serve: Serve, transport: Transport) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"
    url = await serve(saying(head, b": keep-alive\n\n", then="hang"))
    with pytest.raises(TimedOut, match="fell silent") as caught:
        async with transport.send(Call("", {}, streams=True), url=url, key="k", provider="ark", total=50) as reply:
            assert [event async for event in read_events(reply)] == []
    check_discretion(caught.value)


async def test_a_plain_answer_may_be_silent_longer_than_a_stream(serve: Serve, ask: Ask) -> None:
    url = await serve(saying(b"", HEAD + b"Content-Length: 2\r\n\r\n{}", pause=0.4))
    assert await ask(url) == {}


# --- nothing was sent


@pytest.fixture
def blackhole() -> Iterator[str]:
    """An address that takes no connection and refuses none: its queue is full."""
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        port = listener.getsockname()[1]
        for _ in range(4):
            filler = stack.enter_context(socket.socket())
            filler.setblocking(False)
            assert filler.connect_ex(("127.0.0.1", port)) in {0, errno.EINPROGRESS}
        yield f"http://127.0.0.1:{port}/"


@pytest.mark.parametrize(
    ("url", "words", "retry"),
    [
        ("http://no-such-name.invalid/v1?sig=canary", "no-such-name.invalid cannot be reached: its name is unknown", 1),
        ("http://127.0.0.1:1/v1", "127.0.0.1:1 cannot be reached: ", 1),
        ("https://", "check the base URL", 0),
        ("", "check the base URL", 0),
        ("api.example/v1", "check the base URL", 0),
        ("file:///etc/passwd", "check the base URL", 0),
        ("http://user:canary@127.0.0.1:1/", "127.0.0.1:1 cannot", 0),
        ("http://127.0.0.1:99999/", "check the base URL", 0),
        ("http://[::1/", "check the base URL", 0),
        (f"http://{'a' * 70}.invalid/", "cannot be reached", None),
    ],
)
async def test_an_address_that_leads_nowhere_means_nothing_was_sent(
    ask: Ask, url: str, words: str, retry: int | None
) -> None:
    with pytest.raises(Unreachable) as caught:
        await ask(url)
    assert words in str(caught.value)
    assert caught.value.charged is Charged.NO
    assert retry is None or (caught.value.retry is Retry.BACKOFF) == bool(retry)
    check_discretion(caught.value)


async def test_a_connection_that_nobody_takes_is_given_up(ask: Ask, blackhole: str) -> None:
    with pytest.raises(Unreachable, match="it does not answer") as caught:
        await ask(blackhole)
    check_discretion(caught.value)


def large() -> Reference:
    return Reference(InMemory(bytes(8_000_000)), media_type="image/png")


@pytest.mark.parametrize("then", ["fin", "rst"])
async def test_a_connection_that_breaks_while_the_body_leaves_means_nothing_was_drawn(
    serve: Serve, ask: Ask, then: str
) -> None:
    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readexactly(100_000)
        if then == "rst":
            reset(writer)

    with pytest.raises(Unreachable) as caught:
        await ask(await serve(script, swallow=False), image=large())
    assert caught.value.retryable
    check_discretion(caught.value)


async def test_the_same_break_before_the_last_bytes_of_a_slow_body_is_known_too(serve: Serve, ask: Ask) -> None:
    class Slow(InMemory):
        async def chunks(self) -> AsyncGenerator[bytes, None]:
            yield self.data
            await broken.wait()
            await asyncio.sleep(0.02)

    broken = asyncio.Event()

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"base64,AAAAAAAA")
        reset(writer)
        broken.set()

    with pytest.raises(Unreachable):
        await ask(await serve(script, swallow=False), image=Reference(Slow(bytes(6)), media_type="image/png"))


async def test_a_body_that_cannot_leave_in_time_means_nothing_was_drawn(serve: Serve, ask: Ask) -> None:
    async def script(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(5)

    with pytest.raises(Unreachable, match=r"the request was not out after 0\.3 s") as caught:
        await ask(await serve(script, swallow=False), total=0.3, image=large())
    check_discretion(caught.value)


async def test_a_server_that_greets_with_something_else_got_nothing(serve: Serve, ask: Ask) -> None:
    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.example ESMTP\r\n")
        await reader.read(1000)

    with pytest.raises(SeedreamError) as caught:
        await ask(await serve(script, swallow=False), image=large())
    assert isinstance(caught.value, Unreachable)
    check_discretion(caught.value)


@pytest.mark.parametrize("lingers", [True, False])
async def test_a_refusal_before_the_body_is_through_is_heard(serve: Serve, transport: Transport, lingers: bool) -> None:
    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}")
        await writer.drain()
        if lingers:
            await reader.read()

    url = await serve(script, swallow=False)
    for _ in range(20):
        call = Call("", {"image": large()})
        async with transport.send(call, url=url, key="k", provider="ark", total=5) as reply:
            assert reply.status == 413
            assert await read_json(reply) in ({}, None)
