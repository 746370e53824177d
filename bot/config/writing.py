"""Adds settings to a .env file: wholly or not at all, for its owner's eyes only, and never over what stands there."""

import os
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path

from bot.config import envfile

_PLAIN = re.compile(r"[\w.:/+=@~-]+", re.ASCII)
_HEAD = "# Settings of the Seedream bot; docs/settings.md has all there are.\n"


def add(path: Path, values: Mapping[str, str]) -> list[str]:
    """Write these settings into the file, which may not be there yet; the names of those that had no value before.

    What has a value keeps it, an empty `NAME=` gets one, and all else stays as it is. Raises OSError.
    """
    target = path.resolve()  # of a symbolic link, what it leads to
    data = target.read_bytes() if target.exists() else _HEAD.encode()
    text = data.decode(envfile.encoding_of(data))
    there = envfile.parse(text).values
    new = {name: value for name, value in values.items() if not there.get(name, "").strip()}
    for name, value in new.items():
        text = _with(text, name, value)
    _replace(target, text.encode())
    return list(new)


def _with(text: str, name: str, value: str) -> str:
    line = f"{name}={value if _PLAIN.fullmatch(value) else _quoted(value)}"
    empty = re.compile(rf"^(?:export[ \t]+)?{name}[ \t]*=[ \t]*(?:''|\"\")?[ \t]*(?=\r?$)", re.MULTILINE)
    if empty.search(text):
        return empty.sub(lambda _: line, text)
    newline = "\r\n" if "\r\n" in text else "\n"
    gap = "" if not text or text.endswith("\n") else newline
    return f"{text}{gap}{line}{newline}"


def _quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def _replace(target: Path, data: bytes) -> None:
    handle, name = tempfile.mkstemp(prefix=f"{target.name}-", dir=target.parent)  # nobody else may read it
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(target)
    finally:
        Path(name).unlink(missing_ok=True)
