"""Every value that a server, a channel or a person can set: what is taken, and what is said of nonsense."""

from typing import Any

import pytest
from sqlalchemy import update

from bot.store.database import Database
from bot.store.tables import preferences
from bot.studio.checks import BadPreference
from bot.studio.preferences import load, save_person
from bot.studio.rules import Rules
from bot.ui.mistakes import mistaken
from bot.words.catalogues import spoken
from tests.studio.setting import SERVER, lay_down, offer, save

# What is set, and how it is read again.
TAKEN: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"models": ["4.5", "ep-1"]}, {"models": ("seedream-4.5", "ep-1")}),
    ({"sizes": ["4k", "1.5K"]}, {"sizes": ("4K", "1.5K")}),
    ({"roles": ["12", 13], "denied_roles": [14]}, {"roles": (12, 13), "denied_roles": (14,)}),
    ({"channels": [2**62], "denied_channels": []}, {"channels": (2**62,)}),
    ({"references": "own", "spoiler": "always"}, {"references": "own", "spoiler": "always"}),
    ({"age_restricted_only": True, "most_images": 4}, {"age_restricted_only": True, "most_images": 4}),
    ({"blocked_words": [" foo   bar ", "猫", "foo bar"]}, {"blocked_words": ("foo bar", "猫")}),
    ({"confirm_cost": 10**6, "confirm_images": 3}, {"confirm_cost": 10**6, "confirm_images": 3}),
    ({"audit_channel": "55", "language": "zh-CN"}, {"audit_channel": 55, "language": "zh-CN"}),
    (
        {"default_model": "5.0 pro", "default_size": "2k", "default_ratio": " 16:9 ", "default_visibility": "spoiler"},
        {
            "default_model": "seedream-5.0-pro",
            "default_size": "2K",
            "default_ratio": "16:9",
            "default_visibility": "spoiler",
        },
    ),
]

# Changes, the field that is named, and what is said of it.
NONSENSE: list[tuple[dict[str, Any], str, str]] = [
    ({"models": ["gpt-image"]}, "models", 'there is no model "gpt-image"'),
    ({"default_model": "nothing"}, "default_model", 'there is no model "nothing"'),
    ({"sizes": ["9K"]}, "sizes", 'there is no size "9K"'),
    ({"sizes": ["2048x2048"]}, "sizes", 'there is no size "2048x2048"'),
    ({"roles": ["moderators"]}, "roles", "is not the id of a role or a channel"),
    ({"channels": [2**63]}, "channels", "is not the id"),
    ({"channels": [-1]}, "channels", "is not the id"),
    ({"channels": [1.5]}, "channels", "is not the id"),
    ({"channels": 5}, "channels", "is not a list"),
    ({"channels": {"5": True}}, "channels", "is not a list"),
    ({"audit_channel": "log"}, "audit_channel", "is not the id"),
    ({"references": "mine"}, "references", "is not something to choose"),
    ({"spoiler": ["always"]}, "spoiler", "is not something to choose"),
    ({"language": "tlh"}, "language", "is not something to choose"),
    ({"default_ratio": "wide"}, "default_ratio", "is not a ratio"),
    ({"default_ratio": "99:1"}, "default_ratio", "is not a ratio"),
    ({"default_ratio": 1.5}, "default_ratio", "is not a ratio"),
    ({"blocked_words": ["a"]}, "blocked_words", 'contains "a"'),
    ({"blocked_words": ["\u200b."]}, "blocked_words", ", which would match everything or nothing"),
    ({"blocked_words": [7]}, "blocked_words", "not a word"),
    ({"blocked_words": ["x" * 101]}, "blocked_words", "not a word"),
    ({"blocked_words": [f"word{n}" for n in range(501)]}, "blocked_words", "is not a list"),
    ({"most_images": -1}, "most_images", "is less than 0"),
    ({"confirm_cost": 0.5}, "confirm_cost", "is not a whole number"),
    ({"models": ["4.0"], "default_model": "4.5"}, "default_model", "is not among the allowed ones"),
    ({"sizes": ["1K"], "default_size": "2K"}, "default_size", "is not among the allowed ones"),
    ({"models": ["4.0"], "places": {5: {"default_model": "4.5"}}}, "places.5.default_model", "is not among"),
    ({"places": {5: {"channels": [5]}}}, "places.5.channels", "is not a preference"),
    ({"places": {5: {"models": ["no"]}}}, "places.5.models", "there is no model"),
    ({"places": {"general": {}}}, "places.general", "is not the id"),
    ({"places": [5]}, "places", "is not a list of roles or channels"),
    ({"places": {number: {} for number in range(251)}}, "places", "are more than 250"),
]


@pytest.mark.parametrize(("changes", "read"), TAKEN)
async def test_what_makes_sense_is_kept_in_its_plainest_form(
    database: Database, changes: dict[str, Any], read: dict[str, Any]
) -> None:
    await lay_down(database, SERVER, **changes)
    assert await database.read(lambda tx: load(tx, SERVER)) == Rules(**read)
    await lay_down(database, SERVER, places={"5": {"cooldown": 2}})
    await lay_down(database, SERVER, **dict.fromkeys(changes))
    assert await database.read(lambda tx: load(tx, SERVER)) == Rules(places={5: {"cooldown": 2.0}})


async def test_what_makes_no_sense_is_refused_with_its_name_and_its_fix_in_every_language(database: Database) -> None:
    for changes, field, what in NONSENSE:
        with pytest.raises(BadPreference) as caught:
            await database.write(lambda tx, changes=changes: save(tx, SERVER, changes))  # type: ignore[misc]
        error = caught.value
        assert (error.field, what in error.what, bool(error.fix)) == (field, True, True), error
        english = mistaken(error, "en-US")
        assert english.startswith(f"`{field}` ")
        assert " · " in english
        assert all(mistaken(error, language) != english for language in spoken())
    assert await database.read(lambda tx: load(tx, SERVER)) == Rules()


async def test_a_persons_own_values_are_checked_alike(database: Database) -> None:
    for changes in ({"model": "no"}, {"size": "9K"}, {"visibility": "hidden"}, {"mood": "good"}):
        with pytest.raises(BadPreference) as caught:
            await database.write(lambda tx, changes=changes: save_person(tx, 1, changes, offer()))  # type: ignore[misc]
        assert [caught.value.field] == [*changes]
    with pytest.raises(BadPreference, match="dm_when_done is neither true nor false"):
        await database.write(lambda tx: save_person(tx, 1, {"dm_when_done": 1}, offer()))


async def test_a_model_that_left_the_catalogue_stays_where_it_was_allowed(database: Database) -> None:
    await lay_down(database, SERVER, models=["4.5"])

    values = {"models": ["seedream-9"], "blocked_words": ["x"], "spoiler": "sometimes", "places": {"5": {"mood": 1}}}
    await database.write(lambda tx: tx.run(update(preferences).values(values=values)))
    found = await database.read(lambda tx: load(tx, SERVER))
    assert found == Rules(models=("seedream-9",), blocked_words=("x",), places={5: {}})
