"""`seedream-bot generate`: one order from the command line, from its files to its files."""

from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from bot.app import Workshop
from bot.images.errors import ImageError
from bot.images.sniff import sniff
from bot.seedream.content import OnDisk
from bot.seedream.errors import SeedreamError
from bot.seedream.models import Finished, ImageRequest, Picture, PictureReady, Reference
from bot.terminal.progress import Progress

FORMATS = {".png": "png", ".jpg": "jpeg", ".jpeg": "jpeg"}
HEAD = 4096  # enough of a file to tell what it is


class OrderError(Exception):
    """Something about the order itself is wrong; the text is one line with its fix."""


@dataclass(frozen=True, slots=True)
class Order:
    """What was typed: the request without its pictures, the files and links to look at, and where results go."""

    request: ImageRequest
    images: Sequence[str] = ()
    out: Path | None = None


@dataclass(slots=True)
class Delivered:
    """What came of an order: pictures and their files, and why pictures of a set are missing, if some are."""

    request: ImageRequest
    pictures: list[Picture] = field(default_factory=list)
    files: list[Path] = field(default_factory=list)
    end: Finished | None = None
    missing: SeedreamError | None = None


async def fulfil(order: Order, workshop: Workshop, progress: Progress, now: datetime) -> Delivered:
    """Draw and write the files. Pictures that came are written even if the rest of a set does not come."""
    _check_target(order.out)
    progress.step("reading the pictures" if order.images else "preparing")
    references = [await _reference(image, workshop) for image in order.images]
    request = _with_format(replace(order.request, references=tuple(references)), order.out, workshop)
    delivered = Delivered(request)
    try:
        await _draw(delivered, workshop, progress)
    except SeedreamError as error:
        if not delivered.pictures:
            raise
        delivered.missing = error
    count = len(delivered.pictures)
    for number, picture in enumerate(delivered.pictures, 1):
        progress.step(f"writing picture {number} of {count}" if count > 1 else "writing the picture")
        delivered.files.append(await _write(picture, _target(order.out, number, count, now), workshop))
    return delivered


async def _draw(delivered: Delivered, workshop: Workshop, progress: Progress) -> None:
    async with aclosing(workshop.seedream.generate(delivered.request)) as events:
        async for event in events:
            progress.tell(event)
            if isinstance(event, PictureReady):
                delivered.pictures.append(event.picture)
            if isinstance(event, Finished):
                delivered.end = event


def _check_target(out: Path | None) -> None:
    """Before anything is paid, make sure that the result has a place to go to."""
    if out is None or out.is_dir():
        return
    if not out.parent.is_dir():
        raise OrderError(f"--output: the folder {out.parent} does not exist · create it, or choose another")
    if out.suffix.lower() not in FORMATS:
        raise OrderError(f"--output: {out.name} has an ending that is no picture's · end it in .png or .jpg")


async def _reference(image: str, workshop: Workshop) -> Reference:
    """A link goes to the provider as it is; a file is made fit for every provider first."""
    if image.startswith(("https://", "http://")):
        return Reference(url=image)
    path = _existing(image)
    try:
        found = await workshop.press.normalise(path)
    except ImageError as error:
        raise OrderError(f"--image: {path.name}: {error} · choose a PNG, JPEG or WebP picture") from None
    return Reference(OnDisk(found.path), media_type=found.media_type, width=found.width, height=found.height)


def _existing(image: str) -> Path:
    path = Path(image)
    if not path.is_file():
        raise OrderError(f"--image: there is no file {image} · check its name")
    return path


def _with_format(request: ImageRequest, out: Path | None, workshop: Workshop) -> ImageRequest:
    """Ask for the format that the file's name promises, where the model can choose."""
    wanted = FORMATS.get(out.suffix.lower()) if out is not None and not out.is_dir() else None
    if wanted is None or request.output_format is not None:
        return request
    asking = replace(request, output_format=wanted)
    return request if workshop.seedream.check(asking) else asking


def _target(out: Path | None, number: int, count: int, now: datetime) -> Path:
    """Where a picture goes; its ending is still to come unless the person chose it."""
    if out is None or out.is_dir():
        stem = (out or Path()) / f"seedream-{now:%Y%m%d-%H%M%S}"
        return stem.with_name(f"{stem.name}-{number}") if count > 1 else stem
    return out.with_name(f"{out.stem}-{number}{out.suffix}") if count > 1 else out


async def _write(picture: Picture, target: Path, workshop: Workshop) -> Path:
    """Write a picture under a name that is true: in the format that its ending says, or with the ending it needs."""
    path = await workshop.seedream.save(picture, target)
    with path.open("rb") as file:
        kind = sniff(file.read(HEAD))
    if kind is None or FORMATS.get(target.suffix.lower()) == kind.media_type.removeprefix("image/"):
        return path
    if target.suffix.lower() not in FORMATS:
        return path.rename(target.with_name(f"{target.name}.{kind.extension}"))
    converted = await workshop.press.convert(path, f"image/{FORMATS[target.suffix.lower()]}")
    return converted.path.replace(path)
