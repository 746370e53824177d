"""The stub speaks HTTP, the API and as much of Discord as is needed, and its bodies are whole."""

import asyncio
import json
from pathlib import Path

import aiohttp
import pybase64
import pytest

from bench.bodies import MB, Wish, answer, picture
from bench.parts import Part, split
from bench.road import Stub
from bot.images.sniff import Kind, sniff


async def get(url: str) -> bytes:
    async with aiohttp.ClientSession() as session, session.get(url) as reply:
        return await reply.read()


async def post(url: str, body: bytes) -> bytes:
    async with aiohttp.ClientSession() as session, session.post(url, data=body) as reply:
        return await reply.read()


def test_a_picture_is_the_same_each_time_and_as_long_as_asked() -> None:
    first = picture(5000, 1)
    picture.cache_clear()
    assert picture(5000, 1) == first
    assert len(first) == 5000
    assert len({picture(5000, number) for number in range(8)}) == 4
    assert sniff(first[:512]) is Kind.PNG


@pytest.mark.parametrize("wish", [Wish(), Wish(n=4, size=7, b64=1), Wish(delay=0.2, stall=1.5, rate=20 * MB, keep=1)])
def test_a_wish_survives_the_way_through_an_address(wish: Wish) -> None:
    assert Wish.read(str(wish)) == wish


def test_an_unknown_wish_is_an_error() -> None:
    with pytest.raises(ValueError, match="colour"):
        Wish.read("colour=3")


async def test_the_links_of_an_answer_lead_to_its_pictures(stub: Stub) -> None:
    wish = Wish(n=3, size=300_000)
    found = json.loads(await post(f"{stub.api(wish)}/api/v3/images/generations", b"{}"))
    assert [await get(item["url"]) for item in found["data"]] == [picture(300_000, number) for number in range(3)]
    assert found["usage"]["generated_images"] == 3


async def test_an_answer_can_hold_its_pictures_and_take_its_time(stub: Stub) -> None:
    wish = Wish(n=2, size=100_000, b64=1, delay=0.01)
    found = json.loads(await post(f"{stub.api(wish)}/api/v3/images/generations", bytes(300_000)))
    assert [pybase64.b64decode(item["b64_json"]) for item in found["data"]] == [picture(100_000, n) for n in range(2)]
    assert answer("http://x", 2, 100_000, 1) == answer("http://y", 2, 100_000, 1)


async def test_several_pictures_come_over_one_connection(stub: Stub) -> None:
    links = stub.pictures(Wish(n=4, size=1_500_000))
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=1)) as session:
        for number, link in enumerate(links):
            async with session.get(link) as reply:
                assert reply.content_length == 1_500_000
                assert await reply.read() == picture(1_500_000, number)


async def test_an_upload_is_kept_when_wished_even_if_it_was_stalled(stub: Stub) -> None:
    base = stub.discord(Wish(keep=1, stall=0.01))
    form = aiohttp.FormData()
    form.add_field("payload_json", "{}")
    form.add_field("files[0]", picture(400_000, 0), filename="0.png")
    async with aiohttp.ClientSession() as session, session.post(f"{base}/channels/3/messages", data=form) as reply:
        assert reply.content_type == "application/json"
        assert (await reply.json())["id"]
    kind, _, body = (await get(f"{stub.origin}/-/kept")).partition(b"\n")
    assert split(kind.decode(), body)[1] == Part("files[0]", "0.png", picture(400_000, 0))
    assert json.loads(await get(f"{stub.origin}/-/cpu"))["uploads"] == 1


async def test_a_paced_line_still_brings_everything(origins: list[str]) -> None:
    stub = Stub(origins[1])
    wish = Wish(size=300_000, rate=20 * MB)
    assert await get(stub.pictures(wish)[0]) == picture(300_000, 0)
    assert await post(f"{stub.origin}/{wish}/drop", bytes(300_000)) == b"{}"


async def test_it_knows_the_login_the_photo_and_nothing_else(stub: Stub, photo: Path) -> None:
    assert json.loads(await get(f"{stub.origin}/-/d/users/@me"))["username"] == "bench"
    assert await get(f"{stub.origin}/-/photo") == photo.read_bytes()
    async with aiohttp.ClientSession() as session, session.get(f"{stub.origin}/-/other") as reply:
        assert reply.status == 404


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"POST /-/drop HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"POST /-/drop HTTP/1.1\r\nContent-Length: 1\r\n\r\n12",
        b"GET /colour=3/drop HTTP/1.1\r\n\r\n",
    ],
    ids=["chunked", "pipelined", "unknown wish"],
)
async def test_what_it_cannot_do_ends_the_connection(stub: Stub, request_bytes: bytes) -> None:
    complaints: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: complaints.append(context["exception"]))
    host, port = stub.origin.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(request_bytes)
    assert await reader.read() == b""
    writer.close()
    assert isinstance(complaints[0], ValueError)


async def test_a_client_that_leaves_in_the_middle_harms_nobody(origins: list[str]) -> None:
    stub = Stub(origins[1])
    async with aiohttp.ClientSession() as session:
        async with session.get(stub.pictures(Wish(size=3 * MB, rate=20 * MB))[0]) as reply:
            await reply.content.read(10)
        reply.close()
    assert len(await get(stub.pictures(Wish(size=10_000))[0])) == 10_000


@pytest.mark.parametrize(
    ("body", "flaw"),
    [
        (b"--b\r\n\r\nx\r\n", "no end"),
        (b"x--b\r\nk: v\r\n\r\nx\r\n--b--\r\n", "beginning"),
        (b"--bx--b--\r\n", "cut off"),
    ],
)
def test_a_form_that_is_cut_off_is_not_taken_for_one(body: bytes, flaw: str) -> None:
    with pytest.raises(ValueError, match=flaw):
        split('multipart/form-data; boundary="b"', body)
