"""Pinned pictures: for an hour, for every process, ten at most, and safe from the janitor so long, on both engines."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy import func, select, update

from bot.seedream.content import InMemory
from bot.store.database import Database
from bot.store.errors import InUse
from bot.store.tables import preferences
from bot.studio import pins
from bot.studio.janitor import HOUR, Swept
from bot.studio.pins import LIFE, LINGER, MOST, Pin
from bot.studio.preferences import load
from bot.studio.shelf import Shelf
from tests.databases import Hands
from tests.studio.setting import save
from tests.studio.sweeping import Sweep

ALICE, BOB = 700000000000000001, 700000000000000002


def picture(number: int = 0) -> Pin:
    return Pin(f"{number:064x}", f"{number}.png", "image/png", 320, 240, 1000, BOB)


async def pin(database: Database, *pictures: Pin, user: int = ALICE) -> list[str]:
    return names(await database.write(lambda tx: pins.pin(tx, user, *pictures)))


async def held(database: Database, user: int = ALICE) -> list[str]:
    return names(await database.read(lambda tx: pins.pins(tx, user)))


def names(found: tuple[Pin, ...]) -> list[str]:
    return [each.name for each in found]


async def test_a_pinned_picture_is_there_for_an_hour_with_all_its_facts(database: Database, hands: Hands) -> None:
    await pin(database, picture())
    hands.move(LIFE - 1)
    found = await database.read(lambda tx: pins.pins(tx, ALICE))
    assert found == (replace(picture(), until=hands() + 1),)
    hands.move(1)
    assert await held(database) == []


async def test_everybody_has_their_own(database: Database) -> None:
    await pin(database, picture(1))
    await pin(database, picture(2), user=BOB)
    assert (await held(database), await held(database, BOB)) == (["1.png"], ["2.png"])


async def test_more_come_behind_and_the_same_again_comes_last_with_a_new_hour(database: Database, hands: Hands) -> None:
    assert await pin(database, picture(1), picture(2)) == ["1.png", "2.png"]
    hands.move(LIFE / 2)
    assert await pin(database, picture(3), picture(1)) == ["2.png", "3.png", "1.png"]
    hands.move(LIFE / 2)
    assert await held(database) == ["3.png", "1.png"]


async def test_of_more_than_ten_the_oldest_go(database: Database) -> None:
    await pin(database, *(picture(number) for number in range(MOST)))
    assert await pin(database, picture(50)) == [*(f"{number}.png" for number in range(1, MOST)), "50.png"]
    assert len(await pin(database, *(picture(number) for number in range(60, 90)))) == MOST


async def test_one_or_all_can_be_let_go(database: Database) -> None:
    await pin(database, picture(1), picture(2), picture(3))
    left = await database.write(lambda tx: pins.unpin(tx, ALICE, picture(2).shelf))
    assert names(left) == ["1.png", "3.png"] == await held(database)
    assert await database.write(lambda tx: pins.unpin(tx, ALICE)) == ()
    assert await held(database) == []
    assert await database.write(lambda tx: pins.unpin(tx, BOB, "nothing")) == ()


async def test_two_at_once_lose_nothing(database: Database) -> None:
    await asyncio.gather(*(pin(database, picture(number)) for number in range(8)))
    assert sorted(await held(database)) == [f"{number}.png" for number in range(8)]


async def test_another_process_sees_them(database: Database, open_another: Callable[[], Awaitable[Database]]) -> None:
    await pin(database, picture(1))
    try:
        other = await open_another()
    except InUse:
        return
    assert await held(other) == ["1.png"]
    await pin(other, picture(2))
    assert await held(database) == ["1.png", "2.png"]


async def test_they_are_apart_from_what_a_server_of_the_same_number_has_set(database: Database) -> None:
    await database.write(lambda tx: save(tx, ALICE, {"paused": True}))
    await pin(database, picture(1))
    assert (await database.read(lambda tx: load(tx, ALICE))).paused
    assert await held(database) == ["1.png"]


async def test_what_a_newer_release_has_written_does_not_hurt(database: Database) -> None:
    await pin(database, picture(1))

    def add(values: dict[str, Any]) -> dict[str, Any]:
        return {"pins": [each | {"mood": "blue"} for each in values["pins"]], "colour": "red"}

    stored = await database.read(lambda tx: tx.run(select(preferences.c["values"])).scalar_one())
    await database.write(lambda tx: tx.run(update(preferences).values(values=add(stored))))
    assert await held(database) == ["1.png"]


async def shelve(home: Path) -> tuple[Path, Pin]:
    """A picture on the shelf, and its pin."""
    shelf = Shelf.within(home)
    name = await shelf.keep(InMemory(b"a picture"))
    return shelf.place(name), replace(picture(), shelf=name)


async def test_the_janitor_leaves_a_pinned_file_as_long_as_its_pin_lives(
    database: Database, hands: Hands, sweep: Sweep, tmp_path: Path
) -> None:
    file, pinned = await shelve(tmp_path)
    await pin(database, pinned)
    assert await sweep(later=10 * HOUR) == Swept()
    hands.move(LIFE + LINGER - 1)
    assert await sweep(later=10 * HOUR) == Swept(), "somebody may be using it just now"
    hands.move(1)
    assert await sweep(later=10 * HOUR) == Swept(files=1, pins=1)
    assert not file.exists()
    assert await database.read(lambda tx: tx.run(select(func.count()).select_from(preferences)).scalar()) == 0


async def test_a_file_that_was_let_go_is_removed_though_its_owner_has_others(
    database: Database, sweep: Sweep, tmp_path: Path
) -> None:
    file, pinned = await shelve(tmp_path)
    await pin(database, pinned, picture(1))
    await database.write(lambda tx: pins.unpin(tx, ALICE, pinned.shelf))
    assert await sweep(later=10 * HOUR) == Swept(files=1)
    assert not file.exists()
    assert await held(database) == ["1.png"]


async def test_a_file_that_two_have_pinned_stays_for_the_second(
    database: Database, hands: Hands, sweep: Sweep, tmp_path: Path
) -> None:
    file, pinned = await shelve(tmp_path)
    await pin(database, pinned)
    hands.move(LIFE)
    await pin(database, pinned, user=BOB)
    hands.move(LINGER)
    assert await sweep(later=10 * HOUR) == Swept(pins=1)
    assert file.exists()


async def test_what_servers_have_set_is_not_swept_with_the_pins(database: Database, hands: Hands, sweep: Sweep) -> None:
    await database.write(lambda tx: save(tx, ALICE, {"paused": True}))
    hands.move(100 * HOUR)
    assert await sweep() == Swept()
    assert (await database.read(lambda tx: load(tx, ALICE))).paused
