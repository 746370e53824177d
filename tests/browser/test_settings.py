"""The settings panels in the page."""

from playwright.async_api import expect

from tests.browser.visitor import Visitor, button


async def test_a_persons_own_panel_is_turned_and_changed(visitor: Visitor) -> None:
    await visitor.use("settings me")
    panel = visitor.articles.last
    await expect(panel).to_contain_text("Your settings")
    await panel.get_by_role("button", name="Change").nth(1).click()
    await expect(panel).to_contain_text("The shape of new pictures.")
    await button(panel, "Another …").click()
    dialog = visitor.page.get_by_role("dialog", name="Ratio")
    await dialog.get_by_role("textbox").fill("16:9")
    await dialog.get_by_role("button", name="Submit").click()
    await expect(panel).to_contain_text("Ratio: up to the model → 16:9")
    await button(panel, "Reset to default").click()
    await expect(panel).to_contain_text("Ratio: 16:9 → up to the model")
