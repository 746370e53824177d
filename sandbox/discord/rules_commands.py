"""The rules of application commands: names, descriptions, the order of options, and the length of it all."""

import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sandbox.discord.shapes import mapping, mappings, number, text

SLASH, USER, MESSAGE = 1, 2, 3
MOST = {SLASH: 100, USER: 15, MESSAGE: 15}
LETTERS = 8000
SUBCOMMANDS = {1, 2}

Command = Mapping[str, Any]


def command_faults(payload: Any, *, partial: bool) -> Iterator[str]:
    """What is wrong with commands that are written to Discord: one, or all at once."""
    commands = mappings(payload if isinstance(payload, list) else [payload])
    for (kind, name), count in Counter((_kind(each), text(each.get("name"))) for each in commands).items():
        if count > 1 and not partial:
            yield f"the command {name!r} is there {count} times (type {kind})"
    for kind, count in Counter(map(_kind, commands)).items():
        if count > MOST.get(kind, count):
            yield f"{count} commands of type {kind}, more than {MOST[kind]}"
    for command in commands:
        called = f"the command {command.get('name')!r}"
        yield from (f"{called}: {fault}" for fault in _faults(command, partial=partial))


def fits_name(name: str) -> bool:
    """Whether Discord takes it as the name of a slash command or an option: small letters, digits, -, _ and '."""
    return 1 <= len(name) <= 32 and name == name.lower() and all(map(_fits, name))


def letters(command: Command) -> int:
    """The characters of a command, as Discord counts them: of each field its longest localisation."""
    own = _longest(command, "name") + _longest(command, "description")
    if "value" in command:
        return own + len(text(command["value"]))
    inside = [*mappings(command.get("options")), *mappings(command.get("choices"))]
    return own + sum(map(letters, inside))


def _kind(command: Command) -> int:
    return number(command.get("type")) or SLASH


def _fits(letter: str) -> bool:
    if letter in "-_'" or unicodedata.category(letter)[0] in "LN":
        return True
    return unicodedata.name(letter, "").startswith(("DEVANAGARI", "THAI"))


def _longest(command: Command, field: str) -> int:
    given = [command.get(field), *mapping(command.get(f"{field}_localizations")).values()]
    return max(len(text(each)) for each in given)


def _faults(command: Command, *, partial: bool) -> Iterator[str]:
    if (count := letters(command)) > LETTERS:
        yield f"{count} characters, more than {LETTERS}"
    if _kind(command) != SLASH:
        if command.get("description") or command.get("options"):
            yield "a menu with a description or options"
        return
    yield from _named(command, partial=partial)
    yield from _options(mappings(command.get("options")))


def _named(thing: Command, *, partial: bool = False) -> Iterator[str]:
    names = [thing.get("name"), *mapping(thing.get("name_localizations")).values()]
    for name in names:
        if isinstance(name, str) and not fits_name(name):
            yield f"the name {name!r} is not 1 to 32 small letters, digits, - and _"
    if not thing.get("description") and not (partial and "description" not in thing):
        yield f"{thing.get('name')!r} has no description"


def _options(options: Sequence[Command]) -> Iterator[str]:
    for (locale, name), count in Counter(name for each in options for name in _every_name(each)).items():
        if count > 1:
            yield f"{count} options are called {name!r}{locale and f' in {locale}'}"
    kinds = {number(each.get("type")) in SUBCOMMANDS for each in options}
    if len(kinds) > 1:
        yield "subcommands beside options"
    optional = False
    for option in options:
        if option.get("required") and optional:
            yield f"the required option {option.get('name')!r} comes after an optional one"
        optional = optional or not option.get("required")
        if option.get("choices") and option.get("autocomplete"):
            yield f"the option {option.get('name')!r} has choices and autocomplete"
        choices = Counter(text(each.get("name")) for each in mappings(option.get("choices")))
        yield from (f"{count} choices are called {name!r}" for name, count in choices.items() if count > 1)
        yield from _named(option)
        yield from _options(mappings(option.get("options")))


def _every_name(option: Command) -> set[tuple[str, str]]:
    """The names of an option by locale, where options must differ; the default is a locale of its own."""
    given = {"": option.get("name"), **mapping(option.get("name_localizations"))}
    return {(locale, name) for locale, name in given.items() if isinstance(name, str)}
