"""A server that the bot was removed from is forgotten after a while, one that is only away is not."""

import asyncio

from sqlalchemy import select

from bot.store.tables import preferences
from bot.ui.client import Bot
from sandbox.discord import Guild
from tests.e2e.labs import Time
from tests.e2e.stage import PATIENCE, Stage
from tests.e2e.test_buttons import picture

DAY = 86_400.0


async def marked(bot: Bot) -> list[int]:
    """The servers whose days are counted."""
    left = select(preferences.c.subject).where(preferences.c.scope == "left")
    return list(await bot.house.database.read(lambda tx: tx.run(left).scalars().all()))


async def until_marked(stage: Stage, bot: Bot, *guilds: Guild) -> None:
    wanted = sorted(guild.id for guild in guilds)
    for _ in range(500):
        if sorted(await marked(bot)) == wanted:
            return
        await asyncio.sleep(0.01)
    raise AssertionError(f"{await marked(bot)} instead of {wanted}")


async def test_a_server_that_was_left_is_forgotten_after_its_days(stage: Stage) -> None:
    clock = Time()
    async with stage.playing(clock.clock(), LEFT_SERVER_DAYS="3") as bot:
        await picture(stage, "in the server")
        await picture_in_dm(stage)
        stage.discord.kick_bot(stage.guild)
        await until_marked(stage, bot, stage.guild)
        clock.moved += 2 * DAY
        await bot.house.privacy.sweep()
        assert (await bot.house.privacy.known(stage.ada.id)).jobs == 2
        clock.moved += 2 * DAY
        await bot.house.privacy.sweep()
        assert (await bot.house.privacy.known(stage.ada.id)).jobs == 1
        assert await marked(bot) == []


async def picture_in_dm(stage: Stage) -> None:
    reply = await stage.ada.in_dm().slash("imagine", prompt="at home")
    await reply.until(lambda it: len(it.buttons) > 3, PATIENCE)


async def test_a_server_that_comes_back_is_kept_and_one_that_is_away_was_never_left(stage: Stage) -> None:
    async with stage.playing() as bot:
        await picture(stage)
        stage.discord.kick_bot(stage.guild)
        await until_marked(stage, bot, stage.guild)
        stage.discord.add_bot(stage.guild)
        await until_marked(stage, bot)
        stage.discord.outage(stage.guild)
        await stage.discord.until(lambda: bot.get_guild(stage.guild.id) is None or _away(stage, bot), PATIENCE)
        assert await marked(bot) == []
        stage.discord.outage(stage.guild, over=True)
        await picture(stage, "after the outage")
        assert await marked(bot) == []


def _away(stage: Stage, bot: Bot) -> bool:
    guild = bot.get_guild(stage.guild.id)
    return guild is not None and guild.unavailable


async def test_what_happened_while_the_bot_was_away_is_noticed_when_it_is_back(stage: Stage) -> None:
    elsewhere = stage.discord.guild("elsewhere")
    there = stage.ada.at(stage.discord.channel(elsewhere))
    stage.discord.member(elsewhere, stage.ada)
    async with stage.playing():
        await picture(stage)
        reply = await there.slash("imagine", prompt="elsewhere")
        await reply.until(lambda it: len(it.buttons) > 3, PATIENCE)
    stage.discord.kick_bot(elsewhere)
    async with stage.playing() as bot:
        await until_marked(stage, bot, elsewhere)
    stage.discord.add_bot(elsewhere)
    async with stage.playing() as bot:
        await until_marked(stage, bot)
