"""Pictures as they are written down, and back: files are named within the data folder, which may move."""

from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

from bot.seedream.content import OnDisk
from bot.seedream.errors import BadReference
from bot.seedream.models import Box, Picture, Reference
from bot.studio.job import Result

MARGIN = 3600.0  # a link must live so long for a job that will wait in the queue
_LAYER = ("z_index", "box", "name", "description", "background")


def result_of(picture: Picture, home: Path) -> Result:
    """What is written down of a picture."""
    told = {name: value for name in _LAYER if (value := getattr(picture, name)) is not None}
    if picture.box is not None:
        told["box"] = asdict(picture.box)
    return Result(
        index=picture.index,
        url=picture.url,
        file=picture.file.resolve().relative_to(home.resolve()).as_posix() if picture.file else None,
        size=picture.size,
        format=picture.format,
        expires_at=picture.expires_at,
        layer=told or None,
    )


def picture_of(result: Result, home: Path) -> Picture:
    """The picture again, as the client opens it."""
    told = dict(result.layer or {})
    if "box" in told:
        told["box"] = Box(tuple(told["box"]["absolute"]), tuple(told["box"]["normalized"]))
    return Picture(
        index=result.index,
        url=result.url,
        file=home / result.file if result.file else None,
        size=result.size,
        format=result.format,
        expires_at=result.expires_at,
        **{name: told.get(name) for name in _LAYER},
    )


def in_order(results: Iterable[Result]) -> list[Result]:
    """As they came; layers as they lie on one another, the lowest first."""
    return sorted(results, key=lambda result: (height_of(result), result.index))


def height_of(result: Result) -> int:
    """How many layers lie below this one; by its place where nobody has told."""
    told = (result.layer or {}).get("z_index")
    return told if isinstance(told, int) else result.index


def references_of(results: Iterable[Result], home: Path, now: float) -> tuple[Reference, ...]:
    """Finished pictures as something to go on from; raises BadReference when one cannot be had any more."""
    return tuple(_reference(result, home, now) for result in results)


def _reference(result: Result, home: Path, now: float) -> Reference:
    width, _, height = (result.size or "").partition("x")
    sides = (int(width), int(height)) if width.isdecimal() and height.isdecimal() else (0, 0)
    media_type = f"image/{result.format}" if result.format else ""
    if result.file is not None:
        return Reference(OnDisk(home / result.file), None, media_type, *sides)
    if result.url is None or (result.expires_at is not None and result.expires_at < now + MARGIN):
        raise BadReference("the link to the picture has expired")
    return Reference(None, result.url, media_type, *sides)
