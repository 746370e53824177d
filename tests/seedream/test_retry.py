"""Retry decisions are values: Retry-After in every form, waits per kind of error, and a purse for retries."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.seedream.errors import (
    BadReference,
    BadRequest,
    InDoubt,
    OutOfCredit,
    RateLimited,
    Refused,
    Retry,
    SeedreamError,
    TimedOut,
    Unreachable,
)
from bot.seedream.retry import LONGEST_WAIT, Backoff, Policy, Quota, Tries, retry_after

NOW = 1_790_000_000.0  # 2026-09-21 13:33:20 UTC


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "3"}, 3.0),
        ({"retry-after": " 2.5 "}, 2.5),
        ({"Retry-After-Ms": "1500", "Retry-After": "9"}, 1.5),
        ({"Retry-After": "Mon, 21 Sep 2026 14:13:30 GMT"}, 10.0),
        ({"Retry-After": "Mon, 21 Sep 2026 14:00:00 GMT"}, 0.0),  # past
        ({"Retry-After": "-5"}, None),
        ({"Retry-After": "NaN"}, None),
        ({"Retry-After": "inf"}, None),
        ({"Retry-After": "1e400"}, None),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": "Mon, 99 Foo 2026 14:00:00 GMT"}, None),
        ({"Retry-After": ""}, None),
        ({}, None),
    ],
)
def test_retry_after_is_read_in_all_its_forms(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after(headers, NOW) == seconds


@given(st.text())
def test_retry_after_never_raises_and_is_never_negative_or_endless(value: str) -> None:
    seconds = retry_after({"retry-after": value}, NOW)
    assert seconds is None or (seconds >= 0 and math.isfinite(seconds))


def tries(policy: Policy | None = None, quota: Quota | None = None, chance: float = 0.0) -> Tries:
    return Tries(policy or Policy(), quota or Quota(), lambda: chance)


def test_a_call_that_never_left_is_tried_twice_more_with_doubling_waits() -> None:
    these = tries()
    waits = [these.next_wait(Unreachable("no route")) for _ in range(3)]
    assert waits == [0.5, 1.0, None]


def test_chance_shortens_a_wait_by_a_quarter_at_most() -> None:
    assert Backoff(5, 4, 100).seconds(1, 1.0) == 6.0
    assert tries(chance=1.0).next_wait(Unreachable("x")) == 0.375


def test_a_rate_limit_waits_at_least_as_long_as_the_provider_asks() -> None:
    these = tries()
    assert these.next_wait(RateLimited("slow down", retry_after=7)) == 7
    assert these.next_wait(RateLimited("slow down", retry_after=0)) == 2.0


def test_a_wait_beyond_our_patience_is_left_to_the_queue() -> None:
    assert tries().next_wait(RateLimited("later", retry_after=LONGEST_WAIT + 1)) is None


def test_a_surge_is_answered_with_longer_waits() -> None:
    surge = RateLimited("burst", retry=Retry.BACKOFF_SLOW)
    these = tries()
    assert [these.next_wait(surge) for _ in range(4)] == [4, 8, 16, None]


@pytest.mark.parametrize("kind", [Retry.ONCE, Retry.INLINE_ONCE])
def test_once_means_once(kind: Retry) -> None:
    these = tries()
    error = BadReference("link timed out", retry=kind)
    assert these.next_wait(error) is not None
    assert these.next_wait(error) is None


@pytest.mark.parametrize(
    "error",
    [BadRequest("size"), OutOfCredit("empty"), Refused("no", retry=Retry.USER), SeedreamError("x", retry=Retry.LATER)],
)
def test_what_cannot_get_better_is_not_tried_again(error: SeedreamError) -> None:
    assert tries().next_wait(error) is None


@pytest.mark.parametrize("error", [TimedOut("no answer"), InDoubt("cut")])
def test_what_may_have_been_billed_is_never_repeated_unless_the_owner_allows_it(error: SeedreamError) -> None:
    assert tries().next_wait(error) is None
    allowed = tries(Policy(ambiguous=Backoff(1, 2, 2)))
    assert allowed.next_wait(error) == 2
    assert allowed.next_wait(error) is None


def test_an_empty_purse_stops_retries_until_something_succeeds() -> None:
    quota = Quota(size=20, cost=14)
    assert tries(quota=quota).next_wait(Unreachable("x")) is not None
    assert tries(quota=quota).next_wait(Unreachable("x")) is None
    for _ in range(8):
        quota.give()
    assert tries(quota=quota).next_wait(Unreachable("x")) is not None


def test_the_purse_never_holds_more_than_its_size() -> None:
    quota = Quota(size=3, cost=1)
    quota.give()
    assert quota.left == 3
