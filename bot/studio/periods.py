"""Hours, days and months of the calendar in UTC, where no hour is ever left out or lived twice."""

import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.studio.limits import Period

_NAMES = {Period.HOUR: "%Y-%m-%dT%H", Period.DAY: "%Y-%m-%d", Period.MONTH: "%Y-%m"}


@dataclass(frozen=True, slots=True)
class Span:
    """One hour, day or month: its name ("2026-11-20T14", "2026-11-20", "2026-11") and when the next one begins."""

    name: str
    ends_at: float


def span(period: Period, at: float) -> Span:
    """The hour, day or month that a time lies in."""
    # Whole seconds: `fromtimestamp` rounds, and would move the last microsecond into the next hour.
    moment = datetime.fromtimestamp(math.floor(at), UTC)
    start = moment.replace(minute=0, second=0)
    if period is Period.HOUR:
        end = start + timedelta(hours=1)
    elif period is Period.DAY:
        end = start.replace(hour=0) + timedelta(days=1)
    else:  # four days after the 28th it is the next month, whichever it is
        end = (start.replace(day=28, hour=0) + timedelta(days=4)).replace(day=1)
    return Span(moment.strftime(_NAMES[period]), end.timestamp())
