"""The ledger: reserved, settled and released, per hour, day and month, on both engines."""

import itertools

import pytest
from sqlalchemy import delete, update

from bot.store.database import Database
from bot.store.tables import accounts, jobs, lanes
from bot.studio import ledger
from bot.studio.job import Amount, Who
from bot.studio.limits import Allowance, Barrier, Left, Limits, Period, Refusal, Scope
from tests.databases import Hands
from tests.studio.booking import NONE, Lost, accept, finish, one_limit, reserve, seconds, used

ANNA = Who(42, server=7)
BEN = Who(43, server=7)
EVERY = [(scope, period) for scope in Scope for period in Period]


async def test_a_job_counts_for_its_user_its_server_and_everybody_in_every_period(database: Database) -> None:
    assert await reserve(database, ANNA, Amount(3, 120_000)) is None
    assert await used(database, ANNA) == dict.fromkeys(EVERY, Amount(3, 120_000))
    others = await used(database, BEN)
    assert others[Scope.USER, Period.HOUR] == Amount(0, 0)
    assert others[Scope.SERVER, Period.HOUR] == others[Scope.ALL, Period.MONTH] == Amount(3, 120_000)


async def test_in_a_direct_message_only_the_user_and_everybody_count(database: Database) -> None:
    alone = Who(42)
    limits = Limits(server=Allowance(images_per_day=1))
    assert await reserve(database, alone, Amount(3, 0), limits) is None
    assert {scope for scope, _ in await used(database, alone)} == {Scope.USER, Scope.ALL}
    assert (await used(database, ANNA))[Scope.SERVER, Period.DAY] == Amount(0, 0)


async def test_the_last_picture_of_a_limit_is_given_and_the_next_one_refused(database: Database) -> None:
    limits = Limits(user=Allowance(images_per_hour=3))
    assert await reserve(database, ANNA, Amount(2, 0), limits) is None
    assert await reserve(database, ANNA, Amount(1, 0), limits) is None
    refusal = await reserve(database, ANNA, Amount(1, 0), limits)
    end = seconds("2027-01-15T09:00")
    assert refusal == Refusal(Barrier.IMAGES, Scope.USER, Period.HOUR, limit=3, used=3, wanted=1, returns_at=end)
    assert (await used(database, ANNA))[Scope.USER, Period.HOUR] == Amount(3, 0)
    assert await reserve(database, BEN, Amount(1, 0), limits) is None


async def test_what_is_refused_leaves_no_trace_in_any_account(database: Database) -> None:
    assert await reserve(database, ANNA, Amount(1, 5), Limits(all=Allowance(cost_per_month=4))) is not None
    assert await used(database, ANNA) == dict.fromkeys(EVERY, Amount(0, 0))
    assert await database.read(lambda tx: tx.run(accounts.select()).all()) == []


async def test_every_limit_stands_in_the_way_until_its_period_is_over(database: Database, hands: Hands) -> None:
    cases = itertools.product(Scope, Period, ("images", "cost"))
    for year, (scope, period, measure) in enumerate(cases, 2030):
        ends = {Period.HOUR: f"{year}-01-15T09:00", Period.DAY: f"{year}-01-16", Period.MONTH: f"{year}-02-01"}
        end = seconds(ends[period])
        limits = one_limit(scope, measure, period, 10)
        hands.time = seconds(f"{year}-01-15T08:30")
        assert await reserve(database, ANNA, Amount(7, 7), limits) is None
        refusal = await reserve(database, ANNA, Amount(4, 4), limits)
        assert refusal == Refusal(Barrier(measure), scope, period, 10, used=7, wanted=4, returns_at=end)
        hands.time = end
        assert await reserve(database, ANNA, Amount(4, 4), limits) is None


async def test_of_several_limits_the_one_that_comes_back_last_is_told(database: Database) -> None:
    limits = Limits(user=Allowance(images_per_hour=1, images_per_day=1), server=Allowance(cost_per_month=10))
    assert await reserve(database, ANNA, Amount(1, 10), limits) is None
    both = await reserve(database, ANNA, Amount(1, 0), limits)
    assert both is not None
    assert (both.scope, both.period) == (Scope.USER, Period.DAY)
    all_three = await reserve(database, ANNA, Amount(1, 1), limits)
    assert all_three is not None
    assert (all_three.barrier, all_three.scope, all_three.period) == (Barrier.COST, Scope.SERVER, Period.MONTH)


async def test_more_than_a_limit_ever_gives_is_refused_without_a_time(database: Database) -> None:
    limits = Limits(user=Allowance(images_per_hour=10, images_per_day=8), server=Allowance(images_per_month=1))
    assert await reserve(database, ANNA, Amount(1, 0), limits) is None
    refusal = await reserve(database, BEN, Amount(9, 0), limits)
    assert refusal == Refusal(Barrier.IMAGES, Scope.SERVER, Period.MONTH, 1, used=1, wanted=9, returns_at=None)


async def test_of_limits_that_come_back_together_the_narrowest_is_told(database: Database) -> None:
    limits = Limits(user=Allowance(images_per_day=5), server=Allowance(images_per_day=3), all=Allowance(cost_per_day=1))
    assert await reserve(database, ANNA, Amount(3, 1), limits) is None
    refusal = await reserve(database, ANNA, Amount(3, 1), limits)
    assert refusal is not None
    assert (refusal.barrier, refusal.scope, refusal.used) == (Barrier.IMAGES, Scope.SERVER, 3)


async def test_pictures_are_told_before_money(database: Database) -> None:
    limits = Limits(user=Allowance(images_per_day=5, cost_per_day=3))
    assert await reserve(database, ANNA, Amount(5, 3), limits) is None
    later = await reserve(database, ANNA, Amount(1, 2), limits)
    never = await reserve(database, ANNA, Amount(6, 4), limits)
    assert later is not None
    assert never is not None
    assert later.barrier is never.barrier is Barrier.IMAGES


async def test_what_costs_nothing_is_not_stopped_by_a_budget_that_is_used_up(database: Database) -> None:
    limits = Limits(all=Allowance(cost_per_day=10))
    assert await reserve(database, ANNA, Amount(1, 10), limits) is None
    assert await reserve(database, ANNA, Amount(1, 0), limits) is None


async def test_a_limit_that_is_lowered_counts_what_was_used_before(database: Database) -> None:
    assert await reserve(database, ANNA, Amount(9, 0)) is None
    limits = Limits(user=Allowance(images_per_day=5))
    refusal = await reserve(database, ANNA, Amount(1, 0), limits)
    assert refusal is not None
    assert (refusal.used, refusal.limit) == (9, 5)
    (line,) = await database.read(lambda tx: ledger.left(tx, ANNA, limits))
    assert (line.used, line.left) == (9, 0)


@pytest.mark.parametrize(
    ("settled", "stays"),
    [
        (Amount(4, 160), Amount(4, 160)),
        (Amount(1, 40), Amount(1, 40)),
        (Amount(0, 0), Amount(0, 0)),
        (Amount(0, 40), Amount(0, 40)),  # in doubt: no picture, and perhaps paid
        (Amount(4, 200), Amount(4, 200)),  # a call that was paid twice
    ],
)
async def test_what_is_settled_stays_and_the_rest_comes_back(
    database: Database, settled: Amount, stays: Amount
) -> None:
    job = await database.write(lambda tx: accept(tx, ANNA, Amount(4, 160), NONE, "a"))
    assert await used(database, ANNA) == dict.fromkeys(EVERY, Amount(4, 160))
    await database.write(lambda tx: finish(tx, job, settled))
    assert await used(database, ANNA) == dict.fromkeys(EVERY, stays)
    for row in await database.read(lambda tx: tx.run(accounts.select()).all()):
        assert row.images_reserved == row.images_settled + row.images_released
        assert row.cost_reserved == row.cost_settled + row.cost_released
    assert await database.read(ledger.audit) == []


async def test_a_job_is_settled_once(database: Database) -> None:
    job = await database.write(lambda tx: accept(tx, ANNA, Amount(2, 80), NONE, "a"))
    await database.write(lambda tx: finish(tx, job, Amount(1, 40)))
    with pytest.raises(Lost):
        await database.write(lambda tx: finish(tx, job, Amount(1, 40)))
    assert await used(database, ANNA) == dict.fromkeys(EVERY, Amount(1, 40))


async def test_a_job_is_settled_in_the_accounts_of_its_own_time(database: Database, hands: Hands) -> None:
    hands.time = seconds("2026-12-31T23:59:59")
    job = await database.write(lambda tx: accept(tx, ANNA, Amount(2, 80), NONE, "a"))
    hands.move(10)
    assert await used(database, ANNA) == dict.fromkeys(EVERY, Amount(0, 0))
    await database.write(lambda tx: finish(tx, job, Amount(1, 40)))
    assert await used(database, ANNA) == dict.fromkeys(EVERY, Amount(0, 0))
    assert await database.read(ledger.audit) == []
    hands.move(-10)
    assert await used(database, ANNA) == dict.fromkeys(EVERY, Amount(1, 40))


async def test_a_clock_that_is_set_back_counts_in_the_period_it_shows(database: Database, hands: Hands) -> None:
    limits = Limits(user=Allowance(images_per_hour=1))
    assert await reserve(database, ANNA, Amount(1, 0), limits) is None
    hands.move(3600)
    assert await reserve(database, ANNA, Amount(1, 0), limits) is None
    hands.move(-3600)
    assert await reserve(database, ANNA, Amount(1, 0), limits) is not None


async def test_what_is_left_is_told_for_every_limit_that_there_is(database: Database) -> None:
    limits = Limits(
        user=Allowance(images_per_hour=30, images_per_day=100, cost_per_day=500),
        all=Allowance(cost_per_month=1000),
    )
    assert await reserve(database, ANNA, Amount(3, 120)) is None
    day, month = seconds("2027-01-16T00:00"), seconds("2027-02-01T00:00")
    found = await database.read(lambda tx: ledger.left(tx, ANNA, limits))
    assert found == [
        Left(Scope.USER, Period.HOUR, "images", 30, 3, seconds("2027-01-15T09:00")),
        Left(Scope.USER, Period.DAY, "images", 100, 3, day),
        Left(Scope.USER, Period.DAY, "cost", 500, 120, day),
        Left(Scope.ALL, Period.MONTH, "cost", 1000, 120, month),
    ]
    assert [line.left for line in found] == [27, 97, 380, 880]
    assert await database.read(lambda tx: ledger.left(tx, ANNA, NONE)) == []


async def test_after_a_job_a_user_rests_as_long_as_the_limits_say(database: Database, hands: Hands) -> None:
    limits = Limits(cooldown=10)
    assert await database.read(lambda tx: ledger.cooldown(tx, ANNA, limits)) is None
    await database.write(lambda tx: tx.run(lanes.insert().values(user_id=42, tag=0, last_at=tx.now)))
    hands.move(9)
    refusal = await database.read(lambda tx: ledger.cooldown(tx, ANNA, limits))
    assert refusal == Refusal(Barrier.COOLDOWN, Scope.USER, returns_at=hands.time + 1)
    assert await database.read(lambda tx: ledger.cooldown(tx, ANNA, NONE)) is None
    assert await database.read(lambda tx: ledger.cooldown(tx, BEN, limits)) is None
    hands.move(1)
    assert await database.read(lambda tx: ledger.cooldown(tx, ANNA, limits)) is None


async def test_nobody_rests_for_an_hour_because_the_clock_was_set_back(database: Database, hands: Hands) -> None:
    await database.write(lambda tx: tx.run(lanes.insert().values(user_id=42, tag=0, last_at=tx.now)))
    hands.move(-1)  # a process that had to wait for a lock sees the other's time as a little ahead
    assert await database.read(lambda tx: ledger.cooldown(tx, ANNA, Limits(cooldown=10))) is not None
    hands.move(-3600)
    assert await database.read(lambda tx: ledger.cooldown(tx, ANNA, Limits(cooldown=10))) is None


async def test_old_accounts_are_forgotten_unless_a_job_is_open_in_them(database: Database, hands: Hands) -> None:
    done = await database.write(lambda tx: accept(tx, BEN, Amount(1, 40), NONE, "done"))
    await database.write(lambda tx: finish(tx, done, Amount(1, 40)))
    await database.write(lambda tx: accept(tx, ANNA, Amount(1, 40), NONE, "open"))
    start = hands.time
    hands.move(86_400)
    assert await database.write(lambda tx: ledger.forget(tx, hands.time)) == 2  # Ben's hour and day
    assert await database.write(lambda tx: ledger.forget(tx, hands.time)) == 0
    hands.time = start
    assert (await used(database, ANNA))[Scope.USER, Period.HOUR] == Amount(1, 40)
    assert (await used(database, BEN))[Scope.USER, Period.MONTH] == Amount(1, 40)
    assert await database.read(ledger.audit) == []


async def test_an_account_is_forgotten_from_its_end_on_and_open_money_keeps_it(
    database: Database, hands: Hands
) -> None:
    job = await database.write(lambda tx: accept(tx, Who(42), Amount(0, 40), NONE, "a"))
    end = seconds("2027-01-15T09:00")
    assert await database.write(lambda tx: ledger.forget(tx, end)) == 0
    await database.write(lambda tx: finish(tx, job, Amount(0, 40)))
    assert await database.write(lambda tx: ledger.forget(tx, end - 1)) == 0
    assert await database.write(lambda tx: ledger.forget(tx, end)) == 2


async def test_the_audit_names_what_no_job_holds_and_what_is_not_set_aside(database: Database) -> None:
    alone = Who(42)
    job = await database.write(lambda tx: accept(tx, alone, Amount(2, 80_000), NONE, "a"))
    assert await database.read(ledger.audit) == []
    hour = "user/42/hour/2027-01-15T08"
    await database.write(lambda tx: tx.run(delete(accounts).where(accounts.c.key == hour)))
    assert await database.read(ledger.audit) == [
        f"{hour}: 0 images and $0.00 set aside, 2 images and $0.08 due to open jobs"
    ]
    closed = update(jobs).where(jobs.c.id == job).values(closed_at=1.0)
    await database.write(lambda tx: tx.run(closed))
    told = await database.read(ledger.audit)
    assert len(told) == 5
    assert told[0] == "all/0/day/2027-01-15: 2 images and $0.08 set aside, 0 images and $0.00 due to open jobs"


async def test_a_job_that_is_settled_and_not_yet_told_holds_nothing(database: Database) -> None:
    job = await database.write(lambda tx: accept(tx, ANNA, Amount(2, 80), NONE, "a"))
    await database.write(lambda tx: finish(tx, job, Amount(0, 0)))
    await database.write(lambda tx: tx.run(update(jobs).where(jobs.c.id == job).values(closed_at=None)))
    assert await database.read(ledger.audit) == []
