"""What braces in a prompt stand for."""

import itertools
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.ui.permutations import COUNTED, Permutation, literally, permutations, spans

MOST = 20
SIGNS = st.text(alphabet='a1 ,:{}"\\\n', max_size=40)
WORDS = st.text(alphabet="abcdé ", min_size=1, max_size=6).map(str.strip).filter(bool)
GROUPS = st.lists(st.lists(WORDS, min_size=2, max_size=3, unique=True), min_size=1, max_size=3)


def prompts(text: str) -> list[str]:
    return [each.prompt for each in permutations(text, MOST).each]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a {red, green, blue} bird", ["a red bird", "a green bird", "a blue bird"]),
        ("{a,b} {c,d}", ["a c", "a d", "b c", "b d"]),
        (
            "a {sculpture, painting {on canvas, on paper}}",
            ["a sculpture", "a painting on canvas", "a painting on paper"],
        ),
        ("a {, red} car", ["a car", "a red car"]),
        ("a car{, in the rain}", ["a car", "a carin the rain"]),
        ("big {red,}, shiny", ["big red, shiny", "big, shiny"]),
        ("a fox, {, tiny}", ["a fox", "a fox, tiny"]),
        ("a fox, {, tiny}, in the snow", ["a fox, in the snow", "a fox, tiny, in the snow"]),
        ("{, tiny}, red fox", ["red fox", "tiny, red fox"]),
        ("{,tiny} {,red} fox", ["fox", "red fox", "tiny fox", "tiny red fox"]),
        ("{red, {pastel\\, yellow}, blue} birds", ["red birds", "{pastel, yellow} birds", "blue birds"]),
        ("{red, pastel\\, yellow} birds", ["red birds", "pastel, yellow birds"]),
        ("{red, red, green}", ["red", "green"]),
        ("{red, red}", ["red"]),
        ("set {x {a, b}}", ["set {x a}", "set {x b}"]),
        ("one {brace} and {another}", ["one {brace} and {another}"]),
        ("{} {a,b", ["{} {a,b"]),
        ("a, b} {c,d}", ["a, b} c", "a, b} d"]),
        ("\\{red, green\\}", ["{red, green}"]),
        ("{red\\, green}", ["{red, green}"]),
        ("C:\\\\{a,b}", ["C:\\a", "C:\\b"]),
        ("C:\\temp\\, and \\n", ["C:\\temp\\, and \\n"]),
        ("  as it is, untouched  ", ["  as it is, untouched  "]),
        ('{"subject": "a fox", "colours": ["red", "blue"]}', ['{"subject": "a fox", "colours": ["red", "blue"]}']),
        ('like {"op": 1, "d": "}"} in {a, b}', ['like {"op": 1, "d": "}"} in a', 'like {"op": 1, "d": "}"} in b']),
        ('\\{"a": 1, "b": 2}', ['{"a": 1, "b": 2}']),
        ("{,}", [""]),
        ("", [""]),
    ],
)
def test_a_prompt_stands_for(text: str, expected: list[str]) -> None:
    assert prompts(text) == expected


def test_options_are_told_in_their_order_without_those_within_others() -> None:
    found = permutations("a {red, painted {blue, green}} {, tiny} fox", MOST)
    assert found.count == 6
    assert found.each[0] == Permutation("a red fox", ("red", ""))
    assert found.each[-1] == Permutation("a painted green tiny fox", ("painted green", "tiny"))


def test_more_than_were_asked_for_are_counted_and_not_made() -> None:
    found = permutations("{a,b,c}" * 4, MOST)
    assert found.count == 81
    assert len(found.each) == MOST + 1
    endless = permutations("{a,b}" * 800, MOST)
    assert endless.count == COUNTED
    assert len(endless.each) == MOST + 1


@pytest.mark.parametrize(
    "text", ["{" * 4000, "{" * 1999 + "a,b" + "}" * 1998, "{," * 1333 + "}" * 1333, "{a}" * 1333, '{"a":' * 800]
)
def test_no_prompt_is_too_deep(text: str) -> None:
    assert permutations(text, MOST).count >= 1


def test_groups_are_found_where_they_stand() -> None:
    text = "a {red, green} {fox} \\{x, y\\} {big, small}"
    assert [text[start:end] for start, end in spans(text)] == ["{red, green}", "{big, small}"]


@given(GROUPS)
def test_groups_multiply(groups: list[list[str]]) -> None:
    text = " and ".join("{" + ", ".join(options) + "}" for options in groups)
    expected = list(dict.fromkeys(" and ".join(chosen) for chosen in itertools.product(*groups)))
    found = permutations(text, 27)
    assert [each.prompt for each in found.each] == expected
    assert found.count == len(expected)


@given(SIGNS)
def test_any_text_stands_for_something_and_the_count_is_true(text: str) -> None:
    found = permutations(text, MOST)
    assert found.each
    assert len({each.prompt for each in found.each}) == len(found.each)
    assert found.count == len(found.each) if found.count <= MOST else found.count > MOST
    assert all(len(each.prompt) <= len(text) for each in found.each)


@given(SIGNS)
def test_what_is_meant_literally_is_read_so(text: str) -> None:
    assert prompts(literally(text)) == [text]


@given(SIGNS.filter(lambda text: not re.search(r"[{}]", text)))
def test_without_braces_nothing_happens(text: str) -> None:
    assert prompts(text) == [text]
    assert literally(text) == text
