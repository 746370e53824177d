"""Pictures that come as text instead of behind a link: onto disk while they arrive, away again if nobody wants them."""

import re
from pathlib import Path
from typing import Self

from bot.seedream.errors import NotSent, Retry
from bot.seedream.lift import FileSink, Lifter

_NOT_BASE64 = re.compile(r"[^A-Za-z0-9+/=,;:.-]")


class Spool:
    """The files of one call. What has been claimed belongs to the caller, the rest goes when the call is over."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._sinks: list[FileSink] = []
        self._claimed: set[Path] = set()
        self.lifter = Lifter(self._sink)

    def __enter__(self) -> Self:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            said = f"the folder {self._folder} cannot be made: {error.strerror}"
            raise NotSent(said, retry=Retry.NEVER) from None
        return self

    def __exit__(self, *_: object) -> None:
        self.lifter.close()
        for sink in self._sinks:
            if sink.path is not None and sink.path not in self._claimed:
                sink.path.unlink(missing_ok=True)

    def claim(self, b64: str | int) -> Path | None:
        """The file of a picture that was lifted out of the reply, or that is text still; None if it is unreadable."""
        if isinstance(b64, str):
            return self._claim(self._lift(b64))
        return self._claim(self._sinks[b64]) if 0 <= b64 < len(self._sinks) else None

    def _lift(self, text: str) -> FileSink:
        """Text that escaped the lifter, under a key in an unusual spelling for example: the same treatment, late."""
        before = len(self._sinks)
        late = Lifter(self._sink)
        # What is not base64 must stay so, and must not look like the end of the text.
        late.feed(b'"b64_json":"' + _NOT_BASE64.sub("!", text).encode() + b'"')
        late.close()
        return self._sinks[before]

    def _sink(self, _: int) -> FileSink:
        sink = FileSink(self._folder)
        self._sinks.append(sink)
        return sink

    def _claim(self, sink: FileSink) -> Path | None:
        if sink.path is None or sink.path in self._claimed:  # a number that somebody made up
            return None
        self._claimed.add(sink.path)
        return sink.path
