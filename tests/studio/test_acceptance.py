"""What is laid down holds for the next request, in every process; and a dry run says what the door would say."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.seedream.models import ImageRequest, Reference
from bot.store.database import Database
from bot.studio import members, memos, queue
from bot.studio.acceptance import HOUSE
from bot.studio.job import Origin, Who
from bot.studio.limits import Allowance, Barrier, Limits, Period, Refusal, Scope
from bot.studio.policy import NeedsConfirmation, Why
from bot.studio.rules import Grant
from bot.studio.studio import Studio, Ticket
from tests.databases import Hands
from tests.studio.booking import used
from tests.studio.scene import Scene, open_scene
from tests.studio.setting import MODERATOR, lay_down

SERVER = 7
ANNA = Who(1, SERVER, (10,))
CAT = ImageRequest("seedream-4.5", "a cat")


def refused(answer: object) -> Barrier | None:
    return answer.barrier if isinstance(answer, Refusal) else None


async def ask(scene: Scene, request: ImageRequest = CAT, who: Who = ANNA, **more: Any) -> Any:
    """Somebody asks in channel 5; `more` is about the origin, or for the door."""
    door = {name: more.pop(name) for name in ("whose", "confirmed") if name in more}
    return await scene.studio.submit(request, replace(scene.origin(), **more), who, **door)


# What is laid down, and what is asked for then: the barrier, and more about the request.
LAWS: list[tuple[dict[str, Any], Barrier | None, dict[str, Any]]] = [
    ({"paused": True}, Barrier.PAUSED, {}),
    ({"roles": [11]}, Barrier.ROLE, {}),
    ({"denied_channels": [5]}, Barrier.CHANNEL, {}),
    ({"channels": [6]}, Barrier.CHANNEL, {}),
    ({"channels": [6]}, None, {"within": 6}),
    ({"age_restricted_only": True}, Barrier.AGE, {}),
    ({"age_restricted_only": True}, None, {"age_restricted": True}),
    ({"models": ["4.0"]}, Barrier.MODEL, {}),
    ({"sizes": ["4K"]}, Barrier.SIZE, {}),
    ({"sizes": ["4k"]}, None, {"request": replace(CAT, size="4K")}),
    ({"sizes": ["2K"]}, None, {"request": replace(CAT, size="2560x1440")}),
    ({"sizes": ["2K"]}, Barrier.SIZE, {"request": replace(CAT, size="4096x4096")}),
    ({"most_images": 3}, Barrier.COUNT, {"request": replace(CAT, max_images=4)}),
    ({"blocked_words": ["cát"]}, Barrier.BLOCKED_WORD, {}),
    ({"places": {5: {"paused": True}}}, Barrier.PAUSED, {}),
    ({"paused": True, "places": {5: {"paused": False}}}, None, {}),
    ({"places": {6: {"models": ["4.0"]}}}, Barrier.MODEL, {"within": 6}),
    ({"places": {6: {"models": ["4.0"]}}}, None, {}),
    ({"references": "off"}, None, {}),
]


@pytest.mark.parametrize(("law", "barrier", "asked"), LAWS)
async def test_what_is_laid_down_decides_and_the_dry_run_agrees(
    scene: Scene, law: dict[str, Any], barrier: Barrier | None, asked: dict[str, Any]
) -> None:
    more = dict(asked)
    request = more.pop("request", CAT)
    assert refused(await ask(scene, request, **more)) is None
    await lay_down(scene.database, SERVER, **law)
    found = await scene.studio.diagnose(replace(scene.origin(), **more), ANNA, request)
    answer = await ask(scene, request, **more)
    assert refused(answer) is barrier
    assert (found.refusal.barrier if found.refusal else None) is barrier


async def test_pictures_of_others_are_judged_by_whom_they_come_from(scene: Scene) -> None:
    request = replace(CAT, references=(Reference(url="https://example.com/a.png"),))
    await lay_down(scene.database, SERVER, references="own")
    assert refused(await ask(scene, request)) is Barrier.REFERENCES
    assert refused(await ask(scene, request, whose=(2,))) is Barrier.REFERENCES
    answer = await ask(scene, request, whose=(1,))
    assert isinstance(answer, Ticket)
    assert answer.job.request["whose"] == [1]
    assert await scene.studio.whose(answer.job.id) == (1,)
    again = await scene.studio.again(answer.job.id, scene.origin(), ANNA)
    assert isinstance(again, Ticket)
    await lay_down(scene.database, SERVER, references="off")
    assert refused(await scene.studio.again(answer.job.id, scene.origin(), ANNA)) is Barrier.REFERENCES


async def test_the_word_itself_is_told_to_moderators_only(scene: Scene) -> None:
    await lay_down(scene.database, SERVER, blocked_words=["cat"])
    member, moderator = await ask(scene), await ask(scene, who=replace(ANNA, moderator=True))
    assert (member.facts, moderator.facts) == ({}, {"word": "cat"})


async def test_a_server_may_want_every_picture_behind_a_spoiler(scene: Scene) -> None:
    await lay_down(scene.database, SERVER, spoiler="always")
    public, private = await ask(scene), await ask(scene, visibility="private")
    assert (public.job.origin.visibility, private.job.origin.visibility) == ("spoiler", "private")


async def test_a_block_holds_in_its_server_until_its_time_is_over(scene: Scene, hands: Hands) -> None:
    until = hands() + 60
    await scene.database.write(lambda tx: members.block(tx, SERVER, 1, MODERATOR, until=until))
    answer = await ask(scene)
    assert (answer.barrier, answer.scope, answer.returns_at) == (Barrier.BLOCKED, Scope.SERVER, until)
    assert refused(await ask(scene, who=Who(1, 8))) is refused(await ask(scene, who=Who(2, SERVER))) is None
    hands.move(60)
    assert refused(await ask(scene)) is None


async def test_the_owners_block_and_pause_hold_everywhere(scene: Scene) -> None:
    await scene.database.write(lambda tx: members.block(tx, None, 1, MODERATOR))
    assert {refused(await ask(scene, who=who)) for who in (Who(1), Who(1, 7), Who(1, 8))} == {Barrier.BLOCKED}
    assert refused(await ask(scene, who=Who(2))) is None
    await scene.database.write(lambda tx: memos.note(tx, HOUSE, 0, {"paused": {"by": 9}}))
    answer = await ask(scene, who=Who(2))
    assert (answer.barrier, answer.scope) == (Barrier.PAUSED, Scope.ALL)


async def test_a_grant_gives_more_until_it_is_taken_back(database: Database, hands: Hands, tmp_path: Path) -> None:
    async with open_scene(database, hands, tmp_path, limits=Limits(user=Allowance(images_per_day=1))) as scene:
        assert refused(await ask(scene)) is None
        assert refused(await ask(scene)) is Barrier.IMAGES
        given = Grant(images=1, period=Period.DAY, by=MODERATOR)
        await database.write(lambda tx: members.grant(tx, SERVER, 1, given))
        assert refused(await ask(scene, who=Who(1, 8))) is Barrier.IMAGES
        assert (await scene.studio.standing(ANNA)).left[0].left == 1
        assert refused(await ask(scene)) is None
        assert refused(await ask(scene)) is Barrier.IMAGES
        assert await database.write(lambda tx: members.revoke(tx, SERVER, 1, MODERATOR)) == 1
        assert (await scene.studio.standing(ANNA)).left[0].limit == 1


async def test_what_one_process_changes_another_obeys_at_once(
    scene: Scene, kind: str, open_another: Callable[[], Awaitable[Database]]
) -> None:
    if kind == "sqlite":
        pytest.skip("an embedded database has one process")
    other = await open_another()
    studio = Studio(other, scene.seedream, scene.home, scene.tariff, scene.studio._terms)
    assert refused(await studio.submit(CAT, scene.origin(), ANNA)) is None
    await lay_down(scene.database, SERVER, models=["4.0"])
    assert refused(await studio.submit(CAT, scene.origin(), ANNA)) is Barrier.MODEL
    await lay_down(scene.database, SERVER, models=None)
    assert refused(await studio.submit(CAT, scene.origin(), ANNA)) is None


async def test_what_costs_more_is_asked_first_and_nothing_is_kept_of_the_question(scene: Scene) -> None:
    await lay_down(scene.database, SERVER, confirm_cost=100_000)
    assert isinstance(await ask(scene), Ticket)
    four = replace(CAT, max_images=4)
    before = await used(scene.database, ANNA)
    answer = await ask(scene, four)
    assert answer == NeedsConfirmation(160_000, 4, Why.COST, 100_000)
    assert await used(scene.database, ANNA) == before
    assert isinstance(await ask(scene, four, confirmed=True), Ticket)
    assert await scene.audit() == []


async def test_what_would_be_refused_is_not_asked_for_first(scene: Scene) -> None:
    await lay_down(scene.database, SERVER, confirm_images=1, user_images_per_day=3)
    assert refused(await ask(scene, replace(CAT, max_images=4))) is Barrier.IMAGES


async def test_several_requests_are_weighed_together(scene: Scene) -> None:
    await lay_down(
        scene.database, SERVER, confirm_cost=100_000, places={6: {"confirm_cost": None, "confirm_images": 5}}
    )
    assert await scene.studio.weigh([CAT] * 2, scene.origin(), ANNA) is None
    assert await scene.studio.weigh([CAT] * 3, scene.origin(), ANNA) == NeedsConfirmation(120_000, 3, Why.COST, 100_000)
    unknown = ImageRequest("ep-20260101-abc", "a cat")
    there = replace(scene.origin(), channel=6)
    assert (await scene.studio.weigh([unknown], there, ANNA)) == NeedsConfirmation(None, 1, Why.UNPRICED, 100_000)
    assert await scene.studio.weigh([CAT] * 9, scene.origin(), Who(1)) is None


async def test_several_requests_are_refused_together(scene: Scene) -> None:
    foxes = [replace(CAT, prompt=f"a {colour} fox") for colour in ("red", "green", "blue")]
    await lay_down(scene.database, SERVER, user_images_per_day=2, blocked_words=["green fox"], waiting=2, most_images=2)
    found = []
    laws: list[dict[str, Any]] = [
        {"most_images": None},
        {"blocked_words": []},
        {"user_images_per_day": None},
        {"waiting": None},
    ]
    for law in laws:
        answer = await scene.studio.weigh(foxes, scene.origin(), ANNA)
        assert isinstance(answer, Refusal)
        dry = (await scene.studio.diagnose(scene.origin(), ANNA, *foxes)).refusal
        assert dry is not None
        assert dry.barrier is answer.barrier
        found.append((answer.barrier, answer.wanted))
        await lay_down(scene.database, SERVER, **law)
    assert found == [(Barrier.COUNT, 3), (Barrier.BLOCKED_WORD, 0), (Barrier.IMAGES, 3), (Barrier.WAITING, 3)]
    assert await scene.studio.weigh(foxes, scene.origin(), ANNA) == NeedsConfirmation(120_000, 3, Why.PERMUTATIONS)
    assert await scene.studio.weigh([CAT] * 3, scene.origin(), ANNA) is None
    bad = await scene.studio.weigh([CAT, replace(CAT, prompt="")], scene.origin(), ANNA)
    assert isinstance(bad, Refusal)
    assert bad.barrier is Barrier.REQUEST
    assert await scene.audit() == []


async def test_a_dry_run_tells_of_ledger_and_queue_and_leaves_no_trace(
    database: Database, hands: Hands, tmp_path: Path
) -> None:
    limits = Limits(Allowance(images_per_day=2), waiting=2, cooldown=30)
    async with open_scene(database, hands, tmp_path, limits=limits, queue_limit=2) as scene:
        assert (await scene.studio.diagnose(scene.origin(), ANNA, CAT)).refusal is None
        for _ in range(2):
            assert refused(await ask(scene)) is None
            hands.move(30)
        before = await used(database, ANNA)
        found = await scene.studio.diagnose(scene.origin(), ANNA, CAT)
        assert await used(database, ANNA) == before
        standing = [verdict.rule for verdict in found.verdicts if not verdict.passed]
        assert standing == [Barrier.QUEUE_FULL, Barrier.IMAGES, Barrier.WAITING]
        assert [verdict.rule for verdict in found.verdicts if verdict.deciding] == [Barrier.QUEUE_FULL]
        assert refused(await ask(scene)) is Barrier.QUEUE_FULL
        assert (found.waiting, found.working, found.left[0].left) == (2, 0, 0)
        assert found.law.limits.user.images_per_day == 2
        assert {Barrier.COST, Barrier.COOLDOWN, Barrier.UNPRICED} <= {verdict.rule for verdict in found.verdicts}


async def test_without_a_request_only_what_holds_for_any_picture_is_judged(scene: Scene) -> None:
    await lay_down(scene.database, SERVER, models=["4.0"], sizes=["4K"], server_cost_per_day=5)
    assert (await scene.studio.diagnose(scene.origin(), ANNA)).refusal is None
    await lay_down(scene.database, SERVER, channels=[6])
    found = await scene.studio.diagnose(scene.origin(), ANNA)
    assert found.refusal == Refusal(Barrier.CHANNEL, Scope.SERVER, facts={"channels": (6,)})


def test_who_and_where_of_older_rows_read_as_they_were() -> None:
    assert (Who(1).moderator, Who(1).owner) == (False, False)
    assert (Origin("a").within, Origin("a").age_restricted) == (None, False)


async def test_an_origin_keeps_where_it_was(scene: Scene) -> None:
    answer = await ask(scene, within=6, age_restricted=True)
    found = await scene.database.read(lambda tx: queue.load(tx, answer.job.id))
    assert found is not None
    assert (found.origin.within, found.origin.age_restricted) == (6, True)
