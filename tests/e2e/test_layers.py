"""/layers, from the question to the ZIP: what it costs is asked first, always; then come the layers in their order."""

import asyncio
import json
import zipfile
from io import BytesIO
from typing import Any

import pytest

from bot.studio import ledger, queue
from bot.studio.job import Job, State
from sandbox.discord import File, Message, Person, Reply
from sandbox.discord.asking import CannotDo
from sandbox.pictures import encoded, scene
from tests.e2e.stage import PATIENCE, Stage, shown
from tests.e2e.test_rules import lay_down

PHOTO = File("fox.png", encoded(scene(640, 512), "PNG"))
FLASH = "`seedream-5.0-flash` makes a base picture and up to 16 layers: at most 17 pictures and $0.306"
ASKED = f"{FLASH} · nothing is charged yet · go ahead?"
FOUR = ["01-background.png", "02-layer-1.png", "03-layer-2.png", "04-layer-3.png", "layers.json"]


async def asked(stage: Stage, person: Person | None = None, **options: Any) -> Message:
    """Somebody asks for layers, and is asked whether they may cost what they may."""
    reply = await (person or stage.ada).slash("layers", **{"image": PHOTO, **options})
    return await reply.until(lambda message: "Go ahead" in message.buttons, PATIENCE)


async def brought(stage: Stage, question: Message, person: Person | None = None) -> Message:
    """They say yes, and get them: the first message."""
    reply = await (person or stage.ada).press(question, "Go ahead")
    return await reply.until(lambda message: message.files and "Again" in message.buttons, PATIENCE)


def bundled(stage: Stage) -> list[Message]:
    """The messages with a ZIP that are there."""
    every = stage.discord.world.messages.values()
    return [each for each in every if not each.deleted and any(name.endswith(".zip") for name in shown(each))]


async def opened(stage: Stage, count: int = 1) -> zipfile.ZipFile:
    """The newest of so many ZIPs."""
    await stage.discord.until(lambda: len(bundled(stage)) == count, PATIENCE)
    ((_, data),) = bundled(stage)[-1].files
    return zipfile.ZipFile(BytesIO(data))


async def settled(stage: Stage, number: int = 1) -> Job:
    """The job, once it is over and its line in the ledger is closed."""
    assert stage.house is not None
    database = stage.house.database
    async with asyncio.timeout(PATIENCE):
        while True:
            job = await database.read(lambda tx: queue.load(tx, number))
            if job is not None and job.state.final:
                break
            await asyncio.sleep(0.02)
    assert await database.read(ledger.audit) == []
    return job


async def refused(stage: Stage, **options: Any) -> str:
    """What somebody is told who gets nothing."""
    reply = await stage.ada.slash("layers", **{"image": PHOTO, **options})
    message = await reply.until(lambda message: "not charged" in message.text, PATIENCE)
    assert "Go ahead" not in message.buttons
    return message.text


async def test_layers_are_asked_for_first_and_come_in_their_order_with_a_zip(stage: Stage) -> None:
    async with stage.playing():
        question = await asked(stage)
        assert question.text == ASKED
        assert question.buttons == ["Go ahead", "Edit & retry", "Cancel"]
        assert stage.seedream.calls == []
        message = await brought(stage, question)
        assert message is question
        assert shown(message) == [f"seedream-1-{number}.png" for number in (1, 2, 3, 4)]
        assert " · 3 layers · " in message.text
        alts = [str(each.description) for each in message.attachments]
        assert alts[0] == "Base picture, below 3 layers"
        assert alts[1].startswith("Layer 1 of 3 · layer 1 · what lies 1 above the base · ")
        assert "Upscale" not in " ".join(message.buttons)
        found = await opened(stage)
        assert found.namelist() == FOUR
        assert [found.read(name) for name in FOUR[:4]] == [data for _, data in message.files]
        told = json.loads(found.read("layers.json"))
        assert [each["order"] for each in told["layers"]] == [0, 1, 2, 3]
        assert told["layers"][1]["box"].keys() == {"left", "top", "width", "height"}
        job = await settled(stage)
        assert job.settled is not None
        assert (job.settled.images, job.settled.cost) == (4, 72_000)
        assert job.delivery is not None
        assert job.delivery.messages == (message.id, bundled(stage)[0].id)
    (call,) = stage.seedream.calls
    assert isinstance(call.body, dict)
    assert call.body["layer_decomposition"] is True


async def test_only_whoever_asked_says_yes_or_no_and_a_no_costs_nothing(stage: Stage) -> None:
    async with stage.playing():
        question = await asked(stage)
        for button in ("Go ahead", "Cancel", "Edit & retry"):
            theirs = await (await stage.bob.press(question, button)).done()
            assert "somebody else's" in theirs.text
            assert theirs.only_for is stage.bob.user
        await stage.ada.press(question, "Cancel")
        await stage.discord.until(lambda: question.text == "Cancelled · not charged", PATIENCE)
        with pytest.raises(CannotDo):
            await stage.ada.press(question, "Go ahead")
    assert stage.seedream.calls == []


async def test_two_presses_are_one_job(stage: Stage) -> None:
    async with stage.playing():
        question = await asked(stage)
        first, second = await asyncio.gather(*(stage.ada.press(question, "Go ahead") for _ in range(2)))
        await stage.discord.until(lambda: len(question.files) == 4, PATIENCE)
        texts = {await _said(reply) for reply in (first, second) if reply.message is not question}
        assert all("not of use any more" in text or "no longer" in text for text in texts), texts
        await settled(stage)
        assert len(stage.seedream.calls) == 1


async def _said(reply: Reply) -> str:
    return (await reply.done()).text


async def test_the_question_is_understood_after_a_restart(stage: Stage) -> None:
    async with stage.playing():
        question = await asked(stage, prompt="the fox")
    async with stage.playing():
        message = await brought(stage, question)
        assert len(message.files) == 4
        assert (await opened(stage)).namelist() == FOUR
        assert (await settled(stage)).request["prompt"] == "the fox"


async def test_more_than_ten_come_in_several_messages_and_the_zip_holds_all(stage: Stage) -> None:
    async with stage.playing():
        message = await brought(stage, await asked(stage, prompt="[[count:13]] everything"))
        found = await opened(stage)
        assert len(message.files) == 10
        assert len(found.namelist()) == 14
        job = await settled(stage)
        assert job.delivery is not None
        assert len(job.delivery.messages) == 3
        world = stage.discord.world
        names = [name for number in job.delivery.messages[:2] for name in shown(world.messages[number])]
        assert names == [f"seedream-1-{number}.png" for number in range(1, 14)]


async def test_a_zip_that_is_too_large_is_told_of_and_the_layers_come_alone(stage: Stage) -> None:
    async with stage.playing():
        before = await brought(stage, await asked(stage))
        sizes = [len(data) for _, data in before.files]
        question = await asked(stage)
        stage.guild.file_limit = sum(sizes) - 1
        message = await brought(stage, question)
        assert [len(data) for _, data in message.files] == sizes
        assert "No ZIP: with all layers it would have " in message.text
        await settled(stage, 2)
        assert len(bundled(stage)) == 1


async def test_a_zip_that_discord_does_not_take_is_told_of_in_the_first_message(stage: Stage) -> None:
    async with stage.playing():
        stage.discord.fail("D20", 1, f"POST /channels/{stage.channel.id}/messages")
        message = await brought(stage, await asked(stage))
        await stage.discord.until(lambda: "No ZIP" in message.text, PATIENCE)
        assert len(message.files) == 4
        assert bundled(stage) == []
        assert (await settled(stage)).state is State.SETTLED


async def test_what_the_provider_refuses_costs_nothing_and_may_be_tried_without_words(stage: Stage) -> None:
    async with stage.playing():
        question = await asked(stage, prompt="[[refuse]]")
        reply = await stage.ada.press(question, "Go ahead")
        message = await reply.until(lambda message: "not charged" in message.text, PATIENCE)
        job = await settled(stage)
        assert job.settled is not None
        assert (job.settled.images, job.settled.cost) == (0, 0)
        window = await stage.ada.press(message, "Edit & retry")
        assert list(window.modal.values) == ["New prompt", "Model", "Size"]
        reply = await stage.ada.submit(window, {"New prompt": ""})
        question = await reply.until(lambda message: "Go ahead" in message.buttons, PATIENCE)
        await brought(stage, question)
        assert len((await opened(stage)).namelist()) == 5


async def test_layers_that_are_missing_are_given_back(stage: Stage) -> None:
    async with stage.playing():
        message = await brought(stage, await asked(stage, prompt="[[fail:3]]"))
        assert shown(message) == ["seedream-1-1.png", "seedream-1-2.png", "seedream-1-4.png"]
        assert "There are fewer pictures than asked for" in message.text
        found = await opened(stage)
        assert found.namelist() == ["01-background.png", "02-layer-1.png", "03-layer-3.png", "layers.json"]
        assert [each["order"] for each in json.loads(found.read("layers.json"))["layers"]] == [0, 1, 3]
        job = await settled(stage)
        assert job.settled is not None
        assert (job.settled.images, job.settled.cost) == (3, 54_000)


async def test_wrong_options_are_refused_by_their_names(stage: Stage) -> None:
    able = "`seedream-5.5`, `seedream-5.0-flash`, or `seedream-5.0-pro`"
    async with stage.playing():
        said = await refused(stage, model="seedream-4.5")
        assert said == f"`model`: Seedream 4.5 cannot split pictures into layers here · choose {able} · not charged"
        said = await refused(stage, model="midjourney")
        assert said == f"There is no model `midjourney` · choose {able} · not charged"
        said = await refused(stage, image=File("notes.txt", b"no picture"))
        assert said.startswith("`image`: `notes.txt` is not a picture")
        said = await refused(stage, image=File("tiny.png", encoded(scene(500, 500), "PNG")))
        assert said == (
            "`image`: `tiny.png` is too small to split into layers · use one of at least 512 × 512 pixels · not charged"
        )
        said = await refused(stage, image=File("line.png", encoded(scene(20_000, 20), "PNG")))
        assert said.startswith("`image`: `line.png` is too long and thin")
        with pytest.raises(CannotDo):
            await stage.ada.slash("layers", prompt="the fox")
        choices = await stage.ada.autocomplete("layers", "model", "", image=PHOTO)
        assert [choice["value"] for choice in choices] == ["seedream-5.5", "seedream-5.0-flash", "seedream-5.0-pro"]
        assert "up to 99 layers" in choices[0]["name"]
        await asked(stage, image=File("fox.webp", encoded(scene(640, 512), "WEBP")))
    assert stage.seedream.calls == []


async def test_a_gateway_that_does_not_document_layers_is_never_asked(stage: Stage) -> None:
    there: dict[str, Any] = {
        "PROVIDERS": "cometapi",
        "COMETAPI_KEY": stage.seedream.key,
        "COMETAPI_BASE_URL": stage.seedream.base_url("cometapi"),
    }
    async with stage.playing(**there):
        said = await refused(stage)
        assert said.startswith("No provider here can split pictures into layers · the owner of the bot can add one: ")
        assert "`ARK_API_KEY`, `BYTEPLUS_API_KEY`, or `ACEDATA_API_KEY`" in said
        assert await stage.ada.autocomplete("layers", "model", "", image=PHOTO) == []


async def test_a_gateway_that_wants_words_says_so(stage: Stage) -> None:
    there: dict[str, Any] = {
        "PROVIDERS": "acedata",
        "ACEDATA_API_KEY": stage.seedream.key,
        "ACEDATA_BASE_URL": stage.seedream.base_url("acedata"),
    }
    async with stage.playing(**there):
        said = await refused(stage)
        assert "prompt: say which elements to separate" in said
        question = await asked(stage, prompt="the fox")
        assert "`seedream-5.0-pro` makes a base picture and up to 16 layers: at most 17 pictures" in question.text
        assert "Nobody knows what this costs" in question.text
        assert len((await brought(stage, question)).files) == 4


async def test_what_a_server_lays_down_holds_for_layers(stage: Stage) -> None:
    async with stage.playing(USER_IMAGES_PER_HOUR="30"):
        said = await refused(stage, model="seedream-5.5")
        assert "this asks for 100" in said
        assert said.splitlines()[0].endswith("choose a model that makes fewer layers")
        await lay_down(stage, most_images=5)
        assert "choose a model that makes fewer layers" in await refused(stage)
        await lay_down(stage, most_images=None, references="off")
        assert "Reference pictures are not allowed here" in await refused(stage)
        await lay_down(stage, references="own", models=["seedream-5.0-pro"])
        assert "`seedream-5.0-pro` makes" in (await asked(stage)).text
        large = File("large.jpg", encoded(scene(2000, 1500), "JPEG"))
        await lay_down(stage, sizes=["1K"])
        reply = await stage.ada.slash("layers", image=large)
        message = await reply.until(lambda message: "The size `2K` is not allowed here" in message.text, PATIENCE)
        window = await stage.ada.press(message, "Edit & retry")
        reply = await stage.ada.submit(window, {"size": "1K"})
        await reply.until(lambda message: "Go ahead" in message.buttons, PATIENCE)
        await lay_down(stage, sizes=None, models=["seedream-4.5"])
        assert (await refused(stage)).startswith("No model that splits pictures into layers is allowed on this server")
        await lay_down(stage, models=None, blocked_words=["fox"])
        assert "say it in other words" in await refused(stage, prompt="a fox")
        await lay_down(stage, blocked_words=None, confirm_cost=10)
        assert (await asked(stage)).text.startswith(FLASH)
    assert stage.seedream.calls == []


@pytest.mark.parametrize("visibility", ["private", "spoiler"])
async def test_layers_are_seen_by_whom_the_person_wants(stage: Stage, visibility: str) -> None:
    async with stage.playing():
        await lay_down(stage, default_visibility=visibility)
        message = await brought(stage, await asked(stage))
        found = await opened(stage)
        assert found.namelist() == FOUR
        (zipped,) = bundled(stage)
        if visibility == "private":
            assert message.only_for is zipped.only_for is stage.ada.user
        else:
            assert all(each.spoiler for each in (*message.attachments, *zipped.attachments))


async def test_layers_come_in_a_direct_message(stage: Stage) -> None:
    async with stage.playing():
        alone = stage.ada.in_dm()
        message = await brought(stage, await asked(stage, alone), alone)
        assert len(message.files) == 4
        assert (await opened(stage)).namelist() == FOUR


async def test_moderators_see_why_somebody_may_not(stage: Stage) -> None:
    async with stage.playing():
        eve = stage.discord.moderator("eve", stage.guild, stage.channel)
        reply = await eve.slash("admin diagnose", user=stage.ada, layers=True)
        message = await reply.until(lambda message: "Under way" in message.text, PATIENCE)
        assert "may ask for this" in message.text
        assert "have to say yes" in message.text
        await lay_down(stage, references="off", models=["seedream-5.0-pro"])
        reply = await eve.slash("admin diagnose", user=stage.ada, layers=True)
        message = await reply.until(lambda message: "Under way" in message.text, PATIENCE)
        assert "may not ask for this" in message.text


async def test_braces_in_what_to_separate_are_words_like_others(stage: Stage) -> None:
    async with stage.playing():
        question = await asked(stage, prompt="{the fox, the hound}")
        assert question.text == ASKED
        message = await brought(stage, question)
        assert len(message.files) == 4
        await settled(stage)
        reply = await stage.ada.press(message, "sd:again:1")
        await brought(stage, await reply.until(lambda it: "Go ahead" in it.buttons, PATIENCE))
        await settled(stage, 2)
    prompts = [call.body["prompt"] for call in stage.seedream.calls if isinstance(call.body, dict)]
    assert prompts == ["{the fox, the hound}"] * 2
