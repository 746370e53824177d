"""Brings the pictures of jobs that are over once more: from where they were made while that lasts, else from the
messages that they are in, which last as long as nobody deletes them."""

import re
from collections.abc import Callable, Iterable
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path

import discord

from bot.seedream.errors import SeedreamError
from bot.studio.courier import CourierError
from bot.studio.job import Delivery, Job, Origin, Result
from bot.ui import words
from bot.ui.delivery import RestCourier
from bot.ui.faults import Barred, TooLarge, plainly
from bot.ui.ours import job_of
from bot.ui.packing import DoesNotFit, Packer
from bot.ui.rest import PATIENCE
from bot.ui.upload import Upload

SOON = 120.0  # seconds; a link that ends sooner may end while it is used
_OURS = re.compile(r"seedream-(\d+)-(\d+)\.(\w+)$")


class Reprints:
    """Finds pictures and brings them. `home` is the data folder."""

    def __init__(
        self,
        client: discord.Client,
        packer: Packer,
        home: Path,
        now: Callable[[], float],
        patience: float = PATIENCE,
    ) -> None:
        self._client = client
        self._packer = packer
        self._home = home
        self._now = now
        self._patience = patience
        self._courier = RestCourier(client, packer, now=now, patience=patience)

    async def bring(self, job: Job, origin: Origin, seen: discord.Message | None = None) -> Delivery | None:
        """Bring them there, with their buttons; None if there is nothing left to bring. `seen` is a message that may
        hold them. Raises CourierError."""
        pictures = await self.pictures(job, seen)
        if not pictures:
            return None
        there = replace(job, origin=origin, delivery=None)
        delivery = await self._courier.deliver(there, pictures, None)
        if delivery.delivered or delivery.kept:
            return delivery
        return None

    async def pictures(self, job: Job, seen: discord.Message | None = None) -> list[Result]:
        """Every picture of the job that can still be had, from where it is to be had."""
        found = {picture.index: picture for picture in job.pictures if self._lasts(picture)}
        wanted = {picture.index for picture in job.pictures} | set(job.delivery.delivered if job.delivery else ())
        if wanted <= found.keys() and found:
            return [found[index] for index in sorted(found)]
        posted = attached(seen.attachments if seen else (), job)
        for message in job.delivery.messages if job.delivery else ():
            if wanted <= found.keys() | posted.keys():
                break
            posted |= await self._in_message(job, message)
        return [picture for _, picture in sorted((posted | found).items())]

    async def thumbnail(self, job: Job) -> str | None:
        """Discord's own link to the first picture, if it is there for all to see and its message may be read."""
        if job.delivery is None or not job.delivery.messages or job.origin.visibility != "public":
            return None
        found = await self._in_message(job, job.delivery.messages[0])
        return found[min(found)].url if found else None

    async def hide(self, job: Job, messages: Iterable[int]) -> bool:
        """Put the pictures in these messages behind a spoiler; whether that could be done in all of them."""
        done = [await self._hide(job, message) for message in messages]
        return bool(done) and all(done)

    async def _hide(self, job: Job, number: int) -> bool:
        message = await self._message(job, number)
        found = attached(message.attachments, job) if message is not None else {}
        if not found:  # in a ZIP nobody sees what is in it
            return message is not None and job_of(message) == job.id and bool(message.attachments)
        place = self._client.get_partial_messageable(job.origin.channel).get_partial_message(number)
        try:
            async with AsyncExitStack() as stack:
                uploads = []
                for index, picture in sorted(found.items()):
                    packed = await stack.enter_async_context(self._packer.pack(picture, job.origin.upload_limit))
                    name = f"seedream-{job.id}-{index + 1}.{packed.extension}"
                    uploads.append(Upload(packed.content, name, spoiler=True, description=words.alt(job, picture)))
                silent = discord.AllowedMentions.none()
                await plainly(place.edit(attachments=uploads, allowed_mentions=silent), self._patience)
        except (Barred, TooLarge, CourierError, SeedreamError, DoesNotFit):
            return False
        return True

    async def _in_message(self, job: Job, number: int) -> dict[int, Result]:
        """What a message of ours holds of the job, if it is still there and may be read."""
        message = await self._message(job, number)
        return attached(message.attachments, job) if message is not None else {}

    async def _message(self, job: Job, number: int) -> discord.Message | None:
        channel = self._client.get_partial_messageable(job.origin.channel)
        try:
            return await plainly(channel.fetch_message(number), self._patience)
        except (Barred, CourierError):
            return None

    def _lasts(self, picture: Result) -> bool:
        if picture.file is not None:
            return (self._home / picture.file).is_file()
        return picture.url is not None and (picture.expires_at is None or picture.expires_at > self._now() + SOON)


def attached(attachments: Iterable[discord.Attachment], job: Job) -> dict[int, Result]:
    """The pictures of this job among attachments, by index: they are known by their names."""
    found = {}
    layers = {picture.index: picture.layer for picture in job.pictures}
    for attachment in attachments:
        name = _OURS.search(attachment.filename)
        if name and int(name[1]) == job.id:
            size = f"{attachment.width}x{attachment.height}" if attachment.width and attachment.height else None
            index = int(name[2]) - 1
            found[index] = Result(index, url=attachment.url, size=size, format=name[3], layer=layers.get(index))
    return found
