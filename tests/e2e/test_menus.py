"""The menu of a message, and requests that were refused and come back changed."""

from bot.studio.job import Who
from tests.e2e.stage import PATIENCE, File, Stage, png, shown
from tests.e2e.test_buttons import finished, job, picture


async def test_edit_image_works_on_pictures_of_others_even_after_a_restart(stage: Stage) -> None:
    async with stage.playing():
        posted = await stage.bob.says("my cat", files=[File("cat.png", png())])
        window = await stage.ada.menu("Edit image", posted)
        [label] = window.modal.fields
    async with stage.playing():
        await finished(stage, await stage.ada.submit(window, {label: "make it night"}))
        child = await job(stage, 1)
        assert (child.verb, child.parent, len(child.request["references"])) == ("edit", None, 1)


async def test_edit_image_of_an_own_picture_knows_its_parent(stage: Stage) -> None:
    async with stage.playing():
        message = await picture(stage)
        window = await stage.ada.menu("Edit image", message)
        [label] = window.modal.fields
        await finished(stage, await stage.ada.submit(window, {label: "make it night"}))
        assert (await job(stage, 2)).parent == 1


async def test_a_message_without_a_picture_says_so(stage: Stage) -> None:
    async with stage.playing():
        posted = await stage.bob.says("no picture here")
        for name in ("Edit image", "Use as reference"):
            assert "no picture in this message" in (await stage.ada.menu(name, posted)).text
        for name in ("Image info", "Delete image"):
            assert "not a picture of mine" in (await stage.ada.menu(name, posted)).text


async def test_use_as_reference_keeps_the_picture_for_the_next_request(stage: Stage) -> None:
    async with stage.playing():
        posted = await stage.bob.says("my cat", files=[File("cat.png", png())])
        reply = await stage.ada.menu("Use as reference", posted)
        said = await reply.done(PATIENCE)
        assert "1 picture is kept as a reference for an hour" in said.text
        await picture(stage, "the cat at sea")
        assert len((await job(stage, 1)).request["references"]) == 1
        assert "No picture is kept as a reference" in (await stage.ada.press(said, "sd:unpin:0")).text
        await picture(stage, "the sea")
        assert "references" not in (await job(stage, 2)).request


async def test_image_info_tells_and_delete_image_deletes_for_those_who_may(stage: Stage) -> None:
    async with stage.playing():
        message = await picture(stage)
        assert "Picture #1" in (await stage.bob.menu("Image info", message)).text
        assert "Only the person who asked for it" in (await stage.bob.menu("Delete image", message)).text
        reply = await stage.ada.menu("Delete image", message)
        said = await reply.done(PATIENCE)
        assert "#1 is deleted" in said.text
        assert message.deleted


async def test_a_name_alone_makes_no_picture_of_ours(stage: Stage) -> None:
    async with stage.playing():
        await picture(stage)
        posted = await stage.bob.says("look", files=[File("seedream-1-1.png", png())])
        assert "not a picture of mine" in (await stage.bob.menu("Image info", posted)).text


async def test_a_refused_request_is_opened_again_with_its_pictures(stage: Stage) -> None:
    async with stage.playing():
        cat = File("cat.png", png())
        reply = await stage.ada.slash("imagine", prompt="a cat", size="9x9", image1=cat)
        message = await reply.until(lambda message: message.buttons, PATIENCE)
        assert "The model cannot do this" in message.text
        [button] = [part["custom_id"] for part in message.every if "custom_id" in part]
        assert "somebody else's job" in (await stage.bob.press(message, button)).text
        window = await stage.ada.press(message, button)
        assert list(window.modal.values.values()) == ["a cat", "seedream-4.5", "9x9", ""]
        again = await stage.ada.submit(window, {"prompt": "a black cat", "size": "2K"})
        assert shown(await finished(stage, again))
        made = await job(stage, 1)
        assert (made.request["prompt"], made.request["size"], len(made.request["references"])) == (
            "a black cat",
            "2K",
            1,
        )


async def test_limits_refuse_a_variation_and_keep_its_words(stage: Stage) -> None:
    async with stage.playing(USER_IMAGES_PER_HOUR="1"):
        message = await picture(stage)
        window = await stage.ada.press(message, "sd:vary:1")
        [label] = window.modal.fields
        reply = await stage.ada.submit(window, {label: "in the snow"})
        refused = await reply.until(lambda message: message.buttons, PATIENCE)
        assert "1 of your 1 pictures" in refused.text
        [button] = [part["custom_id"] for part in refused.every if "custom_id" in part]
        opened = await stage.ada.press(refused, button)
        assert next(iter(opened.modal.values.values())) == "in the snow"
        assert stage.house is not None
        assert (await stage.house.studio.standing(Who(stage.ada.id))).left[0].left == 0
