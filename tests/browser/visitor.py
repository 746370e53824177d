"""Somebody in front of the page, who does what people do, by the names that they see."""

import re
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from playwright.async_api import ConsoleMessage, Locator, Page, Request, expect


@dataclass
class Visitor:
    """A page, and what went wrong in it."""

    page: Page
    address: str
    wrong: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)

    def listen(self) -> None:
        """Note errors, and requests that go anywhere but to the page's own server."""
        self.page.on("console", self._said)
        self.page.on("pageerror", lambda error: self.wrong.append(f"{error.name}: {error.message} {error.stack}"))
        self.page.on("request", self._asked)

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.wrong.append(f"{message.type}: {message.text} {message.location.get('url', '')}")

    def _asked(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in {"data", "blob"} and f"{parts.scheme}://{parts.netloc}" != self.address:
            self.strangers.append(request.url)

    def forgive(self, status: int) -> None:
        """The browser itself notes answers of that status, which this test has wanted."""
        self.wrong = [line for line in self.wrong if f"status of {status}" not in line]

    async def come(self, channel: str = "general") -> None:
        """Open the page, and the channel."""
        await self.page.goto(self.address)
        await expect(self.page.get_by_role("log", name="Messages")).to_have_attribute("aria-busy", "false")
        await self.go(channel)

    async def go(self, channel: str) -> None:
        """Open a channel of the server that is open."""
        if await self.page.get_by_role("heading", level=1).inner_text() != channel:
            await self.page.get_by_role("navigation", name="Channels").get_by_role("link", name=channel).click()
        await expect(self.page.get_by_role("heading", level=1)).to_have_text(channel)
        await expect(self.log).to_have_attribute("aria-busy", "false")

    @property
    def log(self) -> Locator:
        """All messages."""
        return self.page.get_by_role("log", name="Messages")

    @property
    def articles(self) -> Locator:
        """Each message."""
        return self.log.get_by_role("article")

    @property
    def newest(self) -> Locator:
        """The last message."""
        return self.articles.last

    @property
    def composer(self) -> Locator:
        """Where one writes."""
        return self.page.get_by_role("textbox", name=re.compile("^Message [#@]"))

    def option(self, name: str) -> Locator:
        """The field of an option of the command that is being written."""
        return self.page.locator("#composer .pill").get_by_label(name, exact=True)

    async def begin(self, command: str) -> None:
        """Choose a command in the picker."""
        await self.composer.fill(f"/{command}")
        commands = self.page.get_by_role("listbox", name="Commands")
        await commands.get_by_text(f"/{command}", exact=True).click()

    async def fill(self, **options: object) -> None:
        """Fill options in; those that are not there yet are added first. A path is attached."""
        for name, value in options.items():
            await self.add(name)
            if isinstance(value, Path):
                await self.option(name).set_input_files(value)
                continue
            await self.option(name).fill(str(value))
            offered = self.page.get_by_role("listbox", name=name).get_by_role("option", name=str(value), exact=True)
            if await self.option(name).get_attribute("role") == "combobox":
                await offered.first.click()

    async def add(self, name: str) -> None:
        """Add an option to the command, unless it is there."""
        if await self.option(name).count():
            return
        await self.page.get_by_role("button", name=re.compile(r"^\+\d+ more$")).click()
        await (
            self.page.get_by_role("listbox", name="Options")
            .get_by_role("option", name=re.compile(rf"^{name}\b"))
            .click()
        )

    async def use(self, command: str, **options: object) -> None:
        """Use a slash command."""
        await self.begin(command)
        await self.fill(**options)
        await self.page.get_by_role("button", name="Send", exact=True).click()

    async def drawn(self, prompt: str = "a fox in the snow") -> Locator:
        """Ask for a picture, and wait for it: its message."""
        before = await self.articles.count()
        await self.use("imagine", prompt=prompt)
        message = self.articles.nth(before)
        await expect(picture(message).first).to_be_visible()
        await expect(button(message, "Again")).to_be_enabled()
        return message

    async def say(self, text: str) -> None:
        """Send a message, and see it."""
        before = await self.articles.count()
        await self.composer.fill(text)
        await self.composer.press("Enter")
        await expect(self.articles.nth(before)).to_contain_text(text)

    async def menu(self, message: Locator, *names: str) -> None:
        """Right-click a message, and choose."""
        await message.locator(".inside").first.click(button="right", position={"x": 40, "y": 8})
        for name in names:
            await self.page.get_by_role("menu").last.get_by_role("menuitem", name=name).click()

    async def panel(self, tab: str) -> Locator:
        """Open a tab of what goes on behind the scenes."""
        aside = self.page.get_by_role("complementary", name="Behind the scenes")
        if not await aside.is_visible():
            await self.page.get_by_role("button", name="Behind the scenes", exact=True).click()
        await aside.get_by_role("tab", name=tab).click()
        return aside

    async def turn(self, group: str, switch: str) -> None:
        """Turn a switch of the panel."""
        panel = await self.panel("Make it fail")
        await panel.get_by_role("group", name=group).get_by_role("switch", name=switch, exact=True).click()

    async def become(self, name: str) -> None:
        """Be somebody else."""
        await self.page.get_by_role("combobox", name="You are").select_option(label=await self._label(name))

    async def _label(self, name: str) -> str:
        found = self.page.get_by_role("combobox", name="You are").locator("option", has_text=name)
        return (await found.inner_text()).strip()


def picture(message: Locator) -> Locator:
    """The pictures of a message."""
    return message.locator("a.picture img")


def button(message: Locator, name: str) -> Locator:
    """A button that the bot has put under its message."""
    return message.locator(".parts").get_by_role("button", name=name)
