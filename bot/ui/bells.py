"""Tells those who want it that their pictures are there: by a mention below them, by a direct message with a link.

Edits, by which pictures arrive, make no sound at Discord.
"""

import logging
from collections.abc import Awaitable
from dataclasses import replace
from typing import Any

import discord

from bot.store.database import Database
from bot.store.errors import StoreError
from bot.studio import preferences
from bot.studio.checks import Offer
from bot.studio.courier import CourierError
from bot.studio.job import Delivery, Job
from bot.studio.preferences import Person
from bot.ui.cards import jump
from bot.ui.faults import Barred, plainly
from bot.ui.rest import Letter, Post
from bot.ui.route import Way
from bot.words import Words, sentence

log = logging.getLogger(__name__)

PATIENCE = 5.0  # seconds for each; the next delivery may wait for this one

_THERE = sentence("Your pictures are ready: {where}")
_HIDDEN = sentence("Your pictures are ready: #{id}, only you can see them · bring them here with `/show {id}`")
_DONE = sentence("{user} your pictures are ready")
_CLOSED = sentence(
    "I could not write to you, so **DM when done** is off again · allow direct messages from this server, "
    "then turn it on in `/settings me`"
)


class Bells:
    """Over a client that is logged in, and what people have chosen."""

    def __init__(self, client: discord.Client, database: Database, offer: Offer, patience: float = PATIENCE) -> None:
        self._client = client
        self._database = database
        self._offer = offer
        self._patience = patience

    async def dm_allowed(self, user: int) -> bool:
        """Whether somebody has asked for direct messages: Discord wants none of those that nobody has."""
        return (await self._person(user)).dm_when_done

    async def ring(self, job: Job, delivery: Delivery) -> None:
        """Tell them, if they want it; for several pictures of one wish once. What does not get through is no harm."""
        if not delivery.delivered or job.origin.further or delivery.way == Way.DM.value:
            return
        person = await self._person(job.who.user)
        if person.dm_when_done:
            await self._gently(job, self._write(job, delivery))
        if person.ping_when_done:
            await self._gently(job, self._mention(job, delivery))

    async def _write(self, job: Job, delivery: Delivery) -> None:
        said = Words(job.origin.locale).say
        where = jump(replace(job, delivery=delivery))
        text = said(_THERE, where=where) if where else said(_HIDDEN, id=job.id)
        try:
            channel = await plainly(self._client.create_dm(discord.Object(job.who.user)), self._patience)
            sent = channel.send(text, nonce=f"sd-{job.id}-dm", allowed_mentions=discord.AllowedMentions.none())
            await plainly(sent, self._patience)
        except Barred as error:
            log.info("Job %d: a direct message was not taken: %s", job.id, error)
            await self._no_more(job, delivery)

    async def _no_more(self, job: Job, delivery: Delivery) -> None:
        """It would be the same the next time: it is said once, and not tried again."""
        user, offer = job.who.user, self._offer
        await self._database.write(lambda tx: preferences.save_person(tx, user, {"dm_when_done": None}, offer))
        text = Words(job.origin.locale).say(_CLOSED)
        if job.origin.channel and job.origin.visibility != "private":
            await plainly(self._below(job, delivery, text, "closed"), self._patience)
        elif job.origin.token is not None:
            letter = Letter(text, (), f"sd-{job.id}-closed")
            await Post(self._client, self._patience).bring(Way.FOLLOWUP, job.origin, letter)

    async def _mention(self, job: Job, delivery: Delivery) -> None:
        """What was asked in private is mentioned nowhere."""
        if job.origin.channel and job.origin.visibility != "private":
            text = Words(job.origin.locale).say(_DONE, user=f"<@{job.who.user}>")
            await plainly(self._below(job, delivery, text, "ping", loud=True), self._patience)

    def _below(
        self, job: Job, delivery: Delivery, text: str, which: str, *, loud: bool = False
    ) -> Awaitable[discord.Message]:
        """A reply to the pictures, in which nobody but the person can be mentioned."""
        channel = self._client.get_partial_messageable(job.origin.channel)
        pictures = channel.get_partial_message(delivery.messages[0])
        users: list[Any] = [discord.Object(job.who.user)] if loud else []
        heard = discord.AllowedMentions(everyone=False, roles=False, users=users, replied_user=False)
        whereto = pictures.to_reference(fail_if_not_exists=False)
        return channel.send(text, reference=whereto, nonce=f"sd-{job.id}-{which}", allowed_mentions=heard)

    async def _gently(self, job: Job, ringing: Awaitable[None]) -> None:
        try:
            await ringing
        except (Barred, CourierError, StoreError) as error:
            log.info("Job %d: nobody could be told that it is done: %s", job.id, error)

    async def _person(self, user: int) -> Person:
        try:
            return await self._database.read(lambda tx: preferences.load_person(tx, user))
        except StoreError as error:
            log.info("What a person wants to be told cannot be looked up: %s", error)
            return Person()
