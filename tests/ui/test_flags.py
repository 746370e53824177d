"""Flags in messages: what they set, what is said about those that make no sense, and that no word gets lost."""

from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.seedream.catalogue import Catalogue
from bot.store.documents import clean
from bot.ui import remarks
from bot.ui.flags import Said, listen
from bot.words import Words

ME = 700000000000000042
CATALOGUE = Catalogue.load()
ENGLISH = Words()


def hear(text: str) -> Said:
    return listen(text, ME, CATALOGUE)


def told(text: str) -> list[str]:
    return [remarks.flag(ENGLISH, fault) for fault in hear(text).faults]


def test_the_mention_goes_and_the_prompt_stays() -> None:
    assert hear(f"<@{ME}> a lighthouse at night").prompt == "a lighthouse at night"
    assert hear(f"<@!{ME}>\na lighthouse\n\n  at night").prompt == "a lighthouse\n\n  at night"
    assert hear(f"hello <@{ME}> draw a cat").prompt == "hello draw a cat"
    assert hear(f"draw a cat <@{ME}>").prompt == "draw a cat"
    assert hear(f"draw<@{ME}>a cat").prompt == "draw a cat"
    assert hear("ask <@123> for a cat").prompt == "ask <@123> for a cat"
    assert hear(f"<@{ME}>") == Said("", taken=(f"<@{ME}>",))


def test_all_flags_together() -> None:
    said = hear(
        f"<@{ME}> a cat --ar 16:9 --size 4k --n 4 --model 4.5 --format jpg --seed 5 --guidance 2.5"
        " --private --transparent --web"
    )
    assert said.prompt == "a cat"
    assert said.faults == ()
    assert said.values == {
        "ratio": "16:9",
        "size": "4K",
        "variations": 4,
        "model": "4.5",
        "format": "jpeg",
        "seed": 5,
        "guidance": 2.5,
        "visibility": "private",
        "transparent": True,
        "web_search": True,
    }


@pytest.mark.parametrize(
    ("text", "option", "value"),
    [
        ("a cat --story 6", "images", 6),
        ("a cat --spoiler", "visibility", "spoiler"),
        ("a cat --size 2048x1024", "size", "2048x1024"),
        ("a cat --size 2048×1024", "size", "2048x1024"),
        ("a cat --SIZE 1.5k", "size", "1.5K"),
        ("a cat --ar=16:9", "ratio", "16:9"),
        ("a cat --ar 16/9", "ratio", "16:9"),
        ('a cat --ar "16:9"', "ratio", "16:9"),
        ("a cat --ar “16:9”", "ratio", "16:9"),
        ("a cat —ar 16:9", "ratio", "16:9"),
        ("a cat --ar 16:9,", "ratio", "16:9"),
        ("a cat --ar\n16:9", "ratio", "16:9"),
        ("a cat --n4", "variations", 4),
        ("a cat --variations 2", "variations", 2),
        ("a cat --ratio 3:2", "ratio", "3:2"),
        ("a cat --web-search", "web_search", True),
        ("a cat --seed -1", "seed", -1),
        ("a cat --seed 0", "seed", 0),
        ("--n 2 a cat", "variations", 2),
        ("a --n 2 cat", "variations", 2),
        ("a cat --model 5.0 lite", "model", "5.0 lite"),
        ('a cat --model "5.0 lite"', "model", "5.0 lite"),
        ("--model Seedream 5.0 Pro a cat", "model", "Seedream 5.0 Pro"),
        ("a cat --model ep-20260101-abcde", "model", "ep-20260101-abcde"),
        ("a cat --model doubao-seedream-4-5-999999", "model", "doubao-seedream-4-5-999999"),
    ],
)
def test_a_flag_is_understood_as_people_write_it(text: str, option: str, value: Any) -> None:
    said = hear(text)
    assert said == Said("a cat", {option: value}, (), said.taken)


def test_the_words_behind_a_models_name_are_prompt() -> None:
    said = hear("--model 4.5 3 cats on 2 mats")
    assert (said.prompt, said.values) == ("3 cats on 2 mats", {"model": "4.5"})


def test_without_a_catalogue_any_name_of_a_model_will_do() -> None:
    assert listen("a cat --model banana", ME).values == {"model": "banana"}


def test_the_same_flag_twice_is_no_fault_when_it_says_the_same() -> None:
    assert hear("a cat --n 2 --n 2").faults == ()


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("a cat --ar", "`--ar` needs a value · write a ratio such as 16:9"),
        ("a cat --ar --private", "`--ar` needs a value · write a ratio such as 16:9"),
        ("a cat --ar wide", "`--ar` cannot be `wide` · write a ratio such as 16:9"),
        ("a cat --ar 0:9", "`--ar` cannot be `0:9` · write a ratio such as 16:9"),
        ("a cat --size big", "`--size` cannot be `big` · write 2K, 4K or pixels such as 2048x1024"),
        ("a cat --n 5", "`--n` cannot be `5` · write a number from 1 to 4"),
        ("a cat --n 2.5", "`--n` cannot be `2.5` · write a number from 1 to 4"),
        ("a cat --n ４", "`--n` cannot be `４` · write a number from 1 to 4"),
        ("a cat --story 1", "`--story` cannot be `1` · write a number from 2 to 15"),
        ("a cat --seed 4294967296", "`--seed` cannot be `4294967296` · write a number from -1 to 2147483647"),
        ("a cat --guidance 11", "`--guidance` cannot be `11` · write a number from 1 to 10"),
        ("a cat --format gif", "`--format` cannot be `gif` · use `png` or `jpeg`"),
        ("a cat --private=no", "`--private` takes no value · write it alone, or leave it out"),
        ("a cat --n 2 --story 6", "`--n 2` and `--story 6` do not go together · leave one of them out"),
        ("a cat --private --spoiler", "`--private` and `--spoiler` do not go together · leave one of them out"),
    ],
)
def test_a_bad_value_is_told_with_what_is_allowed(text: str, what: str) -> None:
    assert told(text) == [what]


def test_a_model_that_nobody_knows_is_told_with_those_there_are() -> None:
    [said] = told("a cat --model midjourney")
    assert said.startswith("`--model` cannot be `midjourney` · use `5.5`, ")


def test_a_number_of_thousands_of_digits_is_just_wrong() -> None:
    [said] = told("a cat --seed " + "9" * 5000)
    assert said.startswith(f"`--seed` cannot be `{'9' * 40}` ·")


@pytest.mark.parametrize("text", ["a cat --foo", "a cat --foo bar", "--foo", "a cat --foo 1 --ar 16:9"])
def test_an_unknown_flag_at_the_end_is_told_and_stays_in_the_prompt(text: str) -> None:
    said = hear(text)
    assert [fault.flag for fault in said.faults] == ["--foo"]
    assert "--foo" in said.prompt
    assert "`--foo` is not a flag that I know · use `--ar`, `--size`" in remarks.flag(ENGLISH, said.faults[0])


def test_several_unknown_flags_at_the_end_are_all_told() -> None:
    assert [fault.flag for fault in hear("a cat --foo 1 --ar 1:1 --bar 2 --n x").faults] == ["--foo", "--bar", "--n"]


@pytest.mark.parametrize(
    "text",
    [
        "a sign that says --stop before the bridge",
        "two dashes -- and a pause",
        "an arrow --> to the left",
        "well--known things",
        'a screen with "git push --private"',
        'a screen with "--private"',
        "a screen with “--n 7”",
        "—Hello—said the cat",
        "— and then",
        "a -n 4",
        "--4k is not a flag",
    ],
)
def test_dashes_that_are_no_flag_stay_where_they_are(text: str) -> None:
    assert hear(text) == Said(text)


def test_a_quote_that_is_never_closed_protects_nothing() -> None:
    assert hear('a 5" cat says "hello --n 2').values == {"variations": 2}


PROMPTS = [
    "",
    "   ",
    "x" * 2000,
    "x" * 2001,
    "a cat \ud800 here",
    "a cat \0 here",
    "a\x01b\x1bc\x85d",
    "a \u202ecat\u2066 here",
    "a\u200bcat\ufeff",
    "a" + "\u0301" * 10_000,
    "👩‍👩‍👧‍👦 on a beach",
    "@everyone @here",
    "<@123456789012345678> and <@&123456789012345678>",
    "[click me](https://example.com)",
    "https://discord.gg/abcdef",
    "```py\nprint(1)\n```",
    "||secret||",
    "# heading\n> quote",
    "{} %s {0} %(name)s {prompt!r}",
    "'; DROP TABLE jobs; --",
    "$(rm -rf /) `id` && echo",
    "a cat --flags",
    'data: {"error": null}\n\nevent: done',
    "MTIzNDU2Nzg5MDEyMzQ1Njc4.GaBcDe.aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
]


@pytest.mark.parametrize("text", ["a {red --ar 1:1, green} fox", "a fox --ar {1:1, 16:9}", "{a, b --private}"])
def test_flags_stand_outside_of_braces(text: str) -> None:
    assert [said.partition(" and ")[2] for said in told(text)] == [
        "braces do not go together · write it once, behind the prompt, with one value"
    ]
    assert hear(text).values == {}


def test_braces_that_stand_for_nothing_but_themselves_may_have_flags_around_and_within() -> None:
    said = hear("{a fox} --ar 1:1 {b --n 2 }")
    assert (said.prompt, said.faults) == ("{a fox} {b }", ())
    assert said.values == {"ratio": "1:1", "variations": 2}


@pytest.mark.parametrize("prompt", PROMPTS, ids=range(len(PROMPTS)))
def test_every_odd_prompt_passes_unchanged_but_for_what_no_text_may_hold(prompt: str) -> None:
    said = hear(f"<@{ME}> {prompt} --n 2")
    assert said.prompt == clean(prompt).strip()
    assert said.values["variations"] == 2
    said.prompt.encode()


def test_there_are_twenty_four_odd_prompts() -> None:
    assert len(PROMPTS) == 24


PIECES = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        [
            "--ar",
            "16:9",
            "--n",
            "4",
            "--model",
            "5.0 lite",
            "--private",
            "--foo",
            "—size",
            "4K",
            '"',
            "“",
            "”",
            "=",
            "--",
            "{",
            ",",
            "}",
        ]
    ),
    st.sampled_from([" ", "\n", f"<@{ME}>", f"<@!{ME}>", "a cat"]),
)


def letters(*texts: str) -> Counter[str]:
    return Counter("".join("".join(texts).split()))


@given(st.lists(PIECES, max_size=30), st.sampled_from(["", " "]))
def test_whatever_is_written_nothing_is_lost_and_nothing_raises(pieces: list[str], between: str) -> None:
    text = between.join(pieces)
    said = hear(text)
    assert letters(said.prompt, *said.taken) == letters(clean(text))
    assert said.prompt == said.prompt.strip()
    assert all(remarks.flag(ENGLISH, fault) for fault in said.faults)


@given(st.lists(st.from_regex(r"[a-z,.!?']{1,8}", fullmatch=True), max_size=8))
def test_a_prompt_before_good_flags_is_the_prompt(words: list[str]) -> None:
    said = hear(f"<@{ME}> {' '.join(words)} --ar 16:9 --private")
    assert said.prompt == " ".join(words)
    assert said.values == {"ratio": "16:9", "visibility": "private"}
