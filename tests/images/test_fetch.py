"""Fetching: what arrives, what goes over the wire, and every way in which an answer can be bad."""

import asyncio
import gzip
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import aclosing

import pytest
from aiohttp.abc import ResolveResult

from bot.images.errors import Broken, FetchError, Forbidden, Gone, Slow, TooLarge, Unfit
from bot.images.fetch import HOPS, Fetcher
from bot.images.guard import Guard
from bot.images.sniff import Kind
from bot.seedream.models import Fetch, Opened
from tests.images.raw_server import Names, Part, Serving, png, redirect, reply

PICTURE = png(data=bytes(range(256)) * 1500)  # 384,000 bytes: several reads
CHUNKED = "Transfer-Encoding: chunked"


@pytest.fixture
async def fetcher() -> AsyncIterator[Fetcher]:
    async with Fetcher(Guard(["127.0.0.1"]), cap=1_000_000, total=5, idle=2) as fetcher:
        yield fetcher


async def read(fetcher: Fetch, url: str) -> bytes:
    async with fetcher.open(url) as fetched, aclosing(fetched.chunks()) as chunks:
        return b"".join([chunk async for chunk in chunks])


async def drain(opened: Opened, sizes: list[int]) -> None:
    async for part in opened.chunks():
        sizes.append(len(part))  # noqa: PERF401 - what came before an error counts


async def test_a_picture_arrives_whole_with_what_was_sniffed(serve: Serving, fetcher: Fetcher) -> None:
    server = await serve([reply(PICTURE, "Content-Type: text/plain")])
    async with fetcher.open(server.url()) as fetched:
        assert fetched.length == len(PICTURE)
        assert (fetched.media_type, fetched.kind, fetched.status) == ("image/png", Kind.PNG, 200)
        assert b"".join([part async for part in fetched.chunks()]) == PICTURE


async def test_a_chunked_picture_has_no_length(serve: Serving, fetcher: Fetcher) -> None:
    body = b"%x\r\n%s\r\n0\r\n\r\n" % (len(PICTURE), PICTURE)
    server = await serve([reply(body, CHUNKED, length=None)])
    async with fetcher.open(server.url()) as fetched:
        assert fetched.length is None
        assert b"".join([part async for part in fetched.chunks()]) == PICTURE


async def test_a_picture_that_ends_with_the_connection_arrives(serve: Serving, fetcher: Fetcher) -> None:
    server = await serve([reply(PICTURE, length=None), None])
    assert await read(fetcher, server.url()) == PICTURE


async def test_a_picture_in_tiny_pieces_arrives(serve: Serving, fetcher: Fetcher) -> None:
    small = png()
    server = await serve([reply(b"", length=len(small)), *(part for byte in small for part in (bytes([byte]), 0.0))])
    assert await read(fetcher, server.url()) == small


async def test_the_body_is_read_once(serve: Serving, fetcher: Fetcher) -> None:
    server = await serve([reply(PICTURE)])
    async with fetcher.open(server.url()) as fetched:
        assert [part async for part in fetched.chunks()]
        with pytest.raises(Broken, match="already"):
            await anext(fetched.chunks())


async def test_a_body_is_not_read_after_its_context(serve: Serving, fetcher: Fetcher) -> None:
    server = await serve([reply(b"", length=len(PICTURE)), PICTURE[:2000], "hang"])
    async with fetcher.open(server.url()) as fetched:
        pass
    with pytest.raises(Broken):
        assert [part async for part in fetched.chunks()]


@pytest.mark.parametrize(
    "target",
    [
        "/a%2Fb%20c/d+e.png?X-Tos-Signature=ab%2Bcd%2f%3D&x=a+b%20c&&empty=&y;z",
        "/./a/../b//c.png?ex=68&is=1&hm=ff&",
        "/~x/(1)!$'*,:@.png?a=b?c/d&u=https://h/%3F",
        "/%E4%B8%AD?%41=%61",
    ],
)
async def test_a_signed_link_reaches_the_server_byte_by_byte(serve: Serving, fetcher: Fetcher, target: str) -> None:
    server = await serve([reply(PICTURE)])
    await read(fetcher, server.url(target))
    assert server.targets == [target]


async def test_a_redirect_to_a_signed_link_reaches_the_server_byte_by_byte(serve: Serving, fetcher: Fetcher) -> None:
    target = "/b%2Fc/d.png?sig=a%2Bb+c%20d&e=%2f"
    server = await serve(lambda path: redirect(target) if path == "/a" else [reply(PICTURE)])
    assert await read(fetcher, server.url("/a")) == PICTURE
    assert server.targets == ["/a", target]


async def test_nothing_is_told_to_the_server_but_what_it_needs(serve: Serving) -> None:
    server = await serve([reply(PICTURE, "Set-Cookie: track=1; Path=/")])
    async with Fetcher(Guard(["127.0.0.1"]), resolver=Names(cdn_example=[["127.0.0.1"]])) as fetcher:
        await read(fetcher, f"http://cdn.example:{server.port}/1")
        await read(fetcher, f"http://cdn.example:{server.port}/2")
    for request in server.requests:
        names = {line.split(b":")[0].lower() for line in request.split(b"\r\n")[1:] if line}
        assert names == {b"host", b"accept", b"accept-encoding", b"user-agent"}
        assert b"Accept-Encoding: identity" in request
        assert b"aiohttp" not in request


async def test_connections_are_used_again(serve: Serving, fetcher: Fetcher) -> None:
    server = await serve([reply(PICTURE)])
    for _ in range(3):
        await read(fetcher, server.url())
    assert server.accepts == 1


@pytest.mark.parametrize(
    ("status", "kind", "builtin"),
    [
        ("401 Unauthorized", Forbidden, PermissionError),
        ("403 Forbidden", Forbidden, PermissionError),
        ("404 Not Found", Gone, FileNotFoundError),
        ("410 Gone", Gone, FileNotFoundError),
        ("408 Request Timeout", Broken, ConnectionError),
        ("429 Too Many Requests", Broken, ConnectionError),
        ("500 Internal Server Error", Broken, ConnectionError),
        ("503 Service Unavailable", Broken, ConnectionError),
        ("522 Origin", Broken, ConnectionError),
        ("999 Odd", Broken, ConnectionError),
        ("304 Not Modified", Unfit, OSError),
        ("400 Bad Request", Unfit, OSError),
        ("451 Legal", Unfit, OSError),
    ],
)
async def test_a_status_says_what_may_be_done(
    serve: Serving, fetcher: Fetcher, status: str, kind: type[FetchError], builtin: type[OSError]
) -> None:
    server = await serve([reply(b"" if status.startswith("304") else PICTURE, status=status)])
    with pytest.raises(kind) as caught:
        await read(fetcher, server.url())
    assert isinstance(caught.value, builtin)
    assert caught.value.status == int(status[:3])
    assert caught.value.host == "127.0.0.1"


async def test_a_server_that_recovers_is_read_at_the_next_try(serve: Serving, fetcher: Fetcher) -> None:
    answers = iter([reply(b"", status="503 Service Unavailable"), reply(PICTURE)])
    server = await serve(lambda path: [next(answers)])
    with pytest.raises(ConnectionError):
        await read(fetcher, server.url())
    assert await read(fetcher, server.url()) == PICTURE


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "empty file"),
        (b"<!DOCTYPE html><html><title>Sign in</title>", "a web page"),
        (b'<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>', "an XML message"),
        (b'{"error": {"code": "AccessDenied"}}', "a JSON message"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "an SVG drawing"),
        (b"%PDF-1.7", "a PDF document"),
        (gzip.compress(PICTURE), "compressed data"),
        (b"Access denied.", "something unknown"),
    ],
)
async def test_what_is_no_picture_is_named(serve: Serving, fetcher: Fetcher, body: bytes, words: str) -> None:
    server = await serve([reply(body, "Content-Type: image/png")])
    with pytest.raises(Unfit, match=words):
        await read(fetcher, server.url())


async def test_an_answer_without_content_is_an_empty_file(serve: Serving, fetcher: Fetcher) -> None:
    server = await serve([reply(status="204 No Content", length=None)])
    with pytest.raises(Unfit, match="empty"):
        await read(fetcher, server.url())


async def test_a_compressed_answer_is_refused_unread(serve: Serving, fetcher: Fetcher) -> None:
    bomb = gzip.compress(PICTURE + bytes(10_000_000))
    server = await serve([reply(bomb, "Content-Encoding: gzip")])
    with pytest.raises(Unfit, match="compressed"):
        await read(fetcher, server.url())


async def test_an_identity_encoding_is_no_compression(serve: Serving, fetcher: Fetcher) -> None:
    server = await serve([reply(PICTURE, "Content-Encoding: Identity")])
    assert await read(fetcher, server.url()) == PICTURE


BROKEN: dict[str, list[Part]] = {
    "closed at once": [None],
    "reset at once": ["reset"],
    "no HTTP": [b"SSH-2.0-OpenSSH_9.2\r\n", None],
    "status line only": [b"HTTP/1.1 200 OK\r\n", None],
    "two lengths": [b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello"],
    "giant header": [b"HTTP/1.1 200 OK\r\nX: " + b"x" * 100_000 + b"\r\n\r\n", None],
    "cut in the head": [reply(PICTURE[:100], length=len(PICTURE)), None],
    "cut in the body": [reply(PICTURE[:200_000], length=len(PICTURE)), None],
    "reset in the body": [reply(PICTURE[:200_000], length=len(PICTURE)), 0.02, "reset"],
    "fewer bytes than said": [reply(PICTURE, length=len(PICTURE) + 1), None],
    "more bytes than said": [reply(PICTURE, length=len(PICTURE) - 1)],
    "more bytes than said, then closed": [reply(PICTURE, "Connection: close", length=len(PICTURE) - 1), None],
    "no last chunk": [reply(b"%x\r\n%s\r\n" % (len(PICTURE), PICTURE), CHUNKED, length=None), None],
    "bad chunk size": [reply(b"5\r\nhelloXX\r\n", CHUNKED, length=None), None],
}


@pytest.mark.parametrize("fault", BROKEN)
async def test_a_broken_answer_is_a_connection_error(serve: Serving, fetcher: Fetcher, fault: str) -> None:
    server = await serve(BROKEN[fault])
    with pytest.raises(Broken) as caught:
        await read(fetcher, server.url())
    assert isinstance(caught.value, ConnectionError)


async def test_nobody_listening_and_unknown_names_are_connection_errors(serve: Serving) -> None:
    server = await serve([None])
    async with Fetcher(Guard(["127.0.0.0/8"]), resolver=Names()) as fetcher:
        with pytest.raises(Broken, match="failed"):
            await read(fetcher, f"http://127.0.0.9:{server.port}/")
        with pytest.raises(Broken, match="resolved"):
            await read(fetcher, "https://nowhere.example/")


class Purist(Names):
    """A resolver that knows how long a label may be, and says so in its own way."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        raise UnicodeError("label too long")


async def test_a_name_that_cannot_be_asked_for_is_no_web_link() -> None:
    async with Fetcher(Guard(), resolver=Purist()) as fetcher:
        with pytest.raises(Forbidden, match="not a web link"):
            await read(fetcher, f"https://{'a' * 64}.example/")


@pytest.mark.parametrize(
    "parts",
    [
        ["hang"],
        [b"HTTP/1.1 200 OK\r\n", "hang"],
        [reply(b"", length=9), "hang"],
        [reply(PICTURE[:300_000], length=len(PICTURE)), "hang"],
    ],
)
async def test_a_stall_is_a_timeout(serve: Serving, parts: list[Part]) -> None:
    server = await serve(parts)
    async with Fetcher(Guard(["127.0.0.1"]), idle=0.08, total=30) as fetcher:
        with pytest.raises(Slow) as caught:
            await read(fetcher, server.url())
    assert isinstance(caught.value, TimeoutError)


DRIPS: list[Part] = [part for _ in range(40) for part in (b"x", 0.01)]


@pytest.mark.parametrize(
    "parts",
    [
        [b"HTTP/1.1 200 OK\r\nX: ", *DRIPS, f"\r\nContent-Length: {len(PICTURE)}\r\n\r\n".encode(), PICTURE],
        [reply(PICTURE, length=len(PICTURE) + 40), *DRIPS],
    ],
)
async def test_dripping_bytes_do_not_buy_time(serve: Serving, parts: list[Part]) -> None:
    server = await serve(parts)
    async with Fetcher(Guard(["127.0.0.1"]), idle=5, total=0.15) as fetcher:
        with pytest.raises(Slow):
            await read(fetcher, server.url())


async def test_a_reader_that_takes_its_time_is_not_punished(serve: Serving) -> None:
    server = await serve([reply(PICTURE)])
    got = 0
    async with Fetcher(Guard(["127.0.0.1"]), idle=0.2, total=0.2) as fetcher, fetcher.open(server.url()) as fetched:
        async for part in fetched.chunks():
            got += len(part)
            await asyncio.sleep(0.1)
    assert got == len(PICTURE)


async def test_a_file_that_says_it_is_too_large_is_not_read(serve: Serving) -> None:
    server = await serve([reply(PICTURE[:1000], length=70_000), "hang"])
    async with Fetcher(Guard(["127.0.0.1"]), cap=69_999) as fetcher:
        with pytest.raises(TooLarge, match="69,999 bytes") as caught:
            await read(fetcher, server.url())
    assert caught.value.limit == 69_999


async def test_a_file_that_does_not_say_is_read_up_to_the_limit(serve: Serving) -> None:
    server = await serve([reply(PICTURE, length=None), *[bytes(65_536)] * 100, None])
    got: list[int] = []
    async with Fetcher(Guard(["127.0.0.1"]), cap=500_000) as fetcher, fetcher.open(server.url()) as fetched:
        with pytest.raises(TooLarge):
            await drain(fetched, got)
    assert len(PICTURE) <= sum(got) <= 500_000


async def test_a_file_of_exactly_the_limit_is_fine(serve: Serving) -> None:
    server = await serve([reply(PICTURE)])
    async with Fetcher(Guard(["127.0.0.1"]), cap=len(PICTURE)) as fetcher:
        assert await read(fetcher, server.url()) == PICTURE


@pytest.mark.parametrize("status", ["301 M", "302 F", "303 S", "307 T", "308 P"])
async def test_a_redirect_is_followed(serve: Serving, fetcher: Fetcher, status: str) -> None:
    server = await serve(lambda path: redirect("/b", status) if path == "/a" else [reply(PICTURE)])
    assert await read(fetcher, server.url("/a")) == PICTURE


async def test_redirects_in_circles_end(serve: Serving, fetcher: Fetcher) -> None:
    server = await serve(redirect("/again"))
    with pytest.raises(Unfit, match=f"{HOPS} times"):
        await read(fetcher, server.url())
    assert len(server.requests) == HOPS + 1


async def test_a_redirect_to_nowhere_is_named(serve: Serving, fetcher: Fetcher) -> None:
    server = await serve([reply(status="302 Found")])
    with pytest.raises(Unfit, match="without saying where"):
        await read(fetcher, server.url())


async def test_only_listed_hosts_are_asked(serve: Serving) -> None:
    server = await serve(lambda path: redirect("http://evil.example:1/") if path == "/out" else [reply(PICTURE)])
    known = {name: [["127.0.0.1"]] for name in ("cdn_example", "a_b_bucket_example", "bucket_example")}
    hosts = ["CDN.example", "*.bucket.example"]
    async with Fetcher(Guard(["127.0.0.1", "10.0.0.1:1"]), hosts=hosts, resolver=Names(**known)) as fetcher:
        for name in ("cdn.example", "cdn.example.", "CDN.EXAMPLE", "a.b.bucket.example"):
            assert await read(fetcher, f"http://{name}:{server.port}/x") == PICTURE
        for name in ("bucket.example", "cdn.example.evil.example", "xcdn.example", "evilbucket.example", "127.0.0.1"):
            with pytest.raises(Forbidden, match="this host"):
                await read(fetcher, f"http://{name}:{server.port}/x")
        with pytest.raises(Forbidden, match="this host"):
            await read(fetcher, f"http://cdn.example:{server.port}/out")


async def test_tls_is_checked_and_never_left(
    serve: Serving, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext
) -> None:
    plain = await serve([reply(PICTURE)])
    secure = await serve(lambda path: redirect(plain.url("/x")) if path == "/out" else [reply(PICTURE)], tls=server_tls)
    names = Names(cdn_example=[["127.0.0.1"]], other_example=[["127.0.0.1"]])
    async with Fetcher(Guard(["127.0.0.1"]), resolver=names, tls=client_tls) as fetcher:
        assert await read(fetcher, f"https://cdn.example:{secure.port}/") == PICTURE
        with pytest.raises(Forbidden, match="open one"):
            await read(fetcher, f"https://cdn.example:{secure.port}/out")
        with pytest.raises(Broken, match="no secure connection"):
            await read(fetcher, f"https://other.example:{secure.port}/")
    async with Fetcher(Guard(["127.0.0.1"]), resolver=names) as stranger:
        with pytest.raises(Broken, match="no secure connection"):
            await read(stranger, f"https://cdn.example:{secure.port}/")
    assert plain.requests == []


async def test_a_fetcher_is_used_inside_its_context() -> None:
    with pytest.raises(RuntimeError, match="context"):
        await read(Fetcher(Guard()), "https://cdn.example/")
    async with Fetcher(Guard()) as fetcher:
        pass
    await fetcher.__aexit__(None, None, None)
