"""Clocks that jumps of the wall clock do not move: a time is taken, and moved on by a steady clock."""

import time
from collections.abc import Callable

Clock = Callable[[], float]

# Steady, and where there is one, the kind that goes on while the machine sleeps.
_ID: int = getattr(time, "CLOCK_BOOTTIME", getattr(time, "CLOCK_MONOTONIC", 0))


def steady() -> float:
    """Seconds since some moment; never set, never backwards."""
    return time.clock_gettime(_ID) if hasattr(time, "clock_gettime") else time.monotonic()


def from_now_on(wall: Clock = time.time, passed: Clock = steady) -> Clock:
    """A clock that shows the wall clock's time of this moment, and goes on by itself."""
    offset = wall() - passed()
    return lambda: passed() + offset


class Following:
    """A clock that follows another machine's. It is told the time now and then, and never goes backwards.

    A machine that is ahead of us is right at once: it is we who slept. One that is behind was set back, or the message
    was slow; until it has caught up this clock goes at half speed, because one that stands still ends no waiting.
    """

    def __init__(self, passed: Clock = steady) -> None:
        self._passed = passed
        self._offset = 0.0
        self._at, self._time = passed(), 0.0

    def told(self, time: float, asked: float) -> None:
        """The other clock showed `time`, in answer to a question of the moment `asked` by the steady clock."""
        self._offset = time - (asked + self._passed()) / 2

    def __call__(self) -> float:
        at = self._passed()
        self._time = max(at + self._offset, self._time + (at - self._at) / 2)
        self._at = at
        return self._time
