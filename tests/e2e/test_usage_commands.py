"""What is left, and what a server has used: told to whoever may know, as words, a picture and a table."""

import csv
import io
from collections.abc import Sequence

import pytest
import pyvips  # type: ignore[import-untyped]
from sqlalchemy import update

from bot.images import charts
from bot.images.errors import ChartFailed
from bot.store.tables import jobs
from bot.studio.job import Who
from bot.studio.limits import Period
from bot.studio.rules import Grant
from sandbox.discord import Message, Person, Reply
from tests.e2e.stage import PATIENCE, Stage
from tests.e2e.test_buttons import finished, picture
from tests.e2e.test_forged import STALE, sends

SLOW = 30.0


def moderator(stage: Stage) -> Person:
    return stage.discord.moderator("eve", stage.guild, stage.channel)


async def shown(reply: Reply, seconds: float = PATIENCE) -> Message:
    return await reply.until(lambda it: it.files, seconds)


def chart_of(message: Message) -> tuple[str, pyvips.Image]:
    """The alt text and the picture of a chart."""
    [alt] = [file.description for file in message.attachments if file.filename.endswith(".png")]
    [data] = [content for name, content in message.files if name.endswith(".png")]
    return str(alt), pyvips.Image.pngload_buffer(data)


def table_of(message: Message) -> Sequence[dict[str, str]]:
    [data] = [content for name, content in message.files if name.endswith(".csv")]
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))


def button(message: Message, kind: str, *choice: str) -> str:
    """The custom_id of a button that turns to this."""
    found = [str(part["custom_id"]) for part in message.every if f":{kind}." in part.get("custom_id", "")]
    [one] = [each for each in found if all(f".{word}" in each for word in choice)]
    return one


async def turned(stage: Stage, who: Person, message: Message, kind: str, choice: str) -> None:
    """Press, and wait for what comes of it."""
    before = message.files
    await who.press(message, button(message, kind, choice))
    await stage.discord.until(lambda: message.files != before, SLOW)


async def test_what_is_left_names_limits_tier_and_grants(stage: Stage) -> None:
    role = stage.discord.role(stage.guild, "patrons")
    stage.discord.member(stage.guild, stage.ada, roles=[role])
    async with stage.playing(USER_IMAGES_PER_DAY="10") as bot:
        owner = Who(1, stage.guild.id, moderator=True)
        tiers = {"tiers": {role.id: {"name": "Patrons", "user_images_per_hour": 7}}}
        await bot.house.office.change(owner, tiers)
        await bot.house.office.grant(owner, stage.ada.id, Grant(images=5, period=Period.DAY))
        await picture(stage)
        text = (await stage.ada.slash("usage me")).text
        for words in ("You: 6 of 7 pictures left this hour", "You: 14 of 15 pictures left today", "<t:", "`Patrons`"):
            assert words in text, text
        assert "Extra for you: 5 pictures per day" in text
        assert "Patrons" not in (await stage.bob.slash("usage me")).text


async def test_a_moderator_sees_a_chart_with_its_numbers_in_words_and_a_table(stage: Stage) -> None:
    eve = moderator(stage)
    async with stage.playing():
        await picture(stage)
        await finished(stage, await stage.bob.slash("imagine", prompt="two"))
        message = await shown(await eve.slash("usage server"), SLOW)
        assert message.only_for is eve.user
        assert "Test, the last 30 days" in message.text
        assert "2 pictures · 2 requests · $0.08" in message.text
        assert [name for name, _ in message.files] == ["usage-images.png", "usage-30-days.csv"]
        alt, chart = chart_of(message)
        assert chart.width == 1080
        assert "Usage: Test" in alt
        assert alt.rstrip(".").endswith(" 2")
        lines = table_of(message)
        assert {line["member"] for line in lines} == {"ada", "bob"}
        assert sum(int(line["images"]) for line in lines) == 2


async def test_buttons_turn_to_other_views_spans_and_colours(stage: Stage) -> None:
    eve = moderator(stage)
    async with stage.playing():
        await picture(stage)
        message = await shown(await eve.slash("usage server", days=7, view="Money"), SLOW)
        assert chart_of(message)[0].rstrip(".").endswith("$0.04")
        for kind, choice, words in (
            ("view", "members", "Pictures by member: ada 1"),
            ("view", "models", "Pictures by model: seedream"),
            ("span", "90", "Pictures by model"),
            ("theme", "light", "Pictures by model"),
        ):
            await turned(stage, eve, message, kind, choice)
            alt, chart = chart_of(message)
            assert words in alt
        assert chart(2, 2)[:3] == [255, 255, 255]
        assert "the last 90 days" in message.text


async def test_members_are_told_kindly_and_see_nothing(stage: Stage) -> None:
    eve = moderator(stage)
    async with stage.playing():
        await picture(stage)
        reply = await stage.ada.slash("usage server")
        text = (await reply.done(PATIENCE)).text
        assert "those who may manage this server" in text
        assert not reply.files
        message = await shown(await eve.slash("usage server"), SLOW)
        ours = button(message, "view", "money")
        stage.discord.take_role(stage.guild, eve.user, stage.guild.members[eve.id].roles[0])
        await eve.press(message, ours)
        await stage.discord.until(lambda: not message.files, PATIENCE)
        assert "$" not in message.text
        assert not message.buttons


@pytest.mark.parametrize(
    "rest",
    ["view.money.31.dark", "view.secrets.30.dark", "view.money.30.pink", "money.30.dark", ""],
)
async def test_a_button_that_was_made_up_shows_nothing(stage: Stage, rest: str) -> None:
    eve = moderator(stage)
    elsewhere = stage.discord.guild("elsewhere")
    async with stage.playing():
        message = await shown(await picture_then(stage, eve), SLOW)
        for place in (elsewhere.id, 0, stage.guild.id):
            reply = await sends(stage, eve, message, f"sd:usage:{place}:{rest}")
            assert STALE in reply.text
        assert len(message.files) == 2


async def picture_then(stage: Stage, eve: Person) -> Reply:
    await picture(stage)
    return await eve.slash("usage server")


async def test_another_servers_button_is_worth_nothing_here(stage: Stage) -> None:
    """Even on a message of one's own where one moderates."""
    async with stage.playing():
        elsewhere = stage.discord.guild("elsewhere")
        eve = stage.discord.moderator("mallory", elsewhere, stage.discord.channel(elsewhere))
        await picture(stage)
        reply = await eve.slash("usage server")
        message = await reply.until(lambda it: it.buttons, PATIENCE)
        [row, *_] = message.components
        row["components"][1]["custom_id"] = f"sd:usage:{stage.guild.id}:view.money.30.dark"
        answer = await eve.press(message, f"sd:usage:{stage.guild.id}:view.money.30.dark")
        assert STALE in answer.text


async def test_nothing_to_show_is_said(stage: Stage) -> None:
    eve = moderator(stage)
    async with stage.playing() as bot:
        reply = await eve.slash("usage server")
        message = await reply.until(lambda it: it.buttons, PATIENCE)
        assert "Nobody has asked for anything" in message.text
        assert not message.files
        await picture(stage)
        long_ago = update(jobs).values(created_at=jobs.c.created_at - 20 * 86_400)
        await bot.house.database.write(lambda tx: tx.run(long_ago))
        reply = await eve.slash("usage server", days=7)
        message = await reply.until(lambda it: it.buttons, PATIENCE)
        await eve.press(message, button(message, "span", "30"))
        await stage.discord.until(lambda: message.files, SLOW)


async def test_without_a_chart_the_numbers_are_there_in_words(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fails(_: charts.Chart) -> bytes:
        raise ChartFailed("no library")

    monkeypatch.setattr(charts, "draw", fails)
    eve = moderator(stage)
    async with stage.playing():
        await picture(stage)
        message = await shown(await eve.slash("usage server"))
        assert "Pictures per day" in message.text
        assert [name for name, _ in message.files] == ["usage-30-days.csv"]


async def test_when_discord_does_not_take_the_files_the_words_are_there(stage: Stage) -> None:
    eve = moderator(stage)
    async with stage.playing():
        await picture(stage)
        stage.discord.fail("D20", times=1, route="PATCH /webhooks/")
        message = await (await eve.slash("usage server")).until(lambda it: it.buttons, SLOW)
        assert "does not take the files just now" in message.text
        assert not message.files


async def test_a_table_that_is_too_long_is_cut_and_says_so(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.ui.usage.MOST_LINES", 1)
    eve = moderator(stage)
    async with stage.playing():
        await picture(stage)
        assert "The table is cut" in (await shown(await eve.slash("usage server"), SLOW)).text


async def test_members_whose_names_discord_does_not_tell_are_numbers(stage: Stage) -> None:
    eve = moderator(stage)
    async with stage.playing():
        await picture(stage)
        stage.discord.leave(stage.guild, stage.ada)
        message = await shown(await eve.slash("usage server", view="By member"), SLOW)
        assert str(stage.ada.id) in chart_of(message)[0]
        assert [line["member"] for line in table_of(message)] == [""]


async def test_the_owner_sees_the_whole_bot_in_private_and_nobody_else_does(stage: Stage) -> None:
    owner = stage.discord.person("boss", stage.guild, stage.channel)
    stage.discord.application.owner = owner.user
    async with stage.playing():
        await picture(stage)
        message = await shown(await owner.in_dm().slash("usage server"), SLOW)
        assert "The whole bot" in message.text
        assert "By member" not in message.buttons
        assert all(not line["member"] for line in table_of(message))
        reply = await stage.ada.in_dm().slash("usage server")
        assert "in a server that you manage" in (await reply.done(PATIENCE)).text


async def test_the_buttons_of_before_a_restart_work_in_chinese_too(stage: Stage) -> None:
    eve = moderator(stage)
    eve.user.locale = "zh-CN"
    async with stage.playing():
        await picture(stage)
        message = await shown(await eve.slash("usage server"), SLOW)
    async with stage.playing():
        await turned(stage, eve, message, "view", "members")
        assert "各成员的图片" in chart_of(message)[0]
        assert "最近" in message.text
