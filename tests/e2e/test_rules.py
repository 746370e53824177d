"""What moderators lay down, as people at Discord meet it: refusals with a way out, prices to say yes to."""

from typing import Any

from bot.studio import deeds
from bot.studio.job import Who
from bot.studio.limits import Refusal
from tests.e2e.stage import PATIENCE, Stage
from tests.e2e.test_buttons import finished

MODERATOR = 99


async def lay_down(stage: Stage, **changes: Any) -> None:
    assert stage.house is not None
    done = await stage.house.office.change(Who(MODERATOR, stage.guild.id, moderator=True), changes)
    assert not isinstance(done, Refusal)


async def log(stage: Stage) -> list[deeds.Deed]:
    assert stage.house is not None
    page = await stage.house.office.log(Who(MODERATOR, stage.guild.id, moderator=True))
    assert isinstance(page, deeds.Page)
    return list(page.deeds)


async def test_an_age_restricted_channel_and_its_threads_are_told_from_others(stage: Stage) -> None:
    adults = stage.discord.channel(stage.guild, "adults", nsfw=True)
    thread = stage.discord.thread(adults)
    async with stage.playing():
        await lay_down(stage, age_restricted_only=True)
        reply = await stage.ada.slash("imagine", prompt="a lighthouse")
        message = await reply.until(lambda message: "not charged" in message.text, PATIENCE)
        assert "age-restricted channels only" in message.text
        for place in (adults, thread):
            reply = await stage.ada.at(place).slash("imagine", prompt="a lighthouse")
            await reply.until(lambda message: message.files, PATIENCE)


async def test_a_thread_is_where_its_channel_is_and_a_mention_obeys_too(stage: Stage) -> None:
    thread = stage.discord.thread(stage.channel)
    other = stage.discord.channel(stage.guild, "other")
    async with stage.playing():
        await lay_down(stage, channels=[stage.channel.id])
        reply = await stage.ada.at(thread).slash("imagine", prompt="a lighthouse")
        await reply.until(lambda message: message.files, PATIENCE)
        said = await stage.ada.at(other).says("@bot a lighthouse")
        answer = await stage.ada.at(other).answer(said)
        await stage.discord.until(lambda: "not charged" in answer.text, PATIENCE)
        assert f"go to <#{stage.channel.id}>" in answer.text


async def test_a_price_is_shown_first_and_a_button_goes_on_once(stage: Stage) -> None:
    async with stage.playing():
        await lay_down(stage, confirm_cost=1000)
        reply = await stage.ada.slash("imagine", prompt="a lighthouse", variations=2)
        asked = await reply.until(lambda message: len(message.buttons) == 3, PATIENCE)
        assert asked.text == "This may cost $0.08, which is more than $0.001 · nothing is charged yet · go ahead?"
        assert stage.seedream.billed == 0
        theirs = await (await stage.bob.press(asked, "Go ahead")).done()
        assert "somebody else's" in theirs.text
        assert stage.seedream.billed == 0
        reply = await stage.ada.press(asked, "Go ahead")
        await reply.until(lambda message: message.files, PATIENCE)
        await stage.discord.until(lambda: stage.seedream.billed == 2, PATIENCE)
        assert asked.files  # the question has become the answer
        assert "Go ahead" not in asked.buttons
        assert stage.seedream.billed == 2


async def test_what_is_not_confirmed_costs_nothing_and_is_over(stage: Stage) -> None:
    async with stage.playing():
        await lay_down(stage, confirm_images=1)
        reply = await stage.ada.slash("story", prompt="a lighthouse", images=3)
        asked = await reply.until(lambda message: "Cancel" in message.buttons, PATIENCE)
        await (await stage.bob.press(asked, "Cancel")).done()
        assert "Go ahead" in asked.buttons
        await stage.ada.press(asked, "Cancel")
        await stage.discord.until(lambda: asked.text == "Cancelled · not charged", PATIENCE)
        assert asked.buttons == []
    assert stage.seedream.calls == []


async def test_again_is_confirmed_too(stage: Stage) -> None:
    async with stage.playing():
        reply = await stage.ada.slash("imagine", prompt="a lighthouse")
        message = await reply.until(lambda message: message.files and message.buttons, PATIENCE)
        await lay_down(stage, confirm_images=1, confirm_cost=1)
        reply = await stage.ada.press(message, "sd:again:1")
        asked = await reply.until(lambda message: len(message.buttons) == 3, PATIENCE)
        reply = await stage.ada.press(asked, "Go ahead")
        await reply.until(lambda message: message.files, PATIENCE)
        assert stage.seedream.billed == 2


async def test_a_moderators_deletion_is_a_line_in_the_audit_log(stage: Stage) -> None:
    async with stage.playing():
        eve = stage.discord.moderator("eve", stage.guild, stage.channel)
        reply = await stage.ada.slash("imagine", prompt="a lighthouse")
        message = await finished(stage, reply)
        reply = await eve.menu("Delete image", message)
        await reply.until(lambda told: "#1 is deleted" in told.text, PATIENCE)
        assert message.deleted
        found = await log(stage)
        assert [(deed.deed, deed.subject, deed.actor) for deed in found] == [(deeds.DELETE, "job/1", eve.user.id)]
