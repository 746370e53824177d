"""What holds for somebody: the best of their tiers, else what the server has set, else the operator's default."""

from dataclasses import replace
from decimal import Decimal

import pytest

from bot.config.settings import Settings
from bot.studio.limits import Allowance, Limits
from bot.studio.rules import Rules, Tier, defaults, limits_for

PATRON, MODERATOR, MEMBER = 1, 2, 3
DEFAULTS = Limits(
    user=Allowance(images_per_hour=30, images_per_day=100),
    server=Allowance(cost_per_day=5_000_000),
    all=Allowance(cost_per_day=20_000_000),
    at_once=3,
    waiting=20,
    server_at_once=10,
    cooldown=10.0,
)


def tiers(**values: float) -> Rules:
    """A patron's tier with these values, a moderator's with half of each, and nothing for members."""
    halves = {name: value / 2 for name, value in values.items()}
    return Rules(tiers={PATRON: Tier("Patron", values), MODERATOR: Tier("Moderator", halves)})


def test_the_settings_are_the_defaults_and_a_budget_is_counted_in_millionths() -> None:
    settings = Settings(
        user_images_per_month=500,
        server_images_per_day=50,
        server_images_per_month=600,
        server_jobs_at_once=9,
        user_cooldown_seconds=5,
        budget_usd_per_day=Decimal("2.50"),
        budget_usd_per_month=Decimal(40),
        total_images_per_day=1000,
        total_budget_usd_per_day=Decimal("7.5"),
        total_budget_usd_per_month=Decimal("0.000001"),
    )
    assert defaults(settings) == Limits(
        user=Allowance(images_per_hour=30, images_per_day=100, images_per_month=500),
        server=Allowance(images_per_day=50, images_per_month=600, cost_per_day=2_500_000, cost_per_month=40_000_000),
        all=Allowance(images_per_day=1000, cost_per_day=7_500_000, cost_per_month=1),
        at_once=3,
        waiting=20,
        server_at_once=9,
        cooldown=5.0,
        weight=1.0,
    )


def test_without_rules_the_defaults_hold() -> None:
    assert limits_for(DEFAULTS, Rules(), [PATRON, MEMBER]) == DEFAULTS


def test_a_server_replaces_the_defaults_value_by_value() -> None:
    values = {
        "user_images_per_hour": 5,
        "user_cost_per_month": 7,
        "server_cost_per_day": 0,
        "server_images_per_hour": 9,
        "at_once": 1,
        "waiting": 2,
        "server_at_once": 4,
        "cooldown": 0.5,
    }
    assert limits_for(DEFAULTS, Rules(values), []) == Limits(
        user=Allowance(images_per_hour=5, images_per_day=100, cost_per_month=7),
        server=Allowance(images_per_hour=9),
        all=DEFAULTS.all,
        at_once=1,
        waiting=2,
        server_at_once=4,
        cooldown=0.5,
    )


@pytest.mark.parametrize("roles", [[PATRON, MODERATOR], [MODERATOR, MEMBER, PATRON]])
def test_of_several_tiers_the_best_value_of_each_kind_counts(roles: list[int]) -> None:
    found = limits_for(DEFAULTS, tiers(user_images_per_hour=60, at_once=8, waiting=40, cooldown=4, weight=3), roles)
    assert found == replace(
        DEFAULTS,
        user=replace(DEFAULTS.user, images_per_hour=60),
        at_once=8,
        waiting=40,
        cooldown=2,
        weight=3,
    )


def test_no_limit_is_the_best_limit_whatever_the_other_roles_have() -> None:
    rules = Rules(
        tiers={PATRON: Tier("Patron", {"user_images_per_day": 0}), MODERATOR: Tier("", {"user_images_per_day": 500})}
    )
    assert limits_for(DEFAULTS, rules, [MODERATOR]).user.images_per_day == 500
    assert limits_for(DEFAULTS, rules, [MODERATOR, PATRON]).user.images_per_day == 0


def test_a_tier_comes_before_the_servers_value_even_where_it_gives_less() -> None:
    rules = Rules({"at_once": 5}, {MEMBER: Tier("Trial", {"at_once": 1})})
    assert limits_for(DEFAULTS, rules, [MEMBER]).at_once == 1
    assert limits_for(DEFAULTS, rules, [PATRON]).at_once == 5


def test_nothing_that_a_server_sets_touches_the_limits_of_everybody() -> None:
    rules = Rules({"user_images_per_hour": 0, "server_cost_per_day": 0}, {PATRON: Tier("", {"weight": 9})})
    assert limits_for(DEFAULTS, rules, [PATRON]).all == DEFAULTS.all
