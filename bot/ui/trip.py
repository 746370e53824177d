"""One delivery: pictures are opened, cut into messages, brought; each of them ends delivered, kept or lost."""

import logging
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import replace

from bot.seedream.errors import Retry, SeedreamError
from bot.studio.courier import CourierError
from bot.studio.job import Delivery, Ending, Job, Result
from bot.studio.results import in_order
from bot.ui import words
from bot.ui.asides import beside
from bot.ui.bundle import bundle, least
from bot.ui.buttons import fresh, result_view
from bot.ui.faults import TooLarge
from bot.ui.ladder import Ladder
from bot.ui.layers import is_layered
from bot.ui.ours import BUNDLE
from bot.ui.packing import REQUEST, DoesNotFit, Packed, Packer, first_message
from bot.ui.rest import Kept, Letter
from bot.ui.route import Way
from bot.ui.upload import Upload, UploadBroken

log = logging.getLogger(__name__)

SMALLEST = 256 * 1024  # bytes; a picture is not made smaller than this to please a server


class Trip:
    """The state of one delivery; `stack` holds the pictures open until its end."""

    def __init__(
        self,
        ladder: Ladder,
        packer: Packer,
        job: Job,
        missing: Ending | None,
        stack: AsyncExitStack,
        shown: Sequence[Kept] = (),
    ) -> None:
        self._ladder = ladder
        self._shown = shown  # in the message that will be edited
        self._packer = packer
        self._job = job
        self._missing = missing
        self._stack = stack
        self._limit = job.origin.upload_limit
        self._request = max(REQUEST, self._limit)
        self._delivered: list[int] = []
        self._kept: list[int] = []
        self._messages: list[int] = []
        self._way = ""
        self._untold = words.Absent()
        self._first: tuple[Sequence[Result], words.Absent] = ((), self._untold)  # what the first message tells of
        self._brought: list[Packed] = []
        # Brought once more within minutes, Discord would take messages for those from before.
        self._mark = f"sd-{job.id}" if job.origin.key == job.key else job.origin.key.rpartition(":")[2]

    async def run(self, pictures: Sequence[Result]) -> Delivery:
        """Bring them all; raises CourierError when the whole has to be tried again."""
        left = await self._pack(in_order(pictures))
        too_much = self._measure_bundle(left)
        while left or (self._kept and not self._messages):
            batch = first_message(left, self._request)
            uploads = [upload_of(self._job, packed) for packed in batch]
            letter = self._letter(batch, uploads)
            try:
                way, message = await self._ladder.send(self._job, letter, further=bool(self._messages))
            except TooLarge as error:
                left = await self._smaller(left, batch, error)
                continue
            except CourierError:
                broken = [packed for packed, upload in zip(batch, uploads, strict=True) if self._broke(packed, upload)]
                if not broken:
                    raise
                left = [packed for packed in left if packed not in broken]
                continue
            self._way = self._way or way.value
            if way is Way.KEPT:
                waiting = [packed.picture.index for packed in left if packed.picture.index not in self._kept]
                self._kept += waiting
                self._untold = replace(self._untold, kept=self._untold.kept + len(waiting))
                break
            if not self._messages:
                self._first = ([packed.picture for packed in batch], self._untold)
            self._delivered += [packed.picture.index for packed in batch]
            self._brought += batch
            self._messages.append(message)
            self._untold = words.Absent()
            left = left[len(batch) :]
        if is_layered(self._job) and len(self._brought) > 1 and not left and not too_much:
            await self._bring_bundle()
        if self._messages and self._untold != words.Absent():
            await self._tell_in_the_first()
        return Delivery(tuple(self._delivered), tuple(sorted(self._kept)), tuple(self._messages), self._way)

    async def _pack(self, pictures: Sequence[Result]) -> list[Packed]:
        packed = [await self._open(picture) for picture in pictures]
        return [picture for picture in packed if picture is not None]

    async def _open(self, picture: Result) -> Packed | None:
        try:
            return await self._stack.enter_async_context(self._packer.pack(picture, self._limit))
        except SeedreamError as error:
            self._gone(picture, error)
        except DoesNotFit as error:
            self._keep(picture, error)
        return None

    async def _smaller(self, left: list[Packed], batch: list[Packed], why: TooLarge) -> list[Packed]:
        """What is left, for messages that are half as large: fewer pictures in each, then smaller ones."""
        if len(batch) > 1:
            self._request = sum(packed.content.length for packed in batch) // 2
            return left
        self._limit = max(SMALLEST, batch[0].content.length // 2)
        if batch[0].content.length <= SMALLEST:
            self._keep(batch[0].picture, why)
            return left[1:]
        again = [
            packed if packed.content.length <= self._limit else await self._open(packed.picture) for packed in left
        ]
        return [packed for packed in again if packed is not None]

    def _broke(self, packed: Packed, upload: Upload) -> bool:
        """Whether it was this picture, and not Discord, that cut the message off."""
        if upload.broken is not None:
            self._gone(packed.picture, upload.broken)
        return upload.broken is not None

    def _gone(self, picture: Result, error: Exception) -> None:
        """It cannot be read: for good, or only now; what is paid for and may be had later is kept."""
        lost = isinstance(error, UploadBroken) or (isinstance(error, SeedreamError) and error.retry is Retry.NEVER)
        if not lost:
            self._keep(picture, error)
            return
        self._untold = replace(self._untold, lost=self._untold.lost + 1)
        log.warning("Job %d: picture %d is lost: %s", self._job.id, picture.index, error)

    def _keep(self, picture: Result, error: Exception) -> None:
        self._kept.append(picture.index)
        self._untold = replace(self._untold, kept=self._untold.kept + 1)
        log.warning("Job %d: picture %d is kept: %s", self._job.id, picture.index, error)

    def _measure_bundle(self, packed: Sequence[Packed]) -> bool:
        """Whether all layers are too large for one file: the first message says so."""
        length = least(packed)
        if not is_layered(self._job) or length <= self._limit:
            return False
        self._untold = replace(self._untold, zip=words.Unzipped(length, self._limit))
        return True

    async def _bring_bundle(self) -> None:
        """All layers in one file, in a message of its own: no picture is lost because of it, or brought twice."""
        text = words.bundled(self._job)
        try:
            async with bundle(self._job, self._brought, self._packer.spool) as content:
                name = f"seedream-{self._job.id}-{BUNDLE}.zip"
                upload = Upload(content, name, spoiler=self._job.origin.visibility == "spoiler")
                letter = Letter(text, (upload,), f"{self._mark}-zip", facts=text)
                way, message = await self._ladder.send(self._job, letter, further=True)
        except TooLarge:
            self._untold = replace(self._untold, zip=words.Unzipped(content.length))
        except (OSError, SeedreamError) as error:
            log.warning("Job %d: there is no ZIP of its layers: %s", self._job.id, error)
            self._untold = replace(self._untold, zip=words.Unzipped())
        except CourierError:
            # What was asked for in private can be posted again only by what keeps nothing from being there twice.
            if self._job.origin.visibility != "private" or len(self._messages) == 1:
                raise
            self._untold = replace(self._untold, zip=words.Unzipped())
        else:
            if way is Way.KEPT:
                self._untold = replace(self._untold, zip=words.Unzipped())
            else:
                self._messages.append(message)

    async def _tell_in_the_first(self) -> None:
        """No further message will say what else there was: the one that has arrived does."""
        shown, told = self._first
        zip_ = told.zip or self._untold.zip
        absent = words.Absent(told.kept + self._untold.kept, told.lost + self._untold.lost, zip_)
        letter = replace(self._heading(shown, absent), only_words=True)
        origin = replace(self._job.origin, answer=self._messages[0])
        if self._way != Way.ORIGINAL.value:
            origin = replace(origin, token=None)  # it is not the interaction's own answer
        try:
            await self._ladder.edit(replace(self._job, origin=origin), letter)
        except (TooLarge, CourierError) as error:
            log.info("Job %d: what is missing could not be told: %s", self._job.id, error)

    def _letter(self, batch: Sequence[Packed], uploads: Sequence[Upload]) -> Letter:
        shown = [packed.picture for packed in batch]
        if self._messages:
            text = words.facts(self._job, shown, self._untold, None)
            return Letter(text, uploads, f"{self._mark}-{len(self._messages)}", facts=text)
        names = {upload.filename for upload in uploads}
        kept = [file for file in self._shown if file.filename in names]
        return replace(self._heading(shown, self._untold), files=uploads, kept=kept)

    def _heading(self, shown: Sequence[Result], absent: words.Absent) -> Letter:
        """The first message, without its pictures."""
        facts = words.facts(self._job, shown, absent, self._missing)
        view = fresh(result_view, self._job)
        return Letter(beside(facts, self._job), (), f"{self._mark}-0", view, facts=facts)


def upload_of(job: Job, packed: Packed) -> Upload:
    """A picture of a job as a file for Discord."""
    name = f"seedream-{job.id}-{packed.index + 1}.{packed.extension}"
    return Upload(
        packed.content, name, spoiler=job.origin.visibility == "spoiler", description=words.alt(job, packed.picture)
    )
