"""Phone, theme, panel, and axe: the page is for everybody."""

import re

import pytest
from axe_playwright_python.async_playwright import Axe  # type: ignore[import-untyped]  # it brings no types
from playwright.async_api import Browser, expect

from tests.browser.theatre import Theatre
from tests.browser.visitor import Visitor, picture

PHONE = {"width": 390, "height": 844}
PRESSED = """(node, kind) => node.dispatchEvent(new PointerEvent(kind, {
    pointerType: "touch", bubbles: true, clientX: 120, clientY: 300 }))"""


async def faults(visitor: Visitor) -> list[str]:
    """What axe finds wrong."""
    found = await Axe().run(visitor.page)
    assert found.response["passes"]
    return [
        f"{one['id']}: {one['help']} · {node['html'][:160]} · {node.get('failureSummary', '')[:300]}"
        for one in found.response["violations"]
        for node in one["nodes"]
    ]


async def light(visitor: Visitor) -> None:
    await visitor.page.get_by_role("button", name="Theme: dark").click()


async def narrow(visitor: Visitor) -> None:
    await visitor.page.set_viewport_size({"width": 390, "height": 844})


async def drawer(visitor: Visitor) -> None:
    await narrow(visitor)
    await visitor.page.get_by_role("button", name="Channels").click()
    await expect(visitor.page.get_by_role("navigation", name="Channels")).to_be_in_viewport()


async def window(visitor: Visitor) -> None:
    await visitor.menu(visitor.articles.nth(1), "Apps", "Edit image")
    await expect(visitor.page.get_by_role("dialog")).to_be_visible()


async def picker(visitor: Visitor) -> None:
    await visitor.composer.fill("/")
    await expect(visitor.page.get_by_role("listbox", name="Commands")).to_be_visible()


async def options(visitor: Visitor) -> None:
    await visitor.begin("imagine")
    await visitor.add("image1")
    await visitor.page.get_by_role("button", name=re.compile("more$")).click()


async def menu(visitor: Visitor) -> None:
    await visitor.menu(visitor.articles.nth(1), "Apps")


async def full_size(visitor: Visitor) -> None:
    await picture(visitor.articles.nth(1)).click()
    await expect(visitor.page.get_by_role("dialog", name="Picture")).to_be_visible()


async def panel(visitor: Visitor) -> None:
    await visitor.panel("Traffic")
    await expect(visitor.page.get_by_role("complementary").get_by_role("listitem").first).to_be_visible()


async def switches(visitor: Visitor) -> None:
    await visitor.panel("Make it fail")


async def sheet(visitor: Visitor) -> None:
    await narrow(visitor)
    await visitor.panel("Provider")


async def process(visitor: Visitor) -> None:
    await visitor.panel("Bot")


async def as_it_is(visitor: Visitor) -> None:
    """Nothing is open."""


EVERYTHING = (as_it_is, narrow, drawer, window, picker, options, menu, full_size, panel, switches, process, sheet)


@pytest.mark.parametrize("theme", ["dark", "light"])
async def test_axe_finds_nothing(visitor: Visitor, theme: str) -> None:
    found = {}
    await visitor.drawn("a fox in the snow")
    await visitor.use("history")
    await expect(visitor.newest).to_contain_text("Your pictures")
    for step in EVERYTHING:
        await visitor.page.set_viewport_size({"width": 1280, "height": 860})
        await visitor.page.reload()
        await expect(picture(visitor.articles.nth(1))).to_be_visible()
        if theme == "light" and await visitor.page.get_by_role("button", name="Theme: dark").count():
            await light(visitor)
        await step(visitor)
        if wrong := await faults(visitor):
            found[step.__name__] = wrong
    assert found == {}


async def test_on_a_phone_the_channels_are_in_a_drawer(visitor: Visitor) -> None:
    await narrow(visitor)
    channels = visitor.page.get_by_role("navigation", name="Channels")
    await expect(channels).not_to_be_in_viewport()
    await drawer(visitor)
    await channels.get_by_role("link", name="ideas").click()
    await expect(visitor.page.get_by_role("heading", level=1)).to_have_text("ideas")
    await expect(channels).not_to_be_in_viewport()
    await visitor.drawn("a small picture")
    wide = await visitor.page.evaluate("document.documentElement.scrollWidth")
    assert wide <= PHONE["width"]


async def test_on_a_phone_a_long_press_opens_the_menu(browser: Browser, theatre: Theatre) -> None:
    await theatre.clear()
    context = await browser.new_context(viewport=PHONE, has_touch=True, is_mobile=True)  # type: ignore[arg-type]
    visitor = Visitor(await context.new_page(), theatre.address)
    visitor.listen()
    await visitor.come()
    await visitor.newest.locator(".inside").evaluate(PRESSED, "pointerdown")
    menu = visitor.page.get_by_role("menu", name="Message actions")
    await expect(menu).to_be_visible()
    await expect(menu).to_be_in_viewport()
    await menu.get_by_role("menuitem", name="Reply").tap()
    await expect(visitor.page.locator("#composer")).to_contain_text("Replying to Noor")
    await context.close()
    assert visitor.wrong == []


async def test_the_theme_follows_the_system_until_somebody_chooses(visitor: Visitor) -> None:
    page = visitor.page
    await expect(page.get_by_role("button", name="Theme: dark")).to_be_visible()
    await page.emulate_media(color_scheme="light")
    await expect(page.get_by_role("button", name="Theme: light")).to_be_visible()
    await page.get_by_role("button", name="Theme: light").click()
    await page.reload()
    await expect(page.get_by_role("button", name="Theme: dark")).to_be_visible()
    await expect(page.locator("html")).to_have_attribute("data-theme", "dark")


async def test_the_panel_shows_calls_prices_and_errors(visitor: Visitor) -> None:
    await visitor.drawn("a picture with a price")
    panel = await visitor.panel("Provider")
    call = panel.get_by_role("listitem").first
    await expect(call).to_contain_text("/images/generations")
    await expect(call).to_contain_text("$0.04")
    await call.locator("summary").click()
    await expect(call.locator("pre")).to_contain_text("a picture with a price")
    await visitor.turn("Provider", "Bad key")
    await visitor.use("imagine", prompt="a cat")
    await expect(visitor.newest).to_contain_text("does not work")
    await visitor.panel("Traffic")
    await panel.get_by_role("combobox", name="Show").select_option(label="Only errors")
    await expect(panel.get_by_role("listitem").first).to_contain_text("401")
    await expect(panel.get_by_role("listitem").first).to_have_class("bad")


async def test_nobody_reads_a_secret_in_the_panel(visitor: Visitor, theatre: Theatre) -> None:
    await visitor.drawn()
    panel = await visitor.panel("Traffic")
    await expect(panel.get_by_role("listitem").first).to_be_visible()
    told = await visitor.page.evaluate("fetch('/api/wire?after=0').then((reply) => reply.text())")
    assert theatre.stage.seedream is not None
    for secret in (theatre.stage.discord.token, theatre.stage.seedream.key):
        assert secret not in told
