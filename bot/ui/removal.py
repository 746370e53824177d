"""Takes the pictures of a job out of Discord and out of the database; what was asked for stays in the history."""

from collections.abc import Container, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

import discord

from bot.store.database import Database
from bot.studio.courier import CourierError
from bot.studio.history import forget_pictures
from bot.studio.job import Job
from bot.studio.office import Office
from bot.ui.acks import acknowledged
from bot.ui.faults import Barred, plainly
from bot.ui.places import who_of
from bot.ui.route import Way

PATIENCE = 30.0  # seconds for each message


class Removal:
    """Deletes messages of ours; whether somebody may have that is asked elsewhere."""

    def __init__(self, client: discord.Client, database: Database, office: Office) -> None:
        self._client = client
        self._database = database
        self._office = office

    async def remove(
        self, interaction: discord.Interaction[Any], job: Job, message: discord.Message | None, done: str, not_done: str
    ) -> None:
        """Delete the message that was pressed and all others with pictures of the job; say what has come of it."""
        pressed = message if interaction.type is discord.InteractionType.component else None
        gone = set[int]()
        try:
            if pressed is not None:  # its own interaction may delete it wherever it is
                await plainly(interaction.response.defer(), PATIENCE)
                await plainly(interaction.delete_original_response(), PATIENCE)
                gone.add(pressed.id)
        except (Barred, CourierError):
            gone.clear()
        if pressed is None and await acknowledged(interaction, private=True) is None:
            return
        seen = {message.id: message.channel.id} if message is not None else {}
        clean = await self.clear(job, seen, gone)
        if job.who.user == interaction.user.id:
            await self._database.write(lambda tx: forget_pictures(tx, job.id))
        else:  # whoever may delete the messages of others moderates here, and that is written down
            await self._office.delete_result(replace(who_of(interaction), moderator=True), job.id)
        await _tell(interaction, done if clean else not_done, further=pressed is not None)

    async def clear(self, job: Job, seen: Mapping[int, int], gone: Container[int] = ()) -> bool:
        """Delete all messages with pictures of a job, and those that were `seen` with their channels; whether none of
        them is left."""
        brought = job.delivery.messages if job.delivery else ()
        try:
            places = {**dict.fromkeys(brought, await self._brought_to(job)), **seen}
        except (Barred, CourierError):
            return False
        clean = [await self._delete(channel, number) for number, channel in places.items() if number not in gone]
        return all(clean)

    async def _brought_to(self, job: Job) -> int:
        """The channel that the messages of a job are in. Raises Barred and CourierError."""
        if job.delivery is None or job.delivery.way != Way.DM.value:
            return job.origin.channel
        return (await plainly(self._client.create_dm(discord.Object(job.who.user)), PATIENCE)).id

    async def _delete(self, channel: int, number: int) -> bool:
        place = self._client.get_partial_messageable(channel).get_partial_message(number)
        try:
            await plainly(_delete_quietly(place), PATIENCE)
        except (Barred, CourierError):
            return False
        return True


async def _delete_quietly(place: discord.PartialMessage) -> None:
    """What is gone already needs no deleting."""
    with suppress(discord.NotFound):
        await place.delete()


async def _tell(interaction: discord.Interaction[Any], text: str, *, further: bool) -> None:
    silent = discord.AllowedMentions.none()
    with suppress(Barred, CourierError):
        if further:
            await plainly(interaction.followup.send(text, ephemeral=True, wait=True, allowed_mentions=silent), PATIENCE)
        else:
            await plainly(interaction.edit_original_response(content=text, allowed_mentions=silent), PATIENCE)
