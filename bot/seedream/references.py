"""What a reference picture may be: its kind, its size, and the link or data URI that it stands behind."""

import re
from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from bot.seedream.errors import Problem
from bot.seedream.models import Reference
from bot.seedream.sizes import fits, nearest, shapes
from bot.seedream.tables import ReferenceRules

DATA_URI = re.compile(r"data:image/([a-z0-9.+-]+);base64,([A-Za-z0-9+/]+={0,2})")

_SAME = {"jpg": "jpeg", "pjpeg": "jpeg", "tif": "tiff", "x-ms-bmp": "bmp", "x-bmp": "bmp"}


def is_data_uri(text: str) -> bool:
    """Whether a text is a picture as the API takes it inline; its format in lower case."""
    return DATA_URI.fullmatch(text) is not None


def format_of(reference: Reference) -> str:
    """The picture's format as far as it is known: "jpeg", "png"; "" if it is not."""
    inline = DATA_URI.match(reference.url or "")
    kind = inline[1] if inline else reference.media_type.lower().partition(";")[0].strip().removeprefix("image/")
    return _SAME.get(kind, kind)


def check_references(
    references: Sequence[Reference], rules: ReferenceRules | None, max_bytes: int | None = None
) -> Iterator[Problem]:
    """Everything wrong with each picture; without rules only what can be no picture at all."""
    for index, reference in enumerate(references):
        field = f"references[{index}]"
        if reference.content is None and not _is_link(reference.url or ""):
            rule = (
                "neither a link that begins with http:// or https:// nor an inline picture like data:image/png;base64,…"
            )
            yield Problem(field, rule)
        if rules:
            yield from _kind(field, reference, rules)
            yield from _weight(field, reference, min(rules.max_bytes, max_bytes or rules.max_bytes))
            if reference.width > 0 and reference.height > 0:
                yield from _sides(field, reference.width, reference.height, rules)


def _is_link(text: str) -> bool:
    if text.startswith("data:"):
        return is_data_uri(text)
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and not re.search(r"\s", text)


def _kind(field: str, reference: Reference, rules: ReferenceRules) -> Iterator[Problem]:
    kind = format_of(reference)
    if kind and kind not in rules.formats:
        yield Problem(field, f"{kind[:40]} is not taken, only {', '.join(rules.formats)}", rules.formats[0])


def _weight(field: str, reference: Reference, most: int) -> Iterator[Problem]:
    inline = DATA_URI.fullmatch(reference.url or "")
    length = reference.content.length if reference.content else len(inline[2]) * 3 // 4 if inline else 0
    if length > most:
        yield Problem(field, f"{length:,} bytes are too many, at most {most:,}", f"{most} bytes")


def _sides(field: str, width: int, height: int, rules: ReferenceRules) -> Iterator[Problem]:
    """Pixels, shape and sides, each on its own; what would do is the same for all three."""
    least = (rules.longer_than + 1) ** 2 * max(rules.aspect[1], 1 / rules.aspect[0])
    close = nearest(width, height, (max(rules.pixels[0], least), rules.pixels[1]), rules.aspect)
    if min(width, height) <= rules.longer_than:
        yield Problem(field, f"{width}x{height}: each side is longer than {rules.longer_than} pixels", close)
    if not fits(width, height, rules.pixels, None):
        low, high = (int(bound) for bound in rules.pixels)
        rule = f"{width}x{height} has {width * height:,} pixels, {low:,} to {high:,} are taken"
        yield Problem(field, rule, close)
    if not fits(width, height, None, rules.aspect):
        yield Problem(field, f"{width}x{height} is too long: shapes from {shapes(rules.aspect)} are taken", close)
