"""What the owner of the bot is told, in a direct message, about troubles that only they can mend."""

from collections.abc import Mapping

from bot.ui.faults import Barred
from bot.ui.letterbox import Letter, Letterbox
from bot.words import Words, sentence

_TOLD: Mapping[str, str] = {
    "BadKey": sentence(
        "⚠️ {provider} does not accept the bot's key. Put a right one into the settings and restart the bot."
    ),
    "NoAccess": sentence("⚠️ The bot's account at {provider} is not set up for this. Look into the provider's console."),
    "OutOfCredit": sentence("⚠️ The bot's balance at {provider} is used up. Top it up in the provider's console."),
}
_MEANWHILE = sentence("Until then its jobs go to the next provider, or fail. You are told once, not per job.")


async def warn(letterbox: Letterbox, provider: str, error: str) -> bool:
    """Write to the owner; False if they take no messages. Raises CourierError."""

    async def write(words: Words) -> Letter:
        return {"content": words.say(_TOLD[error], provider=provider) + "\n" + words.say(_MEANWHILE)}

    try:
        return await letterbox.to_owner(write)
    except Barred:
        return False
