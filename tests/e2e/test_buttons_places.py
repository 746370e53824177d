"""Buttons where things are different: in private answers, direct messages, on sets, where the bot is a guest."""

import pytest

from bot.studio.job import State
from tests.e2e.stage import PATIENCE, Stage, shown
from tests.e2e.test_buttons import finished, job, picture, pressed

AGAIN = {
    "zh-CN": "再来一次",
    "ja": "もう一度",
    "ko": "다시",
    "es-419": "Otra vez",
    "pt-BR": "De novo",
    "nl": "Nog eens",
    "de": "Noch mal",
    "fr": "Refaire",
    "sv-SE": "Again",
}


async def test_what_is_private_stays_private(stage: Stage) -> None:
    async with stage.playing():
        message = await picture(stage, visibility="private")
        again = await pressed(stage, message, "sd:again:1")
        assert again.only_for is stage.ada.user
        window = await stage.ada.press(message, "sd:vary:1")
        varied = await finished(stage, await stage.ada.submit(window, {"prompt": "in the snow"}))
        assert varied.only_for is stage.ada.user
        here = await finished(stage, await stage.ada.slash("show", id=1))
        assert here.only_for is stage.ada.user
        assert [one for one in stage.bob.sees() if one.files] == []
        reply = await stage.ada.press(message, "sd:delete:1")
        assert "#1 is deleted" in (await reply.follow_up(1, PATIENCE)).text
        assert message.deleted


async def test_in_direct_messages_everything_works(stage: Stage) -> None:
    async with stage.playing():
        ada = stage.ada.in_dm()
        message = await finished(stage, await ada.slash("imagine", prompt="a cat"))
        await finished(stage, await ada.press(message, "sd:again:1"))
        await finished(stage, await ada.slash("show", id=1))
        reply = await ada.press(message, "sd:delete:1")
        assert "#1 is deleted" in (await reply.follow_up(1, PATIENCE)).text


async def test_where_the_bot_is_a_guest_buttons_work_by_the_interaction_alone(stage: Stage) -> None:
    async with stage.playing():
        guild = stage.discord.guild("foreign", bot=False)
        channel = stage.discord.channel(guild)
        carl = stage.discord.person("carl", guild, channel, installed=True)
        message = await finished(stage, await carl.slash("imagine", prompt="a cat"))
        again = await finished(stage, await carl.press(message, "sd:again:1"))
        assert shown(again)
        more = await carl.press(message, "sd:more:1")
        reply = await carl.press(more.message, "sd:spoiler:1")
        await reply.until(lambda message: "cannot change that message" in message.text, PATIENCE)
        reply = await carl.press(message, "sd:delete:1")
        assert "#1 is deleted" in (await reply.follow_up(1, PATIENCE)).text
        assert message.deleted


async def test_a_set_in_several_messages_is_hidden_and_deleted_as_one(stage: Stage) -> None:
    async with stage.playing():
        reply = await stage.ada.slash("story", prompt="a fox [[count:12]]", images=12)
        message = await finished(stage, reply)
        done = await job(stage, 1)
        assert done.state is State.SETTLED
        assert done.delivery is not None
        assert len(done.delivery.messages) == 2
        more = await stage.ada.press(message, "sd:more:1")
        hidden = await stage.ada.press(more.message, "sd:spoiler:1")
        await hidden.until(lambda message: "behind a spoiler" in message.text, PATIENCE)
        pictures = [one for one in stage.ada.sees() if len(one.files) > 1]
        assert len(pictures) == 2
        assert all(name.startswith("SPOILER_") for one in pictures for name in shown(one))
        reply = await stage.ada.press(message, "sd:delete:1")
        assert "#1 is deleted" in (await reply.follow_up(1, PATIENCE)).text
        assert all(one.deleted for one in pictures)


async def test_closed_direct_messages_are_told(stage: Stage) -> None:
    async with stage.playing():
        message = await picture(stage)
        stage.ada.user.takes_dms = False
        more = await stage.ada.press(message, "sd:more:1")
        reply = await stage.ada.press(more.message, "sd:dm:1")
        await reply.until(lambda message: "allow direct messages" in message.text, PATIENCE)


async def test_a_mentions_answer_has_buttons_for_who_asked(stage: Stage) -> None:
    async with stage.playing():
        asked = await stage.ada.says("@bot a lighthouse")
        answer = await stage.ada.answer(asked, PATIENCE)
        await stage.discord.until(lambda: len(answer.buttons) == 7, PATIENCE)
        again = await pressed(stage, answer, "sd:again:1")
        assert shown(again)
        assert "somebody else's job" in (await stage.bob.press(answer, "sd:again:1")).text


@pytest.mark.parametrize(("locale", "label"), AGAIN.items())
async def test_buttons_speak_the_language_of_who_asked(stage: Stage, locale: str, label: str) -> None:
    stage.ada.user.locale = locale
    async with stage.playing():
        message = await picture(stage)
        assert label in " ".join(message.buttons)
