"""One request to the pretend Discord, as it came and as it was answered."""

from dataclasses import dataclass, field
from typing import Any

from sandbox.discord.forms import Form, Part
from sandbox.discord.model import Json


@dataclass(slots=True)
class Call:
    """A request. `status` is None when the client saw no answer; `answer` is the JSON that it got, if it got JSON.

    `whole` tells whether its body arrived, and was read, to the end.
    """

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    at: float
    body: Any = None
    parts: list[Part] = field(default_factory=list)
    status: int | None = None
    answer: Any = None
    whole: bool = False
    fault: str = ""
    seconds: float = 0.0
    template: str = ""
    answer_headers: dict[str, str] = field(default_factory=dict)

    @property
    def route(self) -> str:
        """Method and path below the API's base."""
        return f"{self.method} {self.path}"

    @property
    def files(self) -> list[tuple[str, bytes]]:
        """Names and bytes of the files that came with it."""
        return [(part.filename or "", part.data) for part in self.parts if part.name != "payload_json"]


@dataclass(frozen=True, slots=True)
class Event:
    """Something that the gateway has sent to one session."""

    name: str
    data: Json
    shard: int
    session: str
    at: float


@dataclass(frozen=True, slots=True)
class Asked:
    """What a route needs to know of a request."""

    call: Call
    form: Form
    ids: dict[str, str]

    def number(self, name: str) -> int:
        """An id in the path."""
        return int(self.ids[name])

    @property
    def payload(self) -> Any:
        """The JSON that came."""
        return self.form.payload

    @property
    def query(self) -> dict[str, str]:
        """What stood behind the question mark."""
        return self.call.query


@dataclass(frozen=True, slots=True)
class Answer:
    """What is answered: None means that there is no body."""

    body: Any = None
    status: int = 200
