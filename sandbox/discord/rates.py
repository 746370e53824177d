"""Rate limits: a window per bucket, fifty a second over all, and the headers that tell of them."""

import hashlib
from collections import deque
from dataclasses import dataclass, field

from sandbox.discord.calls import Call
from sandbox.discord.refusals import Refusal

GLOBAL = 50
_FEW = {
    "POST /channels/{channel}/messages",
    "PATCH /channels/{channel}/messages/{message}",
    "POST /webhooks/{application}/{token}",
    "PATCH /webhooks/{application}/{token}/messages/@original",
    "PATCH /webhooks/{application}/{token}/messages/{message}",
}


@dataclass(slots=True)
class _Bucket:
    limit: int
    window: float
    since: float = -1e9
    used: int = 0


@dataclass(slots=True)
class Rates:
    """Five messages or edits per channel or token and `window`, fifty of anything else a second."""

    window: float
    _buckets: dict[str, _Bucket] = field(default_factory=dict)
    _recent: deque[float] = field(default_factory=deque)
    refused: int = 0

    def count(self, call: Call, template: str, ids: dict[str, str], now: float) -> dict[str, str]:
        """Count a call, and the headers of its answer; raises 429."""
        if not template.startswith("/interactions") and "{token}" not in template:
            self._everything(now)
        if template.startswith("/interactions"):
            return {}
        kind = f"{call.method} {template}"
        major = ids.get("token") or ids.get("channel") or ids.get("guild") or ""
        bucket = self._buckets.get(f"{kind}:{major}")
        if bucket is None:
            few = kind in _FEW
            bucket = self._buckets[f"{kind}:{major}"] = _Bucket(5 if few else 50, self.window if few else 1.0)
        if now >= bucket.since + bucket.window:
            bucket.since, bucket.used = now, 0
        after = bucket.since + bucket.window - now
        name = hashlib.sha256(kind.encode()).hexdigest()[:32]
        headers = {
            "X-RateLimit-Limit": str(bucket.limit),
            "X-RateLimit-Remaining": str(max(0, bucket.limit - bucket.used - 1)),
            "X-RateLimit-Reset": f"{call.at + after:.3f}",
            "X-RateLimit-Reset-After": f"{after:.3f}",
            "X-RateLimit-Bucket": name,
        }
        if bucket.used >= bucket.limit:
            self.refused += 1
            raise too_many(after, headers=headers | {"X-RateLimit-Remaining": "0"})
        bucket.used += 1
        return headers

    def _everything(self, now: float) -> None:
        while self._recent and self._recent[0] <= now - 1.0:
            self._recent.popleft()
        if len(self._recent) >= GLOBAL:
            self.refused += 1
            raise too_many(self._recent[0] + 1.0 - now, scope="global")
        self._recent.append(now)


def too_many(seconds: float, *, scope: str = "user", headers: dict[str, str] | None = None) -> Refusal:
    """429, in the form that a client understands."""
    wait = max(0.001, round(seconds, 3))
    told = {"Retry-After": str(int(wait) + 1), "X-RateLimit-Scope": scope} | (headers or {})
    if scope == "global":
        told["X-RateLimit-Global"] = "true"
    more = {"retry_after": wait, "global": scope == "global"}
    return Refusal(0, status=429, message="You are being rate limited.", more=more, headers=told)
