"""What is made of fetched pictures: content to read again and again, files, and errors that tell no secrets."""

import asyncio
import traceback
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, aclosing
from pathlib import Path

import pytest

from bot.images.errors import Broken, FetchError, Forbidden, TooLarge, Unfit
from bot.images.fetch import Fetcher
from bot.images.guard import Guard
from bot.images.sniff import Kind
from bot.seedream.models import Content
from tests.images.raw_server import Names, Part, Serving, png, redirect, reply

PICTURE = png(data=bytes(range(256)) * 1500)
CANARY = "c4n4ry"
SIGNED = f"/{CANARY}path/a.png?X-Signature={CANARY}&token={CANARY}#{CANARY}"


@pytest.fixture
async def fetcher() -> AsyncIterator[Fetcher]:
    async with Fetcher(Guard(["127.0.0.1"]), cap=1_000_000, total=5, idle=0.1) as fetcher:
        yield fetcher


async def read(content: Content) -> bytes:
    async with aclosing(content.chunks()) as chunks:
        return b"".join([chunk async for chunk in chunks])


async def test_a_source_is_read_again_and_again(serve: Serving, fetcher: Fetcher) -> None:
    server = await serve([reply(PICTURE)])
    async with fetcher.source(server.url()) as content:
        assert content.length == len(PICTURE)
        assert content.media_type == "image/png"
        assert len(server.requests) == 1
        for _ in range(3):
            assert await read(content) == PICTURE
    assert len(server.requests) == 3


async def test_a_source_that_was_left_in_the_middle_starts_anew(serve: Serving, fetcher: Fetcher) -> None:
    server = await serve([reply(PICTURE)])
    async with fetcher.source(server.url()) as content:
        async with aclosing(content.chunks()) as chunks:
            assert PICTURE.startswith(await anext(chunks))
        assert await read(content) == PICTURE


async def test_many_pictures_can_be_held_open_while_waiting_for_more(serve: Serving, fetcher: Fetcher) -> None:
    server = await serve([reply(PICTURE)])
    async with asyncio.timeout(20), AsyncExitStack() as held:
        sources = [await held.enter_async_context(fetcher.source(server.url())) for _ in range(120)]
        assert [source.length for source in sources] == [len(PICTURE)] * 120


async def test_a_slow_reader_is_not_taken_for_a_slow_server(serve: Serving, fetcher: Fetcher) -> None:
    server = await serve([reply(PICTURE)])
    async with fetcher.open(server.url()) as fetched, aclosing(fetched.chunks()) as chunks:
        data = await anext(chunks)
        await asyncio.sleep(0.25)  # more than the server may be silent
        data += b"".join([chunk async for chunk in chunks])
    assert data == PICTURE


async def test_a_source_that_changes_is_broken(serve: Serving, fetcher: Fetcher) -> None:
    answers = iter([reply(PICTURE), reply(png())])
    server = await serve(lambda path: [next(answers)])
    async with fetcher.source(server.url()) as content:
        assert await read(content) == PICTURE
        with pytest.raises(Broken, match="changed"):
            await read(content)


async def test_a_source_needs_a_length(serve: Serving, fetcher: Fetcher) -> None:
    server = await serve([reply(PICTURE, length=None), None])
    with pytest.raises(Unfit, match="how long"):
        async with fetcher.source(server.url()):
            pass


async def test_a_picture_is_saved(serve: Serving, fetcher: Fetcher, tmp_path: Path) -> None:
    server = await serve([reply(PICTURE)])
    assert await fetcher.save(server.url(), tmp_path / "a.png") is Kind.PNG
    assert (tmp_path / "a.png").read_bytes() == PICTURE
    assert [path.name for path in tmp_path.iterdir()] == ["a.png"]


@pytest.mark.parametrize(
    "parts",
    [
        [reply(PICTURE[:200_000], length=len(PICTURE)), None],
        [reply(b"{}")],
        [reply(PICTURE, length=None), *[bytes(100_000)] * 10, None],
    ],
)
async def test_a_picture_that_does_not_come_whole_leaves_no_file(
    serve: Serving, fetcher: Fetcher, tmp_path: Path, parts: list[Part]
) -> None:
    server = await serve(parts)
    (tmp_path / "a.png").write_bytes(b"older")
    with pytest.raises((Broken, Unfit, TooLarge)):
        await fetcher.save(server.url(), tmp_path / "a.png")
    assert (tmp_path / "a.png").read_bytes() == b"older"
    assert [path.name for path in tmp_path.iterdir()] == ["a.png"]


async def test_a_disk_that_cannot_be_written_is_no_fault_of_the_link(
    serve: Serving, fetcher: Fetcher, tmp_path: Path
) -> None:
    server = await serve([reply(PICTURE)])
    with pytest.raises(OSError, match="missing") as caught:
        await fetcher.save(server.url(), tmp_path / "missing" / "a.png")
    assert not isinstance(caught.value, FetchError)


SECRETIVE: dict[str, list[Part]] = {
    "403": [reply(b"", status="403 Forbidden")],
    "404": [reply(b"", status=f"404 {CANARY}")],
    "503": [reply(b"", status="503 Unavailable")],
    "closed": [None],
    "reset": ["reset"],
    "stall": ["hang"],
    "no HTTP": [f"{CANARY} {CANARY}\r\n\r\n".encode(), None],
    "cut": [reply(PICTURE[:5000], length=len(PICTURE)), None],
    "excess": [reply(PICTURE + CANARY.encode(), length=len(PICTURE))],
    "page": [reply(f"<html>{CANARY}".encode())],
    "compressed": [reply(PICTURE, "Content-Encoding: gzip")],
    "too large": [reply(PICTURE, length=2_000_000)],
    "circle": redirect(SIGNED),
    "to a file": redirect(f"file:///{CANARY}"),
    "to a private address": redirect(f"http://10.0.0.1/?{CANARY}"),
    "to nonsense": redirect(f"http://[::{CANARY}/"),
    "to a port": redirect(f"http://127.0.0.1:99999/{CANARY}"),
    "to an unknown name": redirect(f"http://nobody.example/{CANARY}?{CANARY}"),
}


def everything_said(error: BaseException) -> str:
    """Texts, attributes and tracebacks of an error and of all that stand behind it."""
    said = ["".join(traceback.format_exception(error))]
    seen: list[BaseException] = []
    chain: list[BaseException | None] = [error]
    while chain:
        link = chain.pop()
        if link is None or link in seen:
            continue
        seen.append(link)
        said += [str(link), repr(link), repr(link.args), repr(vars(link))]
        chain += [link.__cause__, link.__context__]
    return "\n".join(said)


@pytest.mark.parametrize("fault", SECRETIVE)
async def test_no_error_tells_a_signed_link(serve: Serving, fault: str) -> None:
    server = await serve(SECRETIVE[fault])
    async with Fetcher(Guard(["127.0.0.1"]), cap=1_000_000, idle=0.1, resolver=Names()) as fetcher:
        with pytest.raises(FetchError) as caught:
            async with fetcher.open(server.url(SIGNED)) as fetched, aclosing(fetched.chunks()) as chunks:
                assert [chunk async for chunk in chunks]
    assert CANARY not in everything_said(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize(
    "url",
    [
        f"https://{CANARY}:{CANARY}@cdn.example/",
        f"ftp://cdn.example/{CANARY}",
        f"https://[{CANARY}/",
        f"https://cdn.example:99999/{CANARY}",
        f"https://10.0.0.1/{CANARY}",
        f"/{CANARY}",
    ],
)
async def test_no_error_about_a_link_repeats_it(url: str) -> None:
    async with Fetcher(Guard()) as fetcher:
        with pytest.raises(Forbidden) as caught:
            async with fetcher.open(url):
                pass
    assert CANARY not in everything_said(caught.value)


async def test_nothing_that_is_handed_out_shows_its_link(serve: Serving, fetcher: Fetcher) -> None:
    server = await serve([reply(PICTURE)])
    async with fetcher.open(server.url(SIGNED)) as fetched, fetcher.source(server.url(SIGNED)) as content:
        assert CANARY not in repr(fetched) + repr(content) + repr(fetcher)
