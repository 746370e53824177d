"""Report image: from the menu to what moderators do about it, with and without an audit channel, and after restarts."""

import asyncio

import pytest

from bot.studio import deeds, reports
from bot.studio.job import Who
from sandbox.discord import Channel, Message, Person
from tests.e2e.stage import PATIENCE, Stage
from tests.e2e.test_admin import does, moderator, office, owner
from tests.e2e.test_buttons import finished, job, picture
from tests.e2e.test_forged import STALE, form, sends
from tests.e2e.test_rules import lay_down, log


async def report(stage: Stage, who: Person, message: Message, reason: str = "it is ugly") -> str:
    """Somebody reports a picture with the menu; what they are told."""
    window = await who.menu("Report image", message)
    [label] = window.modal.fields
    reply = await who.submit(window, {label: reason})
    said = await reply.done(PATIENCE)
    assert said.only_for is who.user
    return said.text


async def with_a_log(stage: Stage, **more: object) -> tuple[Channel, Person]:
    """A channel for the audit log, and a moderator who looks at it."""
    room = stage.discord.channel(stage.guild, "log")
    await lay_down(stage, audit_channel=room.id, **more)
    return room, moderator(stage).at(room)


async def posted(stage: Stage, eve: Person, text: str) -> Message:
    """The message in the audit channel that has this in it."""
    found: list[Message] = []

    def there() -> bool:
        found[:] = [message for message in eve.sees() if text in message.text]
        return bool(found)

    await stage.discord.until(there, PATIENCE)
    assert len(found) == 1
    return found[0]


async def test_a_report_is_thanked_for_told_once_and_shown_with_the_picture(stage: Stage) -> None:
    async with stage.playing():
        _, eve = await with_a_log(stage)
        message = await picture(stage)
        assert "Thank you · the moderators of this server will look at #1" in await report(stage, stage.bob, message)
        assert "reported #1 already" in await report(stage, stage.bob, message)
        told = await posted(stage, eve, "Report 1")
        assert (
            f"picture [#1](<https://discord.com/channels/{stage.guild.id}/{stage.channel.id}/{message.id}>)"
            in told.text
        )
        assert f"Asked for by <@{stage.ada.id}>" in told.text
        assert f"Reported by <@{stage.bob.id}>" in told.text
        assert told.text.endswith("`it is ugly`")
        assert told.buttons == ["Delete picture", "Block person", "Dismiss"]


async def test_delete_and_block_work_after_a_restart_and_everything_is_in_the_log(stage: Stage) -> None:
    async with stage.playing():
        _, eve = await with_a_log(stage)
        message = await picture(stage)
        await report(stage, stage.bob, message)
        told = await posted(stage, eve, "Report 1")
    async with stage.playing():
        await eve.press(told, "sd:remove:1")
        await stage.discord.until(lambda: f"Deleted by <@{eve.id}>" in told.text, PATIENCE)
        await stage.discord.until(lambda: message.deleted, PATIENCE)
        assert (await job(stage, 1)).pictures == ()
        assert told.buttons == ["Block person"]
        await eve.press(told, "sd:ban:1")
        await stage.discord.until(lambda: f"Blocked by <@{eve.id}>" in told.text, PATIENCE)
        assert told.buttons == []
        reply = await stage.ada.slash("imagine", prompt="a cat")
        await reply.until(lambda it: "You may not ask for pictures on this server" in it.text, PATIENCE)
        await posted(stage, eve, f"🗑️ <@{eve.id}> has deleted picture #1 of <@{stage.ada.id}>")
        await posted(stage, eve, f"⛔ <@{eve.id}> has blocked <@{stage.ada.id}>\n> `report 1`")
        await posted(stage, eve, f"🚩 <@{eve.id}> has acted on report 1 of picture #1")
        assert [deed.deed for deed in await log(stage)] == [deeds.BLOCK, deeds.DELETE, deeds.ACT, deeds.SETTINGS]


async def test_of_two_moderators_the_second_is_told_who_was_faster(stage: Stage) -> None:
    async with stage.playing():
        _, eve = await with_a_log(stage)
        kim = moderator(stage, "kim").at(eve.channel)
        message = await picture(stage)
        await report(stage, stage.bob, message)
        told = await posted(stage, eve, "Report 1")
        await asyncio.gather(eve.press(told, "sd:remove:1"), kim.press(told, "sd:remove:1"))
        await stage.discord.until(lambda: "Deleted by" in told.text, PATIENCE)
        await stage.discord.until(lambda: "was faster" in "".join(m.text for m in [*eve.sees(), *kim.sees()]), PATIENCE)
        [deleted] = [deed for deed in await log(stage) if deed.deed == deeds.DELETE]
        late = kim if deleted.actor == eve.id else eve
        [said] = [message for message in late.sees() if "was faster" in message.text]
        assert f"<@{deleted.actor}> was faster and has deleted the picture" in said.text
        assert said.only_for is late.user


@pytest.mark.parametrize("verb", ["remove", "ban", "dismiss"])
async def test_what_is_dismissed_stays_so(stage: Stage, verb: str) -> None:
    async with stage.playing():
        _, eve = await with_a_log(stage)
        message = await picture(stage)
        await report(stage, stage.bob, message)
        told = await posted(stage, eve, "Report 1")
        await eve.press(told, "Dismiss")
        await stage.discord.until(lambda: f"Dismissed by <@{eve.id}>" in told.text, PATIENCE)
        assert told.buttons == []
        reply = await sends(stage, eve, told, f"sd:{verb}:1")
        assert STALE in reply.text
        assert message.files


async def test_members_may_press_nothing_of_it_and_other_servers_neither(stage: Stage) -> None:
    async with stage.playing():
        room, eve = await with_a_log(stage)
        message = await picture(stage)
        await report(stage, stage.bob, message)
        told = await posted(stage, eve, "Report 1")
        other = stage.discord.guild("Other")
        mallory = stage.discord.moderator("mallory", other)
        for verb in ("remove", "ban", "dismiss"):
            said = await stage.ada.at(room).press(told, f"sd:{verb}:1")
            assert "Only the moderators of this server" in said.text
            assert said.message.only_for is stage.ada.user
            reply = await sends(stage, mallory, told, f"sd:{verb}:1")
            assert "no such report here" in reply.text
        assert message.files
        assert len(await log(stage)) == 1


async def test_without_an_audit_channel_status_leads_to_what_is_open(stage: Stage) -> None:
    async with stage.playing():
        eve = moderator(stage)
        for number in range(2):
            await report(stage, stage.bob, await picture(stage, f"cat {number}"), f"reason {number}")
        reply = await eve.slash("admin status")
        page = await reply.done(PATIENCE)
        assert "2 reports are open" in page.text
        await eve.press(page, "Open reports")
        assert "Open reports: 1 of 2" in page.text
        assert "`reason 0`" in page.text
        assert "Only the moderators" in (await sends(stage, stage.ada, page, "sd:reports:2")).text
        await eve.press(page, "▶")
        assert "`reason 1`" in page.text
        await eve.press(page, "Dismiss")
        await stage.discord.until(lambda: "Dismissed by" in page.text, PATIENCE)
        await eve.press(page, "Open reports")
        assert "Open reports: 1 of 1" in page.text
        await eve.press(page, "Dismiss")
        await stage.discord.until(lambda: "Dismissed by" in page.text, PATIENCE)
        await eve.press(page, "Open reports")
        assert "No report is open" in page.text


async def test_what_is_made_in_direct_messages_is_reported_to_the_owner(stage: Stage) -> None:
    async with stage.playing():
        stage.discord.member(stage.guild, stage.discord.application.owner)
        ada = stage.ada.in_dm()
        reply = await ada.slash("imagine", prompt="a cat")
        message = await finished(stage, reply)
        assert "the owner of this bot will look at #1" in await report(stage, ada, message)
        boss = owner(stage, here=False)
        told = await posted(stage, boss, "Report 1")
        await boss.press(told, "Delete picture")
        await stage.discord.until(lambda: message.deleted, PATIENCE)
        await stage.discord.until(lambda: "Deleted by" in told.text, PATIENCE)
        await boss.press(told, "Block person")
        await stage.discord.until(lambda: "Blocked by" in told.text, PATIENCE)
        assert "they are blocked by" in await does(moderator(stage), "diagnose", user=stage.ada.user)


async def test_reports_of_no_server_are_open_to_the_owner_in_any(stage: Stage) -> None:
    async with stage.playing():
        stage.discord.dm(stage.discord.application.owner).recipient.takes_dms = False  # type: ignore[union-attr]
        ada = stage.ada.in_dm()
        await report(stage, ada, await finished(stage, await ada.slash("imagine", prompt="a cat")))
        boss = owner(stage)
        moderator(stage)
        [role] = [each for each in stage.guild.roles.values() if each.name == "moderator"]
        stage.discord.member(stage.guild, boss, roles=[role])
        reply = await boss.slash("admin status", everywhere=True)
        page = await reply.done(PATIENCE)
        assert "1 report is open" in page.text
        await boss.press(page, "Open reports")
        refused = await sends(stage, moderator(stage), page, "sd:dismiss:1:all")
        assert "Only the owner" in refused.text
        await boss.press(page, "Dismiss")
        await stage.discord.until(lambda: "Dismissed by" in page.text, PATIENCE)


async def test_a_picture_is_reported_from_more_and_from_before_a_restart(stage: Stage) -> None:
    async with stage.playing():
        message = await picture(stage)
        more = await stage.bob.press(message, "sd:more:1")
        window = await stage.bob.press(more.message, "Report")
    async with stage.playing():
        [label] = window.modal.fields
        reply = await stage.bob.submit(window, {label: "bad"})
        assert "Thank you" in (await reply.done(PATIENCE)).text
        page = await office(stage).reports(Who(1, stage.guild.id, moderator=True))
        assert isinstance(page, reports.Page)
        assert [each.reason for each in page.reports] == ["bad"]


async def test_forged_reports_come_to_nothing(stage: Stage) -> None:
    async with stage.playing():
        message = await picture(stage)
        secret = await stage.ada.slash("imagine", prompt="a secret", visibility="private")
        await finished(stage, secret)
        mine = await stage.bob.says("hello")
        for custom_id, reason, said in (
            ("sd:report:99", "x", "no such job"),
            ("sd:report:2", "x", "no such job"),
            ("sd:report:1", "x" * 1001, STALE),
            ("sd:report:1", " \n ", "It is empty"),
            (f"sd:report:1:{'9' * 90}", "x" * 1001, STALE),
        ):
            sent = form(reason)
            sent[0]["component"]["custom_id"] = "reason"
            reply = await sends(stage, stage.bob, message, custom_id, 5, components=sent)
            assert said in (await reply.until(lambda it: it.text, PATIENCE)).text
        sent = form("x")
        reply = await sends(stage, stage.bob, message, "sd:report:1", 5, components=sent)
        assert STALE in reply.text
        sent[0]["component"]["custom_id"] = "reason"
        reply = await sends(stage, stage.bob, message, f"sd:report:1:{mine.id}", 5, components=sent)
        await reply.until(lambda it: "Thank you" in it.text, PATIENCE)
        page = await office(stage).reports(Who(1, stage.guild.id, moderator=True))
        assert isinstance(page, reports.Page)
        assert [each.message for each in page.reports] == [None]
        other = stage.discord.guild("Other")
        mallory = stage.discord.person("mallory", other, stage.discord.channel(other))
        reply = await sends(stage, mallory, message, "sd:report:1", 5, components=sent)
        await reply.until(lambda it: "no such job" in it.text, PATIENCE)


async def test_a_picture_that_was_brought_elsewhere_is_deleted_there_too(stage: Stage) -> None:
    other = stage.discord.channel(stage.guild, "other")
    async with stage.playing():
        message = await picture(stage)
        again = await finished(stage, await stage.ada.at(other).slash("show", id=1))
        assert "Thank you" in await report(stage, stage.bob.at(other), again)
        eve = moderator(stage)
        page = await (await eve.slash("admin status")).done(PATIENCE)
        await eve.press(page, "Open reports")
        assert f"/{other.id}/{again.id}" in page.text
        await eve.press(page, "Delete picture")
        await stage.discord.until(lambda: message.deleted and again.deleted, PATIENCE)


async def test_what_is_still_drawn_is_not_deleted_yet(stage: Stage) -> None:
    async with stage.playing():
        reply = await stage.ada.slash("imagine", prompt="slow [[slow:100]]")
        await reply.until(lambda message: "drawing" in message.text, PATIENCE)
        await report(stage, stage.bob, reply.message)
        eve = moderator(stage)
        page = await (await eve.slash("admin status")).done(PATIENCE)
        await eve.press(page, "Open reports")
        await eve.press(page, "Delete picture")
        await stage.discord.until(lambda: any("not done yet" in m.text for m in eve.sees()), PATIENCE)
        stage.gates.open(100)


async def test_not_a_picture_of_the_bots_is_not_reported(stage: Stage) -> None:
    async with stage.playing():
        posted_by_bob = await stage.bob.says("no picture here")
        assert "not a picture of mine" in (await stage.ada.menu("Report image", posted_by_bob)).text
