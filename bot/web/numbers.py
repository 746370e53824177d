"""Everything that is counted: names, meanings, labels and buckets, in a registry of its own.

Labels are bounded: no user, no server, nothing that people write.
"""

import platform
from collections.abc import Sequence

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    Info,
    ProcessCollector,
    disable_created_metrics,
)

from bot import __version__

QUEUED = (0.1, 0.5, 1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600)
DRAWING = (1, 2, 5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 300, 600)
DELIVERING = (0.25, 0.5, 1, 2, 3, 5, 10, 20, 30, 60, 300, 900)
ACK = (0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1, 1.5, 2, 2.5, 3, 5)
DATABASE = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5)


class Numbers:
    """The registry, and what is in it that is counted while it happens. The rest is measured when somebody asks."""

    def __init__(self) -> None:
        # When each counter began is nothing that anybody asks for.
        disable_created_metrics()  # type: ignore[no-untyped-call]  # it has no types
        self.registry = CollectorRegistry(auto_describe=False)
        ProcessCollector(registry=self.registry)
        Info("seedream_build", "The release that runs, and the Python it runs on.", registry=self.registry).info(
            {"version": __version__, "python": platform.python_version()}
        )
        self._count_jobs()
        self._count_the_rest()

    def _count_jobs(self) -> None:
        kind = ("provider", "model")
        self.accepted = self._counter("seedream_jobs_accepted", "Jobs that came in through the door.", *kind)
        self.closed = self._counter("seedream_jobs_closed", "Jobs that ended, by how they did.", *kind, "outcome")
        self.pictures = self._counter(
            "seedream_pictures", "Pictures of jobs that ended: delivered, or kept to be asked for.", *kind, "way"
        )
        self.money = self._counter(
            "seedream_money_settled_usd", "US dollars that were settled for jobs that ended.", *kind
        )
        self.deliveries = self._counter("seedream_deliveries", "Answers with pictures, by the way they took.", "way")
        self.refusals = self._counter(
            "seedream_refusals", "Wishes that were not accepted, by what stood in their way.", "barrier"
        )
        self.errors = self._counter(
            "seedream_provider_errors",
            "Errors that jobs met at providers, not all of them their end.",
            "provider",
            "kind",
        )
        self.queued = self._histogram(
            "seedream_job_queued_seconds", "From a wish to the first work on it.", QUEUED, "provider"
        )
        self.drawing = self._histogram(
            "seedream_job_drawing_seconds", "From the paid call to its last picture.", DRAWING, *kind
        )
        self.delivering = self._histogram(
            "seedream_job_delivering_seconds", "From the last picture to its being at Discord.", DELIVERING
        )

    def _count_the_rest(self) -> None:
        self.interactions = self._counter(
            "seedream_interactions",
            "Commands, buttons and forms, by whether Discord was answered in time.",
            "command",
            "outcome",
        )
        self.faults = self._counter(
            "seedream_interaction_faults", "Interactions whose person was told that something went wrong.", "command"
        )
        self.acks = self._histogram(
            "seedream_interaction_ack_seconds",
            "From Discord's telling to Discord's having the first answer.",
            ACK,
            "command",
        )
        self.requests = self._counter(
            "seedream_discord_requests",
            "Requests to Discord's REST interface, by what it answered.",
            "method",
            "status",
        )
        self.transactions = self._histogram(
            "seedream_database_seconds", "Transactions, waiting and further tries included.", DATABASE, "kind"
        )
        self.database_faults = self._counter(
            "seedream_database_faults", "Transactions that the database did not take.", "kind"
        )
        self.callbacks = self._counter(
            "seedream_callbacks",
            "Callbacks of providers: woke (the poll), again (soon after), forged, malformed.",
            "outcome",
        )
        self.lag = Gauge(
            "seedream_event_loop_lag_seconds",
            "The longest that the event loop was late since the last scrape.",
            registry=self.registry,
        )

    def _counter(self, name: str, meaning: str, *labels: str) -> Counter:
        return Counter(name, meaning, labels, registry=self.registry)

    def _histogram(self, name: str, meaning: str, buckets: Sequence[float], *labels: str) -> Histogram:
        return Histogram(name, meaning, labels, buckets=buckets, registry=self.registry)
