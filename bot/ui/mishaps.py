"""What nobody has foreseen, in words with a short id; the same id is in the log, with everything about it."""

import logging
import sys
from secrets import token_hex
from typing import Any

import discord
from discord import app_commands

from bot.store.errors import StoreError
from bot.studio.courier import CourierError
from bot.ui.faults import Barred, plainly
from bot.words import Words, sentence

log = logging.getLogger(__name__)

PATIENCE = 5.0
_SILENT = discord.AllowedMentions.none()
_UNKNOWN = (
    sentence("Something went wrong"),
    sentence("try again; if it keeps happening, tell the owner of the bot this id"),
)
_STALE = (sentence("This command has changed"), sentence("reload Discord, and try again"))
_STORE = (sentence("The bot cannot save anything just now"), sentence("try again in a few minutes"))
_PLACE = (sentence("That does not work here"), sentence("try it in another channel"))


async def tell(interaction: discord.Interaction[Any], error: BaseException) -> None:
    """Log it, and tell the person who has met it, in a message that only they see where that is still possible."""
    cause = error.original if isinstance(error, app_commands.CommandInvokeError) else error
    number = noted(cause, f"interaction:{interaction.id}")
    text = said(cause, str(interaction.locale), number)
    if interaction.is_expired() or interaction.type is discord.InteractionType.autocomplete:
        return
    try:
        await plainly(_write(interaction, text), PATIENCE)
    except (Barred, CourierError) as fault:
        log.info("%s: nobody could be told: %s", number, fault)


async def _write(interaction: discord.Interaction[Any], text: str) -> None:
    if not interaction.response.is_done():
        await interaction.response.send_message(text, ephemeral=True, allowed_mentions=_SILENT)
    elif interaction.type is discord.InteractionType.component:  # the original may be the message with the button
        await interaction.followup.send(text, ephemeral=True, allowed_mentions=_SILENT)
    else:
        await interaction.edit_original_response(content=text, view=None, allowed_mentions=_SILENT)


def current() -> BaseException:
    """The error that is being handled."""
    return sys.exception() or RuntimeError("an error that nobody knows")


def noted(error: BaseException, about: str) -> str:
    """Log it; the id that it is logged under."""
    number = token_hex(3)
    if isinstance(error, app_commands.CommandNotFound | app_commands.CommandSignatureMismatch):
        log.warning("%s: %s: an outdated command: %s", number, about, error)
    elif isinstance(error, StoreError):
        log.error("%s: %s: %s", number, about, error)
    else:
        log.error("%s: %s", number, about, exc_info=error)
    return number


def said(error: BaseException, locale: str, number: str) -> str:
    """What happened · what to do · id."""
    words = Words(locale)
    what, now = _UNKNOWN
    if isinstance(error, app_commands.CommandNotFound | app_commands.CommandSignatureMismatch):
        what, now = _STALE
    elif isinstance(error, StoreError):
        what, now = _STORE
    elif isinstance(error, app_commands.CheckFailure):
        what, now = _PLACE
    return " · ".join((words.say(what), words.say(now), number))
