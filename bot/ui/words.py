"""What the courier says: progress, the line under pictures, and bad news as what happened · charged? · what to do · id.

Plain English for now. Nothing in here is a provider's own text, and nothing of it is secret.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.studio.courier import Stage
from bot.studio.job import Ending, Job, Result

LONGEST = 2000  # Discord's limit for a message
_ALT = 1024  # and for the description of a picture

_ABOUT: Mapping[str, str] = {
    "prompt": "The prompt was refused by the provider's content policy",
    "reference": "A reference picture was refused by the provider's content policy",
    "result": "The finished picture was withheld by the provider's content policy",
    "copyright": "The request was refused because of possible copyright",
    "person": "A reference picture may show a real person, which the provider refuses",
    "risk": "The request was refused by the provider's security check",
}

_REPHRASE = "say it differently or use another picture"
_LATER = "try again in a few minutes"
_OWNER = "the owner of the bot has to look after it"
_LOOK = "try again; a possibly charged call is never repeated by itself"

# By the name of the error: what happened, and what to do now.
BAD_NEWS: Mapping[str, tuple[str, str]] = {
    "InvalidRequest": ("The model cannot do this: {problems}", "change it and try again"),
    "NotSent": ("The request could not be sent", _LATER),
    "Unreachable": ("The provider cannot be reached", _LATER),
    "Unavailable": ("No provider can take this now", _LATER),
    "Rejected": ("The provider does not accept the request", "change it and try again"),
    "BadRequest": ("The provider does not accept an option of the request", "change it and try again"),
    "BadReference": ("A reference picture was not accepted", "use another picture, PNG or JPEG"),
    "Refused": ("{about}", _REPHRASE),
    "BadKey": ("The bot's access to the provider does not work", _OWNER),
    "NoAccess": ("The bot's account at the provider is not set up for this", _OWNER),
    "OutOfCredit": ("The bot's balance at the provider is used up", _OWNER),
    "ModelUnavailable": ("This model is not to be had now", "choose another model"),
    "RateLimited": ("The provider has too much to do", _LATER),
    "InDoubt": ("Nobody knows how the call to the provider ended", _LOOK),
    "TimedOut": ("The provider did not answer in time", _LOOK),
    "ConnectionLost": ("The connection to the provider broke", _LOOK),
    "ServerFault": ("The provider had an internal error", _LOOK),
    "BadReply": ("The provider gave an answer that cannot be understood", _LOOK),
    "DownloadError": ("The finished picture could not be fetched", "try again"),
    "Expired": ("The link to the finished picture has expired", "try again"),
    "Cancelled": ("Cancelled", "nothing more happens"),
    "GaveUp": ("The bot failed at this again and again", _OWNER),
    "LostTrack": ("The bot was restarted while the picture was drawn", _LOOK),
}
_UNKNOWN = ("Something went wrong", "try again")

_CHARGED: Mapping[str, str] = {"no": "not charged", "yes": "charged", "unknown": "possibly charged"}


@dataclass(frozen=True, slots=True)
class Absent:
    """How many pictures did not get into a message: those that only wait, and those that are gone."""

    kept: int = 0
    lost: int = 0


def progress(job: Job, stage: Stage) -> str:
    """One line: how far it is; Discord makes a countdown of the times itself."""
    place = f"place {stage.place} in the queue" if stage.place is not None else "waiting for its turn"
    said = {
        "queued": f"⏳ {place}",
        "drawing": "🎨 drawing",
        "waiting": "⏳ waiting for the provider" + (f", goes on <t:{stage.until:.0f}:R>" if stage.until else ""),
        "drawn": f"🎨 drawing, {stage.drawn} of {job.images} done",
        "delivering": "📦 on its way",
    }.get(stage.name, "⏳ in the works")
    until = f" · ready <t:{stage.eta:.0f}:R>" if stage.eta is not None else ""
    return f"{said}{until} · #{job.id}"


def facts(job: Job, pictures: Sequence[Result], absent: Absent, missing: Ending | None) -> str:
    """The words of a message with pictures: the line of facts, and what is not in it."""
    sizes = dict.fromkeys(picture.size for picture in pictures if picture.size)
    lines = [" · ".join((job.model, *sizes, f"#{job.id}"))]
    if absent.kept:
        lines.append(f"{_pictures(absent.kept)} cannot be brought now, but kept for you: `/show {job.id}`")
    if absent.lost:
        lines.append(f"{_pictures(absent.lost)} could not be fetched any more")
    if missing is not None:
        lines.append(f"There are fewer pictures than asked for. {_sentence(missing)}")
    return "\n".join(lines)[:LONGEST]


def apology(job: Job, ending: Ending) -> str:
    """Why there are no pictures, whether that cost anything, what to do now, and the id to ask about."""
    return f"{_sentence(ending)} · #{job.id}"[:LONGEST]


def alt(job: Job) -> str:
    """The description of a picture for those who do not see it."""
    return str(job.request.get("prompt") or job.verb)[:_ALT]


def _sentence(ending: Ending) -> str:
    happened, now = BAD_NEWS.get(ending.error, _UNKNOWN)
    told = {"about": _ABOUT.get(str(ending.facts.get("about")), _ABOUT["prompt"]), "problems": _problems(ending.facts)}
    return " · ".join((happened.format_map(told), _CHARGED.get(ending.charged, _CHARGED["unknown"]), now))


def _problems(told: Mapping[str, Any]) -> str:
    problems = [f"{field}: {rule}" for field, rule, *_ in told.get("problems", ())]
    return ("; ".join(problems) or "an option does not suit it")[:1000]


def _pictures(count: int) -> str:
    return "1 picture" if count == 1 else f"{count} pictures"
