"""The slash commands as one person sees them somewhere, in their language, and back to the names that the bot gave."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

from sandbox.discord import Person, slash
from sandbox.discord.asking import CannotDo
from sandbox.discord.commands import (
    ATTACHMENT,
    BOOLEAN,
    CHANNEL,
    GROUP,
    INTEGER,
    MENTIONABLE,
    NUMBER,
    ROLE,
    STRING,
    SUB,
    USER,
)
from sandbox.discord.model import Json
from sandbox.discord.world import World

KINDS = {
    STRING: "text",
    INTEGER: "integer",
    BOOLEAN: "boolean",
    USER: "user",
    CHANNEL: "channel",
    ROLE: "role",
    MENTIONABLE: "user",
    NUMBER: "number",
    ATTACHMENT: "attachment",
}
_BOUNDS = {"min_value": "min", "max_value": "max", "min_length": "min_length", "max_length": "max_length"}


@dataclass(frozen=True, slots=True)
class Command:
    """A command, or a sub-command with its way: as it is read, as the bot calls it, and what it takes."""

    shown: str
    name: str
    json: Json
    locale: str

    @property
    def options(self) -> dict[str, Json]:
        """Its options by the names that are read."""
        return {slash.shown(one, "name", self.locale): one for one in self.json.get("options") or []}


def listed(world: World, person: Person) -> Json:
    """What stands in the picker, and in the menu of a message."""
    menu = [slash.shown(one, "name", person.user.locale) for one in _visible(world, person, 3)]
    return {"slash": [_written(one) for one in commands(world, person)], "message": [{"name": name} for name in menu]}


def found(world: World, person: Person, name: str) -> Command:
    """The command by the name that is read, or the one that the bot gave; raises CannotDo."""
    name = name.removeprefix("/").strip()
    for one in commands(world, person):
        if name in (one.shown, one.name):
            return one
    raise CannotDo(f"there is no command /{name} here")


def commands(world: World, person: Person) -> Iterator[Command]:
    """Every command that can be used, sub-commands by their whole names."""
    for one in _visible(world, person, 1):
        yield from _below(Command(slash.shown(one, "name", person.user.locale), one["name"], one, person.user.locale))


def _visible(world: World, person: Person, kind: int) -> Iterator[Json]:
    guild, seen = person.channel.guild, set()
    for scope in (guild.id if guild else 0, 0):
        for one in world.commands.get(scope, {}).values():
            if one["type"] != kind or one["id"] in seen:
                continue
            with suppress(CannotDo):
                slash.judge(world, person.user, person.channel, one)
                seen.add(one["id"])
                yield one


def _below(it: Command) -> Iterator[Command]:
    inner = [one for one in it.json.get("options") or [] if one["type"] in {SUB, GROUP}]
    if not inner:
        yield it
    for one in inner:
        shown = slash.shown(one, "name", it.locale)
        yield from _below(Command(f"{it.shown} {shown}", f"{it.name} {one['name']}", one, it.locale))


def _written(it: Command) -> Json:
    options = [_option(shown, one, it.locale) for shown, one in it.options.items()]
    return {"name": it.shown, "description": slash.shown(it.json, "description", it.locale), "options": options}


def _option(shown: str, one: Json, locale: str) -> Json:
    choices = [
        {"name": slash.shown(entry, "name", locale), "value": entry["value"]} for entry in one.get("choices") or []
    ]
    told = {
        "name": shown,
        "description": slash.shown(one, "description", locale),
        "kind": KINDS[one["type"]],
        "required": bool(one.get("required")),
        "choices": choices,
        "autocomplete": bool(one.get("autocomplete")),
    }
    return told | {to: one[name] for name, to in _BOUNDS.items() if one.get(name) is not None}
