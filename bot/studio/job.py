"""A job: one accepted request, from the queue to its end, and every step that it can be at.

    submit
      │
      ▼      claim           the call is about to leave         results are recorded
    QUEUED ────────▶ RUNNING ───────────────────────▶ SENT ────────────────────▶ GENERATED
      ▲               │ │  ▲                           │ │                          │
      └── let go ─────┘ │  └── it provably did nothing ┘ │ no pictures              │ delivered or kept,
      │                 │                                ▼                          ▼ and settled
      │                 └───────────────────────────▶ ENDING                     SETTLED
      │                     an error, a cancel           │ the person has been told, and the ledger is closed
      │                                                  ▼
      └── cancel ─────────────────▶ REFUSED · FAILED · CANCELLED · IN_DOUBT

Each step is written before the next begins, by whoever holds the job (`owner`) at this claim (`attempt`), so a
restart goes on from what is written: GENERATED is never generated again, SENT without an answer is in doubt unless
the provider gave a task to ask for. Delivered and settled are one write: nothing can come between them.
A job without an owner is anybody's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any


class State(Enum):
    """Where a job stands. The last five are ends."""

    QUEUED = "queued"
    RUNNING = "running"
    SENT = "sent"
    GENERATED = "generated"
    ENDING = "ending"
    SETTLED = "settled"
    REFUSED = "refused"
    FAILED = "failed"
    CANCELLED = "cancelled"
    IN_DOUBT = "in_doubt"

    @property
    def final(self) -> bool:
        """Whether nothing follows."""
        return self in ENDS


NOBODY = 0  # whose job it is when the person is forgotten
ENDS = frozenset({State.SETTLED, State.REFUSED, State.FAILED, State.CANCELLED, State.IN_DOUBT})


@dataclass(frozen=True, slots=True)
class Who:
    """Who asks: a user, in a server (or in none: a direct message), with these roles there; whether they may change
    what holds in that server, and whether the bot is theirs."""

    user: int
    server: int | None = None
    roles: tuple[int, ...] = ()
    moderator: bool = False
    owner: bool = False


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an answer goes, and until when.

    `key` names what asked ("interaction:123"): the same key twice is one job. `message` is the person's, to be replied
    to; `answer` is our own, to be edited. `token` opens the interaction's own way until `token_until`. `further` is
    for answers after the interaction's first. `notes` are what stays written in the answer about the request itself:
    the pictures that it goes on from, for example. `within` is the channel of which `channel` is a thread.
    """

    key: str
    channel: int = 0
    message: int | None = None
    answer: int | None = None
    application: int | None = None
    token: str | None = field(default=None, repr=False)
    token_until: float = 0.0
    locale: str = "en"
    visibility: str = "public"
    upload_limit: int = 10 * 1024 * 1024
    further: bool = False
    notes: str = ""
    within: int | None = None
    age_restricted: bool = False


@dataclass(frozen=True, slots=True)
class Amount:
    """Pictures, and money in millionths of a US dollar."""

    images: int = 0
    cost: int = 0


@dataclass(frozen=True, slots=True)
class Result:
    """One finished picture, as it is written down: behind a signed link until `expires_at`, or in a file.

    `file` is a name within the data folder.
    """

    index: int
    url: str | None = field(default=None, repr=False)
    file: str | None = None
    size: str | None = None
    format: str | None = None
    expires_at: float | None = None
    layer: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Ending:
    """How a job without pictures ended, or what one with some lacks.

    `error` is the class name in the tree of `seedream.errors`, or a word of our own (`endings`).
    `charged` is "no", "yes" or "unknown"; `facts` is what words for people need, and holds no secret.
    """

    state: State
    error: str
    charged: str = "no"
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Delivery:
    """What has reached the person: the pictures by index, the messages they are in, and what is only kept."""

    delivered: tuple[int, ...] = ()
    kept: tuple[int, ...] = ()
    messages: tuple[int, ...] = ()
    way: str = ""


@dataclass(frozen=True, slots=True)
class Job:
    """One row of the table. `request` is as `orders` writes it."""

    id: int
    key: str
    verb: str
    parent: int | None
    who: Who
    origin: Origin
    request: Mapping[str, Any] = field(repr=False)
    model: str = ""
    provider: str = ""
    images: int = 1
    state: State = State.QUEUED
    owner: str | None = None
    attempt: int = 0
    strikes: int = 0
    cancelled: bool = False
    created_at: float = 0.0
    started_at: float | None = None
    sent_at: float | None = None
    generated_at: float | None = None
    closed_at: float | None = None
    task: str | None = None
    pictures: tuple[Result, ...] = ()
    usage: Mapping[str, Any] | None = None
    ending: Ending | None = None
    delivery: Delivery | None = None
    reserved: Amount = Amount()
    doubtful_cost: int = 0
    settled: Amount | None = None
