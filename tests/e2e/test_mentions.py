"""Messages that speak to the bot, and replies to messages with pictures."""

import pytest

from sandbox.pictures import encoded, scene
from tests.e2e.stage import File, Stage, jpeg, png, shown


async def test_a_mention_with_a_picture_is_answered_with_a_reply_that_becomes_the_picture(stage: Stage) -> None:
    async with stage.playing():
        message = await stage.ada.says("@bot make it night --ar 16:9 --size 4K", files=[File("day.png", png())])
        answer = await stage.pictured(message)
    assert "Image 1: `day.png`" in answer.text
    [call] = stage.seedream.calls
    assert isinstance(call.body, dict)
    assert call.body["prompt"] == "make it night"
    assert len(stage.ada.sees()) == 2
    assert answer.mentions == []


def different(count: int) -> list[File]:
    return [File(f"{number}.png", encoded(scene(seed=number), "PNG")) for number in range(count)]


@pytest.mark.parametrize("count", [0, 1, 5, 10])
async def test_a_reply_to_pictures_of_the_bot_goes_on_from_all_of_them(stage: Stage, count: int) -> None:
    async with stage.playing():
        reply = await stage.ada.slash("imagine", prompt="a cat")
        theirs = await reply.until(lambda message: message.files)
        files = different(count)
        message = await stage.ada.says("@bot make it night", reply_to=theirs, files=files)
        answer = await stage.pictured(message)
    last = stage.seedream.calls[-1]
    assert isinstance(last.body, dict)
    assert len(last.body["image"] if isinstance(last.body["image"], list) else [1]) == count + 1
    assert f"Image {count + 1}: `{shown(theirs)[0]}`" in answer.text


async def test_of_twenty_pictures_those_are_used_that_the_model_takes_and_the_rest_is_told(stage: Stage) -> None:
    async with stage.playing():
        reply = await stage.ada.slash("story", prompt="ten cats [[count:10]]", images=10)
        theirs = await reply.until(lambda message: "seedream-4.5" in message.text and len(message.files) == 10, 20)
        message = await stage.ada.says("@bot all together", reply_to=theirs, files=different(10))
        answer = await stage.pictured(message)
    assert "Image 14: " in answer.text
    assert "6 more pictures are not used: this model takes at most 14" in answer.text


async def test_where_discord_hides_a_picture_the_menu_is_named_and_nothing_is_charged(stage: Stage) -> None:
    async with stage.playing():
        theirs = await stage.bob.says("look", files=[File("dog.jpg", jpeg())])
        message = await stage.ada.says("@bot make it night", reply_to=theirs)
        answer = await stage.ada.answer(message)
        await stage.discord.until(lambda: "Edit image" in answer.text)
    assert "not charged" in answer.text
    assert stage.seedream.calls == []


async def test_a_reply_that_discord_hides_is_answered_with_the_ways_that_work(stage: Stage) -> None:
    async with stage.playing():
        reply = await stage.ada.slash("imagine", prompt="a cat")
        theirs = await reply.until(lambda message: message.files)
        answer = await stage.ada.answer(await stage.ada.says("make it night", reply_to=theirs))
        assert "Discord does not show me what you have written" in answer.text
        assert "Edit image" in answer.text
        spoken = await stage.pictured(await stage.ada.says("@bot a dog"))
        again = await stage.pictured(await stage.ada.says("make it night", reply_to=spoken))
    assert "Image 1: " in again.text
    assert len(stage.seedream.calls) == 3


async def test_a_flag_that_is_wrong_is_told_before_anything_is_charged(stage: Stage) -> None:
    async with stage.playing():
        answer = await stage.ada.answer(await stage.ada.says("@bot a cat --n 9"))
    assert "`--n` cannot be `9`" in answer.text
    assert stage.seedream.calls == []


async def test_a_flag_that_nobody_knows_stays_in_the_prompt_and_is_told(stage: Stage) -> None:
    async with stage.playing():
        answer = await stage.pictured(await stage.ada.says("@bot a cat --fluffy"))
    assert "`--fluffy` is not a flag that I know" in answer.text
    [call] = stage.seedream.calls
    assert isinstance(call.body, dict)
    assert call.body["prompt"] == "a cat --fluffy"


async def test_what_is_wanted_in_private_comes_as_a_direct_message(stage: Stage) -> None:
    async with stage.playing():
        await stage.ada.says("@bot a surprise --private")
        alone = stage.ada.in_dm()
        await stage.discord.until(lambda: any(message.files for message in alone.sees()), 10)
        shut = stage.discord.person("shut", stage.guild, stage.channel, takes_dms=False)
        answer = await shut.answer(await shut.says("@bot a surprise --private"))
    assert "I cannot send you a direct message" in answer.text
    assert len(stage.seedream.calls) == 1
    assert not any(message.files for message in stage.bob.sees())


async def test_a_story_and_variations_can_be_asked_for_with_flags(stage: Stage) -> None:
    async with stage.playing():
        story = await stage.pictured(await stage.ada.says("@bot a fox [[count:3]] --story 3"))
        await stage.discord.until(lambda: len(story.files) == 3, 10)
        await stage.ada.says("@bot a dog --n 2")
        await stage.discord.until(lambda: sum(bool(message.files) for message in stage.ada.sees()) == 3, 10)
    assert len(stage.seedream.calls) == 3


async def test_nothing_is_said_to_those_who_do_not_speak_to_the_bot(stage: Stage) -> None:
    async with stage.playing():
        await stage.ada.says("a cat")
        await stage.ada.says("@everyone a cat")
        await stage.bob.says("nice", reply_to=stage.ada.sees()[0])
        await stage.ada.answer(await stage.ada.says("@bot a cat"))
    assert len(stage.discord.calls("POST messages")) == 1


async def test_where_the_bot_may_not_write_nothing_is_begun(stage: Stage) -> None:
    async with stage.playing():
        mute = stage.discord.channel(stage.guild, "mute", bot_may_post=False)
        await stage.ada.at(mute).says("@bot a cat")
        await stage.discord.until(lambda: stage.discord.calls("POST messages"))
        await stage.ada.answer(await stage.ada.says("@bot a dog"))
    assert len(stage.seedream.calls) <= 1


async def test_in_a_direct_message_nobody_has_to_be_mentioned(stage: Stage) -> None:
    async with stage.playing():
        alone = stage.ada.in_dm()
        for text in ("a cat", "a dog --private", "a bird --spoiler"):
            answer = await stage.pictured(await alone.says(text))
            assert answer.channel is alone.channel
        assert answer.files[0][0].startswith("SPOILER_")
