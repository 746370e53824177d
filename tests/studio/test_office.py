"""What moderators and the owner can do, who may not, and what of it is written down and told."""

from dataclasses import replace

import pytest

from bot.studio import deeds, notices, reports
from bot.studio.checks import BadPreference
from bot.studio.job import Who
from bot.studio.limits import Barrier, Period, Refusal
from bot.studio.members import Block, Member
from bot.studio.office import Office, Standards
from bot.studio.preferences import Person
from bot.studio.rules import Grant
from bot.studio.studio import Ticket
from tests.databases import Hands
from tests.studio.scene import Scene
from tests.studio.setting import ELSEWHERE, EVE, MEMBER, OWNER, SERVER, barrier, log


async def test_a_change_is_shown_and_written_down_as_before_and_after(office: Office, hands: Hands) -> None:
    await office.change(EVE, {"at_once": 2, "tiers": {5: {"weight": 2}}})
    changed = await office.change(EVE, {"at_once": 3, "models": ["4.5"], "tiers": {5: {"weight": 2, "at_once": 9}}})
    assert not isinstance(changed, Refusal)
    assert changed.before == {"at_once": 2, "models": None, "tiers.5.at_once": None}
    assert changed.after == {"at_once": 3, "models": ["seedream-4.5"], "tiers.5.at_once": 9}
    latest = (await log(office))[0]
    assert latest == deeds.Deed(SERVER, EVE.user, deeds.SETTINGS, "", changed.before, changed.after, hands(), latest.id)
    await office.change(EVE, {"at_once": 3})
    assert len(await log(office)) == 2  # what changes nothing is no deed


async def test_a_channel_has_values_of_its_own(office: Office) -> None:
    await office.change(EVE, {"models": ["4.5"]})
    changed = await office.change_channel(EVE, 50, {"models": ["4.0"], "cooldown": 5})
    assert not isinstance(changed, Refusal)
    assert changed.after == {"places.50.models": ["seedream-4.0"], "places.50.cooldown": 5.0}
    rules = await office.rules(SERVER)
    assert (rules.models, rules.at(50).models, rules.at(50).values) == (
        ("seedream-4.5",),
        ("seedream-4.0",),
        {"cooldown": 5.0},
    )
    await office.change_channel(EVE, 50, None)
    assert (await office.rules(SERVER)).places == {}
    with pytest.raises(BadPreference, match=r"places\.50\.at_once is not a preference"):
        await office.change_channel(EVE, 50, {"at_once": 1})


async def test_what_people_set_for_themselves_comes_before_what_the_channel_and_the_server_say(
    office: Office, scene: Scene
) -> None:
    await office.change(EVE, {"default_model": "4.5", "default_size": "2k", "default_ratio": "1:1", "language": "de"})
    await office.change_channel(EVE, 5, {"default_ratio": "16:9", "default_visibility": "spoiler"})
    changed = await office.change_person(1, {"model": "5.0-pro", "ping_when_done": True, "language": "fr"})
    assert changed.after == {"model": "seedream-5.0-pro", "ping_when_done": True, "language": "fr"}
    assert await office.person(1) == Person(model="seedream-5.0-pro", language="fr", ping_when_done=True)
    assert await office.person(2) == Person()
    assert await office.standards(MEMBER, scene.origin()) == Standards(
        "seedream-5.0-pro", "16:9", "2K", "spoiler", "fr", own_language="fr"
    )
    assert await office.standards(Who(2), scene.origin()) == Standards()


async def test_only_moderators_of_the_server_and_the_owner_may(office: Office, scene: Scene) -> None:
    ticket = await scene.accepted(server=SERVER)
    for by in (MEMBER, Who(90, None, moderator=True)):
        refused = [
            await office.change(by, {"at_once": 1}),
            await office.pause(by),
            await office.block(by, 1),
            await office.grant(by, 1, Grant(images=1)),
            await office.log(by),
            await office.status(by),
            await office.reports(by),
            await office.delete_result(by, ticket.id),
            await office.cancel(by, ticket.id),
        ]
        assert {barrier(each) for each in refused} <= {Barrier.MODERATORS, Barrier.OWNER}
    everywhere = [
        await office.pause(EVE, everywhere=True),
        await office.resume(EVE, everywhere=True),
        await office.block(EVE, 1, everywhere=True),
        await office.members(EVE, everywhere=True),
        await office.log(EVE, everywhere=True),
    ]
    assert {barrier(each) for each in everywhere} == {Barrier.OWNER}
    assert await log(office) == await log(office, everywhere=True) == []
    assert not isinstance(await office.change(replace(OWNER, server=SERVER), {"at_once": 1}), Refusal)


async def test_nothing_of_another_server_is_within_reach(office: Office, scene: Scene) -> None:
    job = await scene.accepted(server=SERVER)
    filed = await office.report(MEMBER, job.id, "it is ugly")
    assert not isinstance(filed, Refusal)
    report = filed[0].id
    assert barrier(await office.delete_result(ELSEWHERE, job.id)) is Barrier.NO_SUCH_JOB
    assert barrier(await office.cancel(ELSEWHERE, job.id)) is Barrier.NO_SUCH_JOB
    assert barrier(await office.dismiss(ELSEWHERE, report)) is Barrier.NO_SUCH_REPORT
    assert barrier(await office.act(ELSEWHERE, report, delete=True, block=True)) is Barrier.NO_SUCH_REPORT
    assert barrier(await office.report(Who(1, 8), job.id, "not here")) is Barrier.NO_SUCH_JOB
    assert barrier(await office.report(MEMBER, 10**9, "no such")) is Barrier.NO_SUCH_JOB
    assert barrier(await office.diagnose(ELSEWHERE, MEMBER, scene.origin())) is Barrier.MODERATORS
    assert barrier(await office.diagnose(MEMBER, MEMBER, scene.origin())) is Barrier.MODERATORS
    found = await office.diagnose(EVE, MEMBER, scene.origin())
    assert not isinstance(found, Refusal)
    assert found.refusal is None


async def test_a_pause_is_lifted_again(office: Office, scene: Scene) -> None:
    assert [await office.pause(EVE), await office.pause(EVE)] == [True, False]
    assert barrier(await scene.submit(server=SERVER)) is Barrier.PAUSED
    assert [await office.resume(EVE), await office.resume(EVE)] == [True, False]
    assert [await office.pause(OWNER, "repairs", everywhere=True) for _ in range(2)] == [True, False]
    assert barrier(await scene.submit(server=SERVER)) is Barrier.PAUSED
    assert await office.resume(OWNER, everywhere=True) is True
    assert isinstance(await scene.submit(server=SERVER), Ticket)
    assert [deed.deed for deed in await log(office, everywhere=True)] == [deeds.RESUME, deeds.PAUSE]


async def test_blocks_and_grants_are_listed_and_written_down(office: Office, hands: Hands) -> None:
    block = await office.block(EVE, 1, "  spam\n spam ", until=hands() + 60)
    assert block == Block(EVE.user, hands(), "spam spam", hands() + 60)
    grants = await office.grant(EVE, 2, Grant(images=5, period=Period.DAY))
    assert grants == (Grant(5, 0, Period.DAY, None, EVE.user, hands()),)
    assert await office.members(EVE) == [Member(1, block, ()), Member(2, None, grants)]
    assert await office.member(EVE, 2) == Member(2, None, grants)
    assert await office.member(OWNER, 2, everywhere=True) == Member(2)
    assert [await office.unblock(EVE, 1), await office.unblock(EVE, 1)] == [True, False]
    assert [await office.revoke(EVE, 2), await office.revoke(EVE, 2)] == [1, 0]
    assert await office.members(EVE) == []
    told = [(deed.deed, deed.subject, deed.before, deed.after) for deed in await log(office)]
    given = {"images": 5, "period": "day"}
    assert told == [
        (deeds.REVOKE, "user/2", given, {}),
        (deeds.UNBLOCK, "user/1", {"reason": "spam spam", "until": hands() + 60}, {}),
        (deeds.GRANT, "user/2", {}, given),
        (deeds.BLOCK, "user/1", {}, {"reason": "spam spam", "until": hands() + 60}),
    ]
    assert [deed.deed for deed in await log(office, subject="user/1")] == [deeds.UNBLOCK, deeds.BLOCK]


@pytest.mark.parametrize(
    ("grant", "field"),
    [
        (Grant(), "images"),
        (Grant(images=-1), "images"),
        (Grant(cost=10**18), "cost"),
        (Grant(images=1, until=5.0), "until"),
    ],
)
async def test_a_grant_that_makes_no_sense_is_refused(office: Office, grant: Grant, field: str) -> None:
    with pytest.raises(BadPreference) as caught:
        await office.grant(EVE, 1, grant)
    assert caught.value.field == field
    assert await office.members(EVE) == []


async def test_grants_do_not_pile_up_for_ever(office: Office) -> None:
    for _ in range(10):
        await office.grant(EVE, 1, Grant(images=1))
    with pytest.raises(BadPreference, match="grants are 10 already"):
        await office.grant(EVE, 1, Grant(images=1))


async def test_the_log_channel_is_told_of_every_deed_once(office: Office, scene: Scene, hands: Hands) -> None:
    await office.block(EVE, 1)
    assert await office.news() == []
    await office.change(EVE, {"audit_channel": 55})
    await office.unblock(EVE, 1)
    news = await office.news()
    assert [(each.kind, each.server, each.facts["channel"]) for each in news] == [(notices.DEED, SERVER, 55)] * 2
    told = [await office.deed(each.facts["deed"]) for each in news]
    assert [each and each.deed for each in told] == [deeds.SETTINGS, deeds.UNBLOCK]
    assert await office.news() == []
    await office.told(news[0])
    await office.told(news[1], again_in=30)
    hands.move(29)
    assert await office.news() == []
    hands.move(1)
    assert [each.id for each in await office.news()] == [news[1].id]
    hands.move(notices.PATIENCE)
    assert [each.id for each in await office.news()] == [news[1].id]
    await office.told(news[1])
    hands.move(10**6)
    assert await office.news() == []
    await office.change(EVE, {"audit_channel": None})
    assert [each.facts["channel"] for each in await office.news()] == [55]


async def test_the_log_is_read_by_pages(office: Office) -> None:
    for number in range(1, 6):
        await office.change(EVE, {"at_once": number})
    page = await office.log(EVE, 2, size=2)
    assert isinstance(page, deeds.Page)
    assert ([deed.after["at_once"] for deed in page.deeds], page.number, page.of) == ([3, 2], 2, 3)
    last = await office.log(EVE, 99, size=2)
    assert isinstance(last, deeds.Page)
    assert [deed.after["at_once"] for deed in last.deeds] == [1]
    assert await office.log(ELSEWHERE) == deeds.Page((), 1, 1)


async def test_old_lines_reports_and_notices_go(office: Office, scene: Scene, hands: Hands) -> None:
    job = await scene.accepted(server=SERVER)
    await office.report(MEMBER, job.id, "x")
    await office.change(EVE, {"at_once": 1})
    hands.move(100 * 86_400)
    await office.change(EVE, {"at_once": 2})
    counts = await scene.database.write(
        lambda tx: (deeds.forget(tx, 86_400.0), reports.forget(tx, 86_400.0), notices.forget(tx))
    )
    assert counts == (1, 1, 1)
    assert [deed.after for deed in await log(office)] == [{"at_once": 2}]
