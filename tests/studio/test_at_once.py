"""Things that happen at the same time: limits, clicks, cancels, stops; nothing is lost or paid twice."""

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, func, select, update

from bot.seedream.models import ImageRequest
from bot.store.database import Database, Transaction, Work
from bot.store.tables import jobs
from bot.studio.courier import CourierError
from bot.studio.job import State, Who
from bot.studio.limits import Allowance, Barrier, Limits, Refusal
from bot.studio.queue import Capacity
from bot.studio.studio import Outcome, Ticket
from tests.databases import Hands
from tests.studio.killing.blades import step_of
from tests.studio.scene import PATIENCE, Scene, open_scene
from tests.studio.setting import save


def taken(answers: Sequence[Outcome]) -> list[Ticket]:
    return [answer for answer in answers if isinstance(answer, Ticket)]


async def most_at_once(scene: Scene, of: list[Ticket]) -> int:
    """The most of these jobs that were held at the same moment, until all have ended."""
    most = 0
    numbers = [ticket.job.id for ticket in of]
    held = select(func.count()).where(jobs.c.id.in_(numbers), jobs.c.owner.is_not(None))
    left = select(func.count()).where(jobs.c.id.in_(numbers), jobs.c.closed_at.is_(None))
    while await scene.database.read(lambda tx: tx.run(left).scalar_one()):
        most = max(most, await scene.database.read(lambda tx: tx.run(held).scalar_one()))
        await asyncio.sleep(0.001)
    return most


async def test_a_hundred_jobs_at_a_limit_of_one_run_one_after_the_other(
    database: Database, hands: Hands, tmp_path: Path
) -> None:
    async with open_scene(database, hands, tmp_path, limits=Limits(at_once=1)) as scene:
        answers = taken(await asyncio.gather(*(scene.submit() for _ in range(100))))
        assert len(answers) == 100
        await scene.start(slots=8)
        assert await asyncio.wait_for(most_at_once(scene, answers), 60) == 1
        assert scene.pretend.billed == 100
        assert await scene.audit() == []


async def test_a_crowd_of_orders_does_not_hold_up_the_work_on_jobs(
    database: Database, hands: Hands, tmp_path: Path
) -> None:
    async with open_scene(database, hands, tmp_path) as scene:
        orders = [asyncio.create_task(scene.submit()) for _ in range(200)]
        await asyncio.wait(orders, return_when=asyncio.FIRST_COMPLETED)
        await database.write(lambda tx: tx.run(select(func.count()).select_from(jobs)).scalar_one())
        assert sum(order.done() for order in orders) < 100
        assert len(taken(await asyncio.gather(*orders))) == 200


async def test_orders_do_not_wait_for_each_other_while_the_database_is_away(
    database: Database, hands: Hands, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.studio.studio._TURN", 0.05)
    all_there, write = asyncio.Barrier(20), database.write

    async def away(work: Work[Any]) -> Any:
        await all_there.wait()  # as if nothing came back before all of them have come here
        return await write(work)

    async with open_scene(database, hands, tmp_path) as scene:
        monkeypatch.setattr(database, "write", away)
        async with asyncio.timeout(PATIENCE):
            answers = await asyncio.gather(*(scene.submit() for _ in range(20)))
        assert len(taken(answers)) == 20


async def test_one_person_asking_a_hundred_times_at_once_gets_what_the_hour_allows(
    database: Database, hands: Hands, tmp_path: Path
) -> None:
    limits = Limits(user=Allowance(images_per_hour=30))
    async with open_scene(database, hands, tmp_path, limits=limits) as scene:
        answers = await asyncio.gather(*(scene.submit() for _ in range(100)))
        assert len(taken(answers)) == 30
        refused = [answer for answer in answers if isinstance(answer, Refusal)]
        assert {answer.barrier for answer in refused} == {Barrier.IMAGES}


async def test_fifty_people_at_the_last_credit_of_the_budget_spend_it_once(
    database: Database, hands: Hands, tmp_path: Path
) -> None:
    limits = Limits(server=Allowance(cost_per_day=40_000))
    async with open_scene(database, hands, tmp_path, limits=limits) as scene:
        answers = await asyncio.gather(*(scene.submit(user=user, server=7) for user in range(1, 51)))
        assert len(taken(answers)) == 1
        refused = [answer for answer in answers if isinstance(answer, Refusal)]
        assert {(answer.barrier, answer.used, answer.limit) for answer in refused} == {(Barrier.COST, 40_000, 40_000)}


async def test_a_double_click_is_one_job(scene: Scene) -> None:
    origin, request = scene.origin(), ImageRequest("seedream-4.5", "a cat")
    answers = await asyncio.gather(*(scene.studio.submit(request, origin, Who(1)) for _ in range(2)))
    assert len({ticket.job.id for ticket in taken(answers)}) == 1
    assert sorted(ticket.new for ticket in taken(answers)) == [False, True]
    await scene.start()
    await scene.until(taken(answers)[0].job)
    late = await scene.studio.submit(request, origin, Who(1))
    assert isinstance(late, Ticket)
    assert (late.new, late.job.state) == (False, State.SETTLED)
    assert scene.pretend.billed == 1
    assert await scene.audit() == []


@pytest.mark.parametrize("moment", range(0, 40, 4))
async def test_a_cancel_at_any_moment_leaves_one_end_and_a_ledger_that_balances(scene: Scene, moment: int) -> None:
    await scene.start()
    job = await scene.accepted("[[slow:0.05]]")
    await asyncio.sleep(moment / 200)
    await scene.studio.cancel(job.id, job.who)
    ended = await scene.until(job)
    assert ended.state in {State.SETTLED, State.CANCELLED}
    assert (len(scene.messenger.delivered), len(scene.messenger.apologies)) in {(1, 0), (0, 1)}
    assert len(scene.messenger.delivered) == (ended.state is State.SETTLED)
    assert await scene.audit() == []


async def test_a_cancel_between_two_deliveries_changes_nothing(scene: Scene) -> None:
    scene.messenger.troubles = [CourierError("closed")] * 3
    await scene.start()
    job = await scene.accepted()
    await scene.laid_aside(job)
    await scene.studio.cancel(job.id, job.who)
    await scene.pass_time(60)
    assert (await scene.until(job)).state is State.SETTLED


async def test_a_limit_that_changes_while_a_job_runs_holds_for_the_next_one_only(scene: Scene) -> None:
    await scene.start()
    job = await scene.accepted("[[slow:0.3]]", server=7)
    await scene.until(job, "sent")
    await scene.database.write(lambda tx: save(tx, 7, {"user_images_per_hour": 1}))
    assert (await scene.until(job)).state is State.SETTLED
    answer = await scene.submit(server=7)
    assert isinstance(answer, Refusal)
    assert (answer.barrier, answer.used, answer.limit) == (Barrier.IMAGES, 1, 1)
    assert await scene.audit() == []


async def test_a_job_whose_row_vanishes_is_let_go_and_the_next_one_works(scene: Scene) -> None:
    worker = await scene.start()
    job = await scene.accepted("[[slow:0.3]]")
    await scene.until(job, "sent")
    await scene.database.write(lambda tx: tx.run(delete(jobs).where(jobs.c.id == job.id)))
    assert (await scene.until(await scene.accepted("[[slow:0.5]]"))).state is State.SETTLED
    assert len(scene.messenger.delivered) == 1
    await scene.stop(worker)


async def test_a_new_configuration_takes_over_the_jobs_of_the_old_one(
    database: Database, hands: Hands, tmp_path: Path
) -> None:
    async with open_scene(database, hands, tmp_path, "byteplus") as scene:
        job = await scene.accepted()
    async with open_scene(database, hands, tmp_path, "cometapi") as scene:
        await scene.start()
        ended = await scene.until(job)
        assert (ended.state, ended.provider) == (State.SETTLED, "cometapi")
        assert await scene.audit() == []


async def test_a_stop_in_the_middle_of_a_long_queue_loses_nothing(scene: Scene) -> None:
    tickets = [await scene.accepted("[[slow:0.02]]", user=user % 7 + 1) for user in range(40)]
    for _ in range(4):
        worker = await scene.start(slots=4, grace=5)
        await asyncio.sleep(0.05)
        await scene.stop(worker)
    held = await scene.database.read(lambda tx: tx.run(select(jobs.c.id).where(jobs.c.owner.is_not(None))).all())
    assert held == []
    await scene.start(slots=8)
    ended = [await scene.until(job) for job in tickets]
    assert {job.state for job in ended} == {State.SETTLED}
    assert scene.pretend.billed == 40
    assert len(scene.messenger.delivered) == 40
    assert await scene.audit() == []


async def test_a_stop_while_a_picture_is_brought_waits_for_it_or_leaves_it_to_the_next(scene: Scene) -> None:
    arrived, go = asyncio.Event(), asyncio.Event()

    async def wait() -> None:
        arrived.set()
        await go.wait()

    scene.messenger.pause = wait
    worker = await scene.start(grace=0.05)
    job = await scene.accepted()
    await asyncio.wait_for(arrived.wait(), 10)
    await scene.stop(worker)
    left = await scene.job(job)
    assert (left.state, left.owner) == (State.GENERATED, None)
    go.set()
    await scene.start()
    assert (await scene.until(job)).state is State.SETTLED
    assert scene.pretend.billed == 1
    assert await scene.audit() == []


async def test_a_full_queue_says_so(database: Database, hands: Hands, tmp_path: Path) -> None:
    async with open_scene(database, hands, tmp_path, limits=Limits(waiting=2), queue_limit=3) as scene:
        answers = [await scene.submit(user=user) for user in (1, 1, 1, 2, 3)]
        assert [answer.barrier for answer in answers if isinstance(answer, Refusal)] == [
            Barrier.WAITING,
            Barrier.QUEUE_FULL,
        ]
        assert await scene.audit() == []


async def test_a_slow_provider_does_not_hold_up_the_others(database: Database, hands: Hands, tmp_path: Path) -> None:
    async with open_scene(database, hands, tmp_path, "acedata", "byteplus") as scene:
        scene.capacity = Capacity(at_once=2)
        for user in range(1, 7):
            await scene.accepted("[[slow:30]]", user=user)
        await scene.start(slots=4)
        quick = await scene.accepted(model="seedream-5.5", user=9)  # which the first one does not offer
        assert quick.provider == "byteplus"
        assert (await scene.until(quick)).state is State.SETTLED


async def test_a_cooldown_holds_and_passes(database: Database, hands: Hands, tmp_path: Path) -> None:
    async with open_scene(database, hands, tmp_path, limits=Limits(cooldown=10)) as scene:
        await scene.accepted()
        answer = await scene.submit()
        assert isinstance(answer, Refusal)
        assert (answer.barrier, answer.returns_at) == (Barrier.COOLDOWN, hands() + 10)
        assert isinstance(await scene.submit(user=2), Ticket)
        hands.move(10)
        assert isinstance(await scene.submit(), Ticket)


async def test_limits_survive_a_restart(database: Database, hands: Hands, tmp_path: Path) -> None:
    limits = Limits(user=Allowance(images_per_day=1))
    async with open_scene(database, hands, tmp_path, limits=limits) as scene:
        await scene.accepted()
    async with open_scene(database, hands, tmp_path, limits=limits) as scene:
        scene.asked = 100
        assert isinstance(await scene.submit(), Refusal)


async def test_a_paused_server_and_a_model_that_is_not_allowed_there_are_refused(scene: Scene) -> None:
    await scene.database.write(lambda tx: save(tx, 7, {"paused": True}))
    await scene.database.write(lambda tx: save(tx, 8, {"models": ["seedream-4.0"]}))
    answers = [await scene.submit(server=server) for server in (7, 8, None)]
    assert [answer.barrier for answer in answers if isinstance(answer, Refusal)] == [Barrier.PAUSED, Barrier.MODEL]


async def test_money_is_not_spent_where_there_is_a_budget_and_nobody_knows_the_price(
    database: Database, hands: Hands, tmp_path: Path
) -> None:
    limits = Limits(all=Allowance(cost_per_day=10**9))
    async with open_scene(database, hands, tmp_path, limits=limits) as scene:
        answer = await scene.submit(model="ep-20260101000000-abcde")
        assert isinstance(answer, Refusal)
        assert answer.barrier is Barrier.UNPRICED


async def test_a_job_that_was_lost_to_another_still_keeps_its_paid_pictures(scene: Scene) -> None:
    await scene.start()
    job = await scene.accepted("[[slow:0.3]]")
    await scene.until(job, "sent")
    # the others take this worker for dead, and close the job as in doubt
    closed = {"state": "in_doubt", "owner": None, "attempt": 9, "closed_at": 1.0}
    await scene.database.write(lambda tx: tx.run(update(jobs).where(jobs.c.id == job.id).values(**closed)))
    while not (await scene.job(job)).pictures:  # noqa: ASYNC110 - the row is all there is to look at
        await asyncio.sleep(0.005)
    assert (await scene.job(job)).state is State.IN_DOUBT
    assert scene.messenger.delivered == []


async def test_what_was_taken_up_is_on_its_way_before_the_next_is_claimed(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        last = await scene.accepted(f"a cat {number}")
    asked: list[str] = []
    write = scene.database.write

    async def noted(work: Callable[[Transaction], object]) -> object:
        place = len(asked)
        asked.append("")
        result = await write(work)
        asked[place] = step_of(result)
        return result

    monkeypatch.setattr(scene.database, "write", noted)
    await scene.start()
    await scene.until(last)
    assert [step for step in asked if step in {"claim", "sent"}] == ["claim", "sent"] * 3
