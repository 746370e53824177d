"""Messages come, change and go; the gateway tells of each."""

import re

from sandbox.discord import files, letters, permissions
from sandbox.discord.drafts import Draft
from sandbox.discord.model import COMPONENTS_V2, DM, LOADING, Channel, Json, Look, Message, User
from sandbox.discord.refusals import Refusal, invalid
from sandbox.discord.world import News, World

_IN_GUILD, _IN_DM = 1 << 9, 1 << 12

# Whom a message may call when it does not say: https://docs.discord.com/developers/resources/message
EVERYBODY: Json = {"parse": ["users", "roles", "everyone"], "replied_user": True}
PEOPLE: Json = {"parse": ["users"], "replied_user": True}


def create(world: World, message: Message, draft: Draft, *, defaults: Json) -> Message:
    """Post what the draft says; raises 50006 when that is nothing, 200000 when AutoMod is against it."""
    message.flags |= (draft.flags or 0) & ~(1 << 6)
    change(world, message, draft, defaults=defaults)
    _not_empty(message)
    return publish(world, message)


def publish(world: World, message: Message) -> Message:
    """Let it be seen."""
    world.messages[message.id] = message
    message.channel.last = message.id
    if message.channel.is_thread and not message.channel.locked:
        message.channel.archived = False
    _looked(world, message)
    tell(world, "MESSAGE_CREATE", message)
    world.stir()
    return message


def edit(world: World, message: Message, draft: Draft, *, defaults: Json) -> Message:
    """Change what is there; nothing has changed when this raises."""
    was = (message.content, message.embeds, message.components, message.attachments, message.flags)
    kept = draft.kept is not None and {int(entry["id"]) for entry in draft.kept} - {
        file.id for file in message.attachments
    }
    if kept:
        raise invalid("attachments", f"There is no attachment {min(kept)} here.", "ATTACHMENT_NOT_FOUND")
    if draft.flags is not None:
        message.flags = message.flags & ~(1 << 2) | draft.flags & (COMPONENTS_V2 | 1 << 2)
    message.flags &= ~LOADING
    try:
        change(world, message, draft, defaults=defaults)
        _not_empty(message)
    except Refusal:
        message.content, message.embeds, message.components, message.attachments, message.flags = was
        raise
    message.edited = world.now
    message.edits += 1
    _looked(world, message)
    tell(world, "MESSAGE_UPDATE", message)
    world.stir()
    return message


def _looked(world: World, message: Message) -> None:
    names = tuple(file.filename for file in message.attachments)
    message.looks.append(Look(world.now, message.text, names, tuple(message.buttons)))


def change(world: World, message: Message, draft: Draft, *, defaults: Json) -> None:
    """Write a draft into a message, as far as it says something."""
    _automod(message, draft)
    if draft.content is not None:
        message.content = draft.content
    if draft.embeds is not None:
        message.embeds = draft.embeds
    if draft.components is not None:
        message.components = draft.components
    if draft.kept is not None:
        entries = {int(entry["id"]): entry for entry in draft.kept}
        message.attachments = [file for file in message.attachments if file.id in entries]
        for file in message.attachments:
            file.description = entries[file.id].get("description", file.description)
    place = message.channel.id
    for part, entry in draft.files:
        file = files.attach(world, part.filename or "unknown", part.data, place=place, ephemeral=message.ephemeral)
        file.description = entry.get("description")
        file.flagged = bool(entry.get("is_spoiler"))
        file.data = file.data if world.keep_files else b""
        message.attachments.append(file)
    address(world, message, draft.mentions if draft.mentions is not None else defaults)


def address(world: World, message: Message, allowed: Json) -> None:
    """Work out whom the message calls, of those that it may call."""
    text, guild = _spoken(message), message.channel.guild
    parse = allowed.get("parse") or []
    wanted = {int(number) for number in allowed.get("users") or []}
    users = [int(number) for number in re.findall(r"<@!?(\d+)>", text)]
    called = [world.users[number] for number in dict.fromkeys(users) if number in world.users]
    message.mentions = [user for user in called if "users" in parse or user.id in wanted]
    replied = message.reply_to
    if replied is not None and allowed.get("replied_user") and replied.author not in message.mentions:
        message.mentions.append(replied.author)
    wanted = {int(number) for number in allowed.get("roles") or []}
    roles = [int(number) for number in re.findall(r"<@&(\d+)>", text)]
    there = guild.roles if guild is not None else {}
    message.mention_roles = [
        there[number] for number in dict.fromkeys(roles) if number in there and ("roles" in parse or number in wanted)
    ]
    loud = re.search(r"@(everyone|here)\b", text) is not None and "everyone" in parse
    message.mention_everyone = loud and permissions.may(message.channel, message.author, "mention_everyone")
    message.calls = message.calls or _calls(world, message)


def _calls(world: World, message: Message) -> bool:
    """Whether the app may read this message although it does not read all: it is mentioned, or one of its regular
    messages is answered with a ping. An answer to an interaction is no regular message."""
    replied = message.reply_to
    if world.bot.mention in message.content or f"<@!{world.bot.id}>" in message.content:
        return True
    return replied is not None and world.bot in message.mentions and replied.interaction is None


def _spoken(message: Message) -> str:
    return "\n".join([message.content, *(part["content"] for part in message.every if part["type"] == 10)])


def remove(world: World, message: Message) -> None:
    """Delete it; its files go with it."""
    message.deleted = True
    for file in message.attachments:
        file.gone = True
    data: Json = {"id": str(message.id), "channel_id": str(message.channel.id)}
    guild = message.channel.guild
    if guild is not None:
        data["guild_id"] = str(guild.id)
    if not message.ephemeral:
        world.tell(News("MESSAGE_DELETE", lambda whole: data, guild, _intent(message.channel)))
    world.stir()


def tell(world: World, name: str, message: Message) -> None:
    """Tell the bot of a message, if it may see the channel; what is ephemeral is told to nobody."""
    if message.ephemeral or not permissions.may(message.channel, world.bot, "view_channel"):
        return

    def data(whole: bool) -> Json:
        told = letters.message(message, world, whole=whole, gateway=True)
        # without the intent, embeds stay hidden in updates even where the app is mentioned (discord-api-docs #5406)
        hide = name == "MESSAGE_UPDATE" and not whole and message.author is not world.bot
        return told | {"embeds": []} if hide else told

    world.tell(News(name, data, message.channel.guild, _intent(message.channel)))


def react(world: World, message: Message, user: User, emoji: str, *, take_back: bool = False) -> None:
    """Somebody reacts to a message, or takes that back."""
    people = message.reactions.setdefault(emoji, [])
    if take_back == (user not in people):
        return
    (people.remove if take_back else people.append)(user)
    if not people:
        del message.reactions[emoji]
    data: Json = {
        "user_id": str(user.id),
        "channel_id": str(message.channel.id),
        "message_id": str(message.id),
        "emoji": {"id": None, "name": emoji},
        "burst": False,
        "type": 0,
    }
    if not take_back:
        data["message_author_id"] = str(message.author.id)
    guild = message.channel.guild
    if guild is not None:
        data["guild_id"] = str(guild.id)
    name = f"MESSAGE_REACTION_{'REMOVE' if take_back else 'ADD'}"
    world.tell(News(name, lambda whole: data, guild, 1 << 13 if message.channel.kind == DM else 1 << 10))
    world.stir()


def _intent(channel: Channel) -> int:
    return _IN_DM if channel.kind == DM else _IN_GUILD


def _automod(message: Message, draft: Draft) -> None:
    probe = Message(0, message.channel, message.author, 0.0, draft.content or "")
    probe.embeds, probe.components = draft.embeds or [], draft.components or []
    if blocked(probe):
        raise Refusal(200000)


def blocked(message: Message) -> bool:
    """Whether AutoMod is against it."""
    words = message.channel.guild.blocked if message.channel.guild is not None else set()
    said = message.text.casefold() if words else ""
    return any(word.casefold() in said for word in words)


def _not_empty(message: Message) -> None:
    if not (message.content or message.attachments or message.embeds or message.components):
        raise Refusal(50006)
