"""What a server sets, and what then holds for somebody."""

from bot.config.settings import Settings
from bot.studio.preferences import Rules, defaults, limits_for


def test_without_rules_the_operators_limits_hold() -> None:
    limits = defaults(Settings())
    assert limits_for(limits, Rules(), [1, 2]) == limits
    assert (limits.user.images_per_hour, limits.user.images_per_day, limits.at_once, limits.waiting) == (30, 100, 3, 20)
