"""Ids that tell the time, and times as Discord writes them."""

from datetime import UTC, datetime

EPOCH = 1_420_070_400_000  # milliseconds; the first second of 2015


class Ids:
    """Hands out ids: unique, growing, and true about the moment."""

    def __init__(self) -> None:
        self._last = 0
        self._guilds = 0

    def new(self, now: float) -> int:
        """An id of this moment."""
        self._last = max(self._last + 1, (int(now * 1000) - EPOCH) << 22)
        return self._last

    def guild(self, now: float) -> int:
        """An id of some hours ago; each lies a millisecond after the one before, so that shards take turns."""
        self._guilds += 1
        return ((int(now) * 1000 - 10_000_000 + self._guilds) - EPOCH) << 22


def at(number: int) -> float:
    """When this id was made, in seconds since 1970."""
    return ((number >> 22) + EPOCH) / 1000


def written(moment: float) -> str:
    """A time as it stands in Discord's JSON."""
    return datetime.fromtimestamp(moment, UTC).isoformat(timespec="microseconds")
