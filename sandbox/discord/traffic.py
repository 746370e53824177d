"""What goes over the wire between a bot and Discord, written down so that it can be judged."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a multipart body. `data` may be left out for a file, whose `size` says enough."""

    name: str
    filename: str | None = None
    content_type: str | None = None
    data: bytes = field(default=b"", repr=False)
    size: int = 0


@dataclass(frozen=True, slots=True)
class Call:
    """One request to the REST interface, and its answer.

    `path` begins below `/api/v10`. `body` is the decoded JSON; that of a multipart request is in its part
    `payload_json`. `answer` is the decoded JSON of the answer, None for an empty one; `status` is 0 while there is
    none.
    """

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    parts: tuple[Part, ...] = ()
    status: int = 0
    answer: Any = None

    @property
    def payload(self) -> Any:
        """What the request says, wherever it stands: in the body, or in the part `payload_json`."""
        if self.body is not None:
            return self.body
        told = next((part.data for part in self.parts if part.name == "payload_json"), b"null")
        try:
            return json.loads(told)
        except ValueError:
            return told.decode(errors="replace")  # which is no object, so that it will be blamed

    @property
    def files(self) -> tuple[Part, ...]:
        """The parts that are files."""
        return tuple(part for part in self.parts if part.filename is not None)


@dataclass(frozen=True, slots=True)
class Event:
    """One event that the gateway sent."""

    name: str
    data: Any
    shard: int = 0
