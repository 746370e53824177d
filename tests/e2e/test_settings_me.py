"""`/settings me`: what somebody chooses for themselves is what they get, wherever nobody forbids it."""

import json

from sandbox.discord import Message, Person
from tests.e2e.panels import opened
from tests.e2e.stage import PATIENCE, File, Stage, png
from tests.e2e.test_buttons import finished, job
from tests.e2e.test_rules import lay_down


async def drawn(stage: Stage, person: Person, **options: object) -> Message:
    return await finished(stage, await person.slash("imagine", **{"prompt": "a lighthouse", **options}))


async def test_model_size_and_ratio_are_taken_where_nothing_is_said(stage: Stage) -> None:
    async with stage.playing():
        panel = await opened(stage.ada, "me")
        assert "Seedream 4.5 · *default*" in panel.text
        assert await panel.pick_here("model", "seedream-4.0") == "✅ **Model**: Seedream 4.5 → Seedream 4.0"
        await panel.press("back.model")
        assert await panel.pick_here("size", "1K") == "✅ **Size**: up to the model → 1K"
        await panel.press("back.size")
        await panel.press("one.ratio")
        assert await panel.write("add.ratio", ratio="16:9") == "✅ **Ratio**: up to the model → 16:9"
        await drawn(stage, stage.ada)
        made = await job(stage, 1)
        assert (made.model, made.request["size"], made.request["ratio"]) == ("seedream-4.0", "1K", "16:9")
        await drawn(stage, stage.ada, model="4.5", size="2048x2048")
        made = await job(stage, 2)
        assert (made.model, made.request["size"], made.request.get("ratio")) == ("seedream-4.5", "2048x2048", None)
        await drawn(stage, stage.ada, model="4.5")  # which has no 1K
        assert (await job(stage, 3)).request.get("size") is None
        await drawn(stage, stage.ada, image1=File("cat.png", png()))  # keeps its shape
        assert (await job(stage, 4)).request.get("ratio") is None
        await drawn(stage, stage.bob)
        assert (await job(stage, 5)).model == "seedream-4.5"


async def test_what_a_server_does_not_allow_is_not_taken_from_anybodys_settings(stage: Stage) -> None:
    async with stage.playing():
        panel = await opened(stage.ada, "me")
        await panel.pick_here("model", "seedream-4.0")
        await lay_down(stage, models=["seedream-5.0-lite"], default_size="2K", default_visibility="spoiler")
        message = await drawn(stage, stage.ada)
        made = await job(stage, 1)
        assert (made.model, made.request["size"]) == ("seedream-5.0-lite", "2K")
        assert message.files[0][0].startswith("SPOILER_")
        again = await opened(stage.ada, "me")
        assert "Hidden behind a spoiler · *set for the server*" in again.text


async def test_visibility_private_is_for_ones_own_eyes_with_commands_and_mentions(stage: Stage) -> None:
    async with stage.playing():
        panel = await opened(stage.ada, "me")
        await panel.pick_here("visibility", "Only me")
        assert (await drawn(stage, stage.ada)).only_for is stage.ada.user
        assert (await drawn(stage, stage.ada, visibility="public")).only_for is None
        said = await stage.ada.says("@bot a lighthouse")
        await stage.discord.until(lambda: any(each.files for each in stage.ada.in_dm().sees()), PATIENCE)
        assert not [each for each in stage.ada.sees() if each.reply_to is said]


async def test_the_language_of_a_person_is_spoken_everywhere(stage: Stage) -> None:
    async with stage.playing():
        panel = await opened(stage.ada, "me")
        assert await panel.pick_here("language", "中文") == "✅ **Language**: same as your Discord → 中文"
        assert "你的设置" in (await opened(stage.ada, "me")).text
        assert "今天" in (await stage.ada.slash("usage me")).text
        await lay_down(stage, paused=True)
        said = await stage.ada.says("@bot a lighthouse")
        answer = await stage.ada.answer(said)
        await stage.discord.until(lambda: "暂停" in answer.text, PATIENCE)
        reply = await stage.bob.slash("imagine", prompt="a lighthouse")
        await reply.until(lambda message: "The bot is paused" in message.text, PATIENCE)
        await lay_down(stage, paused=None)
        message = await drawn(stage, stage.ada)
        assert any("再来一次" in button for button in message.buttons)
        again = await finished(stage, await stage.ada.press(message, "sd:again:1"))
        assert any("再来一次" in button for button in again.buttons)


async def test_nonsense_is_said_and_a_value_goes_back(stage: Stage) -> None:
    async with stage.playing():
        panel = await opened(stage.ada, "me")
        await panel.press("one.model")
        assert 'there is no model "gpt"' in await panel.write("add.model", model="gpt")
        assert await panel.write("add.model", model="5 pro") == "✅ **Model**: Seedream 4.5 → Seedream 5.0 Pro"
        await panel.press("none.model")
        assert panel.note == "✅ **Model**: Seedream 5.0 Pro → Seedream 4.5"
        await panel.press("back.model")
        await panel.press("one.ratio")
        assert "is not a ratio" in await panel.write("add.ratio", ratio="wide")


async def test_a_persons_panel_works_in_a_direct_message_and_after_a_restart(stage: Stage) -> None:
    async with stage.playing():
        panel = await opened(stage.ada.in_dm(), "me")
        await panel.press("one.size")
    async with stage.playing():
        await panel.choose("pick.size", "2K")
        made = await finished(stage, await stage.ada.in_dm().slash("imagine", prompt="a lighthouse"))
        assert made.files
        assert (await job(stage, 1)).request["size"] == "2K"


async def test_nothing_in_a_persons_panel_is_more_than_discord_takes(stage: Stage) -> None:
    async with stage.playing():
        panel = await opened(stage.ada, "me")
        assert len(panel.message.every) <= 40
        assert len(json.dumps(panel.message.components)) < 16_000
