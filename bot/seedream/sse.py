"""Server-sent events, from bytes in any pieces: https://html.spec.whatwg.org/multipage/server-sent-events.html."""

import re

from bot.seedream.errors import BadReply
from bot.seedream.providers.base import ServerEvent

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
CAP = 96 * 2**20  # of one event: a 4K picture as text, should it ever come past the lifter
LINE_COST = 64  # what keeping a line costs beside its bytes, so that countless empty ones meet the cap too

_LINE_END = re.compile(rb"\r\n?|\n")


class EventParser:
    """Cuts a stream into events, in time linear in its length.

    Follows the standard but for its end: an event that the stream's end leaves without its blank line is handed out
    by `close`, because gateways end that way after a last event that they have billed. Whoever reads it sees whether
    its data is whole. An event that was given no name has the name "".
    """

    def __init__(self, cap: int = CAP, provider: str = "") -> None:
        self._cap = cap
        self._provider = provider
        self._line: list[bytes] = []  # the pieces of a line whose end has not come
        self._line_size = 0
        self._data: list[bytes] = []
        self._data_size = 0
        self._name = b""
        self._at_start = True
        self._after_return = False  # the last byte was CR: an LF that follows belongs to it

    def feed(self, chunk: bytes) -> list[ServerEvent]:
        """Take the next bytes and hand out the events that they complete; raises BadReply over the cap."""
        events: list[ServerEvent] = []
        start = 1 if self._after_return and chunk.startswith(b"\n") else 0
        if chunk:
            self._after_return = chunk.endswith(b"\r")
        for end in _LINE_END.finditer(chunk, start):
            self._keep(chunk[start : end.start()])
            events += self._end_line()
            start = end.end()
        self._keep(chunk[start:])
        return events

    def close(self) -> list[ServerEvent]:
        """The stream has ended: hand out what it left unfinished."""
        return self._end_line() + self._dispatch()

    def _keep(self, piece: bytes) -> None:
        if not piece:
            return
        self._line_size += len(piece)
        if self._line_size + self._data_size > self._cap:
            raise BadReply(f"one event of the stream is longer than {self._cap} bytes", provider=self._provider)
        self._line.append(piece)

    def _end_line(self) -> list[ServerEvent]:
        line = b"".join(self._line)
        self._line.clear()
        self._line_size = 0
        if self._at_start:
            line = line.removeprefix(BYTE_ORDER_MARK)
            self._at_start = False
        if not line:
            return self._dispatch()
        self._read(line)
        return []

    def _read(self, line: bytes) -> None:
        """Take one field; a comment is a field without a name, `id` and `retry` mean nothing to a POST."""
        field, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        if field == b"data":
            self._data.append(value)
            self._data_size += len(value) + LINE_COST
        elif field == b"event":
            self._name = value

    def _dispatch(self) -> list[ServerEvent]:
        name, data = self._name, self._data
        self._name, self._data, self._data_size = b"", [], 0
        if not data:
            return []
        return [ServerEvent(name.decode(errors="replace"), b"\n".join(data).decode(errors="replace"))]
