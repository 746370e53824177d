"""Somebody opens the page for the first time, and gets a picture: with the mouse, and without one."""

import re

from playwright.async_api import Page, expect

from tests.browser.visitor import Visitor, picture


async def tab_to(page: Page, selector: str, *, back: bool = False) -> None:
    """Press Tab until the focus is there; nothing may hold it fast on the way."""
    for _ in range(40):
        if await page.evaluate("selector => document.activeElement?.matches(selector) ?? false", selector):
            return
        await page.keyboard.press("Shift+Tab" if back else "Tab")
    raise AssertionError(f"Tab does not lead to {selector}")


async def test_a_newcomer_gets_a_picture_and_looks_at_it_in_full_size(visitor: Visitor) -> None:
    page = visitor.page
    await visitor.begin("imagine")
    await visitor.option("prompt").fill("a fox in the snow")
    await page.get_by_role("button", name="Send", exact=True).click()
    await expect(visitor.newest).to_contain_text(re.compile("thinking|Sending|drawing"))
    await expect(picture(visitor.newest)).to_have_attribute("alt", re.compile("a fox in the snow"))
    await expect(visitor.newest).to_contain_text("Mia used /imagine")
    await picture(visitor.newest).click()
    dialog = page.get_by_role("dialog", name="Picture")
    await expect(dialog.get_by_role("img", name="a fox in the snow")).to_be_visible()
    await dialog.get_by_role("button", name="Close").click()
    await expect(dialog).to_be_hidden()


async def test_the_keyboard_alone_is_enough(visitor: Visitor) -> None:
    page = visitor.page
    await tab_to(page, "#write")
    await page.keyboard.type("/imag")
    await expect(page.get_by_role("listbox", name="Commands").get_by_role("option")).to_have_count(1)
    await page.keyboard.press("Enter")
    await expect(visitor.option("prompt")).to_be_focused()
    await page.keyboard.type("an owl at night")
    await page.keyboard.press("Enter")
    await expect(picture(visitor.newest)).to_be_visible()
    await expect(visitor.composer).to_be_focused()
    await tab_to(page, "a.picture", back=True)
    await page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Picture")
    await expect(dialog.get_by_role("img", name="an owl at night")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(dialog).to_be_hidden()
    await expect(page.get_by_role("link", name="an owl at night")).to_be_focused()


async def test_the_bots_help_is_one_click_away_and_says_what_there_is(visitor: Visitor) -> None:
    await visitor.use("help")
    for command in ("/imagine", "/edit", "/blend", "/story", "/queue", "/history"):
        await expect(visitor.newest).to_contain_text(command)
    await expect(visitor.newest).to_contain_text("Only you can see this")
