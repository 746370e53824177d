"""Buttons and forms, whenever and by whichever process they were made."""

from collections.abc import Iterator
from typing import Any

import discord
from discord.ext import commands

from bot.ui.buttons import PRESSED
from bot.ui.client import Bot
from bot.ui.modals import submitted
from bot.ui.press import Press

_OURS = "sd:"


class Buttons(commands.Cog):
    """The listeners. What goes wrong in them is told by the client."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot

    @commands.Cog.listener(f"on_{PRESSED}")
    async def pressed(self, interaction: discord.Interaction[Any]) -> None:
        """Do what it says."""
        await self._bot.presses.pressed(interaction)

    @commands.Cog.listener("on_interaction")
    async def unheard(self, interaction: discord.Interaction[Any]) -> None:
        """What discord.py does not hand on: forms from before a restart, and buttons that no message has."""
        data: Any = interaction.data or {}
        custom_id = data.get("custom_id")
        if not isinstance(custom_id, str):
            return
        if interaction.type is discord.InteractionType.modal_submit and custom_id.startswith(_OURS):
            await submitted(interaction)
        elif interaction.type is discord.InteractionType.component and _said(data) not in _buttons(interaction.message):
            await Press(interaction).stale()


def _said(data: Any) -> tuple[object, object]:
    return data.get("component_type"), data.get("custom_id")


def _buttons(message: discord.Message | None) -> Iterator[tuple[object, object]]:
    """Every button and select of a message, as a press names it; all of ours begin alike."""
    waiting: list[Any] = list(message.components) if message else []
    while waiting:
        part = waiting.pop()
        waiting += [*getattr(part, "children", ()), *filter(None, [getattr(part, "accessory", None)])]
        yield part.type.value, getattr(part, "custom_id", None)


async def setup(bot: Bot) -> None:
    """Add them."""
    await bot.add_cog(Buttons(bot))
