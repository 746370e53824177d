"""Everything that can go wrong in the client, as one closed tree.

SeedreamError
├── InvalidRequest        our own check refused it; nothing was sent
├── NotSent               the call did not leave, or not whole
│   ├── Unreachable       name, connection or TLS failed, or the connection broke before the request was out
│   └── Unavailable       no provider is left to ask: breakers open, none offers the model, none configured
├── Rejected              the provider said no before drawing; nothing is billed
│   ├── BadRequest        a parameter
│   ├── BadReference      a reference picture
│   ├── Refused           content policy; `about` says of what
│   ├── BadKey            the key is wrong, expired or not allowed here
│   ├── NoAccess          the account is not set up for this
│   ├── OutOfCredit       balance, budget or quota at the provider is used up
│   ├── ModelUnavailable  unknown, retired or not activated model or endpoint
│   └── RateLimited       too much at once; it passes by itself
├── InDoubt               sent, but the end is unknown: perhaps drawn, perhaps billed; never repeated by itself
│   ├── TimedOut          no answer in time
│   ├── ConnectionLost    reset or cut after the request was out
│   ├── ServerFault       the provider or its gateway broke down
│   └── BadReply          an answer that cannot be understood
└── DownloadError         a finished picture could not be fetched; free to try again until it expires
    └── Expired           its link is gone for good
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum


class Charged(Enum):
    """Whether money was spent."""

    NO = "no"
    YES = "yes"
    UNKNOWN = "unknown"


class Retry(Enum):
    """What may be done with the same request after an error."""

    NEVER = "never"
    BACKOFF = "backoff"
    BACKOFF_SLOW = "backoff_slow"  # as BACKOFF, but ramp up slowly
    QUEUE = "queue"  # once one of our own running calls has ended
    ONCE = "once"
    LATER = "later"  # not by itself; offer it again later
    USER = "user"  # the person may rephrase
    INLINE_ONCE = "inline_once"  # once more, with the bytes of linked references in the request
    AMBIGUOUS = "ambiguous"  # may have been drawn and billed


AUTOMATIC = frozenset({Retry.BACKOFF, Retry.BACKOFF_SLOW, Retry.QUEUE, Retry.ONCE, Retry.INLINE_ONCE})

_HIDDEN = (
    # a link keeps its host and path, never its query, fragment or user part
    (re.compile(r"(\b[a-z][a-z0-9+.-]*://)[^\s/@'\"]*@", re.IGNORECASE), r"\1"),
    (re.compile(r"(\b[a-z][a-z0-9+.-]*://[^\s?#'\"<>]*)[?#][^\s'\"<>]*", re.IGNORECASE), r"\1?…"),
    (re.compile(r"(\bdata:[a-z]+/[a-z0-9.+-]+;base64,)[A-Za-z0-9+/=]*", re.IGNORECASE), r"\1…"),
    (re.compile(r"(\bbearer\s+)\S+", re.IGNORECASE), r"\1…"),
    (re.compile(r"\b(sk|ak|pk|key)-[A-Za-z0-9_*-]{6,}", re.IGNORECASE), r"\1-…"),
)


def scrub(text: str, *secrets: str) -> str:
    """Take keys, signatures and payloads out of a foreign text, and keep it short enough to read."""
    for secret in secrets:
        if secret:
            text = text.replace(secret, "…")
    for pattern, replacement in _HIDDEN:
        text = pattern.sub(replacement, text)
    return text if len(text) <= 500 else text[:499] + "…"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that a model or provider would not accept: which field, why, and what would be accepted instead."""

    field: str
    rule: str
    nearest: str | None = None

    def __str__(self) -> str:
        return f"{self.field}: {self.rule}" + (f" (try {self.nearest})" if self.nearest else "")


class SeedreamError(Exception):
    """Root of the tree. `str` and `repr` are safe to log and hold no secret; words for people are made elsewhere."""

    retry: Retry = Retry.NEVER
    charged: Charged = Charged.NO

    def __init__(
        self,
        message: str,
        *,
        provider: str = "",
        code: str = "",
        status: int | None = None,
        request_id: str = "",
        retry: Retry | None = None,
        charged: Charged | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(scrub(message))
        self.provider = provider
        self.code = code
        self.status = status
        self.request_id = request_id
        self.retry_after = retry_after
        if retry is not None:
            self.retry = retry
        if charged is not None:
            self.charged = charged

    @property
    def retryable(self) -> bool:
        """Whether the same request may be sent again without asking anybody."""
        return self.retry in AUTOMATIC

    def __str__(self) -> str:
        facts = [self.provider, str(self.status) if self.status else "", self.code]
        where = " ".join(fact for fact in facts if fact)
        said = str(self.args[0]) + (f" [{where}]" if where else "")
        return said + (f" (request {self.request_id})" if self.request_id else "")

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self)!r})"


class InvalidRequest(SeedreamError):
    """The request breaks rules that we know; `problems` lists them all."""

    def __init__(self, problems: Sequence[Problem], *, provider: str = "") -> None:
        super().__init__("; ".join(map(str, problems)), provider=provider)
        self.problems = tuple(problems)


class NotSent(SeedreamError):
    """The call did not leave, or not whole: nothing can have been drawn."""

    retry = Retry.BACKOFF


class Unreachable(NotSent):
    """No connection, or it broke before the request was out."""


class Unavailable(NotSent):
    """No provider is left to ask just now."""

    retry = Retry.LATER


class Rejected(SeedreamError):
    """The provider said no before drawing."""


class BadRequest(Rejected):
    """The provider does not accept a parameter."""


class BadReference(Rejected):
    """The provider does not accept a reference picture."""


class About(Enum):
    """What a content policy objected to."""

    PROMPT = "prompt"
    REFERENCE = "reference"
    RESULT = "result"
    COPYRIGHT = "copyright"
    PERSON = "person"
    RISK = "risk"


class Refused(Rejected):
    """The provider's content policy said no; `about` says of what."""

    about: About = About.PROMPT


class BadKey(Rejected):
    """The key is wrong, expired or not allowed here."""


class NoAccess(Rejected):
    """The account is not set up for this service."""


class OutOfCredit(Rejected):
    """The balance or quota at the provider is used up."""


class ModelUnavailable(Rejected):
    """The model or endpoint is unknown, retired, closed or not activated there."""


class RateLimited(Rejected):
    """Too much at once."""

    retry = Retry.BACKOFF


class InDoubt(SeedreamError):
    """The request was out, and nobody knows whether it was drawn."""

    retry = Retry.AMBIGUOUS
    charged = Charged.UNKNOWN


class TimedOut(InDoubt):
    """No answer in time."""


class ConnectionLost(InDoubt):
    """The connection broke after the request was out."""


class ServerFault(InDoubt):
    """The provider or its gateway broke down."""


class BadReply(InDoubt):
    """The answer cannot be understood."""


class DownloadError(SeedreamError):
    """A finished and paid picture could not be fetched."""

    retry = Retry.BACKOFF
    charged = Charged.YES


class Expired(DownloadError):
    """The picture's link is gone for good."""

    retry = Retry.NEVER
