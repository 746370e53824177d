"""The pretend model's pictures show what their prompts name, and its edits what was asked for."""

import pytest
from PIL import Image, ImageStat

from sandbox.seedream.drawing import Plan, draw, encode
from sandbox.seedream.painting.manners import in_manner
from sandbox.seedream.painting.reading import FIGURES, GROUNDS, MANNERS, TIMES, read
from sandbox.seedream.references import Seen


def plan(prompt: str, *, seed: int = 1, index: int = 0, count: int = 1, transparent: bool = False) -> Plan:
    return Plan(480, 360, prompt, "seedream-5.0", seed, index, count, transparent)


def seen(picture: Image.Image) -> Seen:
    return Seen(picture.width, picture.height, "png", False, picture)


def brightness(picture: Image.Image) -> float:
    return ImageStat.Stat(picture.convert("L")).mean[0]


@pytest.mark.parametrize(
    ("prompt", "time", "ground", "subjects"),
    [
        ("A red cat and two foxes at night by the sea", "night", "sea", {"cat": "#d8392f", "fox": ""}),
        ("一只蓝色的猫，在雪山日落", "sunset", "mountains", {"cat": "#3b74c9"}),
        ("a catalogue of scarves", "", "", {}),
        ("", "", "", {}),
    ],
)
def test_a_prompt_is_read(prompt: str, time: str, ground: str, subjects: dict[str, str]) -> None:
    idea = read(prompt)
    assert (idea.time, idea.ground, {one.name: one.colour for one in idea.subjects}) == (time, ground, subjects)


@pytest.mark.parametrize("word", [*FIGURES, *TIMES, *GROUNDS, *MANNERS])
def test_every_word_is_drawn_and_again_the_same(word: str) -> None:
    order = plan(word if word != "moon" else "lunar")
    assert draw(order).tobytes() == draw(order).tobytes() != draw(plan("nothing in particular")).tobytes()


def test_another_seed_index_or_prompt_gives_another_picture() -> None:
    orders = [
        plan("cat"),
        plan("cat", seed=2),
        plan("a cat"),
        *(plan("cat", index=index, count=3) for index in range(3)),
    ]
    assert len({draw(order).tobytes() for order in orders}) == len(orders)


def test_night_makes_a_reference_dark_and_keeps_its_shape() -> None:
    day = draw(plan("a house in a meadow"))
    night = draw(plan("make it night"), [seen(day)])
    assert night.size == day.size
    assert brightness(night) < 0.6 * brightness(day)


def test_a_reference_without_an_order_to_change_it_stays_itself() -> None:
    day = Image.new("RGBA", (480, 360), "#4080c0")
    assert draw(plan("as it is"), [seen(day)]).getpixel((200, 100)) == (64, 128, 192, 255)


def test_ink_leaves_no_colour_to_speak_of() -> None:
    ink = in_manner(Image.new("RGB", (64, 64), "#ff0000"), "ink")
    red, green, blue = ImageStat.Stat(ink).mean
    assert max(red, green, blue) - min(red, green, blue) < 24


def test_a_transparent_order_shows_its_subject_alone() -> None:
    low, high = draw(plan("a cat", transparent=True)).getchannel("A").getextrema()
    assert (low, high) == (0, 255)


@pytest.mark.parametrize("size", [(14, 14), (4096, 256), (64, 1024)])
def test_every_shape_can_be_drawn_with_many_references(size: tuple[int, int]) -> None:
    order = Plan(*size, "猫 🐈 \ud800", "seedream-5.0", 1, watermark=True)
    picture = draw(order, [seen(Image.new("RGBA", (32, 32)))] * 14)
    assert picture.size == order.canvas
    assert encode(picture, "jpeg")[:2] == b"\xff\xd8"
