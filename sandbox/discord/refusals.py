"""Discord's error answers: a code, its status, its words, and where in the form the fault lies."""

from collections.abc import Mapping
from typing import Any

CODES: Mapping[int, tuple[int, str]] = {
    0: (401, "401: Unauthorized"),
    10002: (404, "Unknown Application"),
    10003: (404, "Unknown Channel"),
    10004: (404, "Unknown Guild"),
    10007: (404, "Unknown Member"),
    10008: (404, "Unknown Message"),
    10013: (404, "Unknown User"),
    10014: (404, "Unknown Emoji"),
    10015: (404, "Unknown Webhook"),
    10062: (404, "Unknown interaction"),
    10063: (404, "Unknown application command"),
    10066: (404, "Unknown application command permissions"),
    20001: (403, "Bots cannot use this endpoint"),
    20012: (403, "You are not authorized to perform this action on this application"),
    30032: (400, "Maximum number of application commands reached"),
    30034: (429, "Max number of daily application command creates has been reached"),
    30046: (429, "Maximum number of edits to messages older than 1 hour reached. Try again later"),
    40005: (413, "Request entity too large"),
    40060: (400, "Interaction has already been acknowledged."),
    40094: (400, "This interaction has reached the maximum number of follow up messages"),
    50001: (403, "Missing Access"),
    50003: (403, "Cannot execute action on a DM channel"),
    50005: (403, "Cannot edit a message authored by another user"),
    50006: (400, "Cannot send an empty message"),
    50007: (403, "Cannot send messages to this user"),
    50013: (403, "Missing Permissions"),
    50024: (400, "Cannot execute action on this channel type"),
    50027: (401, "Invalid Webhook Token"),
    50035: (400, "Invalid Form Body"),
    50083: (400, "Thread is archived"),
    50109: (400, "The request body contains invalid JSON."),
    50278: (403, "Cannot send messages to this user due to having no mutual guilds"),
    160002: (400, "Cannot reply without permission to read message history"),
    160004: (400, "A thread has already been created for this message"),
    200000: (400, "Message was blocked by automatic moderation"),
}


class Refusal(Exception):
    """An answer that is no success, in Discord's form."""

    def __init__(
        self,
        code: int,
        *,
        status: int | None = None,
        message: str = "",
        more: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        known, words = CODES.get(code, (400, "Bad Request"))
        super().__init__(message or words)
        self.code = code
        self.status = status or known
        self.headers = dict(headers or {})
        self.more = dict(more or {})

    @property
    def body(self) -> dict[str, Any]:
        """What the client reads."""
        return {"message": str(self), "code": self.code, **self.more}


def invalid(where: str, reason: str, kind: str = "BASE_TYPE_BAD_LENGTH") -> Refusal:
    """Invalid Form Body, with the reason hung up at the place `a.0.b` of the form."""
    errors: dict[str, Any] = {"_errors": [{"code": kind, "message": reason}]}
    for step in reversed([step for step in where.split(".") if step]):
        errors = {step: errors}
    return Refusal(50035, more={"errors": errors})


def not_found() -> Refusal:
    """There is no such route."""
    return Refusal(0, status=404, message="404: Not Found")
