"""Judges a file by its header alone, before anything is decoded."""

from pathlib import Path

from bot.images.errors import BadPicture, Reason
from bot.images.measure import Header, measure_file
from bot.images.sniff import HEAD, Kind, sniff

DECODABLE = frozenset({Kind.PNG, Kind.JPEG, Kind.WEBP, Kind.GIF, Kind.TIFF, Kind.BMP, Kind.AVIF, Kind.HEIC, Kind.HEIF})
_DRAWINGS = frozenset({Kind.SVG, Kind.EPS})


def look(path: Path, bomb_pixels: int) -> Header:
    """What a picture is, by its header alone; BadPicture for what nobody should decode."""
    with path.open("rb") as file:
        head = file.read(HEAD)
    if not head:
        raise BadPicture(Reason.EMPTY)
    kind = sniff(head)
    if kind is None or not (kind.is_picture or kind in _DRAWINGS):
        raise BadPicture(Reason.NOT_A_PICTURE, f"it is {kind.title}" if kind else "")
    if kind not in DECODABLE:
        raise BadPicture(Reason.UNSUPPORTED, f"{kind.title}; save it as PNG, JPEG or WebP")
    header = measure_file(path)
    if header is None:
        raise BadPicture(Reason.UNDECODABLE, f"{kind.title} without a readable header")
    if header.pixels > bomb_pixels:
        detail = f"{header.width} × {header.height}"
        raise BadPicture(Reason.TOO_MANY_PIXELS, detail, limit=bomb_pixels, found=header.pixels)
    return header
