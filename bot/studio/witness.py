"""What sees how the studio fares and keeps it for others to look at; whoever counts implements it."""

from typing import Protocol

from bot.seedream.errors import SeedreamError
from bot.studio.job import Job
from bot.studio.limits import Refusal


class Witness(Protocol):
    """Hears of everything once, in the process where it happens. It answers nothing, never waits, and never fails."""

    def accepted(self, job: Job) -> None:
        """A job has come in through the door."""

    def refused(self, refusal: Refusal) -> None:
        """Something has not come in."""

    def met(self, error: SeedreamError) -> None:
        """A job has met an error of a provider, which may not be its end."""

    def closed(self, job: Job) -> None:
        """A job has ended, with everything that is written of it."""


class Nobody:
    """A witness that looks away."""

    def accepted(self, job: Job) -> None:
        """Nothing."""

    def refused(self, refusal: Refusal) -> None:
        """Nothing."""

    def met(self, error: SeedreamError) -> None:
        """Nothing."""

    def closed(self, job: Job) -> None:
        """Nothing."""
