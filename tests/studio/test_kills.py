"""Real processes are killed at every point of a job's way, and at any moment: nothing is lost, nothing is paid or
posted twice, and the ledger balances.

KILLS_SEED chooses other moments, KILLS_TIMES=10 kills ten times as often.
"""

import os
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import cycle, islice
from pathlib import Path

import pytest

from bot.store import schema, upkeep
from tests.studio.killing.driver import HELD, Ground, open_ground
from tests.studio.killing.plans import Life, Order
from tests.studio.killing.victim import copy_and_die, open_and_die

SEED = os.environ.get("KILLS_SEED", "5eed")
TIMES = int(os.environ.get("KILLS_TIMES", "1"))
ORDERS = 25  # at most per process: where another one lives too, it may be quicker

pytestmark = pytest.mark.timeout(60 + 60 * TIMES)


@dataclass(frozen=True, slots=True)
class Point:
    """Where to kill: one cut after the other, `rounds` times each, with orders like this one."""

    cuts: Sequence[str]
    order: Order
    provider: str = "byteplus"
    rounds: int = 2
    nth: Sequence[int] = (1,)

    @property
    def kills(self) -> int:
        return len(self.cuts) * self.rounds * TIMES


CAT = Order("")
SET = Order("", "a story", images=3)
FILE = Order("", "two cats", images=2, in_file=True)
NEVER = Order("", f"a cat [[slow:{HELD:.0f}]]")
REFUSED = Order("", "[[refuse]]")
SLOW = Order("", "a cat [[slow:0.2]]")

ANY_MOMENT = 12 * TIMES
MIGRATION = [("touched", 1), ("touched", 2), ("filling", 1), ("touched", 3), ("touched", 4), ("step", 1), ("commit", 1)]
BACKUP = [("touched", 1), ("touched", 2), ("filling", 1), ("filling", 2), ("touched", 3), ("touched", 4)]
DIE = "os.kill(os.getpid(), 9)"
ROWS = 3000

POINTS = {
    "K1 before the acknowledgement": Point(["told"], CAT, rounds=6),
    "K2 after it, before the commit": Point(["acknowledged", "in submit"], CAT, rounds=3),
    "K3 after the commit": Point(["after submit", "in claim", "after claim"], CAT),
    "K4 after the request was sent": Point(["in sent", "after sent", "arrived", "arrived"], NEVER),
    "K4 of a task": Point(["arrived", "in accepted", "after accepted", "picture", "in generated"], SET, "acedata"),
    "K5 in the middle of a set": Point(["picture", "in drawn", "after drawn"], SET, nth=(1, 2), rounds=3),
    "K6 after the response": Point(["picture", "finished", "in generated"], CAT),
    "K7 after the picture was saved": Point(["picture", "after drawn", "after generated"], FILE, rounds=3),
    "K8 in the middle of an upload": Point(["upload"], SET, rounds=6),
    "K9 after the post": Point(["posted", "received", "in settled"], CAT),
    "K9 of an apology": Point(["after ending", "apologised", "in ended"], REFUSED),
    "K10 after the mark": Point(["after settled", "after ended"], CAT, rounds=3),
}


async def kill(ground: Ground, point: Point) -> list[str]:
    """Kill process after process at a point; each goes on with what the one before it has left, as does the last."""
    if ground.shared:
        await ground.start(Life(ground.place)).ready()
    orders: tuple[Order, ...] = ()
    for number, cut in enumerate(islice(cycle(point.cuts), point.kills)):
        repeats = orders[:1]
        like = REFUSED if cut == "after ended" else point.order
        orders = tuple(replace(like, key=f"{number}-{count}") for count in range(ORDERS))
        nth = point.nth[number % len(point.nth)]
        await ground.killed(ground.start(Life(ground.place, cut, nth, repeats, orders)))
    return await ground.finish(*orders[:1])


@pytest.mark.parametrize("point", POINTS)
async def test_a_kill_loses_nothing_and_pays_nothing_twice(point: str, empty_url: str, tmp_path: Path) -> None:
    async with open_ground(empty_url, tmp_path, POINTS[point].provider) as ground:
        assert await kill(ground, POINTS[point]) == []
        assert ground.kills == POINTS[point].kills


@pytest.mark.parametrize("provider", ["byteplus", "acedata"])
async def test_neither_does_a_kill_at_any_moment(provider: str, empty_url: str, tmp_path: Path) -> None:
    chance = random.Random(f"{SEED} {provider} {bool(empty_url)}")
    async with open_ground(empty_url, tmp_path, provider) as ground:
        for number in range(ANY_MOMENT):
            likes = chance.choices([CAT, SET, FILE, REFUSED, SLOW], k=ORDERS)
            orders = tuple(replace(like, key=f"{number}-{count}") for count, like in enumerate(likes))
            ground.start(Life(ground.place, "any moment", orders=orders))
            if len(ground.living) > ground.shared:
                victim = chance.choice(ground.living)
                if chance.random() < 0.8:  # the others die while they come up
                    await victim.ready()
                await ground.killed(victim, chance.uniform(0, 0.5))
        assert await ground.finish() == []


async def test_a_kill_in_a_migration_leaves_the_tables_as_they_were(empty_url: str, tmp_path: Path) -> None:
    async with open_ground(empty_url, tmp_path) as ground:
        await ground.fill(ROWS)
        orders = tuple(replace(CAT, key=f"{count}") for count in range(ORDERS))
        first = ground.start(Life(ground.place, "any moment", orders=orders))
        await first.ready()
        await ground.killed(first, after=0.3)
        before = await ground.traces()
        for number, (cut, nth) in enumerate(MIGRATION * TIMES):
            life = Life(ground.place, cut, nth, release=tmp_path / f"{number}", then=DIE if cut == "step" else "")
            await ground.killed(ground.start(life, open_and_die))
            assert await ground.form() == schema.REVISION
            assert await ground.traces() == before
            assert all(count == ROWS for count in ground.copies())
        await ground.killed(ground.start(Life(ground.place, release=tmp_path / "last"), open_and_die))
        assert await ground.form() == "9999"
        assert await ground.traces() == before
        assert ground.copies()
        assert await ground.finish(release=tmp_path / "new") == []


async def test_a_kill_in_a_backup_leaves_nothing_that_looks_like_one(empty_url: str, tmp_path: Path) -> None:
    async with open_ground(empty_url, tmp_path) as ground:
        await ground.fill(ROWS)
        orders = tuple(replace(SET, key=f"{count}") for count in range(ORDERS))
        await ground.start(Life(ground.place, orders=orders)).ready()
        for cut, nth in BACKUP * TIMES:
            await ground.killed(ground.start(Life(ground.place, cut, nth), copy_and_die))
            assert ground.copies() == []
        await upkeep.backup(empty_url, tmp_path)
        assert ground.copies() == [ROWS]
        await ground.killed(ground.start(Life(ground.place), copy_and_die))
        assert set(ground.copies()) == {ROWS}
        assert await ground.finish() == []


def test_that_makes_two_hundred_kills() -> None:
    by_point = sum(point.kills for point in POINTS.values()) + (len(MIGRATION) + len(BACKUP)) * TIMES + 3
    assert 2 * by_point + 4 * (ANY_MOMENT - 1) >= 200 * TIMES
