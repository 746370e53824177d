"""What is looked at is looked at once for all who ask, and what cannot be seen is told, not guessed."""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.seedream.client import Seedream
from bot.store.database import Database
from bot.web.gauges import Gauges
from bot.web.health import Loop, Part, health, readiness
from bot.web.metrics import Metrics
from bot.web.numbers import Numbers
from bot.web.sight import Sight
from tests.databases import Hands


@dataclass
class Hand:
    """A worker that says what a test wants to hear."""

    ready: asyncio.Event = field(default_factory=asyncio.Event)
    at_work: int = 1
    slots: int = 4
    stopping: bool = False
    silent: float = 0.0


@dataclass
class Home:
    """A house with nothing in it but what is looked at."""

    database: Database
    seedream: Seedream
    worker: Hand = field(default_factory=Hand)

    @property
    def workshop(self) -> "Home":
        return self


@pytest.fixture
def sight(database: Database, hands: Hands, tmp_path: Path) -> Sight:
    found = Sight(tmp_path, hands)
    home = Home(database, None)  # type: ignore[arg-type]  # nobody looks at the client here
    home.worker.ready.set()
    found.house = home
    return found


def parts(sight: Sight, *, at_the_gateway: bool = False) -> dict[str, Part]:
    return {part.name: part for part in readiness(sight, at_the_gateway=at_the_gateway)}


async def test_the_database_is_asked_again_only_after_a_while(sight: Sight, database: Database, hands: Hands) -> None:
    timed: list[str] = []
    database.watch(lambda kind, seconds, well: timed.append(kind))
    await asyncio.gather(*(sight.look() for _ in range(5)))
    assert timed == ["read"]
    hands.move(6)
    await sight.look()
    assert timed == ["read", "read"]


async def test_a_database_that_is_not_as_it_should_be_leaves_everything_else_to_be_seen(
    sight: Sight, database: Database
) -> None:
    await database.write(lambda tx: tx.run(text("ALTER TABLE jobs RENAME TO lost")))
    await sight.look()
    assert not parts(sight)["database"].well
    told = {metric.name for metric in Gauges(sight, Metrics(Numbers())).collect()}
    assert {"seedream_database_up", "seedream_worker_jobs", "seedream_spool_bytes"} <= told
    assert "seedream_queue_jobs" not in told
    await database.write(lambda tx: tx.run(text("ALTER TABLE lost RENAME TO jobs")))


async def test_the_spool_is_measured_with_all_its_folders(sight: Sight, tmp_path: Path) -> None:
    (tmp_path / "spool" / "42").mkdir(parents=True)
    (tmp_path / "spool" / "a.jpg").write_bytes(b"x" * 1000)
    (tmp_path / "spool" / "42" / "b.jpg").write_bytes(b"x" * 24)
    await sight.look()
    assert (sight.spool.files, sight.spool.size) == (2, 1024)


async def test_each_part_that_keeps_it_from_working_is_named(sight: Sight) -> None:
    await sight.look()
    assert all(part.well for part in parts(sight).values())
    assert parts(sight, at_the_gateway=True)["discord"].says == "not connected to the gateway yet"
    sight.pulse = lambda: dict.fromkeys(range(9))
    says = "9 of 9 shards are not connected: 0, 1, 2, 3, 4 and more"
    assert parts(sight, at_the_gateway=True)["discord"] == Part("discord", well=False, says=says)
    assert sight.house is not None
    hand = sight.house.worker
    assert isinstance(hand, Hand)
    hand.silent = 31.0
    assert parts(sight)["worker"].says == "has not looked for jobs for 31 seconds"
    hand.ready.clear()
    assert parts(sight)["worker"].says == "not at work yet"
    sight.house = None
    assert parts(sight) == {"start": Part("start", well=False, says="the bot is still starting")}


def test_a_loop_that_does_not_beat_is_not_alive(hands: Hands) -> None:
    loop = Loop(Numbers(), hands)
    assert health(loop).well
    hands.move(12)
    assert health(loop) == Part("loop", well=False, says="the event loop is 11 seconds late")


def test_the_longest_delay_is_told_once(hands: Hands) -> None:
    numbers = Numbers()
    loop = Loop(numbers, hands)
    hands.move(3)
    loop.told()
    assert numbers.registry.get_sample_value("seedream_event_loop_lag_seconds") == 2.0
