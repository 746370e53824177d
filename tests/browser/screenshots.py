"""Makes the pictures of README and docs from the sandbox itself, in dark and in light: `scripts/screenshots`."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.async_api import Browser, async_playwright, expect

from tests.browser.chromium import FLAGS, MISSING, find
from tests.browser.theatre import Theatre, open_theatre
from tests.browser.visitor import Visitor, button, picture

FOLDER = Path(__file__).parents[2] / "docs" / "images"
WIDE = {"width": 1180, "height": 760}
PHONE = {"width": 390, "height": 780}
TALL = {"story": 900, "reply": 1240}  # what is to be seen there does not fit into the usual height
MOST_BYTES = 300_000
THEMES = ("dark", "light")


async def channel(visitor: Visitor) -> None:
    """A command and its picture."""
    await visitor.drawn("a cat in the rain, under a red umbrella")
    await seen(visitor)


async def picker(visitor: Visitor) -> None:
    """What there is after a slash."""
    await visitor.composer.fill("/")


async def options(visitor: Visitor) -> None:
    """A command with its options, while a model is chosen."""
    await visitor.begin("imagine")
    await visitor.fill(prompt="a lighthouse at sunset", ratio="16:9")
    await visitor.add("model")
    await expect(visitor.page.get_by_role("listbox", name="model")).to_be_visible()


async def story(visitor: Visitor) -> None:
    """A set of pictures."""
    await visitor.use("story", prompt="a boat on the sea at sunset", images=4)
    await expect(picture(visitor.newest)).to_have_count(4)
    await expect(button(visitor.newest, "Again")).to_be_visible()
    await seen(visitor)


async def reply(visitor: Visitor) -> None:
    """A reply that changes a picture."""
    message = await visitor.drawn("a house in a meadow")
    await visitor.become("Leo")
    await visitor.menu(message, "Reply")
    before = await visitor.articles.count()
    await visitor.say("@Seedream make it night")
    await expect(picture(visitor.articles.nth(before + 1))).to_be_visible()
    await expect(button(visitor.newest, "Again")).to_be_visible()
    await visitor.become("Mia")
    await seen(visitor)


async def modal(visitor: Visitor) -> None:
    """The window behind "Edit image"."""
    await visitor.menu(visitor.newest, "Apps", "Edit image")
    dialog = visitor.page.get_by_role("dialog")
    await dialog.get_by_role("textbox").first.fill("let it snow, and put a snowman in front of the house")


async def panel(visitor: Visitor) -> None:
    """What goes on behind the scenes."""
    await visitor.panel("Traffic")
    await expect(visitor.page.get_by_role("complementary").get_by_role("listitem").first).to_be_visible()


async def fail(visitor: Visitor) -> None:
    """The switches, and what they lead to."""
    await visitor.turn("Provider", "Refuses")
    await visitor.use("imagine", prompt="a dragon over the mountains")
    await expect(visitor.newest).to_contain_text("refused")


async def phone(visitor: Visitor) -> None:
    """The same on a phone."""
    await visitor.page.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})
    await visitor.drawn("a fox in a snowy forest")
    await seen(visitor)


SHOTS: tuple[Callable[[Visitor], Awaitable[None]], ...] = (
    channel,
    picker,
    options,
    story,
    reply,
    modal,
    panel,
    phone,
    fail,
)


async def seen(visitor: Visitor) -> None:
    """Every picture has come, and the end of the channel is in sight."""
    await visitor.page.evaluate("() => Promise.all([...document.images].map((one) => one.decode().catch(() => null)))")
    await visitor.log.evaluate("(log) => { log.scrollTop = log.scrollHeight; }")
    await visitor.page.mouse.move(0, 0)


async def shoot(theatre: Theatre, browser: Browser, theme: str) -> None:
    """All pictures in one theme."""
    context = await browser.new_context(
        viewport={"width": WIDE["width"], "height": WIDE["height"]},
        device_scale_factor=2,
        color_scheme="dark" if theme == "dark" else "light",
        reduced_motion="reduce",
        locale="en-US",
    )
    visitor = Visitor(await context.new_page(), theatre.address)
    for shot in SHOTS:
        height = TALL.get(shot.__name__, WIDE["height"])
        await visitor.page.set_viewport_size({"width": WIDE["width"], "height": height})
        await visitor.come()
        await seen(visitor)
        await shot(visitor)
        kept = FOLDER / f"{shot.__name__}-{theme}.webp"
        kept.write_bytes(squeezed(await visitor.page.screenshot()))
        sys.stdout.write(f"{kept.relative_to(FOLDER.parents[1])} {kept.stat().st_size // 1024} KB\n")
    await theatre.clear()
    await context.close()


def squeezed(data: bytes) -> bytes:
    """The screenshot as WebP that a README may carry."""
    picture_of_page = Image.open(BytesIO(data)).convert("RGB")
    for quality in (88, 80, 70, 60, 50):
        file = BytesIO()
        picture_of_page.save(file, "WEBP", quality=quality, method=6)
        if file.tell() <= MOST_BYTES:
            break
    return file.getvalue()


async def tour(theatre: Theatre, chromium: str, theme: str) -> None:
    """Open a browser and shoot."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
        await shoot(theatre, browser, theme)
        await browser.close()


def main() -> None:
    """Make all of them."""
    chromium = find()
    if chromium is None:
        sys.exit(MISSING)
    expect.set_options(timeout=60_000)
    FOLDER.mkdir(parents=True, exist_ok=True)
    for theme in THEMES:
        with open_theatre("full") as theatre:
            asyncio.run(tour(theatre, chromium, theme))


if __name__ == "__main__":
    main()
