"""The one rule that every JSON body of every provider goes through; it takes anything and raises nothing."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from bot.seedream.codes import EMPTY, error_for
from bot.seedream.errors import BadReply, SeedreamError
from bot.seedream.models import Box, Picture, PictureFailed, Usage
from bot.seedream.providers.base import Answer, State

LINK_LIFE = 24 * 3600.0  # how long a link lives whose signature does not say
_NESTED = 3  # how deep an `error` may lie in other `error`s
_LONGEST = 1000  # characters of a foreign text that are kept
_SHORTEST_KEY = 8  # hiding what is shorter would hide parts of ordinary words
_REQUEST_ID = re.compile(r"[\w.:-]{1,128}", re.ASCII)
_SPOKEN_ID = re.compile(r"request id:\s*([\w.:-]{1,128}\w)", re.IGNORECASE | re.ASCII)
_SIGNED = re.compile(r"[?&]X-(?:Tos|Amz)-Date=(\d{8}T\d{6}Z)(?![^&#])", re.IGNORECASE | re.ASCII)
_LIFE = re.compile(r"[?&]X-(?:Tos|Amz)-Expires=(\d{1,9})(?![^&#])", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True, slots=True)
class Source:
    """Who said something and how: what every error tells besides its own words."""

    provider: str
    family: str  # which table of codes applies
    secret: str = field(default="", repr=False)
    status: int | None = None
    request_id: str = ""
    retry_after: float | None = None

    def error(self, said: object) -> SeedreamError:
        """The error that an `error` value of any shape amounts to: words, an object, or objects in objects."""
        for _ in range(_NESTED - 1):
            inner = said.get("error") if isinstance(said, Mapping) else None
            said = inner or said
        found = said if isinstance(said, Mapping) else {"message": said}
        message = self._shown(found.get("message"))
        spoken = _SPOKEN_ID.search(message)
        return error_for(
            self.family,
            self.status,
            self._shown(found.get("code")),
            message,
            provider=self.provider,
            request_id=self.request_id or (spoken[1] if spoken else ""),
            retry_after=self.retry_after,
        )

    def unreadable(self, why: str) -> BadReply:
        """The error for an answer that cannot be understood."""
        return BadReply(why, provider=self.provider, status=self.status, request_id=self.request_id)

    def _shown(self, value: object) -> str:
        said = text(value) or str(whole(value) or "")
        # Whole first, then cut: half a key must not stay behind.
        return (said.replace(self.secret, "…") if len(self.secret) >= _SHORTEST_KEY else said)[:_LONGEST]


def normalise(source: Source, body: object) -> Answer:
    """A whole body: what went wrong at the top, the items of `data`, what is billed, and what it all comes to."""
    if not isinstance(body, Mapping):
        return Answer(State.FAILED, error=wordless(source, body), request_id=source.request_id)
    pictures, failures = items(source, body)
    usage = read_usage(body.get("usage"), made=len(pictures))
    error = stated(source, body) or (None if pictures else _nothing(source, body, failures, usage))
    return Answer(
        State.DONE if pictures else State.FAILED,
        pictures=pictures,
        failures=failures,
        error=error,
        usage=usage,
        model=text(body.get("model")),
        created=whole(body.get("created")),
        request_id=source.request_id,
    )


def wordless(source: Source, body: object) -> SeedreamError:
    """The error for a body that is no JSON object; plain words in it are kept, a web page is not."""
    said = text(body) or ""
    if source.status is None or source.status < 400:
        return source.unreadable("the answer is not a JSON object")
    return source.error("" if said.lstrip().startswith("<") else said)


def stated(source: Source, body: Mapping[str, object]) -> SeedreamError | None:
    """What a body says has gone wrong with the request as a whole."""
    if body.get("error"):
        return source.error(body["error"])
    if body.get("success") is False or (source.status is not None and source.status >= 400):
        return source.error(body)
    return None


def _nothing(
    source: Source, body: Mapping[str, object], failures: tuple[PictureFailed, ...], usage: Usage
) -> SeedreamError:
    """Why there is no picture although nothing was said about the request as a whole."""
    if failures:
        return failures[0].error
    if body.get("data") == [] and not usage.generated_images:
        return source.error({"code": EMPTY, "message": "no picture came, which is how a filtered request ends here"})
    return source.unreadable("the answer holds neither pictures nor a reason")


def items(source: Source, body: Mapping[str, object]) -> tuple[tuple[Picture, ...], tuple[PictureFailed, ...]]:
    """The pictures and failures in `data`, each with its place."""
    data = body.get("data")
    found = [data] if isinstance(data, Mapping) else data if isinstance(data, list) else []
    created = whole(body.get("created"))
    read = [read_item(source, index, item, created) for index, item in enumerate(found)]
    pictures = tuple(item for item in read if isinstance(item, Picture))
    return pictures, tuple(item for item in read if isinstance(item, PictureFailed))


def read_item(source: Source, index: int, item: object, created: int | None) -> Picture | PictureFailed:
    """One item: a picture, behind a link or as text, or the reason why there is none."""
    if not isinstance(item, Mapping):
        return PictureFailed(index, source.unreadable("an item is not a JSON object"))
    if item.get("error"):
        return PictureFailed(index, source.error(item["error"]))
    url, b64 = _link(item.get("url")) or _link(item.get("image_url")), _base64(item.get("b64_json"))
    if url is None and b64 is None:
        return PictureFailed(index, source.unreadable("an item holds neither a picture nor a reason"))
    return Picture(
        index,
        url=url,
        b64=None if url else b64,
        size=text(item.get("size")),
        format=text(item.get("output_format")),
        expires_at=_expiry(url, created) if url else None,
        z_index=whole(item.get("z_index")),
        box=_box(item.get("bounding_box")),
        name=text(item.get("name")),
        description=text(item.get("description")),
        background=text(item.get("background")),
    )


def read_usage(said: object, made: int | None = None) -> Usage:
    """What is billed: the provider's own count, else what was `made`."""
    usage = said if isinstance(said, Mapping) else {}
    tools = usage.get("tool_usage")
    billed = count(usage.get("generated_images"))
    return Usage(
        generated_images=made if billed is None else billed,
        output_tokens=count(usage.get("output_tokens")),
        total_tokens=count(usage.get("total_tokens")),
        input_images=count(usage.get("input_images")),
        web_searches=count(tools.get("web_search")) if isinstance(tools, Mapping) else None,
    )


def read_request_id(headers: Mapping[str, str], body: object) -> str:
    """The name under which the provider finds this request again."""
    folded = {name.lower(): value for name, value in headers.items()}
    traced = body.get("trace_id") if isinstance(body, Mapping) else None
    offered = (folded.get("x-request-id"), traced, folded.get("x-client-request-id"))
    return next((value for value in offered if isinstance(value, str) and _REQUEST_ID.fullmatch(value)), "")


def text(value: object) -> str | None:
    """A text that says something, else None."""
    return value if isinstance(value, str) and value else None


def whole(value: object) -> int | None:
    """A whole number of bearable size, else None."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return int(value) if abs(value) < 2**53 else None  # NaN is not below anything


def count(value: object) -> int | None:
    """A whole number from zero up, else None."""
    number = whole(value)
    return number if number is not None and number >= 0 else None


def _link(value: object) -> str | None:
    link = text(value)
    return link if link and link.lower().startswith(("https://", "http://")) else None


def _base64(value: object) -> str | int | None:
    """The text of a picture without any data URI in front, or the number under which it was lifted out."""
    if isinstance(value, str):
        return text(value.partition(";base64,")[2] if value.startswith("data:") else value)
    return count(value)


def _box(value: object) -> Box | None:
    if not isinstance(value, Mapping):
        return None
    absolute, normalized = _corners(value.get("absolute")), _corners(value.get("normalized"))
    return Box(absolute, normalized) if absolute and normalized else None


def _corners(value: object) -> tuple[int, ...]:
    corners = [whole(corner) for corner in value] if isinstance(value, list) and len(value) == 4 else []
    known = tuple(corner for corner in corners if corner is not None)
    return known if len(known) == 4 else ()


def _expiry(url: str, created: int | None) -> float | None:
    """When a link ends: as its signature says, else a day after the picture was made, else nobody knows."""
    return _signed_expiry(url) or (created + LINK_LIFE if created is not None else None)


def _signed_expiry(url: str) -> float | None:
    signed, life = _SIGNED.search(url), _LIFE.search(url)
    if signed is None or life is None:
        return None
    try:
        moment = datetime.strptime(signed[1].upper(), "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:  # a thirteenth month
        return None
    return moment.timestamp() + int(life[1])
