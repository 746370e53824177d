"""Keeps memory bounded over hours: what nobody can look at any more is forgotten, oldest first."""

import ctypes
from collections import Counter
from contextlib import suppress

from sandbox.discord import Message, PretendDiscord
from sandbox.discord.model import Attachment
from sandbox.discord.snowflakes import at
from sandbox.discord.world import TOKEN_LIFE
from sandbox.page.view import MOST_MESSAGES
from sandbox.seedream import PretendSeedream

MOST_CALLS = 300
MOST_PICTURES = 50
MOST_BYTES = 256 * 1024 * 1024  # of all files together


def tidy(discord: PretendDiscord, seedream: PretendSeedream | None) -> None:
    """Forget what is older than the latest of each kind."""
    del discord.traffic[:-MOST_CALLS], discord.downloads[:-MOST_CALLS], discord.events[:-MOST_CALLS]
    for session in discord.gateway.sessions.values():
        del session.log[:-MOST_CALLS]
    del discord.gateway.beats[:-MOST_CALLS]
    for beats in discord.gateway.beats:
        del beats[:-MOST_CALLS]
    if seedream is not None:
        seedream.forget(MOST_PICTURES)
    _interactions(discord)
    _messages(discord)
    _files(discord)
    with suppress(AttributeError, OSError, TypeError):  # glibc keeps what was freed, until it is asked
        ctypes.CDLL(None).malloc_trim(0)


def _interactions(discord: PretendDiscord) -> None:
    """Their tokens have ended; twice that time leaves room for clocks that were moved."""
    world = discord.world
    for token in [token for token, it in world.interactions.items() if world.now > it.made + 2 * TOKEN_LIFE]:
        del world.interactions[token]
    for key in list(world.nonces)[:-MOST_CALLS]:
        del world.nonces[key]


def _messages(discord: PretendDiscord) -> None:
    """Twice as many as the page shows, of each channel: some are only for one person."""
    world = discord.world
    count: Counter[int] = Counter()
    for message in reversed(list(world.messages.values())):
        count[message.channel.id] += 1
        message.looks.clear()
        if count[message.channel.id] > 2 * MOST_MESSAGES:
            message.deleted = True
            del world.messages[message.id]


def _files(discord: PretendDiscord) -> None:
    """Files of messages that are there, the latest first, until there are too many bytes of them; and those that were
    given to a command lately."""
    world = discord.world
    shown = {file.id for message in world.messages.values() if not message.deleted for file in _of(message)}
    total = 0
    for number, file in reversed(list(world.attachments.items())):
        total += len(file.data)
        if (number not in shown and at(number) < world.now - TOKEN_LIFE) or total > MOST_BYTES:
            file.gone, file.data = True, b""
            del world.attachments[number]


def _of(message: Message) -> list[Attachment]:
    return [*message.attachments, *(message.forwards.attachments if message.forwards is not None else [])]
