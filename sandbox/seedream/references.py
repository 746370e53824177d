"""Reads the reference pictures of a request as upstream does: data URIs, and links to this machine."""

import asyncio
import re
from binascii import Error as BadBase64
from dataclasses import dataclass
from io import BytesIO

import aiohttp
import pybase64
from PIL import Image
from yarl import URL

from sandbox.seedream.problems import Problem, invalid
from sandbox.seedream.rules import Order

MAX_BYTES = 31_457_280
MAX_BYTES_SMALL = 10_000_000
MAX_PIXELS = 36_000_000

_HEAD = re.compile(r"data:image/([a-z0-9.+-]+);base64,")
_FORMATS = {"JPEG": "jpeg", "PNG": "png", "WEBP": "webp", "BMP": "bmp", "TIFF": "tiff", "GIF": "gif"}
_NAMES = {"jpg": "jpeg", "heif": "heic", "x-ms-bmp": "bmp", "tif": "tiff"}
_BROKEN = (
    OSError,
    SyntaxError,
    MemoryError,
    ValueError,
    NotImplementedError,
    OverflowError,
    EOFError,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
)


@dataclass(frozen=True, slots=True)
class Seen:
    """A reference as the server has seen it: its shape and a thumbnail to draw (None for HEIC)."""

    width: int
    height: int
    format: str
    alpha: bool
    thumbnail: Image.Image | None


async def look(order: Order) -> list[Seen]:
    """Fetch or decode every reference of a request, or raise the Problem that upstream would tell."""
    seen = []
    for link in order.links:
        data, declared = await _load(link)
        seen.append(await asyncio.to_thread(_look, order, data, declared))
    return seen


async def _load(link: str) -> tuple[bytes, str]:
    if link.startswith("data:"):
        return await asyncio.to_thread(_decode, link)
    return await _fetch(link), ""


def _decode(link: str) -> tuple[bytes, str]:
    head = _HEAD.match(link)
    if head is None:
        raise _bad("the data URI must begin with data:image/<format>;base64, in lower case")
    try:
        data = pybase64.b64decode(link[head.end() :], validate=True)
    except (BadBase64, ValueError):
        raise _bad("the base64 can not be decoded") from None
    if not data:
        raise _bad("the image is empty")
    return data, _NAMES.get(head[1], head[1])


async def _fetch(link: str) -> bytes:
    """GET a link on this machine; every other one answers as if it had taken too long."""
    if not link.startswith(("http://127.0.0.1:", "http://127.0.0.1/")):
        if not link.startswith(("http://", "https://")):
            raise _bad("neither a URL nor a data URI")
        raise Problem("InvalidParameter", f"Timeout while downloading url={link}", param="image")
    limit = aiohttp.ClientTimeout(total=10)
    try:
        # encoded: the text of a signed link must arrive as it was written
        async with (
            aiohttp.ClientSession(timeout=limit) as session,
            session.get(URL(link, encoded=True), allow_redirects=False) as reply,
        ):
            if reply.status == 200:
                return await reply.read()
            reason = f"status code {reply.status}"
    except (aiohttp.ClientError, ValueError) as error:
        reason = type(error).__name__
    except TimeoutError:
        raise Problem("InvalidParameter", f"Timeout while downloading url={link}", param="image") from None
    raise Problem("InvalidParameter", f"Error while downloading url={link}: {reason}", param="image")


def _bad(reason: str) -> Problem:
    return Problem("InvalidImageURL.InvalidFormat", f"The image can not be parsed: {reason}.", param="image")


def _look(order: Order, data: bytes, declared: str) -> Seen:
    edit = order.model.key == "seededit-3.0-i2i"
    small = edit or order.provider == "acedata"
    if len(data) > (MAX_BYTES_SMALL if small else MAX_BYTES):
        if order.provider == "acedata":
            raise Problem("request_too_large", "The image is too large, use a URL.", status=413)
        raise Problem("InvalidParameter.OversizedImage", "The image has too many bytes.", param="image")
    seen = _parse(data)
    if declared and declared != seen.format:
        raise _bad(f"declared as {declared}, but it is {seen.format}")
    if (edit or order.layers) and seen.format not in ("jpeg", "png"):
        raise Problem("InvalidParameter.UnsupportedImageFormat", "The image must be jpeg or png.", param="image")
    if order.transparent and "auto" not in order.model.backgrounds and not seen.alpha:
        raise invalid("image", "a transparent background needs a png with an alpha channel")
    if seen.thumbnail is not None:
        _measure(seen, least=262_144 if order.layers else 196, aspect=3 if edit else 16)
    return seen


def _parse(data: bytes) -> Seen:
    if data[4:8] == b"ftyp" and data[8:12] in (b"heic", b"heix", b"mif1", b"msf1", b"heif"):
        return Seen(0, 0, "heic", False, None)
    try:
        picture = Image.open(BytesIO(data), formats=tuple(_FORMATS))
        width, height = picture.size
        if width * height > MAX_PIXELS:
            return Seen(width, height, _FORMATS[picture.format or ""], False, Image.new("RGB", (1, 1)))
        alpha = "A" in picture.getbands() or "transparency" in picture.info
        picture.draft("RGB", (1024, 1024))
        picture.thumbnail((1024, 1024))
        return Seen(width, height, _FORMATS[picture.format or ""], alpha, picture.convert("RGBA"))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Problem("InvalidParameter.OversizedImage", "The image has too many pixels.", param="image") from None
    except _BROKEN:
        raise _bad("the bytes are no picture") from None


def _measure(seen: Seen, *, least: int, aspect: int) -> None:
    if min(seen.width, seen.height) <= 14:
        raise invalid("image", "each side of the image must be longer than 14 pixels")
    if not 1 / aspect <= seen.width / seen.height <= aspect:
        raise invalid("image", f"the aspect ratio of the image must be between 1/{aspect} and {aspect}")
    if seen.width * seen.height < least:
        raise invalid("image", f"the image must have at least {least} pixels")
    if seen.width * seen.height > MAX_PIXELS:
        raise Problem("InvalidParameter.OversizedImage", "The image has too many pixels.", param="image")
