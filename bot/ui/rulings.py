"""What Discord itself says to somebody's commands, for moderators who want to know: before any rule of the bot."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.ui.integrations import Bar, Command, Why
from bot.words import Words, sentence

NAMED = 10  # commands
RULE = sentence("Discord's own permissions")
_BECAUSE: Mapping[Why, str] = {
    Why.UNSEEN: sentence("they cannot see the channel"),
    Why.NO_COMMANDS: sentence("they lack the permission **Use Application Commands** there"),
    Why.CHANNEL: sentence("it is switched off in this channel"),
    Why.USER: sentence("it is switched off for them"),
    Why.ROLE: sentence("it is switched off for their role {role}"),
    Why.EVERYONE: sentence("it is only for those who are allowed by name"),
}
_OF_THE_CHANNEL = {Why.UNSEEN, Why.NO_COMMANDS}


@dataclass(frozen=True, slots=True)
class Ruling:
    """About one command, and `others` that Discord keeps them from too; `bot` is the bot's name there. Not `known`:
    what is set in Integrations could not be read."""

    command: Command
    bot: str
    bar: Bar | None = None
    others: Sequence[Command] = ()
    known: bool = True


def some_of(words: Words, names: Sequence[str], most: int) -> str:
    """The first of them, and how many more there are."""
    shown, more = list(names[:most]), len(names) - most
    if more > 0:
        shown.append(words.plural("{count} more", "{count} more", more))
    return words.listed(shown)


def called(words: Words, command: Command) -> str:
    """A command as people see it."""
    return f"**{words.say(command.name)}**" if command.menu else f"`/{words.name(command.name)}`"


def decision(words: Words, ruling: Ruling, bar: Bar, user: str, channel: str) -> Iterator[str]:
    """What keeps them from the command, where to change it, and what it does not keep them from."""
    because = words.say(_BECAUSE[bar.why], role=f"<@&{bar.role}>")
    facts = {"user": user, "command": called(words, ruling.command), "channel": channel, "because": because}
    yield f"**{words.say('✘ Discord does not let {user} use {command} in {channel}: {because}', **facts)}**"
    if bar.why in _OF_THE_CHANNEL:
        yield "➜ " + words.say("change the permissions of {channel}, or those of their roles", channel=channel)
        return
    where = words.say("change it in Discord: **Server Settings → Integrations → {bot}**", bot=ruling.bot)
    yield f"➜ {where}" if bar.whole else f"➜ {where} → {facts['command']}"
    yield "ℹ️ " + words.say("Mentions, replies and buttons still reach me: what is set there is about commands alone")


def remarks(words: Words, ruling: Ruling) -> Iterator[str]:
    """What is worth knowing besides."""
    if not ruling.known:
        yield "ℹ️ " + words.say("What is set in Discord's Integrations could not be read just now")
    if ruling.others and not (ruling.bar and ruling.bar.whole):
        names = [called(words, command) for command in ruling.others]
        yield "⚠️ " + words.say(
            "Discord keeps other commands from them there: {commands}", commands=some_of(words, names, NAMED)
        )
