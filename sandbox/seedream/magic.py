"""Magic words in a prompt, for people who try the bot by hand: [[count:3]], [[refuse]], [[fault:P53]]."""

import re
from dataclasses import dataclass

from sandbox.seedream.faults import Ask, parse
from sandbox.seedream.problems import OVERDUE, REFUSED_PROMPT, Problem, named

_WORD = re.compile(r"\[\[([a-z]+)(?::([^\[\]]{1,80}))?\]\]")


@dataclass(frozen=True, slots=True)
class Words:
    """What the magic words of one prompt ask for."""

    count: int | None = None
    failing: frozenset[int] = frozenset()
    slow: float = 0.0
    fault: Ask | None = None
    problem: Problem | None = None


def read(prompt: str) -> Words:
    """Read the words count:N, fail:N (the Nth picture), slow:SECONDS, fault:ID, code:NAME, refuse and overdue."""
    found = [(match[1], match[2] or "") for match in _WORD.finditer(prompt)]
    words = dict(found)
    try:
        return Words(
            count=int(words["count"]) if "count" in words else None,
            failing=frozenset(int(number) - 1 for word, number in found if word == "fail"),
            slow=float(words.get("slow", "0")),
            fault=parse(words["fault"]) if "fault" in words else None,
            problem=_problem(words),
        )
    except ValueError as error:
        raise Problem("InvalidParameter", f"A magic word in the prompt can not be read: {error}") from None


def _problem(words: dict[str, str]) -> Problem | None:
    if "refuse" in words:
        return Problem(REFUSED_PROMPT, "The request failed because the input text may contain sensitive information.")
    if "overdue" in words:
        return Problem(OVERDUE, "The request failed because your account has an overdue balance.")
    return named(words["code"]) if "code" in words else None
