"""What people may do: allowances per hour, day and month, jobs at once, weights; and what stands in the way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any


class Scope(Enum):
    """Whose limit it is."""

    USER = "user"
    SERVER = "server"
    ALL = "all"


class Period(Enum):
    """Over which time it is counted: hours, days and months of the calendar in UTC."""

    HOUR = "hour"
    DAY = "day"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Allowance:
    """Pictures and money (millionths of a US dollar) per period; 0 is no limit."""

    images_per_hour: int = 0
    images_per_day: int = 0
    images_per_month: int = 0
    cost_per_hour: int = 0
    cost_per_day: int = 0
    cost_per_month: int = 0

    def images(self, period: Period) -> int:
        """The limit in pictures, 0 for none."""
        return int(getattr(self, f"images_per_{period.value}"))

    def cost(self, period: Period) -> int:
        """The limit in money, 0 for none."""
        return int(getattr(self, f"cost_per_{period.value}"))


@dataclass(frozen=True, slots=True)
class Limits:
    """Everything that holds for one person at one place. 0 is no limit."""

    user: Allowance = Allowance()
    server: Allowance = Allowance()
    all: Allowance = Allowance()
    at_once: int = 0  # jobs of a user that are worked on at the same time; more wait
    waiting: int = 0  # jobs of a user that may wait
    server_at_once: int = 0
    cooldown: float = 0.0  # seconds between two jobs of a user
    weight: float = 1.0  # the share of a user in the queue

    def budgeted(self, *, in_server: bool) -> bool:
        """Whether money is limited for a job, so that its price must be known."""
        allowances = [self.user, self.all, *([self.server] if in_server else [])]
        return any(allowance.cost(period) for allowance in allowances for period in Period)


class Barrier(Enum):
    """What can stand in the way of a job."""

    REQUEST = "request"  # the model cannot do it; `problems` says what
    NO_PROVIDER = "no_provider"
    IMAGES = "images"
    COST = "cost"
    UNPRICED = "unpriced"  # there is a budget, and nobody knows the price
    COOLDOWN = "cooldown"
    WAITING = "waiting"  # too many jobs of this user are waiting
    QUEUE_FULL = "queue_full"
    PAUSED = "paused"
    BLOCKED = "blocked"  # this person, here or everywhere
    ROLE = "role"  # none of this person's roles may, or one of them may not
    CHANNEL = "channel"  # not here
    AGE = "age"  # only where it is age-restricted
    MODEL = "model"  # not allowed here
    SIZE = "size"
    COUNT = "count"  # too many pictures in one request
    BATCH = "batch"  # too many pictures at once, anywhere
    ANSWERS = "answers"  # Discord lets the bot answer only so often there
    REFERENCES = "references"  # pictures to go on from, or those of others
    CONSENT = "consent"  # somebody lets nobody else use their pictures
    BLOCKED_WORD = "blocked_word"
    MODERATORS = "moderators"  # only they may do that
    OWNER = "owner"  # only the owner of the bot may do that
    NO_SUCH_REPORT = "no_such_report"
    UNDER_WAY = "under_way"  # it has to end first
    NO_SUCH_JOB = "no_such_job"
    NOT_YOURS = "not_yours"
    EXPIRED = "expired"  # the pictures to go on from cannot be had any more


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a job was not accepted, and when it would be: `returns_at` is None if time alone does not help.

    For IMAGES and COST: `limit` in `scope` and `period`, of which `used` are used or reserved, and `wanted` more
    were asked for.
    """

    barrier: Barrier
    scope: Scope | None = None
    period: Period | None = None
    limit: int = 0
    used: int = 0
    wanted: int = 0
    returns_at: float | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Left:
    """What is left of one limit. `measure` is "images" or "cost"; it comes back at `returns_at`."""

    scope: Scope
    period: Period
    measure: str
    limit: int
    used: int
    returns_at: float

    @property
    def left(self) -> int:
        """How much may still be asked for."""
        return max(0, self.limit - self.used)
