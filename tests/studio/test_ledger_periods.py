"""Hours, days and months in UTC, at their edges, and money at its own."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.seedream.models import Price
from bot.studio.limits import Period
from bot.studio.money import dollars, in_dollars, words
from bot.studio.periods import span
from tests.studio.booking import seconds


@pytest.mark.parametrize(
    ("period", "at", "name", "end"),
    [
        (Period.HOUR, "2026-11-20T14:38:17", "2026-11-20T14", "2026-11-20T15:00"),
        (Period.HOUR, "2026-12-31T23:59:59.999999", "2026-12-31T23", "2027-01-01T00:00"),
        (Period.DAY, "2026-11-20T00:00", "2026-11-20", "2026-11-21T00:00"),
        (Period.DAY, "2028-02-28T23:59:59", "2028-02-28", "2028-02-29T00:00"),
        (Period.DAY, "2026-03-29T01:30", "2026-03-29", "2026-03-30T00:00"),  # Europe changes its clocks
        (Period.HOUR, "2026-10-25T01:30", "2026-10-25T01", "2026-10-25T02:00"),  # and back
        (Period.MONTH, "2026-02-28T23:59:59", "2026-02", "2026-03-01T00:00"),
        (Period.MONTH, "2028-02-29T12:00", "2028-02", "2028-03-01T00:00"),
        (Period.MONTH, "2026-01-31T12:00", "2026-01", "2026-02-01T00:00"),
        (Period.MONTH, "2026-12-01T00:00", "2026-12", "2027-01-01T00:00"),
    ],
)
def test_a_period_has_a_name_and_ends_when_the_next_begins(period: Period, at: str, name: str, end: str) -> None:
    found = span(period, seconds(at))
    assert (found.name, found.ends_at) == (name, seconds(end))


@given(st.sampled_from(Period), st.floats(0, 4_000_000_000))
def test_every_moment_lies_in_one_period_which_its_end_does_not(period: Period, at: float) -> None:
    found = span(period, at)
    assert at < found.ends_at <= at + 31 * 86_400
    assert span(period, found.ends_at).name > found.name
    assert span(period, found.ends_at - 0.000_001).name == found.name


@given(st.floats(0, 4_000_000_000))
def test_an_hour_lies_in_its_day_and_a_day_in_its_month(at: float) -> None:
    hour, day, month = (span(period, at) for period in (Period.HOUR, Period.DAY, Period.MONTH))
    assert hour.name.startswith(day.name)
    assert day.name.startswith(month.name)
    assert hour.ends_at <= day.ends_at <= month.ends_at


def test_money_is_rounded_up_so_that_a_small_limit_is_not_none() -> None:
    assert dollars("5") == dollars(Decimal("5.000000")) == 5_000_000
    assert dollars("0.0000001") == 1
    assert dollars("0") == 0


@pytest.mark.parametrize("amount", ["five", "", "-1", "NaN", "Infinity", "1e", Decimal("-0.01")])
def test_what_is_no_amount_of_money_is_named(amount: str | Decimal) -> None:
    with pytest.raises(ValueError, match="is not an amount of money"):
        dollars(amount)


def test_prices_in_yuan_are_counted_in_dollars() -> None:
    assert in_dollars(Price(Decimal("0.04"), "USD"), Decimal(7)) == 40_000
    assert in_dollars(Price(Decimal("0.28"), "CNY"), Decimal(7)) == 40_000
    assert in_dollars(Price(Decimal("0.25"), "CNY"), Decimal("7.2")) == 34_723
    with pytest.raises(ValueError, match="EUR"):
        in_dollars(Price(Decimal(1), "EUR"), Decimal(7))


@pytest.mark.parametrize(
    ("cost", "written"),
    [(0, "$0.00"), (1_500_000, "$1.50"), (400, "$0.0004"), (1, "$0.000001"), (12_345_678, "$12.345678")],
)
def test_money_is_written_as_people_do(cost: int, written: str) -> None:
    assert words(cost) == written
