"""A report on one page: what can still be done, and what is told to whoever comes too late."""

from typing import Any

import pytest

from bot.seedream.catalogue import Catalogue
from bot.studio import reports
from bot.studio.cases import Case
from bot.studio.deeds import Deed
from bot.studio.members import Block
from bot.studio.reports import Report
from bot.ui import cases, chronicle
from bot.words import Words

WORDS = Words("en-US")
OPEN = Report(3, 7, 1, 5, 900, 2, "ugly", at=1_800_000_000.0)


def closed(state: str) -> Report:
    return Report(3, 7, 1, 5, 900, 2, "ugly", state, 1_800_000_000.0, 44, 1_800_000_100.0)


@pytest.mark.parametrize(
    ("case", "verb", "told"),
    [
        (Case(closed(reports.DISMISSED), None), "remove", "<@44> was faster and has dismissed this report"),
        (Case(closed(reports.ACTED), None), "dismiss", "<@44> has already handled this report"),
        (Case(OPEN, None), "remove", "The picture is gone already"),
        (Case(OPEN, None, deleted_by=8), "remove", "<@8> was faster and has deleted the picture"),
        (Case(OPEN, None, block=Block(9, 0.0)), "ban", "<@9> was faster and has blocked this person"),
        (Case(OPEN, None), "dismiss", None),
        (Case(OPEN, None), "ban", None),
    ],
)
def test_whoever_comes_too_late_is_told_who_was_faster(case: Case, verb: str, told: str | None) -> None:
    assert cases.faster(WORDS, case, verb) == told


def test_a_picture_that_is_not_kept_any_more_can_only_be_dismissed() -> None:
    case = Case(OPEN, None, reporters=3)
    assert list(map(str, cases.signs(case))) == ["sd:dismiss:3"]
    text = cases.case(WORDS, case)
    assert "picture #7" in text
    assert "2 more reports about it" in text
    assert "**The picture is gone**" in text


@pytest.mark.parametrize(
    ("deed", "told"),
    [
        (Deed(1, 9, "juggle"), "❔ <@9> has done something that this version does not know: `juggle`"),
        (Deed(None, 9, "pause", after={"paused": True, "reason": "x"}), "⏸️ <@9> has paused the bot everywhere\n> `x`"),
        (Deed(1, 9, "settings", before={"new": None}, after={"new": 1}), "> `new`: – → `1`"),
        (Deed(1, 9, "cancel", "job/7", {"user": 4}), "✖️ <@9> has cancelled #7 of <@4>"),
    ],
)
def test_deeds_of_any_release_are_lines(deed: Deed, told: str) -> None:
    assert told in chronicle.line(WORDS, deed, Catalogue.load())


def test_a_line_fits_into_a_message_whatever_was_changed() -> None:
    many: dict[str, Any] = {f"places.{number}.blocked_words": ["x" * 100] * 500 for number in range(200)}
    assert len(chronicle.line(WORDS, Deed(1, 9, "settings", before={}, after=many), Catalogue.load())) <= 2000
