"""Sees what comes from Discord and what goes there: how soon interactions are answered, and what requests come to."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace

import aiohttp

from bot.web.numbers import Numbers

LATE = 3.0  # seconds that Discord waits for the first answer
PATIENCE = 30.0  # seconds after which an interaction counts as never answered
NAMES = 200  # of commands, buttons and forms; more are counted together
REMEMBERED = 1000  # interactions
OTHER = "other"
_ANSWER = re.compile(r"/interactions/([0-9]{1,20})/[^/]+/callback")


@dataclass(slots=True)
class Visit:
    """An interaction that has not been answered yet."""

    name: str
    since: float


class Traffic:
    """An `Onlooker`, and a trace of discord.py's own session, through which every answer goes."""

    def __init__(self, numbers: Numbers, steady: Callable[[], float]) -> None:
        self._numbers = numbers
        self._steady = steady
        self._open: dict[int, Visit] = {}  # in the order of their arrival
        self._heard: dict[int, None] = {}  # likewise: the gateway may tell again what it has told
        self._names: set[str] = set()

    def arrived(self, interaction: int, name: str) -> None:
        """Its clock is running."""
        self.give_up()
        if interaction in self._heard:
            return
        self._heard[interaction] = None
        if len(self._heard) > REMEMBERED:
            del self._heard[next(iter(self._heard))]
        self._open[interaction] = Visit(self._label(name), self._steady())

    def failed(self, name: str) -> None:
        """Somebody was told of a trouble."""
        self._numbers.faults.labels(self._label(name)).inc()

    def give_up(self) -> None:
        """Count those as unanswered that nobody waits for any more."""
        overdue = self._steady() - PATIENCE
        for number, visit in list(self._open.items()):
            if visit.since > overdue:
                break
            del self._open[number]
            self._numbers.interactions.labels(visit.name, "unanswered").inc()

    def trace(self) -> aiohttp.TraceConfig:
        """What has to be built into a session to see its requests; a new one each time."""
        config = aiohttp.TraceConfig()
        config.on_request_end.append(self._ended)
        config.on_request_exception.append(self._broke)
        return config

    async def _ended(
        self, session: aiohttp.ClientSession, context: SimpleNamespace, what: aiohttp.TraceRequestEndParams
    ) -> None:
        self._numbers.requests.labels(what.method, str(what.response.status)).inc()
        found = _ANSWER.search(what.url.path)
        if found is not None:
            self._answered(int(found[1]), what.response.status)

    async def _broke(
        self, session: aiohttp.ClientSession, context: SimpleNamespace, what: aiohttp.TraceRequestExceptionParams
    ) -> None:
        self._numbers.requests.labels(what.method, "none").inc()

    def _answered(self, interaction: int, status: int) -> None:
        """Only the first answer counts. What Discord takes no answer for any more (404) came too late."""
        if status not in {200, 204, 404} or (visit := self._open.pop(interaction, None)) is None:
            return
        seconds = self._steady() - visit.since
        in_time = status != 404 and seconds <= LATE
        self._numbers.interactions.labels(visit.name, "answered" if in_time else "late").inc()
        self._numbers.acks.labels(visit.name).observe(seconds)

    def _label(self, name: str) -> str:
        if name in self._names:
            return name
        if len(self._names) >= NAMES:
            return OTHER
        self._names.add(name)
        return name
