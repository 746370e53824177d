"""What every provider can do: turn a request into a call, and an answer into events. Pure: the client does the I/O."""

from __future__ import annotations

import re
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from urllib.parse import urlsplit

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
    """One body of any provider, normalised. An `error` beside pictures says why the rest did not come."""

    state: State
    pictures: tuple[Picture, ...] = ()
    failures: tuple[PictureFailed, ...] = ()
    error: SeedreamError | None = None
    usage: Usage = field(default_factory=Usage)
    model: str | None = None
    created: int | None = None
    task: str | None = None
    request_id: str = ""


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
    path: str  # where the paid call goes
    tasks = False  # whether a job can be asked for again by its task id

    def __init__(
        self, key: str, base_url: str = "", *, catalogue: Catalogue, now: Callable[[], float] = time.time
    ) -> None:
        self.key = key
        self.base_url = _checked(base_url.strip() or self.default_base_url, self.title, self.path)
        self.catalogue = catalogue
        self.now = now

    def url(self, path: str) -> str:
        """The address of a path; what the base URL already says of it is not said twice."""
        base, wanted = self.base_url.split("/"), path.strip("/").split("/")
        versioned = [place for place, segment in enumerate(wanted) if _VERSION.fullmatch(segment)]
        if versioned and _VERSION.fullmatch(base[-1]):
            return "/".join(base + wanted[versioned[0] + 1 :])
        known = max(count for count in range(len(wanted) + 1) if not count or base[-count:] == wanted[:count])
        return "/".join(base + wanted[known:])

    @abstractmethod
    def call(self, request: ImageRequest) -> Call:
        """The paid call for a request that has passed the check; only fields that model and provider document."""

    @abstractmethod
    def read(self, status: int, headers: Mapping[str, str], body: object) -> Answer:
        """Normalise a plain answer, whatever its status: HTTP 200 can hold a failure. What it reads never raises."""

    @abstractmethod
    def read_event(self, event: ServerEvent) -> Event | Answer | None:
        """One streamed event: a picture, a failed picture, the end (an Answer without pictures), or nothing.

        A failed picture does not end a stream, except that no further one follows a ServerFault.
        A picture whose place in the set cannot be read has the index -1: it is paid all the same.
        """

    def poll(self, task: str) -> Call:
        """The question how a task stands. An answer with a status of 400 or more is about the question alone."""
        raise NotImplementedError(f"{self.name} has no tasks")


_VERSION = re.compile(r"v\d+")


def _checked(base_url: str, title: str, path: str) -> str:
    """A base URL that paths can be joined to: an address, without the end of the documented path if it was given."""
    if not base_url:
        raise ValueError(f"{title} has no usual address: its base URL is needed, such as https://host/v1")
    try:
        parts = urlsplit(base_url)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise ValueError(f"the base URL of {title} must be an address like https://host/v1")
    if "@" in parts.netloc or "?" in base_url or "#" in base_url:
        raise ValueError(f"the base URL of {title} must hold no user, password, query or fragment")
    segments = [segment for segment in parts.path.split("/") if segment]
    ending = _VERSION.split(path)[-1].strip("/").split("/")
    if segments[-len(ending) :] == ending:
        del segments[-len(ending) :]
    return "/".join([f"{parts.scheme}://{parts.netloc}", *segments])
