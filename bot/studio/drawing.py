"""One generation as it is written down: what the client tells becomes a step of the job before it goes on."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import asdict, replace
from functools import partial

from bot.seedream.errors import Charged, SeedreamError, Unavailable
from bot.seedream.models import (
    Accepted,
    Event,
    Finished,
    PictureFailed,
    PictureReady,
    Started,
    Usage,
    Waiting,
)
from bot.store.database import Transaction
from bot.studio import queue, steps
from bot.studio.closing import billed, end
from bot.studio.courier import Stage
from bot.studio.endings import cancelled, ending_of, lost_track, passes
from bot.studio.job import Ending, Job, Result, State
from bot.studio.kit import Kit
from bot.studio.orders import outline
from bot.studio.report import Report
from bot.studio.results import result_of

PATIENCE = 900.0  # seconds for which a job goes back into the queue when no provider can be asked
ROOM = 30.0  # seconds for which a job that moves on to another provider waits there with its place in hand
AGAIN = 15.0  # and after how many it is tried again, when nobody says


class LetGo(Exception):
    """The job goes back into the queue, where it is ready at the given time."""

    def __init__(self, ready_at: float) -> None:
        super().__init__("back into the queue")
        self.ready_at = ready_at


class Drawing:
    """Follows the client's events for a job that this process holds. `job` is always as it was written last."""

    def __init__(self, kit: Kit, me: str, job: Job, report: Report, stopping: asyncio.Event) -> None:
        self.job = job
        self._request = outline(job.request)
        self._kit = kit
        self._me = me
        self._report = report
        self._stopping = stopping
        self._pictures: list[Result] = list(job.pictures)
        self._missing: Ending | None = None
        self._unwritten = False
        self._writing: asyncio.Task[None] | None = None

    async def follow(self, events: AsyncGenerator[Event, None]) -> None:
        """Until pictures or an end are written down. Raises LetGo when it should be tried later, Lost when the job
        is no longer ours (its pictures are kept with it all the same)."""
        try:
            try:
                async with aclosing(events):
                    async for event in events:
                        await self._take(event)
            finally:
                await self._written()
        except SeedreamError as error:
            await self._failed(error)
        except queue.Lost:
            pictures = tuple(self._pictures)
            await self._kit.record(lambda tx: steps.late(tx, self.job.id, pictures))
            raise

    async def stopped(self) -> None:
        """The person has cancelled while it was drawn: what has come is theirs, the rest may still be billed."""
        written = await self._kit.record(lambda tx: queue.load(tx, self.job.id))
        self.job = written or self.job
        if self.job.state in {State.RUNNING, State.SENT}:
            await self.end(cancelled(charged="no" if self.job.state is State.RUNNING else "unknown"))

    async def end(self, ending: Ending) -> None:
        """Nothing more will come: the pictures that have come are the result, or there is none."""
        doubtful = self._cost_in_doubt() if ending.charged != "no" else 0
        pictures = tuple(self._pictures)
        if pictures:
            self.job = await self._kit.step(self.job, lambda tx: self._cut_short(tx, pictures, ending, doubtful))
        else:
            self.job = await self._kit.step(self.job, lambda tx: end(tx, self.job, self._me, ending, doubtful))

    async def _take(self, event: Event) -> None:
        match event:
            case Started(provider=provider):
                await self._leaves(provider)
            case Accepted(task=task):
                self.job = await self._kit.step(self.job, lambda tx: steps.accepted(tx, self.job, self._me, task))
            case Waiting():
                await self._waits(event)
            case PictureReady(picture=picture):
                self._keep(result_of(picture, self._kit.home))
                self._show()
                self._write_soon()
            case PictureFailed(error=error):
                self._kit.witness.met(error)
                self._missing = ending_of(error)
            case Finished(usage=usage):
                self._report.drop()
                self._unwritten = False  # what has not been written by now is written with the end
                await self._written()
                await self._generated(usage)

    def _keep(self, result: Result) -> None:
        """A task that is asked for again tells all its pictures, also those which were written down before."""
        self._pictures = [*(known for known in self._pictures if known.index != result.index), result]

    def _show(self) -> None:
        """Pictures are shown while others are still to come; when all are there, they are brought at once."""
        if len(self._pictures) < self._request.expected_images:
            self._report.tell(self.job, Stage("drawn", drawn=len(self._pictures)), self._pictures)
        else:
            self._report.drop()

    def _cut_short(self, tx: Transaction, pictures: Sequence[Result], ending: Ending, doubtful: int) -> Job:
        job = steps.generated(tx, self.job, self._me, pictures, None, missing=ending)
        return steps.doubted(tx, job, self._me, doubtful) if doubtful else job

    async def _leaves(self, provider: str) -> None:
        """The paid call is about to leave: that is written first."""
        if self._stopping.is_set():
            raise LetGo(self._kit.database.now())
        if provider != self.job.provider:
            await self._move(provider)
        self.job = await self._kit.step(self.job, lambda tx: steps.sent(tx, self.job, self._me, provider))
        self._report.tell(self.job, Stage("drawing"))

    async def _move(self, provider: str) -> None:
        """Another provider is asked instead: there, too, the job waits for its turn."""
        until = self._kit.database.now() + ROOM
        while True:
            again_at = await self._kit.record(lambda tx: queue.enter(tx, self.job, provider, self._kit.capacity))
            if again_at is None:
                return
            if again_at > until:  # two full providers could wait for each other's jobs for ever
                raise LetGo(again_at)
            self._report.tell(self.job, Stage("waiting", until=again_at))
            await self._kit.clock.sleep(max(0.05, again_at - self._kit.database.now()))

    async def _waits(self, event: Waiting) -> None:
        if event.error is not None:
            self._kit.witness.met(event.error)
            self._kit.alarms.hear(event.error)
        if event.error is not None and self.job.state is State.SENT:
            doubtful = self._cost_in_doubt() if event.error.charged is not Charged.NO else 0
            self.job = await self._kit.step(self.job, lambda tx: self._unsent(tx, doubtful))
        if event.seconds > 1:
            self._report.tell(self.job, Stage("waiting", until=self._kit.database.now() + event.seconds))

    def _unsent(self, tx: Transaction, doubtful: int) -> Job:
        job = steps.unsent(tx, self.job, self._me)
        return steps.doubted(tx, job, self._me, doubtful) if doubtful else job

    def _write_soon(self) -> None:
        """Pictures that come together are written together, and nobody waits for it."""
        self._unwritten = True
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write())

    async def _write(self) -> None:
        while self._unwritten:
            self._unwritten = False
            self.job = await self._kit.step(self.job, partial(self._drawn, pictures=tuple(self._pictures)))

    def _drawn(self, tx: Transaction, pictures: Sequence[Result]) -> Job:
        return steps.drawn(tx, self.job, self._me, pictures)

    async def _written(self) -> None:
        if self._writing is not None:
            await self._writing

    async def _generated(self, usage: Usage | None) -> None:
        self._kit.alarms.calm(self.job.provider)
        pictures, missing = tuple(self._pictures), self._missing
        told = {name: value for name, value in asdict(usage).items() if value is not None} if usage else {}
        told["cost"] = billed(replace(self.job, pictures=pictures, usage=told), self._kit.tariff)
        self.job = await self._kit.step(
            self.job, lambda tx: steps.generated(tx, self.job, self._me, pictures, told, missing=missing)
        )

    async def _failed(self, error: SeedreamError) -> None:
        """Nothing more will come: later again, or with what there is, or not at all."""
        self._kit.witness.met(error)
        self._kit.alarms.hear(error)
        now = self._kit.database.now()
        if self.job.task and isinstance(error, Unavailable):  # its provider is not configured any more
            if now < (self.job.sent_at or self.job.created_at) + PATIENCE:
                raise LetGo(now + AGAIN) from error
            await self.end(lost_track())
            return
        if not self._pictures and passes(error) and now < self.job.created_at + PATIENCE:
            if self.job.state is State.SENT:
                self.job = await self._kit.step(self.job, lambda tx: steps.unsent(tx, self.job, self._me))
            raise LetGo(now + (error.retry_after or AGAIN)) from error
        await self.end(ending_of(error))

    def _cost_in_doubt(self) -> int:
        """What the pictures cost that did not come, if they were drawn all the same."""
        whole = self._kit.tariff.worst(self._request, [self.job.provider]) or 0
        return max(0, whole - self._kit.tariff.of(self._request, self.job.provider, len(self._pictures)))
