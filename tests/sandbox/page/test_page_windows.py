"""Windows with every kind of field, filled in at the page; the test answers in the bot's place."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from sandbox.discord import Message, components, posts
from sandbox.discord.model import Interaction, Json
from sandbox.page.stage import Plan, Stage, open_stage
from tests.sandbox.page.conftest import visiting
from tests.sandbox.page.visitor import Visitor

pytestmark = pytest.mark.asyncio(loop_scope="module")

BUTTON = {"type": 1, "components": [{"type": 2, "style": 1, "label": "Open", "custom_id": "open"}]}
OPTIONS = [{"label": "Red", "value": "r"}, {"label": "Blue", "value": "b"}]
WINDOW = {
    "custom_id": "form",
    "title": "Everything",
    "components": [
        {"type": 18, "label": "Words", "component": {"type": 4, "custom_id": "words", "style": 1}},
        {"type": 18, "label": "Colour", "component": {"type": 3, "custom_id": "colour", "options": OPTIONS}},
        {"type": 18, "label": "Friend", "component": {"type": 5, "custom_id": "friend"}},
        {"type": 18, "label": "Pictures", "component": {"type": 19, "custom_id": "pictures", "max_values": 2}},
    ],
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage() -> AsyncIterator[Stage]:
    """No bot, whose answers are given here."""
    async with open_stage(Plan()) as opened:
        yield opened


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def visitor(stage: Stage) -> AsyncIterator[Visitor]:
    async with visiting(stage) as it:
        yield await it.arrive()


async def answered(
    stage: Stage, visitor: Visitor, modal: Json | None = None, /, **deed: object
) -> tuple[Json, Interaction]:
    """Do something with a file at hand, and answer as a bot would: with a window, or by taking notice."""
    world = stage.discord.world
    before = set(world.interactions)
    doing = asyncio.create_task(visitor.does({"f0": ("cat.png", b"\x89PNG")}, **deed))
    await stage.discord.until(lambda: set(world.interactions) - before or doing.done())
    if doing.done():
        doing.result()
    [token] = set(world.interactions) - before
    it = world.interactions[token]
    it.modal = components.modal(modal) if modal else None
    it.answered = 9 if modal else 6
    world.stir()
    return await doing, it


async def test_a_window_takes_words_choices_people_and_files(stage: Stage, visitor: Visitor) -> None:
    world = stage.discord.world
    asked = Message(world.new_id(), stage.scene.general, world.bot, world.now, "Press it")
    asked.components = components.message([BUTTON], layout=False)
    posts.publish(world, asked)
    press = {"do": "press", "message": str(asked.id), "id": "open"}
    answer, _ = await answered(stage, visitor, WINDOW, **press)
    assert (answer["kind"], answer["modal"]["title"]) == ("modal", "Everything")
    leo = await visitor.arrive("Leo")
    values: Json = {"words": "hello", "colour": ["b"], "friend": [leo.person], "pictures": {"files": ["f0"]}}
    submit = {"do": "submit", "modal": answer["modal"]["id"]}
    for field, value, status in (("pictures", "f0", 400), ("hat", "x", 400), ("colour", ["green"], 409)):
        found, told = await visitor.tries({"f0": ("cat.png", b"x")}, **submit, values=values | {field: value})
        assert found == status, told
    answer, it = await answered(stage, visitor, **submit, values=values)
    assert answer["kind"] == "update"
    words, colour, friend, pictures = (part["component"] for part in it.data["components"])
    assert (words["value"], colour["values"], friend["values"]) == ("hello", ["b"], [leo.person])
    [file] = pictures["values"]
    assert it.data["resolved"]["attachments"][file]["filename"] == "cat.png"
    assert leo.person in it.data["resolved"]["users"]
