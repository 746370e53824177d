"""/edit: change pictures with words."""

from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.ui import options
from bot.ui.client import Bot
from bot.ui.translator import described, named


class Edit(commands.Cog):
    """The command."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot

    @app_commands.command(name=named("edit"), description=described("Change a picture with words"))
    @options.takes(options.PROMPT, *options.pictures(4), options.RATIO, options.SIZE, options.MODEL)
    async def edit(self, interaction: discord.Interaction[Any], **given: Any) -> None:
        """Edit."""
        await self._bot.asking.ask(interaction, options.wanted(given, "edit"))


async def setup(bot: Bot) -> None:
    """Add it."""
    await bot.add_cog(Edit(bot))
