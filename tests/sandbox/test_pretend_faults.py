"""Every fault that has a name can be asked for, and is what its name says, seen from a bare socket."""

import asyncio
import json
import re
import ssl
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest

from sandbox.seedream import PretendSeedream
from sandbox.seedream.faults import FAULTS, Where, parse
from sandbox.seedream.problems import CODES

SENT: dict[str, object] = {"model": "doubao-seedream-4-5-251128", "prompt": "a cat", "watermark": False}
STREAMED: dict[str, object] = {
    **SENT,
    "stream": True,
    "sequential_image_generation": "auto",
    "sequential_image_generation_options": {"max_images": 2},
}
HEAD = re.compile(rb"HTTP/1\.1 (\d{3}) ")


async def exchange(
    pretend: PretendSeedream, body: dict[str, object], *, enough: int = 2**28, patience: float = 5.0
) -> tuple[bytes, str]:
    """Send one request over a bare socket; all bytes that came, and how it ended: fin, reset, open."""
    reader, writer = await asyncio.open_connection(*pretend.address.split(":"))
    payload = json.dumps(body).encode()
    head = (
        f"POST /ark/api/v3/images/generations HTTP/1.1\r\nHost: {pretend.address}\r\nConnection: close\r\n"
        f"Authorization: Bearer {pretend.key}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(payload)}\r\n\r\n"
    )
    writer.write(head.encode() + payload)
    came, end = bytearray(), "open"
    try:
        async with asyncio.timeout(patience):
            while len(came) < enough:
                piece = await reader.read(2**20)
                if not piece:
                    end = "fin"
                    break
                came += piece
    except ConnectionResetError:
        end = "reset"
    except TimeoutError:
        end = "open"
    writer.transport.abort()
    return bytes(came), end


def status(came: bytes) -> int:
    found = HEAD.match(came)
    return int(found[1]) if found else 0


def body(came: bytes) -> bytes:
    return came.partition(b"\r\n\r\n")[2]


def header(came: bytes, name: str) -> str | None:
    pattern = rb"\r\n" + name.encode() + rb": *([^\r]*)\r\n"
    found = re.search(pattern, came.partition(b"\r\n\r\n")[0] + b"\r\n", re.IGNORECASE)
    return found[1].decode() if found else None


def length(came: bytes) -> int:
    return int(header(came, "Content-Length") or -1)


def unchunked(came: bytes) -> tuple[bytes, list[int], bool]:
    """The bytes of a chunked body, the sizes of the chunks, and whether the last one came."""
    sizes: list[int] = []
    rest, whole = body(came), b""
    while b"\r\n" in rest:
        size, _, rest = rest.partition(b"\r\n")
        count = int(size, 16)
        if not count:
            return whole, sizes, True
        whole, rest = whole + rest[:count], rest[count + 2 :]
        sizes.append(count)
    return whole, sizes, False


Check = Callable[[bytes, str], bool]

SOCKET: dict[str, Check] = {
    "P7": lambda came, end: (came, end) == (b"", "fin"),
    "P8": lambda came, end: (came, end) == (b"", "reset"),
    "P9": lambda came, end: (came, end) == (b"", "open"),
    "P10": lambda came, end: end == "open" and came.startswith(b"H") and b"\r\n\r\n" not in came,
    "P11": lambda came, end: end == "open" and length(came) == 1_000_000 and len(body(came)) > 0,
    "P12": lambda came, end: end == "open" and 0 < len(body(came)) < length(came),
    "P13": lambda came, end: came.startswith(b"SSH-") and end == "fin",
    "P14": lambda came, end: came == b"HTTP/1.1 200 OK\r\n" and end == "fin",
    "P15": lambda came, end: 0 < len(body(came)) < length(came) and end == "fin",
    "P16": lambda came, end: 0 < len(body(came)) < length(came) and end == "reset",
    "P17": lambda came, end: int(body(came).split(b"\r\n")[0], 16) > len(body(came)) and end == "fin",
    "P18": lambda came, end: unchunked(came)[2] is False and bool(json.loads(unchunked(came)[0])) and end == "fin",
    "P19": lambda came, end: body(came).startswith(b"zz\r\n"),
    "P20": lambda came, end: length(came) == -1 and not body(came).endswith(b"}") and end == "fin",
    "P21": lambda came, end: came.count(b"Content-Length:") == 2,
    "P22": lambda came, end: len(header(came, "X-Long") or "") == 65_536,
    "P23": lambda came, end: came.partition(b"\r\n\r\n")[0].count(b"\r\n") > 100_000,
    "P24": lambda came, end: header(came, "Content-Encoding") == "gzip" and body(came).startswith(b"{"),
    "P25": lambda came, end: header(came, "Content-Encoding") == "gzip" and len(body(came)) < 10**6,
}
ANSWERS: dict[str, Check] = {
    "P26": lambda came, end: status(came) == 307 and (header(came, "Location") or "").endswith("/loop"),
    "P27": lambda came, end: (header(came, "Location") or "").startswith("http://localhost:"),
    "P28": lambda came, end: (header(came, "Location") or "").startswith("http://127.0.0.1:"),
    "P29": lambda came, end: header(came, "Location") == "file:///etc/hostname",
    "P30": lambda came, end: status(came) == 302 and header(came, "Location") is None,
    "P31": lambda came, end: status(came) == 200 and b"<html>" in came,
    "P32": lambda came, end: status(came) == 200 and "error" in json.loads(body(came)),
    "P33": lambda came, end: status(came) == 200 and body(came) == b"",
    "P34": lambda came, end: not isinstance(json.loads(body(came)), dict),
    "P35": lambda came, end: "data" not in json.loads(body(came)),
    "P36": lambda came, end: json.loads(body(came))["data"] == [],
    "P37": lambda came, end: len(json.loads(body(came))["data"]) == 2,
    "P38": lambda came, end: ["error" in item for item in json.loads(body(came))["data"]] == [False, True],
    "P39": lambda came, end: b"\xff\xfe" in body(came),
    "P40": lambda came, end: body(came).startswith(b"\xef\xbb\xbf{"),
    "P41": lambda came, end: b":NaN" in body(came),
    "P42": lambda came, end: body(came) == b"[" * 100_000 + b"]" * 100_000,
    "P43": lambda came, end: b"9" * 5_000 in body(came),
    "P44": lambda came, end: status(came) == 204 and body(came) == b"",
}
STATUSES = {"P45": 400, "P46": 400, "P47": 401, "P48": 403, "P49": 404, "P50": 408, "P51": 409, "P52": 413, "P53": 429}
STATUSES |= {"P54": 500, "P55": 502, "P56": 520, "P46:403": 403, "P48:402": 402, "P48:404": 404, "P55:503": 503}
STATUSES |= {
    "P55:504": 504,
    **{f"P56:{number}": number for number in (521, 522, 523, 524, 525, 526, 527, 528, 529, 999)},
}
WAITS: dict[str, str | None] = {
    "R1": "2",
    "R1:7": "7",
    "R3": "Thu, 01 Jan 1970 00:16:43 GMT",
    "R4": "Wed, 31 Dec 1969 23:16:40 GMT",
    "R5": "-5",
    "R6": "nan",
    "R6:inf": "inf",
    "R7": "1e400",
    "R8": "soon",
    "R9": None,
}
NEVER_ENDS = {"P9", "P10", "P11", "P12"}


def test_all_109_faults_are_listed() -> None:
    counted = {letter: sum(name.startswith(letter) for name in FAULTS) for letter in "PRSI"}
    assert counted == {"P": 56, "R": 9, "S": 18, "I": 26}
    assert all(fault.meaning for fault in FAULTS.values())


@pytest.mark.parametrize("name", [*SOCKET, *ANSWERS])
async def test_a_fault_of_the_answer_is_what_its_name_says(name: str, pretend: PretendSeedream) -> None:
    pretend.fail(name)
    came, end = await exchange(pretend, SENT, patience=0.1 if name in NEVER_ENDS else 5.0)
    assert (SOCKET | ANSWERS)[name](came, end), (came[:400], end)
    assert pretend.calls[0].fault.startswith(name)
    assert (pretend.billed > 0) == FAULTS[name].drawn


@pytest.mark.parametrize(("name", "number"), STATUSES.items())
async def test_a_refusal_has_its_status(name: str, number: int, pretend: PretendSeedream) -> None:
    pretend.fail(name)
    came, _ = await exchange(pretend, SENT)
    assert status(came) == number
    assert (b"<html>" in came) == name.startswith(("P55", "P56"))


@pytest.mark.parametrize(("name", "value"), WAITS.items())
async def test_retry_after_has_its_form(name: str, value: str | None) -> None:
    async with PretendSeedream(pictures="small", clock=lambda: 1000.0) as pretend:
        pretend.fail(name)
        came, _ = await exchange(pretend, SENT)
    assert status(came) == 429
    assert header(came, "Retry-After") == value


async def test_retry_after_in_milliseconds_has_a_header_of_its_own(pretend: PretendSeedream) -> None:
    pretend.fail("R2")
    came, _ = await exchange(pretend, SENT)
    assert (header(came, "retry-after-ms"), header(came, "Retry-After")) == ("1500", None)


def events(came: bytes) -> list[bytes]:
    return [line for line in unchunked(came)[0].splitlines() if line.startswith(b"data: {")]


STREAMS: dict[str, Check] = {
    "S1": lambda came, end: body(came) == b"" and end == "reset",
    "S2": lambda came, end: not unchunked(came)[0].endswith(b"\n") and end == "reset",
    "S3": lambda came, end: unchunked(came)[0].endswith(b"}\n") and end == "reset",
    "S4": lambda came, end: unchunked(came)[0].endswith(b"}\n\n") and len(events(came)) == 1 and end == "reset",
    "S5": lambda came, end: b"completed" not in came and unchunked(came)[2] and end == "fin",
    "S6": lambda came, end: b"event: error\ndata: " in came,
    "S7": lambda came, end: b"event: image_generation.daydream" in came,
    "S8": lambda came, end: b"event" not in body(came) and b": keepalive" in came and end == "open",
    "S9": lambda came, end: set(unchunked(came)[1]) == {1} and len(events(came)) == 3,
    "S10": lambda came, end: re.search(rb"\r[^\n]", unchunked(came)[0]) is not None and len(events(came)) == 3,
    "S11": lambda came, end: unchunked(came)[0].startswith(b"\xef\xbb\xbfevent"),
    "S12": lambda came, end: b'\ndata:  "type"' in came,
    "S13": lambda came, end: max(map(len, events(came))) > 131_072,
    "S14": lambda came, end: max(map(len, events(came))) > 64 * 2**20,
    "S15": lambda came, end: b"@@@" in came,
    "S16": lambda came, end: came.count(b'"image_index": 0') == 3,
    "S16:missing": lambda came, end: b"image_index" not in came and len(events(came)) == 3,
    "S17": lambda came, end: len(events(came)) == 1 and end == "open",
    "S18": lambda came, end: not events(came)[1].endswith(b"}") and len(events(came)) == 3,
    "S18:added": lambda came, end: not events(came)[1].endswith(b"}") and len(events(came)) == 4,
}


@pytest.mark.parametrize("name", STREAMS)
async def test_a_fault_of_the_stream_is_what_its_name_says(name: str, pretend: PretendSeedream) -> None:
    pretend.fail(name)
    came, end = await exchange(pretend, STREAMED, patience=0.15 if name in ("S8", "S17") else 20.0)
    assert header(came, "Content-Type") == "text/event-stream; charset=utf-8"
    assert STREAMS[name](came, end), (unchunked(came)[0][:600], end)
    assert pretend.billed == (0 if name == "S6" else 2)


async def test_a_fault_of_the_stream_waits_for_a_stream(pretend: PretendSeedream) -> None:
    pretend.fail("S1")
    assert status((await exchange(pretend, SENT))[0]) == 200
    assert (await exchange(pretend, STREAMED))[1] == "reset"


@pytest.mark.parametrize("code", CODES)
async def test_every_documented_code_can_be_had(code: str, pretend: PretendSeedream) -> None:
    pretend.fail(f"code:{code}")
    came, _ = await exchange(pretend, SENT)
    assert status(came) == CODES[code]
    assert json.loads(body(came))["error"]["code"] == code


async def connect(url: str, trust: ssl.SSLContext | None = None) -> str:
    """What a client meets that does no more than connect."""
    parts = urlsplit(url)
    try:
        async with asyncio.timeout(0.3):
            _, writer = await asyncio.open_connection(
                parts.hostname, parts.port or 80, ssl=trust if parts.scheme == "https" else None
            )
    except ssl.SSLCertVerificationError as error:
        return error.verify_message
    except (OSError, TimeoutError) as error:
        return type(error).__name__
    writer.transport.abort()
    return "connected"


@pytest.mark.parametrize(
    ("name", "met"),
    [
        ("P2", "ConnectionRefusedError"),
        ("P3", "TimeoutError"),
        ("P4", "certificate has expired"),
        ("P5", "IP address mismatch, certificate is not valid for '127.0.0.1'."),
        ("P6", "ConnectionResetError"),
    ],
)
async def test_a_broken_address_fails_below_http(name: str, met: str, pretend: PretendSeedream) -> None:
    assert await connect(pretend.base_url("ark", fault=name), pretend.trust()) == met
    assert not pretend.calls


def test_a_name_that_does_not_resolve_is_a_reserved_one() -> None:
    assert PretendSeedream().base_url("ark", fault="P1") == "http://no-such-host.invalid/ark"


@pytest.mark.parametrize("wrong", ["P4", "P99", "P55:505", "P53:1", "code:Nonsense", ""])
def test_what_can_not_be_shown_can_not_be_asked_for(wrong: str) -> None:
    with pytest.raises(ValueError, match=r"base_url|no fault|forms|one form|documents"):
        parse(wrong)


@pytest.mark.parametrize(("provider", "fault"), [("nobody", ""), ("ark", "P7"), ("ark", "P99")])
def test_base_url_knows_providers_and_low_faults_only(provider: str, fault: str) -> None:
    with pytest.raises(ValueError, match=r"no provider|fail"):
        PretendSeedream().base_url(provider, fault)


async def test_a_fault_can_wait_for_one_provider_and_several_times(pretend: PretendSeedream) -> None:
    pretend.fail("P54", provider="byteplus")
    pretend.fail("P53", times=2)
    assert [status((await exchange(pretend, SENT))[0]) for _ in range(3)] == [429, 429, 200]


@pytest.mark.parametrize("name", ["P54", "R8", "P31", "code:QuotaExceeded"])
async def test_a_prompt_can_ask_for_a_fault(name: str, pretend: PretendSeedream) -> None:
    wanted = f"[[{name}]]" if name.startswith("code") else f"[[fault:{name}]]"
    came, _ = await exchange(pretend, SENT | {"prompt": f"a cat {wanted}"})
    assert status(came) == {"P54": 500, "P31": 200}.get(name, 429)


def test_every_fault_is_seen_by_a_test_here_or_in_the_bucket() -> None:
    here = {name.partition(":")[0] for name in (*SOCKET, *ANSWERS, *STATUSES, *WAITS, *STREAMS)} | {"R2"}
    doors = {name for name, fault in FAULTS.items() if fault.where is Where.DOOR}
    assert set(FAULTS) - here - doors == {name for name in FAULTS if name.startswith("I")}
