"""People ask with commands and get pictures: the whole way, with the real discord.py between two pretend ends."""

from tests.e2e.stage import File, Stage, png, shown


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
            "imagine", prompt="both at sea", image1=File("cat.png", png()), image2=File("dog.png", png(seed=2))
        )
        message = await reply.until(lambda message: message.files)
    assert f"Image 1: `cat.png` (<@{stage.ada.id}>)" in message.text
    assert "Image 2: `dog.png`" in message.text
    [call] = stage.seedream.calls
    assert len(call.body["image"]) == 2
