"""Messages: replies, menus, files that are dropped and pasted, reactions."""

import base64
import re

from playwright.async_api import JSHandle, expect

from sandbox.pictures import png
from tests.browser.visitor import Visitor, button, picture

CARRIED = """([name, data]) => {
    const carried = new DataTransfer();
    const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
    carried.items.add(new File([bytes], name, { type: "image/png" }));
    return carried;
}"""
PASTED = """(carried) => document.activeElement.dispatchEvent(
    new ClipboardEvent("paste", { clipboardData: carried, bubbles: true, cancelable: true }))"""


async def carried(visitor: Visitor, name: str) -> JSHandle:
    """A picture in somebody's hand."""
    return await visitor.page.evaluate_handle(CARRIED, [name, base64.b64encode(png()).decode()])


async def test_a_reply_to_a_picture_changes_it(visitor: Visitor) -> None:
    message = await visitor.drawn("a house in a meadow")
    await visitor.menu(message, "Reply")
    await expect(visitor.page.locator("#composer")).to_contain_text("Replying to Seedream")
    await visitor.say("@Seedream make it night")
    await expect(visitor.articles).to_have_count(4)
    await expect(picture(visitor.newest)).to_have_attribute("alt", re.compile("make it night"))
    await expect(visitor.articles.nth(2)).to_contain_text("@Seedream make it night")


async def test_a_picture_that_is_dropped_goes_along_with_the_words(visitor: Visitor) -> None:
    data = await carried(visitor, "dropped.png")
    await visitor.page.dispatch_event("#messages", "dragover", {"dataTransfer": data})
    await expect(visitor.page.get_by_text("Drop files here")).to_be_visible()
    await visitor.page.dispatch_event("#messages", "drop", {"dataTransfer": data})
    await expect(visitor.page.get_by_role("button", name="Remove dropped.png")).to_be_visible()
    await visitor.say("@Seedream as a watercolour")
    await expect(picture(visitor.newest)).to_have_attribute("alt", re.compile("as a watercolour"))
    await expect(visitor.newest).to_contain_text("dropped.png")


async def test_a_picture_that_is_pasted_goes_along_with_the_words(visitor: Visitor) -> None:
    await visitor.composer.focus()
    await visitor.page.evaluate(PASTED, await carried(visitor, "pasted.png"))
    await expect(visitor.page.get_by_role("button", name="Remove pasted.png")).to_be_visible()
    await visitor.say("@Seedream in ink")
    await expect(picture(visitor.newest)).to_have_attribute("alt", re.compile("in ink"))


async def test_a_picture_that_is_dropped_onto_a_command_becomes_its_option(visitor: Visitor) -> None:
    await visitor.begin("imagine")
    await visitor.option("prompt").fill("in the rain")
    await visitor.page.dispatch_event("#messages", "drop", {"dataTransfer": await carried(visitor, "street.png")})
    await expect(visitor.page.locator("#composer .pill", has_text="image1")).to_contain_text("street.png")
    await visitor.page.get_by_role("button", name="Send", exact=True).click()
    await expect(visitor.newest).to_contain_text("street.png")
    await expect(picture(visitor.newest)).to_be_visible()


async def test_a_message_is_edited_and_deleted(visitor: Visitor) -> None:
    await visitor.say("helo")
    await expect(visitor.newest).to_contain_text("helo")
    await visitor.composer.press("ArrowUp")
    await visitor.page.keyboard.press("Control+a")
    await visitor.page.keyboard.type("hello")
    await visitor.page.keyboard.press("Enter")
    await expect(visitor.newest).to_contain_text("hello (edited)")
    await visitor.menu(visitor.newest, "Delete")
    await expect(visitor.articles).to_have_count(1)


async def test_a_reaction_is_counted_and_taken_back(visitor: Visitor) -> None:
    await visitor.say("look")
    await visitor.menu(visitor.newest, "👍")
    mark = visitor.newest.get_by_role("button", name=re.compile("👍 1 reaction"))
    await expect(mark).to_have_attribute("aria-pressed", "true")
    await mark.click()
    await expect(mark).to_be_hidden()


async def test_the_menu_edits_an_image(visitor: Visitor) -> None:
    message = await visitor.drawn()
    await visitor.menu(message, "Apps", "Edit image")
    dialog = visitor.page.get_by_role("dialog", name="Edit image")
    await dialog.get_by_role("textbox").fill("at sunset")
    await dialog.get_by_role("button", name="Submit").click()
    await expect(dialog).to_be_hidden()
    await expect(picture(visitor.newest)).to_have_attribute("alt", re.compile("at sunset"))


async def test_the_menu_keeps_a_picture_at_hand(visitor: Visitor) -> None:
    message = await visitor.drawn()
    await visitor.menu(message, "Apps", "Use as reference")
    await expect(visitor.newest).to_contain_text("1 picture is kept as a reference")
    await button(visitor.newest, "Clear").click()
    await expect(visitor.newest).to_contain_text("No picture is kept as a reference any more")


async def test_the_menu_tells_about_an_image_and_deletes_it(visitor: Visitor) -> None:
    message = await visitor.drawn("a boat")
    await visitor.menu(message, "Apps", "Image info")
    await expect(visitor.newest).to_contain_text("Asked for by @Mia")
    await visitor.newest.get_by_role("button", name="Dismiss message").click()
    await expect(visitor.newest).not_to_contain_text("Asked for by")
    await visitor.menu(message, "Apps", "Delete image")
    await expect(picture(visitor.log)).to_have_count(0)


async def test_the_menu_opens_with_keys_and_gives_the_focus_back(visitor: Visitor) -> None:
    message = await visitor.drawn()
    await message.focus()
    await visitor.page.keyboard.press("Shift+F10")
    menu = visitor.page.get_by_role("menu", name="Message actions")
    await expect(menu).to_be_visible()
    await visitor.page.keyboard.press("Escape")
    await expect(menu).to_be_hidden()
    await expect(message).to_be_focused()
    await visitor.page.keyboard.press("ContextMenu")
    await visitor.page.keyboard.press("a")
    await visitor.page.keyboard.press("ArrowRight")
    await expect(visitor.page.get_by_role("menuitem", name="Edit image")).to_be_focused()
    await visitor.page.keyboard.press("i")
    await visitor.page.keyboard.press("Enter")
    await expect(visitor.newest).to_contain_text("Asked for by @Mia")
