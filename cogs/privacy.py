"""/privacy: what is kept of me, as a file, away with it, and who may use my pictures; and servers that were left."""

from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.ui.client import Bot
from bot.ui.privacy import Desk
from bot.ui.translator import described, named


class Privacy(
    commands.GroupCog,
    group_name=named("privacy"),
    group_description=described("What I keep about you, and how to end that"),
):
    """The commands. What a button does is added to the other buttons."""

    def __init__(self, bot: Bot) -> None:
        super().__init__()
        self._bot = bot

    def moved_in(self) -> None:
        """There is a house."""
        self._desk = Desk(self._bot, self._bot.house)
        self._bot.presses.teach("forget", self._desk.forget)

    @app_commands.command(
        name=named("show"), description=described("What I keep about you, for how long, and who else gets what")
    )
    async def show(self, interaction: discord.Interaction[Any]) -> None:
        """Tell it in plain words."""
        await self._desk.show(interaction)

    @app_commands.command(name=named("export"), description=described("Everything I keep about you, as a file"))
    async def export(self, interaction: discord.Interaction[Any]) -> None:
        """Hand it out."""
        await self._desk.export(interaction)

    @app_commands.command(name=named("delete"), description=described("Make me forget everything about you"))
    async def delete(self, interaction: discord.Interaction[Any]) -> None:
        """Explain it, and ask."""
        await self._desk.ask(interaction)

    @app_commands.command(
        name=named("consent"),
        description=described("Whether others may use your pictures and your avatar as references"),
    )
    @app_commands.rename(allow=named("allow"))
    @app_commands.describe(allow=described("Yes or no; left out, I tell you how it is now"))
    async def consent(self, interaction: discord.Interaction[Any], allow: bool | None = None) -> None:
        """Change or tell it."""
        await self._desk.consent(interaction, allow)

    @commands.Cog.listener()
    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """Somebody has removed the bot, or the server is gone; a server that is only away is another event."""
        await self._bot.house.privacy.left(guild.id)

    @commands.Cog.listener()
    async def on_guild_join(self, guild: discord.Guild) -> None:
        """Somebody has invited the bot."""
        await self._bot.house.privacy.back(guild.id)

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        """Notice what has happened while nobody looked; servers that are away are among those that Discord names."""
        await self._bot.house.privacy.present({guild.id for guild in self._bot.guilds}, self._is_ours)

    def _is_ours(self, server: int) -> bool:
        """Whether a server is one of the shards of this process."""
        shards, count = self._bot.shard_ids, self._bot.shard_count or 1
        return shards is None or (server >> 22) % count in shards


async def setup(bot: Bot) -> None:
    """Add them."""
    await bot.add_cog(Privacy(bot))
