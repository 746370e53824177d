"""What moderators ask about is gathered here: who and where, as the rules want to know it, and what Discord knows."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import discord

from bot.seedream.models import ImageRequest, Reference
from bot.store.documents import clean
from bot.studio import reports
from bot.studio.job import Origin, Who
from bot.ui import layers
from bot.ui.batches import MOST, prompts_of, too_many
from bot.ui.client import Bot
from bot.ui.integrations import Bar, Command, Why, commands_of
from bot.ui.invitation import missing, title
from bot.ui.overview import Here
from bot.ui.places import is_age_restricted, within_of
from bot.ui.rulings import Ruling
from bot.ui.verdicts import Asked

_ANY = Reference(url="https://cdn.discordapp.com/attachments/1/1/picture.png", media_type="image/png")
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
    """The request that is meant, as it is written; None: any picture."""
    if not (given["prompt"] or given["model"] or given["layers"]):
        return None
    if given["layers"]:
        model = given["model"] or layers.able_as(bot.house.workshop.seedream, bot.asking.default_model)
        return ImageRequest(model, clean(given["prompt"] or ""), (_ANY,), output_format="png", layers=True)
    return ImageRequest(given["model"] or bot.asking.default_model, clean(given["prompt"] or "a picture"))


def requests(request: ImageRequest | None) -> list[ImageRequest]:
    """What it stands for; of too many only some."""
    if request is None:
        return []
    return [replace(request, prompt=way.prompt) for way in prompts_of(request).each[:MOST]]


async def asked(
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
    problems = next(filter(None, map(bot.house.workshop.seedream.check, requests(request))), ())
    prompts = prompts_of(request).count if request is not None else 1
    excess = too_many(request) if request is not None else None
    lacks = _lacks(guild, place) if guild is not None and server is not None else []
    ruling = None
    known = isinstance(place, discord.abc.GuildChannel | discord.Thread) and place.id == number
    if server is not None and known and isinstance(user, discord.Member):
        ruling = await _ruling(
            bot, user, place, Command("layers" if request is not None and request.layers else "imagine")
        )
    it = Asked(user.id, number, problems, lacks, ruling, prompts, excess)
    return Who(user.id, server, roles, moderator), origin, it


async def _ruling(bot: Bot, user: discord.Member, place: Any, command: Command) -> Ruling | None:
    """What Discord itself says to somebody's commands at a place; None where it does not even know the place."""
    try:
        may = place.permissions_for(user)
    except discord.ClientException:  # a thread of a channel that is not for the bot
        return None
    name = user.guild.me.display_name
    if may.administrator:
        return Ruling(command, name)
    if not (may.view_channel and may.use_application_commands):
        return Ruling(command, name, Bar(Why.NO_COMMANDS if may.view_channel else Why.UNSEEN))
    found = await bot.integrations.of(user.guild.id)
    if found is None:
        return Ruling(command, name, known=False)
    roles, channel = [role.id for role in user.roles], within_of(place) or place.id
    ours = [each for each, needed in commands_of(bot.tree).items() if needed is None]
    bars = {each: found.bar(each, user.id, roles, channel) for each in ours}
    others = tuple(each for each, bar in bars.items() if bar is not None and each != command)
    return Ruling(command, name, bars.get(command), others)


def _lacks(guild: discord.Guild, channel: Any) -> list[str]:
    """The permissions that the bot needs and has not, by Discord's names."""
    if channel is None or guild.me is None:
        return missing(discord.Permissions.none())
    return missing(channel.permissions_for(guild.me))
