"""How a process dies at an exact place: what the bot works with is wrapped, the bot itself knows nothing of it."""

import os
import signal
import sys
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from threading import Timer
from typing import Any

from sqlalchemy import Connection, Engine, event

from bot.seedream.client import Seedream
from bot.seedream.models import Accepted, Event, Finished, ImageRequest, PictureReady, Started
from bot.store.database import Database, Listener, T, Transaction, Work
from bot.studio.job import Job, State
from bot.studio.queue import Found

_EVENTS = {Started: "started", Accepted: "accepted", PictureReady: "picture", Finished: "finished"}
_STATES = {State.RUNNING: "unsent", State.GENERATED: "generated", State.ENDING: "ending", State.SETTLED: "settled"}


def die() -> None:
    """Be killed, as by `kill -9`."""
    os.kill(os.getpid(), signal.SIGKILL)


class Blade:
    """Falls the `nth` time that its place is reached, once it hangs."""

    def __init__(self, cut: str, nth: int) -> None:
        self.hangs = False
        self._cut = cut
        self._left = nth

    def reach(self, place: str) -> None:
        """Die if this is the place."""
        if self.hangs and place == self._cut:
            self._left -= 1
            if self._left == 0:
                die()


class CutDatabase(Database):
    """A database in which a process dies just before or just after the commit of a named step."""

    def __init__(self, inner: Database, blade: Blade) -> None:
        super().__init__()
        self.shared, self.name = inner.shared, inner.name
        self._inner = inner
        self._blade = blade

    async def write(self, work: Work[T]) -> T:
        def cut(tx: Transaction) -> T:
            result = work(tx)
            self._blade.reach(f"in {step_of(result)}")
            return result

        result = await self._inner.write(cut)
        self._blade.reach(f"after {step_of(result)}")
        return result

    async def read(self, work: Work[T]) -> T:
        return await self._inner.read(work)

    def listen(self, listener: Listener) -> None:
        self._inner.listen(listener)

    def now(self) -> float:
        return self._inner.now()

    async def start(self) -> None:
        raise NotImplementedError

    async def close(self) -> None:
        raise NotImplementedError

    async def scrub(self) -> None:
        raise NotImplementedError

    async def _write(self, work: Work[T]) -> T:
        raise NotImplementedError

    async def _read(self, work: Work[T]) -> T:
        raise NotImplementedError


class CutSeedream(Seedream):
    """A client whose process dies when an event has come and nobody has been told of it."""

    blade: Blade
    tell: Callable[[str], None]  # the prompt, when its call is about to leave

    async def generate(self, request: ImageRequest, *, callback: str | None = None) -> AsyncGenerator[Event, None]:
        async with aclosing(super().generate(request, callback=callback)) as events:
            async for one in events:
                if isinstance(one, Started):
                    self.tell(request.prompt)
                self._reach(one)
                yield one

    async def resume(self, provider: str, task: str, request: ImageRequest) -> AsyncGenerator[Event, None]:
        async with aclosing(super().resume(provider, task, request)) as events:
            async for one in events:
                self._reach(one)
                yield one

    def _reach(self, one: Event) -> None:
        if name := _EVENTS.get(type(one)):
            self.blade.reach(name)


def step_of(result: object) -> str:
    """Which step a transaction was, by what came of it."""
    match result:
        case Job(state=State.QUEUED):
            return "submit"
        case Found(job=job):
            return "claim" if job else "nothing"
        case Job(state=State.SENT):
            return "drawn" if result.pictures else "accepted" if result.task else "sent"
        case Job(state=state):
            return _STATES.get(state, "ended")
    return "nothing"


def die_at_copy(nth: int, after: float = 0.0) -> None:
    """Die the `nth` time that a file which is to become a backup is touched, or so many seconds later.

    It is made, opened to be filled, opened to be written to the disk, and renamed.
    """
    left = nth

    def heard(what: str, told: tuple[Any, ...]) -> None:
        nonlocal left
        if what in {"open", "sqlite3.connect", "os.rename"} and str(told[0]).endswith(".part"):
            left -= 1
            if left == 0:
                Timer(after, die).start() if after else die()

    sys.addaudithook(heard)


def die_before_commit() -> None:
    """Die when the next transaction of either engine is about to be committed."""

    @event.listens_for(Engine, "commit")
    def heard(_: Connection) -> None:
        die()
