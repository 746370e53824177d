"""The audit log channel, and what the owner of the bot is told: a task that lives as long as the bot."""

import asyncio

from discord.ext import commands

from bot.ui.client import Bot
from bot.ui.herald import Herald


class Audit(commands.Cog):
    """The task."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot
        self._task: asyncio.Task[None] | None = None

    def moved_in(self) -> None:
        """There is a house: begin."""
        self._task = asyncio.create_task(Herald(self._bot, self._bot.house).run(), name="herald")

    async def cog_unload(self) -> None:
        """End; what is just being told is told again by the next one, and Discord posts it once."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})


async def setup(bot: Bot) -> None:
    """Add it."""
    await bot.add_cog(Audit(bot))
