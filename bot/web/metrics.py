"""Counts what happens: the witness of the studio, the timer of the database."""

from collections.abc import Container

from bot.config import PROVIDERS
from bot.seedream.errors import SeedreamError
from bot.studio.job import Job
from bot.studio.limits import Refusal
from bot.web.numbers import Numbers

OTHER = "other"  # whatever would make labels without end: `ep-…` ids can be made up by anybody
MICRO = 1_000_000


class Metrics:
    """A `Witness` and a `Timer` that turns what it hears into numbers."""

    def __init__(self, numbers: Numbers) -> None:
        self.models: Container[str] = ()  # those that have a label of their own
        self._numbers = numbers

    def accepted(self, job: Job) -> None:
        """A job has come in."""
        self._numbers.accepted.labels(*self.kind(job.provider, job.model)).inc()

    def refused(self, refusal: Refusal) -> None:
        """Something has not come in."""
        self._numbers.refusals.labels(refusal.barrier.value).inc()

    def met(self, error: SeedreamError) -> None:
        """A provider has made trouble."""
        self._numbers.errors.labels(_known(error.provider), type(error).__name__).inc()

    def closed(self, job: Job) -> None:
        """A job has ended."""
        numbers, kind = self._numbers, self.kind(job.provider, job.model)
        numbers.closed.labels(*kind, job.state.value).inc()
        if job.settled is not None:
            numbers.money.labels(*kind).inc(job.settled.cost / MICRO)
        if job.delivery is not None:
            numbers.deliveries.labels(job.delivery.way or "kept").inc()
            numbers.pictures.labels(*kind, "delivered").inc(len(job.delivery.delivered))
            numbers.pictures.labels(*kind, "kept").inc(len(job.delivery.kept))
        if job.started_at is not None:
            numbers.queued.labels(kind[0]).observe(max(0.0, job.started_at - job.created_at))
        if job.sent_at is not None and job.generated_at is not None:
            numbers.drawing.labels(*kind).observe(max(0.0, job.generated_at - job.sent_at))
        if job.generated_at is not None and job.closed_at is not None:
            numbers.delivering.observe(max(0.0, job.closed_at - job.generated_at))

    def timed(self, kind: str, seconds: float, well: bool) -> None:
        """A transaction has ended."""
        self._numbers.transactions.labels(kind).observe(seconds)
        if not well:
            self._numbers.database_faults.labels(kind).inc()

    def kind(self, provider: str, model: str) -> tuple[str, str]:
        """The labels of a job."""
        return _known(provider), model if model in self.models else OTHER


def _known(provider: str) -> str:
    return provider if provider in PROVIDERS else OTHER
