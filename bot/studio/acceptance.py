"""Whether a job is accepted: the rules, then the queue, the ledger and the pauses between jobs, in one transaction; and
the same as a dry run, for moderators who want to know why."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import and_, bindparam, or_, select

from bot.store.database import Transaction
from bot.store.tables import preferences
from bot.studio import budgets, ledger, queue
from bot.studio.consent import refusing
from bot.studio.job import Origin, Who
from bot.studio.limits import Barrier, Left, Limits, Refusal, Scope
from bot.studio.members import Member, member_of, scope_of
from bot.studio.policy import (
    Facts,
    NeedsConfirmation,
    Place,
    Verdict,
    Why,
    Wish,
    confirmation,
    decided,
    deciding,
    for_ears_of,
    judge,
    stands_in_the_way,
)
from bot.studio.preferences import SERVER, rules_of
from bot.studio.rules import ALWAYS, Rules, limits_for

HOUSE = "house"  # the scope of what the owner has laid down for the whole bot


@dataclass(frozen=True, slots=True)
class Terms:
    """What holds where a server has set nothing else, and what one job may cost at the worst.

    A call that may have been billed is repeated up to `doubtful_calls` times, so that much more is set aside.
    """

    limits: Limits
    queue_limit: int = 0
    doubtful_calls: int = 0
    capacity: queue.Capacity = field(default_factory=queue.Capacity)  # of each provider


@dataclass(frozen=True, slots=True)
class Asked:
    """Everything about a request that is known before the database is asked. `price` is the most that it can cost by
    the list, None where nobody knows; `confirmed`: the person has said yes to that; `always`: why they have to,
    whatever the server says. To be weighed, several `jobs` are one."""

    new: queue.NewJob
    wish: Wish
    price: int | None
    confirmed: bool = False
    always: Why | None = None
    jobs: int = 1


@dataclass(frozen=True, slots=True)
class Law:
    """Everything that is laid down for a person at a place."""

    rules: Rules
    limits: Limits
    member: Member  # here
    everywhere: Member
    paused: str | None = None  # the whole bot, and why


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """Why somebody may or may not ask for something: what each rule says, those of ledger and queue after the others;
    what holds for them, what they have used, and what is under way."""

    verdicts: tuple[Verdict, ...]
    law: Law
    left: Sequence[Left]
    working: int
    waiting: int
    confirmation: NeedsConfirmation | None = None

    @property
    def refusal(self) -> Refusal | None:
        """What they would be told, None if it would be accepted."""
        return deciding(self.verdicts)


class No(Exception):
    """Rolls back a transaction that would have accepted a job: it is refused, or has to be confirmed."""

    def __init__(self, answer: Refusal | NeedsConfirmation) -> None:
        super().__init__(type(answer).__name__)
        self.answer = answer


def accept(tx: Transaction, asked: Asked, terms: Terms) -> queue.NewJob:
    """Set aside what the job may use; the job as it goes into the queue. Raises No, after which nothing may be kept."""
    new = asked.new
    who, origin = new.who, new.origin
    law = law_of(tx, who, place_of(origin), terms.limits)
    limits = law.limits
    # The queue is looked at before the ledger, which everybody's orders wait for.
    refusal = stands_in_the_way(_facts(law, asked, who, origin)) or _unwilling(tx, asked) or _full(tx, terms, asked)
    if refusal is not None:
        raise No(_marked(asked, for_ears_of(who, refusal)))
    booked = ledger.book(tx, who, new.reserved, limits)
    refusal = booked.refusal or _too_soon(tx, who, origin, limits) or _crowded(tx, asked, limits)
    if refusal is not None:
        raise No(_marked(asked, refusal))
    ready = asked.confirmed or origin.further
    ask = None if ready else confirmation(law.rules, asked.price, new.images, asked.always)
    if ask is not None:
        raise No(ask)
    if booked.near:
        budgets.warn(tx, who, booked.near)
    if law.rules.spoiler == ALWAYS and origin.visibility == "public":
        new = replace(new, origin=replace(origin, visibility="spoiler"))
    return replace(new, at_once=limits.at_once, server_at_once=limits.server_at_once, weight=limits.weight)


def weigh(tx: Transaction, asked: Asked, terms: Terms) -> Refusal | NeedsConfirmation | None:
    """What stands in the way of several jobs together, before the first of them is accepted; nothing is reserved."""
    found = diagnose(tx, asked, terms)
    refusal = found.refusal or _unwilling(tx, asked)
    return found.confirmation if refusal is None else _marked(asked, for_ears_of(asked.new.who, refusal))


def _marked(asked: Asked, refusal: Refusal) -> Refusal:
    """The refusal with what kind of wish it was: who asks for layers cannot ask for fewer pictures."""
    return refusal if asked.always is None else replace(refusal, facts={**refusal.facts, "kind": asked.always.value})


def diagnose(tx: Transaction, asked: Asked, terms: Terms) -> Diagnosis:
    """What `accept` would say and why, rule by rule; nothing is reserved."""
    who, origin, amount = asked.new.who, asked.new.origin, asked.new.reserved
    law = law_of(tx, who, place_of(origin), terms.limits)
    verdicts = judge(_facts(law, asked, who, origin))
    verdicts.append(Verdict(Barrier.QUEUE_FULL, Scope.ALL, _full(tx, terms, asked)))
    over = ledger.refusals(tx, who, amount, law.limits)
    verdicts += [Verdict(refusal.barrier, refusal.scope or Scope.ALL, refusal) for refusal in over]
    clear = (Barrier.IMAGES, Barrier.COST)
    verdicts += [
        Verdict(barrier, Scope.ALL) for barrier in clear if not any(refusal.barrier is barrier for refusal in over)
    ]
    verdicts.append(Verdict(Barrier.COOLDOWN, Scope.USER, _too_soon(tx, who, origin, law.limits)))
    verdicts.append(Verdict(Barrier.WAITING, Scope.USER, _crowded(tx, asked, law.limits)))
    return Diagnosis(
        tuple(decided(verdicts)),
        law,
        ledger.left(tx, who, law.limits),
        queue.working_of(tx, who.user),
        queue.waiting_of(tx, who.user),
        confirmation(law.rules, asked.price, asked.new.images, asked.always),
    )


def law_of(tx: Transaction, who: Who, place: Place, defaults: Limits) -> Law:
    """Everything that is laid down, read with one look: what was changed a moment ago in another process holds."""
    here = scope_of(who.server)
    values = {"its_server": who.server or 0, "its_user": who.user, "here": here}
    found = {(row.scope, row.subject): row._mapping["values"] for row in tx.run(_LAW, values)}
    rules = rules_of(found.get((SERVER, who.server), {})) if who.server is not None else Rules()
    rules = rules.at(place.within, place.channel) if rules.places else rules
    everywhere = _member(found.get((_EVERYWHERE, who.user)), who.user, tx.now)
    member = _member(found.get((here, who.user)), who.user, tx.now) if who.server is not None else Member(who.user)
    grants = (*everywhere.grants, *member.grants)
    limits = limits_for(defaults, rules, who.roles, grants)
    paused = found.get((HOUSE, 0), {}).get("paused")
    return Law(rules, limits, member, everywhere, str(paused.get("reason", "")) if paused else None)


def place_of(origin: Origin) -> Place:
    """Where it is asked."""
    return Place(origin.channel, origin.within, origin.age_restricted)


_EVERYWHERE = scope_of(None)
_LAW = select(preferences.c.scope, preferences.c.subject, preferences.c["values"]).where(
    or_(
        and_(preferences.c.scope == HOUSE, preferences.c.subject == 0),
        and_(preferences.c.scope == SERVER, preferences.c.subject == bindparam("its_server")),
        and_(preferences.c.scope == _EVERYWHERE, preferences.c.subject == bindparam("its_user")),
        and_(preferences.c.scope == bindparam("here"), preferences.c.subject == bindparam("its_user")),
    )
)


def _member(stored: dict[str, object] | None, user: int, now: float) -> Member:
    return member_of(user, stored, now) if stored else Member(user)


def _facts(law: Law, asked: Asked, who: Who, origin: Origin) -> Facts:
    return Facts(
        who,
        place_of(origin),
        asked.wish,
        law.rules,
        paused=law.paused,
        blocked=law.member.block,
        banned=law.everywhere.block,
        price=asked.price,
        budgeted=law.limits.budgeted(in_server=who.server is not None),
    )


def _unwilling(tx: Transaction, asked: Asked) -> Refusal | None:
    """Asked again for every job: what was allowed when the picture was first used may not be any more."""
    people = set(asked.wish.whose) - {asked.new.who.user}
    users = refusing(tx, people) if people else None
    return Refusal(Barrier.CONSENT, facts={"users": tuple(sorted(users))}) if users else None


def _full(tx: Transaction, terms: Terms, asked: Asked) -> Refusal | None:
    most = terms.queue_limit
    waiting = queue.waiting_in_all(tx) if most else 0
    if most and waiting + asked.jobs > most:
        return Refusal(Barrier.QUEUE_FULL, Scope.ALL, limit=most, used=waiting, wanted=asked.jobs)
    return None


def _too_soon(tx: Transaction, who: Who, origin: Origin, limits: Limits) -> Refusal | None:
    """A further picture of the same wish is not asked for anew."""
    return None if origin.further else ledger.cooldown(tx, who, limits)


def _crowded(tx: Transaction, asked: Asked, limits: Limits) -> Refusal | None:
    """Of several jobs all may have to wait, before the first of them is taken up."""
    waiting = queue.waiting_of(tx, asked.new.who.user) if limits.waiting else 0
    if limits.waiting and waiting + asked.jobs > limits.waiting:
        return Refusal(Barrier.WAITING, Scope.USER, limit=limits.waiting, used=waiting, wanted=asked.jobs)
    return None
