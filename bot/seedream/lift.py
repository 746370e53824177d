"""Lifts pictures out of a JSON or event stream while it arrives: their base64 goes to a sink, a number stays behind."""

import binascii
import os
import re
import tempfile
from collections.abc import Callable
from enum import Enum, auto
from pathlib import Path
from typing import Protocol

import pybase64

GATHERED = 256 * 1024  # what is written at once: small writes cost half as much again
CAP = 96 * 2**20  # bytes of one picture

_KEY = b'"b64_json"'
_QUOTE, _BACKSLASH, _COLON, _PAD = b'"\\:='
_PREFIX = b"data:"  # of a data URI, up to its comma
_LONGEST_PREFIX = 128

_BLANK = re.compile(rb"[ \t\r\n]*")
_ESCAPED_TEXT = re.compile(rb'[^"\\]*+(?:\\.[^"\\]*+)*+', re.DOTALL)
_ESCAPE = re.compile(rb"\\(?:u00([0-7][0-9a-fA-F])|(.))", re.DOTALL)
_HALF_ESCAPE = re.compile(rb"\\u[0-9a-fA-F]{0,3}\Z")
_MEANT = {b"/": b"/", b"n": b"", b"r": b"", b"t": b""}  # line breaks come from writers of MIME; no other belongs here


class BinarySink(Protocol):
    """Takes the bytes of one picture, then hears once how it ended. None of it may raise."""

    def write(self, data: bytes, /) -> None:
        """The next bytes."""

    def close(self) -> None:
        """That was all of it."""

    def fail(self, reason: str, /) -> None:
        """There will be no picture: forget what came."""


class FileSink:
    """Writes into a new file of a folder, for its owner's eyes only; of a failed picture nothing stays.

    In the end either `path` is set or `failure` says why not: a full disk fails the picture, not the stream.
    """

    def __init__(self, folder: Path, gather: int = GATHERED) -> None:
        self.path: Path | None = None
        self.failure = ""
        self._folder = folder
        self._gather = gather
        self._file: int | None = None
        self._name = ""
        self._gathered: list[bytes] = []
        self._waiting = 0

    def write(self, data: bytes) -> None:
        if self.failure:
            return
        self._gathered.append(data)
        self._waiting += len(data)
        if self._waiting >= self._gather:
            self._flush()

    def close(self) -> None:
        if self._gathered:
            self._flush()
        if self._file is None:
            return
        os.close(self._file)
        self._file, self.path = None, Path(self._name)

    def _flush(self) -> None:
        rest = memoryview(b"".join(self._gathered))
        self._gathered.clear()
        self._waiting = 0
        try:
            if self._file is None:
                self._file, self._name = tempfile.mkstemp(prefix="picture-", dir=self._folder)
            while rest:
                rest = rest[os.write(self._file, rest) :]
        except OSError as error:
            self.fail(f"cannot be written to disk: {error.strerror}")

    def fail(self, reason: str) -> None:
        self.failure = self.failure or reason
        self._gathered.clear()
        if self._file is None:
            return
        os.close(self._file)
        self._file = None
        Path(self._name).unlink(missing_ok=True)


class _State(Enum):
    TEXT = auto()  # anything, looking for the key
    COLON = auto()  # behind the key
    OPENING = auto()  # behind the colon: a text begins here, or it is null and none of our business
    VALUE = auto()  # inside the text


class Lifter:
    """Copies a stream, except that the text under each key `b64_json` becomes a number, counted from 0.

    `sink(number)` gets the decoded bytes meanwhile. What is not base64, exceeds `cap` bytes or is cut off by the end
    of the stream fails its own sink and nothing else. It holds a few bytes between two pieces; always `close` it.
    """

    def __init__(self, sink: Callable[[int], BinarySink], *, cap: int = CAP) -> None:
        self._sink = sink
        self._cap = cap
        self._count = 0
        self._state = _State.TEXT
        self._seen = b""  # the last bytes of text: a key may have begun in them
        self._half = b""  # an escape that the end of a piece has cut
        self._value: _Value | None = None

    def feed(self, chunk: bytes) -> bytes:
        """Take the next bytes; what is given back is what there is to parse of them."""
        if self._half:
            chunk, self._half = self._half + chunk, b""
        out: list[bytes] = []
        position = 0
        while position < len(chunk):
            position = self._step(chunk, position, out)
        return b"".join(out)

    def close(self) -> None:
        """The stream has ended, as it should or too early."""
        if self._value is not None:
            self._value.fail("cut off")
            self._value, self._state = None, _State.TEXT

    def _step(self, chunk: bytes, start: int, out: list[bytes]) -> int:
        """Go on in the present state, up to the place where it changes or the chunk ends."""
        if self._value is not None:
            return self._read_value(self._value, chunk, start)
        end = self._find_key(chunk, start) if self._state is _State.TEXT else self._find_opening(chunk, start)
        out.append(chunk[start:end])
        if self._state is not _State.VALUE:
            return end
        out.append(b"%d" % self._count)
        self._value = _Value(self._sink(self._count), self._cap)
        self._count += 1
        return end + 1

    def _find_key(self, chunk: bytes, start: int) -> int:
        """The place behind the next key, or the end of the chunk."""
        seen = self._seen
        end = _key_end(seen + chunk[start : start + len(_KEY)], 0) - len(seen) + start if seen else -1
        if end <= start:
            # Whatever begins with the first byte has just been looked at, together with the byte before it.
            end = _key_end(chunk, start + 1 if seen else start)
        if end == -1:
            self._seen = (seen + chunk[max(start, len(chunk) - len(_KEY)) :])[-len(_KEY) :]
            return len(chunk)
        self._state, self._seen = _State.COLON, b""
        return end

    def _find_opening(self, chunk: bytes, start: int) -> int:
        """Over blanks and the colon to the quote that opens the value, or to whatever else is there."""
        blank = _BLANK.match(chunk, start)
        position = blank.end() if blank else start
        if position == len(chunk):
            return position
        if self._state is _State.COLON and chunk[position] == _COLON:
            self._state = _State.OPENING
            return position + 1
        opens = self._state is _State.OPENING and chunk[position] == _QUOTE
        self._state = _State.VALUE if opens else _State.TEXT
        return position

    def _read_value(self, value: "_Value", chunk: bytes, start: int) -> int:
        """Decode up to the closing quote, which is swallowed, or to the end of the chunk."""
        end = chunk.find(_QUOTE, start)
        stop = len(chunk) if end == -1 else end
        if chunk.find(_BACKSLASH, start, stop) == -1:
            value.take(memoryview(chunk)[start:stop])
        elif _BACKSLASH not in (text := chunk[start:stop].replace(rb"\/", b"/")):  # as PHP writes it
            value.take(text)
        else:
            stop = self._read_escaped(value, chunk, start)
        if stop == len(chunk):
            return stop
        value.end()
        self._value, self._state = None, _State.TEXT
        return stop + 1

    def _read_escaped(self, value: "_Value", chunk: bytes, start: int) -> int:
        r"""The same, slowly, for any other escape: .NET writes `\u002B`, and `\"` is no end."""
        match = _ESCAPED_TEXT.match(chunk, start)
        stop = match.end() if match else start
        text = chunk[start:stop]
        if chunk[stop : stop + 1] != b'"':
            half = _HALF_ESCAPE.search(text)
            cut = half.start() if half else len(text)
            text, self._half = text[:cut], text[cut:] + chunk[stop:]
            stop = len(chunk)
        value.take(_ESCAPE.sub(_meant, text))
        return stop


class _Value:
    """One picture as base64, in whatever pieces it comes."""

    def __init__(self, sink: BinarySink, cap: int) -> None:
        self._sink = sink
        self._left = cap
        self._rest = b""  # less than a group of four; at first what may be the beginning of a data URI
        self._begun = False
        self._padded = False
        self._any = False
        self._failed = False

    def take(self, text: bytes | memoryview) -> None:
        if self._failed:
            return
        if not self._begun:
            text = self._begin(self._rest + text)
        if self._rest and self._begun:
            missing = 4 - len(self._rest)
            self._rest += text[:missing]
            text = text[missing:]
            if len(self._rest) < 4:
                return
            group, self._rest = self._rest, b""
            self._decode(group)
        whole = len(text) - len(text) % 4
        if whole:
            self._decode(text[:whole])
        if whole < len(text):
            self._rest = bytes(text[whole:])

    def end(self) -> None:
        """The closing quote: missing padding is forgiven."""
        if not self._begun:
            self._begun, held, self._rest = True, self._rest, b""
            self.take(held)
        if self._rest:
            self._decode(self._rest + b"=" * (4 - len(self._rest)))
        if not self._any:
            self.fail("empty")
        if not self._failed:
            self._sink.close()

    def fail(self, reason: str) -> None:
        if not self._failed:
            self._failed = True
            self._sink.fail(reason)

    def _begin(self, text: bytes) -> bytes:
        """Drop the head of a data URI, and hold back what may still turn out to be one."""
        self._rest = b""
        if text.startswith(_PREFIX):
            comma = text.find(b",", 0, _LONGEST_PREFIX)
            undecided = comma == -1 and len(text) < _LONGEST_PREFIX
        else:
            comma, undecided = -1, _PREFIX.startswith(text)
        if undecided:
            self._rest = text
            return b""
        self._begun = True
        return text[comma + 1 :]

    def _decode(self, groups: bytes | memoryview) -> None:
        if self._failed:
            return
        try:
            data = pybase64.b64decode(groups, validate=True)
        except binascii.Error:
            self.fail("not base64")
            return
        if self._padded:
            self.fail("not base64")
            return
        self._any = True
        self._padded = groups[-1] == _PAD
        self._left -= len(data)
        if self._left < 0:
            self.fail("too large")
            return
        self._sink.write(data)


def _key_end(text: bytes, start: int) -> int:
    """The place behind the first key, or -1. With a backslash before it, it is a text that talks about such a key."""
    at = text.find(_KEY, start)
    while at > 0 and text[at - 1] == _BACKSLASH:
        at = text.find(_KEY, at + 1)
    return -1 if at == -1 else at + len(_KEY)


def _meant(escape: re.Match[bytes]) -> bytes:
    code, character = escape.groups()
    if code:
        return bytes([int(code, 16)])
    return _MEANT.get(character, b"?")
