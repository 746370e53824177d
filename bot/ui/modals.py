"""Forms that buttons and menus open. What is sent in them is read from the interaction itself, and what it is about
stands in their custom_id, so a form that was opened before a restart is understood after it."""

from collections.abc import Iterator, Mapping
from typing import Any

import discord

from bot.ui.buttons import PRESSED, Sign
from bot.words import Words, sentence

LIFE = 900.0  # seconds; discord.py keeps a form that nobody sends for ever unless told otherwise
LONGEST_PROMPT = 4000  # Discord's limit for a field
_LONGEST_TITLE = 45
_PROMPT = "prompt"
_SENT = "seedream_sent"

# By the verb: the title, and what the field is called.
_ASKS: Mapping[str, tuple[str, str]] = {
    "vary": (sentence("Vary"), sentence("The prompt, as it should be")),
    "edit": (sentence("Edit"), sentence("What to change in the picture")),
    "retry": (sentence("Edit & retry"), sentence("The prompt, as it should be")),
    "draft": (sentence("Edit & retry"), sentence("The prompt, as it should be")),
    "change": (sentence("Edit image"), sentence("What to change in the picture")),
}


class PromptForm(discord.ui.Modal):
    """Asks for a prompt, with one filled in to begin with."""

    def __init__(self, sign: Sign, words: Words, prompt: str = "") -> None:
        title, label = _ASKS[sign.verb]
        super().__init__(title=words.say(title)[:_LONGEST_TITLE], custom_id=str(sign), timeout=LIFE)
        field: discord.ui.TextInput[Any] = discord.ui.TextInput(
            style=discord.TextStyle.paragraph,
            custom_id=_PROMPT,
            default=prompt[:LONGEST_PROMPT] or None,
            min_length=1,
            max_length=LONGEST_PROMPT,
        )
        self.add_item(discord.ui.Label(text=words.say(label)[:_LONGEST_TITLE], component=field))

    async def on_submit(self, interaction: discord.Interaction[Any], /) -> None:
        """Hand it on, as a button does."""
        await submitted(interaction)


async def submitted(interaction: discord.Interaction[Any]) -> None:
    """A form was sent, whichever process has opened it; told twice of the same, nothing happens the second time."""
    if not interaction.extras.get(_SENT):
        interaction.extras[_SENT] = True
        interaction.client.dispatch(PRESSED, interaction)


def prompt_of(interaction: discord.Interaction[Any]) -> str | None:
    """What stands in the field, None if there is none, or more in it than can have been typed."""
    data: Any = interaction.data or {}
    found = next((field.get("value") for field in _fields(data) if field.get("custom_id") == _PROMPT), None)
    return found if isinstance(found, str) and len(found) <= LONGEST_PROMPT else None


def _fields(data: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Every field of a form, within a label or a row."""
    for part in data.get("components") or ():
        inner = part.get("component")
        yield from ([inner] if isinstance(inner, dict) else part.get("components") or [part])
