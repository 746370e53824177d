"""What sees interactions come in, and under which name: a command, a menu, a button, a form."""

from typing import Any, Protocol

import discord

from bot.ui.buttons import Sign


class Onlooker(Protocol):
    """Hears of every interaction. It answers nothing, never waits, and never fails."""

    def arrived(self, interaction: int, name: str) -> None:
        """Discord has told of it just now."""

    def trace(self) -> Any:
        """What discord.py builds into its session so that answers are seen: an aiohttp.TraceConfig."""

    def failed(self, name: str) -> None:
        """Whoever asked was told that something went wrong."""


def name_of(interaction: discord.Interaction[Any]) -> str:
    """What was asked for, never what people have written."""
    match interaction.type:
        case discord.InteractionType.application_command:
            return interaction.command.qualified_name if interaction.command else "unknown"
        case discord.InteractionType.autocomplete:
            return "autocomplete"
        case discord.InteractionType.component:
            return f"button {_verb(interaction)}"
        case discord.InteractionType.modal_submit:
            return f"form {_verb(interaction)}"
    return "unknown"


def _verb(interaction: discord.Interaction[Any]) -> str:
    data: Any = interaction.data or {}
    sign = Sign.read(data.get("custom_id"))
    return sign.verb if sign else "unknown"
