"""Picture files that are wrong, strange or malicious, made here and kept nowhere."""

import struct
import zlib
from collections.abc import Callable, Mapping
from functools import lru_cache
from io import BytesIO

from PIL import Image

SIGNATURE = b"\x89PNG\r\n\x1a\n"
UPLOAD_LIMIT = 26 * 2**20


@lru_cache(maxsize=16)
def picture(name: str, variant: str) -> tuple[bytes, str]:
    """The bytes of a spoilt picture, and the type that the server claims for it."""
    return _MAKERS[name](variant)


def _plain(width: int = 320, height: int = 240) -> Image.Image:
    gradient = Image.linear_gradient("L").resize((width, height))
    return Image.merge("RGB", (gradient, gradient.rotate(180), Image.new("L", (width, height), 90)))


def _saved(image: Image.Image, output_format: str, **options: object) -> bytes:
    buffer = BytesIO()
    image.save(buffer, output_format, **options)
    return buffer.getvalue()


def chunk(kind: bytes, data: bytes) -> bytes:
    """One chunk of a PNG."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _with_chunk(kind: bytes, data: bytes) -> bytes:
    """A sound PNG that carries one more chunk right after its header."""
    png = _saved(_plain(), "PNG")
    return png[:33] + chunk(kind, data) + png[33:]


def _bomb(side: int) -> tuple[bytes, str]:
    """A black square of one bit per pixel: few bytes, very many pixels."""
    packer = zlib.compressobj(9)
    row = bytes(1 + (side + 7) // 8)
    rows = b"".join(packer.compress(row) for _ in range(side)) + packer.flush()
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0))
    return SIGNATURE + header + chunk(b"IDAT", rows) + chunk(b"IEND", b""), "image/png"


def _animated(variant: str) -> tuple[bytes, str]:
    frames = [_plain(160, 120).rotate(12 * turn) for turn in range(30)]
    form = {"gif": "GIF", "apng": "PNG", "webp": "WEBP"}[variant]
    data = _saved(frames[0], form, save_all=True, append_images=frames[1:], duration=50, loop=0)
    return data, "image/png" if variant == "apng" else f"image/{variant}"


def _unusual(variant: str) -> tuple[bytes, str]:
    if variant == "cmyk":
        return _saved(_plain().convert("CMYK"), "JPEG"), "image/jpeg"
    if variant == "palette":
        return _saved(_plain().quantize(16), "PNG"), "image/png"
    return _saved(Image.linear_gradient("L").convert("I").point(lambda value: value * 257).convert("I;16"), "PNG"), (
        "image/png"
    )


def _turned(_: str) -> tuple[bytes, str]:
    exif = Image.Exif()
    exif[0x0112] = 6
    exif.get_ifd(0x8825).update({1: "N", 2: (52.0, 31.0, 0.0), 3: "E", 4: (13.0, 24.0, 0.0)})
    return _saved(_plain(), "JPEG", exif=exif), "image/jpeg"


def _half(output_format: str) -> tuple[bytes, str]:
    data = _saved(_plain(), output_format)
    return data[: len(data) // 2], f"image/{output_format.lower()}"


_MAKERS: Mapping[str, Callable[[str], tuple[bytes, str]]] = {
    "I9": lambda _: (b"", "image/jpeg"),
    "I10": lambda _: (b"<!doctype html><html><body>Please sign in</body></html>", "text/html"),
    "I11": lambda variant: (
        (b"<?xml version='1.0'?><Error><Code>InternalError</Code></Error>", "application/xml")
        if variant == "xml"
        else (b'{"Code":"InternalError","Message":"We encountered an internal error"}', "application/json")
    ),
    "I12": lambda _: _half("JPEG"),
    "I13": lambda _: _half("PNG"),
    "I16": lambda _: (_with_chunk(b"paDd", bytes(UPLOAD_LIMIT)), "image/png"),
    "I17": lambda _: _bomb(13_000),
    "I18": lambda _: _bomb(20_000),
    "I19": lambda _: (_saved(_plain(), "PNG"), "image/jpeg"),
    "I20": _animated,
    "I21": _unusual,
    "I22": _turned,
    "I23": lambda _: (_with_chunk(b"zTXt", b"Comment\x00\x00" + zlib.compress(bytes(100_000_000), 9)), "image/png"),
}

NAMES = frozenset(_MAKERS)
