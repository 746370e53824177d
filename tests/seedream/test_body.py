"""JSON bodies with pictures in them: exact length, small memory, and no wrong byte."""

import asyncio
import base64
import gc
import json
import tracemalloc
from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.seedream.body import JsonBody
from bot.seedream.content import PIECE, READ, InMemory, OnDisk
from bot.seedream.errors import BadReference, InvalidRequest
from bot.seedream.models import Content, Reference


class Pieces:
    """Content in given pieces, that may lie about its length or break."""

    def __init__(self, *pieces: bytes, length: int | None = None, error: OSError | None = None) -> None:
        self.pieces = pieces
        self.length = sum(map(len, pieces)) if length is None else length
        self.error = error

    async def chunks(self) -> AsyncGenerator[bytes, None]:
        for piece in self.pieces:
            yield piece
        if self.error:
            raise self.error


async def read(body: JsonBody, sent: list[bytes] | None = None) -> bytes:
    sent = [] if sent is None else sent
    async with aclosing(body.chunks()) as chunks:
        async for chunk in chunks:
            sent.append(chunk)  # a comprehension would lose what came before an error
    return b"".join(sent)


def png(content: Content) -> Reference:
    return Reference(content, media_type="image/png")


@given(st.lists(st.lists(st.binary(max_size=7), max_size=6), max_size=4), st.text(max_size=20))
def test_any_pieces_give_the_plain_base64_and_the_announced_length(pictures: list[list[bytes]], prompt: str) -> None:
    body = JsonBody({"prompt": prompt, "image": [png(Pieces(*pieces)) for pieces in pictures], "n": None})
    sent = asyncio.run(read(body))
    assert len(sent) == body.length
    uris = ["data:image/png;base64," + base64.b64encode(b"".join(pieces)).decode() for pieces in pictures]
    assert json.loads(sent) == {"prompt": prompt, "image": uris, "n": None}


async def test_a_body_can_be_read_again() -> None:
    body = JsonBody({"image": png(InMemory(bytes(range(256)) * 1000))})
    assert await read(body) == await read(body)


async def test_a_prompt_cannot_imitate_a_picture() -> None:
    prompt = '\0"data:image/png;base64,\0"\u0000\\u0000'
    body = JsonBody({"prompt": prompt, "image": png(InMemory(b"abc"))})
    assert json.loads(await read(body)) == {"prompt": prompt, "image": "data:image/png;base64,YWJj"}


async def test_a_reference_by_link_stays_a_link() -> None:
    assert await read(JsonBody({"image": Reference(url='https://x/"?a=b')})) == b'{"image":"https://x/\\"?a=b"}'


@pytest.mark.parametrize("reference", [Reference(), Reference(InMemory(b"x")), Reference(InMemory(b"x"), None, 'a"/b')])
def test_a_reference_that_cannot_be_written_is_refused(reference: Reference) -> None:
    with pytest.raises(BadReference):
        JsonBody({"image": [reference]})


@pytest.mark.parametrize("value", [object(), 2**70, "\ud800", {1: 2}])
def test_what_is_no_json_is_an_invalid_request(value: object) -> None:
    with pytest.raises(InvalidRequest, match="cannot be written as JSON"):
        JsonBody({"value": value})


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (Pieces(b"abcd", length=5), "reference 2 changed while it was sent: 5 bytes were promised, only 4 came"),
        (Pieces(b"abc", b"def", length=5), "5 bytes were promised, more came"),
        (Pieces(b"abc", b"d", length=3), "3 bytes were promised, more came"),
        (Pieces(bytes(1000), length=3), "3 bytes were promised, more came"),
        (Pieces(length=1), "only 0 came"),
        (Pieces(b"abc", error=TimeoutError()), "reference 2 could not be read: TimeoutError"),
        (Pieces(error=FileNotFoundError(2, "No such file", "/secret")), "could not be read: No such file"),
    ],
)
async def test_a_picture_of_another_length_breaks_off_and_never_completes_the_body(content: Pieces, words: str) -> None:
    body = JsonBody({"image": [png(InMemory(b"first")), png(content)]})
    sent: list[bytes] = []
    with pytest.raises(BadReference) as caught:
        await read(body, sent)
    assert len(b"".join(sent)) < body.length
    assert words in str(caught.value)
    assert "/secret" not in str(caught.value)


async def test_fourteen_pictures_of_ten_megabytes_need_little_memory_and_let_others_run() -> None:
    data = InMemory(bytes(10_000_000))
    body = JsonBody({"image": [png(data)] * 14})
    turns, longest = 0, 0

    async def other() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    task = asyncio.create_task(other())
    tracemalloc.start()
    try:
        sent = 0
        async with aclosing(body.chunks()) as chunks:
            async for chunk in chunks:
                sent += len(chunk)
                longest = max(longest, len(chunk))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
        task.cancel()
    assert sent == body.length
    assert longest <= PIECE // 3 * 4
    assert peak < 1_000_000
    assert turns >= 14 * 10_000_000 // PIECE


async def test_a_file_is_read_off_the_loop_from_its_beginning_each_time(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(bytes(range(256)) * 10_000)
    content = OnDisk(path)
    assert content.length == 2_560_000
    for _ in range(2):
        assert b"".join([chunk async for chunk in content.chunks()]) == path.read_bytes()


async def test_a_file_that_is_not_there_or_goes_away_is_a_bad_reference(tmp_path: Path) -> None:
    path = tmp_path / "gone.png"
    with pytest.raises(BadReference, match=r"cannot read gone\.png: No such file"):
        OnDisk(path)
    path.write_bytes(b"x")
    body = JsonBody({"image": png(OnDisk(path))})
    path.unlink()
    with pytest.raises(BadReference) as caught:
        await read(body)
    assert str(tmp_path) not in str(caught.value)


async def test_bytes_in_memory_are_not_shown() -> None:
    assert "secret" not in repr(InMemory(b"secret"))


async def test_a_file_is_closed_also_by_who_is_cancelled_while_it_is_opened_or_read(tmp_path: Path) -> None:
    path = tmp_path / "picture.png"
    path.write_bytes(b"x" * (3 * READ))
    for turns in range(20):
        reading = asyncio.create_task(whole(OnDisk(path)))
        for _ in range(turns):
            await asyncio.sleep(0)
        reading.cancel()
        await asyncio.wait({reading})
        assert open_files(path) == 0


async def test_a_file_that_cannot_be_read_is_no_trouble_when_its_reader_is_cancelled(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "picture.png"
    path.write_bytes(b"x")
    content = OnDisk(path)
    path.unlink()
    with caplog.at_level("DEBUG"):
        reading = asyncio.create_task(whole(content))
        await asyncio.sleep(0)
        reading.cancel()
        await asyncio.wait({reading})
        del reading
        gc.collect()
    told = [(it.name, it.levelname) for it in caplog.records if it.name in {"asyncio", "bot.seedream.content"}]
    assert ("asyncio", "ERROR") not in told
    assert told.count(("bot.seedream.content", "DEBUG")) == 1


async def whole(content: OnDisk) -> bytes:
    async with aclosing(content.chunks()) as chunks:
        return b"".join([chunk async for chunk in chunks])


def open_files(path: Path) -> int:
    """How many descriptors of this process are of a file."""
    found = 0
    for descriptor in Path("/proc/self/fd").iterdir():
        with suppress(OSError):
            found += descriptor.readlink() == path
    return found
