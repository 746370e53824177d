"""Everything that can go wrong with the bytes of a picture, as one closed tree.

ImageError
├── FetchError (OSError)              a link brought no picture
│   ├── Forbidden (PermissionError)   the guard refuses the address, or the server refuses us (401, 403)
│   ├── Gone (FileNotFoundError)      404, 410
│   ├── Slow (TimeoutError)           nothing for too long, or too little in all the time there was
│   ├── Broken (ConnectionError)      no connection, reset, cut, 429, 5xx: another try may mend it
│   ├── TooLarge                      more bytes than allowed
│   └── Unfit                         something else than a picture: a page, an error message, nothing at all
├── ChartFailed                       a chart could not be drawn
└── BadPicture                        the bytes are here, but of no use; `reason` says why

The built-in error beside each name is its second parent, for callers that should not know this tree.
`str` and `repr` may be logged: no link in them keeps its user part, query or fragment.
"""

import re
from enum import Enum

_LINK = re.compile(r"\b([a-z][a-z0-9+.-]*:)//(?:[^\s/?#'\"<>]*@)?([^\s?#'\"<>]*)(?:[?#][^\s'\"<>]*)?", re.IGNORECASE)


def _without_secrets(text: str) -> str:
    """The text, its links shortened to scheme, host and path."""
    return _LINK.sub(r"\1//\2", text)


class ImageError(Exception):
    """Root of the tree."""

    def __init__(self, message: str = "") -> None:
        super().__init__(_without_secrets(message))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self)!r})"


class ChartFailed(ImageError):
    """A chart could not be drawn."""


class FetchError(ImageError, OSError):
    """A link brought no picture; `host` says where, `status` what the server answered, if it did."""

    def __init__(self, message: str, *, host: str = "", status: int | None = None) -> None:
        super().__init__(message)
        self.host = host
        self.status = status

    def __str__(self) -> str:
        where = " ".join(fact for fact in (self.host, str(self.status or "")) if fact)
        return f"{self.args[0]} [{where}]" if where else str(self.args[0])


class Forbidden(FetchError, PermissionError):
    """The guard refuses the address, or the server refuses us."""


class Gone(FetchError, FileNotFoundError):
    """Nothing is there, or not any more."""


class Slow(FetchError, TimeoutError):
    """The server took longer than we wait."""


class Broken(FetchError, ConnectionError):
    """The connection failed, or the server has a bad moment; another try may mend it."""


class TooLarge(FetchError):
    """More bytes than allowed; nothing beyond the limit was kept."""

    def __init__(self, message: str, *, limit: int, host: str = "") -> None:
        super().__init__(message, host=host)
        self.limit = limit


class Unfit(FetchError):
    """The link works, but leads to something that is not a picture, or not to be read."""


class Reason(Enum):
    """Why a picture is of no use."""

    EMPTY = "the file is empty"
    NOT_A_PICTURE = "this is not a picture"
    UNSUPPORTED = "this picture format is not supported"
    TRUNCATED = "the picture is incomplete"
    TOO_MANY_PIXELS = "the picture has too many pixels"
    TOO_LARGE = "the file is too large"
    TOO_SMALL = "the picture is too small"
    TOO_NARROW = "the picture is too long and thin"
    ANIMATED = "the picture is animated"
    UNDECODABLE = "the picture is damaged"
    DECODER_DIED = "the picture broke the decoder"
    TOO_SLOW = "the picture took too long to decode"
    CANNOT_FIT = "the picture cannot be made small enough"


class BadPicture(ImageError):
    """A file that is of no use as a picture: why, in words and, where there is a limit, in numbers."""

    def __init__(
        self, reason: Reason, detail: str = "", *, limit: float | None = None, found: float | None = None
    ) -> None:
        super().__init__(f"{reason.value}: {detail}" if detail else reason.value)
        self.reason = reason
        self.detail = _without_secrets(detail)
        self.limit = limit
        self.found = found

    def __reduce__(self) -> tuple[type["BadPicture"], tuple[Reason, str], dict[str, float | None]]:
        # decoders work in child processes: what they raise has to survive the way back
        return type(self), (self.reason, self.detail), {"limit": self.limit, "found": self.found}

    def __str__(self) -> str:
        facts = [f"found {self.found:,}" if self.found is not None else ""]
        facts.append(f"limit {self.limit:,}" if self.limit is not None else "")
        numbers = ", ".join(fact for fact in facts if fact)
        return f"{self.args[0]} ({numbers})" if numbers else str(self.args[0])
