"""Tells by its first bytes what a file is, whatever its name and its server say."""

import re
from enum import Enum

HEAD = 4096  # so many bytes are enough to tell


class Kind(Enum):
    """What a file can be: pictures first, then the things that pretend to be one."""

    PNG = ("image/png", "png", "a PNG picture")
    JPEG = ("image/jpeg", "jpg", "a JPEG picture")
    WEBP = ("image/webp", "webp", "a WebP picture")
    GIF = ("image/gif", "gif", "a GIF picture")
    BMP = ("image/bmp", "bmp", "a BMP picture")
    TIFF = ("image/tiff", "tiff", "a TIFF picture")
    AVIF = ("image/avif", "avif", "an AVIF picture")
    HEIC = ("image/heic", "heic", "a HEIC picture")
    HEIF = ("image/heif", "heif", "a HEIF picture")
    ICO = ("image/x-icon", "ico", "an icon")
    JP2 = ("image/jp2", "jp2", "a JPEG 2000 picture")
    JXL = ("image/jxl", "jxl", "a JPEG XL picture")
    PSD = ("image/vnd.adobe.photoshop", "psd", "a Photoshop file")
    SVG = ("image/svg+xml", "svg", "an SVG drawing", False)
    EPS = ("application/postscript", "eps", "a PostScript file", False)
    PDF = ("application/pdf", "pdf", "a PDF document", False)
    MP4 = ("video/mp4", "mp4", "a video", False)
    WEBM = ("video/webm", "webm", "a video", False)
    HTML = ("text/html", "html", "a web page", False)
    XML = ("application/xml", "xml", "an XML message", False)
    JSON = ("application/json", "json", "a JSON message", False)
    ZIP = ("application/zip", "zip", "a ZIP archive", False)
    GZIP = ("application/gzip", "gz", "compressed data", False)

    def __init__(self, media_type: str, extension: str, title: str, is_picture: bool = True) -> None:
        self.media_type = media_type
        self.extension = extension
        self.title = title
        self.is_picture = is_picture


_MAGIC = (
    (b"\x89PNG\r\n\x1a\n", Kind.PNG),
    (b"\xff\xd8\xff", Kind.JPEG),
    (b"GIF87a", Kind.GIF),
    (b"GIF89a", Kind.GIF),
    (b"II*\x00", Kind.TIFF),
    (b"MM\x00*", Kind.TIFF),
    (b"II+\x00", Kind.TIFF),
    (b"MM\x00+", Kind.TIFF),
    (b"\x00\x00\x00\x0cjP  \r\n\x87\n", Kind.JP2),
    (b"\xff\x4f\xff\x51", Kind.JP2),
    (b"\x00\x00\x00\x0cJXL \r\n\x87\n", Kind.JXL),
    (b"\xff\x0a", Kind.JXL),
    (b"8BPS", Kind.PSD),
    (b"%PDF-", Kind.PDF),
    (b"%!PS", Kind.EPS),
    (b"\xc5\xd0\xd3\xc6", Kind.EPS),
    (b"\x1a\x45\xdf\xa3", Kind.WEBM),
    (b"PK\x03\x04", Kind.ZIP),
    (b"PK\x05\x06", Kind.ZIP),
    (b"\x1f\x8b\x08", Kind.GZIP),
)
_HEIC = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"})
_HEIF = frozenset({b"mif1", b"msf1", b"mif2", b"miaf"})
_AVIF = frozenset({b"avif", b"avis"})
_MARKUP = re.compile(rb"<[!?/]?[a-z]", re.IGNORECASE)
_ROOT = re.compile(rb"<(?:[a-z0-9]+:)?([a-z][a-z0-9]*)", re.IGNORECASE)
_DOCTYPE = re.compile(rb"<!doctype\s+html", re.IGNORECASE)
_PAGE = frozenset(b"html head body title script style meta link div p h1 h2 span a center pre table br font".split())
_JSON = re.compile(rb"(?:\{\s*(?:[\"}]|\Z)|\[\s*(?:[\[{\"\]\d-]|true|false|null|\Z))")
_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))


def sniff(head: bytes) -> Kind | None:
    """What begins like this, or None when nobody knows; `head` need not be longer than `HEAD`."""
    head = bytes(head[:HEAD])
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return Kind.WEBP
    if head[4:8] == b"ftyp":
        return _boxed(head)
    if _is_bmp(head):
        return Kind.BMP
    if head[:4] == b"\x00\x00\x01\x00" and head[4:6] != b"\x00\x00" and (len(head) < 10 or head[9] == 0):
        return Kind.ICO
    return _text(head)


def _boxed(head: bytes) -> Kind:
    """Files of ISO boxes: the main brand decides, the compatible brands help where it is a general one."""
    size = min(int.from_bytes(head[:4], "big"), len(head))
    brands = [head[8:12], *(head[at : at + 4] for at in range(16, size - 3, 4))]
    if brands[0] in _AVIF or (brands[0] in _HEIF and _AVIF.intersection(brands)):
        return Kind.AVIF
    if brands[0] in _HEIC or (brands[0] in _HEIF and _HEIC.intersection(brands)):
        return Kind.HEIC
    return Kind.HEIF if brands[0] in _HEIF else Kind.MP4


def _is_bmp(head: bytes) -> bool:
    """Two letters are too little: the size of the second header has to be one that exists."""
    return head[:2] == b"BM" and int.from_bytes(head[14:18], "little") in {12, 16, 40, 52, 56, 64, 108, 124}


def _text(head: bytes) -> Kind | None:
    """Markup and JSON, whatever white space and byte order mark stand before it."""
    for bom, encoding in _BOMS:
        if head.startswith(bom):
            head = head[len(bom) :].decode(encoding, "replace").encode()
    head = _after_comments(head)
    if _JSON.match(head):
        return Kind.JSON
    return _markup(head) if _MARKUP.match(head) else None


def _after_comments(head: bytes) -> bytes:
    """What remains when white space and comments at the beginning are taken away."""
    head = head.lstrip()
    while head.startswith(b"<!--"):
        head = head.partition(b"-->")[2].lstrip() or b"<html"  # nothing but a comment: servers pad their pages so
    return head


def _markup(head: bytes) -> Kind:
    """The first element tells the languages of angle brackets apart."""
    root = _ROOT.search(head)
    name = root[1].lower() if root else b""
    if name == b"svg":
        return Kind.SVG
    return Kind.HTML if name in _PAGE or _DOCTYPE.match(head) else Kind.XML
