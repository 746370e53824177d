"""A waiting job is taken back at once, a held one by asking whoever holds it."""

import pytest
from sqlalchemy import select

from bot.store.database import Database
from bot.store.tables import lanes
from bot.studio.cancel import ask_to_cancel, cancel_waiting, cancelled_of
from bot.studio.eta import outlook
from bot.studio.job import Amount, Ending, Job, State
from bot.studio.leases import release
from bot.studio.queue import Capacity, load
from bot.studio.steps import ended, ending, sent
from tests.databases import Hands
from tests.studio.making import PROVIDER, look, put_job, start_worker, take


async def test_a_waiting_job_ends_at_once_and_its_person_is_told_next(database: Database, hands: Hands) -> None:
    await start_worker(database)
    job = await put_job(database, 1, 4)
    hands.move(3)
    gone = await database.write(lambda tx: cancel_waiting(tx, job.id))
    assert gone is not None
    assert (gone.state, gone.closed_at, gone.settled) == (State.ENDING, None, Amount())
    assert gone.ending == Ending(State.CANCELLED, "Cancelled")
    taken = await take(database)
    assert (taken.id, taken.state) == (job.id, State.ENDING)


async def test_a_job_that_was_put_off_is_told_of_at_once_when_it_is_taken_back(
    database: Database, hands: Hands
) -> None:
    await start_worker(database)
    await put_job(database)
    job = await take(database)
    await database.write(lambda tx: release(tx, job, "w", ready_at=hands() + 600))
    await database.write(lambda tx: cancel_waiting(tx, job.id))
    assert (await take(database)).state is State.ENDING


async def test_the_later_jobs_of_the_same_user_move_up_and_nobody_elses(database: Database) -> None:
    await start_worker(database)
    mine = [await put_job(database, 1, images) for images in (1, 5, 1, 1)]
    others = [await put_job(database, 2, 2) for _ in range(4)]
    await database.write(lambda tx: cancel_waiting(tx, mine[1].id))
    afterwards = await put_job(database, 1)
    # tags: mine 0, 1, 2 and 3; theirs 0, 2, 4 and 6
    turns = [mine[0], others[0], mine[2], mine[3], others[1], afterwards, others[2], others[3]]
    assert (await take(database)).state is State.ENDING  # the cancelled one
    assert [(await take(database)).id for _ in range(8)] == [job.id for job in turns]
    ends = await database.read(lambda tx: {lane.user_id: lane.tag for lane in tx.run(select(lanes))})
    assert ends == {1: 4.0, 2: 8.0}


async def test_shares_that_are_not_exact_never_make_a_waiting_job_look_begun(database: Database) -> None:
    """(0 + 1/3 + 3/3) - 3/3 - 1/3 is less than nothing."""
    await start_worker(database)
    alone = Capacity(at_once=1)
    await put_job(database, 2)
    first, _ = await put_job(database, 1, 1, weight=3.0), await put_job(database, 1, 3, weight=3.0)
    await take(database)
    await database.write(lambda tx: cancel_waiting(tx, first.id))
    states = []
    while (job := (await look(database, default=alone)).job) is not None:
        states.append(job.state)
    assert State.RUNNING not in states
    assert (await take(database)).state is State.RUNNING


async def test_a_job_that_is_not_there_or_does_not_wait_is_not_taken_back(database: Database) -> None:
    await start_worker(database)
    await put_job(database)
    held = await take(database)
    assert await database.write(lambda tx: cancel_waiting(tx, held.id)) is None
    begun = await database.write(lambda tx: sent(tx, held, "w", PROVIDER))
    await database.write(lambda tx: release(tx, begun, "w", ready_at=tx.now))
    assert await database.write(lambda tx: cancel_waiting(tx, held.id)) is None
    assert await database.write(lambda tx: cancel_waiting(tx, 999)) is None


async def test_a_job_is_taken_back_once(database: Database) -> None:
    job, later = await put_job(database), await put_job(database)
    assert await database.write(lambda tx: cancel_waiting(tx, job.id)) is not None
    assert await database.write(lambda tx: cancel_waiting(tx, job.id)) is None
    assert await database.read(lambda tx: outlook(tx, later).place) == 1
    assert await database.read(lambda tx: tx.run(select(lanes.c.tag)).scalar_one()) == 1


async def test_the_holder_of_a_job_is_told_that_it_is_not_wanted(database: Database) -> None:
    heard: list[str] = []
    await start_worker(database)
    await put_job(database, 1)
    await put_job(database, 2)
    held, other = await take(database), await take(database)
    if not database.shared:
        database.listen(heard.append)
    assert await database.read(lambda tx: cancelled_of(tx, "w")) == []
    assert await database.write(lambda tx: ask_to_cancel(tx, held.id))
    assert await database.read(lambda tx: cancelled_of(tx, "w")) == [held.id]
    assert await database.read(lambda tx: cancelled_of(tx, "x")) == []
    now = await database.read(lambda tx: [load(tx, held.id), load(tx, other.id)])
    assert [job and job.cancelled for job in now] == [True, False]
    assert heard == ([] if database.shared else [f"cancel {held.id}"])


async def test_who_takes_up_an_unwanted_job_sees_that(database: Database) -> None:
    await start_worker(database)
    await put_job(database)
    held = await take(database)
    begun = await database.write(lambda tx: sent(tx, held, "w", PROVIDER))
    await database.write(lambda tx: release(tx, begun, "w", ready_at=tx.now))
    assert await database.write(lambda tx: ask_to_cancel(tx, held.id))
    assert (await take(database)).cancelled


@pytest.mark.parametrize("way", ["waiting", "held"])
async def test_what_is_over_cannot_be_cancelled(database: Database, way: str) -> None:
    await start_worker(database)
    job = await put_job(database)
    if way == "waiting":
        await database.write(lambda tx: cancel_waiting(tx, job.id))
    else:
        held = await take(database)
        failed = Ending(State.FAILED, "TimedOut")
        over: Job = await database.write(lambda tx: ending(tx, held, "w", failed, Amount()))
        await database.write(lambda tx: ended(tx, over, "w"))
    assert not await database.write(lambda tx: ask_to_cancel(tx, job.id))
    assert not await database.write(lambda tx: ask_to_cancel(tx, 999))
