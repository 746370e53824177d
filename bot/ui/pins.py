""" "Use as reference": the pictures that somebody has picked, as sources for what they ask next."""

from bot.store.database import Database
from bot.studio import pins
from bot.studio.pins import MOST, Pin
from bot.studio.shelf import Shelf
from bot.ui.references import Gathered
from bot.ui.sources import Source, Whence

__all__ = ["MOST", "Pin", "Pins"]


class Pins:
    """Everybody's picked pictures."""

    def __init__(self, database: Database, shelf: Shelf) -> None:
        self._database = database
        self._shelf = shelf

    async def pin(self, user: int, gathered: Gathered) -> tuple[Pin, ...]:
        """Keep pictures that have been gathered; what somebody has at hand now, the oldest first."""
        new = []
        for source, picture in zip(gathered.shown, gathered.references, strict=True):
            if picture.content is None:
                continue
            name = await self._shelf.keep(picture.content)
            facts = (picture.media_type, picture.width, picture.height, picture.content.length)
            new.append(Pin(name, source.name, *facts, source.whose))
        return await self._database.write(lambda tx: pins.pin(tx, user, *new))

    async def unpin(self, user: int, shelf: str | None = None) -> tuple[Pin, ...]:
        """Let one go, by its name on the shelf, or all of them; what is left."""
        return await self._database.write(lambda tx: pins.unpin(tx, user, shelf))

    async def pins(self, user: int) -> tuple[Pin, ...]:
        """What somebody has at hand, the oldest first."""
        return await self._database.read(lambda tx: pins.pins(tx, user))

    async def sources(self, user: int) -> tuple[Source, ...]:
        """The same, as pictures for a request."""
        return tuple(
            Source(
                Whence.PINNED,
                each.name,
                size=each.length,
                media_type=each.media_type,
                whose=each.whose,
                shelf=each.shelf,
            )
            for each in await self.pins(user)
        )
