"""The HTTP server beside `run` and `worker`, where HTTP_PORT is set."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from importlib import import_module
from typing import Protocol

from bot.app import House, Watch
from bot.config import Settings
from bot.store.database import Timer
from bot.studio.witness import Witness
from bot.ui.onlooker import Onlooker


class Outside(Protocol):
    """What looks at the house for those who ask over HTTP."""

    @property
    def witness(self) -> Witness:
        """Sees jobs."""

    @property
    def timer(self) -> Timer:
        """Sees transactions."""

    @property
    def onlooker(self) -> Onlooker:
        """Sees interactions."""

    def show(self, house: House, pulse: Callable[[], Mapping[int, float | None]] | None = None) -> None:
        """The house is open."""

    def hide(self) -> None:
        """The house closes."""


@asynccontextmanager
async def open_outside(settings: Settings, *, at_the_gateway: bool) -> AsyncIterator[Outside | None]:
    """The server, listening, or None where there is to be none; raises NoServer."""
    if not settings.http_port:
        yield None
        return
    # Not above: it takes 5 MB, and most do without.
    async with import_module("bot.web.server").open_web(settings, at_the_gateway=at_the_gateway) as outside:
        yield outside


def watch(outside: Outside | None) -> Watch:
    """What the house is told of it."""
    return Watch(outside.witness, outside.timer) if outside else Watch()
