"""A person tries everything that a bot in a process of its own offers, one after the other."""

from tests.e2e.stage import File, Stage, jpeg, png

SLOW = 20.0  # seconds: the process has the machine to share


async def test_every_command_and_menu_of_a_running_process(stage: Stage) -> None:
    ada, limits = stage.ada, {"USER_IMAGES_PER_HOUR": "0"}
    cat, dog = File("cat.png", png()), File("dog.jpg", jpeg())
    async with stage.running(**limits) as running:
        first = await (await ada.slash("imagine", prompt="a lighthouse")).until(lambda it: it.files, SLOW)
        await (await ada.slash("edit", prompt="make it night", image1=cat)).until(lambda it: it.files, SLOW)
        await (await ada.slash("blend", image1=cat, image2=dog)).until(lambda it: it.files, SLOW)
        story = await ada.slash("story", prompt="a fox [[count:3]]", images=3)
        await story.until(lambda it: len(it.files) == 3 and "Again" in it.buttons, SLOW)
        assert "a lighthouse" in (await (await ada.slash("history", search="lighthouse")).done(SLOW)).text
        assert "pictures" in (await (await ada.slash("usage me")).done(SLOW)).text
        assert "those who may manage this server" in (await (await ada.slash("usage server")).done(SLOW)).text
        assert "BytePlus ModelArk" in (await (await ada.slash("privacy show")).done(SLOW)).text
        assert "may use your pictures" in (await (await ada.slash("privacy consent")).done(SLOW)).text
        assert [name for name, _ in (await (await ada.slash("privacy export")).done(SLOW)).files] == ["my-data.zip"]
        assert "Forget me" in str((await (await ada.slash("privacy delete")).done(SLOW)).buttons)
        assert "/imagine" in (await (await ada.slash("help")).done(SLOW)).text
        await (await ada.slash("show", id=1)).until(lambda it: it.files, SLOW)
        window = await ada.menu("Edit image", first)
        [label] = window.modal.fields
        await (await ada.submit(window, {label: "at dawn"})).until(lambda it: it.files, SLOW)
        assert "kept as a reference" in (await (await ada.menu("Use as reference", first)).done(SLOW)).text
        assert "Picture #1" in (await (await ada.menu("Image info", first)).done(SLOW)).text
        asked = await ada.says(f"<@{stage.discord.application.id}> in the rain", reply_to=first)
        await stage.pictured(asked, SLOW)
        assert "is deleted" in (await (await ada.menu("Delete image", first)).done(SLOW)).text
        slow = await ada.slash("imagine", prompt="a snail [[slow:100]]")
        await slow.until(lambda it: it.buttons == ["Cancel"], SLOW)
        assert "a snail" in (await (await ada.slash("queue")).done(SLOW)).text
        await ada.press(slow.message, "Cancel")
        await slow.until(lambda it: "Cancelled" in it.text, SLOW)
        assert await running.stop() == 0, running.said
    assert "ERROR" not in running.said
    assert "Traceback" not in running.said
