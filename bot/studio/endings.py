"""How a job ends that does not end well: what the client's errors mean for the person and for the ledger."""

from collections.abc import Mapping
from typing import Any

from bot.seedream.errors import (
    Charged,
    InDoubt,
    InvalidRequest,
    NotSent,
    RateLimited,
    Refused,
    Retry,
    SeedreamError,
)
from bot.studio.job import Ending, Job, State

CANCELLED = "Cancelled"
GAVE_UP = "GaveUp"
LOST_TRACK = "LostTrack"  # the process that waited for the answer is gone
EXPIRED = "Expired"
MISLAID = "Mislaid"  # its files are not in the data folder


def ending_of(error: SeedreamError) -> Ending:
    """The end that an error means, with the facts that words for people need."""
    state = State.FAILED
    if isinstance(error, Refused):
        state = State.REFUSED
    elif isinstance(error, InDoubt) or error.charged is Charged.UNKNOWN:
        state = State.IN_DOUBT
    return Ending(state, type(error).__name__, error.charged.value, _facts(error))


def passes(error: SeedreamError) -> bool:
    """Whether the job may go back into the queue: nothing was drawn, and the trouble is expected to pass."""
    return isinstance(error, NotSent | RateLimited) and error.retry is not Retry.NEVER


def cancelled(*, charged: str) -> Ending:
    """The person has cancelled it."""
    return Ending(State.CANCELLED, CANCELLED, charged)


def lost_track() -> Ending:
    """The paid call had left when its process died: perhaps drawn, perhaps billed."""
    return Ending(State.IN_DOUBT, LOST_TRACK, "unknown")


def gave_up(job: Job) -> Ending:
    """Whoever worked on it died of it, again and again."""
    if job.state is State.SENT:
        return Ending(State.IN_DOUBT, GAVE_UP, "unknown")
    return Ending(State.FAILED, GAVE_UP)


def expired() -> Ending:
    """The pictures were drawn and paid, but none can be had any more."""
    return Ending(State.FAILED, EXPIRED, "yes")


def mislaid(*, charged: str) -> Ending:
    """Its files have been away for too long."""
    return Ending(State.FAILED, MISLAID, charged)


def _facts(error: SeedreamError) -> Mapping[str, Any]:
    facts: dict[str, Any] = {
        "provider": error.provider,
        "code": error.code,
        "status": error.status,
        "request_id": error.request_id,
        "retry_after": error.retry_after,
        "message": str(error.args[0]),
    }
    if isinstance(error, Refused):
        facts["about"] = error.about.value
    if isinstance(error, InvalidRequest):
        facts["problems"] = [[problem.field, problem.rule, problem.nearest] for problem in error.problems]
    return {name: fact for name, fact in facts.items() if fact not in (None, "")}
