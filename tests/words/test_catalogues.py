"""The catalogues hold what is said, all of it and nothing else, and each translation has the same facts in it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel import Locale
from babel.messages.catalog import Catalog, Message
from babel.messages.plurals import get_plural

from bot.words.catalogues import catalogue as spoken_catalogue
from bot.words.catalogues import spoken
from bot.words.locales import LANGUAGES
from tests.words.collecting import FOLDERS, ROOT, SAID, catalogue, name_of, sentences_in, template, write

ADVICE = "run `python -m tests.words.collecting`, then translate what is empty"
MARKS = (
    re.compile(r"\{\w*\}"),
    re.compile(r"`[^`]*`"),
    re.compile(r"(?<!\S)/[a-z_]+"),
    re.compile(r"\*\*"),
    re.compile(r" · |→|\n|https?://"),
    re.compile(r"[⏳🎨📦⚠✅✖🗑ℹ]"),
)
BOLD = re.compile(r"\*\*(.+?)\*\*")


def key(message: Message) -> tuple[object, object]:
    return message.context, message.id


def faults(found: Catalog, wanted: Catalog) -> Iterator[str]:
    """What is wrong with a catalogue."""
    there = {key(message): message for message in found if message.id}
    needed = {key(message): message for message in wanted if message.id}
    yield from (f"missing: {each}" for each in needed.keys() - there.keys())
    yield from (f"nobody says: {each}" for each in there.keys() - needed.keys())
    for each, message in there.items():
        strings = [str(form) for form in message.string or ()] if message.pluralizable else [str(message.string or "")]
        if message.fuzzy or not all(strings):
            yield f"not translated: {each}"
        if message.pluralizable and len(strings) != found.num_plurals:
            yield f"{len(strings)} plural forms instead of {found.num_plurals}: {each}"
        source = str(message.id[-1] if message.pluralizable else message.id)
        for mark in MARKS:
            if any(sorted(mark.findall(source)) != sorted(mark.findall(string)) for string in strings if string):
                yield f"other facts, code or marks: {each}"
        for label in BOLD.findall(source):
            named = there.get((None, label))
            if named is not None and any(string and f"**{named.string}**" not in string for string in strings):
                yield f"**{label}** is called **{named.string}** elsewhere: {each}"


@pytest.mark.parametrize("language", spoken())
def test_a_catalogue_is_complete_and_has_nothing_dead_in_it(language: str) -> None:
    assert list(faults(catalogue(language), template())) == [], ADVICE


def test_every_language_is_there() -> None:
    assert {"en", *spoken()} == set(LANGUAGES)


@pytest.mark.parametrize("language", spoken())
def test_the_plural_forms_are_those_of_the_language(language: str) -> None:
    found = catalogue(language)
    right = get_plural(Locale.parse(language, sep="-"))
    assert (found.num_plurals, found.plural_expr) == (right.num_plurals, right.plural_expr)


def test_what_the_tool_writes_is_read_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.words.collecting.path_of", lambda _: tmp_path / "bot.po")
    write("de", small("ein {x} von `/show`"))
    assert list(faults(catalogue("de"), small(""))) == []


def test_no_compiled_catalogue_lies_about() -> None:
    assert list(ROOT.glob("bot/words/**/*.mo")) == []


def small(text: str) -> Catalog:
    made = Catalog(locale="de")
    made.add("a {x} of `/show`", text)
    made.add(("one {count}", "many {count}"), ("eins {count}", "viele {count}"))
    return made


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("ein {x} von `/show`", None),
        ("", "not translated"),
        ("ein {y} von `/show`", "other facts"),
        ("ein {x} von `/zeige`", "other facts"),
        ("ein {x} von **`/show`**", "other facts"),
    ],
)
def test_a_spoilt_translation_is_found(text: str, said: str | None) -> None:
    found = list(faults(small(text), small("")))
    assert len(found) == (said is not None)
    assert said is None or said in found[0]


def test_a_button_that_a_sentence_calls_by_another_name_is_found() -> None:
    made = Catalog(locale="de")
    made.add("Again", "Noch mal")
    made.add("press **Again**", "drück **Wieder**")
    assert list(faults(made, made)) == [
        "**Again** is called **Noch mal** elsewhere: (None, 'press **Again**')",
    ]


def test_missing_and_dead_sentences_are_found() -> None:
    bare = Catalog(locale="de")
    assert any("missing" in fault for fault in faults(bare, small("ein {x} von `/show`")))
    assert any("nobody says" in fault for fault in faults(small("ein {x} von `/show`"), bare))


def test_a_sentence_is_written_whole_and_never_put_together() -> None:
    glued = []
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*.py")):
            calls = (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call) and node.args)
            glued += [
                f"{path}:{call.lineno}"
                for call in calls
                if name_of(call) in {*SAID, "described", "menu", "named", "word"}
                and isinstance(call.args[0], ast.JoinedStr | ast.BinOp)
            ]
    assert glued == []


def test_sentences_within_sentences_are_collected_too() -> None:
    source = """say("a {b}", b=words.say("inner"))
x.plural("one", "many", 2, c=sentence("deep "
    "and broken"))
f"[{words.say('within')}]({link})"
say(variable), say(), say(5), other("no")"""
    assert list(sentences_in(source, SAID)) == ["a {b}", "inner", ("one", "many"), "deep and broken", "within"]


def test_a_language_without_a_catalogue_stays_english() -> None:
    assert spoken_catalogue("tlh").gettext("not charged") == "not charged"
