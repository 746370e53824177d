"""Why a request was not accepted, in words: what stands in the way, how much is used, when it returns, what to do."""

from collections.abc import Mapping

from bot.studio.checks import LONGEST_REASON
from bot.studio.limits import Barrier, Period, Refusal, Scope
from bot.studio.policy import NeedsConfirmation, Why
from bot.studio.rules import OFF
from bot.ui.cards import code
from bot.ui.permutations import COUNTED
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

_PAUSED: Mapping[Scope, tuple[str, str]] = {
    Scope.SERVER: (sentence("The bot is paused on this server"), sentence("ask the moderators when it goes on")),
    Scope.ALL: (sentence("The bot is paused everywhere"), sentence("try again later")),
}
_BLOCKED: Mapping[Scope, tuple[str, str]] = {
    Scope.SERVER: (sentence("You may not ask for pictures on this server"), sentence("ask its moderators why")),
    Scope.ALL: (sentence("You may not use this bot"), sentence("ask its owner why")),
}

# What stands in the way, and what to do now. The facts are those of `_facts`.
BARRIERS: Mapping[Barrier, tuple[str, str]] = {
    Barrier.REQUEST: (sentence("The model cannot do this: {problems}"), sentence("change it and try again")),
    Barrier.NO_PROVIDER: (sentence("No provider can take this now"), sentence("try again in a few minutes")),
    Barrier.IMAGES: ("{images}", "{less}"),
    Barrier.COST: ("{cost}", "{less}"),
    Barrier.UNPRICED: (
        sentence("There is a budget here, and the price of {model} is not known"),
        sentence("choose another model"),
    ),
    Barrier.COOLDOWN: (sentence("That was too soon after your last request"), sentence("try again {when}")),
    Barrier.WAITING: (
        "{waiting}",
        "{room}",
    ),
    Barrier.QUEUE_FULL: (
        "{full}",
        sentence("try again in a few minutes"),
    ),
    Barrier.PAUSED: ("{paused}", "{goes_on}"),
    Barrier.BLOCKED: ("{blocked}", "{unblocked}"),
    Barrier.ROLE: ("{role}", sentence("ask the moderators of this server")),
    Barrier.CHANNEL: (sentence("Pictures are not made in this channel"), "{elsewhere}"),
    Barrier.AGE: (
        sentence("On this server pictures are made in age-restricted channels only"),
        sentence("ask in one of those"),
    ),
    Barrier.MODEL: (sentence("This model is not allowed on this server"), sentence("choose {models}")),
    Barrier.SIZE: (sentence("The size {size} is not allowed here"), sentence("choose {sizes}")),
    Barrier.COUNT: (
        sentence("These are {wanted} pictures at once, and the limit here is {limit}"),
        "{fewer}",
    ),
    Barrier.BATCH: (
        sentence(
            "`{option}` makes {prompts} prompts and {wanted} pictures in all, at most {limit} are allowed at once"
        ),
        "{leaner}",
    ),
    Barrier.ANSWERS: (
        sentence("Each of the {wanted} pictures needs a message, and Discord allows me {limit} here"),
        sentence("ask for fewer pictures"),
    ),
    Barrier.REFERENCES: ("{references}", "{without}"),
    Barrier.CONSENT: (
        sentence("{users}: their pictures may not be used by others"),
        sentence("ask without those pictures"),
    ),
    Barrier.BLOCKED_WORD: ("{word}", sentence("say it in other words")),
    Barrier.MODERATORS: (sentence("Only the moderators of this server can do that"), sentence("ask one of them")),
    Barrier.OWNER: (sentence("Only the owner of this bot can do that"), sentence("ask the owner")),
    Barrier.NO_SUCH_REPORT: (
        sentence("There is no such report here, or somebody has dealt with it"),
        sentence("look at the others"),
    ),
    Barrier.UNDER_WAY: (sentence("It is not done yet"), sentence("**Cancel** it first")),
    Barrier.NO_SUCH_JOB: (
        sentence("There is no such job"),
        sentence("look for it in `/history`"),
    ),
    Barrier.NOT_YOURS: (
        sentence("That is somebody else's job"),
        sentence("ask for a picture of your own: `/imagine`"),
    ),
    Barrier.EXPIRED: (
        sentence("The reference pictures are no longer available"),
        sentence("attach the picture and ask again"),
    ),
}
_FREE = sentence("not charged")
_LISTED = 5  # roles or channels that are named


def refused(refusal: Refusal, locale: str) -> str:
    """What a person is told whose request was not accepted: what · not charged · what to do."""
    words = Words(locale)
    facts = _facts(words, refusal)
    stands, now = BARRIERS[refusal.barrier]
    return " · ".join((words.say(stands, **facts), words.say(_FREE), words.say(now, **facts)))


def denied(refusal: Refusal, locale: str) -> str:
    """What is told to somebody who wanted something that costs nothing: what · what to do."""
    words = Words(locale)
    facts = _facts(words, refusal)
    return " · ".join(words.say(part, **facts) for part in BARRIERS[refusal.barrier])


def confirm(needed: NeedsConfirmation, locale: str, model: str = "") -> str:
    """What a person is asked before something that has to be confirmed."""
    words = Words(locale)
    facts = {"price": words.money(needed.price or 0), "limit": words.money(needed.limit)}
    if needed.why is Why.UNPRICED:
        what = words.say("Nobody knows what this costs")
    elif needed.why is Why.COST:
        what = words.say("This may cost {price}, which is more than {limit}", **facts)
    elif needed.why is Why.LAYERS:
        what = _layers(words, needed, model)
    else:
        price = words.say("an unknown amount") if needed.price is None else facts["price"]
        what = words.plural(
            "This is {count} picture, and may cost {price}",
            "These are {count} pictures, and may cost {price}",
            needed.images,
            price=price,
        )
    return " · ".join((what, words.say("nothing is charged yet"), words.say("go ahead?")))


def _layers(words: Words, needed: NeedsConfirmation, model: str) -> str:
    """Nobody knows how many layers a picture has: the most that there may be, and what that costs."""
    layers = words.plural("{count} layer", "{count} layers", needed.images - 1)
    facts = {"model": f"`{model}`", "layers": layers, "images": words.number(needed.images)}
    if needed.price is None:
        what = words.say("{model} makes a base picture and up to {layers}: at most {images} pictures", **facts)
        return f"{what} · {words.say('Nobody knows what this costs')}"
    price = words.money(needed.price)
    return words.say(
        "{model} makes a base picture and up to {layers}: at most {images} pictures and {price}", **facts, price=price
    )


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
        "fewer": _fewer(words, refusal),
        "leaner": _leaner(words, refusal),
        **_queues(words, refusal, amounts),
        "when": _when(words, refusal),
        "problems": problems(words, refusal.facts.get("problems", ()), helpful=True),
        "model": str(refusal.facts.get("model", "")),
        "option": words.name("prompt"),
        "prompts": _prompts(words, refusal),
        "models": words.listed([f"`{model}`" for model in models], "or"),
        **_laws(words, refusal, scope),
    }


def _queues(words: Words, refusal: Refusal, amounts: Mapping[str, str]) -> dict[str, str]:
    """The words of places in the line: for one job, or for several that need one each."""
    if refusal.wanted <= 1:
        return {
            "waiting": words.say("Your waiting jobs are at the limit: {used} of {limit}", **amounts),
            "room": words.say("wait until one of them is done, or cancel one: `/queue`"),
            "full": words.say("The queue is full (jobs waiting: {used} of {limit})", **amounts),
        }
    return {
        "waiting": words.say("Your waiting jobs: {used} of {limit}, and these are {wanted} more", **amounts),
        "room": words.say("ask for fewer pictures, or wait until there is room: `/queue`"),
        "full": words.say("The queue has no room for {wanted} jobs: {used} of {limit} are waiting", **amounts),
    }


def _prompts(words: Words, refusal: Refusal) -> str:
    """How many prompts there are; nobody counts to the end of what nobody will be drawn."""
    count = refusal.facts.get("prompts", 1)
    return words.number(count) if count < COUNTED else f"{words.number(COUNTED)}+"


def _leaner(words: Words, refusal: Refusal) -> str:
    """How to get fewer pictures out of a prompt with braces."""
    facts = refusal.facts
    ways = [words.say("write fewer options in the braces")]
    if facts.get("variations", 1) > 1:
        ways.append(words.say("ask for fewer `{option}`", option=words.name("variations")))
    if facts.get("images", 1) > 1:
        ways.append(words.say("ask for fewer `{option}`", option=words.name("images")))
    ways.append(words.say("write {brace} for a plain brace", brace="`\\{`"))
    return words.listed(ways, "or")


def _laws(words: Words, refusal: Refusal, scope: Scope) -> dict[str, str]:
    """The words of what the moderators and the owner have laid down."""
    facts, limited = refusal.facts, Scope.ALL if scope is Scope.ALL else Scope.SERVER
    paused, blocked = _PAUSED[limited], _BLOCKED[limited]
    roles = [f"<@&{role}>" for role in facts.get("roles", ())]
    channels = [f"<#{channel}>" for channel in facts.get("channels", ())]
    off = facts.get("policy") == OFF
    known = facts.get("word")
    return {
        "paused": words.say("{what}: {reason}", what=words.say(paused[0]), reason=code(reason, LONGEST_REASON))
        if (reason := facts.get("reason"))
        else words.say(paused[0]),
        "goes_on": words.say(paused[1]),
        "blocked": words.say(blocked[0]),
        "unblocked": words.say("try again {when}", when=_when(words, refusal))
        if refusal.returns_at is not None
        else words.say(blocked[1]),
        "role": words.say("Pictures here are for {roles}", roles=words.listed(roles[:_LISTED], "or"))
        if roles
        else words.say("With your roles you may not ask for pictures here"),
        "elsewhere": words.say("go to {channels}", channels=words.listed(channels[:_LISTED], "or"))
        if channels
        else words.say("ask in another channel"),
        "users": words.listed([f"<@{user}>" for user in facts.get("users", ())][:_LISTED]),
        "size": f"`{facts.get('size', '')}`",
        "sizes": words.listed([f"`{size}`" for size in facts.get("sizes", ())], "or"),
        "references": words.say("Reference pictures are not allowed here")
        if off
        else words.say("Here you may use only your own pictures as references"),
        "without": words.say("ask without a picture") if off else words.say("attach a picture yourself"),
        "word": words.say("The word {word} is not allowed here", word=f"`{known.replace('`', 'ˋ')}`")
        if known
        else words.say("There is a word in it that is not allowed here"),
    }


def _less(words: Words, refusal: Refusal) -> str:
    """What to do where an allowance does not suffice: ask for less, or wait."""
    left = refusal.limit - refusal.used
    when = _when(words, refusal)
    if refusal.wanted > refusal.limit:  # waiting will not help
        if refusal.barrier is Barrier.IMAGES or _is_layered(refusal):
            return _fewer(words, refusal)
        return words.say("ask for fewer pictures, smaller ones, or a cheaper model")
    if _is_layered(refusal):
        return words.say("{what}, or try again {when}", what=_fewer(words, refusal), when=when)
    if refusal.barrier is Barrier.IMAGES and 0 < left < refusal.wanted:
        return words.plural(
            "ask for {count} picture, or try again {when}",
            "ask for {count} pictures, or try again {when}",
            left,
            when=when,
        )
    return words.say("try again {when}", when=when)


def _fewer(words: Words, refusal: Refusal) -> str:
    """How to ask for fewer pictures."""
    if _is_layered(refusal):
        return words.say("choose a model that makes fewer layers")
    return words.say("ask for fewer pictures")


def _is_layered(refusal: Refusal) -> bool:
    return refusal.facts.get("kind") == Why.LAYERS.value


def _when(words: Words, refusal: Refusal) -> str:
    return words.say("later") if refusal.returns_at is None else words.time(refusal.returns_at)
