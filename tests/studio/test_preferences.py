"""What a server sets is kept, checked, and understood by releases that know less or more."""

import asyncio
import json
import math
from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import select, update

from bot.store.database import Database
from bot.store.tables import preferences
from bot.studio.checks import BadPreference
from bot.studio.preferences import load
from bot.studio.rules import Rules, Tier
from tests.studio.setting import save

SERVER = 7
WHOLE = {
    "user_images_per_hour": 12,
    "server_cost_per_month": 40_000_000,
    "at_once": 2,
    "cooldown": 1.5,
    "paused": True,
    "models": ["seedream-4.5", "seedream-5.0-pro"],
    "tiers": {99: {"name": "Patron", "user_images_per_day": 0, "weight": 2.5}, "100": {"waiting": 1}},
}

# Changes, the field that is named, and what is said of it.
NONSENSE: list[tuple[dict[str, Any], str, str]] = [
    ({"at_once": -1}, "at_once", "is less than 0"),
    ({"user_images_per_day": 10**8}, "user_images_per_day", "is more than 10000000"),
    ({"user_images_per_day": 10**400}, "user_images_per_day", "is more than"),
    ({"cooldown": math.inf}, "cooldown", "is more than 86400"),
    ({"cooldown": math.nan}, "cooldown", "is not a number"),
    ({"cooldown": "10"}, "cooldown", "is not a number"),
    ({"waiting": True}, "waiting", "is not a number"),
    ({"waiting": 1.5}, "waiting", "is not a whole number"),
    ({"weight": 2}, "weight", "is not a preference"),
    ({"all_cost_per_day": 0}, "all_cost_per_day", "is not a preference"),
    ({"paused": 1}, "paused", "is neither true nor false"),
    ({"models": "seedream-4.5"}, "models", "is not a list of names"),
    ({"models": ["seedream-4.5", " "]}, "models", "is not a name"),
    ({"models": ["m"] * 251}, "models", "is not a list of names"),
    ({"tiers": [1]}, "tiers", "is not a list of roles"),
    ({"tiers": {"patron": {}}}, "tiers.patron", "is not the id of a role"),
    ({"tiers": {-5: {}}}, "tiers.-5", "is not the id of a role"),
    ({"tiers": {True: {}}}, "tiers.True", "is not the id of a role"),
    ({"tiers": {5: 3}}, "tiers.5", "is not a list of names and values"),
    ({"tiers": {5: {"weight": 0}}}, "tiers.5.weight", "is less than 0.01"),
    ({"tiers": {5: {"name": "x" * 101}}}, "tiers.5.name", "is not a name"),
    ({"tiers": {5: {"server_at_once": 1}}}, "tiers.5.server_at_once", "is not a preference"),
    ({"tiers": {role: {} for role in range(251)}}, "tiers", "are more than 250"),
]


async def stored(database: Database) -> dict[str, Any]:
    """The JSON in the table."""
    row = await database.read(lambda tx: tx.run(select(preferences.c["values"])).scalar_one())
    return dict(row)


async def refused(database: Database, changes: Mapping[str, Any]) -> BadPreference:
    """What is said about changes that make no sense."""
    with pytest.raises(BadPreference) as caught:
        await database.write(lambda tx: save(tx, SERVER, changes))
    return caught.value


async def test_a_server_that_has_set_nothing_has_no_rules(database: Database) -> None:
    assert await database.read(lambda tx: load(tx, SERVER)) == Rules()
    assert await database.read(lambda tx: load(tx, None)) == Rules()


async def test_what_is_saved_is_loaded_again(database: Database) -> None:
    rules = Rules(
        values={"user_images_per_hour": 12, "server_cost_per_month": 40_000_000, "at_once": 2, "cooldown": 1.5},
        tiers={99: Tier("Patron", {"user_images_per_day": 0, "weight": 2.5}), 100: Tier("", {"waiting": 1})},
        paused=True,
        models=("seedream-4.5", "seedream-5.0-pro"),
    )
    await database.write(lambda tx: save(tx, SERVER, WHOLE))
    assert await database.read(lambda tx: load(tx, SERVER)) == rules
    assert await database.read(lambda tx: load(tx, 8)) == Rules()
    text = await stored(database)
    assert json.loads(json.dumps(text)) == text
    assert text == {**WHOLE, "tiers": {str(role): tier for role, tier in dict(WHOLE["tiers"]).items()}}  # type: ignore[call-overload]


async def test_a_change_leaves_everything_else_and_none_takes_a_value_back(database: Database) -> None:
    await database.write(lambda tx: save(tx, SERVER, WHOLE))
    changes = {
        "at_once": 0,
        "cooldown": None,
        "paused": False,
        "models": None,
        "tiers": {100: None, "99": {"weight": 1, "user_images_per_day": None}, 101: {"at_once": 9}},
    }
    await database.write(lambda tx: save(tx, SERVER, changes))
    assert await database.read(lambda tx: load(tx, SERVER)) == Rules(
        values={"user_images_per_hour": 12, "server_cost_per_month": 40_000_000, "at_once": 0},
        tiers={99: Tier("Patron", {"weight": 1}), 101: Tier("", {"at_once": 9})},
    )
    await database.write(lambda tx: save(tx, SERVER, {"tiers": None}))
    assert (await database.read(lambda tx: load(tx, SERVER))).tiers == {}


async def test_values_are_kept_in_their_plainest_form(database: Database) -> None:
    changes: dict[str, Any] = {
        "at_once": 2.0,
        "cooldown": 3,
        "paused": None,
        "models": [" 4.5", "seedream-4.0", "Seedream 4.5", "ep-own"],
        "tiers": {"007": {}, 8: None},
    }
    await database.write(lambda tx: save(tx, SERVER, changes))
    text = json.dumps(await stored(database), sort_keys=True)
    models = '["seedream-4.5", "seedream-4.0", "ep-own"]'
    assert text == f'{{"at_once": 2, "cooldown": 3.0, "models": {models}, "tiers": {{"7": {{}}}}}}'


async def test_every_role_that_a_server_can_have_may_be_a_tier(database: Database) -> None:
    await database.write(lambda tx: save(tx, SERVER, {"tiers": {role: {} for role in range(250)}}))
    assert len((await database.read(lambda tx: load(tx, SERVER))).tiers) == 250


async def test_what_makes_no_sense_is_refused_with_its_name(database: Database) -> None:
    await database.write(lambda tx: save(tx, SERVER, {"at_once": 4}))
    for changes, field, what in NONSENSE:
        error = await refused(database, {"cooldown": 3, **changes})
        assert error.field == field
        assert what in error.what
        assert error.fix
        assert str(error) == f"{error.field} {error.what}: {error.fix}"
    assert await stored(database) == {"at_once": 4}


async def test_a_refused_first_change_leaves_no_row(database: Database) -> None:
    await refused(database, {"at_once": -1})
    assert await database.read(lambda tx: tx.run(select(preferences)).all()) == []


async def test_what_a_newer_release_wrote_is_left_alone_and_kept(database: Database) -> None:
    await database.write(lambda tx: save(tx, SERVER, {"at_once": 1}))
    newer = {
        "at_once": 2,
        "cooldown": "adaptive",
        "quiet_hours": ["x"],
        "tiers": {"5": {"name": "Patron", "weight": -3, "seat": "front"}},
    }
    await database.write(lambda tx: tx.run(update(preferences).values(values=newer)))
    assert await database.read(lambda tx: load(tx, SERVER)) == Rules({"at_once": 2}, {5: Tier("Patron")})
    await database.write(lambda tx: save(tx, SERVER, {"waiting": 3, "tiers": {5: {"at_once": 1}}}))
    assert await stored(database) == {
        **newer,
        "waiting": 3,
        "tiers": {"5": {"name": "Patron", "weight": -3, "seat": "front", "at_once": 1}},
    }


async def test_of_two_who_save_at_the_same_time_both_are_heard(database: Database) -> None:
    names = ["at_once", "waiting", "user_images_per_hour", "user_images_per_day", "server_at_once"]

    async def set_five(name: str) -> None:
        await database.write(lambda tx: save(tx, SERVER, {name: 5}))

    await asyncio.gather(*(set_five(name) for name in names))
    assert (await database.read(lambda tx: load(tx, SERVER))).values == dict.fromkeys(names, 5)
