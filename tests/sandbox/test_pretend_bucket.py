"""The pretend bucket: links that are signed and expire, and pictures that can be anything but pictures."""

import asyncio
import base64
import json
import zlib
from collections.abc import Awaitable, Callable, Mapping
from io import BytesIO
from typing import Any

import aiohttp
import pytest
from PIL import Image
from yarl import URL

from sandbox.seedream import PretendSeedream
from sandbox.seedream.faults import FAULTS, Where

Ask = Callable[..., Awaitable[tuple[int, Mapping[str, str], Any]]]
Got = tuple[int, Mapping[str, str], bytes]

FIELDS = {"model": "doubao-seedream-4-5-251128", "prompt": "a cat", "watermark": False}


async def get(http: aiohttp.ClientSession, link: str, **options: Any) -> Got:
    async with http.get(URL(link, encoded=True), allow_redirects=False, **options) as reply:
        return reply.status, reply.headers, await reply.read()


async def link_of(pretend: PretendSeedream, http: aiohttp.ClientSession) -> str:
    url = pretend.base_url("ark") + "/api/v3/images/generations"
    async with http.post(url, json=FIELDS, headers={"Authorization": f"Bearer {pretend.key}"}) as reply:
        link: str = (await reply.json())["data"][0]["url"]
        return link


async def test_a_link_is_signed_and_lives_a_day(http: aiohttp.ClientSession) -> None:
    now = [1_790_000_000.0]
    async with PretendSeedream(pictures="small", clock=lambda: now[0]) as pretend:
        link = await link_of(pretend, http)
        assert "X-Tos-Expires=86400&" in link
        assert "X-Tos-Date=20260921T" in link
        assert "%2F20260921%2Fcn-beijing%2F" in link
        now[0] += 86_400
        assert (await get(http, link))[0] == 200
        now[0] += 1
        status, _, body = await get(http, link)
        assert (status, json.loads(body)["Code"]) == (403, "AccessDenied")
        now[0] -= 3 * 86_400
        assert json.loads((await get(http, link))[2])["Code"] == "RequestTimeTooSkewed"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("%2F", "/"),
        ("Expires=86400", "Expires=99999"),
        ("X-Tos-Signature=", "X-Tos-Signature=0"),
        ("&", ";"),
        ("?", "?a=b&"),
    ],
)
async def test_a_mangled_link_is_denied(
    old: str, new: str, pretend: PretendSeedream, http: aiohttp.ClientSession
) -> None:
    link = await link_of(pretend, http)
    status, _, body = await get(http, link.replace(old, new))
    assert status == 403
    assert json.loads(body) == {"Code": "AccessDenied", "Message": "Access Denied", "EC": "0003-00000015"}


@pytest.mark.parametrize("header", ["Authorization", "X-Api-Key"])
async def test_a_key_sent_to_the_bucket_is_a_violation(
    header: str, pretend: PretendSeedream, http: aiohttp.ClientSession
) -> None:
    link = await link_of(pretend, http)
    assert (await get(http, link, headers={header: "secret"}))[0] == 400
    assert pretend.violations == [f"{header} was sent along to the bucket"]


async def test_an_unknown_picture_is_not_found(pretend: PretendSeedream, http: aiohttp.ClientSession) -> None:
    assert (await get(http, f"http://{pretend.address}/store/cdn/none.jpeg"))[0] == 404
    assert (await get(http, f"http://{pretend.address}/nowhere"))[0] == 404


def opened(body: bytes) -> Image.Image:
    return Image.open(BytesIO(body))


def breaks_off(body: bytes) -> bool:
    try:
        opened(body).load()
    except (OSError, SyntaxError):
        return True
    return False


Check = Callable[[Got], bool]
SEEN: dict[str, Check] = {
    "I1": lambda got: got[0] == 403,
    "I2": lambda got: got[0] == 404,
    "I3": lambda got: got[0] == 410,
    "I4": lambda got: got[0] == 403 and b"expired" in got[2],
    "I6": lambda got: got[0] == 302 and got[1]["Location"].endswith("/private"),
    "I9": lambda got: got[0] == 200 and got[2] == b"",
    "I10": lambda got: got[1]["Content-Type"].startswith("text/html") and b"<html>" in got[2],
    "I11": lambda got: got[1]["Content-Type"].startswith("application/xml"),
    "I11:json": lambda got: json.loads(got[2])["Code"] == "InternalError",
    "I12": lambda got: got[2].startswith(b"\xff\xd8") and breaks_off(got[2]),
    "I13": lambda got: got[2].startswith(b"\x89PNG") and breaks_off(got[2]),
    "I16": lambda got: len(got[2]) > 25 * 2**20 and not breaks_off(got[2]),
    "I19": lambda got: got[1]["Content-Type"] == "image/jpeg" and got[2].startswith(b"\x89PNG"),
    "I20": lambda got: getattr(opened(got[2]), "n_frames", 1) == 30 and got[2].startswith(b"GIF"),
    "I20:apng": lambda got: getattr(opened(got[2]), "n_frames", 1) == 30 and got[2].startswith(b"\x89PNG"),
    "I20:webp": lambda got: getattr(opened(got[2]), "n_frames", 1) == 30 and got[2].startswith(b"RIFF"),
    "I21": lambda got: opened(got[2]).mode == "I;16",
    "I21:cmyk": lambda got: opened(got[2]).mode == "CMYK",
    "I21:palette": lambda got: opened(got[2]).mode == "P",
    "I22": lambda got: opened(got[2]).getexif()[0x0112] == 6 and bool(opened(got[2]).getexif().get_ifd(0x8825)),
    "I26": lambda got: b"RequestTimeTooSkewed" in got[2],
    "I26:past": lambda got: got[0] == 200 and not breaks_off(got[2]),
}


@pytest.mark.parametrize("after", [False, True], ids=["asked before drawing", "asked after drawing"])
@pytest.mark.parametrize("name", SEEN)
async def test_a_fault_of_the_picture_is_what_its_name_says(
    name: str, after: bool, pretend: PretendSeedream, http: aiohttp.ClientSession
) -> None:
    link = await link_of(pretend, http) if after else ""
    pretend.fail(name)
    link = link or await link_of(pretend, http)
    got = await get(http, link)
    assert SEEN[name](got), got[:2]
    other = await link_of(pretend, http)
    assert (await get(http, other))[0] == 200
    assert pretend.billed == 2


def dimensions(png: bytes) -> tuple[int, int]:
    return int.from_bytes(png[16:20]), int.from_bytes(png[20:24])


@pytest.mark.parametrize(("name", "side"), [("I17", 13_000), ("I18", 20_000)])
async def test_a_bomb_is_small_and_claims_many_pixels(
    name: str, side: int, pretend: PretendSeedream, http: aiohttp.ClientSession
) -> None:
    pretend.fail(name)
    _, _, body = await get(http, await link_of(pretend, http))
    assert dimensions(body) == (side, side)
    assert len(body) < 200_000


async def test_a_metadata_bomb_unpacks_to_a_hundred_megabytes(
    pretend: PretendSeedream, http: aiohttp.ClientSession
) -> None:
    pretend.fail("I23")
    _, _, body = await get(http, await link_of(pretend, http))
    begin = body.index(b"zTXtComment\0\0") + 13
    assert len(body) < 10**6
    assert len(zlib.decompressobj().decompress(body[begin:])) == 100_000_000


async def test_server_errors_pass_by(pretend: PretendSeedream, http: aiohttp.ClientSession) -> None:
    pretend.fail("I5")
    link = await link_of(pretend, http)
    assert [(await get(http, link))[0] for _ in range(4)] == [503, 503, 200, 200]
    assert [status for _, status in pretend.ledger.downloads] == [503, 503, 200, 200]


async def test_a_length_that_is_too_long_ends_in_a_cut(pretend: PretendSeedream, http: aiohttp.ClientSession) -> None:
    pretend.fail("I14")
    link = await link_of(pretend, http)
    with pytest.raises(aiohttp.ClientPayloadError):
        await get(http, link)


async def test_a_length_that_is_too_short_leaves_bytes_over(
    pretend: PretendSeedream, http: aiohttp.ClientSession
) -> None:
    pretend.fail("I14:short")
    target = (await link_of(pretend, http)).removeprefix(f"http://{pretend.address}")
    reader, writer = await asyncio.open_connection(*pretend.address.split(":"))
    writer.write(f"GET {target} HTTP/1.1\r\nHost: {pretend.address}\r\n\r\n".encode())
    head, _, body = (await reader.read()).partition(b"\r\n\r\n")
    assert int(head.rsplit(b" ", 1)[1]) == len(body) - 1000
    writer.transport.abort()


@pytest.mark.parametrize(("form", "length"), [("declared", 300_000_000), ("chunked", None)])
async def test_a_flood_goes_on_as_long_as_anybody_listens(
    form: str, length: int | None, pretend: PretendSeedream, http: aiohttp.ClientSession
) -> None:
    pretend.fail(f"I15:{form}")
    async with http.get(URL(await link_of(pretend, http), encoded=True)) as reply:
        assert reply.content_length == length
        assert len(await reply.content.readexactly(2_000_000)) == 2_000_000


async def test_an_https_link_redirects_to_http(pretend: PretendSeedream, http: aiohttp.ClientSession) -> None:
    pretend.fail("I7")
    link = await link_of(pretend, http)
    assert link.startswith(f"https://{pretend.tls_address}/store/")
    status, headers, _ = await get(http, link, ssl=pretend.trust())
    assert (status, headers["Location"].split(":")[0]) == (302, "http")
    assert (await get(http, headers["Location"]))[0] == 200


@pytest.mark.parametrize("name", ["I6", "I8"])
async def test_who_follows_to_a_private_address_is_caught(
    name: str, pretend: PretendSeedream, http: aiohttp.ClientSession
) -> None:
    pretend.fail(name)
    link = await link_of(pretend, http)
    if name == "I6":
        link = (await get(http, link))[1]["Location"]
    assert (await get(http, link, ssl=pretend.trust()))[0] == 200
    assert len(pretend.violations) == 1
    assert "private address" in pretend.violations[0]


async def test_an_expired_link_says_so_itself(pretend: PretendSeedream, http: aiohttp.ClientSession) -> None:
    fresh = await link_of(pretend, http)
    pretend.fail("I4")
    stale = await link_of(pretend, http)
    dates = [URL(link, encoded=True).query["X-Tos-Date"] for link in (stale, fresh)]
    assert dates[0] < dates[1]


@pytest.mark.parametrize(("name", "begin"), [("I24", "@@@"), ("I25", "data:image/jpeg;base64,/9j/")])
async def test_base64_in_a_reply_can_be_spoilt(name: str, begin: str, ask: Ask, pretend: PretendSeedream) -> None:
    pretend.fail(name)
    _, _, body = await ask("ark", response_format="b64_json")
    assert body["data"][0]["b64_json"].startswith(begin)
    _, _, body = await ask("ark", response_format="b64_json", prompt=f"[[fault:{name}]]")
    assert body["data"][0]["b64_json"].startswith(begin)
    _, _, body = await ask("ark", response_format="b64_json")
    assert base64.b64decode(body["data"][0]["b64_json"], validate=True)


async def test_a_prompt_can_ask_for_a_fault_of_its_pictures(
    ask: Ask, pretend: PretendSeedream, http: aiohttp.ClientSession
) -> None:
    _, _, body = await ask("ark", prompt="a cat [[fault:I20]]")
    assert (await get(http, body["data"][0]["url"]))[2].startswith(b"GIF")


def test_every_fault_of_a_picture_is_seen_here() -> None:
    alone = {"I5", "I14", "I7", "I8", "I15", "I17", "I18", "I23", "I24", "I25"}
    pictures = {name for name, fault in FAULTS.items() if fault.where in (Where.BUCKET, Where.ITEM)}
    assert {name.partition(":")[0] for name in SEEN} | alone == pictures
