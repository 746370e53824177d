"""Pictures of a set as they come: those that are there are shown while the others are still drawn."""

import logging
from collections.abc import Sequence
from contextlib import AsyncExitStack

import discord

from bot.seedream.errors import SeedreamError
from bot.studio.job import Job, Result
from bot.ui.buttons import Fresh
from bot.ui.faults import TooLarge
from bot.ui.ladder import Ladder
from bot.ui.packing import PER_MESSAGE, REQUEST, Packed, Packer
from bot.ui.rest import Kept, Letter
from bot.ui.trip import upload_of

log = logging.getLogger(__name__)

_MANY = 200  # jobs that are remembered; a forgotten one shows its pictures only at its end


class Glimpses:
    """What is shown so far, by job and picture: Discord keeps it from edit to edit, so it is sent once."""

    def __init__(self, ladder: Ladder, packer: Packer) -> None:
        self._ladder = ladder
        self._packer = packer
        self._shown: dict[int, dict[int, Kept]] = {}

    async def show(self, job: Job, text: str, view: Fresh | None, pictures: Sequence[Result]) -> None:
        """Write over our message, with the pictures that are there and are small enough. Raises CourierError."""
        shown = self._shown.get(job.id, {})
        async with AsyncExitStack() as stack:
            new = await self._new(job, [picture for picture in pictures if picture.index not in shown], stack)
            uploads = [upload_of(job, packed) for packed in new[: PER_MESSAGE - len(shown)]]
            kept = [shown[index] for index in sorted(shown)]
            try:
                message = await self._ladder.edit(job, Letter(text, uploads, f"sd-{job.id}-at", view, kept))
            except TooLarge as error:
                log.info("Job %d: its pictures are shown at its end: %s", job.id, error)
                message = await self._ladder.edit(job, Letter(text, (), f"sd-{job.id}-at", view, kept))
        if message is not None and pictures:
            self._remember(job, message)

    def forget(self, job: Job) -> list[Kept]:
        """It has come to its end; what has been shown of it."""
        return list(self._shown.pop(job.id, {}).values())

    async def _new(self, job: Job, pictures: Sequence[Result], stack: AsyncExitStack) -> list[Packed]:
        found, room = [], REQUEST
        for picture in pictures:
            try:
                limit = min(room, job.origin.upload_limit)
                packed = await stack.enter_async_context(self._packer.as_it_is(picture, limit))
            except SeedreamError as error:
                log.info("Job %d: picture %d is not shown yet: %s", job.id, picture.index, error)
                continue
            if packed is not None:
                room -= packed.content.length
                found.append(packed)
        return found

    def _remember(self, job: Job, message: discord.Message) -> None:
        while len(self._shown) >= _MANY:
            del self._shown[next(iter(self._shown))]
        known = {}
        for attachment in message.attachments:
            number = attachment.filename.rpartition(".")[0].rpartition("-")[2]
            if number.isdecimal():
                known[int(number) - 1] = Kept(attachment.id, attachment.filename)
        self._shown[job.id] = known
