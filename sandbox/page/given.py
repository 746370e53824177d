"""What the page says that somebody does, read with care: every mistake is told in words that name the field."""

from collections.abc import Mapping
from typing import Any

from sandbox.discord import Channel, File, Message, Person
from sandbox.discord.model import Json
from sandbox.discord.permissions import may
from sandbox.discord.world import World
from sandbox.page.scene import Scene


class BadDeed(Exception):
    """Something is missing, or is not what it should be; the words name the field."""


class NotThere(Exception):
    """What is named does not exist, or is not for these eyes; nobody learns which."""


class Given:
    """One deed, as it was sent, with its files."""

    def __init__(self, world: World, scene: Scene, told: object, files: Mapping[str, File]) -> None:
        if not isinstance(told, dict):
            raise BadDeed("deed must be a JSON object")
        self._world = world
        self._scene = scene
        self._told: Json = told
        self._files = files

    def text(self, name: str, most: int = 4000, *, empty: bool = False) -> str:
        """A text field."""
        value = self._told.get(name, "" if empty else None)
        if not isinstance(value, str) or len(value) > most or not (value or empty):
            raise BadDeed(f"{name} must be a text of {0 if empty else 1} to {most} characters")
        return value

    def table(self, name: str) -> Json:
        """A field that is an object; an empty one if it is not there."""
        value = self._told.get(name) or {}
        if not isinstance(value, dict):
            raise BadDeed(f"{name} must be an object")
        return value

    def texts(self, name: str, most: int = 25) -> list[str]:
        """A field that is a list of texts."""
        value = self._told.get(name) or []
        if not isinstance(value, list) or len(value) > most or not all(isinstance(one, str) for one in value):
            raise BadDeed(f"{name} must be a list of at most {most} texts")
        return value

    def yes(self, name: str) -> bool:
        """A field that is true or false; false if it is not there."""
        value = self._told.get(name, False)
        if not isinstance(value, bool):
            raise BadDeed(f"{name} must be true or false")
        return value

    def person(self, place: Channel | None = None) -> Person:
        """Who does it, at that place or at the one that `in` names."""
        who = somebody(self._scene, self._told.get("as"))
        return who.at(place or channel(self._world, who, self._told.get("in"), "in"))

    def place(self, name: str) -> Channel:
        """A channel that this person sees."""
        return channel(self._world, somebody(self._scene, self._told.get("as")), self._told.get(name), name)

    def has(self, name: str) -> bool:
        """Whether the field says anything."""
        return self._told.get(name) not in (None, "")

    def message(self, name: str = "message") -> Message:
        """A message that this person sees."""
        who = somebody(self._scene, self._told.get("as"))
        it = self._world.messages.get(number(self._told.get(name), name))
        if it is None or it not in who.sees(it.channel):
            raise NotThere("this message is not there any more")
        return it

    def file(self, name: object) -> File:
        """A file that came along, by the name of its part."""
        if not isinstance(name, str) or name not in self._files:
            raise BadDeed(f"there is no file part {str(name)[:50]!r}")
        return self._files[name]

    def thing(self, kind: str, value: Any) -> Any:
        """What an option or a select is given: files and people by their names, everything else as it is."""
        if kind == "attachment":
            return self.file(value.get("file") if isinstance(value, dict) else value)
        if kind in {"user", "channel", "role"}:
            found = self._object(kind, number(value, kind))
            if found is None:
                raise NotThere(f"there is no such {kind}")
            return found
        return value

    def _object(self, kind: str, wanted: int) -> Any:
        if kind == "user":
            return self._world.users.get(wanted)
        if kind == "channel":
            return self._world.channels.get(wanted)
        return next((guild.roles[wanted] for guild in self._scene.guilds if wanted in guild.roles), None)


def number(value: object, name: str) -> int:
    """An id; raises BadDeed when it is none."""
    if not isinstance(value, str) or not value.isdecimal() or len(value) > 20 or not value.isascii():
        raise BadDeed(f"{name} must be an id, a text of digits")
    return int(value)


def somebody(scene: Scene, value: object) -> Person:
    """One of the people here."""
    who = scene.people.get(number(value, "as"))
    if who is None:
        raise NotThere("there is no such person")
    return who


def channel(world: World, who: Person, value: object, name: str) -> Channel:
    """A channel that somebody sees."""
    it = world.channels.get(number(value, name))
    if it is None or it.closed or not may(it, who.user, "view_channel"):
        raise NotThere("there is no such channel")
    return it
