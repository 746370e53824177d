"""Each button, pressed before and after the bot was killed: what a process has posted, the next one understands."""

from sandbox.discord import Message, Reply
from tests.e2e.stage import File as Picture
from tests.e2e.stage import Stage, png, shown

PATIENCE = 30.0
BUTTONS = 7


async def finished(reply: Reply) -> Message:
    return await reply.until(lambda message: message.files and len(message.buttons) == BUTTONS, PATIENCE)


def named(message: Message, verb: str) -> str:
    """The custom_id of the button that does this."""
    [found] = [part["custom_id"] for part in message.every if part.get("custom_id", "").startswith(f"sd:{verb}:")]
    return str(found)


async def press(stage: Stage, message: Message, verb: str) -> Reply:
    return await stage.ada.press(message, named(message, verb))


async def every_button(stage: Stage, message: Message) -> None:
    """Press all that leave the message where it is."""
    again = await finished(await press(stage, message, "again"))
    assert again.id != message.id
    await finished(await press(stage, message, "upscale"))
    for verb in ("vary", "edit"):
        window = await press(stage, message, verb)
        await finished(await stage.ada.submit(window, {"prompt": f"a cat, {verb}"}))
    assert "favourite" in (await press(stage, message, "star")).text
    more = await press(stage, message, "more")
    assert "/imagine prompt: a cat" in more.text
    assert "a cat" in (await press(stage, more.message, "info")).text
    before = len(stage.ada.in_dm().sees())
    sent = await press(stage, more.message, "dm")
    await sent.until(lambda message: "Sent to your direct messages" in message.text, PATIENCE)
    assert len(stage.ada.in_dm().sees()) >= before
    hidden = await press(stage, more.message, "spoiler")
    await hidden.until(lambda message: "behind a spoiler" in message.text, PATIENCE)
    assert shown(message)[0].startswith("SPOILER_")


async def test_each_button_does_the_same_before_and_after_a_kill(stage: Stage) -> None:
    async with stage.running() as running:
        message = await finished(await stage.ada.slash("imagine", prompt="a cat", size="2K"))
        doomed = await finished(await stage.ada.slash("imagine", prompt="a dog"))
        await every_button(stage, message)
        listed = await stage.ada.slash("history")
        failed = await stage.ada.slash("imagine", prompt="a thing [[refuse]]")
        bad_news = await failed.until(lambda message: "content policy" in message.text, PATIENCE)
        refused = await stage.ada.slash("imagine", prompt="a bird", size="9x9")
        refusal = await refused.until(lambda message: message.buttons, PATIENCE)
        posted = await stage.bob.says("mine", files=[Picture("cat.png", png())])
        vary, change = await press(stage, message, "vary"), await stage.ada.menu("Edit image", posted)
        await running.kill()
    async with stage.running() as running:
        await finished(await stage.ada.submit(vary, {"prompt": "from before"}))
        await finished(await stage.ada.submit(change, {"prompt": "from before"}))
        await every_button(stage, message)
        turned = await press(stage, listed.message, "page") if len(listed.buttons) < 4 else None
        assert turned is None or turned.kind == 7
        again = await press(stage, bad_news, "retry")
        await finished(await stage.ada.submit(again, {"prompt": "a better thing"}))
        opened = await press(stage, refusal, "draft")
        await finished(await stage.ada.submit(opened, {"size": "2K"}))
        gone = await press(stage, doomed, "delete")
        assert "is deleted" in (await gone.follow_up(1, PATIENCE)).text
        assert doomed.deleted
        assert await running.stop() == 0, running.said
    assert "Traceback" not in running.said


async def test_cancel_works_in_the_next_process(stage: Stage) -> None:
    async with stage.running(PARALLEL_JOBS="1", LEASE_SECONDS="10") as running:
        first = await stage.ada.slash("imagine", prompt="slow [[slow:100]]")
        await first.until(lambda message: "drawing" in message.text, PATIENCE)
        second = await stage.ada.slash("imagine", prompt="waits")
        await second.until(lambda message: message.buttons, PATIENCE)
        await running.kill()
    async with stage.running(PARALLEL_JOBS="1", LEASE_SECONDS="10") as running:
        await press(stage, second.message, "cancel")
        await second.until(lambda message: "Cancelled · not charged" in message.text or message.files, PATIENCE)
        stage.gates.open(100)
        assert await running.stop() == 0, running.said


async def test_who_presses_while_the_bot_stops_is_served_by_the_next_process(stage: Stage) -> None:
    async with stage.running(STOP_GRACE_SECONDS="30") as running:
        message = await finished(await stage.ada.slash("imagine", prompt="a cat"))
        slow = await stage.bob.slash("imagine", prompt="slow [[slow:100]]")
        await slow.until(lambda message: "drawing" in message.text, PATIENCE)
        running.process.terminate()
        await running.until("may end within 30 seconds")
        again = await press(stage, message, "again")
        said = await again.done(PATIENCE)
        assert "in the queue" in said.text
        stage.gates.open(100)
        assert await running.end() == 0, running.said
    async with stage.running():
        assert shown(await finished(again))
