"""The bot's process, stopped, killed and started again from the page."""

from playwright.async_api import expect

from tests.browser.theatre import Theatre
from tests.browser.visitor import Visitor, picture

STARTS = 60_000  # milliseconds


async def test_a_bot_that_is_killed_in_the_middle_of_a_story_goes_on_when_it_is_back(
    visitor: Visitor, theatre: Theatre
) -> None:
    await theatre.pace(3.0)
    await visitor.use("story", prompt="a train through the night", images=3)
    await expect(picture(visitor.newest)).not_to_have_count(0)
    panel = await visitor.panel("Bot")
    await panel.get_by_role("button", name="Kill").click()
    await expect(panel.get_by_role("status")).to_contain_text("Killed")
    await expect(visitor.page.locator("#composer")).to_contain_text("The bot was killed")
    await panel.get_by_role("button", name="Start", exact=True).click()
    await expect(panel.get_by_role("status")).to_contain_text("Ready", timeout=STARTS)
    await expect(visitor.page.locator("#composer")).not_to_contain_text("The bot")
    await expect(visitor.newest).not_to_contain_text("drawing", timeout=STARTS)
    await expect(visitor.newest).to_contain_text("charged")


async def test_a_restart_lets_what_is_being_drawn_be_ended(visitor: Visitor, theatre: Theatre) -> None:
    await theatre.pace(2.0)
    await visitor.use("imagine", prompt="a patient turtle")
    await expect(visitor.newest).to_contain_text("drawing")
    panel = await visitor.panel("Bot")
    await panel.get_by_role("button", name="Restart").click()
    await expect(picture(visitor.newest)).to_be_visible(timeout=STARTS)
    await expect(panel.get_by_role("status")).to_contain_text("Ready", timeout=STARTS)


async def test_while_the_bot_is_stopped_the_page_says_so(visitor: Visitor) -> None:
    panel = await visitor.panel("Bot")
    await panel.get_by_role("button", name="Stop").click()
    await expect(panel.get_by_role("status")).to_contain_text("Stopped")
    await expect(visitor.page.locator("#composer")).to_contain_text("The bot is stopped")
    await expect(panel.get_by_role("region", name="Log of the bot")).to_contain_text("INFO")
