"""Whatever happens in whatever order, the ledger agrees with a simple count and nobody gets over a limit."""

import asyncio
import random
import tempfile
import time
from collections import Counter
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from bot.store.database import Database
from bot.store.open import open_database
from bot.store.tables import accounts
from bot.studio import ledger
from bot.studio.job import Amount, Who
from bot.studio.limits import Allowance, Barrier, Limits, Period, Refusal, Scope
from tests.databases import Hands
from tests.studio.booking import NONE, Lost, Refused, accept, finish, used

PEOPLE = (Who(1), Who(1, 1), Who(1, 2), Who(2, 1), Who(3, 2))
STARTS = {Period.HOUR: "%Y-%m-%dT%H", Period.DAY: "%Y-%m-%d", Period.MONTH: "%Y-%m"}
Place = tuple[Scope, int, Period, str]


@dataclass(frozen=True)
class Open:
    """A job that was accepted."""

    id: int
    who: Who
    at: float
    reserved: Amount


class Books:
    """The ledger beside a count of its own, which knows neither keys nor ends of periods."""

    def __init__(self, database: Database, hands: Hands) -> None:
        self.database = database
        self.hands = hands
        self.limits = NONE
        self.open: list[Open] = []
        self.closed: list[int] = []
        self.images: Counter[Place] = Counter()
        self.cost: Counter[Place] = Counter()
        self.asked = 0

    def places(self, who: Who, at: float) -> list[Place]:
        """Where a job of somebody counts."""
        subjects = {Scope.USER: who.user, Scope.SERVER: who.server, Scope.ALL: 0}
        return [
            (scope, subject, period, time.strftime(form, time.gmtime(at)))
            for scope, subject in subjects.items()
            for period, form in STARTS.items()
            if subject is not None
        ]

    def count(self, who: Who, at: float, amount: Amount) -> None:
        """Add to every place."""
        for place in self.places(who, at):
            self.images[place] += amount.images
            self.cost[place] += amount.cost

    def over(self, who: Who, wanted: Amount) -> list[tuple[Barrier, Scope | None, Period | None]]:
        """The limits that would not hold any more."""
        found: list[tuple[Barrier, Scope | None, Period | None]] = []
        for place in self.places(who, self.hands()):
            scope, _, period, _ = place
            allowance: Allowance = getattr(self.limits, scope.value)
            if wanted.images and 0 < allowance.images(period) < self.images[place] + wanted.images:
                found.append((Barrier.IMAGES, scope, period))
            if wanted.cost and 0 < allowance.cost(period) < self.cost[place] + wanted.cost:
                found.append((Barrier.COST, scope, period))
        return found

    async def accept(self, who: Who, wanted: Amount) -> None:
        """Somebody asks: accepted or refused as the count says."""
        self.asked += 1
        key, limits, at = str(self.asked), self.limits, self.hands()
        refused: Refusal | None = None
        try:
            job = await self.database.write(lambda tx: accept(tx, who, wanted, limits, key))
        except Refused as error:
            refused = error.refusal
        over = self.over(who, wanted)
        if refused is None:
            assert over == []
            self.open.append(Open(job, who, at, wanted))
            self.count(who, at, wanted)
            return
        assert (refused.barrier, refused.scope, refused.period) in over
        if refused.returns_at is None:
            assert refused.wanted > refused.limit
            return
        self.hands.time = refused.returns_at
        assert self.over(who, wanted) == []  # then it will be accepted, so nobody is refused twice
        self.hands.time = at

    async def finish(self, which: int, settled: Amount) -> None:
        """One of the open jobs comes to its end."""
        job = self.open.pop(which % len(self.open))
        await self.database.write(lambda tx: finish(tx, job.id, settled))
        self.closed.append(job.id)
        self.count(job.who, job.at, Amount(settled.images - job.reserved.images, settled.cost - job.reserved.cost))

    async def finish_again(self, which: int) -> None:
        """What is closed cannot be closed once more."""
        job = self.closed[which % len(self.closed)]
        with pytest.raises(Lost):
            await self.database.write(lambda tx: finish(tx, job, Amount(1, 1)))

    async def check(self) -> None:
        """Everything agrees."""
        assert await self.database.read(ledger.audit) == []
        for who in PEOPLE:
            seen = await used(self.database, who)
            for place in self.places(who, self.hands()):
                scope, _, period, _ = place
                assert seen[scope, period] == Amount(self.images[place], self.cost[place])
        for row in await self.database.read(lambda tx: tx.run(accounts.select()).all()):
            assert row.images_reserved - row.images_released >= 0
            assert row.cost_reserved - row.cost_released >= 0
            if not self.open:
                assert row.images_reserved == row.images_settled + row.images_released
                assert row.cost_reserved == row.cost_settled + row.cost_released


ALLOWANCES = st.builds(Allowance, *[st.sampled_from((0, 0, 5, 20))] * 3, *[st.sampled_from((0, 0, 50, 400))] * 3)
AMOUNTS = st.builds(Amount, st.integers(0, 15), st.integers(0, 120))


class Machine(RuleBasedStateMachine):
    """Rules of what people, time and providers do, on SQLite; hypothesis knows no coroutines, so a runner runs them."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.folder = tempfile.TemporaryDirectory()
        self.opened = AsyncExitStack()
        self.hands = Hands()
        opening = self.opened.enter_async_context(open_database("", Path(self.folder.name), self.hands))
        self.books = Books(self.runner.run(opening), self.hands)

    def teardown(self) -> None:
        self.runner.run(self.opened.aclose())
        self.runner.close()
        self.folder.cleanup()

    @rule(who=st.sampled_from(PEOPLE), wanted=AMOUNTS)
    def somebody_asks(self, who: Who, wanted: Amount) -> None:
        self.runner.run(self.books.accept(who, wanted))

    @precondition(lambda self: self.books.open)
    @rule(which=st.integers(0, 99))
    def a_job_is_settled_whole(self, which: int) -> None:
        self.runner.run(self.books.finish(which, self.books.open[which % len(self.books.open)].reserved))

    @precondition(lambda self: self.books.open)
    @rule(which=st.integers(0, 99))
    def a_job_is_refunded(self, which: int) -> None:
        self.runner.run(self.books.finish(which, Amount()))

    @precondition(lambda self: self.books.open)
    @rule(which=st.integers(0, 99), settled=AMOUNTS)
    def a_job_is_settled_in_part_or_beyond(self, which: int, settled: Amount) -> None:
        self.runner.run(self.books.finish(which, settled))

    @precondition(lambda self: self.books.open)
    @rule(which=st.integers(0, 99))
    def a_job_ends_in_doubt(self, which: int) -> None:
        reserved = self.books.open[which % len(self.books.open)].reserved
        self.runner.run(self.books.finish(which, Amount(0, reserved.cost)))

    @precondition(lambda self: self.books.closed)
    @rule(which=st.integers(0, 99))
    def a_job_is_not_closed_twice(self, which: int) -> None:
        self.runner.run(self.books.finish_again(which))

    @rule(passed=st.sampled_from((0.5, 600.0, 3600.0, 50_000.0, 86_400.0, 1_000_000.0)))
    def time_passes(self, passed: float) -> None:
        self.hands.move(passed)

    @rule(limits=st.builds(Limits, ALLOWANCES, ALLOWANCES, ALLOWANCES))
    def limits_change(self, limits: Limits) -> None:
        self.books.limits = limits

    @invariant()
    def everything_agrees(self) -> None:
        self.runner.run(self.books.check())


TestMachine = Machine.TestCase
TestMachine.settings = settings(max_examples=25, stateful_step_count=25, deadline=None)


async def test_a_long_random_story_leaves_the_ledger_balanced(database: Database, hands: Hands) -> None:
    books, chance = Books(database, hands), random.Random(20_261_120)
    for step in range(200):
        if step % 20 == 0:
            user, server, everybody = (Allowance(*[chance.choice((0, 0, 20, 60)) for _ in range(6)]) for _ in Scope)
            books.limits = Limits(user, server, everybody)
        turn = chance.random()
        if turn < 0.5 or not books.open:
            await books.accept(chance.choice(PEOPLE), Amount(chance.randint(0, 6), chance.randint(0, 6)))
        elif turn < 0.8:
            await books.finish(chance.randrange(99), Amount(chance.randint(0, 7), chance.randint(0, 7)))
        elif turn < 0.9 and books.closed:
            await books.finish_again(chance.randrange(99))
        else:
            hands.move(chance.choice((1.0, 1800.0, 40_000.0, 400_000.0)))
        if step % 10 == 0:
            await books.check()
    while books.open:
        await books.finish(0, books.open[0].reserved)
    await books.check()
