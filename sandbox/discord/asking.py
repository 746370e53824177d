"""Somebody does something with the app: the interaction goes out, and the app has three seconds to answer."""

from typing import Any

from sandbox.discord import letters, payloads
from sandbox.discord.model import Channel, Interaction, Json, Message, User
from sandbox.discord.permissions import EVERYONE, in_channel
from sandbox.discord.world import ACK_TIME, News, World


class NoAnswer(Exception):
    """The app has not answered in time: people read "The application did not respond"."""


class CannotDo(Exception):
    """Discord's own client does not let a person do this; the app never hears of it."""


async def ask(
    world: World,
    kind: int,
    user: User,
    channel: Channel,
    data: Json,
    *,
    about: dict[str, Any],
    patience: float = ACK_TIME,
) -> Interaction:
    """Send an interaction and wait for its first answer; raises NoAnswer. `about` are its message, parent, target,
    locale and owners, as far as it has them."""
    it = put(world, kind, user, channel, data, about=about)
    if not await world.until(lambda: it.answered is not None, patience):
        raise NoAnswer(f"the app has not answered {data.get('name') or data.get('custom_id')} in {patience} s")
    return it


def put(
    world: World, kind: int, user: User, channel: Channel, data: Json, *, about: dict[str, Any] | None = None
) -> Interaction:
    """Send an interaction, for which nobody waits here."""
    number = world.new_id()
    given = {"locale": user.locale, "owners": owners(world, user, channel)} | (about or {})
    it = Interaction(number, world.new_token(number), kind, user, channel, world.now, data, **given)
    world.interactions[it.token] = it
    it.sent = _written(world, it)
    send(world, it)
    return it


def send(world: World, it: Interaction) -> None:
    """Tell the app of it; a second time is what a replayed event would be."""
    world.tell(News("INTERACTION_CREATE", lambda whole: it.sent, it.channel.guild))


def owners(world: World, user: User, channel: Channel) -> dict[str, str]:
    """Who has let the app in: the guild ("0"), the person ("1")."""
    found: dict[str, str] = {}
    if channel.guild is None:
        found |= {"0": "0"} if not channel.company else {}
    elif world.bot.id in channel.guild.members:
        found["0"] = str(channel.guild.id)
    if user.installed:
        found["1"] = str(user.id)
    return found


def _written(world: World, it: Interaction) -> Json:
    told: Json = {
        "id": str(it.id),
        "application_id": str(world.application.id),
        "type": it.kind,
        "token": it.token,
        "version": 1,
        "data": it.data,
        "channel_id": str(it.channel.id),
        "channel": payloads.asked_channel(it.channel, world, it.user),
        "locale": it.locale,
        "app_permissions": str(_of_app(world, it)),
        "entitlements": [],
        "entitlement_sku_ids": [],
        "authorizing_integration_owners": it.owners,
        "context": it.channel.context,
        "attachment_size_limit": world.file_limit_of(it.channel, it.user),
    }
    guild = it.channel.guild
    if guild is None:
        told["user"] = payloads.user(it.user)
    else:
        told |= {"guild_id": str(guild.id), "guild_locale": guild.locale}
        told["guild"] = {"id": str(guild.id), "locale": guild.locale, "features": []}
        told["member"] = payloads.asking_member(guild.members[it.user.id], it.channel)
    if it.message is not None:
        told["message"] = message(world, it.message)
    return told


def message(world: World, it: Message) -> Json:
    """A message within an interaction: the app may read it, whoever wrote it."""
    return letters.message(it, world, whole=True)


def _of_app(world: World, it: Interaction) -> int:
    """What the app may do there; as a stranger in a guild, what everybody may."""
    guild = it.channel.guild
    if guild is None or world.bot.id not in guild.members:
        return EVERYONE
    return in_channel(it.channel, world.bot)
