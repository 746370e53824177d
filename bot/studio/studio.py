"""The one door: everything that costs, from wherever it is asked for, comes in here and is answered at once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from bot.seedream.client import Seedream
from bot.seedream.errors import BadReference, Problem, Unavailable
from bot.seedream.models import ImageRequest
from bot.store.database import Database, Transaction
from bot.store.errors import Passing
from bot.studio import budgets, ledger, orders, queue
from bot.studio.acceptance import Asked, Diagnosis, No, Terms, accept, diagnose, law_of, place_of
from bot.studio.cancel import ask_to_cancel, cancel_waiting
from bot.studio.eta import eta
from bot.studio.job import Amount, Job, Origin, Who
from bot.studio.limits import Barrier, Left, Limits, Refusal
from bot.studio.policy import NeedsConfirmation, Place, Wish, confirmation
from bot.studio.results import references_of
from bot.studio.rules import Grant
from bot.studio.shelf import Shelf
from bot.studio.tariff import Tariff
from bot.studio.wishes import wish_of
from bot.studio.witness import Nobody, Witness

__all__ = ["Diagnosis", "NeedsConfirmation", "Outcome", "Standing", "Studio", "Terms", "Ticket", "Whose"]

_STOPS = 1000


@dataclass(frozen=True, slots=True)
class Ticket:
    """An accepted job: its place in the line (None once it has been taken up), and when it should be done, if that
    is known. `new` is False when the same thing had been asked before."""

    job: Job
    place: int | None
    eta: float | None
    new: bool = True


@dataclass(frozen=True, slots=True)
class Standing:
    """What somebody may still do: what is left of each limit and when it comes back, and jobs under way; which tiers
    they are in, by role with the tier's name, and what was granted to them on top."""

    left: Sequence[Left]
    working: int
    waiting: int
    limits: Limits
    tiers: Mapping[int, str] = field(default_factory=dict)
    grants: Sequence[Grant] = ()


Outcome = Ticket | Refusal | NeedsConfirmation
Whose = Sequence[int | None]  # whom pictures come from, in their order; None where nobody knows


class Studio:
    """Takes orders: checks them, sets aside what they may use, and puts them into the queue, in one transaction."""

    def __init__(
        self,
        database: Database,
        seedream: Seedream,
        home: Path,
        tariff: Tariff,
        terms: Terms,
        witness: Witness | None = None,
    ) -> None:
        self._database = database
        self._seedream = seedream
        self._home = home
        self._shelf = Shelf.within(home)
        self._tariff = tariff
        self._terms = terms
        self._witness = witness or Nobody()
        self._stops: dict[tuple[object, ...], None] = {}  # budgets of which was told that they stand in the way

    async def submit(
        self,
        request: ImageRequest,
        origin: Origin,
        who: Who,
        *,
        verb: str = "imagine",
        parent: int | None = None,
        whose: Whose = (),
        confirmed: bool = False,
    ) -> Outcome:
        """Accept a request, or say precisely what stands in its way. The same `origin.key` again is the same job.

        `whose` are the people whom the references come from, in their order. What costs more than the server lets
        through without a word is answered with NeedsConfirmation, until it is asked for with `confirmed`.
        """
        asked = await self._asked(request, origin, who, verb, parent, whose)
        outcome = asked if isinstance(asked, Refusal) else await self._put(replace(asked, confirmed=confirmed))
        if isinstance(outcome, Refusal):
            self._witness.refused(outcome)
        elif isinstance(outcome, Ticket) and outcome.new:
            self._witness.accepted(outcome.job)
        return outcome

    async def weigh(self, requests: Sequence[ImageRequest], origin: Origin, who: Who) -> NeedsConfirmation | None:
        """Whether somebody has to say yes to all of these together, before each is submitted as `confirmed`."""
        prices = [self._price(request) for request in requests]
        price = None if None in prices else sum(filter(None, prices))
        images = sum(map(self._seedream.most_images, requests))
        law = await self._database.read(lambda tx: law_of(tx, who, place_of(origin), self._terms.limits))
        return confirmation(law.rules, price, images)

    async def diagnose(self, origin: Origin, who: Who, request: ImageRequest | None = None) -> Diagnosis:
        """Why somebody may or may not ask for something there: what `submit` would say, rule by rule, and nothing is
        reserved. Without a request only what holds for any picture is judged."""
        price = self._price(request) if request else 0
        images = self._seedream.most_images(request) if request else 1
        wish = wish_of(self._seedream.catalogue, request, images) if request else Wish()
        reserved = Amount(images, (price or 0) * (1 + self._terms.doubtful_calls))
        new = queue.NewJob(origin.key, "imagine", who, origin, {}, wish.model, "", images, reserved)
        return await self._database.read(lambda tx: diagnose(tx, Asked(new, wish, price), self._terms))

    async def _asked(
        self, request: ImageRequest, origin: Origin, who: Who, verb: str, parent: int | None, whose: Whose
    ) -> Asked | Refusal:
        """Everything that is known of a request before the database is asked."""
        problems = self._seedream.check(request)
        if problems:
            return _bad_request(problems)
        try:
            route = [channel.provider.name for channel in self._seedream.route(request)]
        except Unavailable as error:
            return Refusal(Barrier.NO_PROVIDER, facts={"message": str(error)})
        try:
            order = await orders.write(request, self._shelf)
        except BadReference as error:
            return _bad_request([Problem("image", str(error.args[0]))])
        cost = self._tariff.worst(request, route)
        images = self._seedream.most_images(request)
        wish = wish_of(self._seedream.catalogue, request, images, whose)
        new = queue.NewJob(
            key=origin.key,
            verb=verb,
            who=who,
            origin=origin,
            request=order | ({"whose": list(wish.whose)} if wish.whose else {}),
            model=wish.model,
            provider=route[0],
            images=images,
            reserved=Amount(images, (cost or 0) * (1 + self._terms.doubtful_calls)),
            parent=parent,
        )
        return Asked(new, wish, cost)

    @property
    def providers(self) -> list[str]:
        """Everybody who draws for us, in the order of the route."""
        return list(self._seedream.channels)

    def _price(self, request: ImageRequest) -> int | None:
        """The most that it can cost, None where nobody knows or nobody draws it."""
        try:
            return self._tariff.worst(request, [channel.provider.name for channel in self._seedream.route(request)])
        except Unavailable:
            return None

    async def known(self, keys: Iterable[str]) -> set[str]:
        """Those of the keys that there are jobs of."""
        asked = list(keys)
        return await self._database.read(lambda tx: {key for key in asked if queue.by_key(tx, key) is not None})

    async def again(self, job: int, origin: Origin, who: Who) -> Outcome:
        """The same once more."""
        return await self._from(job, origin, who, "again")

    async def vary(self, job: int, prompt: str, origin: Origin, who: Who) -> Outcome:
        """The same with other words."""
        return await self._from(job, origin, who, "vary", prompt)

    async def edit(self, job: int, prompt: str, origin: Origin, who: Who) -> Outcome:
        """Other words for the pictures that came of it."""
        return await self._from(job, origin, who, "edit", prompt)

    async def upscale(self, job: int, origin: Origin, who: Who) -> Outcome:
        """The same at the largest size that can be had of its model."""
        return await self._from(job, origin, who, "upscale")

    async def cancel(self, job: int, who: Who) -> Job | Refusal:
        """Take a job back. One that waited has ended with this, and costs nothing; one that is worked on stops, and
        its ending will say whether it was charged; one that has ended stays as it is."""
        return await self._database.write(lambda tx: _cancel(tx, job, who))

    async def ticket(self, job: int) -> Ticket | None:
        """How a job stands now."""

        def work(tx: Transaction) -> Ticket | None:
            found = queue.load(tx, job)
            return self._ticket(tx, found, new=False) if found else None

        return await self._database.read(work)

    async def standing(self, who: Who) -> Standing:
        """What is left, and when it comes back."""

        def work(tx: Transaction) -> Standing:
            law = law_of(tx, who, Place(), self._terms.limits)
            working, waiting = queue.working_of(tx, who.user), queue.waiting_of(tx, who.user)
            tiers = {role: tier.name for role, tier in law.rules.tiers.items() if role in who.roles}
            grants = (*law.everywhere.grants, *law.member.grants)
            return Standing(ledger.left(tx, who, law.limits), working, waiting, law.limits, tiers, grants)

        return await self._database.read(work)

    async def plan(self, job: int, who: Who, verb: str, prompt: str | None = None) -> ImageRequest | Refusal:
        """What "again", "vary", "edit" or "upscale" would ask for, to be submitted or changed."""
        parent = await self._database.read(lambda tx: queue.load(tx, job))
        if parent is None:
            return Refusal(Barrier.NO_SUCH_JOB)
        if parent.who.user != who.user:
            return Refusal(Barrier.NOT_YOURS)
        if verb == "edit" and not parent.pictures:
            return Refusal(Barrier.EXPIRED)
        try:
            request = orders.read(parent.request, self._shelf)
            if verb == "edit":
                used = parent.pictures[: self._most_references(request.model)]
                pictures = references_of(used, self._home, self._database.now())
                request = replace(request, references=pictures, max_images=None, layers=False)
        except BadReference:
            return Refusal(Barrier.EXPIRED)
        if prompt is not None:
            request = replace(request, prompt=prompt)
        if verb == "upscale":
            return self._larger(request) or _bad_request([Problem("size", "it is at the largest size already")])
        return request

    async def whose(self, job: int) -> Whose:
        """Whom the pictures come from that a job went on from, for one that goes on from the same."""
        found = await self._database.read(lambda tx: queue.load(tx, job))
        return tuple(found.request.get("whose", ())) if found else ()

    async def _from(self, job: int, origin: Origin, who: Who, verb: str, prompt: str | None = None) -> Outcome:
        request = await self.plan(job, who, verb, prompt)
        if isinstance(request, Refusal):
            self._witness.refused(request)
            return request
        whose = (who.user,) * len(request.references) if verb == "edit" else await self.whose(job)
        return await self.submit(request, origin, who, verb=verb, parent=job, whose=whose)

    def _most_references(self, model: str) -> int | None:
        """As many as the model takes; of one that takes none the check will tell."""
        known = self._seedream.catalogue.resolve(model)
        return known.references[1] or None if known else None

    def _larger(self, request: ImageRequest) -> ImageRequest | None:
        """The largest of which nobody says that it cannot be had."""
        larger = self._seedream.catalogue.larger(request)
        return next((each for each in larger if not self._seedream.check(each)), None)

    async def _put(self, asked: Asked) -> Outcome:
        """Asked twice, it is found by its key: when somebody was faster with the very same, or when the connection
        broke and nobody knows whether it has been accepted."""
        try:
            job, new = await self._database.write(lambda tx: self._accept(tx, asked))
        except No as no:
            if isinstance(no.answer, Refusal) and budgets.is_stop(no.answer):
                await self._tell_of_stop(asked.new.who, no.answer)
            return no.answer
        except queue.Known:
            return await self._put(asked)
        except Passing as error:
            if not error.unsure:
                raise
            return await self._put(asked)
        # Looked up when it is in the queue already: nobody waits for the answer with the work.
        return await self._database.read(lambda tx: self._ticket(tx, job, new=new))

    def _accept(self, tx: Transaction, asked: Asked) -> tuple[Job, bool]:
        known = queue.by_key(tx, asked.new.key)
        if known is not None:
            return known, False
        return queue.put(tx, accept(tx, asked, self._terms)), True

    async def _tell_of_stop(self, who: Who, refusal: Refusal) -> None:
        """What was refused was rolled back, so this has a transaction of its own; the first of many is enough."""
        stop = (who.server, refusal.scope, refusal.period, refusal.limit, refusal.returns_at)
        if stop not in self._stops:
            await self._database.write(lambda tx: budgets.stop(tx, who, refusal))
            self._stops = {**dict.fromkeys([*self._stops][-_STOPS:]), stop: None}

    def _ticket(self, tx: Transaction, job: Job, *, new: bool) -> Ticket:
        return Ticket(job, queue.place(tx, job.id), eta(tx, job, self._terms.capacity), new)


def _bad_request(problems: Sequence[Problem]) -> Refusal:
    return Refusal(Barrier.REQUEST, facts={"problems": tuple(problems)})


def _cancel(tx: Transaction, number: int, who: Who) -> Job | Refusal:
    job = queue.load(tx, number)
    if job is None:
        return Refusal(Barrier.NO_SUCH_JOB)
    if job.who.user != who.user:
        return Refusal(Barrier.NOT_YOURS)
    taken_back = cancel_waiting(tx, number)
    if taken_back is not None:
        return taken_back
    ask_to_cancel(tx, number)
    return queue.load(tx, number) or job
