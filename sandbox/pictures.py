"""Builds picture files, good, odd and hostile: what people and servers send, each from a few lines of code."""

import io
import random
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path

from PIL import Image, ImageDraw

CORNERS = ((220, 30, 30), (30, 200, 30), (30, 30, 220), (230, 220, 40))  # from the top left, as one reads
PLACE = b"52 deg 31 min north"  # what a picture with a secret place in it must not tell anybody


def scene(width: int = 320, height: int = 240, *, seed: int = 1, noise: int = 0) -> Image.Image:
    """A picture with soft and hard parts, a colour in each corner, and grain if asked for."""
    rng = random.Random(seed)
    across = Image.linear_gradient("L").resize((width, height))
    down = across.transpose(Image.Transpose.ROTATE_180)
    picture = Image.merge("RGB", (across, down, Image.radial_gradient("L").resize((width, height))))
    pen = ImageDraw.Draw(picture)
    for _ in range(40):
        left, top, size = rng.randrange(width), rng.randrange(height), rng.randrange(4, max(8, width // 6))
        pen.ellipse((left, top, left + size, top + size), fill=tuple(rng.randrange(256) for _ in range(3)))
    if noise:
        grain = Image.merge("RGB", [Image.effect_noise((width, height), noise) for _ in range(3)])
        picture = Image.blend(picture, grain, 0.4)
        pen = ImageDraw.Draw(picture)
    side = max(1, min(width, height) // 5)
    spots = ((0, 0), (width - side, 0), (0, height - side), (width - side, height - side))
    for (left, top), colour in zip(spots, CORNERS, strict=True):
        pen.rectangle((left, top, left + side, top + side), fill=colour)
    return picture


def encoded(picture: Image.Image, form: str, **options: object) -> bytes:
    """The picture as a file of a format."""
    file = io.BytesIO()
    picture.save(file, form, **options)
    return file.getvalue()


def png(**options: object) -> bytes:
    """An ordinary PNG."""
    return encoded(scene(), "PNG", **options)


def jpeg(**options: object) -> bytes:
    """An ordinary JPEG."""
    return encoded(scene(), "JPEG", quality=90, **options)


def webp(**options: object) -> bytes:
    """An ordinary WebP."""
    return encoded(scene(), "WEBP", quality=90, **options)


def chunk(name: bytes, body: bytes) -> bytes:
    """One chunk of a PNG."""
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def with_chunks(data: bytes, *chunks: bytes) -> bytes:
    """A PNG with more chunks, right behind its header."""
    return data[:33] + b"".join(chunks) + data[33:]


def blank_png(width: int, height: int, *, rows: bool = True) -> bytes:
    """A PNG of one bit per pixel, all black: a small file however large the picture is."""
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    packer, body = zlib.compressobj(9), b""
    if rows:
        row = bytes(1 + (width + 7) // 8)
        body = b"".join(packer.compress(row) for _ in range(height))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body + packer.flush()) + chunk(b"IEND", b"")


def secret_exif(orientation: int = 1) -> Image.Exif:
    """Where and how a photo was taken."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010E] = PLACE.decode()
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (52.0, 31.0, 12.0)
    return exif


def bomb_text(megabytes: int) -> bytes:
    """A compressed text chunk that unpacks to very much."""
    return chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(megabytes * 1_000_000), 9))


def animation(form: str, frames: int = 30) -> bytes:
    """A picture that moves."""
    pictures = [scene(64, 48, seed=seed) for seed in range(frames)]
    return encoded(pictures[0], form, save_all=True, append_images=pictures[1:], duration=40)


def polyglot() -> bytes:
    """A PNG that is a ZIP archive too."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("payload.txt", PLACE)
    return png() + archive.getvalue()


def see_through(width: int = 320, height: int = 240, *, noise: int = 0) -> Image.Image:
    """A picture with a hole in it."""
    picture = scene(width, height, noise=noise).convert("RGBA")
    picture.putalpha(Image.radial_gradient("L").resize((width, height)))
    return picture


SENT: Mapping[str, Callable[[], bytes]] = {
    "good.png": png,
    "empty.png": bytes,
    "page.png": lambda: b"<!DOCTYPE html><html><body>404 Not Found</body></html>",
    "error.png": lambda: b'{"error": {"code": "AccessDenied"}}',
    "drawing.svg": lambda: b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>',
    "half.jpg": lambda: jpeg()[: len(jpeg()) // 2],
    "half.png": lambda: png()[: len(png()) // 2],
    "nearly.png": lambda: png()[:-20],
    "large.png": lambda: blank_png(13_000, 13_000),
    "bomb.png": lambda: blank_png(20_000, 20_000),
    "claim.png": lambda: blank_png(2**31 - 1, 2**31 - 1, rows=False),
    "nothing.png": lambda: blank_png(0, 0),
    "text-bomb.png": lambda: with_chunks(png(), bomb_text(100)),
    "text-bombs.png": lambda: with_chunks(png(), *[bomb_text(1)] * 200),
    "profile-bomb.png": lambda: with_chunks(png(), chunk(b"iCCP", b"x\0\0" + zlib.compress(bytes(100_000_000), 9))),
    "moving.gif": lambda: animation("GIF"),
    "moving.png": lambda: animation("PNG"),
    "cmyk.jpg": lambda: encoded(scene().convert("CMYK"), "JPEG"),
    "grey16.png": lambda: encoded(scene().convert("L").convert("I;16"), "PNG"),
    "turned.jpg": lambda: jpeg(exif=secret_exif(6)),
    "archive.png": polyglot,
    "good.webp": webp,
    "good.avif": lambda: encoded(scene(), "AVIF"),
    "good.tiff": lambda: encoded(scene(), "TIFF"),
    "good.bmp": lambda: encoded(scene(), "BMP"),
    "icon.ico": lambda: encoded(scene(64, 64), "ICO"),
    "good.eps": lambda: encoded(scene(32, 32), "EPS"),
    "good.jp2": lambda: encoded(scene(), "JPEG2000"),
    "thread.png": lambda: blank_png(1, 100_000),
}


def build(folder: Path, name: str) -> Path:
    """Write one of the files of SENT."""
    path = folder / name
    path.write_bytes(SENT[name]())
    return path
