"""The bucket behind the links: keeps finished pictures, signs their links and checks every letter of them."""

import hashlib
import hmac
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

LIFETIME = 86_400
_DATE = "%Y%m%dT%H%M%SZ"


@dataclass(slots=True)
class Stored:
    """A finished picture, and the fault that its link shall show."""

    data: bytes
    media_type: str
    name: str
    fault: str = ""
    variant: str = ""
    served: int = 0


@dataclass(frozen=True, slots=True)
class Denied:
    """Why the bucket does not give a picture: a status and its own error words."""

    status: int
    code: str
    message: str


class Storage:
    """Pictures by name, and the secret that signs links to them."""

    def __init__(self, seed: int) -> None:
        self._secret = hashlib.sha256(f"pretend bucket {seed}".encode()).digest()
        self._pictures: dict[str, Stored] = {}
        self._count = 0

    def put(self, data: bytes, output_format: str) -> Stored:
        """Keep a picture under a new name."""
        self._count += 1
        digest = hashlib.sha256(data[:4096]).hexdigest()[:24]
        stored = Stored(data, f"image/{output_format}", f"{digest}_{self._count}.{output_format}")
        self._pictures[stored.name] = stored
        return stored

    def get(self, name: str) -> Stored | None:
        """The picture with that name."""
        return self._pictures.get(name)

    def forget(self, most: int) -> None:
        """Keep only the latest pictures."""
        for name in list(self._pictures)[:-most]:
            del self._pictures[name]

    def sign(self, path: str, now: float, host: str) -> str:
        """The path with a signed query that ends a day after `now`, written as the real buckets write it."""
        date = datetime.fromtimestamp(now, UTC).strftime(_DATE)
        credential = quote(f"PRETEND/{date[:8]}/cn-beijing/tos/request", safe="")
        head = (
            f"X-Tos-Algorithm=TOS4-HMAC-SHA256&X-Tos-Credential={credential}&X-Tos-Date={date}&X-Tos-Expires={LIFETIME}"
        )
        tail = "X-Tos-SignedHeaders=host"
        return f"{path}?{head}&X-Tos-Signature={self._mac(path, head, tail, host)}&{tail}"

    def check(self, target: str, now: float, host: str) -> Denied | None:
        """Whether a request target, letter by letter, is a link that was signed here and still lives."""
        path, _, query = target.partition("?")
        parts = query.split("&")
        signatures = [part for part in parts if part.startswith("X-Tos-Signature=")]
        if len(signatures) != 1 or parts[-2] != signatures[0]:
            return _denied()
        expected = self._mac(path, "&".join(parts[:-2]), parts[-1], host)
        if not hmac.compare_digest(signatures[0].removeprefix("X-Tos-Signature="), expected):
            return _denied()
        fields = dict(part.split("=", 1) for part in parts)
        begins = datetime.strptime(fields["X-Tos-Date"], _DATE).replace(tzinfo=UTC)
        if now < begins.timestamp() - 900:
            return Denied(403, "RequestTimeTooSkewed", "The difference between the request time and now is too large.")
        if now > (begins + timedelta(seconds=LIFETIME)).timestamp():
            return Denied(403, "AccessDenied", "Request has expired")
        return None

    def _mac(self, path: str, head: str, tail: str, host: str) -> str:
        text = f"{host}\n{path}\n{head}&{tail}".encode()
        return hmac.new(self._secret, text, hashlib.sha256).hexdigest()


def _denied() -> Denied:
    return Denied(403, "AccessDenied", "Access Denied")


def http_date(moment: float) -> str:
    """A moment as HTTP headers write it."""
    return time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(moment))
