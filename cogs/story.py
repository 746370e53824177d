"""/story: one connected set of pictures."""

from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.ui import options
from bot.ui.client import Bot
from bot.ui.translator import described, named


class Story(commands.Cog):
    """The command."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot

    @app_commands.command(name=named("story"), description=described("Draw a set of pictures that belong together"))
    @options.takes(
        options.PROMPT,
        options.IMAGES,
        *options.pictures(5),
        options.RATIO,
        options.SIZE,
        options.MODEL,
        options.VISIBILITY,
    )
    async def story(self, interaction: discord.Interaction[Any], **given: Any) -> None:
        """Draw them."""
        await self._bot.asking.ask(interaction, options.wanted(given, "story"))


async def setup(bot: Bot) -> None:
    """Add it."""
    await bot.add_cog(Story(bot))
