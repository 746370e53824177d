"""What the courier says: progress, the line under pictures, and bad news as what happened · charged? · what to do · id.

Nothing in here is a provider's own text, and nothing of it is secret. Everything is said in the locale of the origin.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.studio.courier import Stage
from bot.studio.job import Ending, Job, Result
from bot.studio.results import height_of, in_order
from bot.ui.layers import description, is_layered
from bot.ui.problems import problems
from bot.words import Words, sentence

LONGEST = 2000  # Discord's limit for a message
_ALT = 1024  # and for the description of a picture
LIST = "layers.json"  # what the list of layers is called in the file that holds them all

_ABOUT: Mapping[str, str] = {
    "prompt": sentence("The prompt was refused by the provider's content policy"),
    "reference": sentence("A reference picture was refused by the provider's content policy"),
    "result": sentence("The finished picture was withheld by the provider's content policy"),
    "copyright": sentence("The request was refused because of possible copyright"),
    "person": sentence("A reference picture may show a real person, which the provider refuses"),
    "risk": sentence("The request was refused by the provider's security check"),
}

_REPHRASE = sentence("say it differently or use another picture")
_LATER = sentence("try again in a few minutes")
_OWNER = sentence("the owner of the bot has to look after it")
_LOOK = sentence("try again; a possibly charged call is never repeated by itself")
_CHANGE = sentence("change it and try again")
_AGAIN = sentence("try again")

# By the name of the error: what happened, and what to do now.
BAD_NEWS: Mapping[str, tuple[str, str]] = {
    "InvalidRequest": (sentence("The model cannot do this: {problems}"), _CHANGE),
    "NotSent": (sentence("The request could not be sent"), _LATER),
    "Unreachable": (sentence("The provider cannot be reached"), _LATER),
    "Unavailable": (sentence("No provider can take this now"), _LATER),
    "Rejected": (sentence("The provider does not accept the request"), _CHANGE),
    "BadRequest": (sentence("The provider does not accept an option of the request"), _CHANGE),
    "BadReference": (
        sentence("A reference picture was not accepted"),
        sentence("use another picture, PNG or JPEG"),
    ),
    "Refused": ("{about}", _REPHRASE),
    "BadKey": (sentence("The bot's access to the provider does not work"), _OWNER),
    "NoAccess": (sentence("The bot's account at the provider is not set up for this"), _OWNER),
    "OutOfCredit": (sentence("The bot's balance at the provider is used up"), _OWNER),
    "ModelUnavailable": (sentence("This model is not available now"), sentence("choose another model")),
    "RateLimited": (sentence("The provider is too busy"), _LATER),
    "InDoubt": (sentence("Nobody knows how the call to the provider ended"), _LOOK),
    "TimedOut": (sentence("The provider did not answer in time"), _LOOK),
    "ConnectionLost": (sentence("The connection to the provider broke"), _LOOK),
    "ServerFault": (sentence("The provider had an internal error"), _LOOK),
    "BadReply": (sentence("The provider gave an answer that cannot be understood"), _LOOK),
    "DownloadError": (sentence("The finished picture could not be fetched"), _AGAIN),
    "Expired": (sentence("The link to the finished picture has expired"), _AGAIN),
    "Mislaid": (sentence("The bot cannot find the pictures that belong to this request"), _OWNER),
    "Cancelled": (sentence("Cancelled"), sentence("nothing more happens")),
    "GaveUp": (sentence("The bot failed at this again and again"), _OWNER),
    "LostTrack": (sentence("The bot was restarted while the picture was drawn"), _LOOK),
}
_UNKNOWN = (sentence("Something went wrong"), _AGAIN)

_CHARGED: Mapping[str, str] = {
    "no": sentence("not charged"),
    "yes": sentence("charged"),
    "unknown": sentence("possibly charged"),
}


@dataclass(frozen=True, slots=True)
class Unzipped:
    """Layers without a file that holds them all: it would have had so many bytes, where so many may be sent; without a
    limit it was refused, without a length it could not be made or sent."""

    length: int = 0
    limit: int = 0


@dataclass(frozen=True, slots=True)
class Absent:
    """How many pictures did not get into a message: those that only wait, and those that are gone; and the file that
    would hold all layers."""

    kept: int = 0
    lost: int = 0
    zip: Unzipped | None = None


def progress(job: Job, stage: Stage) -> str:
    """One line: how far it is; Discord makes a countdown of the times itself."""
    words = Words(job.origin.locale)
    parts = [_stage(words, job, stage)]
    if stage.eta is not None:
        parts.append(words.say("ready {when}", when=words.time(stage.eta)))
    return " · ".join((*parts, f"#{job.id}"))


def kept(words: Words, job: Job, count: int) -> str:
    """That so many pictures have not arrived, and how they can be had."""
    return words.plural(
        "{count} picture cannot be brought now, but is kept for you: `/show {job}`",
        "{count} pictures cannot be brought now, but are kept for you: `/show {job}`",
        count,
        job=job.id,
    )


def facts(job: Job, pictures: Sequence[Result], absent: Absent, missing: Ending | None) -> str:
    """The words of a message with pictures: the line of facts, and what is not in it."""
    words = Words(job.origin.locale)
    lines = [" · ".join((job.model, *measures(words, job, pictures), *_took(words, job), f"#{job.id}"))]
    if absent.kept:
        lines.append(kept(words, job, absent.kept))
    if absent.lost:
        lost = words.plural(
            "{count} picture could not be fetched any more",
            "{count} pictures could not be fetched any more",
            absent.lost,
        )
        lines.append(lost)
    if absent.zip is not None:
        lines.append(unzipped(words, job, absent.zip))
    if missing is not None:
        lines.append(words.say("There are fewer pictures than asked for. {why}", why=_told(words, missing)))
    return "\n".join(lines)[:LONGEST]


def measures(words: Words, job: Job, pictures: Sequence[Result]) -> list[str]:
    """How large pictures are; of layers the one below all others, and how many lie on it."""
    stack = in_order(job.pictures)
    if stack and is_layered(job):
        count = sum(height_of(picture) > 0 for picture in stack)
        base = stack[0].size if count < len(stack) else None
        return [*filter(None, (base,)), words.plural("{count} layer", "{count} layers", count)]
    return list(dict.fromkeys(picture.size for picture in pictures if picture.size))


def bundled(job: Job) -> str:
    """What stands above the file that holds all layers."""
    words = Words(job.origin.locale)
    return words.say("All layers in one ZIP, with their positions in `{list}` · #{id}", list=LIST, id=job.id)


def unzipped(words: Words, job: Job, why: Unzipped) -> str:
    """Why there is no file that holds all layers."""
    if not why.length:
        return words.say("The ZIP with all layers could not be made · `/show {job}` tries again", job=job.id)
    length, limit = (words.number(round(size / 1024 / 1024, 1)) for size in (why.length, why.limit))
    if not why.limit:
        return words.say("No ZIP: with all layers it has {length} MB, which Discord did not take", length=length)
    return words.say(
        "No ZIP: with all layers it would have {length} MB, and {limit} MB may be sent here", length=length, limit=limit
    )


def _took(words: Words, job: Job) -> Iterator[str]:
    """How long it was drawn, and what it cost, where that is known."""
    if job.sent_at is not None and job.generated_at is not None:
        yield words.say("{seconds} s", seconds=words.number(max(1, round(job.generated_at - job.sent_at))))
    if cost := (job.usage or {}).get("cost"):
        yield words.money(cost)


def apology(job: Job, ending: Ending) -> str:
    """Why there are no pictures, whether that cost anything, what to do now, and the id to ask about."""
    return f"{_told(Words(job.origin.locale), ending)} · #{job.id}"[:LONGEST]


def alt(job: Job, picture: Result) -> str:
    """The description of a picture for those who do not see it: the person's own words, or what is told of a layer."""
    words = Words(job.origin.locale)
    if is_layered(job):
        return description(words, picture, max(map(height_of, job.pictures), default=0))[:_ALT]
    return str(job.request.get("prompt") or words.name(job.verb))[:_ALT]


def _stage(words: Words, job: Job, stage: Stage) -> str:
    if stage.name == "queued" and stage.place is not None:
        return words.say("⏳ place {place} in the queue", place=words.number(stage.place))
    if stage.name == "waiting" and stage.until:
        return words.say("⏳ waiting for the provider, continues {when}", when=words.time(stage.until))
    if stage.name == "drawn":
        drawn, images = words.number(stage.drawn), words.number(job.images)
        return words.say("🎨 drawing, {drawn} of {images} done", drawn=drawn, images=images)
    return words.say(_STAGES.get(stage.name, _WORKING))


_STAGES: Mapping[str, str] = {
    "queued": sentence("⏳ waiting for its turn"),
    "drawing": sentence("🎨 drawing"),
    "waiting": sentence("⏳ waiting for the provider"),
    "delivering": sentence("📦 on its way"),
}
_WORKING = sentence("⏳ in the works")


def _told(words: Words, ending: Ending) -> str:
    happened, now = BAD_NEWS.get(ending.error, _UNKNOWN)
    about = words.say(_ABOUT.get(str(ending.facts.get("about")), _ABOUT["prompt"]))
    what = problems(words, ending.facts.get("problems", ()))
    charged = words.say(_CHARGED.get(ending.charged, _CHARGED["unknown"]))
    return " · ".join((words.say(happened, about=about, problems=what), charged, words.say(now)))
