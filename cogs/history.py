"""/history, /show and /queue: what somebody has asked for, before and now."""

from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.store.database import Transaction
from bot.studio import history, queue
from bot.studio.job import Job
from bot.studio.limits import Barrier, Refusal
from bot.ui import cards
from bot.ui.buttons import LONGEST_SEARCH, queue_view
from bot.ui.client import Bot
from bot.ui.places import who_of
from bot.ui.refusals import refused
from bot.ui.translator import described, named
from bot.words import Words

_LARGEST = 2**53 - 1  # the largest number that an option of Discord's takes
_CHOICE = 100  # characters


class History(commands.Cog):
    """The commands."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot

    @app_commands.command(name=named("history"), description=described("What you have asked for, newest first"))
    @app_commands.rename(search=named("search"), page=named("page"))
    @app_commands.describe(
        search=described("Words that are in the prompt"), page=described("Which page, the first if left out")
    )
    async def history(
        self,
        interaction: discord.Interaction[Any],
        search: app_commands.Range[str, 1, LONGEST_SEARCH] = "",
        page: app_commands.Range[int, 1, 100_000] = 1,
    ) -> None:
        """Look back."""
        await self._bot.presses.history(interaction, search, page)

    @app_commands.command(name=named("show"), description=described("Bring your pictures here again"))
    @app_commands.rename(number=named("id"))
    @app_commands.describe(number=described("The number that stands under the pictures"))
    async def show(self, interaction: discord.Interaction[Any], number: app_commands.Range[int, 1, _LARGEST]) -> None:
        """Bring it here."""
        job = await self._bot.house.database.read(lambda tx: queue.load(tx, number))
        if job is None or job.who.user != interaction.user.id:
            barrier = Barrier.NO_SUCH_JOB if job is None else Barrier.NOT_YOURS
            await _tell(interaction, refused(Refusal(barrier), str(interaction.locale)))
        else:
            await self._bot.presses.show(interaction, job, private=False)

    @show.autocomplete("number")
    async def _mine(self, interaction: discord.Interaction[Any], typed: str) -> list[app_commands.Choice[int]]:
        """One's own latest jobs, by number or by words of the prompt."""
        text = str(typed).removeprefix("#").strip()

        def find(tx: Transaction) -> tuple[Job, ...]:
            search = "" if text.isdecimal() else text
            return history.page(tx, interaction.user.id, search=search, size=25).jobs

        found = await self._bot.house.database.read(find)
        shown = [job for job in found if not text.isdecimal() or str(job.id).startswith(text)]
        return [app_commands.Choice(name=_name(job), value=job.id) for job in shown]

    @app_commands.command(name=named("queue"), description=described("What you are waiting for"))
    async def queue(self, interaction: discord.Interaction[Any]) -> None:
        """Show what is under way, with buttons to cancel it."""
        studio, words = self._bot.house.studio, Words(str(interaction.locale))
        open_jobs = await self._bot.house.database.read(
            lambda tx: history.under_way(tx, interaction.user.id, most=cards.LISTED)
        )
        found = [await studio.ticket(job.id) for job in open_jobs]
        tickets = [ticket for ticket in found if ticket is not None and not ticket.job.state.final]
        text = cards.queue(words, tickets, await studio.standing(who_of(interaction)))
        await _tell(interaction, text, queue_view([ticket.job for ticket in tickets], words))


def _name(job: Job) -> str:
    prompt = cards.code(job.request.get("prompt"), _CHOICE - 24).strip("`")
    return f"#{job.id} {prompt or job.verb}"[:_CHOICE]


async def _tell(
    interaction: discord.Interaction[Any], text: str, view: discord.ui.View = discord.utils.MISSING
) -> None:
    silent = discord.AllowedMentions.none()
    await interaction.response.send_message(text, view=view, ephemeral=True, allowed_mentions=silent)


async def setup(bot: Bot) -> None:
    """Add them."""
    await bot.add_cog(History(bot))
