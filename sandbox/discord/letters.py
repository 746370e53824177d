"""How Discord writes down a message: who may read it, where its files are, whom it answers."""

import copy
from typing import Any

from sandbox.discord import files, payloads
from sandbox.discord.components import FILE, media
from sandbox.discord.model import COMPONENTS_V2, HAS_SNAPSHOT, Attachment, Interaction, Json, Message, everything
from sandbox.discord.snowflakes import written
from sandbox.discord.world import World


def readable(it: Message, world: World) -> bool:
    """Whether an app without the Message Content intent may read it: its own, DMs, and what calls it."""
    return it.author is world.bot or it.channel.context == 1 or it.calls


def message(it: Message, world: World, *, whole: bool = False, gateway: bool = False, nested: bool = False) -> Json:
    """A message as the bot gets it; `whole` when it may read everything, as the target of a menu can be read."""
    told = _head(it, world)
    told |= _body(it, world) if whole or readable(it, world) else _hidden()
    if it.interaction is not None:
        told["interaction_metadata"] = metadata(it.interaction)
        told["interaction"] = _old_interaction(it.interaction)
    if it.webhook:
        told |= {"webhook_id": str(world.application.id), "application_id": str(world.application.id)}
    if it.thread is not None and not nested:
        told["thread"] = payloads.channel(it.thread, world)
    if it.nonce is not None and it.author is world.bot:
        told["nonce"] = it.nonce
    if it.forwards is not None:
        _forwarded(told, it, world, whole)
    elif it.reply_to is not None:
        told["message_reference"] = _reference(it.reply_to, 0)
        if not nested:
            gone = it.reply_to.deleted
            inner = message(it.reply_to, world, whole=world.application.reads_content and whole, nested=True)
            told["referenced_message"] = None if gone else inner
    if gateway and it.channel.guild is not None:
        told["guild_id"] = str(it.channel.guild.id)
        member = world.member(it.channel.guild, it.author)
        if member is not None:
            told["member"] = payloads.member(member, whole=False)
    if gateway:
        told["channel_type"] = it.channel.kind
    return told


def _head(it: Message, world: World) -> Json:
    reactions = [_reaction(emoji, people, world) for emoji, people in it.reactions.items()]
    told: Json = {
        "id": str(it.id),
        "type": it.kind,
        "channel_id": str(it.channel.id),
        "author": payloads.user(it.author),
        "timestamp": written(it.made),
        "edited_timestamp": None if it.edited is None else written(it.edited),
        "flags": it.flags,
        "pinned": it.pinned,
        "tts": False,
        "mention_everyone": it.mention_everyone,
        "mentions": [payloads.user(user) for user in it.mentions],
        "mention_roles": [str(role.id) for role in it.mention_roles],
    }
    return told | {"reactions": reactions} if reactions else told


def _hidden() -> Json:
    return {"content": "", "attachments": [], "embeds": [], "components": []}


def _body(it: Message, world: World) -> Json:
    """What people read. Files that embeds or components show are not among the attachments."""
    by_id = {str(file.id): file for file in it.attachments}
    by_name = {file.filename: file for file in it.attachments}
    components, embeds = copy.deepcopy(it.components), copy.deepcopy(it.embeds)
    shown = {_expand(place, by_name, world) for place in media(everything(components))}
    for part in everything(components):
        if part["type"] == FILE:
            file = by_id.get(part["file"].get("attachment_id"))
            part.update({"name": file.filename, "size": file.length} if file else {})
    for embed in embeds:
        pictures = [embed[name] for name in ("image", "thumbnail") if embed.get(name)]
        shown |= {_expand(place, by_name, world, bare=True) for place in pictures}
    hang = [file for file in it.attachments if file.filename not in shown]
    if it.flags & COMPONENTS_V2:
        hang = []
    return {
        "content": it.content,
        "attachments": [files.attachment(file, world) for file in hang],
        "embeds": embeds,
        "components": components,
    }


def _expand(place: Json, by_name: dict[str, Attachment], world: World, *, bare: bool = False) -> str:
    """Put the address of the file where attachment:// stood; the file's name, or nothing."""
    url = str(place["url"])
    name = url.removeprefix("attachment://")
    file = by_name.get(name) if name != url else None
    size = file.size if file is not None else None
    width, height = size or (None, None)
    if file is None:
        place.setdefault("proxy_url", url)
    else:
        place |= {"url": files.link(file, world), "proxy_url": files.proxy(file, world)}
    if bare:
        place |= {"width": width, "height": height} if size else {}
        return file.filename if file else ""
    place |= {"width": width, "height": height, "loading_state": 2, "flags": 0}
    place["content_type"] = file.content_type if file else None
    place["id"] = str(file.id if file is not None else world.application.id)
    if file is not None:
        place["attachment_id"] = str(file.id)
    return file.filename if file else ""


def _reaction(emoji: str, people: list[Any], world: World) -> Json:
    return {
        "emoji": {"id": None, "name": emoji},
        "count": len(people),
        "count_details": {"burst": 0, "normal": len(people)},
        "burst_colors": [],
        "me_burst": False,
        "burst_me": False,
        "burst_count": 0,
        "me": world.bot in people,
    }


def _reference(to: Message, kind: int) -> Json:
    told: Json = {"type": kind, "channel_id": str(to.channel.id), "message_id": str(to.id)}
    return told | {"guild_id": str(to.channel.guild.id)} if to.channel.guild is not None else told


def _forwarded(told: Json, it: Message, world: World, whole: bool) -> None:
    """A forward carries a picture of the message as it was; it is hidden as the message around it is."""
    if it.forwards is None:
        return
    told["message_reference"] = _reference(it.forwards, 1)
    told["flags"] |= HAS_SNAPSHOT
    names = ("type", "timestamp", "edited_timestamp", "flags", "mentions", "mention_roles")
    inner = {name: value for name, value in _head(it.forwards, world).items() if name in names}
    inner |= _body(it.forwards, world) if whole or readable(it, world) else _hidden()
    told["message_snapshots"] = [{"message": inner}]


def metadata(it: Interaction) -> Json:
    """What a message tells of the interaction that it answers."""
    told: Json = {
        "id": str(it.id),
        "type": it.kind,
        "user": payloads.user(it.user),
        "authorizing_integration_owners": it.owners,
    }
    if it.kind == 2:
        told |= {"name": it.data["name"], "command_type": it.data["type"]}
        if it.target is not None:
            told["target_message_id"] = str(it.target.id)
    elif it.kind == 3 and it.message is not None:
        told["interacted_message_id"] = str(it.message.id)
    elif it.kind == 5 and it.parent is not None:
        told["triggering_interaction_metadata"] = metadata(it.parent)
    return told


def _old_interaction(it: Interaction) -> Json:
    """The older form of the same, which is still sent."""
    name = it.data["name"] if it.kind == 2 else str(it.data.get("custom_id", ""))
    return {"id": str(it.id), "type": it.kind, "name": name, "user": payloads.user(it.user)}
