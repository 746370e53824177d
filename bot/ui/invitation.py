"""What the bot may do where it is invited, each permission with its reason, and the links that ask for exactly that."""

import base64
from collections.abc import Mapping
from urllib.parse import urlencode

import discord

from bot.words import sentence

# By discord.py's names. What is missing here is not needed: answers to commands (with their embeds) need no permission.
REASONS: Mapping[str, str] = {
    "view_channel": "to hear when it is mentioned",
    "send_messages": "to answer mentions; pictures that take over 15 minutes",
    "send_messages_in_threads": "the same in threads",
    "attach_files": "to bring the pictures",
    "read_message_history": "to reply, and to find what it has posted already",
}
NEEDED = discord.Permissions(**dict.fromkeys(REASONS, True))

_AUTHORIZE = "https://discord.com/oauth2/authorize"
_TITLES: Mapping[str, str] = {
    "view_channel": sentence("View Channels"),
    "send_messages": sentence("Send Messages"),
    "send_messages_in_threads": sentence("Send Messages in Threads"),
    "attach_files": sentence("Attach Files"),
    "read_message_history": sentence("Read Message History"),
}


def title(permission: str) -> str:
    """A permission that the bot needs, as Discord's own pages call it in English."""
    return _TITLES[permission]


def missing(granted: discord.Permissions) -> list[str]:
    """What is needed and not granted, by Discord's names."""
    return [title(name) for name in REASONS if not (getattr(granted, name) or granted.administrator)]


def to_server(application: int) -> str:
    """The link with which somebody brings the bot to a server."""
    asked = {"client_id": application, "scope": "bot applications.commands", "permissions": NEEDED.value}
    return f"{_AUTHORIZE}?{urlencode(asked | {'integration_type': 0})}"


def to_person(application: int) -> str:
    """The link with which somebody takes the commands along wherever they go."""
    asked = {"client_id": application, "scope": "applications.commands", "integration_type": 1}
    return f"{_AUTHORIZE}?{urlencode(asked)}"


def account_of(token: str) -> int:
    """The bot that a token belongs to, which is also its application: its first part says so, in base64. ValueError
    when it does not."""
    part = token.partition(".")[0]
    return int(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
