"""Every refusal is said whole: what stands in the way, that it cost nothing, what to do; in every language."""

import re

import pytest

from bot.seedream.errors import Problem
from bot.studio.limits import Barrier, Period, Refusal, Scope
from bot.ui.refusals import BARRIERS, refused
from bot.words import PSEUDO
from bot.words.catalogues import spoken

BACK = 1_795_176_000.0
FACTS = {"problems": (Problem("size", "say what to draw", "2K"),), "models": ("a", "b"), "model": "seedream-4.5"}


def refusal(barrier: Barrier, scope: Scope = Scope.USER, period: Period = Period.DAY) -> Refusal:
    return Refusal(barrier, scope, period, limit=20, used=18, wanted=4, returns_at=BACK, facts=FACTS)


ALL = [refusal(barrier, scope, period) for barrier in Barrier for scope in Scope for period in Period]


def test_every_barrier_has_words() -> None:
    assert set(BARRIERS) == set(Barrier)


@pytest.mark.parametrize("locale", ["en-US", *spoken()])
@pytest.mark.parametrize("barrier", Barrier)
def test_a_refusal_is_whole_whatever_it_knows(barrier: Barrier, locale: str) -> None:
    for each in (refusal(barrier), Refusal(barrier)):
        stands, free, now = refused(each, locale).split(" · ")
        assert stands
        assert free == {"en-US": "not charged", "zh-CN": "未扣费"}.get(locale, free)
        assert now
        assert not re.search(r"[{}]|None", (stands + now).replace("`\\{`", ""))


@pytest.mark.parametrize("each", ALL)
def test_the_pseudo_language_shows_that_nothing_was_forgotten(each: Refusal) -> None:
    said = re.sub(r"`[^`]*`|<t:\d+:R>|seedream-4.5", "", refused(each, PSEUDO))
    while "[" in said:
        said = re.sub(r"\[[^\[\]]*\]", "", said)
    assert said == " ·  · "


@pytest.mark.parametrize(
    ("each", "said"),
    [
        (
            refusal(Barrier.IMAGES, Scope.USER, Period.HOUR),
            (
                "You have used 18 of your 20 pictures this hour, and this asks for 4"
                " · not charged · ask for 2 pictures, or try again <t:1795176000:R>"
            ),
        ),
        (
            Refusal(Barrier.IMAGES, Scope.SERVER, Period.DAY, 20, 19, 4, BACK),
            (
                "This server has used 19 of its 20 pictures today, and this asks for 4"
                " · not charged · ask for 1 picture, or try again <t:1795176000:R>"
            ),
        ),
        (
            Refusal(Barrier.IMAGES, Scope.ALL, Period.MONTH, 20, 20, 1, BACK),
            (
                "The bot has used 20 of its 20 pictures this month, and this asks for 1"
                " · not charged · try again <t:1795176000:R>"
            ),
        ),
        (
            Refusal(Barrier.IMAGES, Scope.USER, Period.DAY, 2, 0, 4, BACK),
            ("You have used 0 of your 2 pictures today, and this asks for 4 · not charged · ask for fewer pictures"),
        ),
        (
            Refusal(Barrier.COST, Scope.SERVER, Period.DAY, 5_000_000, 4_900_000, 240_000, BACK),
            (
                "This server has used $4.90 of its $5.00 today, and this may cost $0.24"
                " · not charged · try again <t:1795176000:R>"
            ),
        ),
        (
            Refusal(Barrier.COST, Scope.USER, Period.DAY, 100_000, 0, 240_000, BACK),
            (
                "You have used $0.00 of your $0.10 today, and this may cost $0.24"
                " · not charged · ask for fewer pictures, smaller ones, or a cheaper model"
            ),
        ),
        (
            Refusal(Barrier.COOLDOWN, Scope.USER, returns_at=BACK),
            "That was too soon after your last request · not charged · try again <t:1795176000:R>",
        ),
        (
            Refusal(Barrier.MODEL, Scope.SERVER, facts={"models": ("a", "b")}),
            "This model is not allowed on this server · not charged · choose `a` or `b`",
        ),
    ],
)
def test_it_says_what_is_used_when_it_returns_and_what_to_do(each: Refusal, said: str) -> None:
    assert refused(each, "en-GB") == said


def test_the_same_in_chinese() -> None:
    assert refused(refusal(Barrier.IMAGES, Scope.SERVER, Period.MONTH), "zh-CN") == (
        "本服务器本月的 20 张图片额度已用 18 张，这次还需要 4 张 · 未扣费 · 请改为 2 张，或<t:1795176000:R>再试"
    )
