"""Every rule decides on what it should, and says which one decided."""

from dataclasses import replace
from typing import Any

import pytest

from bot.studio.job import Who
from bot.studio.limits import Barrier, Limits, Period, Refusal, Scope
from bot.studio.members import Block
from bot.studio.policy import (
    Facts,
    NeedsConfirmation,
    Place,
    Why,
    Wish,
    confirmation,
    deciding,
    for_ears_of,
    judge,
    stands_in_the_way,
)
from bot.studio.rules import ALWAYS, OFF, OWN, Grant, Rules, limits_for

WHO = Who(1, server=7, roles=(10, 11))
PLACE = Place(channel=100, within=50)
WISH = Wish("seedream-4.5", "a red cat", "2K", 2)
FINE = Facts(WHO, PLACE, WISH)


def given(facts: Facts = FINE, *, who: Any = None, place: Any = None, wish: Any = None, **rules: Any) -> Facts:
    """The same facts with something else about them."""
    return replace(
        facts,
        rules=replace(facts.rules, **rules),
        who=replace(WHO, **(who or {})),
        place=replace(PLACE, **(place or {})),
        wish=replace(WISH, **(wish or {})),
    )


STANDS: list[tuple[Facts, Refusal]] = [
    (replace(FINE, paused=""), Refusal(Barrier.PAUSED, Scope.ALL)),
    (replace(FINE, banned=Block(9, 0.0, until=5.0)), Refusal(Barrier.BLOCKED, Scope.ALL, returns_at=5.0)),
    (given(paused=True), Refusal(Barrier.PAUSED, Scope.SERVER)),
    (replace(FINE, blocked=Block(9, 0.0)), Refusal(Barrier.BLOCKED, Scope.SERVER)),
    (given(roles=(12, 13)), Refusal(Barrier.ROLE, Scope.SERVER, facts={"roles": (12, 13)})),
    (given(roles=(10,), denied_roles=(11,)), Refusal(Barrier.ROLE, Scope.SERVER, facts={"denied": (11,)})),
    (given(channels=(101,)), Refusal(Barrier.CHANNEL, Scope.SERVER, facts={"channels": (101,)})),
    (given(denied_channels=(50,)), Refusal(Barrier.CHANNEL, Scope.SERVER, facts={"channels": ()})),
    (given(channels=(50,), denied_channels=(100,)), Refusal(Barrier.CHANNEL, Scope.SERVER, facts={"channels": (50,)})),
    (given(age_restricted_only=True), Refusal(Barrier.AGE, Scope.SERVER)),
    (
        given(models=("seedream-4.0",)),
        Refusal(Barrier.MODEL, Scope.SERVER, facts={"models": ("seedream-4.0",), "model": "seedream-4.5"}),
    ),
    (given(sizes=("1K",)), Refusal(Barrier.SIZE, Scope.SERVER, facts={"sizes": ("1K",), "size": "2K"})),
    (given(most_images=1), Refusal(Barrier.COUNT, Scope.SERVER, limit=1, wanted=2)),
    (given(references=OFF, wish={"whose": (1,)}), Refusal(Barrier.REFERENCES, Scope.SERVER, facts={"policy": OFF})),
    (given(references=OWN, wish={"whose": (1, 2)}), Refusal(Barrier.REFERENCES, Scope.SERVER, facts={"policy": OWN})),
    (given(references=OWN, wish={"whose": (None,)}), Refusal(Barrier.REFERENCES, Scope.SERVER, facts={"policy": OWN})),
    (given(blocked_words=("dog", "cat")), Refusal(Barrier.BLOCKED_WORD, Scope.SERVER, facts={"word": "cat"})),
    (replace(FINE, budgeted=True), Refusal(Barrier.UNPRICED, Scope.ALL, facts={"model": "seedream-4.5"})),
]

PASSES = [
    FINE,
    given(roles=(11, 12)),
    given(roles=(7,)),  # the role that everybody has
    given(channels=(100,)),
    given(channels=(50,), denied_channels=(51,)),
    given(age_restricted_only=True, place={"age_restricted": True}),
    given(models=("seedream-4.5",), sizes=("2K", "4K"), most_images=2),
    given(models=("seedream-4.0",), wish={"model": ""}),
    given(sizes=("4K",), wish={"size": None}),
    given(references=OFF),
    given(references=OWN, wish={"whose": (1, 1)}),
    given(blocked_words=("ca",)),
    given(spoiler=ALWAYS),
    replace(FINE, budgeted=True, price=0),
]


@pytest.mark.parametrize(("facts", "refusal"), STANDS)
def test_what_stands_in_the_way_is_named_with_its_facts(facts: Facts, refusal: Refusal) -> None:
    verdicts = judge(facts)
    assert deciding(verdicts) == stands_in_the_way(facts) == refusal
    assert [(verdict.rule, verdict.scope) for verdict in verdicts if verdict.deciding] == [
        (refusal.barrier, refusal.scope)
    ]


@pytest.mark.parametrize("facts", PASSES)
def test_what_is_allowed_passes_every_rule(facts: Facts) -> None:
    verdicts = judge(facts)
    assert [verdict.rule for verdict in verdicts if not verdict.passed or verdict.deciding] == []
    assert len(verdicts) == 13
    assert stands_in_the_way(facts) is None


def test_of_several_rules_the_first_one_decides_and_all_are_told() -> None:
    verdicts = judge(replace(given(paused=True, models=("other",), most_images=1), paused=""))
    assert [verdict.deciding for verdict in verdicts if not verdict.passed] == [True, False, False, False]
    assert [verdict.rule for verdict in verdicts if not verdict.passed] == [
        Barrier.PAUSED,
        Barrier.PAUSED,
        Barrier.MODEL,
        Barrier.COUNT,
    ]


def test_which_word_it_was_is_told_to_moderators_only() -> None:
    refusal = Refusal(Barrier.BLOCKED_WORD, Scope.SERVER, facts={"word": "cat"})
    assert for_ears_of(replace(WHO, moderator=True), refusal) == refusal
    assert for_ears_of(WHO, refusal) == Refusal(Barrier.BLOCKED_WORD, Scope.SERVER)
    other = Refusal(Barrier.MODEL, Scope.SERVER, facts={"models": ("a",)})
    assert for_ears_of(WHO, other) is other


def test_a_channel_sets_its_own_values_and_adds_its_words() -> None:
    rules = Rules(
        values={"cooldown": 9.0, "at_once": 2},
        models=("a",),
        blocked_words=("dog",),
        places={
            50: {"models": ("b",), "cooldown": 1.0, "blocked_words": ("cat", "dog"), "paused": True},
            100: {"models": ("c",), "paused": False},
        },
    )
    assert rules.at(None, 1) is rules
    found = rules.at(50, 100)  # a thread after its channel
    assert (found.models, found.paused, found.blocked_words) == (("c",), False, ("dog", "cat"))
    assert found.values == {"cooldown": 1.0, "at_once": 2}
    assert rules.at(None, 50).models == ("b",)


@pytest.mark.parametrize(
    ("rules", "price", "images", "expected"),
    [
        (Rules(), 10**9, 100, None),
        (Rules(confirm_cost=500), 500, 1, None),
        (Rules(confirm_cost=500), 501, 1, NeedsConfirmation(501, 1, Why.COST, 500)),
        (Rules(confirm_cost=500), None, 1, NeedsConfirmation(None, 1, Why.UNPRICED, 500)),
        (Rules(confirm_images=3), None, 3, None),
        (Rules(confirm_images=3), 7, 4, NeedsConfirmation(7, 4, Why.IMAGES, 3)),
        (Rules(confirm_cost=500, confirm_images=3), 501, 4, NeedsConfirmation(501, 4, Why.COST, 500)),
    ],
)
def test_what_is_more_than_the_server_lets_through_has_to_be_confirmed(
    rules: Rules, price: int | None, images: int, expected: NeedsConfirmation | None
) -> None:
    assert confirmation(rules, price, images) == expected


def test_a_grant_raises_what_is_limited_and_nothing_else() -> None:
    rules = Rules({"user_images_per_day": 10, "user_cost_per_month": 100, "user_images_per_hour": 0})
    day, every = Grant(images=5, cost=7, period=Period.DAY), Grant(images=2, cost=30)
    user = limits_for(Limits(), rules, (), [day, every]).user
    assert (user.images_per_hour, user.images_per_day, user.images_per_month) == (0, 17, 0)
    assert (user.cost_per_day, user.cost_per_month) == (0, 130)
