"""What administrators have set at Discord itself, in Server Settings → Integrations: who may use which command where.

The bot can read it; it is changed there alone. What is set for one command comes before what is set for all of them.
First the channel decides, then the person, their roles, everyone; administrators may everything. See "Permissions" in
https://docs.discord.com/developers/interactions/application-commands.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

import discord
from discord import app_commands

from bot.studio.courier import CourierError
from bot.ui.faults import Barred, plainly

log = logging.getLogger(__name__)

WAIT = 1.0  # seconds that an answer may wait for it
_PATIENCE = 10.0  # seconds for Discord, when nobody waits any more
_KEPT = 60.0  # seconds; Discord tells of changes, but not while the gateway is away

ROLE, USER, CHANNEL = 1, 2, 3
Entries = Mapping[tuple[int, int], bool]  # of these by their numbers: whether allowed
_NONE: Entries = {}


@dataclass(frozen=True, slots=True)
class Command:
    """As Discord knows it: a slash command, or an entry of a menu."""

    name: str
    menu: bool = False


class Why(Enum):
    """What keeps somebody from a command."""

    UNSEEN = "the channel is not for them"
    NO_COMMANDS = "they may use no commands there"
    CHANNEL = "the command is switched off in the channel"
    USER = "it is switched off for them"
    ROLE = "it is switched off for a role of theirs"
    EVERYONE = "it is switched off for whoever is not allowed"


@dataclass(frozen=True, slots=True)
class Bar:
    """Discord keeps somebody from a command: `role` is which, `whole` that it is set for all commands together."""

    why: Why
    role: int = 0
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Overrides:
    """Everything that is set in a server: for all commands, and for those that have something of their own."""

    server: int
    whole: Entries = field(default_factory=dict)
    commands: Mapping[Command, Entries] = field(default_factory=dict)

    def bar(self, command: Command, user: int, roles: Iterable[int], place: int) -> Bar | None:
        """What keeps somebody who is no administrator from a command in a channel; that of a thread is its parent."""
        levels = ((self.commands.get(command, _NONE), False), (self.whole, True))
        for entries, whole in levels:
            said = _first(entries.get((CHANNEL, place)), entries.get((CHANNEL, self.all_channels)))
            if said is False:
                return Bar(Why.CHANNEL, whole=whole)
            if said is True:
                break
        own = [role for role in roles if role != self.server]
        for entries, whole in levels:
            if (said := entries.get((USER, user))) is not None:
                return None if said else Bar(Why.USER, whole=whole)
            of_roles = {role: entries[ROLE, role] for role in own if (ROLE, role) in entries}
            if of_roles:  # one that is allowed is enough
                return None if any(of_roles.values()) else Bar(Why.ROLE, next(iter(of_roles)), whole)
            if (said := entries.get((ROLE, self.server))) is not None:
                return None if said else Bar(Why.EVERYONE, whole=whole)
        return None

    @property
    def all_channels(self) -> int:
        """The number that stands for every channel; the server's own stands for everyone."""
        return self.server - 1


class Integrations:
    """Reads it from Discord: one request for a server, kept until Discord tells of a change, or for a short while."""

    def __init__(self, client: discord.Client, clock: Callable[[], float] = time.monotonic) -> None:
        self._client = client
        self._clock = clock
        self._kept: dict[int, tuple[float, asyncio.Task[Overrides | None]]] = {}
        self._names: dict[int, Command] = {}

    async def of(self, server: int) -> Overrides | None:
        """What is set in a server; None if it cannot be found out in time: whoever asks again may find it."""
        now = self._clock()
        self._kept = {each: kept for each, kept in self._kept.items() if kept[0] > now}
        if server not in self._kept:
            self._kept[server] = now + _KEPT, asyncio.create_task(self._read(server))
        _, task = self._kept[server]
        await asyncio.wait({task}, timeout=WAIT)
        return task.result() if task.done() else None

    def forget(self, server: int) -> None:
        """It has changed."""
        self._kept.pop(server, None)

    async def _read(self, server: int) -> Overrides | None:
        try:
            return await plainly(self._fetch(server), _PATIENCE)
        except (Barred, CourierError) as error:
            log.info("What is set in the integrations of server %d cannot be read: %s", server, error)
            self.forget(server)
            return None

    async def _fetch(self, server: int) -> Overrides:
        application = self._client.application_id or 0
        found = await self._client.http.get_guild_application_command_permissions(application, server)
        told = {int(each["id"]): _entries(each["permissions"]) for each in found}
        whole = told.pop(application, _NONE)
        if told.keys() - self._names.keys():
            self._names = await self._commands()
        known = {self._names[number]: entries for number, entries in told.items() if number in self._names and entries}
        return Overrides(server, whole, known)

    async def _commands(self) -> dict[int, Command]:
        """The commands by their numbers, which nobody but Discord knows."""
        tree = getattr(self._client, "tree", None)
        if not isinstance(tree, app_commands.CommandTree):
            return {}
        menus = {discord.AppCommandType.message, discord.AppCommandType.user}
        return {each.id: Command(each.name, each.type in menus) for each in await tree.fetch_commands()}


def commands_of(tree: app_commands.CommandTree[Any]) -> dict[Command, discord.Permissions | None]:
    """All commands of ours, with what Discord wants of people who are not allowed by name; None: nothing."""
    return {
        Command(each.name, isinstance(each, app_commands.ContextMenu)): each.default_permissions
        for each in tree.get_commands()
    }


def _entries(given: Iterable[Any]) -> Entries:
    return {(int(each["type"]), int(each["id"])): bool(each["permission"]) for each in given}


def _first(*said: bool | None) -> bool | None:
    return next((each for each in said if each is not None), None)
