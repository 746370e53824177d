"""What to do after an error, as values: wait so long and ask again, or give up. Nothing here waits."""

import math
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime

from bot.seedream.errors import NotSent, Retry, SeedreamError

LONGEST_WAIT = 120.0  # a provider that asks for more is left to the queue above, or to the next provider


def retry_after(headers: Mapping[str, str], now: float) -> float | None:
    """How many seconds the provider asks us to wait; None when it does not say or talks nonsense.

    https://www.rfc-editor.org/rfc/rfc9110#name-retry-after, and the milliseconds that some gateways send instead.
    """
    folded = {name.lower(): value.strip() for name, value in headers.items()}
    milliseconds = _number(folded.get("retry-after-ms", ""))
    if milliseconds is not None:
        return milliseconds / 1000
    value = folded.get("retry-after", "")
    seconds = _number(value)
    return seconds if seconds is not None else _seconds_until(value, now)


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) and number >= 0 else None


def _seconds_until(date: str, now: float) -> float | None:
    try:
        moment = parsedate_to_datetime(date).timestamp()
    except (ValueError, OverflowError, OSError):  # what a garbled date can end in
        return None
    return max(0.0, moment - now)


@dataclass(frozen=True, slots=True)
class Backoff:
    """Waits that double from `first` up to `longest`, at most `times` of them."""

    times: int
    first: float
    longest: float

    def seconds(self, tried: int, chance: float) -> float:
        """The wait after so many tries, shortened by up to a quarter so that callers do not march in step."""
        return min(self.first * 2.0**tried, self.longest) * (1 - 0.25 * chance)


@dataclass(frozen=True, slots=True)
class Policy:
    """How often each kind of error may be answered by another try, and after which wait."""

    unsent: Backoff = Backoff(times=2, first=0.5, longest=8)
    limited: Backoff = Backoff(times=4, first=1, longest=30)
    surge: Backoff = Backoff(times=3, first=4, longest=60)
    crowded: Backoff = Backoff(times=6, first=2, longest=30)
    once: Backoff = Backoff(times=1, first=1, longest=1)
    ambiguous: Backoff = Backoff(times=0, first=2, longest=2)  # the owner may allow one, which may cost twice

    def backoff(self, error: SeedreamError) -> Backoff | None:
        """The waits that fit an error, or None when the same request must not be sent again."""
        if error.retry is Retry.BACKOFF:
            return self.unsent if isinstance(error, NotSent) else self.limited
        return {
            Retry.BACKOFF_SLOW: self.surge,
            Retry.QUEUE: self.crowded,
            Retry.ONCE: self.once,
            Retry.INLINE_ONCE: self.once,
            Retry.AMBIGUOUS: self.ambiguous,
        }.get(error.retry)


@dataclass(slots=True)
class Quota:
    """A purse for retries that all calls share: when a provider is down, trying again must not become the storm.

    A retry takes `cost`, a success puts one back; an empty purse means no retries until something succeeds.
    """

    size: int = 500
    cost: int = 14
    left: int = field(init=False)

    def __post_init__(self) -> None:
        self.left = self.size

    def take(self) -> bool:
        """Pay for one retry, if the purse allows it."""
        if self.left < self.cost:
            return False
        self.left -= self.cost
        return True

    def give(self) -> None:
        """A call succeeded."""
        self.left = min(self.size, self.left + 1)


@dataclass(slots=True)
class Tries:
    """The tries of one generation at one provider."""

    policy: Policy
    quota: Quota
    chance: Callable[[], float]
    spent: Counter[Retry] = field(default_factory=Counter)

    def next_wait(self, error: SeedreamError) -> float | None:
        """The seconds until the next try, or None: give up here."""
        backoff = self.policy.backoff(error)
        asked = error.retry_after or 0.0
        if backoff is None or self.spent[error.retry] >= backoff.times or asked > LONGEST_WAIT:
            return None
        if not self.quota.take():
            return None
        seconds = backoff.seconds(self.spent[error.retry], self.chance())
        self.spent[error.retry] += 1
        return max(asked, seconds)
