"""Reading bodies: what counts as JSON, and what an error status forgives."""

import random
import zlib
from collections.abc import AsyncGenerator, Callable

import pytest

from bot.seedream.errors import BadReply, Charged, ConnectionLost, TimedOut
from bot.seedream.lift import FileSink, Lifter
from bot.seedream.reply import Reply, read_events, read_json


def reply(*pieces: bytes | Exception, status: int = 200, **headers: str) -> Reply:
    async def body() -> AsyncGenerator[bytes, None]:
        for piece in pieces:
            if isinstance(piece, Exception):
                raise piece
            yield piece

    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(status, names, "ark", "their-1", body)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'{"data": []}', {"data": []}),
        (b"null", None),
        (b"[]", []),
        (b'"text"', "text"),
        (b"\xef\xbb\xbf{}", {}),
        (b"\n\n   {}\r\n", {}),
        (b'{"message": "caf\xe9", "url": "u"}', {"message": "caf\ufffd", "url": "u"}),
        (b"[" * 500 + b"]" * 500, None),
    ],
)
async def test_json_is_read_with_its_small_flaws(body: bytes, expected: object) -> None:
    value = await read_json(reply(body[:3], body[3:]))
    assert value == expected or (expected is None and isinstance(value, list))


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "empty"),
        (b"  \r\n", "empty"),
        (b"<!doctype html><title>x</title>", "a web page"),
        (b"{", "not JSON"),
        (b'{"a": NaN}', "not JSON"),
        (b'{"a": Infinity}', "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"9" * 5000, "not JSON"),
        (b"\xff\xfe{\0}\0", "not JSON"),
        (b"OK", "not JSON"),
    ],
)
@pytest.mark.parametrize("status", [200, 400, 500, 999])
async def test_what_is_no_json_is_a_bad_reply_unless_the_status_says_enough(
    body: bytes, words: str, status: int
) -> None:
    if status >= 400:
        assert await read_json(reply(body, status=status)) is None
        return
    with pytest.raises(BadReply, match=words) as caught:
        await read_json(reply(body, status=status))
    error = caught.value
    assert (error.provider, error.status, error.request_id) == ("ark", 200, "their-1")
    assert error.charged is Charged.UNKNOWN


@pytest.mark.parametrize("wbits", [zlib.MAX_WBITS, zlib.MAX_WBITS | 16])
async def test_an_unpacked_answer_is_whole_wherever_it_was_cut(wbits: int) -> None:
    text = b'{"a":"' + b"x" * 150_000 + random.Random(1).randbytes(20).hex().encode() + b'"}'
    packer = zlib.compressobj(wbits=wbits)
    packed = packer.compress(text) + packer.flush()
    for place in range(len(packed)):
        answer = reply(packed[:place], packed[place:], content_encoding="GZip")
        assert b"".join([chunk async for chunk in answer.chunks()]) == text


async def test_a_web_page_is_known_by_its_type_too() -> None:
    with pytest.raises(BadReply, match="a web page"):
        await read_json(reply(b"Bad gateway", content_type="text/html; charset=utf-8"))


@pytest.mark.parametrize("broken", [ConnectionLost("x"), TimedOut("x"), BadReply("x")])
async def test_an_error_status_survives_the_loss_of_its_body(broken: Exception) -> None:
    assert await read_json(reply(b'{"err', broken, status=429)) is None
    with pytest.raises(type(broken)):
        await read_json(reply(b'{"err', broken))


async def test_an_answer_over_the_cap_is_not_read_to_its_end() -> None:
    given = []

    async def body() -> AsyncGenerator[bytes, None]:
        for number in range(100):
            given.append(number)
            yield b" " * 1000

    with pytest.raises(BadReply, match="longer than 5000 bytes"):
        await read_json(Reply(200, {}, "ark", "", body), cap=5000)
    assert len(given) == 6


async def test_pictures_are_lifted_out_of_plain_answers_and_streams(lifter: Callable[[], Lifter]) -> None:
    plain = reply(b'{"data": [{"b64_', b'json": "AAAA"}]}')
    assert await read_json(plain, lifter=lifter(), cap=40) == {"data": [{"b64_json": 0}]}
    stream = reply(b'data: {"b64_json":"AA', b'AA"}\n\ndata: [DONE]')
    assert [event.data async for event in read_events(stream, lifter=lifter())] == ['{"b64_json":0}', "[DONE]"]


async def test_a_lifter_is_closed_when_its_answer_breaks(lifter: Callable[[], Lifter], sinks: list[FileSink]) -> None:
    with pytest.raises(ConnectionLost):
        await read_json(reply(b'{"b64_json":"AAAA', ConnectionLost("x")), lifter=lifter())
    assert sinks[0].failure == "cut off"


async def test_an_event_over_the_cap_names_its_provider() -> None:
    with pytest.raises(BadReply, match="one event") as caught:
        [event async for event in read_events(reply(b"data: " + b"x" * 100), cap=50)]
    assert caught.value.provider == "ark"
