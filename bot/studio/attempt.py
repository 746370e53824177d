"""One attempt at a job: from its last recorded step to its end, or until it is left to another."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import TypeVar

from bot.seedream.errors import SeedreamError
from bot.studio import steps
from bot.studio.belongings import lost_pictures, lost_references
from bot.studio.closing import billed, end, settle
from bot.studio.courier import CourierError
from bot.studio.drawing import Drawing, LetGo
from bot.studio.endings import cancelled, ending_of, expired, gave_up, lost_track, mislaid
from bot.studio.job import Delivery, Ending, Job, State
from bot.studio.kit import Kit
from bot.studio.orders import outline, read
from bot.studio.report import Report

T = TypeVar("T")
log = logging.getLogger(__name__)

STRIKES = 3  # so many workers may die of a job before it is ended without another try
PATIENCE = 6 * 3600.0  # links live for a day; after this the pictures are only kept
TRIES = 3  # in a row, before the job is laid aside for a while
SHORTEST, LONGEST = 2.0, 600.0
LONG = 30.0  # a pause during which the place is given to another job
_CAME_BACK = "Job %d: the courier came back: %s"


class Attempt:
    """Holds a claimed job. `job` is always as it was written last."""

    def __init__(self, kit: Kit, me: str, job: Job, stopping: asyncio.Event) -> None:
        self.job = job
        self._kit = kit
        self._me = me
        self._stopping = stopping
        self._report = Report(kit.courier)
        self._drawing: asyncio.Task[None] | None = None
        self._unwanted = job.cancelled

    async def run(self) -> None:
        """Go on until the job has ended. Raises LetGo to have it back in the queue, Lost when somebody else has it."""
        try:
            await self._draw()
            await self._report.close()
            if self.job.state is State.GENERATED:
                await self._bring()
            if self.job.state is State.ENDING:
                await self._apologise()
        finally:
            await self._report.close()
        if self.job.state.final:
            self._kit.witness.closed(self.job)

    def cancel(self) -> None:
        """The person does not want it any more: stop waiting, unless the pictures are there."""
        self._unwanted = True
        if self._drawing is not None:
            self._drawing.cancel()

    def nudge(self, task: str) -> None:
        """Somebody says that this task of the job has moved: ask for it now, if it is the job's, or may still be."""
        if self._drawing is not None and self.job.task in {None, task}:
            self._kit.seedream.nudge(task)

    async def _draw(self) -> None:
        """Until there are pictures or an end. What left without a task to ask for is never sent again."""
        if self.job.state not in {State.RUNNING, State.SENT}:
            return
        drawing = Drawing(self._kit, self._me, self.job, self._report, self._stopping)
        try:
            if self.job.strikes >= STRIKES:
                await drawing.end(gave_up(self.job))
            elif self.job.state is State.SENT and self.job.task is None:
                await drawing.end(lost_track())
            elif self._unwanted:
                await drawing.end(cancelled(charged="no" if self.job.state is State.RUNNING else "unknown"))
            else:
                await self._follow(drawing)
        finally:
            self.job = drawing.job

    async def _follow(self, drawing: Drawing) -> None:
        seedream, task = self._kit.seedream, self.job.task
        if task:  # paid for: whether its references can still be had is no matter
            events = seedream.resume(self.job.provider, task, outline(self.job.request))
        else:
            if lost := lost_references(self.job, self._kit.shelf):
                self._wait_for(lost, self.job.created_at)
                await drawing.end(mislaid(charged="no"))
                return
            try:
                request = read(self.job.request, self._kit.shelf)
            except SeedreamError as error:
                await drawing.end(ending_of(error))
                return
            callback = self._kit.callback(self.job) if self._kit.callback else None
            events = seedream.generate(request, callback=callback)
        self._drawing = asyncio.create_task(drawing.follow(events))
        try:
            await asyncio.wait({self._drawing})
        except asyncio.CancelledError:
            self._drawing.cancel()
            await asyncio.wait({self._drawing})
            raise
        if self._drawing.cancelled():
            await drawing.stopped()
        else:
            self._drawing.result()

    async def _bring(self) -> None:
        job, tariff = self.job, self._kit.tariff
        delivery = None
        if job.strikes < STRIKES:
            delivery = await self._insist(self._deliver)
        if delivery is None:
            log.warning("Job %d: its pictures could not be delivered, they are kept", job.id)
            delivery = Delivery(kept=tuple(picture.index for picture in job.pictures), way="kept")
        if delivery.delivered or delivery.kept:
            self.job = await self._kit.step(job, lambda tx: settle(tx, job, self._me, delivery, tariff))
        else:
            gone = billed(job, tariff)
            how = mislaid(charged="yes") if lost_pictures(job, self._kit.home) else expired()
            self.job = await self._kit.step(job, lambda tx: end(tx, job, self._me, how, gone))

    async def _deliver(self) -> Delivery:
        if lost := lost_pictures(self.job, self._kit.home):
            self._wait_for(lost, self.job.generated_at or self.job.created_at)
        async with self._kit.deliveries:
            return await self._kit.courier.deliver(self.job, self.job.pictures, self.job.ending)

    async def _apologise(self) -> None:
        job, ending = self.job, self.job.ending
        if ending is not None and job.strikes < STRIKES and await self._insist(lambda: self._say_so(ending)):
            log.info("Job %d ended: %s", job.id, ending.error)
        else:
            log.warning("Job %d ended (%s), and nobody could be told", job.id, ending and ending.error)
        self.job = await self._kit.step(job, lambda tx: steps.ended(tx, job, self._me))

    async def _say_so(self, ending: Ending) -> bool:
        await self._kit.courier.apologise(self.job, ending)
        return True

    async def _insist(self, trip: Callable[[], Awaitable[T]]) -> T | None:
        """Send the courier, again if need be; None when there is no more sense in it. Raises LetGo to try later."""
        for tried in range(TRIES):
            try:
                return await trip()
            except CourierError as error:
                log.log(logging.DEBUG if error.known else logging.INFO, _CAME_BACK, self.job.id, error)
                pause = error.retry_after or SHORTEST * 2.0**tried
            if pause > LONG:
                break
            if tried + 1 < TRIES:
                await self._kit.clock.sleep(pause)
        if self._kit.database.now() >= (self.job.generated_at or self.job.created_at) + PATIENCE:
            return None
        raise self._later(pause)

    def _wait_for(self, files: Sequence[Path], since: float) -> None:
        """Files of a job do not vanish by themselves: their folder may come back. Raises LetGo for as long as there is
        sense in that."""
        log.warning(
            "Job %d: %s is not there. Is the data folder (DATA_DIR) the one that was used before, and mounted?",
            self.job.id,
            ", ".join(map(str, files)),
        )
        if self._kit.database.now() < since + PATIENCE:
            raise self._later()

    def _later(self, pause: float = 0.0) -> LetGo:
        growing = min(LONGEST, SHORTEST * 2.0 ** min(self.job.attempt, 10))
        return LetGo(self._kit.database.now() + max(pause, growing))
