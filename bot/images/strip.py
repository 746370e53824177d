"""Takes metadata, further frames and appended data out of PNG, JPEG and WebP files without touching a pixel."""

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.images.errors import BadPicture, Reason
from bot.images.sniff import Kind

# what tells how the pixels look; everything else tells about people, places and programs
_PNG_KEPT = frozenset(
    {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"sBIT", b"cICP", b"iCCP"}
)
_PNG_FRAMES = frozenset({b"acTL", b"fcTL", b"fdAT"})
_WEBP_KEPT = frozenset({b"VP8 ", b"VP8L", b"ALPH", b"ICCP"})
_WEBP_COLOUR_AND_ALPHA = 0x30  # the flags of VP8X that stay true when Exif, XMP and animation are gone
_JPEG_KEPT = {0xE0: b"JFIF\0", 0xE2: b"ICC_PROFILE\0", 0xEE: b"Adobe"}
_JPEG_BARE = frozenset({0x01, *range(0xD0, 0xD8)})
_SOS, _EOI, _COM = 0xDA, 0xD9, 0xFE
_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]", re.DOTALL)  # in a scan: neither stuffing nor restart nor filling
_PROFILE_MAX = 1 << 20


class Cut(Exception):
    """The file ends before its format says so."""


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of the file: kept, kept as other bytes (`instead`), or left out because of what it is (`why`)."""

    start: int
    end: int
    why: str = ""
    instead: bytes | None = None


def strip(data: memoryview, kind: Kind) -> list[Part]:
    """The file in parts that cover it whole; raises Cut, or BadPicture where its structure is broken."""
    parts = list({Kind.PNG: _png, Kind.JPEG: _jpeg, Kind.WEBP: _webp}[kind](data))
    end = parts[-1].end
    if end < len(data):
        parts.append(Part(end, len(data), "tail"))
    return parts


def write(data: memoryview, parts: list[Part], path: Path) -> None:
    """Write the parts that stay."""
    with path.open("wb") as file:
        for part in parts:
            if not part.why:
                file.write(data[part.start : part.end] if part.instead is None else part.instead)


def _png(data: memoryview) -> Iterator[Part]:
    yield Part(0, 8)
    at, name = 8, b""
    while name != b"IEND":
        name = bytes(data[at + 4 : at + 8])
        end = at + 12 + int.from_bytes(data[at : at + 4], "big")
        if end > len(data) or len(name) < 4:
            raise Cut
        yield Part(at, end, _png_objection(name, data[at + 4 : end]))
        at = end


def _png_objection(name: bytes, chunk: memoryview) -> str:
    """Why a chunk should not stay; `chunk` is its name, its data and its checksum."""
    if name in _PNG_FRAMES:
        return "animation"
    if name not in _PNG_KEPT:
        return "metadata"
    if zlib.crc32(chunk[:-4]) != int.from_bytes(chunk[-4:], "big"):
        raise BadPicture(Reason.UNDECODABLE, f"a checksum is wrong in {name.decode()}")
    return "metadata" if name == b"iCCP" and not _is_sane_profile(bytes(chunk[4:-4])) else ""


def _is_sane_profile(body: bytes) -> bool:
    """Whether a compressed colour profile unpacks, and to something of a profile's size."""
    inflate = zlib.decompressobj()
    try:
        inflate.decompress(body.partition(b"\0")[2][1:], _PROFILE_MAX)
    except zlib.error:
        return False
    return inflate.eof


def _jpeg(data: memoryview) -> Iterator[Part]:
    yield Part(0, 2)
    at = 2
    while True:
        start = at
        while at < len(data) and data[at] == 0xFF:
            at += 1
        if at >= len(data):
            raise Cut
        if at == start:
            raise BadPicture(Reason.UNDECODABLE, f"no JPEG marker at byte {at}")
        marker, at = data[at], at + 1
        if marker == _EOI:
            yield Part(start, at)
            return
        if marker not in _JPEG_BARE:
            at = _jpeg_end(data, marker, at)
        yield Part(start, at, "" if _jpeg_stays(marker, data[start:at]) else "metadata")


def _jpeg_end(data: memoryview, marker: int, at: int) -> int:
    """Where a segment ends, a scan with all its entropy-coded bytes."""
    end = at + max(2, int.from_bytes(data[at : at + 2], "big"))
    if end > len(data):
        raise Cut
    if marker != _SOS:
        return end
    found = _MARKER.search(data, end)
    if found is None:
        raise Cut
    return found.start()


def _jpeg_stays(marker: int, segment: memoryview) -> bool:
    if marker in _JPEG_KEPT:
        return bytes(segment[:32]).lstrip(b"\xff")[3:].startswith(_JPEG_KEPT[marker])
    return marker != _COM and not 0xE0 <= marker <= 0xEF


def _webp(data: memoryview) -> Iterator[Part]:
    whole = 8 + int.from_bytes(data[4:8], "little")
    if whole > len(data):
        raise Cut
    parts, at = [], 12
    while at + 8 <= whole:
        size = int.from_bytes(data[at + 4 : at + 8], "little")
        end = at + 8 + size + size % 2
        if end > whole + size % 2:
            raise BadPicture(Reason.UNDECODABLE, "a WebP chunk is longer than its file")
        parts.append(_webp_part(data, at, min(end, whole)))
        at = end
    kept = sum(len(part.instead or b"") or part.end - part.start for part in parts if not part.why)
    header = b"RIFF" + (4 + kept).to_bytes(4, "little") + b"WEBP"
    yield Part(0, 12, instead=None if bytes(data[:12]) == header else header)
    yield from parts


def _webp_part(data: memoryview, at: int, end: int) -> Part:
    name = bytes(data[at : at + 4])
    if name == b"VP8X" and end - at >= 18:
        chunk = bytearray(data[at:end])
        chunk[8] &= _WEBP_COLOUR_AND_ALPHA
        return Part(at, end, instead=bytes(chunk) if chunk != data[at:end] else None)
    return Part(at, end, "" if name in _WEBP_KEPT else "metadata")
