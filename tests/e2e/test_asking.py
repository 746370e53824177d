"""People ask with commands and get pictures: the whole way, with the real discord.py between two pretend ends."""

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


async def test_pictures_of_a_story_appear_one_by_one(stage: Stage) -> None:
    async with stage.playing():
        reply = await stage.ada.slash("story", prompt="a fox through the year [[count:4]] [[slow:100]]", images=4)
        await reply.until(lambda message: "drawing" in message.text)
        stage.gates.open(100)
        for number in range(1, 5):
            await reply.until(lambda message, number=number: len(message.files) >= number)  # type: ignore[misc]
        message = await reply.until(lambda message: "seedream-4.5" in message.text)
    assert len(shown(message)) == 4
    assert len(stage.ada.sees()) == 1
