"""What every provider can do: turn a request into a call, and an answer into events. Pure: the client does the I/O."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from bot.seedream.catalogue import Catalogue
from bot.seedream.errors import SeedreamError
from bot.seedream.models import Event, ImageRequest, Picture, PictureFailed, Usage


@dataclass(frozen=True, slots=True)
class Call:
    """One HTTP request. `body` is JSON, except that a Reference in it becomes a data URI while it is being sent."""

    path: str
    body: Mapping[str, object] = field(repr=False)
    streams: bool = False  # the answer comes as server-sent events
    paid: bool = True  # False for questions about a task: they may be repeated freely


class State(Enum):
    """How a plain answer or a task record stands."""

    DONE = "done"  # at least one picture; failures may stand beside it
    FAILED = "failed"  # no picture; `error` says why
    ACCEPTED = "accepted"  # a task was opened, ask again
    PENDING = "pending"  # the task is still being worked on


@dataclass(frozen=True, slots=True)
class Answer:
    """One body of any provider, normalised."""

    state: State
    pictures: tuple[Picture, ...] = ()
    failures: tuple[PictureFailed, ...] = ()
    error: SeedreamError | None = None
    usage: Usage = field(default_factory=Usage)
    model: str | None = None
    created: int | None = None
    task: str | None = None


@dataclass(frozen=True, slots=True)
class ServerEvent:
    """One server-sent event, as the parser hands it out."""

    name: str
    data: str


class Provider(ABC):
    """A gateway: where it is, whose key it wants, what it documents, how it is spoken to."""

    name: str  # cometapi, ark, byteplus, acedata, gateway: the key in settings and catalogue
    title: str
    default_base_url: str
    tasks = False  # whether a job can be asked for again by its task id

    def __init__(self, key: str, base_url: str = "", *, catalogue: Catalogue) -> None:
        self.key = key
        self.base_url = (base_url or self.default_base_url).rstrip("/")
        self.catalogue = catalogue

    @abstractmethod
    def call(self, request: ImageRequest) -> Call:
        """The paid call for a request that has passed the check; only fields that model and provider document."""

    @abstractmethod
    def read(self, status: int, headers: Mapping[str, str], body: object) -> Answer:
        """Normalise a plain answer, whatever its status: HTTP 200 can hold a failure. What it reads never raises."""

    @abstractmethod
    def read_event(self, event: ServerEvent) -> Event | Answer | None:
        """One streamed event: a picture, a failed picture, the end (an Answer without pictures), or nothing."""

    def poll(self, task: str) -> Call:
        """The question how a task stands."""
        raise NotImplementedError(f"{self.name} has no tasks")
