"""A time is promised only when it was measured, and it counts what is before the job."""

import pytest

from bot.store.database import Database
from bot.studio.eta import learn, outlook
from bot.studio.job import Job
from bot.studio.leases import register, release
from bot.studio.queue import Capacity, load
from bot.studio.steps import generated, sent
from tests.databases import Hands
from tests.studio.making import MODEL, PROVIDER, look, put_job, start_worker, take, worker


async def measure(database: Database, seconds: float, images: int = 1, provider: str = PROVIDER) -> None:
    await database.write(lambda tx: learn(tx, provider, MODEL, images, seconds))


async def promised(database: Database, job: Job, capacity: Capacity | None = None) -> float | None:
    """In how many seconds it should be done."""
    found = (await database.read(lambda tx: outlook(tx, job, capacity))).eta
    return None if found is None else found - database.now()


async def test_nothing_is_promised_that_was_never_measured(database: Database) -> None:
    await start_worker(database)
    job = await put_job(database)
    assert await promised(database, job) is None
    await measure(database, 10, provider="fal")
    assert await promised(database, job) is None


async def test_nothing_is_promised_when_nobody_works(database: Database, hands: Hands) -> None:
    await measure(database, 10)
    job = await put_job(database)
    assert await promised(database, job) is None
    await database.write(lambda tx: register(tx, worker("w"), 30))
    assert await promised(database, job) == 10
    hands.move(31)
    assert await promised(database, job) is None


async def test_a_job_that_starts_at_once_takes_its_own_time(database: Database) -> None:
    await start_worker(database, slots=3)
    await measure(database, 10)
    await put_job(database, 1)
    await take(database)
    await put_job(database, 2)
    assert await promised(database, await put_job(database, 3)) == 10


async def test_what_is_before_it_is_shared_by_all_hands(database: Database, hands: Hands) -> None:
    await start_worker(database, "a", slots=1)
    await start_worker(database, "b", slots=1)
    await measure(database, 10)
    await put_job(database, 1)
    await put_job(database, 2)
    await take(database, "a")
    await take(database, "b")
    hands.move(4)
    third, fourth = await put_job(database, 3), await put_job(database, 4)
    assert await promised(database, third) == (6 + 6) / 2 + 10
    assert await promised(database, fourth) == (6 + 6 + 10) / 2 + 10


async def test_another_number_of_pictures_is_estimated_from_the_nearest(database: Database) -> None:
    await start_worker(database)
    await measure(database, 10, images=1)
    await measure(database, 60, images=10)
    assert await promised(database, await put_job(database, 1, 8)) == 48
    assert await promised(database, await put_job(database, 2, 2)) == 20


async def test_the_pace_of_the_provider_is_considered(database: Database) -> None:
    await start_worker(database, slots=100)
    await measure(database, 10)
    slow = Capacity(images_per_minute=2)
    queued = [await put_job(database, user) for user in range(1, 6)]
    assert [await promised(database, job, slow) for job in queued] == [10, 10, 40, 70, 100]


async def test_a_job_that_rests_is_not_promised_before_it_is_ready(database: Database, hands: Hands) -> None:
    await start_worker(database)
    await measure(database, 10)
    await put_job(database)
    held = await take(database)
    await database.write(lambda tx: release(tx, held, "w", ready_at=hands.time + 90))
    waiting = await database.read(lambda tx: load(tx, held.id))
    assert waiting is not None
    assert await promised(database, waiting) == 100


async def test_a_running_job_is_promised_from_its_start_until_it_is_overdue(database: Database, hands: Hands) -> None:
    await start_worker(database)
    await measure(database, 10)
    await put_job(database)
    running = await take(database)
    hands.move(3)
    assert await promised(database, running) == 7
    calling = await database.write(lambda tx: sent(tx, running, "w", PROVIDER))
    assert await promised(database, calling) == 10
    hands.move(11)
    assert await promised(database, calling) is None
    done = await database.write(lambda tx: generated(tx, calling, "w", [], None))
    assert await promised(database, done) is None


async def test_a_mean_follows_what_was_measured_last(database: Database) -> None:
    await start_worker(database)
    job = await put_job(database)
    await measure(database, 10)
    await measure(database, 20)
    assert await promised(database, job) == 15
    for _ in range(200):
        await measure(database, 40)
    assert await promised(database, job) == pytest.approx(40, abs=0.1)


async def test_a_job_that_somebody_took_meanwhile_is_promised_from_now_on(database: Database) -> None:
    await start_worker(database)
    await measure(database, 10)
    job = await put_job(database)
    assert (await look(database)).job is not None
    assert await promised(database, job) == 10
