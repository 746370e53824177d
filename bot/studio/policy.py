"""The rules: whether a request may be made here by this person. A plain function of facts, which decides on jobs and
tells moderators why, so that both can never differ.

What has been used (the ledger) and what waits (the queue) is not asked here: see `acceptance`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any

from bot.studio.blocklist import Blocklist
from bot.studio.job import Who
from bot.studio.limits import Barrier, Refusal, Scope
from bot.studio.members import Block
from bot.studio.rules import OFF, OWN, Rules

_NOT_FOR_ALL = ("word",)  # facts of refusals that only moderators are told


@dataclass(frozen=True, slots=True)
class Place:
    """Where it is asked: in a channel, which may be a thread `within` another one. A server's rules are for its own."""

    channel: int = 0
    within: int | None = None
    age_restricted: bool = False


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for. `model` is its key, nothing if none is asked for; `size` is the
    preset that it comes to, None where nobody knows; `whose` are the people whom the pictures to go on from come from,
    None where nobody knows. Several requests together, which differ in their prompts alone, have `others`."""

    model: str = ""
    prompt: str = ""
    size: str | None = None
    images: int = 1
    whose: tuple[int | None, ...] = ()
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that a rule may look at. `rules` are those of the place; `price` is the most that it can cost, None
    where nobody knows, and `budgeted` says that somebody has to."""

    who: Who
    place: Place
    wish: Wish
    rules: Rules = field(default_factory=Rules)
    paused: str | None = None  # the whole bot, and why
    blocked: Block | None = None  # here
    banned: Block | None = None  # everywhere
    price: int | None = None
    budgeted: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one rule says. The first that does not pass is `deciding`; the refusal is what would be told, with facts for
    moderators in it."""

    rule: Barrier
    scope: Scope
    refusal: Refusal | None = None
    deciding: bool = False

    @property
    def passed(self) -> bool:
        """Whether this rule lets it through."""
        return self.refusal is None


class Why(Enum):
    """Why somebody has to say yes first: it is more than the server lets through without a word, in money or pictures,
    or nobody knows its price; or it is of a kind that easily becomes more than one thinks."""

    COST = "cost"
    IMAGES = "images"
    UNPRICED = "unpriced"
    PERMUTATIONS = "permutations"
    LAYERS = "layers"


@dataclass(frozen=True, slots=True)
class NeedsConfirmation:
    """It may be asked for, but the person must say yes first: it may cost `price` (None: nobody knows) for so many
    `images`. `limit` is the server's, where it is more than that."""

    price: int | None
    images: int
    why: Why
    limit: int = 0


Told = Mapping[str, Any] | None  # nothing: it passes


def judge(facts: Facts) -> list[Verdict]:
    """What every rule says, in the order in which they decide."""
    told = [(barrier, scope, rule(facts)) for barrier, scope, rule in _RULES]
    return decided([Verdict(barrier, scope, _refusal(barrier, scope, found)) for barrier, scope, found in told])


def stands_in_the_way(facts: Facts) -> Refusal | None:
    """What the deciding verdict of `judge` would be, for whoever needs nothing else: most jobs pass, and are many."""
    for barrier, scope, rule in _RULES:
        told = rule(facts)
        if told is not None:
            return _refusal(barrier, scope, told)
    return None


def decided(verdicts: Sequence[Verdict]) -> list[Verdict]:
    """The same, with the first that does not pass marked as the one that decides."""
    first = next((place for place, verdict in enumerate(verdicts) if not verdict.passed), None)
    return [replace(verdict, deciding=place == first) for place, verdict in enumerate(verdicts)]


def deciding(verdicts: Sequence[Verdict]) -> Refusal | None:
    """What stands in the way, if anything does."""
    return next((verdict.refusal for verdict in verdicts if not verdict.passed), None)


def for_ears_of(who: Who, refusal: Refusal) -> Refusal:
    """The refusal without what only moderators are told."""
    if who.moderator or not any(name in refusal.facts for name in _NOT_FOR_ALL):
        return refusal
    return replace(refusal, facts={name: fact for name, fact in refusal.facts.items() if name not in _NOT_FOR_ALL})


def confirmation(rules: Rules, price: int | None, images: int, always: Why | None = None) -> NeedsConfirmation | None:
    """Whether people have to say yes to this first, one request or several together: because of what it is, which is
    `always` a reason, or because the server wants it."""
    if always is not None:
        return NeedsConfirmation(price, images, always)
    if rules.confirm_cost and price is None:
        return NeedsConfirmation(None, images, Why.UNPRICED, rules.confirm_cost)
    if rules.confirm_cost and price is not None and price > rules.confirm_cost:
        return NeedsConfirmation(price, images, Why.COST, rules.confirm_cost)
    if rules.confirm_images and images > rules.confirm_images:
        return NeedsConfirmation(price, images, Why.IMAGES, rules.confirm_images)
    return None


def _refusal(barrier: Barrier, scope: Scope, told: Told) -> Refusal | None:
    if told is None:
        return None
    known = {name: told[name] for name in ("limit", "wanted", "returns_at") if name in told}
    return Refusal(barrier, scope, **known, facts={name: fact for name, fact in told.items() if name not in known})


def _because(reason: str | None) -> Told:
    return {"reason": reason} if reason else {}


def _paused_everywhere(facts: Facts) -> Told:
    return None if facts.paused is None else _because(facts.paused)


def _banned(facts: Facts) -> Told:
    return None if facts.banned is None else {"returns_at": facts.banned.until}


def _paused(facts: Facts) -> Told:
    return _because(facts.rules.pause_reason) if facts.rules.paused else None


def _blocked(facts: Facts) -> Told:
    return None if facts.blocked is None else {"returns_at": facts.blocked.until}


def _role(facts: Facts) -> Told:
    rules, roles = facts.rules, {*facts.who.roles, facts.who.server}  # everybody has the role of the server itself
    denied = tuple(role for role in rules.denied_roles if role in roles)
    if denied:
        return {"denied": denied}
    return {"roles": rules.roles} if rules.roles and not roles & {*rules.roles} else None


def _channel(facts: Facts) -> Told:
    rules, here = facts.rules, {facts.place.channel, facts.place.within}
    if here & {*rules.denied_channels} or (rules.channels and not here & {*rules.channels}):
        return {"channels": rules.channels}
    return None


def _age(facts: Facts) -> Told:
    return {} if facts.rules.age_restricted_only and not facts.place.age_restricted else None


def _model(facts: Facts) -> Told:
    models = facts.rules.models
    model = facts.wish.model
    return {"models": models, "model": model} if models and model and model not in models else None


def _size(facts: Facts) -> Told:
    sizes, size = facts.rules.sizes, facts.wish.size
    return {"sizes": sizes, "size": size} if sizes and size is not None and size not in sizes else None


def _count(facts: Facts) -> Told:
    limit = facts.rules.most_images
    return {"limit": limit, "wanted": facts.wish.images} if limit and facts.wish.images > limit else None


def _references(facts: Facts) -> Told:
    policy, whose = facts.rules.references, facts.wish.whose
    foreign = any(owner != facts.who.user for owner in whose)
    return {"policy": policy} if (policy == OFF and whose) or (policy == OWN and foreign) else None


def _blocked_word(facts: Facts) -> Told:
    words = facts.rules.blocked_words
    if not words:
        return None
    found = filter(None, map(Blocklist.of(words).found, (facts.wish.prompt, *facts.wish.others)))
    return next(({"word": word} for word in found), None)


def _unpriced(facts: Facts) -> Told:
    return {"model": facts.wish.model} if facts.budgeted and facts.price is None else None


_RULES: Sequence[tuple[Barrier, Scope, Callable[[Facts], Told]]] = (
    (Barrier.PAUSED, Scope.ALL, _paused_everywhere),
    (Barrier.BLOCKED, Scope.ALL, _banned),
    (Barrier.PAUSED, Scope.SERVER, _paused),
    (Barrier.BLOCKED, Scope.SERVER, _blocked),
    (Barrier.ROLE, Scope.SERVER, _role),
    (Barrier.CHANNEL, Scope.SERVER, _channel),
    (Barrier.AGE, Scope.SERVER, _age),
    (Barrier.MODEL, Scope.SERVER, _model),
    (Barrier.SIZE, Scope.SERVER, _size),
    (Barrier.COUNT, Scope.SERVER, _count),
    (Barrier.REFERENCES, Scope.SERVER, _references),
    (Barrier.BLOCKED_WORD, Scope.SERVER, _blocked_word),
    (Barrier.UNPRICED, Scope.ALL, _unpriced),
)
