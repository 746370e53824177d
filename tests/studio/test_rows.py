"""What is written of a job is read again as it was, and words of newer releases do no harm."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bot.store.database import Database
from bot.store.documents import dumps, loads
from bot.studio.job import Delivery, Ending, Origin, Result, State, Who
from bot.studio.queue import by_key, load
from bot.studio.rows import (
    delivery_json,
    delivery_of,
    ending_json,
    ending_of,
    forgetful,
    origin_json,
    origin_of,
    pictures_json,
    pictures_of,
)
from tests.studio.making import put_job

# The database takes neither NUL nor halves of pairs (bot/store/documents.py).
TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=30)
NUMBER = st.integers(0, 2**63 - 1)
TIME = st.floats(0, 4e9)
FACTS = st.dictionaries(TEXT, st.none() | st.booleans() | NUMBER | TEXT | st.lists(NUMBER, max_size=3), max_size=4)
ORIGINS = st.builds(
    Origin,
    key=TEXT,
    channel=NUMBER,
    message=st.none() | NUMBER,
    answer=st.none() | NUMBER,
    application=st.none() | NUMBER,
    token=st.none() | TEXT,
    token_until=TIME,
    locale=TEXT,
    visibility=TEXT,
    upload_limit=NUMBER,
)
RESULTS = st.builds(
    Result,
    index=st.integers(0, 99),
    url=st.none() | TEXT,
    file=st.none() | TEXT,
    size=st.none() | TEXT,
    format=st.none() | TEXT,
    expires_at=st.none() | TIME,
    layer=st.none() | FACTS,
)
ENDINGS = st.builds(
    Ending, state=st.sampled_from(State), error=TEXT, charged=st.sampled_from(["no", "yes", "unknown"]), facts=FACTS
)
NUMBERS = st.lists(NUMBER, max_size=4).map(tuple)
DELIVERIES = st.builds(Delivery, delivered=NUMBERS, kept=NUMBERS, messages=NUMBERS, way=TEXT)
NEWER = {"of_a_newer_release": {"more": [1]}}


@given(ORIGINS)
def test_an_origin_comes_back_as_it_was(origin: Origin) -> None:
    assert origin_of(as_stored(origin_json(origin))) == origin
    assert origin_of({**origin_json(origin), **NEWER}) == origin


@given(st.lists(RESULTS, max_size=4).map(tuple))
def test_pictures_come_back_as_they_were(pictures: tuple[Result, ...]) -> None:
    assert pictures_of(as_stored(pictures_json(pictures))) == pictures
    assert pictures_of([{**picture, **NEWER} for picture in pictures_json(pictures)]) == pictures


@given(ENDINGS)
def test_an_ending_comes_back_as_it_was(ending: Ending) -> None:
    assert ending_of(as_stored(ending_json(ending))) == ending
    assert ending_of({**ending_json(ending), **NEWER}) == ending


@given(DELIVERIES)
def test_a_delivery_comes_back_as_it_was(delivery: Delivery) -> None:
    assert delivery_of(as_stored(delivery_json(delivery))) == delivery
    assert delivery_of({**delivery_json(delivery), **NEWER}) == delivery


def test_what_an_older_release_did_not_write_has_its_usual_value() -> None:
    assert origin_of({"key": "interaction:1"}) == Origin("interaction:1")
    assert ending_of({"state": "failed", "error": "TimedOut"}) == Ending(State.FAILED, "TimedOut")
    assert pictures_of([{"index": 3}]) == (Result(3),)
    assert delivery_of({}) == Delivery()


def test_nothing_recorded_is_no_pictures() -> None:
    assert pictures_of(None) == ()


def test_what_is_kept_of_an_origin_opens_no_door() -> None:
    origin = Origin("interaction:1", channel=5, token="secret", token_until=9.0)
    assert forgetful(origin) == Origin("interaction:1", channel=5)
    assert "secret" not in repr(origin)


async def test_every_letter_of_a_request_and_an_origin_survives_the_database(database: Database) -> None:
    origin = Origin("message:9", channel=2**63 - 1, message=2**62, token="ÄÖ \U0001f600 \\ \" ' % :x", locale="de")
    request = {"prompt": "cats 猫 \U0001f431 \u202e %s :name {} \\u0041 \"'", "seed": 2**53 + 1, "none": None}
    job = await put_job(database, 2**63 - 1, origin=origin, request=request, server=2**62, key=origin.key)
    found = await database.read(lambda tx: load(tx, job.id))
    assert found is not None
    assert found == job == await database.read(lambda tx: by_key(tx, "message:9"))
    assert (found.origin, found.request, found.who) == (origin, request, Who(2**63 - 1, 2**62))


def as_stored(data: Any) -> Any:
    """The same, once through the database's own way of writing."""
    return loads(dumps(data))
