"""What Discord sends, as discord.py's own objects make it: messages, attachments, people. Nothing is connected."""

import itertools
from typing import Any

import discord

ME, ALICE, BOB = 700000000000000042, 700000000000000001, 700000000000000002
CHANNEL, SERVER = 700000000000000100, 700000000000000200
CDN = "https://cdn.discordapp.com"

_numbers = itertools.count(800000000000000000)


def new_id() -> int:
    """A new snowflake."""
    return next(_numbers)


def user(number: int = ALICE, name: str = "alice", *, avatar: str | None = None, bot: bool = False) -> dict[str, Any]:
    return {
        "id": str(number),
        "username": name,
        "global_name": None,
        "discriminator": "0",
        "avatar": avatar,
        "bot": bot,
    }


def attachment(name: str = "photo.png", **more: Any) -> dict[str, Any]:
    """An attachment in the channel; `more` replaces fields."""
    key = more.pop("id", None) or new_id()
    url = more.pop("url", None) or f"{CDN}/attachments/{CHANNEL}/{key}/{name}?ex=6f&is=5e&hm=0123abcd"
    return {
        "id": str(key),
        "filename": name,
        "size": 1000,
        "url": url,
        "proxy_url": url.replace("cdn.discordapp.com", "media.discordapp.net"),
        "content_type": "image/png",
        "width": 320,
        "height": 240,
        **more,
    }


def media(url: str, **more: Any) -> dict[str, Any]:
    """The media of a component, as it is once Discord has looked at it."""
    return {"url": url, "proxy_url": url, "width": 320, "height": 240, "content_type": "image/png", **more}


def message(content: str = "", author: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """A message in the channel; `more` replaces fields."""
    return {
        "id": str(new_id()),
        "channel_id": str(CHANNEL),
        "author": author or user(),
        "content": content,
        "timestamp": "2026-11-20T12:00:00.000000+00:00",
        "edited_timestamp": None,
        "tts": False,
        "mention_everyone": False,
        "mentions": [],
        "mention_roles": [],
        "attachments": [],
        "embeds": [],
        "components": [],
        "pinned": False,
        "type": 0,
        **more,
    }


def reply(to: dict[str, Any] | None, content: str = f"<@{ME}> make it night", **more: Any) -> dict[str, Any]:
    """A message that replies to another; None is one that Discord did not send along."""
    reference = {"type": 0, "message_id": to["id"] if to else str(new_id()), "channel_id": str(CHANNEL)}
    sent = {"referenced_message": to} if to else {}
    return message(content, type=19, message_reference=reference, **sent, **more)


def forward(*snapshots: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A message that forwards others."""
    reference = {"type": 1, "message_id": str(new_id()), "channel_id": str(CHANNEL)}
    return message(message_reference=reference, message_snapshots=[{"message": each} for each in snapshots], **more)


def received(payload: dict[str, Any]) -> discord.Message:
    """The message as discord.py has it, of a client that never connects."""
    client = discord.Client(intents=discord.Intents.none())
    channel = client.get_partial_messageable(CHANNEL, guild_id=SERVER)
    return discord.Message(state=client._connection, channel=channel, data=payload)  # type: ignore[arg-type]
