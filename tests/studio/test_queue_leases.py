"""The jobs of a dead worker go on with another one, those of a living one are never touched."""

from bot.store.database import Database, Transaction
from bot.studio.job import Amount, Job, State
from bot.studio.leases import reap, register, release, renew, retire
from bot.studio.queue import load
from bot.studio.steps import ending, generated, sent
from tests.databases import Hands
from tests.studio.making import PROVIDER, look, put_job, start_worker, take, worker
from tests.studio.test_steps import FAILED, PICTURES


async def now(database: Database, job: Job) -> Job:
    found = await database.read(lambda tx: load(tx, job.id))
    assert found is not None
    return found


async def test_only_the_dead_lose_their_jobs(database: Database, hands: Hands) -> None:
    for name in ("dead", "alive"):
        await start_worker(database, name, lease=30)
        await put_job(database, 1)
        await put_job(database, 2)
    lost = [await take(database, "dead") for _ in range(2)]
    kept = [await take(database, "alive") for _ in range(2)]
    hands.move(20)
    assert await database.write(lambda tx: renew(tx, "alive", 30))
    assert await database.write(reap) == 0
    hands.move(11)
    assert await database.write(reap) == 2
    assert await database.write(reap) == 0
    for job in lost:
        found = await now(database, job)
        assert (found.owner, found.state, found.strikes) == (None, State.QUEUED, 1)
    for job in kept:
        assert await now(database, job) == job


async def test_a_worker_that_was_given_up_is_told_so_and_may_begin_anew(database: Database, hands: Hands) -> None:
    await start_worker(database, "w", lease=30)
    hands.move(31)
    await database.write(reap)
    assert not await database.write(lambda tx: renew(tx, "w", 30))
    await database.write(lambda tx: register(tx, worker("w"), 30))
    assert await database.write(lambda tx: renew(tx, "w", 30))
    await put_job(database)
    assert (await take(database, "w")).owner == "w"


async def test_a_lease_that_is_over_counts_as_long_as_nobody_has_taken_it(database: Database, hands: Hands) -> None:
    await start_worker(database, "w", lease=30)
    await put_job(database)
    job = await take(database, "w")
    hands.move(300)
    assert await database.write(lambda tx: renew(tx, "w", 30))
    assert await database.write(reap) == 0
    assert await now(database, job) == job


async def test_the_only_process_takes_what_earlier_ones_left_at_once(database: Database) -> None:
    await start_worker(database, "before", lease=1e6)
    await put_job(database)
    left = await take(database, "before")
    await start_worker(database, "w")
    assert await database.write(lambda tx: reap(tx, alone="w")) == 1
    again = await take(database, "w")
    assert (again.id, again.attempt, again.strikes) == (left.id, 2, 1)
    assert await database.write(lambda tx: reap(tx, alone="w")) == 0
    assert not await database.write(lambda tx: renew(tx, "before", 30))


async def test_each_state_goes_on_where_it_was(database: Database) -> None:
    await start_worker(database, "before")
    for user in range(1, 5):
        await put_job(database, user)
    held = [await take(database, "before") for _ in range(4)]

    def work(tx: Transaction) -> None:
        sent(tx, held[1], "before", PROVIDER)
        generated(tx, sent(tx, held[2], "before", PROVIDER), "before", PICTURES, None)
        ending(tx, held[3], "before", FAILED, Amount())

    await database.write(work)
    await start_worker(database, "w")
    assert await database.write(lambda tx: reap(tx, alone="w")) == 4
    # what was begun comes first
    states = {(job := await take(database, "w")).id: job.state for _ in range(4)}
    assert list(states.values())[-1] is State.RUNNING
    assert [states[job.id] for job in held] == [State.RUNNING, State.SENT, State.GENERATED, State.ENDING]
    assert (await now(database, held[2])).pictures == PICTURES
    assert (await now(database, held[3])).ending == FAILED


async def test_a_job_that_was_not_sent_keeps_its_place(database: Database, hands: Hands) -> None:
    await start_worker(database, "dead", lease=30)
    await put_job(database, 1)
    for user in range(2, 6):
        await put_job(database, user)
    job = await take(database, "dead")
    hands.move(31)
    await start_worker(database)
    await database.write(reap)
    assert (await take(database)).id == job.id


async def test_every_death_is_a_strike_and_a_polite_end_is_none(database: Database, hands: Hands) -> None:
    job = await put_job(database)
    for strikes in (1, 2, 3):
        await start_worker(database, "dying", lease=30)
        await take(database, "dying")
        hands.move(31)
        await database.write(reap)
        assert (await now(database, job)).strikes == strikes
    await start_worker(database)
    held = await take(database)
    assert (held.strikes, held.attempt) == (3, 4)
    await database.write(lambda tx: release(tx, held, "w", ready_at=tx.now))
    again = await take(database)
    await database.write(lambda tx: release(tx, again, "w", ready_at=tx.now, strike=True))
    assert (await now(database, job)).strikes == 4


async def test_who_leaves_in_peace_gives_everything_back(database: Database) -> None:
    await start_worker(database, "leaving")
    await start_worker(database, "staying")
    for user in (1, 2, 3):
        await put_job(database, user)
    begun = await take(database, "leaving")
    await database.write(lambda tx: sent(tx, begun, "leaving", PROVIDER))
    waiting = await take(database, "leaving")
    other = await take(database, "staying")
    await database.write(lambda tx: retire(tx, "leaving"))
    assert not await database.write(lambda tx: renew(tx, "leaving", 30))
    back = [await now(database, job) for job in (begun, waiting)]
    assert [(job.owner, job.state, job.strikes) for job in back] == [(None, State.SENT, 0), (None, State.QUEUED, 0)]
    assert await now(database, other) == other
    assert {(await take(database, "staying")).id for _ in back} == {begun.id, waiting.id}
    assert (await look(database, "staying")).job is None
