"""The one door: everything that costs, from wherever it is asked for, comes in here and is answered at once."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from bot.seedream.client import Seedream
from bot.seedream.errors import BadReference, Problem, Unavailable
from bot.seedream.models import ImageRequest
from bot.store.database import Database, Transaction
from bot.store.errors import Passing
from bot.studio import budgets, ledger, orders, queue
from bot.studio.acceptance import Asked, Diagnosis, No, Terms, accept, diagnose, law_of, weigh
from bot.studio.cancel import ask_to_cancel, cancel_waiting
from bot.studio.eta import outlook
from bot.studio.job import Amount, Job, Origin, Who
from bot.studio.limits import Barrier, Left, Limits, Refusal
from bot.studio.policy import NeedsConfirmation, Place, Why, Wish
from bot.studio.results import in_order, references_of
from bot.studio.rules import Grant
from bot.studio.shelf import Shelf
from bot.studio.tariff import Tariff
from bot.studio.wishes import wish_of
from bot.studio.witness import Nobody, Witness

__all__ = ["Diagnosis", "NeedsConfirmation", "Outcome", "Standing", "Studio", "Terms", "Ticket", "Whose"]

_STOPS = 1000
_ORDERS = 2  # that are written at the same time
_TURN = 1.0  # seconds after which nobody waits for that any more


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
        self._door = asyncio.Semaphore(_ORDERS)
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

    async def weigh(
        self, requests: Sequence[ImageRequest], origin: Origin, who: Who, whose: Whose = ()
    ) -> Refusal | NeedsConfirmation | None:
        """Whether all of these, which differ in their prompts alone, can be had together, and whether somebody has to
        say yes to that first. Nothing is reserved; if nothing stands in the way, each is submitted as `confirmed`."""
        unable = next((found for found in map(self._way, requests) if isinstance(found, Refusal)), None)
        asked = None if unable else self._together(requests, origin, who, whose)
        outcome = unable if asked is None else await self._database.read(lambda tx: weigh(tx, asked, self._terms))
        if isinstance(outcome, Refusal):
            self._witness.refused(outcome)
            await self._tell_of_stop(who, outcome)
        return outcome

    async def diagnose(self, origin: Origin, who: Who, *requests: ImageRequest) -> Diagnosis:
        """Why somebody may or may not ask for something there: what `submit` would say, or `weigh` of several, rule by
        rule, and nothing is reserved. Without a request only what holds for any picture is judged."""
        theirs = (who.user,) * max((len(request.references) for request in requests), default=0)
        asked = self._together(requests, origin, who, theirs)
        return await self._database.read(lambda tx: diagnose(tx, asked, self._terms))

    def _together(self, requests: Sequence[ImageRequest], origin: Origin, who: Who, whose: Whose = ()) -> Asked:
        """Several requests as one, to be looked at; none are any picture."""
        prices = [self._price(request) for request in requests]
        price = None if None in prices else sum(filter(None, prices))
        images = sum(map(self._seedream.most_images, requests)) or 1
        wish = wish_of(self._seedream.catalogue, requests[0], images, whose) if requests else Wish()
        others = tuple({request.prompt: None for request in requests if request.prompt != wish.prompt})
        reserved = Amount(images, (price or 0) * (1 + self._terms.doubtful_calls))
        new = queue.NewJob(origin.key, "imagine", who, origin, {}, wish.model, "", images, reserved)
        always = next(filter(None, map(_always, requests)), Why.PERMUTATIONS if others else None)
        return Asked(new, replace(wish, others=others), price, always=always, jobs=max(1, len(requests)))

    async def _asked(
        self, request: ImageRequest, origin: Origin, who: Who, verb: str, parent: int | None, whose: Whose
    ) -> Asked | Refusal:
        """Everything that is known of a request before the database is asked."""
        route = self._way(request)
        if isinstance(route, Refusal):
            return route
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
        return Asked(new, wish, cost, always=_always(request))

    @property
    def providers(self) -> list[str]:
        """Everybody who draws for us, in the order of the route."""
        return list(self._seedream.channels)

    def _price(self, request: ImageRequest) -> int | None:
        """The most that it can cost, None where nobody knows or nobody draws it."""
        try:
            return self._tariff.worst(request, self._route(request))
        except Unavailable:
            return None

    def _route(self, request: ImageRequest) -> list[str]:
        return [channel.provider.name for channel in self._seedream.route(request)]

    def _way(self, request: ImageRequest) -> list[str] | Refusal:
        """Who could draw it, in their order, or why nobody could, whoever asks."""
        if problems := self._seedream.check(request):
            return _bad_request(problems)
        try:
            return self._route(request)
        except Unavailable as error:
            return Refusal(Barrier.NO_PROVIDER, facts={"message": str(error)})

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
                # Of layers the lowest: all of them together are no picture that could be gone on from.
                most = 1 if request.layers else self._most_references(request.model)
                used = in_order(parent.pictures)[:most]
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
            async with self._in_turn():
                job = await self._database.write(lambda tx: queue.put(tx, accept(tx, asked, self._terms)))
        except No as no:
            known = await self._known(asked)
            if known is None and isinstance(no.answer, Refusal):
                await self._tell_of_stop(asked.new.who, no.answer)
            return known or no.answer
        except queue.Known:
            return await self._known(asked) or await self._put(asked)
        except Passing as error:
            if not error.unsure:
                raise
            return await self._put(asked)
        # Looked up when it is in the queue already: nobody waits for the answer with the work.
        return await self._database.read(lambda tx: self._ticket(tx, job, new=True))

    async def _known(self, asked: Asked) -> Ticket | None:
        """What was accepted before stays so, whatever stands in the way by now."""

        def work(tx: Transaction) -> Ticket | None:
            job = queue.by_key(tx, asked.new.key)
            return self._ticket(tx, job, new=False) if job else None

        return await self._database.read(work)

    @asynccontextmanager
    async def _in_turn(self) -> AsyncIterator[None]:
        """When hundreds ask at the same moment, they wait here and not at the database, where everything that is done
        for jobs which were accepted before would have to wait behind them. While the database is away, nobody does."""
        try:
            async with asyncio.timeout(_TURN):
                await self._door.acquire()
        except TimeoutError:
            yield
            return
        try:
            yield
        finally:
            self._door.release()

    async def _tell_of_stop(self, who: Who, refusal: Refusal) -> None:
        """If a budget stands in the way. What was refused was rolled back, so this has a transaction of its own; the
        first of many is enough."""
        if not budgets.is_stop(refusal):
            return
        stop = (who.server, refusal.scope, refusal.period, refusal.limit, refusal.returns_at)
        if stop not in self._stops:
            await self._database.write(lambda tx: budgets.stop(tx, who, refusal))
            self._stops = {**dict.fromkeys([*self._stops][-_STOPS:]), stop: None}

    def _ticket(self, tx: Transaction, job: Job, *, new: bool) -> Ticket:
        found = outlook(tx, job, self._terms.capacity)
        return Ticket(job, found.place, found.eta, new)


def _always(request: ImageRequest) -> Why | None:
    """Why somebody has to say yes to it, whatever the server lets through without a word."""
    return Why.LAYERS if request.layers else None


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
