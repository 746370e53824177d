"""What the header of an AVIF or HEIF picture says: the properties of its primary item.

Boxes are those of ISO/IEC 14496-12, items and properties those of ISO/IEC 23008-12.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from bot.images.header import Header, Source, Unreadable
from bot.images.sniff import Kind

META = 1 << 17  # the longest item description that is read; a photo's has some kilobytes

_ALPHA = re.compile(rb":alpha\0|auxid:1\0")

# EXIF orientations by (quarter turns to the left, mirror axis), the turn coming first
_TURNS = {
    (0, None): 1, (1, None): 8, (2, None): 3, (3, None): 6,
    (0, 0): 4, (1, 0): 5, (2, 0): 2, (3, 0): 7,
    (0, 1): 2, (1, 1): 7, (2, 1): 4, (3, 1): 5,
}  # fmt: skip


@dataclass(slots=True)
class _Items:
    """What the `meta` box holds."""

    primary: int | None = None
    properties: list[tuple[bytes, bytes]] = field(default_factory=list)
    belongs: dict[int, list[int]] = field(default_factory=dict)

    def of_primary(self) -> list[tuple[bytes, bytes]]:
        """The primary item's properties; all there are where the file does not say whose they are."""
        places = self.belongs.get(self.primary) if self.primary is not None else None
        if places is None:
            return self.properties
        return [self.properties[place - 1] for place in places if 0 < place <= len(self.properties)]


def heif(source: Source, kind: Kind) -> Header:
    """Size, turn and mirror of the primary item, and whether there are moving pictures or transparency."""
    items = _items(_meta(source))
    sizes = [(_number(value, 4), _number(value, 8)) for name, value in items.of_primary() if name == b"ispe"]
    if not sizes:
        raise Unreadable
    width, height = _cropped(max(sizes, key=lambda size: size[0] * size[1]), items)
    return Header(
        kind,
        width=width,
        height=height,
        orientation=_orientation(items),
        animated=source.take(8, 4) in {b"avis", b"msf1", b"hevc", b"hevx"},
        alpha=any(name == b"auxC" and _ALPHA.search(value) for name, value in items.properties),
        depth=next((value[5] for name, value in items.of_primary() if name == b"pixi" and len(value) > 5), None),
    )


def _cropped(size: tuple[int, int], items: _Items) -> tuple[int, int]:
    """What the clean aperture leaves: encoders fill small and odd sizes up to whole blocks."""
    width, height = size
    for name, value in items.of_primary():
        if name == b"clap" and len(value) >= 16:
            over, under, high, low = (_number(value, at) for at in (0, 4, 8, 12))
            width = min(width, over // under) if under else width
            height = min(height, high // low) if low else height
    return width, height


def _number(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 4], "big")


def _orientation(items: _Items) -> int:
    turns, mirror = 0, None
    for name, value in items.of_primary():
        if name == b"irot" and value:
            turns = value[0] & 3
        elif name == b"imir" and value:
            mirror = value[0] & 1
    return _TURNS[turns, mirror]


def _meta(source: Source) -> bytes:
    """The content of the `meta` box, without its version."""
    at = 0
    while len(start := source.some(at, 16)) >= 8:
        size, head = _number(start, 0), 8
        if size == 1:
            size, head = int.from_bytes(start[8:], "big"), 16
        if start[4:8] == b"meta":
            return source.some(at + head + 4, min(size - head - 4, META) if size else META)
        if size < head:
            break
        at += size
    raise Unreadable


def _items(meta: bytes) -> _Items:
    items = _Items()
    for name, value in _boxes(meta):
        if name == b"pitm" and value:
            items.primary = int.from_bytes(value[4:6] if value[0] == 0 else value[4:8], "big")
        elif name == b"iprp":
            _read_properties(value, items)
    return items


def _read_properties(data: bytes, items: _Items) -> None:
    for name, value in _boxes(data):
        if name == b"ipco":
            items.properties.extend(_boxes(value))
        elif name == b"ipma":
            _read_owners(value, items)


def _read_owners(data: bytes, items: _Items) -> None:
    """Which properties belong to which item."""
    if len(data) < 8:
        return
    id_size, place_size = (4 if data[0] else 2), (2 if data[3] & 1 else 1)
    mask = 0x7FFF if place_size == 2 else 0x7F
    at = 8
    while at + id_size < len(data):
        item = int.from_bytes(data[at : at + id_size], "big")
        start = at + id_size + 1
        at = start + data[start - 1] * place_size
        places = (data[place : place + place_size] for place in range(start, min(at, len(data)), place_size))
        items.belongs[item] = [int.from_bytes(place, "big") & mask for place in places]


def _boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Name and content of one box after the other; stops at the first that makes no sense."""
    at = 0
    while at + 8 <= len(data):
        size = _number(data, at) or len(data) - at
        if size < 8:
            return
        yield data[at + 4 : at + 8], data[at + 8 : at + size]
        at += size
