"""Reference pictures of accepted jobs, kept by what is in them: the same picture lies here once."""

import asyncio
import hashlib
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Self

from bot.seedream.content import OnDisk
from bot.seedream.models import Content
from bot.store.faults import of_file


class Shelf:
    """A folder of files that are named by the SHA-256 of their bytes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @classmethod
    def within(cls, home: Path) -> Self:
        """The shelf of a data folder."""
        return cls(home / "shelf")

    async def keep(self, content: Content) -> str:
        """Put a picture here, whole or not at all; the name that it can be had by. Raises StoreError where it cannot be
        written, BadReference where it cannot be read."""
        try:
            return await self._keep(content)
        except OSError as error:
            raise of_file(error, f"The data folder {self.folder.parent}") from error

    async def _keep(self, content: Content) -> str:
        part = await asyncio.to_thread(self._part)
        try:
            digest = hashlib.sha256()
            with part.open("wb") as file:
                async for chunk in content.chunks():
                    digest.update(chunk)
                    file.write(chunk)
            name = digest.hexdigest()
            place = self.place(name)
            await asyncio.to_thread(place.parent.mkdir, parents=True, exist_ok=True)
            await asyncio.to_thread(part.replace, place)
        finally:
            await asyncio.to_thread(part.unlink, missing_ok=True)
        return name

    def open(self, name: str) -> OnDisk:
        """The picture; raises BadReference when it is no longer here."""
        return OnDisk(self.place(name))

    def names(self) -> Iterator[tuple[str, Path]]:
        """Everything that lies here, halves of interrupted writes included."""
        for path in self.folder.glob("*/*"):
            yield path.name, path

    def place(self, name: str) -> Path:
        """Where the picture of this name lies, if it does."""
        return self.folder / name[:2] / name

    def _part(self) -> Path:
        folder = self.folder / "new"
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder, delete=False) as file:
            return Path(file.name)
