"""Buttons and pages where something is not there yet, or not any more."""

import shutil

from sandbox.discord import File
from tests.e2e.stage import PATIENCE, Stage, png, shown
from tests.e2e.test_buttons import job, picture


async def test_what_is_not_done_can_neither_be_shown_nor_deleted(stage: Stage) -> None:
    async with stage.playing():
        reply = await stage.ada.slash("imagine", prompt="slow [[slow:100]]")
        message = await reply.until(lambda message: "drawing" in message.text, PATIENCE)
        shown_again = await stage.ada.slash("show", id=1)
        assert "🎨 in the works" in shown_again.text
        assert shown_again.message.only_for is stage.ada.user
        assert "not done yet" in (await stage.ada.menu("Delete image", message)).text
        assert not message.deleted
        stage.gates.open(100)
        await reply.until(lambda message: len(message.buttons) == 7, PATIENCE)


async def test_deleted_pictures_are_told_of_and_can_be_asked_for_again(stage: Stage) -> None:
    async with stage.playing():
        message = await picture(stage)
        copy = await stage.ada.slash("show", id=1)
        await copy.until(lambda message: len(message.buttons) == 7, PATIENCE)
        await (await stage.ada.press(message, "sd:delete:1")).follow_up(1, PATIENCE)
        reply = await stage.ada.slash("show", id=1)
        said = await reply.until(lambda message: "pictures are gone" in message.text, PATIENCE)
        assert "🗑️ deleted" in said.text
        assert "🗑️ deleted" in (await stage.ada.slash("history")).text
        again = await stage.ada.press(said, "sd:again:1")
        assert shown(await again.until(lambda message: len(message.buttons) == 7, PATIENCE))


async def test_others_may_have_a_copy_but_change_nothing(stage: Stage) -> None:
    async with stage.playing():
        message = await picture(stage, visibility="spoiler")
        more = await stage.bob.press(message, "sd:more:1")
        assert "can hide this" in (await stage.bob.press(more.message, "sd:spoiler:1")).text
        info = await stage.bob.press(more.message, "sd:info:1")
        assert "Cost" not in info.text
        assert info.buttons == []
        sent = await stage.bob.press(more.message, "sd:dm:1")
        await sent.until(lambda message: "Sent to your direct messages" in message.text, PATIENCE)
        [copy] = stage.bob.in_dm().sees()
        assert shown(copy)[0].startswith("SPOILER_")


async def test_requests_whose_pictures_were_swept_say_so(stage: Stage) -> None:
    async with stage.playing():
        message = await picture(stage, "at sea", image1=File("cat.png", png()))
        refused = await stage.ada.slash("imagine", prompt="at sea", size="9x9", image1=File("cat.png", png(seed=3)))
        refusal = await refused.until(lambda message: message.buttons, PATIENCE)
        [button] = [part["custom_id"] for part in refusal.every if "custom_id" in part]
        shutil.rmtree(stage.home / "shelf")
        assert "no longer available" in (await stage.ada.press(refusal, button)).text
        window = await stage.ada.press(message, "sd:vary:1")
        assert "no longer available" in (await stage.ada.submit(window, {"prompt": "in the snow"})).text
        reply = await stage.ada.press(message, "sd:again:1")
        said = await reply.done(PATIENCE)
        assert "no longer available" in said.text
        assert (await job(stage, 1)).state.final


async def test_the_latest_ten_refusals_can_be_opened(stage: Stage) -> None:
    async with stage.playing():
        both = [await stage.ada.slash("imagine", prompt=f"bird {number}", size="9x9") for number in range(11)]
        views = [await reply.until(lambda message: message.buttons, PATIENCE) for reply in both]
        buttons = [next(part["custom_id"] for part in view.every if "custom_id" in part) for view in views]
        assert "no longer works" in (await stage.ada.press(views[0], buttons[0])).text
        for number in (1, 10):
            opened = await stage.ada.press(views[number], buttons[number])
            assert next(iter(opened.modal.values.values())) == f"bird {number}"
