"""Whose pictures the sources of a request really are, and which of those people let others use them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from bot.store.database import Database, Transaction
from bot.studio import consent
from bot.studio.history import owners
from bot.ui.sources import Source


@dataclass(frozen=True, slots=True)
class Sifted:
    """What may be used, and what may not: each source says whose it is."""

    usable: tuple[Source, ...]
    refused: tuple[Source, ...] = ()


class Consents:
    """Asks the database, once for all sources of a request."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def sift(self, sources: Iterable[Source], asker: int) -> Sifted:
        """Results of the bot belong to whoever asked for them; one's own pictures one may always use."""
        found = tuple(sources)
        if not any(source.job or source.whose not in {None, asker} for source in found):
            return Sifted(found)

        def look(tx: Transaction) -> tuple[Mapping[int, int], frozenset[int]]:
            makers = owners(tx, [source.job for source in found if source.job])
            people = {*(source.whose for source in found), *makers.values()}
            return makers, consent.refusing(tx, people - {asker})

        makers, refusing = await self._database.read(look)
        owned = [replace(source, whose=makers.get(source.job or 0, source.whose)) for source in found]
        return Sifted(
            tuple(source for source in owned if source.whose not in refusing),
            tuple(source for source in owned if source.whose in refusing),
        )
