"""/settings: what somebody chooses for themselves, and what moderators lay down for their server."""

from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.ui.client import Bot
from bot.ui.integrations import commands_of
from bot.ui.settings.desk import SERVER, ServerDesk
from bot.ui.settings.elsewhere import Elsewhere
from bot.ui.settings.mine import PERSON, PersonDesk
from bot.ui.translator import described, named


class Settings(
    commands.GroupCog,
    group_name=named("settings"),
    group_description=described("Settings for you, and for this server"),
):
    """The commands. Who may open the server's panel is asked by the panel itself, at each press."""

    def __init__(self, bot: Bot) -> None:
        super().__init__()
        self._bot = bot

    def moved_in(self) -> None:
        """There is a house."""
        bot = self._bot
        elsewhere = Elsewhere(bot.integrations, commands_of(bot.tree))
        self._server = ServerDesk(bot.house, bot.asking.default_model, elsewhere)
        self._mine = PersonDesk(bot.house, bot.asking.default_model)
        bot.presses.teach(SERVER, self._server.pressed)
        bot.presses.teach(PERSON, self._mine.pressed)

    @app_commands.command(name=named("me"), description=described("Your model, ratio, size, visibility and language"))
    async def me(self, interaction: discord.Interaction[Any]) -> None:
        """Somebody's own panel."""
        await self._mine.open(interaction)

    @app_commands.command(
        name=named("server"), description=described("Who, where, how much: the settings of this server (moderators)")
    )
    async def server(self, interaction: discord.Interaction[Any]) -> None:
        """The server's panel."""
        await self._server.open(interaction)


async def setup(bot: Bot) -> None:
    """Add them."""
    await bot.add_cog(Settings(bot))
