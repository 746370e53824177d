"""A scene: everything from an order to its delivery, on each of the two engines."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.store.database import Database
from bot.studio.office import Office
from tests.databases import Hands
from tests.studio.scene import Scene, open_scene
from tests.studio.setting import office_of
from tests.studio.sweeping import sweep

__all__ = ["scene", "sweep"]


@pytest.fixture
async def scene(database: Database, hands: Hands, tmp_path: Path) -> AsyncIterator[Scene]:
    async with open_scene(database, hands, tmp_path) as opened:
        yield opened


@pytest.fixture
def office(scene: Scene) -> Office:
    """The moderators' door."""
    return office_of(scene)
