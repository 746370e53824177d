"""What can only be looked at: the queue in the database, this process's worker and shards, the spool on the disk."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from bot.seedream.client import Seedream
from bot.store.database import Database
from bot.store.errors import StoreError
from bot.studio import figures
from bot.studio.figures import Figures

log = logging.getLogger(__name__)

FRESH = 5.0  # seconds for which the figures of the queue are good
SPOOL_FRESH = 30.0
PATIENCE = 3.0  # seconds in which a database should answer

# Of each shard of this process the seconds to Discord and back, or None while it is not connected.
Pulse = Callable[[], Mapping[int, float | None]]


class Worker(Protocol):
    """The worker, from outside."""

    ready: asyncio.Event

    @property
    def at_work(self) -> int:
        """Jobs under way."""

    @property
    def slots(self) -> int:
        """Jobs at the most."""

    @property
    def stopping(self) -> bool:
        """Whether it takes no more."""

    @property
    def silent(self) -> float:
        """Seconds since it last looked for jobs."""


class Workshop(Protocol):
    """Where pictures are made."""

    @property
    def seedream(self) -> Seedream:
        """The client."""


class House(Protocol):
    """What there is to look at."""

    @property
    def database(self) -> Database:
        """Where jobs are written down."""

    @property
    def worker(self) -> Worker:
        """What works on them."""

    @property
    def workshop(self) -> Workshop:
        """What it works with."""


@dataclass(frozen=True, slots=True)
class Spool:
    """Pictures that lie on the disk for a while."""

    files: int = 0
    size: int = 0


class Sight:
    """Looks once for all who ask within a few seconds, and never for long."""

    def __init__(self, home: Path, steady: Callable[[], float]) -> None:
        self.house: House | None = None
        self.pulse: Pulse | None = None
        self.figures: Figures | None = None  # None: the database does not answer, or there is none yet
        self.trouble = ""  # what the database said instead
        self.took = 0.0
        self.spool = Spool()
        self._home = home
        self._steady = steady
        self._figures_until = self._spool_until = float("-inf")
        self._one = asyncio.Lock()

    async def look(self) -> None:
        """Everything that is older than it may be."""
        async with self._one:
            if self.house is not None and self._steady() >= self._figures_until:
                await self._ask(self.house.database)
                self._figures_until = self._steady() + FRESH
            if self._steady() >= self._spool_until:
                self.spool = await asyncio.to_thread(_measure, self._home / "spool")
                self._spool_until = self._steady() + SPOOL_FRESH

    async def _ask(self, database: Database) -> None:
        began = self._steady()
        asked = asyncio.ensure_future(database.read(figures.count))
        # A transaction that was begun runs to its end, so it is left behind instead of being cancelled.
        done, _ = await asyncio.wait({asked}, timeout=PATIENCE)
        self.took = self._steady() - began
        if not done:
            asked.add_done_callback(_forgotten)
            self.figures, self.trouble = None, f"it has not answered within {PATIENCE:.0f} seconds"
            return
        try:
            self.figures, self.trouble = asked.result(), ""
        except StoreError as error:
            self.figures, self.trouble = None, type(error).__name__
        except Exception:  # a rim: whoever looks must hear of everything else
            log.exception("The queue cannot be counted")
            self.figures, self.trouble = None, "it is not as it should be"


def _forgotten(asked: asyncio.Future[Figures]) -> None:
    """What came of it is of no use any more, its failure neither."""
    if not asked.cancelled():
        asked.exception()


def _measure(folder: Path) -> Spool:
    """Files that go while they are looked at are not counted."""
    files = size = 0
    for path in folder.rglob("*"):
        try:
            about = path.stat()
        except OSError:
            continue
        if path.is_file():
            files, size = files + 1, size + about.st_size
    return Spool(files, size)
