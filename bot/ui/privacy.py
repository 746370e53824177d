"""What people may ask about themselves: what is kept, a copy of it, to be forgotten, and whose pictures others use."""

import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any

import discord

from bot.seedream.content import OnDisk
from bot.seedream.providers import PROVIDERS
from bot.studio import history
from bot.studio.courier import CourierError
from bot.studio.exporting import Export
from bot.studio.job import Job
from bot.ui import disclosures
from bot.ui.acks import acknowledged
from bot.ui.buttons import forget_view
from bot.ui.faults import Barred, TooLarge, plainly
from bot.ui.house import House
from bot.ui.ladder import Ladder
from bot.ui.press import PATIENCE, Press
from bot.ui.rest import Letter, Post
from bot.ui.upload import Upload
from bot.words import Words, sentence

log = logging.getLogger(__name__)

QUESTION_LIVES = 3600.0  # seconds: who answers later has forgotten what the question was
UPLOAD = 30.0  # seconds of silence while a file is sent
_STOPPED = sentence("✖️ Stopped: whoever asked for this wanted to be forgotten")
_REMEMBERED = 1000  # answers
_MOST_STOPPED = 100  # messages that are told of it
_TITLES: dict[str, str] = {name: provider.title for name, provider in PROVIDERS.items()}
_SILENT = discord.AllowedMentions.none()


class Desk:
    """Answers whoever asks, about themselves only, and nobody else sees it."""

    def __init__(self, client: discord.Client, house: House) -> None:
        self._house = house
        self._ladder = Ladder(Post(client), house.database.now)
        self._answered: list[int] = []  # questions that were answered, by their messages: fingers press twice

    async def show(self, interaction: discord.Interaction[Any]) -> None:
        """What is kept of them, and who else gets what."""
        found = await self._house.privacy.known(interaction.user.id)
        words = Words(str(interaction.locale))
        await _tell(interaction, disclosures.known(words, found, self._house.studio.providers, _TITLES))

    async def consent(self, interaction: discord.Interaction[Any], allow: bool | None) -> None:
        """Whether others may use their pictures; without a word, what holds now."""
        words, user = Words(str(interaction.locale)), interaction.user.id
        if allow is None:
            found = await self._house.privacy.known(user)
            await _tell(interaction, disclosures.consent(words, found.others_may_use))
            return
        await self._house.privacy.refuse(user, others=not allow)
        await _tell(interaction, disclosures.consented(words, allow))

    async def export(self, interaction: discord.Interaction[Any]) -> None:
        """A copy of everything, in as many files as it takes."""
        if await acknowledged(interaction, private=True) is None:
            return
        words = Words(str(interaction.locale))
        async with self._house.privacy.export(interaction.user.id, interaction.filesize_limit) as export:
            try:
                await self._hand_out(interaction, words, export)
            except TooLarge:
                said = words.say("It is too large for Discord · ask the owner of the bot for a copy")
                await Press(interaction).say(said)
            except (Barred, CourierError) as error:
                log.info("An export could not be handed out: %s", error)
                await Press(interaction).say(
                    words.say("Discord does not take the file just now · try again in a minute")
                )

    async def _hand_out(self, interaction: discord.Interaction[Any], words: Words, export: Export) -> None:
        """The first file is in the answer, the others follow it."""
        text = disclosures.handed_out(words, export)
        for number, path in enumerate(export.paths, 1):
            name = "my-data.zip" if len(export.paths) == 1 else f"my-data-{number}.zip"
            file = Upload(OnDisk(path), name)
            if number == 1:
                sent: Any = interaction.edit_original_response(
                    content=text, attachments=[file], allowed_mentions=_SILENT
                )
            else:
                sent = interaction.followup.send(file=file, ephemeral=True, wait=True, allowed_mentions=_SILENT)
            await plainly(sent, UPLOAD, [file])

    async def ask(self, interaction: discord.Interaction[Any]) -> None:
        """Say what being forgotten means, with a button that does it."""
        found = await self._house.privacy.known(interaction.user.id)
        words = Words(str(interaction.locale))
        await _tell(interaction, disclosures.question(words, found), forget_view(interaction.user.id, words))

    async def forget(self, press: Press) -> None:
        """They have said yes: everything goes, whether Discord takes the answer or not."""
        message = press.interaction.message
        age = None if message is None else (press.interaction.created_at - message.created_at).total_seconds()
        if press.is_form or press.sign.rest or press.sign.number != press.user or age is None or age > QUESTION_LIVES:
            await press.stale()
            return
        assert message is not None  # noqa: S101 - it has an age
        with suppress(Barred, CourierError):
            if message.id in self._answered:
                await plainly(press.interaction.response.defer(), PATIENCE)
                return
            self._answered = [*self._answered[-_REMEMBERED:], message.id]
            waiting = press.words.say("⏳ forgetting …")
            edited = press.interaction.response.edit_message(content=waiting, view=None, allowed_mentions=_SILENT)
            await plainly(edited, PATIENCE)
        async with self._asked_again(press, message.id):
            stopped = await self._under_way(press.user)
            gone = await self._house.privacy.forget(press.user)
        await press.say(disclosures.forgotten(press.words, gone))
        await self._close(stopped)

    @asynccontextmanager
    async def _asked_again(self, press: Press, number: int) -> AsyncIterator[None]:
        """When that goes wrong, they may press again; what went wrong is told by the client."""
        done = False
        try:
            yield
            done = True
        finally:
            if not done:
                self._answered.remove(number)
                said = press.words.say("I could not do it · press again in a few minutes")
                await press.say(said, forget_view(press.user, press.words))

    async def _under_way(self, user: int) -> Sequence[Job]:
        return await self._house.database.read(lambda tx: history.under_way(tx, user, most=_MOST_STOPPED))

    async def _close(self, jobs: Sequence[Job]) -> None:
        """Nobody waits any more for what was stopped: write so where it was asked for, as well as that goes."""
        for job in jobs:
            letter = Letter(Words(job.origin.locale).say(_STOPPED), (), f"sd-{job.id}-forgotten", only_words=True)
            try:
                await self._ladder.edit(job, letter)
            except (Barred, CourierError) as error:
                log.info("Job %d: its message stays as it was: %s", job.id, error)


async def _tell(interaction: discord.Interaction[Any], text: str, view: discord.ui.View | None = None) -> None:
    more: dict[str, Any] = {"view": view} if view is not None else {}
    await interaction.response.send_message(text, ephemeral=True, allowed_mentions=_SILENT, **more)
