"""Where somebody has asked, and how they are answered there: by an interaction, or by a message of theirs."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, replace
from typing import Any, Self

import discord

from bot.studio.courier import CourierError
from bot.studio.job import Origin, Who
from bot.ui.asides import LONGEST
from bot.ui.faults import Barred, plainly
from bot.ui.owners import owners_of

log = logging.getLogger(__name__)

PATIENCE = 5.0  # seconds for words of ours; later ones might overtake the courier's
LONG_PATIENCE = 30.0  # seconds for a message of which nobody speaks before it is there; Discord may make it wait
AGAIN = (0.2, 1.0, 3.0)  # seconds before each try to post it otherwise
# https://discord.com/developers/docs/interactions/receiving-and-responding#followup-messages
FOLLOW_UPS = 5  # of an app that nobody but the person has let in
_SILENT = discord.AllowedMentions.none()

# As `edit` of a message takes it: `content`, `view`, `allowed_mentions`.
Edit = Callable[..., Coroutine[Any, Any, object]]
Further = Callable[[str, int], Awaitable[discord.Message]]


@dataclass(frozen=True, slots=True)
class Place:
    """What is known of who asks and where. `edit` writes over our answer, `further` posts one more with its number;
    there may be so many `answers` in all, 0 for any number. `beside` posts one as the bot itself, where others may see
    it: Discord posts it once, however often it is sent."""

    origin: Origin
    who: Who
    edit: Edit
    further: Further
    answers: int = 0
    beside: Further | None = None

    @property
    def locale(self) -> str:
        """The language to speak in."""
        return self.origin.locale

    async def say(self, text: str, view: discord.ui.View | None = None) -> bool:
        """Write it over our answer; False if it did not arrive."""
        try:
            await plainly(self.edit(content=text[:LONGEST], view=view, allowed_mentions=_SILENT), PATIENCE)
        except (Barred, CourierError) as error:
            log.info("%s: an answer could not be written: %s", self.origin.key, error)
            return False
        return True

    async def one_more(self, text: str, number: int) -> Self | None:
        """Post one more message, the so many-th answer to the same; None if that is not possible."""
        origin = replace(self.origin, key=further_key(self.origin.key, number), message=None, further=True)
        own = replace(origin, application=None, token=None)  # the token does not lead to messages of the bot itself
        ways = [(0.0, self.further, origin), *((pause, self.beside, own) for pause in AGAIN if self.beside)]
        for pause, post, there in ways:
            await asyncio.sleep(pause)
            try:
                message = await plainly(post(text, number), LONG_PATIENCE)
            except (Barred, CourierError) as error:
                log.info("%s: a further answer could not be posted: %s", origin.key, error)
                continue
            return replace(self, origin=replace(there, answer=message.id), edit=message.edit)
        return None


def who_of(interaction: discord.Interaction[Any]) -> Who:
    """Who asks. Where the bot is not a member itself, a server is none of its business."""
    roles = getattr(interaction.user, "roles", ())
    server = interaction.guild_id if interaction.is_guild_integration() else None
    owner = interaction.user.id in owners_of(interaction.client.application)
    if server is None:
        return Who(interaction.user.id, owner=owner)
    moderator = interaction.permissions.manage_guild or interaction.permissions.administrator
    return Who(interaction.user.id, server, tuple(role.id for role in roles), moderator, owner)


def origin_of(
    interaction: discord.Interaction[Any], answer: int | None, visibility: str = "public", notes: str = ""
) -> Origin:
    """Where the answer to an interaction goes: `answer` is the message that it was acknowledged with."""
    here = interaction.is_guild_integration() or (interaction.context.dm_channel and not interaction.guild_id)
    return Origin(
        key=f"interaction:{interaction.id}",
        channel=(interaction.channel_id or 0) if here else 0,
        answer=answer,
        application=interaction.application_id,
        token=interaction.token,
        token_until=interaction.expires_at.timestamp(),
        locale=str(interaction.locale),
        visibility=visibility,
        upload_limit=interaction.filesize_limit,
        notes=notes,
        within=within_of(interaction.channel) if here else None,
        age_restricted=here and is_age_restricted(interaction.channel),
    )


def place_of(interaction: discord.Interaction[Any], answer: int | None, visibility: str = "public") -> Place:
    """The place of an interaction that has been acknowledged."""

    async def further(text: str, number: int) -> discord.Message:
        private = visibility == "private"
        return await interaction.followup.send(text, ephemeral=private, wait=True, allowed_mentions=_SILENT)

    origin = origin_of(interaction, answer, visibility)

    async def beside(text: str, number: int) -> discord.Message:
        channel = interaction.client.get_partial_messageable(origin.channel)
        nonce = f"{interaction.id}:{number}"
        message: discord.Message = await channel.send(text, nonce=nonce, allowed_mentions=_SILENT)
        return message

    alone = interaction.is_user_integration() and not interaction.is_guild_integration()
    answers = 1 + FOLLOW_UPS if alone else 0
    edit, public = interaction.edit_original_response, origin.channel and visibility != "private"
    return Place(origin, who_of(interaction), edit, further, answers, beside if public else None)


def asked_in(message: discord.Message) -> tuple[Who, Origin]:
    """Who asks by a message, and in which channel, as far as the rules of a server are concerned."""
    guild = message.guild
    roles = message.author.roles if isinstance(message.author, discord.Member) else ()
    who = Who(message.author.id, guild.id if guild else None, tuple(role.id for role in roles), _moderates(message))
    return who, Origin(f"message:{message.id}", message.channel.id, within=within_of(message.channel))


def place_of_message(message: discord.Message, answer: discord.Message, visibility: str = "public") -> Place:
    """The place of a message that has our answer already: below it, or in a direct message."""

    async def further(text: str, number: int) -> discord.Message:
        # The nonce lets Discord post it once, as the first answer.
        return await answer.channel.send(text, nonce=f"{message.id}:{number}", allowed_mentions=_SILENT)

    guild, here = message.guild, answer.channel.id == message.channel.id
    origin = Origin(
        key=f"message:{message.id}",
        channel=answer.channel.id,
        message=message.id if here else None,
        answer=answer.id,
        locale=locale_of(message),
        visibility="public" if visibility == "private" else visibility,  # it is in private where nobody else is
        upload_limit=guild.filesize_limit if guild and here else discord.utils.DEFAULT_FILE_SIZE_LIMIT_BYTES,
        # What is answered in a direct message was asked for in the server all the same: its rules hold.
        within=within_of(message.channel) or (None if here else message.channel.id),
        age_restricted=is_age_restricted(message.channel),
    )
    return Place(origin, asked_in(message)[0], answer.edit, further, beside=further)


def within_of(channel: object) -> int | None:
    """The channel of a thread."""
    return channel.parent_id if isinstance(channel, discord.Thread) else None


def is_age_restricted(channel: object) -> bool:
    """Whether it is for adults; a thread is what its channel is."""
    asked = getattr(channel, "is_nsfw", None)
    return bool(asked()) if callable(asked) else False


def _moderates(message: discord.Message) -> bool:
    """Whether who writes may manage the server."""
    author = message.author
    return isinstance(author, discord.Member) and author.guild_permissions.manage_guild


def further_key(key: str, number: int) -> str:
    """What names the so many-th answer to the same wish."""
    return key if number == 1 else f"{key}:{number}"


def locale_of(message: discord.Message) -> str:
    """The language of a place: nobody tells a bot that of the person who writes."""
    return str(message.guild.preferred_locale) if message.guild else "en-US"
