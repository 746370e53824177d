"""What a person types into a command, judged as Discord's client judges it before anything is sent."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.discord import files, integrations, payloads
from sandbox.discord.asking import CannotDo, owners
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
from sandbox.discord.model import Attachment, Channel, Json, Role, User
from sandbox.discord.permissions import in_channel
from sandbox.discord.world import World

_STANDS_IN = {"en-US": "en-GB", "en-GB": "en-US", "es-419": "es-ES", "es-ES": "es-419"}


@dataclass(frozen=True, slots=True)
class File:
    """A file on somebody's own machine."""

    name: str
    data: bytes


class Resolved:
    """The objects behind the ids in an interaction."""

    def __init__(self, world: World, user: User, channel: Channel) -> None:
        self._world = world
        self._user = user
        self._channel = channel
        self.told: Json = {}

    def add(self, kind: str, number: int, value: Json) -> str:
        """Put an object in; its id."""
        self.told.setdefault(kind, {})[str(number)] = value
        return str(number)

    def file(self, given: File) -> str:
        """Upload a file for an option or a modal; raises when it is larger than this person may send."""
        if len(given.data) > self._world.file_limit_of(self._channel, self._user):
            raise CannotDo(f"Your file {given.name} is too powerful!")
        it: Attachment = files.attach(
            self._world, given.name, given.data, place=self._world.application.id, ephemeral=True
        )
        return self.add("attachments", it.id, files.attachment(it, self._world))

    def user(self, given: User) -> str:
        """Somebody, and their membership."""
        member = self._world.member(self._channel.guild, given)
        if member is not None:
            told = payloads.member(member, whole=False)
            permissions = {"permissions": str(in_channel(self._channel, given))}
            kept = {name: value for name, value in told.items() if name not in {"deaf", "mute"}}
            self.add("members", given.id, kept | permissions)
        return self.add("users", given.id, payloads.user(given))

    def channel(self, given: Channel) -> str:
        """A channel."""
        return self.add("channels", given.id, payloads.asked_channel(given, self._world, self._user))

    def role(self, given: Role) -> str:
        """A role."""
        return self.add("roles", given.id, payloads.role(given, self._world.bot))


def find(world: World, user: User, channel: Channel, kind: int, name: str) -> Json:
    """The command that a person sees by this name here; raises CannotDo with the reason."""
    guild = channel.guild
    scopes = [guild.id, 0] if guild is not None else [0]
    there = [one for scope in scopes for one in world.commands.get(scope, {}).values() if one["type"] == kind]
    found = next((one for one in there if name in (one["name"], shown(one, "name", user.locale))), None)
    if found is None:
        raise CannotDo(f"there is no command {name!r}, only {sorted(one['name'] for one in there)}")
    judge(world, user, channel, found)
    return found


def shown(thing: Json, what: str, locale: str) -> str:
    """A name or description as somebody with this locale reads it; some locales stand in for one another."""
    table = thing.get(f"{what}_localizations") or {}
    return str(table.get(locale) or table.get(_STANDS_IN.get(locale, "")) or thing[what])


def judge(world: World, user: User, channel: Channel, found: Json) -> None:
    """Whether a person may use a command here; raises CannotDo with the reason."""
    guild, name = channel.guild, found["name"]
    if found.get("contexts") is not None and channel.context not in found["contexts"]:
        raise CannotDo(f"{name!r} cannot be used here")
    if not {int(key) for key in owners(world, user, channel)} & set(found["integration_types"]):
        raise CannotDo(f"{name!r} is not installed here")
    if guild is not None:
        if told := integrations.stands_in_the_way(world, user, channel, found):
            raise CannotDo(told)
        if found["nsfw"] and not channel.nsfw:
            raise CannotDo(f"{name!r} works in age-restricted channels only")


def descend(command: Json, words: list[str]) -> tuple[list[Json], list[Json]]:
    """The options that a (sub-)command takes, and the sub-commands on the way."""
    options, way = list(command["options"]), []
    for word in words:
        found = next((one for one in options if one["type"] in {SUB, GROUP} and one["name"] == word), None)
        if found is None:
            raise CannotDo(f"{command['name']!r} has no sub-command {word!r}")
        way.append(found)
        options = list(found.get("options", []))
    if any(option["type"] in {SUB, GROUP} for option in options):
        raise CannotDo(f"{command['name']!r} needs a sub-command: {[option['name'] for option in options]}")
    return options, way


def data(command: Json, way: list[Json], filled: list[Json], resolved: Resolved) -> Json:
    """The interaction's data: what was typed, within its sub-commands."""
    for step in reversed(way):
        filled = [{"name": step["name"], "type": step["type"], "options": filled}]
    told: Json = {"id": command["id"], "name": command["name"], "type": command["type"], "options": filled}
    if "guild_id" in command:
        told["guild_id"] = command["guild_id"]
    return told | ({"resolved": resolved.told} if resolved.told else {})


def fill(options: list[Json], given: Mapping[str, Any], resolved: Resolved, *, whole: bool = True) -> list[Json]:
    """The options as they are sent; raises CannotDo for what the client would not send."""
    known = {option["name"]: option for option in options}
    for name in given:
        if name not in known:
            raise CannotDo(f"there is no option {name!r}, only {sorted(known)}")
    missing = [name for name, option in known.items() if option.get("required") and name not in given]
    if missing and whole:
        raise CannotDo(f"the option {missing[0]!r} is required")
    return [
        {"name": name, "type": known[name]["type"], "value": _value(known[name], value, resolved)}
        for name, value in given.items()
    ]


def _value(option: Json, given: Any, resolved: Resolved) -> Any:
    kind, name = option["type"], option["name"]
    given = getattr(given, "user", given) if kind in {USER, MENTIONABLE} else given
    if kind in {USER, MENTIONABLE} and isinstance(given, User):
        return resolved.user(given)
    if kind in {ROLE, MENTIONABLE} and isinstance(given, Role):
        return resolved.role(given)
    if kind == CHANNEL and isinstance(given, Channel):
        return resolved.channel(given)
    if kind == ATTACHMENT and isinstance(given, File):
        return resolved.file(given)
    if kind == BOOLEAN and isinstance(given, bool):
        return given
    if kind == STRING and isinstance(given, str):
        return _text(option, given)
    if kind in {INTEGER, NUMBER} and isinstance(given, int | float) and not isinstance(given, bool):
        return _number(option, given)
    raise CannotDo(f"the option {name!r} does not take {given!r}")


def _text(option: Json, given: str) -> str:
    picked = _picked(option, given)
    if option.get("choices"):
        return str(picked)
    least, most = option.get("min_length") or 0, option.get("max_length") or 6000
    if not max(least, 1 if option.get("required") else 0) <= len(given) <= most:
        raise CannotDo(f"{option['name']!r} must have {least} to {most} characters, not {len(given)}")
    return given


def _number(option: Json, given: float) -> float:
    if option["type"] == INTEGER and (not isinstance(given, int) or abs(given) > 2**53):
        raise CannotDo(f"{option['name']!r} takes a whole number")
    if option.get("choices"):
        return float(_picked(option, given)) if option["type"] == NUMBER else int(_picked(option, given))
    least, most = option.get("min_value"), option.get("max_value")
    if (least is not None and given < least) or (most is not None and given > most):
        raise CannotDo(f"{option['name']!r} must be between {least} and {most}, not {given}")
    return given


def _picked(option: Json, given: Any) -> Any:
    """The value of the choice that has this value, or this name."""
    choices = option.get("choices") or []
    for one in choices:
        if given in (one["value"], one["name"]):
            return one["value"]
    if choices:
        raise CannotDo(f"{option['name']!r} is one of {[one['name'] for one in choices]}, not {given!r}")
    return given
