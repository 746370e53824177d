"""Files: how large the picture in one is, what its name says that it is, and its signed address."""

import hashlib
import hmac
import mimetypes
import re
import struct

from sandbox.discord.model import Attachment, Json
from sandbox.discord.world import World

LIFE = 86_400  # seconds that an address is good for
_SECRET = b"only Discord knows"
_FLAG_SPOILER = 1 << 3
_JPEG_FRAMES = set(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


def attach(world: World, name: str, data: bytes, *, place: int, ephemeral: bool = False) -> Attachment:
    """Take a file in."""
    kind = mimetypes.guess_type(name)[0]
    size = picture_size(data) if (kind or "").startswith("image/") else None
    clean = re.sub(r"[^A-Za-z0-9_.\-]", "", name.replace(" ", "_")) or "unknown"
    it = Attachment(world.new_id(), clean, data, kind, size, ephemeral=ephemeral, place=place)
    it.length = len(data)
    if clean != name:
        it.title = name.rpartition(".")[0] or name
    world.attachments[it.id] = it
    return it


def attachment(it: Attachment, world: World) -> Json:
    """A file as messages and options show it, with addresses that are good from now on."""
    told: Json = {
        "id": str(it.id),
        "filename": it.filename,
        "size": it.length,
        "url": link(it, world),
        "proxy_url": proxy(it, world),
        "flags": _FLAG_SPOILER if it.spoiler else 0,
    }
    if it.content_type is not None:
        told["content_type"] = it.content_type
    if it.size is not None:
        told |= {"width": it.size[0], "height": it.size[1]}
    for name, value in (("title", it.title), ("description", it.description), ("ephemeral", it.ephemeral or None)):
        if value is not None:
            told[name] = value
    return told


def path(it: Attachment) -> str:
    """Where it lies on the content network."""
    return f"/{'ephemeral-attachments' if it.ephemeral else 'attachments'}/{it.place}/{it.id}/{it.filename}"


def link(it: Attachment, world: World) -> str:
    """Its address, signed anew."""
    return f"{world.cdn_base}{signed(path(it), world.now)}"


def proxy(it: Attachment, world: World) -> str:
    """Its address at the proxy that makes thumbnails."""
    return f"{world.media_base}{signed(path(it), world.now)}"


def signed(where: str, now: float) -> str:
    """A path with its expiry, its issue and the signature of both."""
    ends, issued = f"{int(now) + LIFE:x}", f"{int(now):x}"
    return f"{where}?ex={ends}&is={issued}&hm={_seal(where, ends, issued)}&"


def good(where: str, query: dict[str, str], now: float) -> bool:
    """Whether a signature is ours and its time has not run out."""
    ends, issued = query.get("ex", ""), query.get("is", "")
    if not hmac.compare_digest(query.get("hm", ""), _seal(where, ends, issued)):
        return False
    return int(ends, 16) > now


def picture_size(data: bytes) -> tuple[int, int] | None:
    """Width and height, read from the head of PNG, GIF, WebP and JPEG; None when it is none of them."""
    try:
        if data.startswith(b"\x89PNG\r\n\x1a\n"):
            width, height = struct.unpack_from(">II", data, 16)
        elif data.startswith((b"GIF87a", b"GIF89a")):
            width, height = struct.unpack_from("<HH", data, 6)
        elif data.startswith(b"RIFF") and data[8:12] == b"WEBP":
            width, height = _webp(data)
        elif data.startswith(b"\xff\xd8"):
            width, height = _jpeg(data)
        else:
            return None
    except (struct.error, IndexError):
        return None
    return (width, height) if 0 < width < 1 << 31 and 0 < height < 1 << 31 else None


def _webp(data: bytes) -> tuple[int, int]:
    if data[12:16] == b"VP8X":
        return int.from_bytes(data[24:27], "little") + 1, int.from_bytes(data[27:30], "little") + 1
    if data[12:16] == b"VP8L":
        (bits,) = struct.unpack_from("<I", data, 21)
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    width, height = struct.unpack_from("<HH", data, 26)
    return width & 0x3FFF, height & 0x3FFF


def _jpeg(data: bytes) -> tuple[int, int]:
    place = 2
    while True:
        marker, length = struct.unpack_from(">xBH", data, place)
        if marker in _JPEG_FRAMES:
            height, width = struct.unpack_from(">HH", data, place + 5)
            return width, height
        place += 2 + length


def _seal(where: str, ends: str, issued: str) -> str:
    return hmac.new(_SECRET, f"{where}|{ends}|{issued}".encode(), hashlib.sha256).hexdigest()
