"""/usage: what is left, and when it comes back."""

from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.ui import cards
from bot.ui.client import Bot
from bot.ui.places import who_of
from bot.ui.translator import described, named
from bot.words import Words


class Usage(commands.GroupCog, group_name=named("usage"), group_description=described("What is left")):
    """The commands."""

    def __init__(self, bot: Bot) -> None:
        super().__init__()
        self._bot = bot

    @app_commands.command(name=named("me"), description=described("What you may still ask for, and when more returns"))
    async def me(self, interaction: discord.Interaction[Any]) -> None:
        """One's own allowances."""
        standing = await self._bot.house.studio.standing(who_of(interaction))
        text = cards.usage(Words(str(interaction.locale)), standing)
        silent = discord.AllowedMentions.none()
        await interaction.response.send_message(text, ephemeral=True, allowed_mentions=silent)


async def setup(bot: Bot) -> None:
    """Add them."""
    await bot.add_cog(Usage(bot))
