"""Many at once, from several processes' databases: a limit holds exactly, and nobody waits for anybody in a circle."""

import asyncio
import itertools
import random
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from bot.store.database import Database, Transaction
from bot.store.open import open_database
from bot.studio import ledger, queue
from bot.studio.cancel import cancel_waiting
from bot.studio.job import Amount, Job, Origin, Who
from bot.studio.limits import Allowance, Limits, Period, Scope
from tests.databases import Hands
from tests.studio.booking import NONE, accept, finish, one_limit, reserve, used


@pytest.fixture
async def offices(database: Database, database_url: str, tmp_path: Path, hands: Hands) -> AsyncIterator[list[Database]]:
    """The same database as several processes have it open; SQLite is for a single one."""
    async with AsyncExitStack() as stack:
        more = [open_database(database_url, tmp_path, hands) for _ in range(2 if database.shared else 0)]
        yield [database, *[await stack.enter_async_context(one) for one in more]]


@pytest.mark.parametrize("scope", [Scope.SERVER, Scope.ALL])
@pytest.mark.parametrize("measure", ["images", "cost"])
async def test_of_fifty_users_on_the_last_credit_exactly_one_gets_it(
    offices: list[Database], scope: Scope, measure: str
) -> None:
    limits = one_limit(scope, measure, Period.DAY, 10)
    assert await reserve(offices[0], Who(1, 7), Amount(9, 9), limits) is None
    asked = [
        reserve(database, Who(user, 7), Amount(1, 1), limits)
        for user, database in zip(range(2, 52), itertools.cycle(offices), strict=False)
    ]
    refusals = [refusal for refusal in await asyncio.gather(*asked) if refusal]
    assert len(refusals) == 49
    assert {(refusal.used, refusal.limit, refusal.wanted) for refusal in refusals} == {(10, 10, 1)}
    assert (await used(offices[0], Who(1, 7)))[Scope.ALL, Period.DAY] == Amount(10, 10)


async def test_of_a_hundred_at_once_one_user_gets_thirty_an_hour(offices: list[Database]) -> None:
    limits = Limits(user=Allowance(images_per_hour=30, images_per_day=100))
    asked = [
        reserve(database, Who(42, 7), Amount(1, 1), limits)
        for _, database in zip(range(100), itertools.cycle(offices), strict=False)
    ]
    refusals = [refusal for refusal in await asyncio.gather(*asked) if refusal]
    assert len(refusals) == 70
    assert (await used(offices[0], Who(42, 7)))[Scope.USER, Period.HOUR] == Amount(30, 30)


async def test_nobody_waits_in_a_circle_and_the_ledger_balances(offices: list[Database], hands: Hands) -> None:
    chance = random.Random(7)
    transactions = 0  # one that is run again because of a deadlock would count twice

    async def live(number: int) -> None:
        database = offices[number % len(offices)]
        who = Who(chance.randrange(20), chance.choice((None, 1, 2, 3)))

        def begin(tx: Transaction) -> int:
            nonlocal transactions
            transactions += 1
            return accept(tx, who, Amount(4, 160), NONE, str(number))

        def end(tx: Transaction) -> None:
            nonlocal transactions
            transactions += 1
            finish(tx, job, Amount(number % 5, number % 161))

        job = await database.write(begin)
        hands.move(chance.choice((0.0, 0.0, 700.0)))
        await database.write(end)

    await asyncio.gather(*(live(number) for number in range(150)))
    assert transactions == 300
    assert await offices[0].read(ledger.audit) == []


async def test_asking_and_cancelling_at_once_do_not_block_each_other(offices: list[Database]) -> None:
    transactions = 0

    async def live(number: int) -> None:
        database = offices[number % len(offices)]
        who, key = Who(number % 3, 7), str(number)
        new = queue.NewJob(key, "imagine", who, Origin(key), {}, "m", "ark", 1, Amount(1, 40))

        def begin(tx: Transaction) -> Job:
            nonlocal transactions
            transactions += 1
            assert ledger.reserve(tx, who, new.reserved, NONE) is None
            return queue.put(tx, new)

        def take_back(tx: Transaction) -> None:
            nonlocal transactions
            transactions += 1
            assert cancel_waiting(tx, job.id) is not None

        job = await database.write(begin)
        await database.write(take_back)

    await asyncio.gather(*(live(number) for number in range(120)))
    assert transactions == 240
    assert await offices[0].read(ledger.audit) == []
    assert (await used(offices[0], Who(1, 7)))[Scope.ALL, Period.DAY] == Amount(0, 0)
