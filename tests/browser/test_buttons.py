"""Every button under a result."""

from playwright.async_api import expect

from tests.browser.visitor import Visitor, button, picture


async def test_again_draws_another_one(visitor: Visitor) -> None:
    message = await visitor.drawn("a cup of tea")
    await button(message, "Again").click()
    await expect(picture(visitor.articles.nth(2))).to_have_attribute("alt", "a cup of tea")


async def test_upscale_draws_it_larger(visitor: Visitor) -> None:
    message = await visitor.drawn()
    await button(message, "Upscale").click()
    await expect(picture(visitor.articles.nth(2))).to_be_visible()
    await expect(visitor.articles.nth(2)).to_contain_text("4096x4096")


async def test_vary_draws_it_from_other_words(visitor: Visitor) -> None:
    message = await visitor.drawn()
    await button(message, "Vary").click()
    dialog = visitor.page.get_by_role("dialog", name="Vary")
    await expect(dialog.get_by_role("textbox")).to_have_value("a fox in the snow")
    await dialog.get_by_role("textbox").fill("a fox in the rain")
    await dialog.get_by_role("button", name="Submit").click()
    await expect(picture(visitor.articles.nth(2))).to_have_attribute("alt", "a fox in the rain")


async def test_edit_asks_what_to_change(visitor: Visitor) -> None:
    message = await visitor.drawn()
    await button(message, "Edit").click()
    dialog = visitor.page.get_by_role("dialog", name="Edit")
    await dialog.get_by_role("button", name="Submit").click()
    await expect(dialog.get_by_role("alert").filter(has_text="required")).to_be_visible()
    await dialog.get_by_role("textbox").fill("with a red umbrella")
    await dialog.get_by_role("button", name="Submit").click()
    await expect(picture(visitor.articles.nth(2))).to_have_attribute("alt", "with a red umbrella")


async def test_a_window_that_is_cancelled_asks_for_nothing(visitor: Visitor) -> None:
    message = await visitor.drawn()
    await button(message, "Edit").click()
    await visitor.page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    await expect(visitor.page.get_by_role("dialog")).to_be_hidden()
    await expect(button(message, "Edit")).to_be_focused()
    await expect(visitor.articles).to_have_count(2)


async def test_a_star_makes_a_favourite(visitor: Visitor) -> None:
    message = await visitor.drawn("a starfish")
    await button(message, "⭐").click()
    await expect(visitor.newest).to_contain_text("is one of your favourites")


async def test_delete_takes_the_picture_away(visitor: Visitor) -> None:
    message = await visitor.drawn()
    await button(message, "Delete").click()
    await expect(picture(visitor.log)).to_have_count(0)


async def test_more_brings_what_is_needed_seldom(visitor: Visitor) -> None:
    message = await visitor.drawn("a rare bird")
    await button(message, "More").click()
    more = visitor.articles.nth(2)
    await expect(more).to_contain_text("/imagine prompt: a rare bird")
    await button(more, "Info").click()
    await expect(visitor.log).to_contain_text("Asked for by @Mia")
    await button(more, "Hide as spoiler").click()
    await expect(message.get_by_role("button", name="Spoiler, show the picture")).to_be_visible()
    await message.get_by_role("button", name="Spoiler, show the picture").click()
    await expect(picture(message)).to_be_visible()


async def test_more_sends_a_picture_to_ones_direct_messages(visitor: Visitor) -> None:
    message = await visitor.drawn("a letter")
    await button(message, "More").click()
    await button(visitor.articles.nth(2), "Send to me").click()
    servers = visitor.page.get_by_role("navigation", name="Servers")
    await servers.get_by_role("button", name="Direct messages, unread").click()
    await expect(picture(visitor.newest)).to_be_visible()


async def test_what_was_refused_is_mended_and_tried_again(visitor: Visitor) -> None:
    await visitor.turn("Provider", "Refuses")
    await visitor.use("imagine", prompt="something bad")
    await expect(visitor.newest).to_contain_text("not charged")
    await visitor.turn("Provider", "Refuses")
    await button(visitor.newest, "Edit & retry").click()
    dialog = visitor.page.get_by_role("dialog", name="Edit & retry")
    prompt = dialog.get_by_role("textbox", name="New prompt")
    await expect(prompt).to_have_value("something bad")
    await prompt.fill("something good")
    await dialog.get_by_role("button", name="Submit").click()
    await expect(picture(visitor.log)).to_have_attribute("alt", "something good")
