"""What was looked at, as Prometheus wants it."""

from collections.abc import Iterator

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from bot.studio.figures import Figures
from bot.web.metrics import Metrics
from bot.web.sight import Pulse, Sight, Worker


class Gauges(Collector):
    """Tells what `Sight` has seen last. What is not known is left out, which Prometheus takes for just that."""

    def __init__(self, sight: Sight, metrics: Metrics) -> None:
        self._sight = sight
        self._metrics = metrics

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """All of them, once per scrape."""
        sight = self._sight
        yield _gauge("seedream_database_up", "Whether the database answers (1) or not (0).", sight.figures is not None)
        if sight.figures is not None:
            yield from self._queue(sight.figures)
        if sight.house is not None:
            yield from _worker(sight.house.worker)
        if sight.pulse is not None:
            yield from _shards(sight.pulse)
        yield _gauge(
            "seedream_spool_bytes", "Bytes of pictures on the disk that wait to be delivered.", sight.spool.size
        )
        yield _gauge("seedream_spool_files", "How many files those are.", sight.spool.files)

    def _queue(self, figures: Figures) -> Iterator[GaugeMetricFamily]:
        line = _labelled("seedream_queue_jobs", "Jobs of all processes that wait for their first turn.", "provider")
        oldest = _labelled("seedream_queue_oldest_seconds", "For how long the first of them has waited.", "provider")
        for each in figures.lines:
            provider, _ = self._metrics.kind(each.provider, "")
            line.add_metric([provider], each.jobs)
            oldest.add_metric([provider], each.oldest)
        open_ = _labelled(
            "seedream_jobs_open", "Jobs of all processes that have not ended.", "provider", "model", "state"
        )
        counts: dict[tuple[str, str, str], int] = {}
        for provider, model, state, number in figures.open:
            kind = (*self._metrics.kind(provider, model), state.value)
            counts[kind] = counts.get(kind, 0) + number
        for labels, number in counts.items():
            open_.add_metric(labels, number)
        yield from (line, oldest, open_)
        yield _gauge("seedream_workers", "Processes that work on the queue.", figures.workers)


def _worker(worker: Worker) -> Iterator[GaugeMetricFamily]:
    yield _gauge("seedream_worker_jobs", "Jobs that this process works on.", worker.at_work)
    yield _gauge("seedream_worker_slots", "Jobs that this process works on at the most.", worker.slots)


def _shards(pulse: Pulse) -> Iterator[GaugeMetricFamily]:
    beats = pulse()
    ready = sum(beat is not None for beat in beats.values())
    yield _gauge("seedream_discord_shards", "Shards of this process.", len(beats))
    yield _gauge("seedream_discord_shards_ready", "Those of them that are connected.", ready)
    latency = _labelled("seedream_discord_latency_seconds", "From a heartbeat to Discord's answer.", "shard")
    for shard, beat in beats.items():
        if beat is not None:
            latency.add_metric([str(shard)], beat)
    yield latency


def _gauge(name: str, meaning: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, meaning, value)


def _labelled(name: str, meaning: str, *labels: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, meaning, labels=labels)
