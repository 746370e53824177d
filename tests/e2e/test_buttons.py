"""Buttons under real messages: each does what it says, for whom it may, before and after a restart."""

import asyncio

import pytest
from sqlalchemy import update

from bot.store.database import Transaction
from bot.store.tables import jobs
from bot.studio import queue
from bot.studio.job import Job
from sandbox.discord import Message, Reply
from tests.e2e.stage import PATIENCE, Stage, shown

RESULT = ["Again", "Vary", "Edit", "Upscale", "⭐", "Delete", "More …"]


async def picture(stage: Stage, prompt: str = "a lighthouse", **more: object) -> Message:
    return await finished(stage, await stage.ada.slash("imagine", prompt=prompt, **more))


async def finished(stage: Stage, reply: Reply) -> Message:
    """Wait for the pictures with their buttons, and until the job is closed."""
    message = await reply.until(lambda message: message.files and len(message.buttons) >= len(RESULT), PATIENCE)
    again = next(part["custom_id"] for part in message.every if part.get("custom_id", "").startswith("sd:again:"))
    while not (await job(stage, int(again.split(":")[2]))).state.final:  # noqa: ASYNC110 - only the row tells
        await asyncio.sleep(0.01)
    return message


async def job(stage: Stage, number: int) -> Job:
    assert stage.house is not None
    found = await stage.house.database.read(lambda tx: queue.load(tx, number))
    assert found is not None
    return found


async def pressed(stage: Stage, message: Message, button: str) -> Message:
    """Press, and wait for the pictures that come of it."""
    return await finished(stage, await stage.ada.press(message, button))


async def test_a_result_has_its_buttons_and_again_makes_another(stage: Stage) -> None:
    async with stage.playing():
        message = await picture(stage)
        assert [label.split(" ", 1)[-1] if label not in RESULT else label for label in message.buttons] == RESULT
        another = await pressed(stage, message, "sd:again:1")
        assert another.id != message.id
        assert shown(message)
        assert shown(another)[0].startswith("seedream-2-1")
        child = await job(stage, 2)
        assert (child.verb, child.parent, child.request["prompt"]) == ("again", 1, "a lighthouse")
        assert (
            f"From [#1](<https://discord.com/channels/{stage.guild.id}/{stage.channel.id}/{message.id}>)"
            in another.text
        )


async def test_vary_asks_for_words_with_the_old_ones_filled_in(stage: Stage) -> None:
    async with stage.playing():
        message = await picture(stage)
        window = await stage.ada.press(message, "sd:vary:1")
        [(label, before)] = window.modal.values.items()
        assert before == "a lighthouse"
        reply = await stage.ada.submit(window, {label: "a lighthouse in the snow"})
        await finished(stage, reply)
        assert (await job(stage, 2)).request["prompt"] == "a lighthouse in the snow"


async def test_edit_goes_on_from_the_pictures(stage: Stage) -> None:
    async with stage.playing():
        message = await picture(stage)
        window = await stage.ada.press(message, "sd:edit:1")
        [label] = window.modal.fields
        reply = await stage.ada.submit(window, {label: "make it night"})
        await finished(stage, reply)
        child = await job(stage, 2)
        assert (child.verb, len(child.request["references"])) == ("edit", 1)


async def test_edit_goes_on_from_the_message_when_the_links_are_dead(stage: Stage) -> None:
    async with stage.playing():
        message = await picture(stage)
        assert stage.house is not None
        await stage.house.database.write(_kill_links)
        window = await stage.ada.press(message, "sd:edit:1")
        [label] = window.modal.fields
        reply = await stage.ada.submit(window, {label: "make it night"})
        await finished(stage, reply)
        child = await job(stage, 2)
        assert (child.verb, child.parent, len(child.request["references"])) == ("edit", 1, 1)


async def test_upscale_asks_for_the_largest_size_once(stage: Stage) -> None:
    async with stage.playing():
        message = await picture(stage, size="2K", ratio="16:9")
        larger = await pressed(stage, message, "sd:upscale:1")
        assert (await job(stage, 2)).request["size"] == "4K"
        reply = await stage.ada.press(larger, "sd:upscale:2")
        said = await reply.done(PATIENCE)
        assert "largest size already" in said.text


async def test_two_presses_of_a_finger_are_one_job(stage: Stage) -> None:
    async with stage.playing():
        message = await picture(stage)
        await asyncio.gather(*(stage.ada.press(message, "sd:again:1") for _ in range(2)))
        await stage.discord.until(lambda: len([m for m in stage.ada.sees() if m.files]) == 2, PATIENCE)
        assert stage.house is not None
        assert await stage.house.database.read(lambda tx: queue.load(tx, 3)) is None


async def test_others_are_told_why_not(stage: Stage) -> None:
    async with stage.playing():
        message = await picture(stage)
        for verb in ("again", "vary", "edit", "upscale"):
            reply = await stage.bob.press(message, f"sd:{verb}:1")
            assert "somebody else's job" in reply.text
            assert reply.message.only_for is stage.bob.user
        reply = await stage.bob.press(message, "sd:delete:1")
        assert "Only the person who asked for it" in reply.text
        assert shown(message)


async def test_the_owner_deletes_and_the_prompt_stays(stage: Stage) -> None:
    async with stage.playing():
        message = await picture(stage)
        reply = await stage.ada.press(message, "sd:delete:1")
        said = await reply.follow_up(1, PATIENCE)
        assert "#1 is deleted" in said.text
        assert message.deleted
        left = await job(stage, 1)
        assert (left.pictures, left.request["prompt"]) == ((), "a lighthouse")


async def test_a_star_comes_and_goes(stage: Stage) -> None:
    async with stage.playing():
        message = await picture(stage)
        assert "is one of your favourites" in (await stage.bob.press(message, "sd:star:1")).text
        assert "not a favourite" in (await stage.bob.press(message, "sd:star:1")).text


async def test_more_has_the_command_and_further_buttons(stage: Stage) -> None:
    async with stage.playing():
        message = await picture(stage, ratio="16:9")
        more = await stage.ada.press(message, "sd:more:1")
        assert "/imagine prompt: a lighthouse model: seedream-4.5 ratio: 16:9" in more.text
        info = await stage.ada.press(more.message, "sd:info:1")
        assert "Picture #1" in info.text
        assert "a lighthouse" in info.text
        reply = await stage.ada.press(more.message, "sd:dm:1")
        await reply.until(lambda message: "Sent to your direct messages" in message.text, PATIENCE)
        assert [shown(one) for one in stage.ada.in_dm().sees()] == [shown(message)]
        reply = await stage.ada.press(more.message, "sd:spoiler:1")
        await reply.until(lambda message: "behind a spoiler" in message.text, PATIENCE)
        assert shown(message)[0].startswith("SPOILER_seedream-1-1")
        assert len(message.buttons) == len(RESULT)


async def test_a_job_that_waits_is_cancelled_for_nothing_by_its_owner_alone(stage: Stage) -> None:
    async with stage.playing(PARALLEL_JOBS="1"):
        first = await stage.ada.slash("imagine", prompt="slow [[slow:100]]")
        await first.until(lambda message: "drawing" in message.text, PATIENCE)
        second = await stage.ada.slash("imagine", prompt="another")
        await second.until(lambda message: message.buttons == ["Cancel"], PATIENCE)
        assert "somebody else's job" in (await stage.bob.press(second.message, "sd:cancel:2")).text
        listed = await stage.ada.slash("queue")
        assert "#1" in listed.text
        assert "place 1 in the queue" in listed.text
        assert listed.buttons == ["Cancel #1", "Cancel #2"]
        await stage.ada.press(second.message, "sd:cancel:2")
        await second.until(lambda message: "Cancelled · not charged" in message.text, PATIENCE)
        assert second.buttons == ["Edit & retry"]
        assert "#2 is cancelled · not charged" in (await stage.ada.press(listed.message, "sd:cancel:2")).text
        assert "being stopped" in (await stage.ada.press(first.message, "sd:cancel:1")).text
        stage.gates.open(100)
        await first.until(lambda message: "Cancelled" in message.text, PATIENCE)
        assert "You have nothing waiting" in (await stage.ada.slash("queue")).text


async def test_bad_news_can_be_changed_and_tried_again(stage: Stage) -> None:
    async with stage.playing():
        reply = await stage.ada.slash("imagine", prompt="a thing [[refuse]]")
        message = await reply.until(lambda message: "content policy" in message.text, PATIENCE)
        window = await stage.ada.press(message, "sd:retry:1")
        before = window.modal.values
        assert list(before.values()) == ["a thing [[refuse]]", "seedream-4.5", "", ""]
        again = await stage.ada.submit(window, {"prompt": "another thing"})
        await finished(stage, again)


async def test_buttons_and_open_forms_work_after_a_restart(stage: Stage) -> None:
    async with stage.playing():
        message = await picture(stage)
        window = await stage.ada.press(message, "sd:vary:1")
    async with stage.playing():
        [label] = window.modal.fields
        reply = await stage.ada.submit(window, {label: "after the restart"})
        await finished(stage, reply)
        await pressed(stage, message, "sd:again:1")


async def test_history_shows_the_pictures_that_everybody_may_see(stage: Stage) -> None:
    async with stage.playing():
        await picture(stage, "a lighthouse")
        hidden = await stage.ada.slash("imagine", prompt="a secret", visibility="private")
        await finished(stage, hidden)
        listed = await stage.ada.slash("history")
        page = await listed.until(lambda it: it.embeds, PATIENCE)
        assert [embed["title"] for embed in page.embeds] == ["#1"]
        assert "seedream-1-1." in page.embeds[0]["thumbnail"]["url"]
        assert "a secret" in page.text


async def test_history_pages_and_brings_pictures_here_again(stage: Stage) -> None:
    async with stage.playing():
        for number in range(6):
            await picture(stage, f"lighthouse {number}")
        listed = await stage.ada.slash("history")
        assert "page 1 of 2" in listed.text
        assert "lighthouse 5" in listed.text
        turned = await stage.ada.press(listed.message, "sd:page:2")
        assert turned.kind == 7
        assert "lighthouse 0" in listed.message.text
        brought = await stage.ada.press(listed.message, "sd:show:1")
        await finished(stage, brought)
        assert brought.message.only_for is stage.ada.user
        found = await stage.ada.slash("history", search="LIGHTHOUSE 3")
        assert "#4" in found.text
        assert "#5" not in found.text
        here = await stage.ada.slash("show", id=4)
        message = await finished(stage, here)
        assert shown(message)[0].startswith("seedream-4-1")
        assert "somebody else's job" in (await stage.bob.slash("show", id=4)).text
        assert "no such job" in (await stage.bob.slash("show", id=400)).text
        choices = await stage.ada.autocomplete("show", "id", "lighthouse 2")
        assert [choice["value"] for choice in choices] == [3]


async def test_show_brings_pictures_whose_links_are_dead_from_their_message(stage: Stage) -> None:
    async with stage.playing():
        await picture(stage)
        assert stage.house is not None
        await stage.house.database.write(_kill_links)
        reply = await stage.ada.slash("show", id=1)
        message = await finished(stage, reply)
        assert shown(message)[0].startswith("seedream-1-1")


@pytest.mark.parametrize("locale", ["en-US", "zh-CN"])
async def test_usage_and_help_are_told(stage: Stage, locale: str) -> None:
    stage.ada.user.locale = locale
    async with stage.playing(USER_IMAGES_PER_HOUR="20"):
        usage, guide = await stage.ada.slash("usage me"), await stage.ada.slash("help")
        assert "20" in usage.text
        assert "<t:" in usage.text
        assert "/imagine" in guide.text
        assert usage.message.only_for is stage.ada.user
        if locale == "en-US":
            assert "You: 20 of 20 pictures left this hour" in usage.text


async def test_an_edit_that_is_refused_keeps_its_words_and_pictures(stage: Stage) -> None:
    async with stage.playing(USER_IMAGES_PER_HOUR="1"):
        message = await picture(stage)
        window = await stage.ada.press(message, "sd:edit:1")
        reply = await stage.ada.submit(window, {"prompt": "make it night"})
        refused = await reply.until(lambda message: message.buttons, PATIENCE)
        [button] = [part["custom_id"] for part in refused.every if "custom_id" in part]
        opened = await stage.ada.press(refused, button)
        assert next(iter(opened.modal.values.values())) == "make it night"
    async with stage.playing():
        await finished(stage, await stage.ada.submit(opened, {"prompt": "make it dawn"}))
        child = await job(stage, 2)
        assert (child.verb, child.parent, len(child.request["references"])) == ("edit", 1, 1)


async def test_pictures_of_a_model_that_takes_none_are_edited_by_another(stage: Stage) -> None:
    async with stage.playing():
        message = await picture(stage, model="seedream-3.0-t2i")
        window = await stage.ada.press(message, "sd:edit:1")
        await finished(stage, await stage.ada.submit(window, {"prompt": "make it night"}))
        child = await job(stage, 2)
        assert (child.model, child.parent, len(child.request["references"])) == ("seedream-4.5", 1, 1)


def _kill_links(tx: Transaction) -> None:
    """What the janitor does when the time of the links is over."""
    tx.run(update(jobs).values(pictures=[]))
