"""Different people, languages and places."""

import re

import pytest
from playwright.async_api import expect

from sandbox.page.stage import Stage
from tests.browser.theatre import Theatre
from tests.browser.visitor import Visitor, picture


async def test_what_only_one_may_see_nobody_else_sees(visitor: Visitor) -> None:
    await visitor.use("help")
    await expect(visitor.newest).to_contain_text("Only you can see this")
    await visitor.become("Leo")
    await expect(visitor.articles).to_have_count(1)
    await visitor.become("Mia")
    await expect(visitor.articles).to_have_count(2)
    await visitor.newest.get_by_role("button", name="Dismiss message").click()
    await expect(visitor.articles).to_have_count(1)


async def test_what_everybody_may_see_everybody_sees(visitor: Visitor) -> None:
    await visitor.drawn("a picture for all")
    await visitor.become("Leo")
    await expect(picture(visitor.newest)).to_have_attribute("alt", "a picture for all")
    await expect(visitor.newest).to_contain_text("Mia used /imagine")


async def test_a_private_picture_is_for_oneself(visitor: Visitor) -> None:
    await visitor.use("imagine", prompt="a secret", visibility="Only me")
    await expect(picture(visitor.newest)).to_be_visible()
    await expect(visitor.newest).to_contain_text("Only you can see this")
    await visitor.become("Noor")
    await expect(visitor.articles).to_have_count(1)


async def test_only_those_who_may_can_delete_a_picture(visitor: Visitor) -> None:
    await visitor.drawn("mine")
    await visitor.become("Leo")
    await visitor.menu(visitor.newest, "Apps", "Delete image")
    await expect(visitor.newest).to_contain_text("Only you can see this")
    await expect(picture(visitor.log)).to_have_count(1)
    await visitor.become("Noor")
    await visitor.menu(visitor.articles.nth(1), "Apps", "Delete image")
    await expect(picture(visitor.log)).to_have_count(0)


async def test_the_bot_speaks_chinese_with_those_who_do(visitor: Visitor) -> None:
    async with visitor.page.expect_response("**/api/commands*"):
        await visitor.page.get_by_role("combobox", name="Language").select_option(label="中文")
    commands = visitor.page.get_by_role("listbox", name="Commands")
    await visitor.composer.fill("/")
    await expect(commands).to_contain_text("用文字或图片生成图片")
    await visitor.composer.fill("")
    await visitor.use("帮助")
    await expect(visitor.newest).to_contain_text("图片")
    async with visitor.page.expect_response("**/api/commands*"):
        await visitor.become("Leo")
    await visitor.composer.fill("/")
    await expect(commands).to_contain_text("Draw a picture from words")


async def test_the_choice_of_a_person_is_remembered(visitor: Visitor) -> None:
    await visitor.become("Ada")
    await expect(visitor.page.locator("#you .face")).to_contain_text("A")
    await visitor.page.reload()
    await expect(visitor.page.get_by_role("combobox", name="You are").locator("option:checked")).to_contain_text("Ada")


async def test_where_the_bot_may_not_post_commands_still_draw(visitor: Visitor) -> None:
    await visitor.go("read-only")
    await expect(visitor.page.get_by_role("main")).to_contain_text("The bot may not write here")
    await visitor.use("imagine", prompt="a cat")
    await expect(picture(visitor.newest)).to_be_visible()


async def test_an_age_restricted_channel_says_so(visitor: Visitor) -> None:
    await visitor.go("after-dark")
    await expect(visitor.page.get_by_role("main")).to_contain_text("Age-restricted")
    await visitor.use("imagine", prompt="a cat")
    await expect(visitor.newest).to_contain_text(re.compile("drawing|seedream"))


@pytest.mark.parametrize("place", ["thread", "direct message", "other server"])
async def test_the_bot_draws_everywhere(visitor: Visitor, place: str) -> None:
    servers = visitor.page.get_by_role("navigation", name="Servers")
    if place == "thread":
        await visitor.go("ideas")
    else:
        await servers.get_by_role("button", name="Direct" if place == "direct message" else "Small Studio").click()
        await expect(visitor.page.get_by_role("heading", level=1)).not_to_have_text("general")
    await visitor.drawn("a cat")


async def test_other_channels_show_that_there_is_news(visitor: Visitor, theatre: Theatre) -> None:
    async def speak(stage: Stage) -> None:
        await next(one for one in stage.scene.people.values() if one.user.name == "Leo").says("Who is there?")

    await visitor.go("ideas")
    await theatre.act(speak)
    await expect(visitor.page.get_by_role("link", name=re.compile("^general.*unread"))).to_be_visible()
