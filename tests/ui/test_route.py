"""Where an answer goes: the whole table, the fifteen minutes among it."""

import pytest

from bot.studio.job import Origin
from bot.ui.route import MARGIN, Way, route

END = 900.0
EVERYWHERE = {"channel": 5, "application": 6, "token": "t", "token_until": END, "answer": 8}


@pytest.mark.parametrize(
    ("origin", "now", "ways"),
    [
        (EVERYWHERE, 0, "original answer channel"),
        (EVERYWHERE, END - MARGIN - 1, "original answer channel"),
        (EVERYWHERE, END - MARGIN, "answer channel"),  # too close to the end
        (EVERYWHERE, END + 1e6, "answer channel"),
        (EVERYWHERE | {"answer": None}, 0, "original channel"),
        (EVERYWHERE | {"answer": None}, END, "channel"),
        (EVERYWHERE | {"channel": 0}, 0, "original"),  # the bot is not in the channel
        (EVERYWHERE | {"channel": 0}, END, ""),
        (EVERYWHERE | {"visibility": "spoiler"}, END, "answer channel"),
        (EVERYWHERE | {"visibility": "private"}, 0, "original"),
        (EVERYWHERE | {"visibility": "private"}, END, ""),  # never where others see it
        (EVERYWHERE | {"application": None}, 0, "answer channel"),
        ({"channel": 5, "message": 7}, 0, "reply channel"),  # a mention
        ({"channel": 5, "message": 7, "answer": 8}, 0, "answer reply channel"),
        ({"channel": 5, "message": 7, "visibility": "private"}, 0, ""),
        ({}, 0, ""),  # the command line
    ],
)
def test_the_first_message_goes_by_the_best_way_that_is_open(origin: dict[str, object], now: float, ways: str) -> None:
    found = route(Origin("key", **origin), now)  # type: ignore[arg-type]
    assert [way.value for way in found] == [*ways.split(), "kept"]


@pytest.mark.parametrize(
    ("origin", "now", "ways"),
    [
        (EVERYWHERE, 0, "channel followup"),
        (EVERYWHERE, END, "channel"),
        (EVERYWHERE | {"visibility": "private"}, 0, "followup"),
        (EVERYWHERE | {"visibility": "private"}, END, ""),
        ({"channel": 5, "message": 7, "answer": 8}, 0, "channel"),
    ],
)
def test_further_messages_edit_nothing(origin: dict[str, object], now: float, ways: str) -> None:
    found = route(Origin("key", **origin), now, further=True)  # type: ignore[arg-type]
    assert found == [*map(Way, ways.split()), Way.KEPT]


@pytest.mark.parametrize("further", [False, True])
@pytest.mark.parametrize("visibility", ["public", "private"])
def test_a_direct_message_is_the_last_way_and_only_for_those_who_want_it(visibility: str, further: bool) -> None:
    origin = Origin("key", **EVERYWHERE, visibility=visibility)  # type: ignore[arg-type]
    for now in (0, END):
        assert route(origin, now, further=further, dm=True) == [
            *route(origin, now, further=further)[:-1],
            Way.DM,
            Way.KEPT,
        ]
