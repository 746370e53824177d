"""Reads a picture's size and nature from its header, without decoding anything and with bounded work."""

import mmap
from collections.abc import Callable, Mapping
from pathlib import Path

from bot.images.boxes import heif
from bot.images.header import Header, Source, Unreadable, bmp, gif, jpeg, jpeg_segments, png, tiff, webp
from bot.images.sniff import HEAD, Kind, sniff

__all__ = ["Header", "looks_complete", "measure", "measure_file"]

_READERS: Mapping[Kind, Callable[[Source], Header]] = {
    Kind.PNG: png,
    Kind.JPEG: jpeg,
    Kind.WEBP: webp,
    Kind.GIF: gif,
    Kind.BMP: bmp,
    Kind.TIFF: tiff,
    Kind.AVIF: lambda source: heif(source, Kind.AVIF),
    Kind.HEIC: lambda source: heif(source, Kind.HEIC),
    Kind.HEIF: lambda source: heif(source, Kind.HEIF),
}


def measure(data: bytes) -> Header | None:
    """The header of a picture whose beginning (or whole) is `data`; None when it holds no readable header."""
    return _measure(lambda at, size: data[at : at + size])


def measure_file(path: Path) -> Header | None:
    """The header of a picture on disk, reading only what is needed; raises OSError if the file cannot be read."""
    with path.open("rb") as file:

        def read(at: int, size: int) -> bytes:
            file.seek(min(at, 1 << 62))  # the places are the file's own claims, and may be beyond any file
            return file.read(size)

        return _measure(read)


def _measure(read: Callable[[int, int], bytes]) -> Header | None:
    kind = sniff(read(0, HEAD))
    reader = _READERS.get(kind) if kind else None
    if reader is None:
        return None
    try:
        return reader(Source(read))
    except Unreadable:
        return None


def looks_complete(path: Path) -> bool:
    """Whether the file ends as its format ends; True where a format has no mark of its end.

    A cut file says False nearly always, a whole one with a foreign tail (a ZIP, a video) still says True.
    Raises OSError if the file cannot be read.
    """
    with path.open("rb") as file:
        if not file.read(1):
            return False
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            end = _ENDS.get(sniff(data[:HEAD]) or Kind.XML)
            return end is None or end(data)


def _png_ends(data: mmap.mmap) -> bool:
    return data.rfind(b"IEND\xae\x42\x60\x82") > 0


def _jpeg_ends(data: mmap.mmap) -> bool:
    """The end mark has to follow the first scan: a preview in the metadata has an end of its own."""
    source = Source(lambda at, size: data[at : at + size])
    try:
        scan = max((at for marker, at, _ in jpeg_segments(source) if marker == 0xDA), default=None)
    except Unreadable:
        return False
    return scan is not None and data.find(b"\xff\xd9", scan) > 0


def _gif_ends(data: mmap.mmap) -> bool:
    return data[-64:].rstrip(b"\0").endswith(b"\x3b")


def _webp_ends(data: mmap.mmap) -> bool:
    return len(data) >= 8 + int.from_bytes(data[4:8], "little")


def _bmp_ends(data: mmap.mmap) -> bool:
    return len(data) >= int.from_bytes(data[2:6], "little")


def _boxes_end(data: mmap.mmap) -> bool:
    """Each box on the top level has to lie within the file."""
    at = 0
    while at + 8 <= len(data):
        size = int.from_bytes(data[at : at + 4], "big")
        if size == 1:
            size = int.from_bytes(data[at + 8 : at + 16], "big")
        if size == 0:
            return True  # the last box: up to the end, wherever that is
        at += max(size, 8)
    return at == len(data)


_ENDS: Mapping[Kind, Callable[[mmap.mmap], bool]] = {
    Kind.PNG: _png_ends,
    Kind.JPEG: _jpeg_ends,
    Kind.WEBP: _webp_ends,
    Kind.GIF: _gif_ends,
    Kind.BMP: _bmp_ends,
    Kind.AVIF: _boxes_end,
    Kind.HEIC: _boxes_end,
    Kind.HEIF: _boxes_end,
}
