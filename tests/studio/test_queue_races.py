"""Several processes at one queue: no job twice, no limit exceeded, nothing forgotten."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from random import Random

from sqlalchemy import func, select

from bot.store.database import Database, Transaction
from bot.store.tables import jobs
from bot.studio import steps
from bot.studio.cancel import cancel_waiting
from bot.studio.job import Amount, Delivery, Job, State
from bot.studio.leases import reap
from bot.studio.queue import CALLING, HELD, Capacity, Found, Known, Lost, claim, load, put
from tests.databases import Hands
from tests.studio.making import PROVIDER, new_job, put_job, start_worker

Another = Callable[[], Awaitable[Database]]

ROOM = Capacity(at_once=3)
AT_ONCE = 2


async def several(database: Database, open_another: Another, number: int = 3) -> list[Database]:
    """As many processes as the engine allows: SQLite is for one."""
    return [database, *([await open_another() for _ in range(number - 1)] if database.shared else [])]


def most_held(tx: Transaction) -> tuple[int, int]:
    """The most jobs that any user, and any provider, has at this moment."""
    users = select(func.count().label("held")).select_from(jobs).where(HELD).group_by(jobs.c.user_id).subquery()
    calls = select(func.count().label("held")).select_from(jobs).where(HELD, CALLING).group_by(jobs.c.provider)
    most = select(func.max(users.c.held)), select(func.max(calls.subquery().c.held))
    return tx.run(most[0]).scalar() or 0, tx.run(most[1]).scalar() or 0


def finish(tx: Transaction, job: Job, me: str) -> None:
    sent = steps.sent(tx, job, me, job.provider)
    steps.settled(tx, steps.generated(tx, sent, me, [], None), me, Delivery(), Amount(job.images, 0))


async def test_no_job_is_claimed_twice_and_no_limit_is_exceeded(database: Database, open_another: Another) -> None:
    for number in range(40):
        await put_job(database, number % 5, at_once=AT_ONCE, provider=PROVIDER if number % 3 else "fal")
    claimed: Counter[int] = Counter()

    def look(tx: Transaction, me: str) -> Found:
        found = claim(tx, me, {}, ROOM)
        users, calls = most_held(tx)
        assert users <= AT_ONCE
        assert calls <= ROOM.at_once
        return found

    async def work(mine: Database, me: str) -> None:
        await start_worker(mine, me)
        while sum(claimed.values()) < 40:
            found = await mine.write(lambda tx: look(tx, me))
            if (job := found.job) is None:
                await asyncio.sleep(0.001)
                continue
            claimed[job.id] += 1
            await mine.write(lambda tx, job=job: finish(tx, job, me))  # type: ignore[misc]

    processes = await several(database, open_another)
    async with asyncio.timeout(30):
        await asyncio.gather(*(work(processes[n % len(processes)], f"w{n}") for n in range(6)))
    assert set(claimed.values()) == {1}
    left = select(func.count()).select_from(jobs).where(jobs.c.closed_at.is_(None) | (jobs.c.attempt != 1))
    assert await database.read(lambda tx: tx.run(left).scalar_one()) == 0


async def test_a_pace_is_one_for_all_processes(database: Database, open_another: Another) -> None:
    for number in range(30):
        await put_job(database, number, 2)
    drawn = 0

    async def work(mine: Database, me: str) -> None:
        nonlocal drawn
        await start_worker(mine, me)
        while (found := await mine.write(lambda tx: claim(tx, me, {}, Capacity(images_per_minute=20)))).job:
            drawn += found.job.images

    processes = await several(database, open_another)
    await asyncio.gather(*(work(mine, f"w{number}") for number, mine in enumerate(processes)))
    assert drawn == 20


async def test_jobs_that_are_put_at_the_same_time_are_all_there_in_a_fair_order(
    database: Database, open_another: Another
) -> None:
    processes = await several(database, open_another)

    async def ask(number: int) -> Job:
        return await put_job(processes[number % len(processes)], number % 4, provider=f"new{number % 2}")

    asked = await asyncio.gather(*(ask(number) for number in range(24)))
    assert len({job.id for job in asked}) == 24
    tags = await database.read(lambda tx: [(row.user_id, row.tag) for row in tx.run(select(jobs))])
    assert Counter(tags) == {(user, float(tag)): 1 for user in range(4) for tag in range(6)}


async def test_the_same_key_at_the_same_time_is_one_job(database: Database, open_another: Another) -> None:
    processes = await several(database, open_another)

    async def ask(number: int) -> bool:
        same = new_job(key="interaction:1")
        try:
            await processes[number % len(processes)].write(lambda tx: put(tx, same))
        except Known:
            return False
        return True

    assert sum(await asyncio.gather(*(ask(number) for number in range(6)))) == 1
    assert await database.read(lambda tx: tx.run(select(func.count()).select_from(jobs)).scalar_one()) == 1


async def test_a_job_is_either_claimed_or_taken_back(database: Database, open_another: Another) -> None:
    asked = [await put_job(database, number % 3) for number in range(24)]
    processes = await several(database, open_another, 2)
    await start_worker(database)
    claimed: set[int] = set()
    gone: set[int] = set()

    async def work() -> None:
        while (found := await processes[0].write(lambda tx: claim(tx, "w", {}, Capacity()))).job:
            if found.job.state is State.RUNNING:  # else it is there to be told of
                claimed.add(found.job.id)

    async def regret() -> None:
        for job in reversed(asked):
            if await processes[-1].write(lambda tx, job=job: cancel_waiting(tx, job.id)):  # type: ignore[misc]
                gone.add(job.id)

    await asyncio.gather(work(), regret())
    assert claimed | gone == {job.id for job in asked}
    assert not claimed & gone


async def test_workers_that_die_at_any_time_lose_no_job_and_double_none(
    database: Database, open_another: Another, hands: Hands
) -> None:
    asked = [await put_job(database, number % 3, at_once=AT_ONCE) for number in range(20)]
    processes = await several(database, open_another)
    random = Random(5)
    paid: Counter[int] = Counter()

    async def live(mine: Database, me: str) -> None:
        """Until a silent death, with whatever is held then."""
        await start_worker(mine, me, lease=10)
        for _ in range(random.randrange(1, 6)):
            found = await mine.write(lambda tx: claim(tx, me, {}, ROOM))
            if (job := found.job) is None or random.random() < 0.3:
                continue
            try:
                await mine.write(lambda tx, job=job: finish(tx, job, me))  # type: ignore[misc]
            except Lost:
                continue
            paid[job.id] += 1

    for generation in range(40):
        lives = (live(mine, f"w{generation}-{number}") for number, mine in enumerate(processes))
        await asyncio.gather(*lives)
        hands.move(11)
        await asyncio.gather(*(mine.write(reap) for mine in processes))
        if len(paid) == len(asked):
            break
    assert paid == {job.id: 1 for job in asked}
    ends = [await database.read(lambda tx, job=job: load(tx, job.id)) for job in asked]  # type: ignore[misc]
    assert {end and end.state for end in ends} == {State.SETTLED}
