"""One sandbox and one Chromium for the tests of a worker, and a page for each; no test may leave an error behind."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, async_playwright, expect

from tests.browser.chromium import FLAGS, MISSING, find
from tests.browser.theatre import Theatre, open_theatre
from tests.browser.visitor import Visitor

HERE = Path(__file__).parent
PATIENCE = 20_000  # milliseconds

expect.set_options(timeout=PATIENCE)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All of them share a loop, since Playwright belongs to one; and a machine that is busy may take its time."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)
            item.add_marker(pytest.mark.timeout(120))


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium; without one there is nothing to test with."""
    path = find()
    if path is None:
        pytest.skip(MISSING)
    return path


@pytest.fixture(scope="session")
def theatre(chromium: str) -> Iterator[Theatre]:
    """The sandbox, which goes on between the tests."""
    with open_theatre() as opened:
        yield opened


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser(chromium: str) -> AsyncIterator[Browser]:
    """A headless Chromium."""
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
        yield started
        await started.close()


@pytest_asyncio.fixture(loop_scope="session")
async def context(browser: Browser) -> AsyncIterator[BrowserContext]:
    """A window of its own: nothing is remembered from one test to the next."""
    opened = await browser.new_context(
        viewport={"width": 1280, "height": 860}, locale="en-US", color_scheme="dark", reduced_motion="reduce"
    )
    opened.set_default_timeout(PATIENCE)
    yield opened
    await opened.close()


@pytest_asyncio.fixture(loop_scope="session")
async def visitor(context: BrowserContext, theatre: Theatre) -> AsyncIterator[Visitor]:
    """Mia in #general, on an empty stage."""
    await theatre.clear()
    somebody = Visitor(await context.new_page(), theatre.address)
    somebody.listen()
    await somebody.come()
    yield somebody
    assert somebody.wrong == []
    assert somebody.strangers == []
