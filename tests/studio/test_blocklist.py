"""Blocked words are found whole, however somebody spells them; and what only resembles them is left alone."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.studio.blocklist import Blocklist, fold

ALIKE = {"a": "аαᴀａ🅰ⓐ", "b": "ｂ", "c": "сｃ", "e": "еε", "i": "іι", "o": "оοօ", "p": "рρ", "s": "ѕ", "x": "хχ"}
WORDS = st.text("abcdeghiopsx", min_size=2, max_size=12)
INVISIBLE = st.text("\u200b\u200c\u200d\u2060\ufeff\u00ad\u202e\ufe0f\u0301\u0308", max_size=3)


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("shit", "SHIT!"),
        ("shit", "what a ＳＨＩＴ"),
        ("shit", "ѕһіt"),
        ("ass", "\u1d00\u0301ss"),
        ("shit", "s\u200bh\u00adi\u2060t"),
        ("shit", "s\x00hit"),
        ("shit", "Ŝhīt\u0316"),
        ("shit", "s.h.i-t"),
        ("shit", "s h i t"),
        ("shit", "sh1t"),
        ("shit", "5hit"),
        ("ass", "a$$"),
        ("ass", "@ss"),
        ("ball", "ba11"),
        ("shit", "𝓼𝓱𝓲𝓽 🅂🄷🄸🅃"),
        ("Straße", "STRASSE"),
        ("café", "cafe\u0301 cafe"),
        ("foo bar", "Foo -- BAR"),
        ("1488", "a 1488 b"),
        ("класс", "Класс"),
        ("色情", "一个色 情的"),
        ("ばか", "おばかさん"),
        ("바보", "그바보야"),
        ("AV女优", "av 女优"),
    ],
)
def test_it_is_found_however_it_is_spelled(word: str, text: str) -> None:
    assert Blocklist([word]).found(text) == word


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("ass", "a glass, classes, assess"),
        ("shit", "shiitake, shi t, s hit"),
        ("foo bar", "foo a bar, foobar"),
        ("1488", "14 88, 21488"),
        ("か", "が"),
        ("ka", "kā3"),
        ("4k", "48k"),
        ("shit", ""),
        ("shit", "\u200b\ufeff"),
    ],
)
def test_what_only_resembles_it_is_left_alone(word: str, text: str) -> None:
    assert Blocklist([word]).found(text) is None


@pytest.mark.parametrize("word", ["", " ", "a", "!", "\u200b", "…", "\u0301"])
def test_what_would_be_found_everywhere_or_nowhere_is_not_taken(word: str) -> None:
    assert not Blocklist.takes(word)


@pytest.mark.parametrize("word", ["ab", "4k", "猫", "a b", "ß", "🅰🅱"])
def test_everything_else_is_taken(word: str) -> None:
    assert Blocklist.takes(word)


def test_without_words_nothing_is_found() -> None:
    assert Blocklist([]).found("anything") is None


@given(WORDS, st.data())
def test_no_disguise_of_letters_helps(word: str, data: st.DataObject) -> None:
    letters = [data.draw(st.sampled_from([letter, letter.upper(), *ALIKE.get(letter, "")])) for letter in word]
    disguised = "".join(letter + data.draw(INVISIBLE) for letter in letters)
    assert Blocklist([word]).found(f"one {disguised}, two") == word


@given(st.text(max_size=60))
def test_any_text_can_be_read(text: str) -> None:
    folded = fold(text)
    assert fold(folded) == folded or not folded.isascii()
    assert Blocklist(["qq zz", "猫猫"]).found(text) in {None, "qq zz", "猫猫"}
    assert all(unicodedata.category(letter) != "Cf" for letter in folded)


@given(st.text(min_size=1, max_size=30).filter(Blocklist.takes), st.sampled_from(["", "one ", "!"]))
def test_every_word_that_is_taken_is_found_as_it_stands(word: str, before: str) -> None:
    assert Blocklist([word]).found(f"{before}{word} two") == word
