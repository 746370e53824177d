"""/usage: what is left, and when it comes back; for moderators, what their server has used."""

from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.ui import allowances
from bot.ui.client import Bot
from bot.ui.places import who_of
from bot.ui.spending import IMAGES
from bot.ui.translator import described, named
from bot.ui.usage import Accounts
from bot.words import Words

VIEWS = {
    "images": described("Pictures"),
    "money": described("Money"),
    "models": described("By model"),
    "members": described("By member"),
}
THEMES = {"dark": described("Dark"), "light": described("Light")}
SPANS = {7: described("7 days"), 30: described("30 days"), 90: described("90 days")}
DEFAULT_DAYS = 30


class Usage(commands.GroupCog, group_name=named("usage"), group_description=described("What is left")):
    """The commands. What buttons do is added to the other buttons."""

    def __init__(self, bot: Bot) -> None:
        super().__init__()
        self._bot = bot

    def moved_in(self) -> None:
        """There is a house."""
        self._accounts = Accounts(self._bot)
        self._bot.presses.teach("usage", self._accounts.turn)

    @app_commands.command(name=named("me"), description=described("What you may still ask for, and when more returns"))
    async def me(self, interaction: discord.Interaction[Any]) -> None:
        """One's own allowances."""
        standing = await self._bot.house.studio.standing(who_of(interaction))
        text = allowances.told(Words(str(interaction.locale)), standing)
        silent = discord.AllowedMentions.none()
        await interaction.response.send_message(text, ephemeral=True, allowed_mentions=silent)

    @app_commands.command(
        name=named("server"), description=described("What this server has used, as a chart and a table: for moderators")
    )
    @app_commands.rename(days=named("days"), view=named("view"), theme=named("theme"))
    @app_commands.describe(
        days=described("How many days back, 30 if left out"),
        view=described("What to show, pictures per day if left out"),
        theme=described("The colours of the chart, dark if left out"),
    )
    @app_commands.choices(days=[app_commands.Choice(name=label, value=days) for days, label in SPANS.items()])
    @app_commands.choices(
        view=[app_commands.Choice(name=label, value=name) for name, label in VIEWS.items()],
        theme=[app_commands.Choice(name=label, value=name) for name, label in THEMES.items()],
    )
    async def server(
        self,
        interaction: discord.Interaction[Any],
        days: int = DEFAULT_DAYS,
        view: str = IMAGES,
        theme: str = "dark",
    ) -> None:
        """Draw it; whoever may not see it is told so."""
        known = days if days in SPANS else DEFAULT_DAYS
        await self._accounts.show(
            interaction, (view if view in VIEWS else IMAGES, known, theme if theme in THEMES else "dark")
        )


async def setup(bot: Bot) -> None:
    """Add them."""
    await bot.add_cog(Usage(bot))
