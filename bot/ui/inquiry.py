"""What moderators ask about is gathered here: who and where, as the rules want to know it, and what Discord knows."""

from collections.abc import Mapping
from typing import Any

import discord

from bot.seedream.models import ImageRequest
from bot.store.documents import clean
from bot.studio import reports
from bot.studio.job import Origin, Who
from bot.ui.client import Bot
from bot.ui.invitation import missing, title
from bot.ui.overview import Here
from bot.ui.places import is_age_restricted, within_of
from bot.ui.verdicts import Asked

_FOR_PICTURES = {title("attach_files"), title("read_message_history"), title("send_messages_in_threads")}


async def here(bot: Bot, interaction: discord.Interaction[Any], by: Who) -> Here:
    """What is not in the database, and what of it belongs to this server alone."""
    office, guild = bot.house.office, interaction.guild
    page = await office.reports(by, size=1)
    open_reports = page.of if isinstance(page, reports.Page) and page.reports else 0
    shards = bot.pulse()
    if not by.owner:
        shards = {guild.shard_id: shards.get(guild.shard_id)} if guild is not None else {}
    if by.server is None or guild is None:
        return Here(shards, open_reports)
    rules = await office.rules(by.server)
    channel = guild.get_channel_or_thread(rules.audit_channel) if rules.audit_channel else None
    lacks = [each for each in _lacks(guild, channel) if each not in _FOR_PICTURES] if rules.audit_channel else []
    return Here(shards, open_reports, rules.paused, rules.audit_channel, lacks)


def wish(bot: Bot, given: Mapping[str, Any]) -> ImageRequest | None:
    """The request that is meant; None: any picture."""
    if not (given["prompt"] or given["model"]):
        return None
    return ImageRequest(given["model"] or bot.asking.default_model, clean(given["prompt"] or "a picture"))


def asked(
    bot: Bot,
    interaction: discord.Interaction[Any],
    user: discord.User | discord.Member,
    channel: Any,
    request: ImageRequest | None,
) -> tuple[Who, Origin, Asked]:
    """Somebody at a place, as if they asked there."""
    guild, number = interaction.guild, channel.id if channel is not None else interaction.channel_id or 0
    place = (guild.get_channel_or_thread(number) if guild is not None else None) or interaction.channel
    server = interaction.guild_id if interaction.is_guild_integration() else None
    roles = tuple(role.id for role in user.roles) if isinstance(user, discord.Member) else ()
    moderator = isinstance(user, discord.Member) and user.guild_permissions.manage_guild
    origin = Origin(
        f"inquiry:{interaction.id}", number, within=within_of(place), age_restricted=is_age_restricted(place)
    )
    problems = bot.house.workshop.seedream.check(request) if request is not None else []
    lacks = _lacks(guild, place) if guild is not None and server is not None else []
    return Who(user.id, server, roles, moderator), origin, Asked(user.id, number, problems, lacks)


def _lacks(guild: discord.Guild, channel: Any) -> list[str]:
    """The permissions that the bot needs and has not, by Discord's names."""
    if channel is None or guild.me is None:
        return missing(discord.Permissions.none())
    return missing(channel.permissions_for(guild.me))
