"""Tells people how far a job is: the newest news only, one call at a time, and never on the job's own path."""

import asyncio
import logging
from collections.abc import Sequence

from bot.studio.courier import Courier, CourierError, Stage
from bot.studio.job import Job, Result

log = logging.getLogger(__name__)

PATIENCE = 15.0
LAST_CALL = 3.0  # how long an answer waits for progress that is under way, so that it is not overtaken by it


class Report:
    """The progress of one job. What is told while the courier is under way is merged into its next trip."""

    def __init__(self, courier: Courier) -> None:
        self._courier = courier
        self._news: tuple[Job, Stage, tuple[Result, ...]] | None = None
        self._trip: asyncio.Task[None] | None = None

    def tell(self, job: Job, stage: Stage, pictures: Sequence[Result] = ()) -> None:
        """Bring this to the person soon."""
        self._news = job, stage, tuple(pictures)
        if self._trip is None or self._trip.done():
            self._trip = asyncio.create_task(self._bring())

    def drop(self) -> None:
        """What has not left yet is no news any more."""
        self._news = None

    async def close(self) -> None:
        """Nothing more is told after this, and nothing is under way: the answer itself can follow safely."""
        self.drop()
        if self._trip is not None and not self._trip.done():
            await asyncio.wait({self._trip}, timeout=LAST_CALL)
            self._trip.cancel()

    async def _bring(self) -> None:
        while self._news is not None:
            (job, stage, pictures), self._news = self._news, None
            try:
                async with asyncio.timeout(PATIENCE):
                    await self._courier.progress(job, stage, pictures)
            except (CourierError, TimeoutError) as error:
                log.info("Job %d: its progress could not be shown: %s", job.id, error or "it took too long")
            except Exception:  # a rim: progress must not cost anybody a picture
                log.exception("Job %d: its progress could not be shown", job.id)
