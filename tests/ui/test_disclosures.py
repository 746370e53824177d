"""What is said of what is kept, of being forgotten and of what was used, fits into a message in every language."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from bot.images.charts import LONGEST_ALT, MOST_BARS, alt
from bot.studio.exporting import Export
from bot.studio.limits import Limits, Period
from bot.studio.privacy import Forgotten, Known
from bot.studio.rules import Grant
from bot.studio.studio import Standing
from bot.studio.usage import Figures, Share, Usage
from bot.ui import allowances, disclosures, spending
from bot.ui.disclosures import LONGEST
from bot.ui.spending import MEMBERS, MODELS, MONEY, VIEWS, Name
from bot.words import PSEUDO, Words

LOCALES = ["en", "zh-CN", PSEUDO]
PROVIDERS = ["cometapi", "ark", "byteplus", "acedata", "gateway"]
TITLES = {name: f"The House of {name.title()}" for name in PROVIDERS}
MANY = 10**9
FULL = Known(
    MANY, 7, 1_700_000_000.0, 40, MANY, MANY, dict.fromkeys(PROVIDERS, MANY), MANY, 10, 10, MANY, False, keep_days=10**4
)
WORDS = Words()


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("known", [FULL, Known()])
def test_everything_that_is_said_fits_into_a_message(locale: str, known: Known) -> None:
    words = Words(locale)
    texts = [
        disclosures.known(words, known, PROVIDERS, TITLES),
        disclosures.question(words, known),
        disclosures.forgotten(words, Forgotten(MANY, MANY, MANY, refuses=True)),
        disclosures.handed_out(words, Export((Path("a"),) * 10, MANY, MANY, MANY)),
    ]
    assert all(len(text) < LONGEST for text in texts)


def test_only_what_is_kept_is_listed() -> None:
    text = disclosures.known(WORDS, Known(), [], {})
    assert "No requests of yours" in text
    for word in ("draft", "favourite", "kept as", "went to", "your words"):
        assert word not in text
    full = disclosures.known(WORDS, FULL, PROVIDERS[:2], TITLES)
    for word in ("10 drafts", "10 pictures kept as references", "of Cometapi or The House of Ark", "Nobody else may"):
        assert word in full
    assert "until you make me forget you" in disclosures.known(WORDS, Known(jobs=1, since=0.0), [], {})


def test_a_question_tells_of_what_is_under_way_and_of_what_stays() -> None:
    assert "under way" not in disclosures.question(WORDS, Known(jobs=3))
    text = disclosures.question(WORDS, Known(jobs=3, under_way=2, others_may_use=False))
    assert "2 of them under way are stopped, and may be charged" in text
    assert "- that nobody else may use your pictures" in text


def test_grants_say_how_much_more_for_how_long() -> None:
    grants = [Grant(images=5, cost=2_000_000, until=9e8), Grant(cost=1_000_000, period=Period.MONTH)]
    lines = allowances.told(WORDS, Standing([], 0, 0, Limits(), {7: "", 8: "Gold`"}, grants)).splitlines()
    assert lines[-4:] == [
        "Your tier: <@&7>",
        "Your tier: `Goldˋ`",
        "Extra for you: 5 pictures and $2.00 in each hour, day and month · until <t:900000000:f>",
        "Extra for you: $1.00 per month",
    ]


def used() -> Usage:
    days = tuple((date(2026, 9, 1) + timedelta(days=day), Figures(9, MANY, 1, MANY)) for day in range(90))
    members = tuple(Share(number, Figures(1, 10 - number, 0, number)) for number in range(1, 10))
    return Usage(Figures(MANY, MANY, 3, MANY), days, (), (*members, Share(None, Figures(50, 99, 0, 99), others=True)))


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("view", VIEWS)
def test_the_numbers_of_a_chart_are_in_its_alt_text_and_fit(locale: str, view: str) -> None:
    chart = spending.chart(Words(locale), used(), view, "Pixel Garden", {}, dark=True)
    assert len(alt(chart)) <= LONGEST_ALT
    assert all(len(panel.names) == len(panel.values) <= MOST_BARS for panel in chart.panels)
    assert chart.panels[0].say(chart.panels[0].values[0]) in alt(chart) if chart.panels[0].values else True
    assert len(spending.text(Words(locale), used(), 90, "x" * 100)) < LONGEST


def test_members_are_in_the_order_of_what_is_measured_and_all_others_come_last() -> None:
    names = {1: Name("🌸 Mia 🌸", "mia"), 2: Name("🌸", "ben")}
    images, money = spending.chart(WORDS, used(), MEMBERS, "Garden", names, dark=True).panels
    assert images.names[:3] == ("Mia", "ben", "3")
    assert money.names[0] == "9"
    assert images.names[-1] == money.names[-1] == "all others"
    assert "3 refused by the provider" in spending.text(WORDS, used(), 90, "Garden")


def test_without_money_no_money_is_drawn() -> None:
    free = Usage(Figures(1, 1), ((date(2026, 9, 1), Figures(1, 1)),), (Share("m", Figures(1, 1)),), ())
    assert len(spending.chart(WORDS, free, MODELS, "Garden", {}, dark=True).panels) == 1
    assert spending.chart(WORDS, free, MONEY, "Garden", {}, dark=False).panels[0].values == (0.0,)
