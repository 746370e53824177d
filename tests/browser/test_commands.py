"""Each family of commands, as people use them in the page."""

import re
from pathlib import Path

import pytest
from playwright.async_api import expect

from sandbox.pictures import jpeg, png
from tests.browser.theatre import Theatre
from tests.browser.visitor import Visitor, button, picture


@pytest.fixture
def own(tmp_path: Path) -> Path:
    path = tmp_path / "holiday.png"
    path.write_bytes(png())
    return path


@pytest.fixture
def other(tmp_path: Path) -> Path:
    path = tmp_path / "garden.jpg"
    path.write_bytes(jpeg())
    return path


async def test_imagine_goes_on_from_a_picture_of_ones_own(visitor: Visitor, own: Path) -> None:
    await visitor.use("imagine", prompt="make it snow", image1=own, ratio="16:9")
    await expect(picture(visitor.newest)).to_have_count(1)
    await expect(visitor.newest).to_contain_text("holiday.png")


async def test_every_variation_has_a_message_of_its_own(visitor: Visitor) -> None:
    await visitor.use("imagine", prompt="a cat at sea", variations=3)
    for number in (1, 2, 3):
        message = visitor.articles.nth(number)
        await expect(message).to_contain_text(f"{number} of 3")
        await expect(picture(message)).to_have_count(1)


async def test_models_are_offered_while_one_types(visitor: Visitor) -> None:
    await visitor.begin("imagine")
    await visitor.fill(prompt="a cat")
    await visitor.add("model")
    await visitor.option("model").press_sequentially("lite")
    offered = visitor.page.get_by_role("listbox", name="model").get_by_role("option")
    await expect(offered).to_have_count(1)
    await expect(offered).to_contain_text("5.0 Lite")
    await visitor.page.keyboard.press("Enter")
    await expect(visitor.option("model")).to_have_value(re.compile("5.0 Lite"))
    await visitor.page.keyboard.press("Enter")
    await expect(visitor.newest).to_contain_text("seedream-5.0-lite")
    await expect(picture(visitor.newest)).to_be_visible()


async def test_what_is_missing_or_wrong_is_said_before_anything_is_sent(visitor: Visitor) -> None:
    await visitor.begin("imagine")
    await visitor.page.keyboard.press("Enter")
    alert = visitor.page.locator("#composer").get_by_role("alert")
    await expect(alert).to_contain_text("required")
    await expect(visitor.option("prompt")).to_be_focused()
    await expect(visitor.option("prompt")).to_have_attribute("aria-invalid", "true")


async def test_edit_changes_a_picture(visitor: Visitor, own: Path) -> None:
    await visitor.use("edit", prompt="make it night", image1=own)
    await expect(picture(visitor.newest)).to_have_attribute("alt", re.compile("make it night"))


async def test_the_pictures_of_a_story_appear_one_by_one(visitor: Visitor, theatre: Theatre) -> None:
    await theatre.pace(2.0)
    await visitor.use("story", prompt="a boat sails from dawn to night", images=3)
    await expect(picture(visitor.newest)).to_have_count(1)
    await expect(visitor.newest).to_contain_text("1 of 3")
    await expect(picture(visitor.newest)).to_have_count(3)
    await expect(button(visitor.newest, "Again")).to_be_visible()
    await picture(visitor.newest).first.click()
    dialog = visitor.page.get_by_role("dialog", name="Picture")
    await expect(dialog).to_contain_text("1 of 3")
    await visitor.page.keyboard.press("ArrowRight")
    await expect(dialog).to_contain_text("2 of 3")


async def test_blend_melts_two_pictures(visitor: Visitor, own: Path, other: Path) -> None:
    await visitor.use("blend", image1=own, image2=other)
    await expect(picture(visitor.newest)).to_have_count(1)


async def test_what_waits_is_in_the_queue_and_can_be_cancelled(visitor: Visitor, theatre: Theatre) -> None:
    await theatre.pace(60.0)
    await visitor.use("imagine", prompt="a very slow snail")
    asked = visitor.newest
    await expect(asked).to_contain_text("drawing")
    await visitor.use("queue")
    await expect(visitor.newest).to_contain_text("a very slow snail")
    await visitor.newest.get_by_role("button", name="Cancel").first.click()
    await expect(visitor.articles.nth(1)).to_contain_text("Cancelled · possibly charged")


async def test_the_history_knows_every_picture_and_show_brings_them_again(visitor: Visitor) -> None:
    await visitor.drawn("a whale in the evening")
    await visitor.use("history")
    await expect(visitor.newest).to_contain_text("a whale in the evening")
    await expect(visitor.newest.get_by_role("img").first).to_be_visible()
    await visitor.begin("show")
    await visitor.option("id").press_sequentially("whale")
    await visitor.page.get_by_role("listbox", name="id").get_by_role("option").first.click()
    await visitor.page.keyboard.press("Enter")
    await expect(picture(visitor.newest)).to_be_visible()


async def test_usage_says_what_is_left(visitor: Visitor) -> None:
    await visitor.use("usage me")
    await expect(visitor.newest).to_contain_text("Mia used /usage me")
    await expect(visitor.newest).to_contain_text("at most 3 at once")


async def test_a_story_that_comes_faster_than_discord_takes_edits_is_brought_whole(visitor: Visitor) -> None:
    await visitor.use("story", prompt="a day at the sea", images=6)
    await expect(picture(visitor.newest)).to_have_count(6)
    await expect(button(visitor.newest, "Again")).to_be_visible()
