"""A settings panel in somebody's hands: pages are turned, values chosen, forms filled in."""

from dataclasses import dataclass
from typing import Any

from sandbox.discord import Message, Person, Reply


@dataclass
class Panel:
    """The panel of somebody, at one place: 0 is the whole server. Every press is answered by the panel itself."""

    person: Person
    message: Message
    verb: str = "settings"
    place: int = 0

    @property
    def text(self) -> str:
        """All that can be read in it."""
        return self.message.text

    @property
    def note(self) -> str:
        """What has just happened, above everything else."""
        return self.message.text.partition("\n")[0]

    def sign(self, rest: str) -> str:
        """The custom_id of something in it."""
        return f"sd:{self.verb}:{self.place}:{rest}"

    async def press(self, rest: str) -> Reply:
        """Press a button."""
        reply = await self.person.press(self.message, self.sign(rest))
        assert reply.kind in {7, 9}, reply.text
        return reply

    async def choose(self, rest: str, values: Any) -> str:
        """Choose in a select; what is said of it."""
        reply = await self.person.choose(self.message, self.sign(rest), values)
        assert reply.kind == 7, reply.text
        return self.note

    async def go(self, page: str) -> str:
        """Turn to a page."""
        await self.choose("go", page)
        return self.text

    async def pick(self, page: str, name: str, values: Any) -> str:
        """Turn to a value and choose one; what is said of it."""
        await self.go(page)
        return await self.pick_here(name, values)

    async def pick_here(self, name: str, values: Any) -> str:
        """Choose a value that has its row on this page."""
        await self.press(f"one.{name}")
        return await self.choose(f"pick.{name}", values)

    async def write(self, rest: str, **values: str) -> str:
        """Fill in a form that a button of this page opens; what is said of it."""
        window = await self.press(rest)
        reply = await self.person.submit(window, values)
        assert reply.kind == 7, reply.text
        return self.note

    def at(self, place: int) -> "Panel":
        """The same message, when it is about a channel."""
        return Panel(self.person, self.message, self.verb, place)


async def opened(person: Person, which: str = "server") -> Panel:
    """Somebody's panel, just opened."""
    reply = await person.slash(f"settings {which}")
    assert reply.message.only_for is person.user
    return Panel(person, reply.message, "settings" if which == "server" else "mine")
