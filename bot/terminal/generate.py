"""`seedream-bot generate`: one order from the command line, from its files to its files."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Sequence
from contextlib import ExitStack, aclosing, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import TypedDict

from bot.app import Workshop
from bot.images.errors import ImageError
from bot.images.orders import Normalised
from bot.images.sniff import HEAD, Kind, sniff
from bot.seedream.content import OnDisk
from bot.seedream.errors import DownloadError, Expired, SeedreamError
from bot.seedream.models import Finished, ImageRequest, Picture, PictureReady, Reference
from bot.terminal.progress import Progress

FORMATS = {".png": "png", ".jpg": "jpeg", ".jpeg": "jpeg"}


class OrderError(Exception):
    """Something about the order itself is wrong; the text is one line with its fix."""


class Asked(TypedDict):
    """What the command line may leave out of a request."""

    size: str | None
    ratio: str | None
    max_images: int | None
    stream: bool | None
    response_format: str
    output_format: str | None
    watermark: bool
    background: str | None
    layers: bool
    web_search: bool
    optimize_prompt: str | None
    seed: int | None
    guidance_scale: float | None


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
    _check_target(order)
    async with _references(order.images, workshop, progress) as references:
        request = _with_format(replace(order.request, references=references), order.out, workshop)
        delivered = Delivered(request)
        try:
            await _draw(delivered, workshop, progress)
        except SeedreamError as error:
            if not delivered.pictures:
                raise
            delivered.missing = error
        except asyncio.CancelledError:  # somebody pressed Ctrl-C, but what has come is paid
            for number, picture in enumerate(delivered.pictures, 1):
                kept = _keep_link(picture, _target(order.out, number, 2, now)) or picture.file
                progress.keep(f"picture {number} had come already: see {kept}")
            raise
    count = len(delivered.pictures)
    for number, picture in enumerate(delivered.pictures, 1):
        progress.hint(f"writing picture {number} of {count}")
        target = _target(order.out, number, count, now)
        try:
            delivered.files.append(await _write(picture, target, workshop))
        except DownloadError as error:
            delivered.missing = error
            if not isinstance(error, Expired):
                note = _keep_link(picture, target)
                progress.keep(f"picture {number} is paid and can be fetched for 24 hours: its link is in {note}")
    return delivered


async def _draw(delivered: Delivered, workshop: Workshop, progress: Progress) -> None:
    async with aclosing(workshop.seedream.generate(delivered.request)) as events:
        async for event in events:
            progress.tell(event)
            if isinstance(event, PictureReady):
                delivered.pictures.append(event.picture)
            if isinstance(event, Finished):
                delivered.end = event


def _check_target(order: Order) -> None:
    """Before anything is paid, make sure that the result has a place to go to."""
    out = order.out
    if out is None or out.is_dir():
        return
    if not out.parent.is_dir():
        raise OrderError(f"--output: the folder {out.parent} does not exist · create it, or choose another")
    if out.suffix.lower() not in FORMATS:
        raise OrderError(f"--output: {out.name} has an ending that is no picture's · end it in .png or .jpg")
    if order.request.background == "transparent" and FORMATS[out.suffix.lower()] == "jpeg":
        raise OrderError(f"--output: {out.name} would be a JPEG, which cannot be transparent · end it in .png")


@asynccontextmanager
async def _references(
    images: Sequence[str], workshop: Workshop, progress: Progress
) -> AsyncIterator[tuple[Reference, ...]]:
    """A link goes to the provider as it is; a file is made fit for every provider first, in a copy if need be."""
    found: list[Reference] = []
    with ExitStack() as copies:
        for number, image in enumerate(images, 1):
            progress.hint(f"reading picture {number} of {len(images)}")
            if image.startswith(("https://", "http://")):
                found.append(Reference(url=image))
                continue
            path = _existing(image)
            ready = await _normalised(path, workshop)
            if ready.path.absolute() != path.absolute():
                copies.callback(ready.path.unlink, missing_ok=True)
            content = OnDisk(ready.path)
            found.append(Reference(content, None, ready.media_type, ready.width, ready.height))
        yield tuple(found)


async def _normalised(path: Path, workshop: Workshop) -> Normalised:
    try:
        return await workshop.press.normalise(path)
    except ImageError as error:
        raise OrderError(f"--image: {path.name}: {error} · choose a PNG, JPEG or WebP picture") from None
    except OSError as error:
        raise OrderError(f"--image: {path.name} cannot be read or copied: {error.strerror} · see DATA_DIR") from None


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
    if picture.file is not None:  # it came inside the answer, and its first home was only a place to wait
        picture.file.unlink(missing_ok=True)
    kind = _kind(path)
    wanted = FORMATS.get(target.suffix.lower())
    if kind is None or wanted == kind.media_type.removeprefix("image/"):
        return path
    if wanted is None:
        return path.rename(target.with_name(f"{target.name}.{kind.extension}"))
    try:
        converted = await workshop.press.convert(path, f"image/{wanted}")
    except (ImageError, OSError):  # better the right picture under another name than none
        return path.rename(target.with_suffix(f".{kind.extension}"))
    return Path(shutil.move(converted.path, path))


def _kind(path: Path) -> Kind | None:
    with path.open("rb") as file:
        return sniff(file.read(HEAD))


def _keep_link(picture: Picture, target: Path) -> Path | None:
    """Note down, for the owner's eyes only, where a paid picture lies that could not be fetched now."""
    if picture.url is None:
        return None
    note = target.with_name(f"{target.name}.link.txt")
    with os.fdopen(os.open(note, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(f"{picture.url}\n")
    return note
