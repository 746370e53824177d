"""Saying things: in one's own language where there is one, with numbers, money, lists and times as people write."""

import pytest

from bot.words import LANGUAGES, PSEUDO, Words, language_of, sentence, word
from bot.words.catalogues import spoken


@pytest.mark.parametrize(
    ("discord", "ours"),
    [
        ("en-US", "en"),
        ("en-GB", "en"),
        ("zh-CN", "zh-CN"),
        ("zh-TW", "zh-CN"),
        ("ja", "ja"),
        ("ko", "ko"),
        ("es-ES", "es-ES"),
        ("es-419", "es-ES"),
        ("pt-BR", "pt-BR"),
        ("nl", "nl"),
        ("de", "de"),
        ("fr", "fr"),
        ("sv-SE", "en"),
        ("", "en"),
        ("nonsense", "en"),
    ],
)
def test_every_locale_of_discord_has_a_language_of_ours(discord: str, ours: str) -> None:
    assert language_of(discord) == ours
    assert ours in LANGUAGES


def test_a_sentence_is_said_with_its_facts() -> None:
    place = "⏳ place {place} in the queue"
    assert Words().say(place, place=3) == "⏳ place 3 in the queue"
    assert Words("zh-CN").say(place, place=3) == "⏳ 排在队列第 3 位"
    assert Words("zh-TW").say(place, place=3) == Words("zh-CN").say(place, place=3)


def test_what_people_write_is_not_taken_for_a_place() -> None:
    assert Words().say("{problem} (leave it out)", problem="{size}") == "{size} (leave it out)"


def test_a_sentence_that_is_in_no_catalogue_stays_english() -> None:
    assert Words("zh-CN").say("never written {x}", x=1) == "never written 1"


@pytest.mark.parametrize("language", [each for each in LANGUAGES if each not in spoken()])
def test_a_language_that_nobody_has_written_yet_is_english_throughout(language: str) -> None:
    words = Words(language)
    assert words.language == "en"
    assert words.say("not charged") == "not charged"
    assert words.number(1234.5) == "1,234.5"


@pytest.mark.parametrize(
    ("locale", "count", "said"),
    [
        ("en", 1, "1 picture could not be fetched any more"),
        ("en", 0, "0 pictures could not be fetched any more"),
        ("en", 1000, "1,000 pictures could not be fetched any more"),
        ("zh-CN", 1, "有 1 张图片已无法取回"),
        ("zh-CN", 2, "有 2 张图片已无法取回"),
    ],
)
def test_so_many_have_a_form_of_their_own(locale: str, count: int, said: str) -> None:
    one, many = "{count} picture could not be fetched any more", "{count} pictures could not be fetched any more"
    assert Words(locale).plural(one, many, count) == said


def test_numbers_money_lists_and_times() -> None:
    words = Words("en-GB")
    assert words.number(1234567) == "1,234,567"
    assert words.percent(0.8) == "80%"
    assert [words.money(cost) for cost in (1_500_000, 400, 0, 1_234_567_891)] == [
        "$1.50",
        "$0.0004",
        "$0.00",
        "$1,234.567891",
    ]
    assert words.listed(["a", "b", "c"]) == "a, b, and c"
    assert words.listed(["2K", "4K"], "or") == "2K or 4K"
    assert words.listed([]) == ""
    assert words.time(1795176000.4) == "<t:1795176000:R>"
    assert words.time(5, "f") == "<t:5:f>"


def test_the_same_in_chinese() -> None:
    words = Words("zh-CN")
    assert words.money(1_500_000) == "US$1.50"
    assert words.listed(["a", "b", "c"]) == "a、b和c"


def test_names_are_said_with_their_numbers() -> None:
    assert Words("zh-CN").name("image") == "图片"
    assert Words("zh-CN").name("image10") == "图片10"
    assert Words().name("image1") == "image1"
    assert Words("zh-CN").name("unheard") == "unheard"


def test_marks_for_the_catalogues_change_nothing() -> None:
    assert sentence("a {b}") == "a {b}"
    assert word("size") == "size"


def test_the_pseudo_language_leaves_facts_and_code_alone() -> None:
    words = Words(PSEUDO)
    said = words.plural(
        "{count} picture cannot be brought now, but kept for you: `/show {job}`",
        "{count} pictures cannot be brought now, but kept for you: `/show {job}`",
        2,
        job="abc",
    )
    assert said.startswith("[2 pîçţûŕéš çåññöţ")
    assert said.endswith("`/show abc`]")
    assert words.name("image1") == "îmåĝé-1"
