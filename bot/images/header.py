"""What the headers of the plain formats say: PNG, JPEG, WebP, GIF, BMP and TIFF."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from bot.images.sniff import Kind

PATIENCE = 20_000  # reads that one header may cost, about 10 ms: real ones take less, hostile ones never end


@dataclass(frozen=True, slots=True)
class Header:
    """What a picture says about itself; a hostile one may say anything, zero and 2³¹ pixels included.

    Width and height are as stored; `shown` is how they look once the EXIF orientation (1…8) is applied.
    `alpha` and `depth` (bits per channel) are None where the header does not tell.
    """

    kind: Kind
    width: int
    height: int
    orientation: int = 1
    animated: bool = False
    alpha: bool | None = None
    depth: int | None = None
    cmyk: bool = False

    @property
    def shown(self) -> tuple[int, int]:
        """Width and height the right way up."""
        return (self.height, self.width) if self.orientation >= 5 else (self.width, self.height)

    @property
    def pixels(self) -> int:
        """Width times height."""
        return self.width * self.height


class Unreadable(Exception):
    """The header ends too early, contradicts itself or leads in circles; never leaves this package."""


class Source:
    """Bytes at any place of a picture, and a limit to how often one may ask."""

    def __init__(self, read: Callable[[int, int], bytes]) -> None:
        self._read = read
        self._left = PATIENCE

    def some(self, at: int, size: int) -> bytes:
        """At most `size` bytes; fewer at the end."""
        self._left -= 1
        if self._left < 0:
            raise Unreadable
        return self._read(at, max(size, 0))

    def take(self, at: int, size: int) -> bytes:
        """Exactly `size` bytes."""
        found = self.some(at, size)
        if len(found) < size:
            raise Unreadable
        return found

    def number(self, at: int, size: int, order: str = "big") -> int:
        """An unsigned number."""
        return int.from_bytes(self.take(at, size), "little" if order == "little" else "big")


# https://www.w3.org/TR/png-3/#5DataRep
def png(source: Source) -> Header:
    """IHDR, and what stands before the pixels: frames, transparency, EXIF."""
    if source.take(12, 4) != b"IHDR":
        raise Unreadable
    colour = source.number(25, 1)
    animated, alpha, orientation = False, colour in {4, 6}, 1
    for name, at, size in _png_chunks(source):
        if name == b"acTL":
            animated = int.from_bytes(source.some(at, 4), "big") > 1
        elif name == b"tRNS":
            alpha = True
        elif name == b"eXIf":
            orientation = exif_orientation(source.some(at, min(size, 65_536)))
    return Header(
        Kind.PNG,
        width=source.number(16, 4),
        height=source.number(20, 4),
        orientation=orientation,
        animated=animated,
        alpha=alpha,
        depth=source.number(24, 1),
    )


def _png_chunks(source: Source) -> Iterator[tuple[bytes, int, int]]:
    """Name, place and size of each chunk between IHDR and the pixels, as far as there is data."""
    at = 33
    while len(start := source.some(at, 8)) == 8 and start[4:] not in {b"IDAT", b"IEND"}:
        size = int.from_bytes(start[:4], "big")
        yield start[4:], at + 8, size
        at += size + 12


# https://www.w3.org/Graphics/JPEG/itu-t81.pdf, B.1 and B.2
def jpeg(source: Source) -> Header:
    """The frame header, and the orientation that the first EXIF segment gives."""
    frame = b""
    orientation: int | None = None
    for marker, at, size in jpeg_segments(source):
        if marker == 0xE1 and orientation is None and source.some(at, 6) == b"Exif\0\0":
            orientation = exif_orientation(source.some(at + 6, size - 6))
        elif 0xC0 <= marker <= 0xCF and marker not in {0xC4, 0xC8, 0xCC} and not frame:
            frame = source.take(at, 6)
    if not frame:
        raise Unreadable
    return Header(
        Kind.JPEG,
        width=int.from_bytes(frame[3:5], "big"),
        height=int.from_bytes(frame[1:3], "big"),
        orientation=orientation or 1,
        alpha=False,
        depth=frame[0],
        cmyk=frame[5] == 4,
    )


def jpeg_segments(source: Source) -> Iterator[tuple[int, int, int]]:
    """Marker, place and size of each segment up to and including the start of the first scan."""
    at = 2
    while len(start := source.some(at, 4)) == 4:
        marker = start[1]
        if start[0] != 0xFF or marker == 0xFF:
            at += 1  # padding, or bytes between segments that decoders skip as well
        elif marker in {0x00, 0x01} or 0xD0 <= marker <= 0xD7:
            at += 2
        elif marker == 0xD9:
            return
        else:
            size = int.from_bytes(start[2:], "big")
            yield marker, at + 4, max(size - 2, 0)
            if marker == 0xDA:
                return
            at += 2 + max(size, 2)


# https://developers.google.com/speed/webp/docs/riff_container
def webp(source: Source) -> Header:
    """The first chunk: lossy, lossless or extended."""
    chunk = source.take(12, 4)
    if chunk == b"VP8X":
        return _webp_extended(source)
    if chunk == b"VP8L" and source.take(20, 1) == b"\x2f":
        bits = source.number(21, 4, "little")
        return Header(
            Kind.WEBP,
            width=(bits & 0x3FFF) + 1,
            height=(bits >> 14 & 0x3FFF) + 1,
            alpha=bool(bits >> 28 & 1),
            depth=8,
        )
    if chunk == b"VP8 " and source.take(23, 3) == b"\x9d\x01\x2a":
        width, height = source.number(26, 2, "little"), source.number(28, 2, "little")
        return Header(Kind.WEBP, width=width & 0x3FFF, height=height & 0x3FFF, alpha=False, depth=8)
    raise Unreadable


def _webp_extended(source: Source) -> Header:
    flags = source.number(20, 1)
    return Header(
        Kind.WEBP,
        width=source.number(24, 3, "little") + 1,
        height=source.number(27, 3, "little") + 1,
        orientation=_webp_orientation(source) if flags & 0x08 else 1,
        animated=bool(flags & 0x02),
        alpha=bool(flags & 0x10),
        depth=8,
    )


def _webp_orientation(source: Source) -> int:
    """EXIF stands behind the pixels here."""
    at = 12
    while len(start := source.some(at, 8)) == 8:
        size = int.from_bytes(start[4:], "little")
        if start[:4] == b"EXIF":
            return exif_orientation(source.some(at + 8, min(size, 65_536)).removeprefix(b"Exif\0\0"))
        at += 8 + size + size % 2
    return 1


# https://www.w3.org/Graphics/GIF/spec-gif89a.txt
def gif(source: Source) -> Header:
    """The logical screen, and a look for a second frame and for transparency."""
    width, height = source.number(6, 2, "little"), source.number(8, 2, "little")
    animated, alpha = _gif_blocks(source)
    return Header(Kind.GIF, width=width, height=height, animated=animated, alpha=alpha, depth=8)


def _gif_blocks(source: Source) -> tuple[bool, bool]:
    """Whether there is more than one frame (or the file says that it loops), and whether the first is transparent."""
    frames, loops, alpha = 0, False, False
    try:
        at = 13 + _gif_colours(source.number(10, 1))
        while frames < 2:
            block = source.take(at, 1)
            if block == b"\x2c":
                frames += 1
                at = _gif_end(source, at + 11 + _gif_colours(source.number(at + 9, 1)))
            elif block == b"\x21":
                label = source.take(at + 1, 13)
                alpha = alpha or (label[:2] == b"\xf9\x04" and bool(label[2] & 1))
                loops = loops or label[2:10] in {b"NETSCAPE", b"ANIMEXTS"}
                at = _gif_end(source, at + 2)
            else:
                break
    except Unreadable:
        return frames > 1 or loops, alpha
    return frames > 1, alpha


def _gif_colours(flags: int) -> int:
    """Bytes of the colour table that these flags announce."""
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0


def _gif_end(source: Source, at: int) -> int:
    """Where the chain of sub-blocks that starts here has ended."""
    while size := source.number(at, 1):
        at += 1 + size
    return at + 1


# https://learn.microsoft.com/windows/win32/gdi/bitmap-storage
def bmp(source: Source) -> Header:
    """The second header: an old one of 12 bytes, or one of the longer ones."""
    if source.number(14, 4, "little") == 12:
        width, height = source.number(18, 2, "little"), source.number(20, 2, "little")
        return Header(Kind.BMP, width=width, height=height, alpha=False, depth=8)
    width, height, bits = (source.number(at, size, "little") for at, size in ((18, 4), (22, 4), (28, 2)))
    height = height if height < 1 << 31 else (1 << 32) - height  # negative: rows from top to bottom
    return Header(Kind.BMP, width=width, height=height, alpha=bits == 32, depth=8)


# https://www.itu.int/itudoc/itu-t/com16/tiff-fx/docs/tiff6.pdf, section 2
def tiff(source: Source) -> Header:
    """The first directory."""
    tags = _directory(source)
    if 256 not in tags or 257 not in tags:
        raise Unreadable
    return Header(
        Kind.TIFF,
        width=tags[256],
        height=tags[257],
        orientation=_orientation(tags),
        alpha=tags.get(338, 0) in {1, 2},
        depth=tags.get(258, 1),
        cmyk=tags.get(262) == 5,
    )


def exif_orientation(data: bytes) -> int:
    """The orientation in a block of EXIF data, 1 where it says nothing or nonsense."""
    try:
        return _orientation(_directory(Source(lambda at, size: data[at : at + size])))
    except Unreadable:
        return 1


def _orientation(tags: dict[int, int]) -> int:
    found = tags.get(274, 1)
    return found if 1 <= found <= 8 else 1


def _directory(source: Source) -> dict[int, int]:
    """The first directory's whole numbers by tag; of lists the first number."""
    orders = {b"II*\0": "little", b"MM\0*": "big"}
    order = orders.get(source.take(0, 4))
    if order is None:
        raise Unreadable
    at = source.number(4, 4, order)
    tags: dict[int, int] = {}
    for entry in range(at + 2, at + 2 + 12 * min(source.number(at, 2, order), 512), 12):
        if len(source.some(entry, 12)) < 12:
            break
        kind, count = source.number(entry + 2, 2, order), source.number(entry + 4, 4, order)
        width = {1: 1, 3: 2, 4: 4}.get(kind, 0)
        if not width or not count:
            continue
        value = entry + 8 if width * count <= 4 else source.number(entry + 8, 4, order)
        first = source.some(value, width)
        if len(first) == width:
            tags.setdefault(source.number(entry, 2, order), source.number(value, width, order))
    return tags
