"""Until when: what people write, as a point in time."""

import re
from datetime import UTC, datetime

from bot.studio.checks import BadPreference
from bot.words import sentence

_SECONDS = {"m": 60, "h": 3600, "d": 86_400, "w": 7 * 86_400}
_FOR = re.compile(r"([0-9]{1,4})\s*([mhdw])[a-z]*", re.IGNORECASE | re.ASCII)
_STAMP = re.compile(r"<t:([0-9]{1,12})(?::[tTdDfFR])?>", re.ASCII)
_LATEST = datetime(9999, 1, 1, tzinfo=UTC).timestamp()


def until(text: str | None, now: float) -> float | None:
    """The time that somebody means with "2h", "3 days", "2027-01-31", "2027-01-31 18:00" (UTC) or a time of Discord's;
    None where nothing is written. Raises BadPreference."""
    said = (text or "").strip()
    if not said:
        return None
    at = _read(said, now)
    if at is None or at > _LATEST:
        raise BadPreference("until", sentence("is not a time"), sentence("write it like 2h, 3d, 1w or 2027-01-31"))
    if at <= now:
        raise BadPreference("until", sentence("is over already"), sentence("write a time that is still to come"))
    return at


def _read(said: str, now: float) -> float | None:
    if found := _FOR.fullmatch(said):
        return now + int(found[1]) * _SECONDS[found[2].lower()]
    if found := _STAMP.fullmatch(said):
        return float(found[1])
    try:
        at = datetime.fromisoformat(said)
    except ValueError:
        return None
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()
