"""What the owner of the bot is told, in a direct message, about troubles that only they can mend."""

from collections.abc import Mapping
from typing import Any

import discord

from bot.ui.faults import Barred, plainly
from bot.ui.owners import first_of
from bot.words import Words, sentence

_TOLD: Mapping[str, str] = {
    "BadKey": sentence(
        "⚠️ {provider} does not accept the bot's key. Put a right one into the settings and restart the bot."
    ),
    "NoAccess": sentence("⚠️ The bot's account at {provider} is not set up for this. Look into the provider's console."),
    "OutOfCredit": sentence("⚠️ The bot's balance at {provider} is used up. Top it up in the provider's console."),
}
_MEANWHILE = sentence("Until then its jobs go to the next provider, or fail. You are told once, not per job.")


async def warn(client: discord.Client, provider: str, error: str, patience: float) -> bool:
    """Write to the owner; False if they take no messages. Raises CourierError."""
    words = Words("en")
    text = words.say(_TOLD[error], provider=provider) + "\n" + words.say(_MEANWHILE)
    try:
        return await write_to_owner(client, {"content": text}, patience)
    except Barred:
        return False


async def write_to_owner(client: discord.Client, letter: Mapping[str, Any], patience: float) -> bool:
    """Send the owner a direct message, given as `send` takes it; False if nobody owns the bot. Raises Barred and
    CourierError."""
    owner = first_of(await plainly(client.application_info(), patience))
    if owner is None:
        return False
    person = await plainly(client.fetch_user(owner), patience)
    await plainly(person.send(**letter, allowed_mentions=discord.AllowedMentions.none()), patience)
    return True
