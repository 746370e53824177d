"""Buttons and commands about layers that have come: once more, with other words, elsewhere, and gone again."""

from typing import Any

from sqlalchemy import select, update

from bot.store.database import Transaction
from bot.store.tables import jobs
from sandbox.discord import Message
from tests.e2e.stage import PATIENCE, Stage, shown
from tests.e2e.test_layers import ASKED, FOUR, asked, brought, bundled, opened, settled


async def layers(stage: Stage, **options: Any) -> Message:
    """Layers with their ZIP, and all is settled."""
    message = await brought(stage, await asked(stage, **options))
    await opened(stage)
    await settled(stage)
    return message


def _links_are_dead(tx: Transaction) -> None:
    """What the janitor does when the time of the links is over."""
    for row in tx.run(select(jobs.c.id, jobs.c.pictures)).all():
        gone = [picture | {"url": None, "file": None} for picture in row.pictures]
        tx.run(update(jobs).where(jobs.c.id == row.id).values(pictures=gone))


async def test_again_and_vary_are_asked_for_like_the_first(stage: Stage) -> None:
    async with stage.playing():
        message = await layers(stage, prompt="the fox")
        reply = await stage.ada.press(message, "sd:again:1")
        question = await reply.until(lambda each: "Go ahead" in each.buttons, PATIENCE)
        assert question.text == ASKED
        assert len((await brought(stage, question)).files) == 4
        window = await stage.ada.press(message, "sd:vary:1")
        assert window.modal.values["New prompt"] == "the fox"
        reply = await stage.ada.submit(window, {"New prompt": ""})
        question = await reply.until(lambda each: "Go ahead" in each.buttons, PATIENCE)
        await brought(stage, question)
        await opened(stage, 3)
        child = await settled(stage, 3)
        assert (child.verb, child.parent, child.request["layers"]) == ("vary", 1, True)
        assert "prompt" not in child.request


async def test_edit_goes_on_from_the_base_picture_alone(stage: Stage) -> None:
    async with stage.playing():
        message = await layers(stage)
        for number, dead in ((2, False), (3, True)):
            if dead:
                assert stage.house is not None
                await stage.house.database.write(_links_are_dead)
            window = await stage.ada.press(message, "sd:edit:1")
            (label,) = window.modal.fields
            reply = await stage.ada.submit(window, {label: "make it night"})
            await reply.until(lambda each: each.files and "Upscale" in " ".join(each.buttons), PATIENCE)
            child = await settled(stage, number)
            assert (child.verb, child.parent, child.request.get("layers")) == ("edit", 1, None)
            (reference,) = child.request["references"]
            assert (reference["width"], reference["height"]) == ((144, 116) if dead else (1152, 928))  # drawn small


async def test_show_and_a_direct_message_bring_the_zip_too(stage: Stage) -> None:
    async with stage.playing():
        message = await layers(stage)
        reply = await stage.ada.slash("show", id=1)
        again = await reply.until(lambda each: len(each.files) == 4 and each.buttons, PATIENCE)
        await opened(stage, 2)
        assert shown(again) == shown(message)
        assert stage.house is not None
        await stage.house.database.write(_links_are_dead)
        more = await stage.ada.press(message, "sd:more:1")
        assert "/layers model: seedream-5.0-flash" in more.text
        assert "format" not in more.text
        reply = await stage.ada.press(more.message, "sd:dm:1")
        await reply.until(lambda each: "Sent to your direct messages" in each.text, PATIENCE)
        found = await opened(stage, 3)
        assert bundled(stage)[-1].channel is stage.ada.in_dm().channel
        assert found.namelist() == FOUR
        alts = [str(each.description) for each in stage.ada.in_dm().sees()[-2].attachments]
        assert alts[3].startswith("Layer 3 of 3 · layer 3 · ")


async def test_history_and_info_tell_of_layers_in_a_line(stage: Stage) -> None:
    async with stage.playing():
        message = await layers(stage)
        page = await (await stage.ada.slash("history")).done()
        assert "4 pictures" in page.text
        assert "layers" in page.text
        info = await (await stage.ada.menu("Image info", message)).done()
        assert " · 3 layers" in info.text.replace("`", "")


async def test_a_spoiler_hides_the_layers_and_delete_takes_all_messages(stage: Stage) -> None:
    async with stage.playing():
        message = await layers(stage)
        more = await stage.ada.press(message, "sd:more:1")
        reply = await stage.ada.press(more.message, "sd:spoiler:1")
        assert (await reply.done(PATIENCE)).text == "The pictures are behind a spoiler now"
        assert all(each.spoiler for each in message.attachments)
        (zipped,) = bundled(stage)
        info = await (await stage.ada.menu("Image info", zipped)).done()
        assert "#1" in info.text
        reply = await stage.ada.press(message, "sd:delete:1")
        await reply.follow_up(1, PATIENCE)
        assert message.deleted
        assert zipped.deleted
