"""People ask with commands and get pictures: the whole way, with the real discord.py between two pretend ends."""

import asyncio
from collections.abc import Callable

from sandbox.discord import Message
from tests.e2e.stage import File, Stage, jpeg, png, shown


async def test_words_become_a_picture_in_the_message_that_was_acknowledged_first(stage: Stage) -> None:
    async with stage.playing():
        reply = await stage.ada.slash("imagine", prompt="a lighthouse at night")
        assert reply.thinking
        assert reply.ack_seconds < 3
        message = await reply.until(lambda message: message.files)
    assert shown(message) == ["seedream-1-1.png"] or shown(message) == ["seedream-1-1.jpg"]
    assert "seedream-4.5" in message.text
    assert "#1" in message.text
    assert [each.description for each in message.attachments] == ["a lighthouse at night"]
    assert len(stage.ada.sees()) == 1


async def test_pictures_that_are_attached_are_numbered_and_used(stage: Stage) -> None:
    async with stage.playing():
        reply = await stage.ada.slash(
            "imagine", prompt="both at sea", image1=File("cat.png", png()), image2=File("dog.png", jpeg())
        )
        message = await reply.until(lambda message: message.files)
    assert f"Image 1: `cat.png` (<@{stage.ada.id}>)" in message.text
    assert "Image 2: `dog.png`" in message.text
    [call] = stage.seedream.calls
    assert isinstance(call.body, dict)
    assert len(call.body["image"]) == 2


def drawn(number: int) -> Callable[[Message], bool]:
    """Whether a message shows so many pictures of a story, and says so."""
    return lambda message: len(message.files) == number and f"{number} of 4 done" in message.text


async def test_pictures_of_a_story_appear_one_by_one(stage: Stage) -> None:
    stage.gates.brush = asyncio.Semaphore(0)
    async with stage.playing():
        reply = await stage.ada.slash("story", prompt="a fox through the year [[count:4]]", images=4)
        seen = []
        for number in range(1, 4):
            stage.gates.brush.release()
            message = await reply.until(drawn(number))
            seen.append(message.files)
            assert message.buttons == ["Cancel"]
        stage.gates.brush.release()
        message = await reply.until(lambda message: "seedream-4.5" in message.text)
    assert len(shown(message)) == 4
    assert [files == message.files[: len(files)] for files in seen] == [True, True, True]
    assert len(stage.ada.sees()) == 1
    sent = [part.filename for call in stage.discord.calls("PATCH @original") for part in call.parts if part.filename]
    assert sorted(sent) == sorted(shown(message)), "what is shown already is not sent again"


async def test_blend_takes_two_pictures_and_words_of_its_own(stage: Stage) -> None:
    async with stage.playing():
        reply = await stage.ada.slash("blend", image1=File("cat.png", png()), image2=File("dog.jpg", jpeg()))
        await reply.until(lambda message: message.files)
        same = await stage.ada.slash("blend", image1=File("a.png", png()), image2=File("b.png", png()))
        message = await same.done()
    assert "It takes two different pictures to blend · " in message.text
    [call] = stage.seedream.calls
    assert isinstance(call.body, dict)
    assert "Blend" in call.body["prompt"]


async def test_edit_needs_a_picture_and_says_how_to_give_one(stage: Stage) -> None:
    async with stage.playing():
        reply = await stage.ada.slash("edit", prompt="make it night")
        message = await reply.done()
        assert "There is no picture to edit" in message.text
        assert "Use as reference" in message.text
        reply = await stage.ada.slash("edit", prompt="make it night", image1=File("day.png", png()))
        await reply.until(lambda message: message.files)
    assert len(stage.seedream.calls) == 1


async def test_what_a_model_cannot_do_is_refused_with_what_it_can(stage: Stage) -> None:
    async with stage.playing():
        reply = await stage.ada.slash("imagine", prompt="a cat", model="seedream-4.5", size="1K", seed=7)
        message = await reply.done()
    assert "size: " in message.text
    assert "seed: " in message.text
    assert "not charged" in message.text
    assert "Seedream 4.5 can do: 2K, 4K · up to 14 pictures · sets" in message.text
    assert stage.seedream.calls == []


async def test_an_allowance_that_is_used_up_says_when_it_comes_back(stage: Stage) -> None:
    async with stage.playing(USER_IMAGES_PER_HOUR="1"):
        first = await stage.ada.slash("imagine", prompt="a cat")
        await first.until(lambda message: message.files)
        message = await (await stage.ada.slash("imagine", prompt="a dog")).done()
    assert "You have used 1 of your 1 pictures this hour" in message.text
    assert ":R>" in message.text
    assert "not charged" in message.text


async def test_what_is_asked_in_private_is_seen_by_nobody_else(stage: Stage) -> None:
    async with stage.playing():
        reply = await stage.ada.slash("imagine", prompt="a surprise", visibility="private")
        message = await reply.until(lambda message: message.files)
    assert message.ephemeral
    assert stage.bob.sees() == []


async def test_a_spoiler_hides_the_pictures(stage: Stage) -> None:
    async with stage.playing():
        reply = await stage.ada.slash("imagine", prompt="the end", visibility="spoiler")
        message = await reply.until(lambda message: message.files)
    assert all(name.startswith("SPOILER_") for name in shown(message))


async def test_variations_are_pictures_of_their_own(stage: Stage) -> None:
    async with stage.playing():
        reply = await stage.ada.slash("imagine", prompt="a cat", variations=3)
        first = await reply.until(lambda message: message.files)
        others = [await reply.follow_up(number) for number in (1, 2)]
        await stage.discord.until(lambda: all(message.files for message in others))
    assert "1 of 3" in first.text
    assert "2 of 3" in others[0].text
    assert "3 of 3" in others[1].text
    assert len({message.files[0][0] for message in (first, *others)}) == 3
    assert len(stage.seedream.calls) == 3


async def test_people_wait_in_a_line_that_they_can_see_and_leave(stage: Stage) -> None:
    async with stage.playing(PARALLEL_JOBS="1"):
        await stage.ada.slash("imagine", prompt="slow [[slow:100]]")
        await stage.discord.until(lambda: stage.seedream.calls)
        reply = await stage.bob.slash("imagine", prompt="a dog")
        message = await reply.done()
        assert "place 1 in the queue" in message.text
        assert message.buttons == ["Cancel"]
        stage.gates.open(100)
        await reply.until(lambda message: message.files)


async def test_models_are_suggested_with_what_they_can_do(stage: Stage) -> None:
    async with stage.playing():
        await stage.discord.synced("imagine")
        models = await stage.ada.autocomplete("imagine", "model", "lite")
        sizes = await stage.ada.autocomplete("imagine", "size", "", model="seedream-4.0")
        own = await stage.ada.autocomplete("imagine", "size", "1024x2048")
        ratios = await stage.ada.autocomplete("imagine", "ratio", "16")
    assert [choice["value"] for choice in models] == ["seedream-5.0-lite"]
    assert models[0]["name"].startswith("Seedream 5.0 Lite: 2K, 3K, 4K · up to 14 pictures · sets")
    assert [choice["value"] for choice in sizes][:3] == ["1K", "2K", "4K"]
    assert [choice["value"] for choice in own] == ["1024x2048"]
    assert [choice["value"] for choice in ratios] == ["16:9", "9:16"]


async def test_a_picture_that_cannot_be_used_stops_the_request_before_it_costs(stage: Stage) -> None:
    async with stage.playing():
        reply = await stage.ada.slash("imagine", prompt="a cat", image1=File("cat.png", b"<html>not found</html>"))
        message = await reply.done()
    assert "`cat.png` is not a picture" in message.text
    assert "not charged" in message.text
    assert stage.seedream.calls == []


async def test_it_works_in_direct_messages_and_for_those_who_have_installed_the_app(stage: Stage) -> None:
    async with stage.playing():
        await stage.discord.synced("imagine")
        alone = stage.ada.in_dm()
        message = await (await alone.slash("imagine", prompt="a cat")).until(lambda message: message.files)
        assert message.channel is alone.channel
        elsewhere = stage.discord.guild("Elsewhere", bot=False)
        eve = stage.discord.person("eve", elsewhere, installed=True)
        await (await eve.slash("imagine", prompt="a dog")).until(lambda message: message.files)


async def test_a_story_whose_token_ends_is_sent_whole_to_the_channel(stage: Stage) -> None:
    stage.gates.brush = asyncio.Semaphore(0)
    async with stage.playing():
        reply = await stage.ada.slash("story", prompt="a fox [[count:2]]", images=2)
        stage.gates.brush.release()
        await reply.until(lambda message: len(message.files) == 1)
        stage.discord.fail("D23", times=5, route="PATCH /webhooks")
        stage.discord.fail("D16", times=5, route="PATCH /channels")
        stage.gates.brush.release()
        await stage.discord.until(lambda: any(len(message.files) == 2 for message in stage.ada.sees()), 15)
    assert len(stage.ada.sees()) == 2


async def test_a_cooldown_is_between_wishes_and_not_between_the_pictures_of_one(stage: Stage) -> None:
    async with stage.playing(USER_COOLDOWN_SECONDS="60"):
        reply = await stage.ada.slash("imagine", prompt="a cat", variations=2)
        await reply.until(lambda message: message.files)
        other = await reply.follow_up()
        await stage.discord.until(lambda: other.files)
        message = await (await stage.ada.slash("imagine", prompt="a dog")).done()
    assert "That was too soon after your last request" in message.text


async def test_variations_that_cannot_all_be_had_are_not_begun_and_say_what_is_left(stage: Stage) -> None:
    async with stage.playing(USER_IMAGES_PER_HOUR="2"):
        reply = await stage.ada.slash("imagine", prompt="a cat", variations=4)
        message = await reply.done()
    assert "You have used 0 of your 2 pictures this hour, and this asks for 4" in message.text
    assert "not charged" in message.text
    assert stage.seedream.calls == []
    assert len(stage.ada.sees()) == 1


async def test_each_variation_waits_in_line_by_itself_and_can_be_cancelled(stage: Stage) -> None:
    async with stage.playing(PARALLEL_JOBS="1"):
        reply = await stage.ada.slash("imagine", prompt="a cat [[slow:100]]", variations=3)
        last = await reply.follow_up(2)
        await stage.discord.until(lambda: "in the queue" in last.text)
        assert "3 of 3" in last.text
        assert last.buttons == ["Cancel"]
        stage.gates.open(100)
        await stage.discord.until(lambda: last.files, 10)
