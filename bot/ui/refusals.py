"""Why a request was not accepted, in words: what stands in the way, how much is used, when it returns, what to do."""

from collections.abc import Mapping

from bot.studio.limits import Barrier, Period, Refusal, Scope
from bot.ui.problems import problems
from bot.words import Words, sentence

_PERIODS: Mapping[Period, str] = {
    Period.HOUR: sentence("this hour"),
    Period.DAY: sentence("today"),
    Period.MONTH: sentence("this month"),
}
_IMAGES: Mapping[Scope, str] = {
    Scope.USER: sentence("You have used {used} of your {limit} pictures {period}, and this asks for {wanted}"),
    Scope.SERVER: sentence("This server has used {used} of its {limit} pictures {period}, and this asks for {wanted}"),
    Scope.ALL: sentence("The bot has used {used} of its {limit} pictures {period}, and this asks for {wanted}"),
}
_COST: Mapping[Scope, str] = {
    Scope.USER: sentence("You have used {used} of your {limit} {period}, and this may cost {wanted}"),
    Scope.SERVER: sentence("This server has used {used} of its {limit} {period}, and this may cost {wanted}"),
    Scope.ALL: sentence("The bot has used {used} of its {limit} {period}, and this may cost {wanted}"),
}

# What stands in the way, and what to do now. The facts are those of `_facts`.
BARRIERS: Mapping[Barrier, tuple[str, str]] = {
    Barrier.REQUEST: (sentence("The model cannot do this: {problems}"), sentence("change it and try again")),
    Barrier.NO_PROVIDER: (sentence("No provider can take this now"), sentence("try again in a few minutes")),
    Barrier.IMAGES: ("{images}", "{less}"),
    Barrier.COST: ("{cost}", "{less}"),
    Barrier.UNPRICED: (
        sentence("There is a budget here, and nobody knows what {model} costs"),
        sentence("choose another model"),
    ),
    Barrier.COOLDOWN: (sentence("That was too soon after your last request"), sentence("try again {when}")),
    Barrier.WAITING: (
        sentence("{used} of your jobs are waiting already, of {limit} that may"),
        sentence("wait until one of them is done, or cancel one: `/queue`"),
    ),
    Barrier.QUEUE_FULL: (
        sentence("The queue is full: {used} jobs are waiting, of {limit} that may"),
        sentence("try again in a few minutes"),
    ),
    Barrier.PAUSED: (
        sentence("The bot is paused on this server"),
        sentence("ask the moderators when it goes on"),
    ),
    Barrier.MODEL: (sentence("This model is not allowed on this server"), sentence("choose {models}")),
    Barrier.NO_SUCH_JOB: (
        sentence("There is no such job"),
        sentence("look for it in `/history`"),
    ),
    Barrier.NOT_YOURS: (
        sentence("That is somebody else's job"),
        sentence("ask for a picture of your own: `/imagine`"),
    ),
    Barrier.EXPIRED: (
        sentence("The pictures to go on from cannot be had any more"),
        sentence("attach the picture and ask again"),
    ),
}
_FREE = sentence("not charged")


def refused(refusal: Refusal, locale: str) -> str:
    """What a person is told whose request was not accepted: what · not charged · what to do."""
    words = Words(locale)
    facts = _facts(words, refusal)
    stands, now = BARRIERS[refusal.barrier]
    return " · ".join((words.say(stands, **facts), words.say(_FREE), words.say(now, **facts)))


def _facts(words: Words, refusal: Refusal) -> dict[str, str]:
    figure = words.money if refusal.barrier is Barrier.COST else words.number
    scope, models = refusal.scope or Scope.ALL, refusal.facts.get("models") or ()
    amounts = {
        "used": figure(refusal.used),
        "limit": figure(refusal.limit),
        "wanted": figure(refusal.wanted),
        "period": words.say(_PERIODS[refusal.period or Period.DAY]),
    }
    return {
        **amounts,
        "images": words.say(_IMAGES[scope], **amounts),
        "cost": words.say(_COST[scope], **amounts),
        "less": _less(words, refusal),
        "when": _when(words, refusal),
        "problems": problems(words, refusal.facts.get("problems", ()), helpful=True),
        "model": str(refusal.facts.get("model", "")),
        "models": words.listed([f"`{model}`" for model in models], "or"),
    }


def _less(words: Words, refusal: Refusal) -> str:
    """What to do where an allowance does not suffice: ask for less, or wait."""
    left = refusal.limit - refusal.used
    when = _when(words, refusal)
    if refusal.wanted > refusal.limit:  # waiting will not help
        return words.say("ask for fewer pictures, smaller ones, or a cheaper model")
    if refusal.barrier is Barrier.IMAGES and 0 < left < refusal.wanted:
        return words.plural(
            "ask for {count} picture, or try again {when}",
            "ask for {count} pictures, or try again {when}",
            left,
            when=when,
        )
    return words.say("try again {when}", when=when)


def _when(words: Words, refusal: Refusal) -> str:
    return words.say("later") if refusal.returns_at is None else words.time(refusal.returns_at)
