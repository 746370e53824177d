"""The menu of a message: Edit image, Use as reference, Image info, Report image, Delete image."""

from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.studio import queue
from bot.studio.job import Job
from bot.ui import remarks
from bot.ui.acks import acknowledged
from bot.ui.buttons import Sign, pins_view
from bot.ui.client import Bot
from bot.ui.modals import PromptForm
from bot.ui.ours import job_of
from bot.ui.pins import MOST
from bot.ui.translator import menu
from bot.words import Words, sentence

_NONE = sentence("I see no picture in this message · choose one with a picture, or attach it to `/edit`")
_NOT_MINE = sentence("This is not a picture of mine")


class Menus(commands.Cog):
    """The menus, which discord.py takes one by one."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot
        self._menus = [
            app_commands.ContextMenu(name=menu("Edit image"), callback=self.edit),
            app_commands.ContextMenu(name=menu("Use as reference"), callback=self.use),
            app_commands.ContextMenu(name=menu("Image info"), callback=self.info),
            app_commands.ContextMenu(name=menu("Report image"), callback=self.report),
            app_commands.ContextMenu(name=menu("Delete image"), callback=self.delete),
        ]

    async def cog_load(self) -> None:
        """Put them into the menu."""
        for each in self._menus:
            self._bot.tree.add_command(each)

    async def cog_unload(self) -> None:
        """Take them out again."""
        for each in self._menus:
            self._bot.tree.remove_command(each.name, type=each.type)

    async def edit(self, interaction: discord.Interaction[Any], message: discord.Message) -> None:
        """Ask what to change, and keep what it is about until that is said."""
        words, user = Words(str(interaction.locale)), interaction.user.id
        sources = self._bot.collector.in_message(message)
        if not sources:
            await _say(interaction, words.say(_NONE))
            return
        job = await self._job(message)
        parent = job.id if job is not None and job.who.user == user else None
        await self._bot.drafts.keep_pictures(user, interaction.id, sources, parent)
        await interaction.response.send_modal(PromptForm(Sign("change", interaction.id), words))

    async def use(self, interaction: discord.Interaction[Any], message: discord.Message) -> None:
        """Keep the pictures at hand for what is asked next."""
        words = Words(str(interaction.locale))
        sources = self._bot.collector.in_message(message)
        if not sources:
            await _say(interaction, words.say(_NONE))
            return
        if await acknowledged(interaction, private=True) is None:
            return
        model, user = self._bot.asking.default_model, interaction.user.id
        async with self._bot.gatherer.gather(sources[:MOST], model, user) as gathered:
            kept = await self._bot.pins.pin(user, gathered)
        lines = [remarks.problem(words, found) for found in gathered.problems]
        if gathered.references:
            lines.insert(
                0,
                words.plural(
                    "{count} picture is kept as a reference for an hour, for everything that you ask for",
                    "{count} pictures are kept as references for an hour, for everything that you ask for",
                    len(kept),
                ),
            )
        view = pins_view(words) if kept else None
        text = "\n".join(lines)[:2000]
        await interaction.edit_original_response(content=text, view=view, allowed_mentions=_SILENT)

    async def info(self, interaction: discord.Interaction[Any], message: discord.Message) -> None:
        """Tell what is known of a picture."""
        job = await self._job(message)
        if job is None:
            await _say(interaction, Words(str(interaction.locale)).say(_NOT_MINE))
        else:
            await self._bot.presses.about(interaction, job)

    async def report(self, interaction: discord.Interaction[Any], message: discord.Message) -> None:
        """Ask what is wrong with a picture of ours, for its moderators."""
        job = await self._job(message)
        if job is None:
            await _say(interaction, Words(str(interaction.locale)).say(_NOT_MINE))
        else:
            await self._bot.desk.ask(interaction, job.id, message.id)

    async def delete(self, interaction: discord.Interaction[Any], message: discord.Message) -> None:
        """Delete a picture of ours, for those who may."""
        job = await self._job(message)
        if job is None:
            await _say(interaction, Words(str(interaction.locale)).say(_NOT_MINE))
        else:
            await self._bot.presses.delete(interaction, job, message)

    async def _job(self, message: discord.Message) -> Job | None:
        """The job that a message of ours is about; what others write is not believed."""
        number = job_of(message) if self._bot.user and message.author.id == self._bot.user.id else None
        if number is None:
            return None
        return await self._bot.house.database.read(lambda tx: queue.load(tx, number))


_SILENT = discord.AllowedMentions.none()


async def _say(interaction: discord.Interaction[Any], text: str) -> None:
    await interaction.response.send_message(text, ephemeral=True, allowed_mentions=_SILENT)


async def setup(bot: Bot) -> None:
    """Add them."""
    await bot.add_cog(Menus(bot))
