"""Short words for what moderators set in tests: the catalogue is the packaged one."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from bot.seedream.catalogue import Catalogue
from bot.store.database import Database, Transaction
from bot.studio import preferences
from bot.studio.checks import Offer
from bot.studio.preferences import Changed

MODERATOR = 99


@cache
def offer() -> Offer:
    """What there is to choose from."""
    return Offer(Catalogue.load())


def save(tx: Transaction, server: int, changes: Mapping[str, Any]) -> Changed:
    """A moderator sets something, in a transaction."""
    return preferences.save(tx, server, changes, MODERATOR, offer())


async def lay_down(database: Database, server: int, **changes: Any) -> Changed:
    """A moderator sets something."""
    return await database.write(lambda tx: save(tx, server, changes))
