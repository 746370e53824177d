"""Every fault of a provider, its streams and its pictures ends in the error tree: told, billed once, no secret out.

The names are those of the pretend server's list: P for HTTP, R for Retry-After, S for streams, I for pictures.
"""

import logging
import traceback
from collections.abc import Callable, Iterator
from dataclasses import replace
from io import BytesIO

import pytest
from PIL import Image

from bot.seedream import errors
from bot.seedream.content import InMemory
from bot.seedream.errors import Charged, SeedreamError
from bot.seedream.models import ImageRequest, Reference
from sandbox.seedream.faults import FAULTS, Where
from tests.seedream.online.studio import Ask, Read, Studio, Told

CAT = ImageRequest("seedream-4.5", "a cat in the rain", size="2K")

# What the person is told; "fine" where the client copes. A number says how many of three streamed pictures came.
API = """
P1 Unreachable      P2 Unreachable      P3 Unreachable      P4 Unreachable      P5 Unreachable      P6 Unreachable
P7 ConnectionLost   P8 ConnectionLost   P9 TimedOut         P10 TimedOut        P11 TimedOut        P12 TimedOut
P13 BadReply        P14 ConnectionLost  P15 ConnectionLost  P16 ConnectionLost  P17 ConnectionLost  P18 ConnectionLost
P19 BadReply        P20 BadReply        P21 BadReply        P22 BadReply        P23 BadReply        P24 BadReply
P25 BadReply        P26 BadReply        P27 BadReply        P28 BadReply        P29 BadReply        P30 BadReply
P31 BadReply        P32:object ServerFault  P32:string BadReply  P33 BadReply   P34:null BadReply   P34:list BadReply
P34:string BadReply P35 BadReply        P36 Refused         P37:auto fine       P37:more fine       P37:fewer Refused
P38 fine            P39 fine            P40 fine            P41:NaN BadReply    P41:Infinity BadReply
P42 BadReply        P43 BadReply        P44 BadReply        P45 BadRequest      P46:400 Refused     P46:403 Refused
P47 BadKey          P48:402 OutOfCredit P48:403 OutOfCredit P48:404 ModelUnavailable                P49 ModelUnavailable
P50 TimedOut        P51 BadRequest      P52 BadReference    P53 fine            P54 ServerFault
P55:502 ServerFault P55:503 ServerFault P55:504 TimedOut    P56:520 ServerFault P56:521 ServerFault P56:522 ServerFault
P56:523 ServerFault P56:524 TimedOut    P56:525 ServerFault P56:526 ServerFault P56:527 ServerFault P56:528 ServerFault
P56:529 ServerFault P56:999 ServerFault
R1 fine  R2 fine  R3 fine  R4 fine  R5 fine  R6:nan fine  R6:inf fine  R7 fine  R8 fine  R9 fine
"""
STREAMS = """
S1 ConnectionLost 0     S2 ConnectionLost 0     S3 ConnectionLost 0       S4 ConnectionLost 1     S5 fine 3
S6:flat ServerFault 0   S6:typed ServerFault 0  S6:nested ServerFault 0   S7 fine 3               S8 TimedOut 0
S9 fine 3   S10 fine 3  S11 fine 3  S12 fine 3  S13 fine 3  S14 fine 3    S15 BadReply 0
S16:duplicate fine 3    S16:missing fine 3      S17 TimedOut 1
S18:replaced fine 2  S18:added fine 3
"""
BUCKET = """
I1 DownloadError  I2 Expired  I3 Expired  I4 Expired  I5:500 fine  I5:502 fine  I5:503 fine  I6 DownloadError
I7 DownloadError  I8 DownloadError  I9 DownloadError  I10 DownloadError  I11:xml DownloadError  I11:json DownloadError
I12 fine  I13 fine  I14:long DownloadError  I14:short DownloadError
I15:declared DownloadError  I15:chunked DownloadError
I16 fine  I17 fine  I18 fine  I19 fine  I20:gif fine  I20:apng fine  I20:webp fine  I21:16-bit fine  I21:cmyk fine
I21:palette fine  I22 fine  I23 fine  I26:future DownloadError  I26:past fine
"""  # what is fine here is whole bytes of an odd picture, which is the press's business
ITEMS = "I24 BadReply  I25 fine"


def pairs(table: str) -> list[tuple[str, str]]:
    words = iter(table.split())
    return list(zip(words, words, strict=True))


def triples(table: str) -> list[tuple[str, str, str]]:
    words = iter(table.split())
    return list(zip(words, words, words, strict=True))


def kinds() -> dict[str, ImageRequest]:
    out = BytesIO()
    Image.new("RGB", (64, 64), "red").save(out, "PNG")
    photo = Reference(InMemory(out.getvalue()), media_type="image/png", width=64, height=64)
    return {"text": CAT, "reference": replace(CAT, references=(photo,)), "stream": replace(CAT, max_images=3)}


@pytest.fixture
def no_secret_leaves(caplog: pytest.LogCaptureFixture, studio: Studio) -> Iterator[Callable[[SeedreamError], None]]:
    """Fails when the key or a link's signature is seen in an error, its traceback or the log."""
    caplog.set_level(logging.DEBUG)
    told: list[str] = []

    def note(error: SeedreamError) -> None:
        told.append(f"{error} {error!r} " + "".join(traceback.format_exception(error)))

    yield note
    seen = "\n".join([*told, *(record.getMessage() for record in caplog.records if record.name != "aiohttp.server")])
    for canary in (studio.pretend.key, "X-Tos-Signature", "X-Tos-Credential"):
        assert canary not in seen


def billed_once(studio: Studio, request: ImageRequest, told: Told) -> None:
    """The ledger at the other end agrees with what was told."""
    paid = [call for call in studio.pretend.calls if call.billed]
    assert len(paid) <= 1, "a paid call was repeated"
    if told.error is not None and told.error.charged is Charged.NO:
        assert studio.pretend.billed == 0, "somebody was told that nothing was charged"
    if told.error is None:
        assert studio.pretend.billed >= 1


@pytest.mark.parametrize("kind", ["text", "reference", "stream"])
@pytest.mark.parametrize(("fault", "expected"), pairs(API))
async def test_a_fault_of_the_answer(
    fault: str, expected: str, kind: str, studio: Studio, ask: Ask, no_secret_leaves: Callable[[SeedreamError], None]
) -> None:
    request = kinds()[kind]
    door = FAULTS[fault.partition(":")[0]].where is Where.DOOR
    client = await studio.client("ark", faults=[fault] if door else [])
    if not door:
        studio.pretend.fail(fault)
    told = await ask(client, request)
    if expected == "fine" or (fault == "P37:fewer" and kind == "stream"):
        assert told.error is None
        assert told.pictures
    else:
        assert told.error is not None
        assert type(told.error) is getattr(errors, expected)
        assert told.pictures == []
        no_secret_leaves(told.error)
    billed_once(studio, request, told)
    if not door:
        assert (await ask(client, request)).error is None, "the next job works"


@pytest.mark.parametrize(("fault", "expected", "came"), triples(STREAMS))
async def test_a_fault_of_the_stream(
    fault: str,
    expected: str,
    came: str,
    studio: Studio,
    ask: Ask,
    bytes_of: Read,
    no_secret_leaves: Callable[[SeedreamError], None],
) -> None:
    client = await studio.client("ark")
    request = kinds()["stream"]
    studio.pretend.fail(fault)
    told = await ask(client, request)
    assert len(told.pictures) == int(came), "what has come stays"
    for picture in told.pictures:
        assert await bytes_of(client, picture)
    if told.error:
        no_secret_leaves(told.error)
    assert type(told.error).__name__ == expected.replace("fine", "NoneType")
    billed_once(studio, request, told)
    assert (await ask(client, request)).error is None


@pytest.mark.parametrize(("fault", "expected"), pairs(BUCKET))
async def test_a_fault_of_a_finished_picture(
    fault: str,
    expected: str,
    studio: Studio,
    ask: Ask,
    bytes_of: Read,
    no_secret_leaves: Callable[[SeedreamError], None],
) -> None:
    client = await studio.client("ark")
    studio.pretend.fail(fault, times=1 if fault.startswith(("I5", "I26:past")) else 20)
    (picture,) = (await ask(client, CAT)).pictures
    if expected == "fine":
        assert await bytes_of(client, picture)
    else:
        with pytest.raises(SeedreamError) as caught:
            await bytes_of(client, picture)
        assert type(caught.value).__name__ == expected
        assert caught.value.charged is Charged.YES
        no_secret_leaves(caught.value)
    assert studio.pretend.violations == [], "no private address was asked, no key was sent along"
    assert len(studio.pretend.calls) == 1, "a picture that cannot be fetched is never drawn again by itself"


@pytest.mark.parametrize(("fault", "expected"), pairs(ITEMS))
async def test_a_fault_of_a_picture_inside_the_answer(
    fault: str, expected: str, studio: Studio, ask: Ask, bytes_of: Read
) -> None:
    client = await studio.client("ark")
    studio.pretend.fail(fault)
    told = await ask(client, replace(CAT, response_format="b64_json"))
    if expected == "fine":
        assert (await bytes_of(client, told.pictures[0]))[:2] == b"\xff\xd8"
    else:
        assert type(told.error).__name__ == expected
        assert told.error is not None
        assert told.error.charged is Charged.UNKNOWN


def test_every_fault_of_the_list_is_here() -> None:
    tables = [name for name, _ in pairs(f"{API} {BUCKET} {ITEMS}")] + [name for name, _, _ in triples(STREAMS)]
    wanted = {
        f"{fault.name}:{form}" if form else fault.name for fault in FAULTS.values() for form in fault.variants or ("",)
    }
    assert set(tables) == wanted
    assert len(FAULTS) == 56 + 9 + 18 + 26


@pytest.mark.parametrize(("fault", "says"), [("P4", "expired"), ("P5", "mismatch")])
async def test_a_bad_certificate_is_told_for_what_it_is(fault: str, says: str, studio: Studio, ask: Ask) -> None:
    client = await studio.client("ark", faults=[fault], trust=True)
    told = await ask(client, CAT)
    assert isinstance(told.error, errors.Unreachable)
    assert not told.error.retryable
    assert says in str(told.error)
