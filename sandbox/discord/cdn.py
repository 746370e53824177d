"""The content network: files behind addresses that expire, thumbnails of them, and faces."""

import io
import re
import struct
import zlib

from aiohttp import web
from PIL import Image, UnidentifiedImageError

from sandbox.discord import files
from sandbox.discord.model import Attachment
from sandbox.discord.world import World

_FILE = re.compile(r"/(?:ephemeral-)?attachments/\d+/(\d+)/[^/]+")
_FACE = re.compile(r"/(?:embed/avatars/\d|(?:guilds/\d+/users/\d+/)?avatars/(?:\d+/)?\w+)\.(?:png|webp|gif|jpe?g)")
_MOST_PIXELS = 25_000_000


def serve(world: World, path: str, query: dict[str, str], *, proxy: bool) -> web.Response:
    """Answer for a file or a face; what has expired or gone is 404, as there."""
    if _FACE.fullmatch(path):
        return web.Response(body=face(sum(map(ord, path))), content_type="image/png")
    found = _FILE.fullmatch(path)
    if found is None or not files.good(path, query, world.now):
        return _gone()
    it = world.attachments.get(int(found[1]))
    if it is None or it.gone:
        return _gone()
    if proxy and ({"width", "height", "format"} & query.keys() or it.size is None):
        return _thumbnail(it, query)
    kind = it.content_type or "application/octet-stream"
    headers = {"Content-Type": kind, "Content-Disposition": f'attachment; filename="{it.filename}"'}
    return web.Response(body=it.data, headers=headers | {"Cache-Control": "public, max-age=31536000"})


def _gone() -> web.Response:
    return web.Response(text="This content is no longer available.", status=404)


def _thumbnail(it: Attachment, query: dict[str, str]) -> web.Response:
    """The picture, no larger than asked for; what is no picture cannot be shown smaller."""
    if it.size is None or it.size[0] * it.size[1] > _MOST_PIXELS:
        return web.Response(text="Unsupported Media Type", status=415)
    width = min(int(query.get("width") or it.size[0]), it.size[0])
    height = min(int(query.get("height") or it.size[1]), it.size[1])
    kind = query.get("format") or (it.content_type or "image/png").partition("/")[2]
    kind = {"jpg": "jpeg"}.get(kind, kind)
    if kind not in {"png", "jpeg", "webp", "gif"}:
        return web.Response(text="Unsupported Media Type", status=415)
    try:
        with Image.open(io.BytesIO(it.data)) as picture:
            drawn = picture.convert("RGB" if kind == "jpeg" else "RGBA")
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError):
        return web.Response(text="Unsupported Media Type", status=415)
    drawn.thumbnail((max(1, width), max(1, height)))
    out = io.BytesIO()
    drawn.save(out, kind)
    return web.Response(body=out.getvalue(), content_type=f"image/{kind}")


def face(seed: int) -> bytes:
    """A small picture in one colour, for an avatar."""
    colour = bytes((seed * 37 % 256, seed * 91 % 256, seed * 53 % 256))
    rows = (b"\x00" + colour * 64) * 64
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", struct.pack(">IIBBBBB", 64, 64, 8, 2, 0, 0, 0))
        + _chunk(b"IDAT", zlib.compress(rows))
        + _chunk(b"IEND", b"")
    )


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
