"""Who has as much as they may have is passed over, and a provider gets no more than it takes."""

import itertools

import pytest

from bot.store.database import Database, Transaction
from bot.studio import steps
from bot.studio.job import Amount, Delivery, Job, State
from bot.studio.leases import release
from bot.studio.queue import Capacity, Lost, enter, load
from tests.databases import Hands
from tests.studio.making import PROVIDER, look, put_job, start_worker, take


async def close(database: Database, job: Job) -> None:
    """The whole rest of a running job's way."""

    def work(tx: Transaction) -> None:
        sent = steps.sent(tx, job, "w", job.provider)
        drawn = steps.generated(tx, sent, "w", [], None)
        steps.settled(tx, drawn, "w", Delivery(), Amount(job.images, 0))

    await database.write(work)


async def taken(database: Database, capacity: Capacity | None = None) -> list[Job]:
    """Everything that can be claimed now."""
    found = []
    while (job := (await look(database, default=capacity or Capacity())).job) is not None:
        found.append(job)
    return found


async def test_a_user_at_the_limit_is_passed_over_and_holds_up_nobody(database: Database) -> None:
    await start_worker(database)
    mine = [await put_job(database, 1, at_once=2) for _ in range(4)]
    for _ in range(20):
        await put_job(database, 1, at_once=2)
    other = await put_job(database, 2, at_once=2, images=15)
    held = await taken(database)
    assert [job.id for job in held] == [mine[0].id, other.id, mine[1].id]
    await close(database, held[0])
    assert [job.id for job in await taken(database)] == [mine[2].id]


async def test_no_limit_is_no_limit(database: Database) -> None:
    await start_worker(database)
    for _ in range(12):
        await put_job(database, 1, server=7, at_once=0, server_at_once=0)
    assert len(await taken(database)) == 12


async def test_each_job_keeps_the_limit_that_it_was_accepted_with(database: Database) -> None:
    await start_worker(database)
    for at_once in (3, 3, 1, 3, 0):
        await put_job(database, 1, at_once=at_once)
    held = await taken(database)
    assert len(held) == 4
    for job in held[:3]:
        await close(database, job)
    assert await taken(database) == []
    await close(database, held[3])
    assert len(await taken(database)) == 1


async def test_a_server_at_its_limit_is_passed_over_and_direct_messages_have_none(database: Database) -> None:
    await start_worker(database)
    for user in range(1, 5):
        await put_job(database, user, server=7, server_at_once=2)
    for user in range(5, 8):
        await put_job(database, user, server=None, server_at_once=1)
    await put_job(database, 8, server=9, server_at_once=2)
    assert [job.who.user for job in await taken(database)] == [1, 2, 5, 6, 7, 8]


async def test_a_provider_takes_so_many_calls_and_delivering_is_none(database: Database) -> None:
    await start_worker(database)
    two = Capacity(at_once=2)
    for user in range(1, 6):
        await put_job(database, user)
    elsewhere = await put_job(database, 9, provider="fal")
    held = await taken(database, two)
    assert [job.who.user for job in held] == [1, 2, 9]
    assert held[-1].id == elsewhere.id
    calling = await database.write(lambda tx: steps.sent(tx, held[0], "w", PROVIDER))
    assert await taken(database, two) == []
    await database.write(lambda tx: steps.generated(tx, calling, "w", [], None))
    assert [job.who.user for job in await taken(database, two)] == [3]


async def test_each_provider_has_its_own_capacity(database: Database) -> None:
    await start_worker(database)
    for user, provider in itertools.product((1, 2, 3), (PROVIDER, "fal")):
        await put_job(database, user, provider=provider)
    rooms = {PROVIDER: Capacity(at_once=1)}
    providers = []
    while (job := (await look(database, "w", rooms, Capacity(at_once=2))).job) is not None:
        providers.append(job.provider)
    assert sorted(providers) == [PROVIDER, "fal", "fal"]


async def test_what_was_begun_needs_neither_room_nor_pace(database: Database) -> None:
    await start_worker(database)
    tight = Capacity(at_once=1, images_per_minute=1)
    await put_job(database, 1)
    await put_job(database, 2)
    held, _ = await taken(database)
    begun = await database.write(lambda tx: steps.sent(tx, held, "w", PROVIDER))
    await database.write(lambda tx: release(tx, begun, "w", ready_at=tx.now))
    await put_job(database, 3)
    assert [job.id for job in await taken(database, tight)] == [begun.id]


async def test_a_pace_is_never_exceeded_and_never_wasted(database: Database, hands: Hands) -> None:
    await start_worker(database)
    pace = Capacity(images_per_minute=6)
    for number in range(40):
        await put_job(database, number % 4, images=1 + number % 3)
    began, drawn, last = hands.time, 0, hands.time
    while True:
        found = await look(database, default=pace)
        if found.job is not None:
            drawn, last = drawn + found.job.images, hands.time
            assert drawn <= 6 + (hands.time - began) / 10 + 1e-6
        elif found.again_at is None:
            break
        else:
            assert hands.time < found.again_at <= hands.time + 60
            hands.move(found.again_at - hands.time)
    assert drawn == sum(1 + number % 3 for number in range(40))
    assert last - began <= (drawn - 6) * 10 + 1e-6


async def test_a_minute_of_pace_may_be_used_at_once_after_a_rest(database: Database, hands: Hands) -> None:
    await start_worker(database)
    pace = Capacity(images_per_minute=6)
    for _ in range(30):
        await put_job(database, 1)
    assert len(await taken(database, pace)) == 6
    hands.move(10)
    assert len(await taken(database, pace)) == 1
    hands.move(3600)
    assert len(await taken(database, pace)) == 6


async def test_a_big_job_has_its_turn_though_small_ones_keep_coming(database: Database, hands: Hands) -> None:
    await start_worker(database)
    pace = Capacity(images_per_minute=10)
    for user in range(10):
        await put_job(database, user)
    big = await put_job(database, 99, 15)
    claimed: list[int] = []
    for user in range(100, 160):
        await put_job(database, user)
        claimed += [job.id for job in await taken(database, pace)]
        hands.move(6)
        if big.id in claimed:
            break
    assert big.id in claimed
    assert hands.time - 1_800_000_000 <= 15 * 6 + 6


async def test_a_job_bigger_than_a_minute_of_pace_starts_when_all_before_it_is_paid(
    database: Database, hands: Hands
) -> None:
    await start_worker(database)
    pace = Capacity(images_per_minute=10)
    for images in (15, 15, 1):
        await put_job(database, 1, images)
    assert len(await taken(database, pace)) == 1
    assert (await look(database, default=pace)).again_at == hands.time + 90
    hands.move(90)
    assert [job.images for job in await taken(database, pace)] == [15]


async def test_a_provider_without_pace_holds_up_no_other(database: Database) -> None:
    await start_worker(database)
    slow = {PROVIDER: Capacity(images_per_minute=1)}
    for user in (1, 2, 3):
        await put_job(database, user)
    for user in (4, 5, 6):
        await put_job(database, user, provider="fal")
    users = []
    while (found := await look(database, "w", slow)).job is not None:
        users.append(found.job.who.user)
    assert users == [1, 4, 5, 6]
    assert found.again_at == database.now() + 60


async def test_the_earliest_of_all_reasons_to_ask_again_is_told(database: Database, hands: Hands) -> None:
    await start_worker(database)
    slow = Capacity(images_per_minute=1)
    for user in (1, 2, 3):
        await put_job(database, user)
    first = (await taken(database, slow))[0]
    await database.write(lambda tx: release(tx, first, "w", ready_at=hands.time + 20))
    assert (await look(database, default=slow)).again_at == hands.time + 20


async def test_another_provider_is_entered_only_with_room_and_pace(database: Database, hands: Hands) -> None:
    await start_worker(database)
    there = Capacity(at_once=1, images_per_minute=1)
    busy = await put_job(database, 1, provider="fal")
    moving = await put_job(database, 2)
    held = {job.id: job for job in await taken(database, there)}

    async def ask() -> float | None:
        return await database.write(lambda tx: enter(tx, held[moving.id], "fal", there))

    again_at = await ask()
    assert again_at is not None
    assert again_at > hands.time
    await close(database, held[busy.id])
    assert await ask() == hands.time + 60
    hands.move(60)
    assert await ask() is None
    now = await database.read(lambda tx: load(tx, moving.id))
    assert now is not None
    assert (now.provider, now.state, now.attempt) == ("fal", State.RUNNING, 1)
    await put_job(database, 3, provider="fal")
    assert await taken(database, there) == []


async def test_a_provider_that_nobody_asked_before_can_be_entered(database: Database) -> None:
    await start_worker(database)
    await put_job(database)
    job = await take(database)
    assert await database.write(lambda tx: enter(tx, job, "fal", Capacity(1, 10))) is None


async def test_a_call_again_at_the_same_provider_pays_its_pace_again(database: Database, hands: Hands) -> None:
    await start_worker(database)
    alone = Capacity(at_once=1, images_per_minute=1)
    await put_job(database)
    (job,) = await taken(database, alone)
    assert await database.write(lambda tx: enter(tx, job, PROVIDER, alone)) == hands.time + 60


async def test_a_lost_job_enters_nothing_and_pays_nothing(database: Database) -> None:
    await start_worker(database)
    pace = Capacity(images_per_minute=1)
    await put_job(database)
    job = await take(database)
    await database.write(lambda tx: release(tx, job, "w", ready_at=tx.now))
    with pytest.raises(Lost):
        await database.write(lambda tx: enter(tx, job, "fal", pace))
    await put_job(database, 2, provider="fal")
    assert {found.provider for found in await taken(database, pace)} == {PROVIDER, "fal"}
