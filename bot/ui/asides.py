"""What an answer says about the request itself: its pictures by number, what was left out, which of several it is."""

from collections.abc import Iterable

from bot.studio.job import Job
from bot.words import Words

LONGEST = 2000  # Discord's limit for a message
_ROOM = 1200  # characters for all of it


def joined(words: Words, lines: Iterable[str]) -> str:
    """As many of the lines as there is room for."""
    kept, room, rest = list[str](), _ROOM, 0
    for line in lines:
        room -= len(line) + 1
        if room < 0:
            rest += 1
        else:
            kept.append(line)
    if rest:
        kept.append(words.plural("… and {count} more line", "… and {count} more lines", rest))
    return "\n".join(kept)


def beside(text: str, job: Job) -> str:
    """What is said of a job, with what its request has to say below it."""
    if not job.origin.notes:
        return text
    return f"{text[: LONGEST - len(job.origin.notes) - 1]}\n{job.origin.notes}"
