"""What goes into the client and what comes out: a request with its references, and a stream of events."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Protocol

from bot.seedream.errors import SeedreamError


class Content(Protocol):
    """Bytes of known length that can be read from the beginning again and again."""

    @property
    def length(self) -> int:
        """How many bytes `chunks` yields."""

    def chunks(self) -> AsyncGenerator[bytes, None]:
        """Read everything, starting at the first byte each time."""


class Opened(Protocol):
    """An answer whose head has arrived and whose body has not been read."""

    @property
    def length(self) -> int | None:
        """How many bytes follow, or None when the server did not say."""

    @property
    def media_type(self) -> str:
        """What the bytes are, judged by their beginning."""

    def chunks(self) -> AsyncGenerator[bytes, None]:
        """Read the body, once."""


class Fetch(Protocol):
    """Opens links to pictures, behind whatever guard its owner wants.

    What goes wrong arrives as the built-in OSErrors, so that no library needs to know another's errors:
    PermissionError (forbidden address or 401/403), FileNotFoundError (404, 410), TimeoutError,
    ConnectionError (reset, cut, 5xx), and plain OSError for everything that a second try cannot mend.
    """

    def open(self, url: str) -> AbstractAsyncContextManager[Opened]:
        """GET the link and hand out its body, unread."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A picture that the model should look at: its bytes (`content`), or a public link that the provider loads.

    Width, height and media type are what the caller has found out; the check uses what is there.
    """

    content: Content | None = None
    url: str | None = field(default=None, repr=False)
    media_type: str = ""
    width: int = 0
    height: int = 0


@dataclass(frozen=True, slots=True)
class ImageRequest:
    """One generation, in the words of the API but without any provider's accent.

    `size` is a preset ("2K") or pixels ("2048x1024"); `ratio` turns a preset into the model's recommended pixels.
    `max_images` asks for one connected set of at most that many. `stream` None means: whenever a set can be
    streamed and the provider says how.
    """

    model: str
    prompt: str = ""
    references: tuple[Reference, ...] = ()
    size: str | None = None
    ratio: str | None = None
    max_images: int | None = None
    stream: bool | None = None
    response_format: str = "url"
    output_format: str | None = None
    watermark: bool = False
    background: str | None = None
    layers: bool = False
    web_search: bool = False
    optimize_prompt: str | None = None
    seed: int | None = None
    guidance_scale: float | None = None
    callback_url: str | None = field(default=None, repr=False)

    @property
    def expected_images(self) -> int:
        """The most pictures that this request can bring, layers left aside."""
        return self.max_images or 1


@dataclass(frozen=True, slots=True)
class Box:
    """Where a layer lies: left, top, right, bottom, in pixels and in thousandths."""

    absolute: tuple[int, ...]
    normalized: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """One finished picture: behind a signed link (`url`) or already on disk (`file`).

    `b64` is how a provider's reply holds it before the client has put it on disk: the text itself, or the
    number under which it was lifted out of the reply while that arrived. It is None on every picture handed out.
    """

    index: int
    url: str | None = field(default=None, repr=False)
    file: Path | None = None
    b64: str | int | None = field(default=None, repr=False)
    size: str | None = None
    format: str | None = None
    expires_at: float | None = None
    z_index: int | None = None
    box: Box | None = None
    name: str | None = None
    description: str | None = None
    background: str | None = None


@dataclass(frozen=True, slots=True)
class Usage:
    """What the provider says it made; `generated_images` is what it bills."""

    generated_images: int | None = None
    output_tokens: int | None = None
    total_tokens: int | None = None
    input_images: int | None = None
    web_searches: int | None = None


@dataclass(frozen=True, slots=True)
class Price:
    """An amount of money and the currency that a provider counts in."""

    amount: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class Started:
    """The paid call leaves when the next event is asked for: whoever keeps a ledger writes it down now."""

    provider: str
    model_id: str
    attempt: int


@dataclass(frozen=True, slots=True)
class Accepted:
    """The provider has taken the job as a task that can be asked for again, by this or another process."""

    provider: str
    task: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """Nothing is lost, the next attempt comes in `seconds`; `error` says what the last one met, if there was one."""

    provider: str
    seconds: float
    error: SeedreamError | None = None


@dataclass(frozen=True, slots=True)
class PictureReady:
    """A picture is there; more may follow."""

    picture: Picture


@dataclass(frozen=True, slots=True)
class PictureFailed:
    """One picture of a set will not come; the others may."""

    index: int
    error: SeedreamError


@dataclass(frozen=True, slots=True)
class Finished:
    """The end of a generation that brought at least one picture."""

    provider: str
    model: str
    usage: Usage
    request_id: str = ""


Event = Started | Accepted | Waiting | PictureReady | PictureFailed | Finished
