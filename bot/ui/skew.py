"""How far this machine's clock is from Discord's, by the dates of Discord's answers."""

from collections.abc import Callable
from contextlib import suppress
from email.utils import parsedate_to_datetime
from types import SimpleNamespace

import aiohttp


class Dates:
    """Listens to the answers of a client; `offset` are the seconds that this machine's clock is ahead."""

    def __init__(self, now: Callable[[], float]) -> None:
        self.offset: float | None = None
        self._now = now

    def trace(self) -> aiohttp.TraceConfig:
        """What the client has to be given before it logs in."""
        config = aiohttp.TraceConfig()
        config.on_request_end.append(self._note)
        return config

    async def _note(
        self, session: aiohttp.ClientSession, context: SimpleNamespace, heard: aiohttp.TraceRequestEndParams
    ) -> None:
        with suppress(ValueError):
            self.offset = self._now() - parsedate_to_datetime(heard.response.headers.get("Date", "")).timestamp()
