"""The faults that the pretend server can show, by name, and the list of those that have been asked for."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from sandbox.seedream.problems import Problem, named


class Where(Enum):
    """At which place a fault shows."""

    DOOR = "door"  # below HTTP: ask for base_url(provider, fault=…)
    API = "api"  # the answer of a gateway
    STREAM = "stream"  # a streamed answer
    ITEM = "item"  # a picture inside a reply (b64_json)
    BUCKET = "bucket"  # a picture behind a link


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: what it is, where it shows, which forms it has (the first is meant when none is named).

    `drawn` tells whether the pictures were made, and billed, before it struck.
    """

    name: str
    meaning: str
    where: Where
    variants: tuple[str, ...] = ()
    drawn: bool = False


def _table(text: str, where: Where, drawn: frozenset[str]) -> list[Fault]:
    """One fault per line: its name, what it means, and its forms after a bar."""
    faults = []
    for line in text.strip().splitlines():
        name, rest = line.strip().split(" ", 1)
        meaning, _, forms = rest.partition(" | ")
        faults.append(Fault(name, meaning, where, tuple(forms.split()), name in drawn))
    return faults


def _span(letter: str, first: int, last: int) -> frozenset[str]:
    return frozenset(f"{letter}{number}" for number in range(first, last + 1))


_DOORS = """
P1 the name does not resolve
P2 the connection is refused
P3 packets vanish: nobody answers the connection attempt
P4 the TLS certificate has expired
P5 the TLS certificate is for another host
P6 the TLS handshake is cut
"""
_API = """
P7 the connection is closed at once
P8 the connection is reset at once
P9 no answer, ever
P10 headers come one byte at a time
P11 the body comes one byte at a time
P12 the body stalls half-way
P13 bytes that are not HTTP
P14 a status line and nothing else
P15 fewer bytes than Content-Length, then a clean end
P16 fewer bytes than Content-Length, then a reset
P17 a chunk is cut
P18 the last chunk is missing
P19 a chunk size that is no number
P20 a body without length is cut
P21 two different Content-Lengths
P22 a header of 64 KiB
P23 100,000 headers
P24 gzip that can not be unpacked
P25 a gzip bomb
P26 a redirect loop
P27 a redirect to another host
P28 a redirect to a private address
P29 a redirect to a file
P30 a redirect without Location
P31 status 200 with HTML
P32 status 200 with an error object | object string
P33 status 200 with an empty body
P34 status 200 with JSON that is no object | null list string
P35 status 200 without data
P36 status 200 with empty data
P37 another number of pictures than asked for | auto fewer more
P38 some pictures are errors
P39 bad UTF-8
P40 a byte order mark
P41 numbers that JSON does not know | NaN Infinity
P42 100,000 levels of nesting
P43 an integer of 5,000 digits
P44 status 204
P45 a parameter is refused
P46 the content policy refuses | 400 403
P47 the key is refused
P48 no credit, or the model is not open | 403 402 404
P49 the model is gone
P50 status 408
P51 status 409
P52 status 413
P53 status 429
P54 status 500
P55 a proxy's own error page | 502 503 504
P56 an error page of a content network | 520 521 522 523 524 525 526 527 528 529 999
R1 429, Retry-After in seconds
R2 429, retry-after-ms
R3 429, Retry-After as a date
R4 429, Retry-After as a date that has passed
R5 429, Retry-After negative
R6 429, Retry-After that is no number | nan inf
R7 429, Retry-After beyond every number
R8 429, Retry-After that means nothing
R9 429 without Retry-After
"""
_STREAM = """
S1 cut before the first event
S2 cut in the middle of a line
S3 cut in the middle of an event
S4 cut after a picture
S5 a clean end without completion
S6 an error event | flat typed nested
S7 an unknown event
S8 nothing but keep-alives
S9 every byte in a chunk of its own
S10 CR, LF and CRLF mixed
S11 a byte order mark
S12 data over several lines
S13 a line of more than 128 KiB
S14 a line of more than 64 MiB
S15 base64 that can not be decoded
S16 the index is there twice, or missing | duplicate missing
S17 nothing more after the first event
S18 an event whose JSON is broken | replaced added
"""
_BUCKET = """
I1 status 403
I2 status 404
I3 status 410
I4 the link has expired
I5 two server errors, then the picture | 503 500 502
I6 a redirect to a private address
I7 an https link that redirects to http
I8 the link's host name is a private address
I9 no bytes
I10 HTML in place of the picture
I11 an error document in place of the picture | xml json
I12 a JPEG that breaks off
I13 a PNG that breaks off
I14 Content-Length lies | long short
I15 more bytes than anybody wants | declared chunked
I16 more bytes than can be uploaded
I17 a bomb of one to two times the pixel limit
I18 a bomb of more than twice the pixel limit
I19 the type is not the one that name and header say
I20 animated | gif apng webp
I21 unusual pixels | 16-bit cmyk palette
I22 turned by EXIF
I23 a bomb in the metadata
I26 the signature's clock is wrong | future past
"""
_ITEM = """
I24 base64 that can not be decoded
I25 base64 with a data URI in front
"""

_DRAWN = _span("P", 9, 25) | _span("P", 33, 35) | _span("P", 37, 44) | {"P31", "P55", "P56"}

FAULTS: Mapping[str, Fault] = {
    fault.name: fault
    for fault in (
        *_table(_DOORS, Where.DOOR, frozenset()),
        *_table(_API, Where.API, _DRAWN),
        *_table(_STREAM, Where.STREAM, _span("S", 1, 18) - {"S6"}),
        *_table(_BUCKET, Where.BUCKET, _span("I", 1, 26)),
        *_table(_ITEM, Where.ITEM, _span("I", 1, 26)),
    )
}


@dataclass(frozen=True, slots=True)
class Ask:
    """A fault that has been asked for, in one of its forms; `problem` when it is an error code by name."""

    name: str
    variant: str = ""
    problem: Problem | None = None

    @property
    def where(self) -> Where:
        """Where it will show."""
        return Where.API if self.problem is not None else FAULTS[self.name].where

    @property
    def drawn(self) -> bool:
        """Whether the pictures are made before it strikes."""
        return self.problem is None and FAULTS[self.name].drawn

    def __str__(self) -> str:
        return f"{self.name}:{self.variant}" if self.variant else self.name


def parse(text: str) -> Ask:
    """Read "P53", "P55:504", "R1:7" or "code:QuotaExceeded"; ValueError when that can not be shown."""
    name, _, variant = text.partition(":")
    if name == "code":
        return Ask(name, variant, named(variant))
    if name not in FAULTS:
        raise ValueError(f"there is no fault {name!r}")
    fault = FAULTS[name]
    if fault.where is Where.DOOR:
        raise ValueError(f"{name} lies below HTTP: use base_url(provider, fault={name!r})")
    if fault.variants:
        variant = variant or fault.variants[0]
        if variant not in fault.variants:
            raise ValueError(f"{name} has the forms {', '.join(fault.variants)}, not {variant!r}")
    elif variant and (name not in ("R1", "R2", "R3") or not variant.isdecimal()):
        raise ValueError(f"{name} has only one form, or takes a whole number")
    return Ask(name, variant)


@dataclass(slots=True)
class _Armed:
    ask: Ask
    times: int
    provider: str | None
    path: str


class Faults:
    """The faults that wait for their moment, first asked, first shown."""

    def __init__(self) -> None:
        self._armed: list[_Armed] = []

    def arm(self, text: str, times: int, provider: str | None, path: str) -> None:
        """Let a fault show the next `times` times that it can."""
        self._armed.append(_Armed(parse(text), times, provider, path))

    def drop(self, text: str) -> None:
        """Let a fault that was asked for in these words show no more."""
        ask = parse(text)
        self._armed = [armed for armed in self._armed if armed.ask != ask]

    def take(self, wheres: set[Where], provider: str, path: str) -> Ask | None:
        """The next fault for this place, if one waits. Questions about tasks fail only when asked for by path."""
        for armed in self._armed:
            if armed.ask.where not in wheres or (provider and armed.provider not in (None, provider)):
                continue
            if armed.path not in path or (path.endswith("/tasks") and not armed.path):
                continue
            armed.times -= 1
            if armed.times <= 0:
                self._armed.remove(armed)
            return armed.ask
        return None
