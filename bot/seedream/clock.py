"""Time and chance, passed in: tests turn the hands themselves."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Clock:
    """The wall clock, a steady one for measuring, a way to wait, and a number between 0 and 1."""

    now: Callable[[], float] = time.time
    steady: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    chance: Callable[[], float] = random.random

    async def wait(self, signal: asyncio.Future[None], seconds: float) -> None:
        """Wait for the signal, but no longer than so many seconds."""
        timer = asyncio.ensure_future(self.sleep(seconds))
        try:
            await asyncio.wait({signal, timer}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            timer.cancel()
