"""Progress on a terminal: one line that lives on a screen, a line per step in a file or pipe."""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TextIO

from bot.seedream.models import Accepted, Event, Finished, PictureFailed, PictureReady, Started, Waiting
from bot.terminal.words import sentence

SPINNER = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"


@dataclass(slots=True)
class Progress:
    """Tells what is being done. On a screen the last line is drawn anew until there is something to keep.

    `expected` is how many pictures were asked for, 0 when only the model knows.
    """

    out: TextIO
    expected: int = 1
    quiet: bool = False
    now: Callable[[], float] = time.monotonic
    stage: str = "preparing"
    pictures: int = 0
    _began: float = field(init=False)
    _ticker: asyncio.Task[None] | None = None

    def __post_init__(self) -> None:
        self._began = self.now()

    async def __aenter__(self) -> "Progress":
        if self._live:
            self._ticker = asyncio.create_task(self._tick())
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._ticker is None:
            return
        self._ticker.cancel()
        with suppress(asyncio.CancelledError):
            await self._ticker
        self._draw("")

    def tell(self, event: Event) -> None:
        """Take note of an event."""
        match event:
            case Started(provider=provider, model_id=model, attempt=attempt):
                again = f", attempt {attempt}" if attempt > 1 else ""
                self.step(f"drawing with {model} at {provider}{again}")
            case Accepted(provider=provider, task=task):
                self.step(f"{provider} has taken the job (task {task})")
            case Waiting(provider=provider, seconds=seconds, error=error):
                why = f"{sentence(error)}; " if error else ""
                self.keep(f"{why}next try at {provider} in {seconds:.1f} s" if seconds else f"{why}asking {provider}")
            case PictureReady():
                self.pictures += 1
                self.step(f"{self._which()} is there")
            case PictureFailed(index=index, error=error):
                self.keep(f"picture {index + 1} will not come: {sentence(error)}")
            case Finished():
                self.hint("done")

    def step(self, text: str) -> None:
        """A stage that the next one replaces on a screen."""
        self.stage = text
        if not self._live:
            self._line(text)

    def hint(self, text: str) -> None:
        """A stage too short to be worth a line of its own: only for a screen."""
        self.stage = text

    def keep(self, text: str) -> None:
        """A line that stays."""
        if self._live:
            self._draw("")
        self._line(text)

    def _which(self) -> str:
        if self.expected == 1:
            return "the picture"
        return f"picture {self.pictures}" + (f" of {self.expected}" if self.expected else "")

    @property
    def _live(self) -> bool:
        return not self.quiet and self.out.isatty()

    def _line(self, text: str) -> None:
        if not self.quiet:
            self.out.write(f"{text}\n")
            self.out.flush()

    def _draw(self, text: str) -> None:
        self.out.write(f"\r\x1b[2K{text}")
        self.out.flush()

    async def _tick(self) -> None:
        turn = 0
        while True:
            seconds = self.now() - self._began
            self._draw(f"{SPINNER[turn % len(SPINNER)]} {self.stage} · {seconds:.0f} s")
            turn += 1
            await asyncio.sleep(0.1)
