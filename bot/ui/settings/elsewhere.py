"""What is set at Discord itself for the bot's commands, in plain words: whom it concerns, and where."""

from collections.abc import Iterator, Mapping, Sequence

import discord

from bot.ui.integrations import CHANNEL, ROLE, USER, Command, Entries, Integrations, Overrides
from bot.ui.rulings import called, some_of
from bot.words import Words, sentence

NAMED = 5  # roles, people or channels in one phrase
LONGEST = 1100  # letters: the page has others, and Discord takes 4000
_UNREAD = sentence("What is set there could not be read just now.")
_UNCHANGED = sentence("Nothing is set there: commands are for everyone, in every channel.")
_SET = sentence("Set there, for everybody but administrators:")
_NEEDS = sentence("{command} needs {permissions}, unless somebody is allowed to use it there by name.")
_ALL = sentence("all commands")
_MENTION: Mapping[int, str] = {ROLE: "<@&{}>", USER: "<@{}>", CHANNEL: "<#{}>"}
_MANAGE, _ADMINISTRATOR = sentence("Manage Server"), sentence("Administrator")
_WHOM = (
    sentence("only {them}"),
    sentence("nobody"),
    sentence("not {them}"),
    sentence("also {them}"),
    sentence("everyone"),
)
_WHERE = (
    sentence("only in {them}"),
    sentence("nowhere"),
    sentence("not in {them}"),
    sentence("also in {them}"),
    sentence("in every channel"),
)

Needs = Mapping[Command, discord.Permissions | None]


class Elsewhere:
    """Reads it, and puts it into words."""

    def __init__(self, integrations: Integrations, commands: Needs) -> None:
        self._integrations = integrations
        self._commands = commands

    async def told(self, words: Words, server: int) -> str:
        """What is set in a server, as far as it can be found out in time."""
        return told(words, await self._integrations.of(server), self._commands)


def told(words: Words, found: Overrides | None, commands: Needs) -> str:
    """All of it, a line for each command; as much as there is room for."""
    needs = [f"-# {_need(words, command, needed)}" for command, needed in commands.items() if needed is not None]
    if found is None:
        return "\n".join([words.say(_UNREAD), *needs])
    lines = [f"- {words.say(_ALL)}: {phrases(words, found.whole, found.server)}"] if found.whole else []
    each = sorted(found.commands.items(), key=lambda item: (item[0].menu, item[0].name))
    lines += [f"- {called(words, command)}: {phrases(words, entries, found.server)}" for command, entries in each]
    head = words.say(_SET) if lines else words.say(_UNCHANGED)
    shown = list(_fitting(lines))
    if (more := len(lines) - len(shown)) > 0:
        shown.append(words.plural("… and {count} more", "… and {count} more", more))
    return "\n".join([head, *shown, *needs])


def phrases(words: Words, entries: Entries, server: int) -> str:
    """Who may, and where: "not in #memes · only @artists"."""
    where = _said(words, _WHERE, {key: said for key, said in entries.items() if key[0] == CHANNEL}, server - 1)
    whom = _said(words, _WHOM, {key: said for key, said in entries.items() if key[0] in {ROLE, USER}}, server)
    return " · ".join([*where, *whom])


def _said(words: Words, forms: Sequence[str], entries: Entries, everything: int) -> Iterator[str]:
    """What holds for `everything`, if anything does, and what holds besides."""
    only, none, without, also, everywhere = forms
    in_general = next((said for (_, number), said in entries.items() if number == everything), None)
    some = {key: said for key, said in entries.items() if key[1] != everything}
    allowed, denied = [key for key, said in some.items() if said], [key for key, said in some.items() if not said]
    if in_general:
        yield words.say(everywhere)
    elif in_general is False and not allowed:
        yield words.say(none)
    elif allowed:
        yield words.say(also if in_general is None else only, them=_some(words, allowed))
    if denied:
        yield words.say(without, them=_some(words, denied))


def _some(words: Words, keys: Sequence[tuple[int, int]]) -> str:
    return some_of(words, [_MENTION[kind].format(number) for kind, number in keys], NAMED)


def _need(words: Words, command: Command, needed: discord.Permissions) -> str:
    titles = {"manage_guild": _MANAGE}
    names = [words.say(titles.get(name, name.replace("_", " ").title())) for name, is_needed in needed if is_needed]
    listed = words.listed(f"**{name}**" for name in names or [words.say(_ADMINISTRATOR)])
    return words.say(_NEEDS, command=called(words, command), permissions=listed)


def _fitting(lines: Sequence[str]) -> Iterator[str]:
    room = LONGEST
    for line in lines:
        room -= len(line) + 1
        if room < 0:
            return
        yield line
