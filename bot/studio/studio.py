"""The one door: everything that costs, from wherever it is asked for, comes in here and is answered at once."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from bot.seedream.client import Seedream
from bot.seedream.errors import BadReference, Problem, Unavailable
from bot.seedream.models import ImageRequest
from bot.store.database import Database, Transaction
from bot.store.errors import Passing
from bot.studio import ledger, orders, preferences, queue
from bot.studio.cancel import ask_to_cancel, cancel_waiting
from bot.studio.eta import eta
from bot.studio.job import Amount, Job, Origin, Who
from bot.studio.limits import Barrier, Left, Limits, Refusal, Scope
from bot.studio.preferences import Rules
from bot.studio.results import references_of
from bot.studio.shelf import Shelf
from bot.studio.tariff import Tariff
from bot.studio.witness import Nobody, Witness


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
class Ticket:
    """An accepted job: its place in the line (None once it has been taken up), and when it should be done, if that
    is known. `new` is False when the same thing had been asked before."""

    job: Job
    place: int | None
    eta: float | None
    new: bool = True


@dataclass(frozen=True, slots=True)
class Standing:
    """What somebody may still do: what is left of each limit and when it comes back, and jobs under way."""

    left: Sequence[Left]
    working: int
    waiting: int
    limits: Limits


@dataclass(frozen=True, slots=True)
class Asked:
    """Everything about a request that is known before the database is asked."""

    who: Who
    new: queue.NewJob
    priced: bool


class _No(Exception):
    """Rolls back a transaction that would have accepted a job."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.barrier.value)
        self.refusal = refusal


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

    async def submit(
        self, request: ImageRequest, origin: Origin, who: Who, *, verb: str = "imagine", parent: int | None = None
    ) -> Ticket | Refusal:
        """Accept a request, or say precisely what stands in its way. The same `origin.key` again is the same job."""
        outcome = await self._submit(request, origin, who, verb, parent)
        if isinstance(outcome, Refusal):
            self._witness.refused(outcome)
        elif outcome.new:
            self._witness.accepted(outcome.job)
        return outcome

    async def _submit(
        self, request: ImageRequest, origin: Origin, who: Who, verb: str, parent: int | None
    ) -> Ticket | Refusal:
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
        new = queue.NewJob(
            key=origin.key,
            verb=verb,
            who=who,
            origin=origin,
            request=order,
            model=self._model(request.model),
            provider=route[0],
            images=images,
            reserved=Amount(images, (cost or 0) * (1 + self._terms.doubtful_calls)),
            parent=parent,
        )
        return await self._put(Asked(who, new, priced=cost is not None))

    async def again(self, job: int, origin: Origin, who: Who) -> Ticket | Refusal:
        """The same once more."""
        return await self._from(job, origin, who, "again")

    async def vary(self, job: int, prompt: str, origin: Origin, who: Who) -> Ticket | Refusal:
        """The same with other words."""
        return await self._from(job, origin, who, "vary", prompt)

    async def edit(self, job: int, prompt: str, origin: Origin, who: Who) -> Ticket | Refusal:
        """Other words for the pictures that came of it."""
        return await self._from(job, origin, who, "edit", prompt)

    async def upscale(self, job: int, origin: Origin, who: Who) -> Ticket | Refusal:
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
            limits, _ = self._limits(tx, who)
            working, waiting = queue.working_of(tx, who.user), queue.waiting_of(tx, who.user)
            return Standing(ledger.left(tx, who, limits), working, waiting, limits)

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

    async def _from(self, job: int, origin: Origin, who: Who, verb: str, prompt: str | None = None) -> Ticket | Refusal:
        request = await self.plan(job, who, verb, prompt)
        if isinstance(request, Refusal):
            self._witness.refused(request)
            return request
        return await self.submit(request, origin, who, verb=verb, parent=job)

    def _most_references(self, model: str) -> int | None:
        """As many as the model takes; of one that takes none the check will tell."""
        known = self._seedream.catalogue.resolve(model)
        return known.references[1] or None if known else None

    def _larger(self, request: ImageRequest) -> ImageRequest | None:
        """The largest of which nobody says that it cannot be had."""
        larger = self._seedream.catalogue.larger(request)
        return next((each for each in larger if not self._seedream.check(each)), None)

    async def _put(self, asked: Asked) -> Ticket | Refusal:
        """Asked twice, it is found by its key: when somebody was faster with the very same, or when the connection
        broke and nobody knows whether it has been accepted."""
        try:
            job, new = await self._database.write(lambda tx: self._accept(tx, asked))
        except _No as no:
            return no.refusal
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
        limits, rules = self._limits(tx, asked.who)
        refusal = (
            _forbidden(asked, rules, limits)
            or self._full(tx)  # looked at before the ledger, which everybody's orders wait for
            or ledger.reserve(tx, asked.who, asked.new.reserved, limits)
            or self._too_soon(tx, asked, limits)
            or _crowded(tx, asked.who, limits)
        )
        if refusal is not None:
            raise _No(refusal)
        new = replace(asked.new, at_once=limits.at_once, server_at_once=limits.server_at_once, weight=limits.weight)
        return queue.put(tx, new), True

    def _too_soon(self, tx: Transaction, asked: Asked, limits: Limits) -> Refusal | None:
        """A further picture of the same wish is not asked for anew."""
        return None if asked.new.origin.further else ledger.cooldown(tx, asked.who, limits)

    def _ticket(self, tx: Transaction, job: Job, *, new: bool) -> Ticket:
        return Ticket(job, queue.place(tx, job.id), eta(tx, job, self._terms.capacity), new)

    def _limits(self, tx: Transaction, who: Who) -> tuple[Limits, Rules]:
        rules = preferences.load(tx, who.server) if who.server is not None else Rules()
        return preferences.limits_for(self._terms.limits, rules, who.roles), rules

    def _full(self, tx: Transaction) -> Refusal | None:
        most = self._terms.queue_limit
        waiting = queue.waiting_in_all(tx) if most else 0
        if most and waiting >= most:
            return Refusal(Barrier.QUEUE_FULL, Scope.ALL, limit=most, used=waiting, wanted=1)
        return None

    def _model(self, name: str) -> str:
        model = self._seedream.catalogue.resolve(name)
        return model.key if model else name


def _forbidden(asked: Asked, rules: Rules, limits: Limits) -> Refusal | None:
    if rules.paused:
        return Refusal(Barrier.PAUSED, Scope.SERVER)
    if rules.models and asked.new.model not in rules.models:
        return Refusal(Barrier.MODEL, Scope.SERVER, facts={"models": rules.models})
    if not asked.priced and limits.budgeted(in_server=asked.who.server is not None):
        return Refusal(Barrier.UNPRICED, facts={"model": asked.new.model})
    return None


def _crowded(tx: Transaction, who: Who, limits: Limits) -> Refusal | None:
    waiting = queue.waiting_of(tx, who.user) if limits.waiting else 0
    if limits.waiting and waiting >= limits.waiting:
        return Refusal(Barrier.WAITING, Scope.USER, limit=limits.waiting, used=waiting, wanted=1)
    return None


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
