"""Short words for what moderators set and do in tests: the catalogue is the packaged one."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from bot.seedream.catalogue import Catalogue
from bot.store.database import Database, Transaction
from bot.studio import deeds, preferences
from bot.studio.checks import Offer
from bot.studio.job import Who
from bot.studio.limits import Barrier, Limits, Refusal
from bot.studio.office import Office
from bot.studio.preferences import Changed
from tests.studio.scene import Scene

MODERATOR = 99
SERVER = 7
EVE = Who(90, SERVER, moderator=True)
OWNER = Who(1000, owner=True)
MEMBER = Who(1, SERVER)
ELSEWHERE = Who(91, 8, moderator=True)


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


def office_of(scene: Scene, limits: Limits | None = None) -> Office:
    """The moderators' door of a scene."""
    return Office(scene.database, scene.studio, scene.seedream.catalogue, scene.home, limits)


def barrier(answer: object) -> Barrier | None:
    """What stands in the way, if something does."""
    return answer.barrier if isinstance(answer, Refusal) else None


async def log(office: Office, **more: Any) -> list[deeds.Deed]:
    """The latest lines of the audit log."""
    page = await office.log(OWNER if more.get("everywhere") else EVE, **more)
    assert isinstance(page, deeds.Page)
    return list(page.deeds)
