"""Jobs are put, found again and claimed, each by one worker, in their turn."""

import pytest
from sqlalchemy import select

from bot.store.database import Database, Transaction
from bot.store.tables import jobs, lanes
from bot.studio.eta import outlook
from bot.studio.job import Amount, Job, State, Who
from bot.studio.leases import release
from bot.studio.queue import Known, Lost, by_key, claim, load, put, waiting_of
from bot.studio.steps import sent
from tests.databases import Hands
from tests.studio.making import NO_LIMIT, PROVIDER, look, new_job, put_job, start_worker, take


async def test_a_job_is_found_again_by_number_and_by_key(database: Database) -> None:
    job = await put_job(database, 42, 3, server=7, key="interaction:9", parent=None)
    assert await database.read(lambda tx: load(tx, job.id)) == job
    assert await database.read(lambda tx: by_key(tx, "interaction:9")) == job
    assert await database.read(lambda tx: load(tx, job.id + 1)) is None
    assert await database.read(lambda tx: by_key(tx, "interaction:8")) is None
    assert (job.who, job.state, job.owner, job.attempt) == (Who(42, 7), State.QUEUED, None, 0)
    assert (job.images, job.reserved, job.origin.token) == (3, Amount(3, 120_000), "a-secret")


async def test_the_same_key_twice_is_one_job_and_changes_nothing(database: Database) -> None:
    first = await put_job(database, key="interaction:9")
    again = new_job(key="interaction:9", images=15)
    with pytest.raises(Known):
        await database.write(lambda tx: put(tx, again))
    assert await database.read(lambda tx: by_key(tx, "interaction:9")) == first
    assert await database.read(lambda tx: tx.run(select(lanes.c.tag)).scalar_one()) == 1


async def test_a_claimed_job_runs_and_nobody_else_gets_it(database: Database, hands: Hands) -> None:
    await start_worker(database)
    job = await put_job(database)
    hands.move(5)
    held = await take(database)
    assert (held.id, held.state, held.owner, held.attempt) == (job.id, State.RUNNING, "w", 1)
    assert held.started_at == hands.time
    assert (await look(database)).job is None


async def test_an_empty_queue_gives_nothing_and_says_that_time_will_not_help(database: Database) -> None:
    await start_worker(database)
    found = await look(database)
    assert (found.job, found.again_at) == (None, None)


async def test_a_worker_that_is_not_registered_gets_no_job(database: Database) -> None:
    job = await put_job(database)
    with pytest.raises(Lost):
        await look(database, "stranger")
    assert await database.read(lambda tx: load(tx, job.id)) == job


async def test_a_job_that_is_not_ready_yet_lets_others_pass_and_says_when(database: Database, hands: Hands) -> None:
    await start_worker(database)
    await put_job(database, 1)
    first = await take(database)
    await database.write(lambda tx: release(tx, first, "w", ready_at=hands.time + 30))
    second = await put_job(database, 2)
    assert (await take(database)).id == second.id
    found = await look(database)
    assert (found.job, found.again_at) == (None, hands.time + 30)
    hands.move(30)
    assert (await take(database)).id == first.id


async def test_what_was_begun_comes_before_all_that_only_waits(database: Database, hands: Hands) -> None:
    await start_worker(database)
    await put_job(database, 1)
    for user in range(2, 12):
        await put_job(database, user)
    held = await take(database)
    begun = await database.write(lambda tx: sent(tx, held, "w", PROVIDER))
    await database.write(lambda tx: release(tx, begun, "w", ready_at=tx.now))
    again = await take(database)
    assert (again.id, again.state, again.attempt) == (begun.id, State.SENT, 2)


async def test_a_place_in_the_line_counts_the_jobs_before_it(database: Database) -> None:
    await start_worker(database)
    first, second, third = [await put_job(database, 1) for _ in range(3)]
    other = await put_job(database, 2)
    elsewhere = await put_job(database, 3, provider="fal")

    async def places(*asked: Job) -> list[int | None]:
        return [(await database.read(lambda tx, job=job: outlook(tx, job))).place for job in asked]  # type: ignore[misc]

    assert await places(first, other, second, third, elsewhere) == [1, 2, 3, 4, 1]
    await take(database)
    assert await places(first, other, second, third) == [None, 1, 2, 3]


async def test_waiting_jobs_are_counted_by_user(database: Database) -> None:
    await start_worker(database)
    for user in (1, 1, 1, 2):
        await put_job(database, user)
    await take(database)
    assert await database.read(lambda tx: waiting_of(tx, 1)) == 2
    assert await database.read(lambda tx: waiting_of(tx, 2)) == 1
    assert await database.read(lambda tx: waiting_of(tx, 3)) == 0


async def test_news_of_a_new_job_are_announced(database: Database) -> None:
    heard: list[str] = []
    database.listen(heard.append)
    await put_job(database)
    if not database.shared:
        assert heard == ["jobs"]


async def test_a_claim_and_all_else_is_undone_with_its_transaction(database: Database) -> None:
    await start_worker(database)
    job = await put_job(database)

    def work(tx: Transaction) -> None:
        assert claim(tx, "w", {}, NO_LIMIT).job is not None
        raise LookupError("for a reason of its own")

    with pytest.raises(LookupError):
        await database.write(work)
    assert await database.read(lambda tx: tx.run(select(jobs.c.owner)).scalar_one()) is None
    assert (await take(database)).id == job.id
