"""Whether the process lives, and whether it can do its work: each part in words, for people and for load balancers."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from bot.web.numbers import Numbers
from bot.web.sight import Pulse, Sight, Worker

BEAT = 1.0  # seconds between two looks at the event loop
STALLED = 10.0  # seconds without one: the loop is too busy for anything that has to be in time
SILENT = 30.0  # seconds after which a worker that has not looked for jobs is told of


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that has to be in order."""

    name: str
    well: bool
    says: str


class Loop:
    """A pulse of the event loop: how late is what should happen every second?"""

    def __init__(self, numbers: Numbers, steady: Callable[[], float]) -> None:
        self._lag = numbers.lag
        self._steady = steady
        self._began = self._last = steady()
        self._worst = 0.0

    async def run(self) -> None:
        """Beat until cancelled."""
        while True:
            await asyncio.sleep(BEAT)
            now = self._steady()
            self._worst = max(self._worst, now - self._last - BEAT)
            self._last = now

    def told(self) -> None:
        """Put the worst into the numbers, and begin anew."""
        self._lag.set(max(self._worst, self.late()))
        self._worst = 0.0

    def late(self) -> float:
        """By how many seconds the next beat is late already."""
        return max(0.0, self._steady() - self._last - BEAT)

    def lives(self) -> float:
        """For how many seconds."""
        return self._steady() - self._began


def health(loop: Loop) -> Part:
    """The process lives if its loop beats; that it answers at all says most of it."""
    if (late := loop.late()) > STALLED:
        return Part("loop", well=False, says=f"the event loop is {late:.0f} seconds late")
    return Part("loop", well=True, says=f"the event loop answers, for {loop.lives():.0f} seconds now")


def readiness(sight: Sight, *, at_the_gateway: bool) -> Iterator[Part]:
    """What it takes to serve people; `at_the_gateway` is for processes that should be there."""
    if sight.house is None:
        yield Part("start", well=False, says="the bot is still starting")
        return
    if at_the_gateway:
        yield _gateway(sight.pulse)
    yield _database(sight)
    yield _worker(sight.house.worker)


def _gateway(pulse: Pulse | None) -> Part:
    beats: Mapping[int, float | None] = pulse() if pulse else {}
    away = [shard for shard, beat in beats.items() if beat is None]
    if not beats:
        return Part("discord", well=False, says="not connected to the gateway yet")
    if away:
        which = ", ".join(map(str, away[:5])) + (" and more" if len(away) > 5 else "")
        return Part("discord", well=False, says=f"{len(away)} of {len(beats)} shards are not connected: {which}")
    return Part("discord", well=True, says=f"connected, {len(beats)} of {len(beats)} shards")


def _database(sight: Sight) -> Part:
    if sight.figures is None:
        return Part("database", well=False, says=f"does not answer ({sight.trouble}); the log says more")
    return Part("database", well=True, says=f"answers in {1000 * sight.took:.0f} ms")


def _worker(worker: Worker) -> Part:
    busy = f"{worker.at_work} of {worker.slots} places are busy"
    if worker.stopping:
        return Part("worker", well=False, says=f"stopping; {busy}")
    if not worker.ready.is_set():
        return Part("worker", well=False, says="not at work yet")
    if (silent := worker.silent) > SILENT:
        return Part("worker", well=False, says=f"has not looked for jobs for {silent:.0f} seconds")
    return Part("worker", well=True, says=f"takes jobs; {busy}")


def told(parts: Iterator[Part], word: str) -> tuple[int, dict[str, object]]:
    """The status and the body of an answer."""
    found = list(parts)
    well = all(part.well for part in found)
    said = {part.name: {"ok": part.well, "says": part.says} for part in found}
    return (200 if well else 503), {word: well, "parts": said}
