"""What brings answers to people; whoever talks to people implements it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.studio.job import Delivery, Ending, Job, Result


class CourierError(Exception):
    """It did not arrive, and the same again may: after `retry_after` seconds, or when the courier thinks best.

    `known` is true of what has been told to the log already, because it concerns more than one job.
    """

    known = False

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class Stage:
    """How far a job has come: "queued" with its place and ETA (by the clock, None if unknown), "drawing", "waiting"
    for a provider until `until`, "drawn" with so many pictures of a set, "delivering"."""

    name: str
    place: int | None = None
    eta: float | None = None
    until: float | None = None
    drawn: int = 0


class Courier(Protocol):
    """Brings progress, pictures and bad news. The same job may be brought twice: after a crash nobody knows whether
    it arrived, so every call must be safe to repeat."""

    async def progress(self, job: Job, stage: Stage, pictures: Sequence[Result]) -> None:
        """Show how far it is, and the pictures that are there so far. The worker coalesces calls and never waits
        for them; errors are logged and forgotten."""

    async def deliver(self, job: Job, pictures: Sequence[Result], missing: Ending | None) -> Delivery:
        """Bring the pictures, all at once; `missing` says why there are fewer than asked for. What cannot reach
        the person by any way is `kept`. Raises CourierError to be asked again."""

    async def apologise(self, job: Job, ending: Ending) -> None:
        """Say that and why there are no pictures. Raises CourierError to be asked again."""

    async def warn(self, provider: str, error: str) -> None:
        """Tell the owner of the bot about a trouble that only they can mend. Raises CourierError."""
