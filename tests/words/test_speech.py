"""Saying things: in one's own language where there is one, with numbers, money, lists and times as people write."""

import re

import pytest

from bot.words import LANGUAGES, PSEUDO, Words, language_of, sentence, word


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


def test_a_command_without_marks_around_it_is_called_as_in_the_language() -> None:
    told = "As if asked with /layers"
    assert Words().say(told) == told
    assert Words("fr").say(told) == "Comme si c'était demandé avec /calques"
    assert Words("ja").say(told) == "/レイヤー でリクエストした場合として調べます"


def test_a_sentence_that_is_in_no_catalogue_stays_english() -> None:
    assert Words("zh-CN").say("never written {x}", x=1) == "never written 1"


@pytest.mark.parametrize(
    ("locale", "count", "said"),
    [
        ("en", 1, "1 picture could not be fetched any more"),
        ("en", 0, "0 pictures could not be fetched any more"),
        ("en", 1000, "1,000 pictures could not be fetched any more"),
        ("zh-CN", 1, "有 1 张图片已无法取回"),
        ("zh-CN", 2, "有 2 张图片已无法取回"),
        ("ja", 1000, "画像1,000枚は取得できなくなりました"),
        ("ko", 2, "이미지 2장은 더 이상 가져올 수 없었어요"),
        ("de", 1, "1 Bild konnte nicht mehr abgeholt werden"),
        ("de", 1000, "1.000 Bilder konnten nicht mehr abgeholt werden"),
        ("nl", 0, "0 afbeeldingen konden niet meer opgehaald worden"),
        ("es-ES", 2, "2 imágenes ya no se pudieron obtener"),
        ("fr", 0, "0 image n'a plus pu être récupérée"),
        ("fr", 1000, "1\u202f000 images n'ont plus pu être récupérées"),
        ("pt-BR", 0, "0 imagem não pôde mais ser buscada"),
        ("pt-BR", 2, "2 imagens não puderam mais ser buscadas"),
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


@pytest.mark.parametrize(
    ("language", "number", "percent", "money", "listed"),
    [
        ("en", "12,345.5", "80%", "$1,500.0004", "a, b, or c"),
        ("zh-CN", "12,345.5", "80%", "US$1,500.0004", "a、b或c"),
        ("ja", "12,345.5", "80%", "$1,500.0004", "a、b、またはc"),
        ("ko", "12,345.5", "80%", "US$1,500.0004", "a, b 또는 c"),
        ("es-ES", "12.345,5", "80 %", "1.500,0004 US$", "a, b o c"),
        ("pt-BR", "12.345,5", "80%", "US$ 1.500,0004", "a, b ou c"),
        ("nl", "12.345,5", "80%", "US$ 1.500,0004", "a, b of c"),
        ("de", "12.345,5", "80 %", "1.500,0004 $", "a, b oder c"),
        ("fr", "12 345,5", "80 %", "1 500,0004 $US", "a, b ou c"),
    ],
)
def test_the_same_in_every_language(language: str, number: str, percent: str, money: str, listed: str) -> None:
    words = Words(language)
    said = (words.number(12345.5), words.percent(0.8), words.money(1_500_000_400), words.listed("abc", "or"))
    assert tuple(re.sub(r"[\u00a0\u202f]", " ", each) for each in said) == (number, percent, money, listed)


def test_names_are_said_with_their_numbers() -> None:
    assert Words("zh-CN").name("image") == "图片"
    assert Words("zh-CN").name("image10") == "图片10"
    assert Words().name("image1") == "image1"
    assert Words("zh-CN").name("unheard") == "unheard"


def test_a_sentence_names_a_command_as_it_is_called_in_the_language() -> None:
    sentence = "#{id} is deleted; its prompt stays in your `/history`"
    assert Words("de").say(sentence, id=1) == "#1 ist gelöscht; der Prompt bleibt in deinem `/verlauf`"
    assert Words("zh-CN").say(sentence, id=1).endswith("`/历史` 中")
    assert Words("fr").say("a {b} of `/settings me` and `/show {job}`", b="`/show`", job=5) == (
        "a `/show` of `/settings moi` and `/afficher 5`"
    )


def test_marks_for_the_catalogues_change_nothing() -> None:
    assert sentence("a {b}") == "a {b}"
    assert word("size") == "size"


def test_the_pseudo_language_leaves_facts_and_code_alone() -> None:
    words = Words(PSEUDO)
    said = words.plural(
        "{count} picture cannot be brought now, but is kept for you: `/show {job}`",
        "{count} pictures cannot be brought now, but are kept for you: `/show {job}`",
        2,
        job="abc",
    )
    assert said.startswith("[2 pîçţûŕéš çåññöţ")
    assert said.endswith("`/show abc`]")
    assert words.name("image1") == "îmåĝé-1"
