"""/imagine and /blend: pictures from words, from pictures, from several at once."""

from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.ui import options
from bot.ui.client import Bot
from bot.ui.translator import described, named

BLEND = "Blend these pictures into one harmonious picture."  # for the model; it reads English best


class Imagine(commands.Cog):
    """The commands."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot

    @app_commands.command(name=named("imagine"), description=described("Draw a picture from words, or from pictures"))
    @options.takes(
        options.PROMPT,
        *options.pictures(10),
        options.RATIO,
        options.SIZE,
        options.VARIATIONS,
        options.MODEL,
        options.FORMAT,
        options.VISIBILITY,
        options.TRANSPARENT,
        options.WEB_SEARCH,
        options.SEED,
        options.GUIDANCE,
    )
    async def imagine(self, interaction: discord.Interaction[Any], **given: Any) -> None:
        """Draw."""
        await self._bot.asking.ask(interaction, options.wanted(given, "imagine"))

    @app_commands.command(name=named("blend"), description=described("Merge two or more pictures into one"))
    @options.takes(*options.pictures(10, needed=2), options.RATIO, options.WISHES)
    async def blend(self, interaction: discord.Interaction[Any], **given: Any) -> None:
        """Blend."""
        wish = {"prompt": BLEND} | {name: value for name, value in given.items() if value is not None}
        await self._bot.asking.ask(interaction, options.wanted(wish, "blend"))


async def setup(bot: Bot) -> None:
    """Add them."""
    await bot.add_cog(Imagine(bot))
