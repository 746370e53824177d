"""From an order to its end, whatever the provider, the courier, the person and the process do in between."""

import asyncio
from pathlib import Path

import pytest

from bot.seedream.content import InMemory
from bot.seedream.models import ImageRequest, Reference
from bot.store.database import Database, Transaction
from bot.studio import steps
from bot.studio.courier import CourierError
from bot.studio.job import Job, Result, State
from bot.studio.leases import register
from bot.studio.limits import Allowance, Barrier, Limits, Refusal
from bot.studio.queue import Capacity, claim
from bot.studio.studio import Ticket
from sandbox.pictures import png
from tests.databases import Hands
from tests.studio.making import worker as row_of_worker
from tests.studio.scene import Scene, open_scene

PNG = b"\x89PNG\r\n\x1a\n"


async def test_an_order_becomes_a_delivered_picture_and_the_ledger_balances(scene: Scene) -> None:
    worker = await scene.start()
    job = await scene.until(await scene.accepted())
    assert job.state is State.SETTLED
    assert job.settled is not None
    assert (job.settled.images, job.settled.cost) == (1, 40_000)
    [(number, pictures, missing)] = scene.messenger.delivered
    assert number == job.id
    assert missing is None
    assert len(pictures) == 1
    assert scene.pretend.billed == 1
    assert job.delivery is not None
    assert job.delivery.messages == (900 + job.id,)
    assert job.origin.token is None
    await scene.stop(worker)
    assert await scene.audit() == []


async def test_a_picture_that_nothing_follows_is_brought_once_and_not_shown_before(scene: Scene) -> None:
    await scene.start()
    job = await scene.until(await scene.accepted())
    assert [stage.name for stage in scene.messenger.progress_of[job.id]] == ["drawing"]
    assert len(scene.messenger.delivered) == 1


async def test_a_set_is_shown_picture_by_picture_and_delivered_whole(scene: Scene) -> None:
    await scene.start()
    job = await scene.until(await scene.accepted("a story [[count:3]]", max_images=4))
    assert job.state is State.SETTLED
    assert job.settled is not None
    assert job.settled.images == 3
    assert job.reserved.images == 4
    assert [len(pictures) for _, pictures, _ in scene.messenger.delivered] == [3]
    assert any(stage.drawn for stage in scene.messenger.progress_of[job.id])
    assert await scene.audit() == []


async def test_a_refusal_costs_nothing_and_is_told(scene: Scene) -> None:
    await scene.start()
    job = await scene.until(await scene.accepted("[[refuse]]"))
    assert job.state is State.REFUSED
    [(number, ending)] = scene.messenger.apologies
    assert number == job.id
    assert (ending.error, ending.charged) == ("Refused", "no")
    assert job.settled is not None
    assert (job.settled.images, job.settled.cost) == (0, 0)
    assert await scene.audit() == []


@pytest.mark.parametrize("fault", ["P8", "P9", "P16", "P54", "P31"])
async def test_an_unknown_end_is_booked_as_possibly_charged_and_never_sent_again(scene: Scene, fault: str) -> None:
    await scene.start()
    job = await scene.until(await scene.accepted(f"[[fault:{fault}]]"))
    assert job.state is State.IN_DOUBT
    assert job.settled is not None
    assert (job.settled.images, job.settled.cost) == (0, 40_000)
    assert len(scene.pretend.calls) == 1
    [(_, ending)] = scene.messenger.apologies
    assert ending.charged == "unknown"
    assert await scene.audit() == []


async def test_a_set_that_breaks_off_brings_what_has_come(scene: Scene) -> None:
    await scene.start()
    job = await scene.until(await scene.accepted("[[fault:S4]]", max_images=4))
    assert job.state is State.SETTLED
    [(_, pictures, missing)] = scene.messenger.delivered
    assert 0 < len(pictures) < 4
    assert missing is not None
    assert missing.charged == "unknown"
    assert job.settled is not None
    assert job.settled.images == len(pictures)
    assert job.settled.cost == 4 * 40_000
    assert await scene.audit() == []


async def test_a_provider_that_is_away_sends_the_job_back_into_the_queue(scene: Scene) -> None:
    await scene.start()
    scene.pretend.fail("P53", times=6)
    job = await scene.accepted()
    assert (await scene.laid_aside(job)).state is State.QUEUED
    for _ in range(100):
        await scene.pass_time(30)
        await asyncio.sleep(0.02)
        if (await scene.job(job)).state is State.SETTLED:
            break
    assert (await scene.job(job)).state is State.SETTLED
    assert scene.pretend.billed == 1
    assert await scene.audit() == []


async def test_nobody_waits_for_ever_for_a_provider_that_is_away(scene: Scene) -> None:
    await scene.start()
    scene.pretend.fail("P53", times=1000)
    job = await scene.accepted()
    for _ in range(200):
        await scene.pass_time(30)
        await asyncio.sleep(0.01)
        if (await scene.job(job)).state.final:
            break
    ended = await scene.job(job)
    assert ended.state is State.FAILED
    assert scene.messenger.apologies
    assert ended.settled is not None
    assert ended.settled.cost == 0


async def test_a_job_that_waits_is_cancelled_at_once_and_for_nothing(scene: Scene) -> None:
    job = await scene.accepted()
    ended = await scene.studio.cancel(job.id, job.who)
    assert isinstance(ended, Job)
    await scene.start()
    assert (await scene.until(job)).state is State.CANCELLED
    assert scene.pretend.calls == []
    assert await scene.audit() == []


async def test_a_running_job_that_is_cancelled_says_that_it_may_be_charged(scene: Scene) -> None:
    await scene.start()
    job = await scene.accepted("[[slow:30]]")
    await scene.until(job, "sent")
    asked = await scene.studio.cancel(job.id, job.who)
    assert isinstance(asked, Job)
    ended = await scene.until(job)
    assert ended.state is State.CANCELLED
    [(_, ending)] = scene.messenger.apologies
    assert (ending.error, ending.charged) == ("Cancelled", "unknown")
    assert ended.settled is not None
    assert (ended.settled.images, ended.settled.cost) == (0, 40_000)
    assert await scene.audit() == []


async def test_a_cancel_that_comes_while_pictures_are_brought_changes_nothing(scene: Scene) -> None:
    arrived, go = asyncio.Event(), asyncio.Event()

    async def wait() -> None:
        arrived.set()
        await go.wait()

    scene.messenger.pause = wait
    await scene.start()
    job = await scene.accepted()
    await asyncio.wait_for(arrived.wait(), 10)
    await scene.studio.cancel(job.id, job.who)
    go.set()
    assert (await scene.until(job)).state is State.SETTLED
    assert len(scene.messenger.delivered) == 1


async def test_nobody_cancels_what_is_not_theirs(scene: Scene) -> None:
    job = await scene.accepted(user=1)
    other = await scene.accepted(user=2)
    answer = await scene.studio.cancel(job.id, other.who)
    assert isinstance(answer, Refusal)
    assert answer.barrier is Barrier.NOT_YOURS
    missing = await scene.studio.cancel(999_999, other.who)
    assert isinstance(missing, Refusal)
    assert missing.barrier is Barrier.NO_SUCH_JOB


async def test_a_courier_that_comes_back_is_sent_again(scene: Scene) -> None:
    scene.messenger.troubles = [CourierError("busy"), CourierError("busy")]
    await scene.start()
    job = await scene.until(await scene.accepted())
    assert job.state is State.SETTLED
    assert len(scene.messenger.delivered) == 1


async def test_a_job_is_laid_aside_while_the_courier_cannot_go_and_delivered_later(scene: Scene) -> None:
    scene.messenger.troubles = [CourierError("closed")] * 3
    await scene.start()
    job = await scene.accepted()
    await scene.laid_aside(job)
    assert scene.messenger.delivered == []
    await scene.pass_time(60)
    assert (await scene.until(job)).state is State.SETTLED
    assert scene.pretend.billed == 1


async def test_pictures_that_can_never_be_delivered_are_kept_and_count(scene: Scene) -> None:
    scene.messenger.troubles = [CourierError("closed")] * 10_000
    await scene.start()
    job = await scene.accepted()
    for _ in range(300):
        await scene.pass_time(600)
        await asyncio.sleep(0.01)
        if (await scene.job(job)).state.final:
            break
    ended = await scene.job(job)
    assert ended.state is State.SETTLED
    assert ended.delivery is not None
    assert ended.delivery.kept == (0,)
    assert len(ended.pictures) == 1
    assert await scene.audit() == []


async def test_a_fault_of_the_bot_costs_a_strike_and_three_of_them_end_the_job(scene: Scene) -> None:
    scene.messenger.troubles = [ZeroDivisionError("a bug")] * 3
    await scene.start()
    job = await scene.accepted()
    for _ in range(100):
        await scene.pass_time(10)
        await asyncio.sleep(0.01)
        if (await scene.job(job)).state.final:
            break
    ended = await scene.job(job)
    assert ended.state is State.SETTLED
    assert ended.delivery is not None
    assert ended.delivery.way == "kept"
    assert await scene.audit() == []


async def test_the_next_provider_is_asked_when_the_first_surely_did_nothing(
    database: Database, hands: Hands, tmp_path: Path
) -> None:
    async with open_scene(database, hands, tmp_path, "byteplus", "cometapi") as scene:
        scene.pretend.fail("P47", provider="byteplus", times=5)
        await scene.start()
        job = await scene.until(await scene.accepted())
        assert job.state is State.SETTLED
        assert job.provider == "cometapi"
        assert scene.pretend.billed == 1
        assert await scene.audit() == []


async def test_a_call_that_may_have_been_billed_and_is_repeated_is_booked_twice(
    database: Database, hands: Hands, tmp_path: Path
) -> None:
    async with open_scene(database, hands, tmp_path, doubtful_calls=1) as scene:
        scene.pretend.fail("P54", times=1)
        await scene.start()
        job = await scene.until(await scene.accepted())
        assert job.state is State.SETTLED
        assert job.reserved.cost == 80_000
        assert job.settled is not None
        assert (job.settled.images, job.settled.cost) == (1, 80_000)
        assert await scene.audit() == []


async def test_references_wait_on_the_shelf_and_again_vary_and_edit_go_on_from_a_job(scene: Scene) -> None:
    await scene.start()
    first = await scene.until(await scene.accepted("a cat"))
    origin = scene.origin
    again = await scene.studio.again(first.id, origin(), first.who)
    vary = await scene.studio.vary(first.id, "a dog", origin(), first.who)
    edit = await scene.studio.edit(first.id, "at night", origin(), first.who)
    jobs = []
    for answer, verb in ((again, "again"), (vary, "vary"), (edit, "edit")):
        assert isinstance(answer, Ticket), answer
        assert (answer.job.parent, answer.job.verb) == (first.id, verb)
        jobs.append(await scene.until(answer.job))
    assert [job.state for job in jobs] == [State.SETTLED] * 3
    assert [job.request["prompt"] for job in jobs] == ["a cat", "a dog", "at night"]
    assert len(jobs[2].request["references"]) == 1
    stranger = await scene.studio.again(first.id, origin(), (await scene.accepted(user=9)).who)
    assert isinstance(stranger, Refusal)
    assert stranger.barrier is Barrier.NOT_YOURS


async def test_the_bytes_of_a_reference_outlive_whoever_brought_them(scene: Scene) -> None:
    small = png()
    reference = Reference(InMemory(small), media_type="image/png", width=320, height=240)
    job = await scene.accepted("make it night", references=(reference,))
    await scene.start()
    assert (await scene.until(job)).state is State.SETTLED
    await scene.until(await scene.accepted("and day", references=(reference,)))
    shelved = [name for name, _ in scene.kit().shelf.names()]
    assert len(shelved) == 1


async def test_the_same_thing_asked_twice_is_one_job(scene: Scene) -> None:
    job = await scene.accepted()
    answers = await asyncio.gather(
        *(scene.studio.submit(ImageRequest("seedream-4.5", "a cat"), job.origin, job.who) for _ in range(10))
    )
    assert {answer.job.id for answer in answers if isinstance(answer, Ticket)} == {job.id}
    assert not any(answer.new for answer in answers if isinstance(answer, Ticket))


async def test_a_request_that_the_model_cannot_do_is_refused_before_anything_is_reserved(scene: Scene) -> None:
    answer = await scene.submit("a cat", size="9K")
    assert isinstance(answer, Refusal)
    assert answer.barrier is Barrier.REQUEST
    assert answer.facts["problems"][0].field == "size"
    assert await scene.audit() == []


async def test_limits_say_what_is_left_and_when_it_comes_back(database: Database, hands: Hands, tmp_path: Path) -> None:
    limits = Limits(user=Allowance(images_per_hour=2))
    async with open_scene(database, hands, tmp_path, limits=limits) as scene:
        first = await scene.accepted()
        await scene.accepted()
        answer = await scene.submit()
        assert isinstance(answer, Refusal)
        assert (answer.barrier, answer.used, answer.limit) == (Barrier.IMAGES, 2, 2)
        assert answer.returns_at is not None
        standing = await scene.studio.standing(first.who)
        assert [(left.used, left.left, left.returns_at) for left in standing.left] == [(2, 0, answer.returns_at)]
        assert standing.waiting == 2
        hands.move(answer.returns_at - hands() + 1)
        assert isinstance(await scene.submit(), Ticket)


async def _leave_at(scene: Scene, job: Job, state: State) -> None:
    """A process took the job so far, and died."""

    def work(tx: Transaction) -> None:
        register(tx, row_of_worker("dead"), 30)
        held = claim(tx, "dead", {}, Capacity()).job
        assert held is not None
        assert held.id == job.id
        if state is State.RUNNING:
            return
        held = steps.sent(tx, held, "dead", "byteplus")
        if state is State.SENT:
            return
        picture = Result(0, url=scene.pretend.base_url("byteplus") + "/nowhere.png")
        steps.generated(tx, held, "dead", [picture], {"generated_images": 1})

    await scene.database.write(work)


@pytest.mark.parametrize(
    ("left_at", "becomes", "calls"),
    [(State.RUNNING, State.SETTLED, 1), (State.SENT, State.IN_DOUBT, 0), (State.GENERATED, State.FAILED, 0)],
)
async def test_a_job_goes_on_from_its_last_recorded_step(
    scene: Scene, left_at: State, becomes: State, calls: int
) -> None:
    job = await scene.accepted()
    await _leave_at(scene, job, left_at)
    scene.hands.move(31)
    await scene.start()
    assert (await scene.until(job)).state is becomes
    assert len([call for call in scene.pretend.calls if "images" in call.path]) == calls
    assert await scene.audit() == []


async def test_a_stopped_worker_lets_running_jobs_end_and_takes_no_new_ones(scene: Scene) -> None:
    worker = await scene.start()
    first = await scene.accepted("[[slow:0.5]]")
    await scene.until(first, "sent")
    worker.stop()
    second = await scene.accepted()
    await asyncio.wait_for(scene.running.pop(worker.id), 10)
    assert (await scene.job(first)).state is State.SETTLED
    assert (await scene.job(second)).state is State.QUEUED


async def test_what_does_not_end_within_the_grace_is_given_back(scene: Scene) -> None:
    worker = await scene.start(grace=0.05)
    job = await scene.accepted("[[slow:30]]")
    await scene.until(job, "sent")
    await scene.stop(worker)
    left = await scene.job(job)
    assert (left.state, left.owner, left.strikes) == (State.SENT, None, 0)
    await scene.start()
    assert (await scene.until(job)).state is State.IN_DOUBT
    assert len(scene.pretend.calls) == 1
    assert await scene.audit() == []


async def test_a_place_that_becomes_free_is_taken_at_once(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.studio.worker.NET", 1e6)  # it must not need the clock to find out
    await scene.start(slots=1)
    for job in [await scene.accepted(user=user) for user in range(1, 5)]:
        assert (await scene.until(job)).state is State.SETTLED
