"""Turns whatever people send into a reference that every provider takes, touching as little as possible."""

import mmap
from dataclasses import replace
from math import sqrt
from pathlib import Path

import pyvips  # type: ignore[import-untyped]  # it has stubs, but no py.typed beside them

from bot.images.errors import BadPicture, Reason
from bot.images.fit import squeeze, without_empty_alpha
from bot.images.look import look
from bot.images.measure import Header
from bot.images.orders import Normalised, Rules, Target
from bot.images.pixels import decoding, hold, open_cut, open_picture
from bot.images.sniff import Kind
from bot.images.strip import Cut, strip, write

PLAIN = frozenset({Kind.PNG, Kind.JPEG, Kind.WEBP})


def normalise(path: Path, folder: Path, rules: Rules) -> Normalised:
    """The picture as a reference, in `folder` if it had to be changed; BadPicture if it cannot be one."""
    header = look(path, rules.bomb_pixels)
    _check(header, rules)
    changes = _changes(header, rules)
    if changes:
        return _redraw(path, folder, rules, header, changes)
    try:
        stripped = _strip(path, folder, header)
    except Cut:
        with decoding(path):
            return _draw(open_cut(path, folder, header), folder, rules, ("end",))
    if stripped.length > rules.max_bytes:
        return _redraw(path, folder, rules, header, ["length"])
    return stripped


def _check(header: Header, rules: Rules) -> None:
    """Refuse what no redrawing would mend."""
    size = f"{header.width} × {header.height}"
    short, long = sorted(header.shown)
    if short < rules.min_side:
        raise BadPicture(Reason.TOO_SMALL, size, limit=rules.min_side, found=short)
    if long > short * rules.max_aspect:
        raise BadPicture(Reason.TOO_NARROW, size, limit=rules.max_aspect, found=round(long / short, 2))


def _changes(header: Header, rules: Rules) -> list[str]:
    """What can be had only by redrawing."""
    moving = header.animated and header.kind is not Kind.PNG  # the further frames of a PNG are chunks like any other
    facts = {
        "format": header.kind not in PLAIN,
        "animation": moving,
        "rotation": header.orientation != 1,
        "colours": header.cmyk or (header.depth or 8) > 8,
        "size": _scale(*header.shown, rules) < 1,
    }
    return [name for name, is_so in facts.items() if is_so]


def _scale(width: int, height: int, rules: Rules) -> float:
    by_side = rules.max_side / max(width, height) if rules.max_side else 1.0
    return min(1.0, sqrt(rules.max_pixels / (width * height)), by_side)


def _strip(path: Path, folder: Path, header: Header) -> Normalised:
    """The same pixels without what does not belong to them; the file itself if there is nothing to take away."""
    width, height = header.shown
    with path.open("rb") as file:
        data = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    parts = strip(data, header.kind)
    changed = tuple(dict.fromkeys(part.why for part in parts if part.why))
    if not changed and all(part.instead is None for part in parts):
        return Normalised(path, header.kind.media_type, width, height, len(data))
    result = folder / f"stripped.{header.kind.extension}"
    write(data, parts, result)
    return Normalised(result, header.kind.media_type, width, height, result.stat().st_size, changed or ("metadata",))


def _redraw(path: Path, folder: Path, rules: Rules, header: Header, changes: list[str]) -> Normalised:
    with decoding(path):
        image = open_picture(path, header)
        return _draw(image, folder, rules, tuple(changes))


def _draw(image: pyvips.Image, folder: Path, rules: Rules, changes: tuple[str, ...]) -> Normalised:
    """Scale and write: PNG where something shows through, if that fits, else JPEG or WebP."""
    scale = _scale(image.width, image.height, rules)
    if scale < 1:
        width, height = (max(rules.min_side, int(side * scale)) for side in (image.width, image.height))
        image = image.thumbnail_image(width, height=height, size="force")
    image = without_empty_alpha(hold(image, folder))
    if image.hasalpha():
        file = folder / "redrawn.png"
        image.pngsave(str(file), keep="icc", compression=6)
        length = file.stat().st_size
        if length <= rules.max_bytes:
            return Normalised(file, Kind.PNG.media_type, image.width, image.height, length, changes)
    fitted = squeeze(image, folder, Target(rules.max_bytes))
    result = Normalised(fitted.path, fitted.media_type, fitted.width, fitted.height, fitted.length, changes)
    return replace(result, changed=(*changes, "size")) if "smaller" in fitted.how and "size" not in changes else result
