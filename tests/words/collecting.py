"""Collects every sentence of the bot; run as `python -m tests.words.collecting` it brings the catalogues up to date."""

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from types import ModuleType
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po
from discord import app_commands
from discord.ext import commands

from bot.words.catalogues import path_of, spoken
from bot.words.speech import NAME

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("bot", "cogs")
SAID = {"say": 1, "sentence": 1, "plural": 2}
NAMED = {"named": 1, "name": 1, "word": 1}
DESCRIBED = {"described": 1}
MENUS = {"menu": 1}
HEADER = """msgid ""
msgstr ""
"Language: {language}\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: {plural}\\n"

"""

AnyCommand = app_commands.Command[Any, Any, Any] | app_commands.Group | app_commands.ContextMenu
COMMANDS = (app_commands.Command, app_commands.Group, app_commands.ContextMenu)


@dataclass
class Vocabulary:
    """What commands are called and say, by where it stands."""

    commands: set[str] = field(default_factory=set)
    groups: set[str] = field(default_factory=set)
    names: dict[str, str] = field(default_factory=dict)
    described: dict[str, str] = field(default_factory=dict)
    menus: dict[str, str] = field(default_factory=dict)

    def add(self, command: AnyCommand, place: str) -> None:
        """Take up a command with all that is in it."""
        if isinstance(command, app_commands.ContextMenu):
            self.menus[command.name] = place
            return
        (self.groups if isinstance(command, app_commands.Group) else self.commands).add(command.name)
        self.names[stem(command.name)] = place
        self.described[command.description] = place
        if isinstance(command, app_commands.Group):
            for inner in command.commands:
                self.add(inner, place)
            return
        for parameter in command.parameters:
            self.names[stem(parameter.display_name)] = place
            self.described[str(parameter.description)] = place
            self.described.update({choice.name: place for choice in parameter.choices})


def template() -> Catalog:
    """Every sentence that is in the code, with the files where it stands."""
    found = Catalog(project="seedream-bot", charset="utf-8")
    for message, place in _written(SAID):
        found.add(message, locations=[(place, 0)])
    spoken_of = vocabulary()
    for text, place in sorted({**spoken_of.described, **spoken_of.menus}.items()):
        found.add(text, locations=[(place, 0)])
    for name, place in sorted(spoken_of.names.items()):
        found.add(name, locations=[(place, 0)], context=NAME)
    return found


def vocabulary() -> Vocabulary:
    """What all commands are called and say: what the decorators of the cogs hold, and what is marked elsewhere."""
    found = Vocabulary()
    for module in _cogs():
        for command in commands_of(module):
            found.add(command, f"{module.__name__.replace('.', '/')}.py")
        found.groups.update(groups_of(module))
    found.names.update({stem(str(name)): place for name, place in _written(NAMED)})
    found.described.update({str(text): place for text, place in _written(DESCRIBED)})
    found.menus.update({str(name): place for name, place in _written(MENUS)})
    return found


def commands_of(module: ModuleType) -> Iterable[AnyCommand]:
    """The commands that a module declares by decorators: in its cogs, or beside them."""
    for value in vars(module).values():
        if isinstance(value, COMMANDS):
            yield value
        elif isinstance(value, type) and issubclass(value, commands.Cog) and value.__module__ == module.__name__:
            yield from value.__cog_app_commands__


def groups_of(module: ModuleType) -> Iterable[str]:
    """What the cogs of a module are called that are groups of commands themselves."""
    for value in vars(module).values():
        if isinstance(value, type) and issubclass(value, commands.GroupCog) and value.__module__ == module.__name__:
            yield str(value.__cog_group_name__)


def catalogue(language: str) -> Catalog:
    """A catalogue as it is written."""
    with path_of(language).open("rb") as file:
        return read_po(file, locale=language.replace("-", "_"), abort_invalid=True)


def stem(name: str) -> str:
    """The part of a name that is said, without its number."""
    return re.sub(r"\d+$", "", name)


def write(language: str, found: Catalog) -> None:
    """Write a catalogue in the one form that it has."""
    written = BytesIO()
    write_po(written, found, width=110, include_lineno=False, sort_by_file=True, omit_header=True, ignore_obsolete=True)
    header = HEADER.format(language=language, plural=found.plural_forms)
    path_of(language).write_text(header + written.getvalue().decode(), encoding="utf-8")


def sentences_in(source: str, said: Mapping[str, int]) -> Iterator[str | tuple[str, ...]]:
    """What the calls of these names say, with so many forms, in the order of the text.

    Not by Babel's own reader of Python: that looks into f-strings from Python 3.12 on only.
    """
    calls = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call))
    for call in sorted(calls, key=lambda node: (node.lineno, node.col_offset)):
        forms = [arg.value for arg in call.args[: said.get(name_of(call), 0)] if isinstance(arg, ast.Constant)]
        texts = tuple(form for form in forms if isinstance(form, str))
        if texts:
            yield texts if len(texts) > 1 else texts[0]


def name_of(call: ast.Call) -> str:
    """What a call calls, without what it belongs to."""
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def _written(said: Mapping[str, int]) -> Iterator[tuple[str | tuple[str, ...], str]]:
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*.py")):
            for message in sentences_in(path.read_text(encoding="utf-8"), said):
                yield message, path.relative_to(ROOT).as_posix()


def _cogs() -> Iterator[ModuleType]:
    for found in pkgutil.iter_modules([str(ROOT / "cogs")]):
        yield importlib.import_module(f"cogs.{found.name}")


if __name__ == "__main__":
    for each in spoken():
        kept = catalogue(each)
        # New sentences come in untranslated; those that nobody says any more are not written.
        kept.update(template(), no_fuzzy_matching=True)
        write(each, kept)
