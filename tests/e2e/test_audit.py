"""The audit log channel: every deed as a line that people can read, once, whatever happens to the channel meanwhile."""

import asyncio

import pytest
from sqlalchemy import func, select, update

from bot.store.database import Transaction
from bot.store.tables import notices as table
from bot.studio.job import Who
from bot.ui import herald
from sandbox.discord import Person
from tests.databases import PostgresServer
from tests.e2e.panels import opened
from tests.e2e.stage import PATIENCE, Stage
from tests.e2e.test_admin import does, moderator, office, owner
from tests.e2e.test_buttons import finished, picture
from tests.e2e.test_reports import posted, with_a_log
from tests.e2e.test_rules import lay_down


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """What did not arrive is tried again at once."""
    monkeypatch.setattr(herald, "SOONEST", 0.05)
    monkeypatch.setattr(herald, "LATEST", 0.05)
    monkeypatch.setattr(herald, "NET", 0.05)


async def all_told(stage: Stage) -> None:
    """Wait until everything is told, and that is noted."""
    assert stage.house is not None
    left = select(func.count()).where(table.c.told_at.is_(None))
    while await stage.house.database.read(lambda tx: tx.run(left).scalar_one()):  # noqa: ASYNC110 - only the rows tell
        await asyncio.sleep(0.01)


def lines(eve: Person) -> list[str]:
    return [message.text for message in eve.sees()]


async def test_every_deed_is_a_line_in_the_language_of_the_server(stage: Stage) -> None:
    async with stage.playing():
        _, eve = await with_a_log(stage)
        here = eve.at(stage.channel)
        by = Who(eve.id, stage.guild.id, moderator=True)
        role = stage.discord.role(stage.guild, "painters")
        me, ada = f"<@{eve.id}>", f"<@{stage.ada.id}>"
        await office(stage).change(by, {"user_images_per_day": 20, "user_cost_per_day": 1_500_000, "roles": [role.id]})
        await office(stage).change(by, {"user_images_per_day": 30, "roles": None})
        places = {stage.channel.id: {"paused": True}}
        await office(stage).change(by, {"tiers": {role.id: {"at_once": 3}}, "places": places})
        told = await posted(stage, eve, "no limit → 20")
        assert told.text.splitlines()[0] == f"⚙️ {me} has changed the settings"
        assert "$1.50" in told.text
        assert f"> Allowed roles: everyone → <@&{role.id}>" in told.text
        told = await posted(stage, eve, "20 → 30")
        assert f"> Allowed roles: <@&{role.id}> → everyone" in told.text
        told = await posted(stage, eve, f"<@&{role.id}> · ")
        assert f"<#{stage.channel.id}> · Pause: Off → On" in told.text
        await office(stage).change_channel(by, stage.channel.id, None)
        await office(stage).change(by, {"tiers": None})
        await does(here, "pause", reason="a break")
        assert "Reason for the pause: – → `a break`" in (await posted(stage, eve, "a break")).text
        await does(here, "resume")
        await does(here, "block", user=stage.ada.user, reason="spam", until="2h")
        assert (await posted(stage, eve, f"⛔ {me} has blocked {ada}")).text.endswith("`spam`")
        await does(here, "block", user=stage.ada.user, reason="worse")
        assert "→ `worse`" in (await posted(stage, eve, "worse")).text
        await does(here, "unblock", user=stage.ada.user)
        await posted(stage, eve, f"✅ {me} has unblocked {ada}")
        await does(here, "grant", user=stage.ada.user, images=5, period="day")
        await posted(stage, eve, f"➕ {me} has granted {ada}: 5 pictures per day")
        await office(stage).revoke(by, stage.ada.id)
        await posted(stage, eve, f"➖ {me} has taken back from {ada}: 5 pictures per day")
        message = await picture(stage)
        await (await here.press(message, "sd:delete:1")).follow_up(1, PATIENCE)
        await posted(stage, eve, f"🗑️ {me} has deleted picture #1 of {ada}")


async def test_the_server_chooses_the_language(stage: Stage) -> None:
    async with stage.playing():
        _, eve = await with_a_log(stage, language="zh-CN")
        await does(eve.at(stage.channel), "block", user=stage.ada.user)
        await stage.discord.until(lambda: len(lines(eve)) == 2, PATIENCE)
        assert not any("has" in line for line in lines(eve))


async def test_nothing_is_lost_while_the_channel_is_closed_or_gone(stage: Stage) -> None:
    async with stage.playing():
        room, eve = await with_a_log(stage)
        await posted(stage, eve, "has changed the settings")
        stage.discord.revoke(room, "send_messages")
        await does(eve.at(stage.channel), "block", user=stage.ada.user)
        told = await does(eve.at(stage.channel), "status")
        assert f"I cannot write into the audit log <#{room.id}>: I lack **Send Messages**" in told
        before = len(stage.discord.calls(f"POST /channels/{room.id}/messages"))
        await stage.discord.until(
            lambda: len(stage.discord.calls(f"POST /channels/{room.id}/messages")) > before, PATIENCE
        )
        assert len(lines(eve)) == 1
        stage.discord.allow(room, "send_messages")
        await posted(stage, eve, "has blocked")
        assert owner(stage, here=False).sees() == []
    async with stage.playing():
        stage.discord.close(room)
        await does(eve.at(stage.channel), "unblock", user=stage.ada.user)
        other = stage.discord.channel(stage.guild, "log 2")
        await lay_down(stage, audit_channel=other.id)
        await posted(stage, eve.at(other), "has changed the settings")


async def test_nobody_has_their_log_written_into_another_server(stage: Stage) -> None:
    other = stage.discord.guild("Other")
    room = stage.discord.channel(other, "theirs")
    async with stage.playing():
        await lay_down(stage, audit_channel=room.id)
        mine = stage.discord.channel(stage.guild, "log")
        await lay_down(stage, audit_channel=mine.id)
        await posted(stage, moderator(stage).at(mine), "has changed the settings")
        assert stage.discord.owner(other, room).sees() == []


async def test_budgets_tell_the_server_and_the_owner_once_each(stage: Stage) -> None:
    async with stage.playing(TOTAL_BUDGET_USD_PER_DAY="0.05"):
        stage.discord.member(stage.guild, stage.discord.application.owner)
        _, eve = await with_a_log(stage, server_cost_per_day=50_000)
        await finished(stage, await stage.ada.slash("imagine", prompt="a cat"))
        told = await posted(stage, eve, "of this server's budget today is used")
        assert "⚠️ 80% of this server's budget today is used: $0.04 of $0.05 · full again <t:" in told.text
        for _ in range(2):
            reply = await stage.ada.slash("imagine", prompt="a dog")
            await reply.until(lambda it: "not charged" in it.text, PATIENCE)
        told = await posted(stage, eve, "This server's budget today is used up")
        assert "$0.04 of $0.05, and $0.04 more was asked for · pictures again <t:" in told.text
        boss = owner(stage, here=False)
        told = await posted(stage, boss, "of the bot's budget today is used")
        assert told.text.startswith("⚠️ 80%")


async def used_up(stage: Stage) -> None:
    """A budget of the server that ada has used nearly, and then asked for more than is left of it, twice."""
    await finished(stage, await stage.ada.slash("imagine", prompt="a cat"))
    for _ in range(2):
        reply = await stage.ada.slash("imagine", prompt="a dog")
        await reply.until(lambda it: "not charged" in it.text, PATIENCE)


async def test_without_an_audit_channel_the_owner_of_the_server_hears_of_budgets_once(stage: Stage) -> None:
    boss = stage.discord.owner(stage.guild).in_dm()
    stage.discord.member(stage.guild, stage.discord.application.owner)
    async with stage.playing(TOTAL_BUDGET_USD_PER_DAY="0.05"):
        await lay_down(stage, server_cost_per_day=50_000)
        assert "in a direct message" in await (await opened(moderator(stage))).go("budget")
        await used_up(stage)
        told = await posted(stage, boss, "of this server's budget today is used")
        assert told.text.startswith("⚠️ 80% of this server's budget today is used: $0.04 of $0.05")
        assert "because `Test` is yours and has no audit log channel" in told.text
        assert "`/settings server` → **Audit log and language**" in told.text
        await posted(stage, boss, "This server's budget today is used up")
        await posted(stage, owner(stage, here=False), "of the bot's budget today is used")
        await all_told(stage)
    async with stage.playing(TOTAL_BUDGET_USD_PER_DAY="0.05"):
        await used_up_again(stage)
        await all_told(stage)
        assert len(lines(boss)) == 2
        room = stage.discord.channel(stage.guild, "log")
        await lay_down(stage, audit_channel=room.id, server_cost_per_day=40_001)
        await used_up_again(stage)
        await posted(stage, moderator(stage).at(room), "This server's budget today is used up")
        await all_told(stage)
        assert len(lines(boss)) == 2


async def used_up_again(stage: Stage) -> None:
    reply = await stage.ada.slash("imagine", prompt="a mouse")
    await reply.until(lambda it: "not charged" in it.text, PATIENCE)


async def test_the_owner_of_a_server_reads_it_in_their_language_else_in_that_of_the_server(stage: Stage) -> None:
    boss = stage.discord.owner(stage.guild).in_dm()
    async with stage.playing():
        await lay_down(stage, server_cost_per_day=50_000, language="nl")
        await office(stage).change_person(boss.id, {"language": "de"})
        await finished(stage, await stage.ada.slash("imagine", prompt="a cat"))
        assert (await posted(stage, boss, "$")).text.startswith("⚠️ Vom Serverbudget")
        await office(stage).change_person(boss.id, {"language": None})
        reply = await stage.ada.slash("imagine", prompt="a cat")
        await reply.until(lambda it: it.text and not it.loading, PATIENCE)
        await stage.discord.until(lambda: len(lines(boss)) == 2, PATIENCE)
        assert lines(boss)[1].startswith("🛑 Het serverbudget")


async def test_closed_direct_messages_are_not_tried_again_and_no_trouble(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    stage.guild.owner.takes_dms = False
    boss = stage.discord.owner(stage.guild).in_dm()
    async with stage.playing():
        await lay_down(stage, server_cost_per_day=50_000)
        await used_up(stage)
        await all_told(stage)
        asked = stage.discord.calls(f"POST /channels/{boss.channel.id}/messages")
        assert [call.status for call in asked] == [403, 403]  # at 80 %, and at 100 %
        assert lines(boss) == []
    assert [record for record in caplog.records if record.levelname in {"WARNING", "ERROR"}] == []


async def test_who_dies_between_posting_and_noting_it_does_not_tell_it_twice(stage: Stage) -> None:
    async with stage.playing():
        room, eve = await with_a_log(stage)
        await posted(stage, eve, "has changed the settings")
        await all_told(stage)
        assert stage.house is not None

        def untold(tx: Transaction) -> None:
            tx.run(update(table).values(told_at=None, ready_at=0.0))

        await stage.house.database.write(untold)
        await stage.discord.until(lambda: len(stage.discord.calls(f"POST /channels/{room.id}/messages")) == 2, PATIENCE)
        await does(eve.at(stage.channel), "block", user=stage.ada.user)
        await posted(stage, eve, "has blocked")
        assert len(lines(eve)) == 2


async def test_of_two_processes_one_tells(stage: Stage, postgres: PostgresServer) -> None:
    url = postgres.database()
    async with stage.playing(DATABASE_URL=url):
        room, eve = await with_a_log(stage)
        await all_told(stage)
    async with stage.running(DATABASE_URL=url, SHARDS="0/2"), stage.running(DATABASE_URL=url, SHARDS="1/2"):
        people = [stage.discord.person(f"p{number}", stage.guild).user for number in range(12)]
        for person in people:
            await does(eve.at(stage.channel), "block", user=person)
        await stage.discord.until(lambda: len(lines(eve)) == 13, PATIENCE)
        calls = stage.discord.calls(f"POST /channels/{room.id}/messages")
        assert [call.status for call in calls if call.status != 429] == [200] * 13
    postgres.take_back(url)
