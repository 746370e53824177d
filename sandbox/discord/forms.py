"""What a request carries: JSON, or a multipart form of payload_json and files, within Discord's limits."""

import json
import re
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from sandbox.discord.refusals import Refusal


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a multipart form."""

    name: str
    filename: str | None
    content_type: str | None
    data: bytes
    size: int = 0


@dataclass(slots=True)
class Form:
    """A request's body, taken apart. `payload` is None when there was none."""

    payload: Any = None
    parts: list[Part] = field(default_factory=list)
    multipart: bool = False
    length: int = 0

    @property
    def files(self) -> list[Part]:
        """The parts that are not the JSON."""
        return [part for part in self.parts if part.name != "payload_json"]


async def read(request: web.Request, limit: int) -> Form:
    """Take a body apart; raises 40005 when it is too large, 50109 or 50035 when it is none."""
    body = bytearray()
    async for chunk in request.content.iter_any():
        if len(body) <= limit:
            body += chunk
    if len(body) > limit:
        raise Refusal(40005)
    if not body:
        return Form()
    kind = request.headers.get("Content-Type", "")
    if kind.startswith("multipart/form-data"):
        return _multipart(kind, body)
    if kind.split(";")[0].strip() != "application/json":
        raise Refusal(50109, message=f'Expected "Content-Type" header to be one of {{"application/json"}}, not {kind}')
    return Form(_json(bytes(body)), length=len(body))


def _multipart(kind: str, body: bytes | bytearray) -> Form:
    try:
        parts = split(kind, body)
    except ValueError as error:
        raise Refusal(50109, message=f"The form is broken: {error}") from None
    payloads = [part for part in parts if part.name == "payload_json"]
    if len(payloads) > 1:
        raise Refusal(50109)
    return Form(_json(payloads[0].data) if payloads else {}, parts, multipart=True, length=len(body))


def split(kind: str, body: bytes | bytearray) -> list[Part]:
    """The parts of a complete form; raises ValueError when it is cut off or malformed."""
    found = re.search(r'boundary="?([^";]+)"?', kind)
    if found is None:
        raise ValueError("no boundary")
    boundary = b"--" + found[1].encode()
    if not body.startswith(boundary):
        raise ValueError("no beginning")
    parts, start = [], len(boundary)
    while not body.startswith(b"--", start):
        end = body.find(b"\r\n" + boundary, start)
        if end < 0 or not body.startswith(b"\r\n", start):
            raise ValueError("no end")
        parts.append(_part(body, start + 2, end))
        start = end + 2 + len(boundary)
    return parts


def _part(body: bytes | bytearray, start: int, end: int) -> Part:
    gap = body.find(b"\r\n\r\n", start, end)
    if gap < 0:
        raise ValueError("a part without a head")
    head = body[start:gap].decode("utf-8", "replace")
    kind = re.search(r"(?im)^content-type:\s*(.+?)\s*$", head)
    name = _parameter("name", head)
    if name is None:
        raise ValueError("a part without a name")
    data = bytes(memoryview(body)[gap + 4 : end])
    return Part(name, _parameter("filename", head), kind and kind[1], data, len(data))


def _parameter(name: str, head: str) -> str | None:
    found = re.search(rf'(?i)[;\s]{name}="([^"]*)"', head)
    return found and found[1]


def _json(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except ValueError:
        raise Refusal(50109) from None


CUT = (ConnectionError, web.RequestPayloadError, HttpProcessingError)  # a client that goes away while it speaks
