"""Writes a picture in another format, for a file name that promises one."""

from pathlib import Path

from bot.images.fit import JPEG, WEBP, without_empty_alpha
from bot.images.look import look
from bot.images.orders import Format, Normalised
from bot.images.pixels import decoding, hold, open_picture
from bot.images.sniff import Kind

_QUALITY = 95
_WHITE = [255, 255, 255]


def convert(path: Path, folder: Path, wanted: Format) -> Normalised:
    """The picture as PNG, JPEG or WebP, in `folder` unless it is that already; what shows through a JPEG is white."""
    header = look(path, wanted.bomb_pixels)
    if header.kind.media_type == wanted.media_type:
        return Normalised(path, wanted.media_type, *header.shown, path.stat().st_size)
    kind = next(kind for kind in (Kind.PNG, Kind.JPEG, Kind.WEBP) if kind.media_type == wanted.media_type)
    file = folder / f"converted.{kind.extension}"
    with decoding(path):
        image = without_empty_alpha(hold(open_picture(path, header), folder))
        if kind is Kind.PNG:
            image.pngsave(str(file), keep="icc", compression=6)
        elif kind is Kind.WEBP:
            WEBP.write(image, file, _QUALITY)
        else:
            JPEG.write(image.flatten(background=_WHITE) if image.hasalpha() else image, file, _QUALITY)
    return Normalised(file, kind.media_type, image.width, image.height, file.stat().st_size, ("format",))
