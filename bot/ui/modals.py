"""Forms that buttons and menus open. What is sent in them is read from the interaction itself, and what it is about
stands in their custom_id, so a form that was opened before a restart is understood after it."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from typing import Any

import discord

from bot.seedream.models import ImageRequest
from bot.studio.checks import LONGEST_REASON
from bot.studio.reports import LONGEST
from bot.ui.buttons import PRESSED, Sign
from bot.words import Words, sentence

LIFE = 900.0  # seconds; discord.py keeps a form that nobody sends for ever unless told otherwise
LONGEST_PROMPT = 4000  # Discord's limit for a field
LONGEST_TITLE = 45
_LONGEST_OPTION = 100
PROMPT, REASON = "prompt", "reason"
OPTIONS = ("model", "size", "ratio")  # the names that they have in a request, and in commands
LAYERED = ("model", "size")  # of those, what there is to choose for layers
MOST_REASON: Mapping[str, int] = {"report": LONGEST, "pause": LONGEST_REASON}
_SENT = "seedream_sent"

# What those are called in a form, where nothing else is a command.
_CALLED: Mapping[str, str] = {"model": sentence("Model"), "size": sentence("Size"), "ratio": sentence("Ratio")}
# By the verb: the title, and what the field is called.
_ASKS: Mapping[str, tuple[str, str]] = {
    "vary": (sentence("Vary"), sentence("New prompt")),
    "edit": (sentence("Edit"), sentence("What to change in the picture")),
    "retry": (sentence("Edit & retry"), sentence("New prompt")),
    "draft": (sentence("Edit & retry"), sentence("New prompt")),
    "change": (sentence("Edit image"), sentence("What to change in the picture")),
    "report": (sentence("Report image"), sentence("What is wrong with it?")),
    "pause": (sentence("Pause"), sentence("Why? Anyone who asks for pictures sees it")),
}


class _Form(discord.ui.Modal):
    """What all of them have in common."""

    _needed: Collection[str] = (PROMPT, REASON)

    def __init__(self, sign: Sign, words: Words) -> None:
        self._label = words.say(_ASKS[sign.verb][1])
        super().__init__(title=words.say(_ASKS[sign.verb][0])[:LONGEST_TITLE], custom_id=str(sign), timeout=LIFE)

    def _ask(
        self, label: str, name: str, before: str, most: int, style: discord.TextStyle = discord.TextStyle.short
    ) -> None:
        needed = name in self._needed
        field: discord.ui.TextInput[Any] = discord.ui.TextInput(
            style=style, custom_id=name, default=before[:most] or None, required=needed, max_length=most
        )
        self.add_item(discord.ui.Label(text=label[:LONGEST_TITLE], component=field))

    async def on_submit(self, interaction: discord.Interaction[Any], /) -> None:
        """Hand it on, as a button does."""
        await submitted(interaction)


class PromptForm(_Form):
    """Asks for a prompt, with one filled in to begin with; of a whole request also for what is most often wrong."""

    def __init__(self, sign: Sign, words: Words, prompt: str = "", request: ImageRequest | None = None) -> None:
        super().__init__(sign, words)
        layers = request is not None and request.layers
        self._needed = () if layers else self._needed
        self._ask(self._label, PROMPT, prompt, LONGEST_PROMPT, discord.TextStyle.paragraph)
        options = LAYERED if layers else OPTIONS if request is not None else ()
        for option in options:
            self._ask(words.say(_CALLED[option]), option, str(getattr(request, option) or ""), _LONGEST_OPTION)


class ReasonForm(_Form):
    """Asks why."""

    def __init__(self, sign: Sign, words: Words) -> None:
        super().__init__(sign, words)
        self._ask(self._label, REASON, "", MOST_REASON[sign.verb], discord.TextStyle.paragraph)


async def submitted(interaction: discord.Interaction[Any]) -> None:
    """A form was sent, whichever process has opened it; told twice of the same, nothing happens the second time."""
    if not interaction.extras.get(_SENT):
        interaction.extras[_SENT] = True
        interaction.client.dispatch(PRESSED, interaction)


def values_of(
    interaction: discord.Interaction[Any], needed: str = PROMPT, most: int = LONGEST_PROMPT
) -> dict[str, str] | None:
    """What stands in the fields, by their names; None if what is needed is not there, or there is more in one than
    can be typed."""
    values = written(interaction, most)
    return values if values is not None and needed in values else None


def written(interaction: discord.Interaction[Any], most: int = LONGEST_PROMPT) -> dict[str, str] | None:
    """What stands in the fields of any form; None if there is something in one that cannot have been typed."""
    data: Any = interaction.data or {}
    found = {str(field.get("custom_id")): field.get("value") for field in _fields(data)}
    values = {name: value for name, value in found.items() if isinstance(value, str) and len(value) <= most}
    return values if len(values) == len(found) else None


def changed(request: ImageRequest, values: Mapping[str, str]) -> ImageRequest:
    """The request with what stands in the fields of its form."""
    model = values.get("model", "").strip() or request.model
    given: dict[str, Any] = {name: values[name].strip() or None for name in ("size", "ratio") if name in values}
    return replace(request, prompt=values[PROMPT], model=model, **given)


def _fields(data: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Every field of a form, within a label or a row."""
    for part in data.get("components") or ():
        inner = part.get("component")
        yield from ([inner] if isinstance(inner, dict) else part.get("components") or [part])
