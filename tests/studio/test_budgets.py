"""Budgets warn and stop, once each; and the status tells how everything stands."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.store.database import Database
from bot.studio import notices
from bot.studio.limits import Allowance, Barrier, Limits, Refusal, Scope
from bot.studio.office import Office
from tests.databases import Hands
from tests.studio.scene import Scene, open_scene
from tests.studio.setting import EVE, OWNER, SERVER, barrier, office_of


@pytest.fixture
async def limited(database: Database, hands: Hands, tmp_path: Path) -> AsyncIterator[tuple[Scene, Office]]:
    limits = Limits(server=Allowance(cost_per_day=400_000), all=Allowance(cost_per_month=10**9))
    async with open_scene(database, hands, tmp_path, limits=limits) as scene:
        yield scene, office_of(scene, limits)


async def test_a_budget_warns_once_at_four_fifths_and_stops_once_when_it_is_used_up(
    limited: tuple[Scene, Office], hands: Hands
) -> None:
    scene, office = limited
    for _ in range(7):
        await scene.accepted(server=SERVER)
    assert await office.news() == []
    for _ in range(3):
        await scene.accepted(server=SERVER)
    warned = await office.news()
    assert [(each.kind, each.server) for each in warned] == [(notices.BUDGET_WARNING, SERVER)]
    assert {name: warned[0].facts[name] for name in ("scope", "period", "limit", "used")} == {
        "scope": "server",
        "period": "day",
        "limit": 400_000,
        "used": 320_000,
    }
    for _ in range(3):
        assert barrier(await scene.submit(server=SERVER)) is Barrier.COST
    stopped = await office.news()
    assert [(each.kind, each.facts["used"]) for each in stopped] == [(notices.BUDGET_STOP, 400_000)]
    hands.move(86_400)
    for _ in range(8):
        await scene.accepted(server=SERVER)
    assert [each.kind for each in await office.news()] == [
        notices.BUDGET_WARNING,
        notices.BUDGET_STOP,
        notices.BUDGET_WARNING,
    ]


async def test_the_budget_of_everybody_is_the_owners_news(database: Database, hands: Hands, tmp_path: Path) -> None:
    async with open_scene(database, hands, tmp_path, limits=Limits(all=Allowance(cost_per_day=80_000))) as scene:
        for server in (None, SERVER, 8):
            await scene.submit(server=server)
        news = await office_of(scene).news()
        assert [(each.kind, each.server) for each in news] == [
            (notices.BUDGET_WARNING, None),
            (notices.BUDGET_STOP, None),
        ]


async def test_more_than_a_budget_ever_gives_is_no_stop(limited: tuple[Scene, Office]) -> None:
    scene, office = limited
    assert barrier(await scene.submit(server=SERVER, max_images=14)) is Barrier.COST
    assert await office.news() == []


async def test_the_status_tells_how_the_bot_stands(limited: tuple[Scene, Office]) -> None:
    scene, office = limited
    worker = await scene.start(slots=3)
    job = await scene.accepted("[[slow:0.5]]", server=SERVER)
    await scene.until(job, "sent")
    found = await office.status(replace(OWNER, server=SERVER))
    assert not isinstance(found, Refusal)
    line = found.lines["byteplus"]
    assert (line.working, line.waiting, line.trouble, found.paused) == (1, 0, None, False)
    assert [(each.id, each.slots) for each in found.workers] == [(worker.id, 3)]
    assert {(left.scope, left.used) for left in found.budgets} == {(Scope.SERVER, 40_000), (Scope.ALL, 40_000)}
    assert (found.version, found.schema) != ("", "")
    mine = await office.status(EVE)
    assert not isinstance(mine, Refusal)
    assert ({left.scope for left in mine.budgets}, mine.workers) == ({Scope.SERVER}, ())
    await scene.until(job)
