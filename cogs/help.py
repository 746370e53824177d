"""/help: what can I do here."""

from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.ui import cards, options
from bot.ui.client import Bot
from bot.ui.translator import described, named
from bot.words import Words


class Help(commands.Cog):
    """The command."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot

    @app_commands.command(name=named("help"), description=described("What you can do here"))
    async def help(self, interaction: discord.Interaction[Any]) -> None:
        """Tell it in a dozen lines."""
        house = self._bot.house
        models = [house.workshop.seedream.catalogue.models[key] for key in options.offered(house)]
        text = cards.guide(Words(str(interaction.locale)), models)
        silent = discord.AllowedMentions.none()
        await interaction.response.send_message(text, ephemeral=True, allowed_mentions=silent)


async def setup(bot: Bot) -> None:
    """Add it."""
    await bot.add_cog(Help(bot))
