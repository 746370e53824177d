"""/layers: a picture taken apart into its layers."""

from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.ui import options
from bot.ui.client import Bot
from bot.ui.translator import described, named


class Layers(commands.Cog):
    """The command."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot

    @app_commands.command(name=named("layers"), description=described("Split a picture into layers, with a ZIP of all"))
    @options.takes(options.IMAGE, options.PARTS, options.LAYERING)
    async def layers(self, interaction: discord.Interaction[Any], **given: Any) -> None:
        """Ask whether it may be split; layers are PNG, and so is the picture below them."""
        await self._bot.asking.ask(interaction, options.wanted({**given, "format": "png"}, "layers"))


async def setup(bot: Bot) -> None:
    """Add it."""
    await bot.add_cog(Layers(bot))
