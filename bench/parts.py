"""Takes a multipart body apart, the plain way: for comparing what arrived with what was sent."""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a form."""

    name: str
    filename: str | None
    data: bytes


def split(content_type: str, body: bytes) -> list[Part]:
    """The parts of a complete form; raises ValueError when it is cut off or malformed."""
    boundary = b"--" + content_type.partition("boundary=")[2].strip('"').encode()
    first, *parts, last = body.split(boundary)
    if first or last != b"--\r\n":
        raise ValueError("the form has no beginning or no end")
    return [_part(part) for part in parts]


def _part(raw: bytes) -> Part:
    head, gap, data = raw.partition(b"\r\n\r\n")
    if not gap or not data.endswith(b"\r\n"):
        raise ValueError("a part of the form is cut off")
    disposition = head.decode()
    return Part(_parameter("name", disposition) or "", _parameter("filename", disposition), data[:-2])


def _parameter(name: str, disposition: str) -> str | None:
    found = re.search(rf'\b{name}="([^"]*)"', disposition)
    return found and found[1]
