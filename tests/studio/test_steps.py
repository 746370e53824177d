"""Each step is made once, by the holder at this claim, from the states that it may come from."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import select, update

from bot.store.database import Database, Transaction
from bot.store.tables import jobs
from bot.studio import steps
from bot.studio.job import Amount, Delivery, Ending, Job, Result, State
from bot.studio.leases import release
from bot.studio.queue import Capacity, Lost, enter, load
from tests.databases import Hands
from tests.studio.making import PROVIDER, look, put_job, start_worker, take

Step = Callable[[Transaction, Job, str], object]

PICTURES = (Result(0, url="https://pictures.example/0.png?signature=1"), Result(1, file="1.png"))
FAILED = Ending(State.FAILED, "TimedOut", "unknown", {"provider": PROVIDER})
STEPS: dict[str, Step] = {
    "sent": lambda tx, job, me: steps.sent(tx, job, me, PROVIDER),
    "unsent": steps.unsent,
    "accepted": lambda tx, job, me: steps.accepted(tx, job, me, "task-1"),
    "drawn": lambda tx, job, me: steps.drawn(tx, job, me, PICTURES),
    "generated": lambda tx, job, me: steps.generated(tx, job, me, PICTURES, {"generated_images": 2}),
    "doubted": lambda tx, job, me: steps.doubted(tx, job, me, 5),
    "ending": lambda tx, job, me: steps.ending(tx, job, me, FAILED, Amount(0, 5)),
    "settled": lambda tx, job, me: steps.settled(tx, job, me, Delivery((0, 1)), Amount(2, 10)),
    "ended": steps.ended,
    "release": lambda tx, job, me: release(tx, job, me, ready_at=tx.now),
}
# The arrows of the drawing in bot/studio/job.py, by where they begin.
LEGAL = {
    "sent": {State.RUNNING},
    "unsent": {State.SENT},
    "accepted": {State.SENT},
    "drawn": {State.SENT},
    "generated": {State.SENT},
    "doubted": {State.RUNNING, State.SENT, State.GENERATED, State.ENDING},
    "ending": {State.RUNNING, State.SENT, State.GENERATED},
    "settled": {State.GENERATED},
    "ended": {State.ENDING},
    "release": {State.RUNNING, State.SENT, State.GENERATED, State.ENDING},
}
OPEN = (State.RUNNING, State.SENT, State.GENERATED, State.ENDING)


async def held_in(database: Database, state: State) -> Job:
    """A job that worker "w" holds in this state."""
    await start_worker(database)
    await put_job(database, images=2)
    job = await take(database)
    if state is State.RUNNING:
        return job
    if state is State.ENDING:
        return await database.write(lambda tx: steps.ending(tx, job, "w", FAILED, Amount()))
    sent = await database.write(lambda tx: steps.sent(tx, job, "w", PROVIDER))
    if state is State.SENT:
        return sent
    return await database.write(lambda tx: steps.generated(tx, sent, "w", PICTURES, None))


async def refused(database: Database, step: Step, job: Job, me: str = "w") -> None:
    """The step raises Lost and changes nothing."""
    before = await database.read(lambda tx: tx.run(select(jobs)).all())
    with pytest.raises(Lost):
        await database.write(lambda tx: step(tx, job, me))
    assert await database.read(lambda tx: tx.run(select(jobs)).all()) == before


@pytest.mark.parametrize("state", OPEN)
async def test_a_step_comes_only_from_the_states_that_it_may_come_from(database: Database, state: State) -> None:
    job = await held_in(database, state)
    for name, step in STEPS.items():
        if state not in LEGAL[name]:
            await refused(database, step, job)


@pytest.mark.parametrize("name", STEPS)
async def test_a_step_of_another_worker_or_an_earlier_claim_is_lost(database: Database, name: str) -> None:
    job = await held_in(database, next(state for state in OPEN if state in LEGAL[name]))
    await refused(database, STEPS[name], job, "somebody")
    await refused(database, STEPS[name], replace(job, attempt=job.attempt - 1))
    await refused(database, STEPS[name], replace(job, attempt=job.attempt + 1))
    await refused(database, STEPS[name], replace(job, id=job.id + 1))


@pytest.mark.parametrize("name", STEPS)
async def test_a_step_after_the_job_was_taken_and_claimed_again_is_lost(database: Database, name: str) -> None:
    job = await held_in(database, next(state for state in OPEN if state in LEGAL[name]))
    await database.write(lambda tx: release(tx, job, "w", ready_at=tx.now))
    await refused(database, STEPS[name], job)
    again = await take(database)
    assert (again.id, again.owner) == (job.id, "w")
    await refused(database, STEPS[name], job)
    await database.write(lambda tx: STEPS[name](tx, again, "w"))


@pytest.mark.parametrize("name", STEPS)
async def test_a_step_after_the_end_is_lost(database: Database, name: str) -> None:
    job = await held_in(database, State.GENERATED)
    await database.write(lambda tx: steps.settled(tx, job, "w", Delivery((0, 1)), Amount(2, 10)))
    await refused(database, STEPS[name], job)


async def test_the_good_way_is_written_down_step_by_step(database: Database, hands: Hands) -> None:
    await start_worker(database)
    await put_job(database, images=2)
    job = await take(database)
    hands.move(1)
    job = await database.write(lambda tx: steps.sent(tx, job, "w", "fal"))
    assert (job.state, job.sent_at, job.provider) == (State.SENT, hands.time, "fal")
    job = await database.write(lambda tx: steps.accepted(tx, job, "w", "task-1"))
    assert (job.state, job.task) == (State.SENT, "task-1")
    job = await database.write(lambda tx: steps.drawn(tx, job, "w", PICTURES[:1]))
    assert (job.state, job.pictures) == (State.SENT, PICTURES[:1])
    hands.move(1)
    job = await database.write(lambda tx: steps.generated(tx, job, "w", PICTURES, {"generated_images": 2}))
    assert (job.state, job.generated_at, job.pictures) == (State.GENERATED, hands.time, PICTURES)
    assert (job.usage, job.ending) == ({"generated_images": 2}, None)
    hands.move(1)
    delivery = Delivery((0,), (1,), (99,), "edit")
    done = await database.write(lambda tx: steps.settled(tx, job, "w", delivery, Amount(2, 80_000)))
    assert (done.state, done.delivery, done.settled) == (State.SETTLED, delivery, Amount(2, 80_000))
    assert (done.closed_at, done.owner) == (hands.time, None)
    assert await database.read(lambda tx: load(tx, job.id)) == done


async def test_a_call_that_did_nothing_leaves_no_trace_but_its_doubt(database: Database) -> None:
    job = await held_in(database, State.SENT)
    job = await database.write(lambda tx: steps.accepted(tx, job, "w", "task-1"))
    job = await database.write(lambda tx: steps.unsent(tx, job, "w"))
    assert (job.state, job.sent_at, job.task) == (State.RUNNING, None, None)
    job = await database.write(lambda tx: steps.doubted(tx, job, "w", 30))
    job = await database.write(lambda tx: steps.ending(tx, job, "w", FAILED, Amount(0, 42)))
    assert (job.state, job.doubtful_cost, job.settled) == (State.ENDING, 30, Amount(0, 42))


async def test_what_a_set_lacks_is_written_with_its_pictures(database: Database) -> None:
    job = await held_in(database, State.SENT)
    job = await database.write(lambda tx: steps.generated(tx, job, "w", PICTURES, None, missing=FAILED))
    assert (job.state, job.pictures, job.ending) == (State.GENERATED, PICTURES, FAILED)


@pytest.mark.parametrize("end", [State.REFUSED, State.FAILED, State.CANCELLED, State.IN_DOUBT])
async def test_a_job_ends_as_its_ending_says(database: Database, hands: Hands, end: State) -> None:
    job = await held_in(database, State.RUNNING)
    how = Ending(end, "SomeError")
    job = await database.write(lambda tx: steps.ending(tx, job, "w", how, Amount(0, 5)))
    assert (job.state, job.ending, job.closed_at) == (State.ENDING, how, None)
    hands.move(2)
    job = await database.write(lambda tx: steps.ended(tx, job, "w"))
    assert (job.state, job.settled, job.closed_at, job.owner) == (end, Amount(0, 5), hands.time, None)


async def test_a_closed_job_keeps_no_token(database: Database) -> None:
    job = await held_in(database, State.GENERATED)
    assert job.origin.token == "a-secret"
    done = await database.write(lambda tx: steps.settled(tx, job, "w", Delivery((0, 1)), Amount(2, 10)))
    assert done.origin == replace(job.origin, token=None, token_until=0.0)
    text = await database.read(lambda tx: str(tx.run(select(jobs)).all()))
    assert "a-secret" not in text


async def test_a_closed_job_is_claimed_by_nobody(database: Database) -> None:
    for state, step in ((State.GENERATED, "settled"), (State.ENDING, "ended")):
        job = await held_in(database, state)
        await database.write(lambda tx, job=job, step=step: STEPS[step](tx, job, "w"))  # type: ignore[misc]
        assert (await look(database)).job is None


async def test_late_pictures_are_kept_if_none_are_recorded_and_never_replace_others(database: Database) -> None:
    job = await held_in(database, State.SENT)
    await database.write(lambda tx: release(tx, job, "w", ready_at=tx.now))
    kept = await database.write(lambda tx: steps.late(tx, job.id, PICTURES))
    assert kept is not None
    assert (kept.state, kept.pictures) == (State.SENT, PICTURES)
    assert await database.write(lambda tx: steps.late(tx, job.id, PICTURES[:1])) is None
    found = await database.read(lambda tx: load(tx, job.id))
    assert found is not None
    assert found.pictures == PICTURES


async def test_an_ending_without_words_ends_nothing(database: Database) -> None:
    job = await held_in(database, State.ENDING)
    await refused(database, STEPS["ended"], replace(job, ending=None))


async def test_only_a_running_job_moves_to_another_provider(database: Database) -> None:
    for state in (State.SENT, State.GENERATED):
        job = await held_in(database, state)
        with pytest.raises(Lost):
            await database.write(lambda tx, job=job: enter(tx, job, "fal", Capacity()))  # type: ignore[misc]
        await database.write(lambda tx: tx.run(update(jobs).values(closed_at=tx.now, owner=None)))
