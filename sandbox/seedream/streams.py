"""Streamed answers: one event per picture, and every way in which such a stream can go wrong."""

import json
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from itertools import cycle

from aiohttp import web

from sandbox.seedream import dialects
from sandbox.seedream.dialects import Item
from sandbox.seedream.faults import Ask
from sandbox.seedream.raw import Line, Sleep
from sandbox.seedream.rules import Order

KEEP_ALIVE = b": keepalive\n\n"
PICTURE = "image_generation.partial_succeeded"
FAILED = "image_generation.partial_failed"
COMPLETED = "image_generation.completed"


class End(Enum):
    """What happens to the connection in place of more bytes."""

    RESET = "reset"
    STALL = "stall"
    KEEP_ALIVES = "keep-alives for ever"


Part = bytes | End


@dataclass(frozen=True, slots=True)
class Frame:
    """One event."""

    name: str
    data: str

    def __bytes__(self) -> bytes:
        head = f"event: {self.name}\n" if self.name else ""
        return f"{head}data: {self.data}\n\n".encode()


DONE = Frame("", "[DONE]")


async def frames(order: Order, pictures: AsyncIterator[Item], clock: Callable[[], float]) -> AsyncIterator[Frame]:
    """The events of a healthy stream."""
    made: list[Item] = []
    async for one in pictures:
        made.append(one)
        yield Frame(PICTURE if one.problem is None else FAILED, _json(dialects.event(order, one, clock())))
    yield Frame(COMPLETED, _json(dialects.completed(order, made, clock())))
    yield DONE


async def healthy(source: AsyncIterator[Frame]) -> AsyncIterator[Part]:
    """The bytes of a healthy stream: each event as soon as it is there, a sign of life before it."""
    yield KEEP_ALIVE
    async for frame in source:
        yield bytes(frame)
        if frame.name == PICTURE:
            yield KEEP_ALIVE


async def spoilt(source: AsyncIterator[Frame], fault: Ask) -> AsyncIterator[Part]:
    """The bytes of a faulty stream. All pictures have been drawn by the time that it breaks."""
    whole = [frame async for frame in source]
    for part in _SPOILERS[fault.name](whole, fault.variant):
        yield part


async def send(request: web.Request, headers: Mapping[str, str], parts: AsyncIterator[Part], sleep: Sleep) -> None:
    """Write a stream to the client; when that has gone away the pictures are drawn all the same, as upstream does."""
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream; charset=utf-8", **headers})
    response.enable_chunked_encoding()
    await response.prepare(request)
    line = Line(request, sleep)
    async for part in parts:
        if isinstance(part, End):
            return await _end(part, line, response)
        if line.open:
            await _write(response, part)
    if line.open:
        await response.write_eof()
    return None


async def _write(response: web.StreamResponse, data: bytes) -> None:
    try:
        await response.write(data)
    except ConnectionError:
        return  # the client has left between two events


async def _end(end: End, line: Line, response: web.StreamResponse) -> None:
    if end is End.RESET:
        await line.reset()
    elif end is End.STALL:
        await line.gone()
    else:
        while line.open:
            await _write(response, KEEP_ALIVE)
            await line.sleep(0.05)


def _json(data: dialects.Json) -> str:
    return json.dumps(data, ensure_ascii=False)


def _join(whole: Sequence[Frame]) -> bytes:
    return b"".join(map(bytes, whole))


def _changed(frame: Frame, change: Callable[[dialects.Json], object]) -> Frame:
    data: dialects.Json = json.loads(frame.data)
    change(data)
    return replace(frame, data=_json(data))


def _error(_: list[Frame], variant: str) -> list[Part]:
    error: dialects.Json = {"error": {"code": "InternalServiceError", "message": "internal error"}}
    data: dict[str, dialects.Json] = {"flat": error, "typed": {"type": "error", **error}, "nested": {"error": error}}
    return [bytes(Frame("error", _json(data[variant])))]


def _unknown(whole: list[Frame], _: str) -> list[Part]:
    strange = Frame("image_generation.daydream", '{"type":"image_generation.daydream","of":["sheep"]}')
    return [bytes(whole[0]), bytes(strange), *map(bytes, whole[1:])]


def _mixed_lines(whole: list[Frame], _: str) -> list[Part]:
    ends = cycle((b"\r\n", b"\r", b"\n"))
    lines = _join(whole).split(b"\n")[:-1]
    # a CR that ends a line right before an LF that is a line of its own would read as one CRLF
    mixed, last = b"", b""
    for text in lines:
        end = next(ends)
        if not text and last == b"\r" and end == b"\n":
            end = b"\r\n"
        mixed, last = mixed + text + end, end
    return [mixed]


def _many_lines(whole: list[Frame], _: str) -> list[Part]:
    parts: list[Part] = []
    for frame in whole:
        if frame is DONE:
            parts.append(bytes(frame))
            continue
        lines = json.dumps(json.loads(frame.data), indent=1).splitlines()
        parts.append(f"event: {frame.name}\n".encode() + b"".join(f"data: {line}\n".encode() for line in lines) + b"\n")
    return parts


def _padded(whole: list[Frame], size: int) -> list[Part]:
    first = whole[0]
    return [bytes(replace(first, data=first.data[:-1] + " " * size + "}")), _join(whole[1:])]


def _bad_base64(whole: list[Frame], _: str) -> list[Part]:
    def spoil(data: dialects.Json) -> None:
        data.pop("url", None)
        data["b64_json"] = "@@@ this is no base64 @@@"

    return [bytes(_changed(frame, spoil) if frame.name == PICTURE else frame) for frame in whole]


def _odd_index(whole: list[Frame], variant: str) -> list[Part]:
    pictures = [frame for frame in whole if frame.name == PICTURE]
    rest = [frame for frame in whole if frame.name != PICTURE]
    if variant == "missing":
        spoilt = [_changed(frame, lambda data: data.pop("image_index")) for frame in pictures]
    else:
        spoilt = [_changed(frame, lambda data: data.update(image_index=0)) for frame in pictures + pictures[-1:]]
    return [_join(spoilt + rest)]


def _broken_json(whole: list[Frame], variant: str) -> list[Part]:
    last = max(place for place, frame in enumerate(whole) if frame.name == PICTURE)
    broken = replace(whole[last], data=whole[last].data[: len(whole[last].data) // 2])
    rest = whole[last + 1 :] if variant == "replaced" else whole[last:]
    return [_join([*whole[:last], broken, *rest])]


_SPOILERS: Mapping[str, Callable[[list[Frame], str], list[Part]]] = {
    "S1": lambda whole, _: [End.RESET],
    "S2": lambda whole, _: [bytes(whole[0])[:40], End.RESET],
    "S3": lambda whole, _: [bytes(whole[0])[:-1], End.RESET],
    "S4": lambda whole, _: [bytes(whole[0]), End.RESET],
    "S5": lambda whole, _: [_join([frame for frame in whole if frame.name == PICTURE])],
    "S6": _error,
    "S7": _unknown,
    "S8": lambda whole, _: [End.KEEP_ALIVES],
    "S9": lambda whole, _: [bytes([byte]) for byte in _join(whole)],
    "S10": _mixed_lines,
    "S11": lambda whole, _: [b"\xef\xbb\xbf" + _join(whole)],
    "S12": _many_lines,
    "S13": lambda whole, _: _padded(whole, 200_000),
    "S14": lambda whole, _: _padded(whole, 65 * 2**20),
    "S15": _bad_base64,
    "S16": _odd_index,
    "S17": lambda whole, _: [bytes(whole[0]), End.STALL],
    "S18": _broken_json,
}
