"""The app's commands: Discord's rules for them, and the list that people choose from."""

import re
import unicodedata
from typing import Any

from sandbox.discord.fields import array, choice, mapping, number, text
from sandbox.discord.model import Json
from sandbox.discord.refusals import Refusal, invalid
from sandbox.discord.world import World

MOST = {1: 100, 2: 15, 3: 15}
CREATES_A_DAY = 200
_LOCALES = """
id da de en-GB en-US es-ES es-419 fr hr it lt hu nl no pl pt-BR ro fi sv-SE vi tr cs el bg ru uk hi th zh-CN ja zh-TW ko
"""
LOCALES = set(_LOCALES.split())
SUB, GROUP, STRING, INTEGER, BOOLEAN, USER, CHANNEL, ROLE, MENTIONABLE, NUMBER, ATTACHMENT = range(1, 12)
_TYPE_INVALID = "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID"
_KEPT = ("name_localizations", "description_localizations", "options", "nsfw", "contexts", "integration_types")


class Registry:
    """What PUT, POST, PATCH and DELETE of commands do. Scope 0 is global, others are guilds."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._created: dict[int, list[float]] = {}

    def listed(self, scope: int, *, localised: bool) -> list[Json]:
        """The commands of one scope."""
        hidden = () if localised else ("name_localizations", "description_localizations")
        return [
            {name: value for name, value in command.items() if name not in hidden}
            for command in self._world.commands.get(scope, {}).values()
        ]

    def one(self, scope: int, number_: int) -> Json:
        """One command; raises 10063."""
        command = self._world.commands.get(scope, {}).get(number_)
        if command is None:
            raise Refusal(10063)
        return command

    def replace(self, scope: int, given: Any) -> list[Json]:
        """Make these all the commands there are; those with the same name and type keep their ids."""
        wanted = [judged(one, str(place)) for place, one in enumerate(array(given, "", 130))]
        names = [(command["type"], command["name"]) for command in wanted]
        if len(set(names)) != len(names):
            raise invalid("", "Application command names must be unique", "APPLICATION_COMMANDS_DUPLICATE_NAME")
        for kind, most in MOST.items():
            if len([command for command in wanted if command["type"] == kind]) > most:
                raise Refusal(30032)
        there = self._world.commands.get(scope, {}).values()
        before = {(command["type"], command["name"]): command for command in there}
        self._count(scope, len([name for name in names if name not in before]))
        kept = [self._stored(scope, command, before.get((command["type"], command["name"]))) for command in wanted]
        self._world.commands[scope] = {int(command["id"]): command for command in kept}
        self._world.stir()
        return kept

    def add(self, scope: int, given: Any) -> Json:
        """Add one, or replace the one with its name."""
        command = judged(given, "")
        there = self._world.commands.setdefault(scope, {})
        before = next((old for old in there.values() if _same(old, command)), None)
        if before is None:
            if len([old for old in there.values() if old["type"] == command["type"]]) >= MOST[command["type"]]:
                raise Refusal(30032)
            self._count(scope, 1)
        stored = self._stored(scope, command, before)
        there[int(stored["id"])] = stored
        return stored

    def change(self, scope: int, number_: int, given: Any) -> Json:
        """Change one."""
        before = self.one(scope, number_)
        stored = self._stored(scope, judged({**before, **mapping(given, "")}, ""), before)
        self._world.commands[scope][number_] = stored
        return stored

    def delete(self, scope: int, number_: int) -> None:
        """Delete one."""
        self.one(scope, number_)
        del self._world.commands[scope][number_]

    def _stored(self, scope: int, command: Json, before: Json | None) -> Json:
        number_ = before["id"] if before else str(self._world.new_id())
        same = before is not None and all(before.get(name) == value for name, value in command.items())
        fixed = {"id": number_, "application_id": str(self._world.application.id)}
        if scope:
            fixed["guild_id"] = str(scope)
        version = before["version"] if before and same else str(self._world.new_id())
        return {**fixed, **command, "version": version}

    def _count(self, scope: int, new: int) -> None:
        day = self._world.now - 86_400
        made = [moment for moment in self._created.get(scope, []) if moment > day]
        if len(made) + new > CREATES_A_DAY:
            raise Refusal(30034, more={"retry_after": 86_400.0, "global": False})
        self._created[scope] = made + [self._world.now] * new


def judged(given: Any, where: str) -> Json:
    """A command with all that Discord adds. Raises 50035."""
    at = f"{where}." if where else ""
    command = dict(mapping(given, where))
    kind = choice(command.get("type") or 1, f"{at}type", {1, 2, 3})
    contexts = command.get("contexts")
    for place, value in enumerate(array(contexts, f"{at}contexts", 3)):
        choice(value, f"{at}contexts.{place}", {0, 1, 2})
    for place, value in enumerate(array(command.get("integration_types"), f"{at}integration_types", 2)):
        choice(value, f"{at}integration_types.{place}", {0, 1})
    permissions = command.get("default_member_permissions")
    if permissions is not None and not str(permissions).isdecimal():
        raise invalid(f"{at}default_member_permissions", "Not a valid permission set.", "NUMBER_TYPE_COERCE")
    if kind == 1:
        _named(command, at)
        options = _options(command.get("options"), f"{at}options", depth=0)
    else:
        text(command.get("name"), f"{at}name", 1, 32)
        _localised(command, f"{at}name_localizations", lambda value, place: text(value, place, 1, 32))
        if command.get("description") or command.get("options"):
            said = "Context menu commands cannot have description or options"
            raise invalid(f"{at}description", said, "APPLICATION_COMMAND_INVALID_DESCRIPTION")
        options = []
    stored: Json = {"type": kind, "name": command["name"], "description": command.get("description") or ""}
    stored |= {name: command.get(name) for name in _KEPT}
    stored |= {"options": options, "nsfw": bool(command.get("nsfw"))}
    stored["default_member_permissions"] = None if permissions is None else str(permissions)
    stored["dm_permission"] = contexts is None or 1 in contexts
    stored["integration_types"] = command.get("integration_types") or [0]
    if _size(stored) > 8000:
        raise invalid(where, "Command exceeds maximum size (8000)", "APPLICATION_COMMAND_TOO_LARGE")
    return stored


def _named(given: Json, at: str) -> None:
    _name(given.get("name"), f"{at}name")
    text(given.get("description"), f"{at}description", 1, 100)
    _localised(given, f"{at}name_localizations", _name)
    _localised(given, f"{at}description_localizations", lambda value, place: text(value, place, 1, 100))


def _name(value: Any, where: str) -> str:
    name = text(value, where, 1, 32)
    good = all(sign in "-_'" or unicodedata.category(sign)[0] in "LN" or _is_mark(sign) for sign in name)
    if not good or name != name.lower():
        raise invalid(where, "Command name is invalid", "APPLICATION_COMMAND_INVALID_NAME")
    return name


def _is_mark(sign: str) -> bool:
    """Devanagari and Thai write vowels as marks."""
    return re.match("[\u0900-\u097f\u0e00-\u0e7f]", sign) is not None


def _localised(given: Json, where: str, judge: Any) -> None:
    table = given.get(where.rpartition(".")[2])
    for locale, value in mapping(table or {}, where).items():
        if locale not in LOCALES:
            raise invalid(f"{where}.{locale}", "Value must be one of the locales.", "BASE_TYPE_CHOICES")
        judge(value, f"{where}.{locale}")


def _options(given: Any, where: str, depth: int) -> list[Json]:
    options = [dict(mapping(one, f"{where}.{place}")) for place, one in enumerate(array(given, where, 25))]
    optional = False
    for place, option in enumerate(options):
        at = f"{where}.{place}."
        _named(option, at)
        kind = choice(option.get("type"), f"{at}type", range(1, 12))
        if option.get("required") and optional:
            said = "Required options must be placed before non-required options"
            raise invalid(f"{at}required", said, "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID")
        optional = optional or not option.get("required")
        if kind in {SUB, GROUP}:
            if depth > 1 or (kind == GROUP and depth):
                raise invalid(f"{at}type", "Sub-commands cannot be nested so deep", _TYPE_INVALID)
            option["options"] = _options(option.get("options"), f"{at}options", depth + (1 if kind == GROUP else 2))
        else:
            _value_option(option, kind, at)
    kinds = {option["type"] in {SUB, GROUP} for option in options}
    if len(kinds) > 1:
        said = "Sub-command and sub-command group option types are mutually exclusive to all other types"
        raise invalid(where, said, _TYPE_INVALID)
    _unique([option["name"] for option in options], where)
    for locale in LOCALES:
        _unique([(option.get("name_localizations") or {}).get(locale, option["name"]) for option in options], where)
    return [{name: value for name, value in option.items() if value is not None} for option in options]


def _unique(names: list[str], where: str) -> None:
    if len(set(names)) != len(names):
        raise invalid(where, "Option names must be unique", "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS")


def _value_option(option: Json, kind: int, at: str) -> None:
    choices = array(option.get("choices"), f"{at}choices", 25)
    if choices and kind not in {STRING, INTEGER, NUMBER}:
        raise invalid(f"{at}choices", "This option type cannot have choices", "APPLICATION_COMMAND_OPTIONS_CHOICES")
    if choices and option.get("autocomplete"):
        said = "Autocomplete and choices exclude one another"
        raise invalid(f"{at}autocomplete", said, "APPLICATION_COMMAND_OPTIONS_AUTOCOMPLETE")
    for place, entry in enumerate(choices):
        text(mapping(entry, at).get("name"), f"{at}choices.{place}.name", 1, 100)
        _localised(entry, f"{at}choices.{place}.name_localizations", lambda value, where: text(value, where, 1, 100))
        if kind == STRING:
            text(entry.get("value"), f"{at}choices.{place}.value", 1, 100)
    _unique([entry["name"] for entry in choices], f"{at}choices")
    if kind == STRING:
        least = number(option.get("min_length") or 0, f"{at}min_length", 0, 6000)
        most = 6000 if option.get("max_length") is None else number(option["max_length"], f"{at}max_length", 1, 6000)
        if least > most:
            raise invalid(f"{at}min_length", "min_length is more than max_length")


def _size(command: Json) -> int:
    """Its characters as Discord counts them: of each text only the longest translation."""
    total = 0
    for name in ("name", "description"):
        values = [command.get(name) or "", *(command.get(f"{name}_localizations") or {}).values()]
        total += max(map(len, values))
    for entry in command.get("choices") or []:
        names = [entry["name"], *(entry.get("name_localizations") or {}).values()]
        total += len(str(entry["value"])) + max(map(len, names))
    return total + sum(_size(option) for option in command.get("options") or [])


def _same(one: Json, other: Json) -> bool:
    return bool(one["name"] == other["name"] and one["type"] == other["type"])
