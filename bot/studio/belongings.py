"""The files that a job names, and which of them are not there: the data folder may be another one, or not mounted."""

from collections.abc import Iterator
from pathlib import Path

from bot.studio.job import Job
from bot.studio.orders import shelved
from bot.studio.shelf import Shelf


def lost_references(job: Job, shelf: Shelf) -> list[Path]:
    """The pictures to go on from that are not on the shelf."""
    return list(_missing(map(shelf.place, sorted(shelved(job.request)))))


def lost_pictures(job: Job, home: Path) -> list[Path]:
    """The finished pictures that are not in their files."""
    return list(_missing(home / picture.file for picture in job.pictures if picture.file))


def _missing(files: Iterator[Path]) -> Iterator[Path]:
    return (file for file in files if not file.is_file())
