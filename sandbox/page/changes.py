"""What has changed for people's eyes: numbers that grow, one for each channel and one for everything around them."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Hashable

from sandbox.discord.model import Message
from sandbox.discord.world import World

_PAUSE = 0.1  # seconds; nobody reads faster
_AT_LEAST = 15.0  # seconds; tokens grow old without a word


class Changes:
    """`turn` grows with every change; `channels` and `world` are versions. `around` sums up what surrounds channels."""

    def __init__(self, world: World, around: Callable[[], Hashable]) -> None:
        self.turn = 0
        self.channels: dict[int, int] = {}
        self.world = 0
        self._world = world
        self._around = around
        self._marks: dict[int, int] = {}
        self._mark = 0
        self._turned = asyncio.Event()

    def look(self) -> None:
        """Look again at everything."""
        marks: defaultdict[int, list[int]] = defaultdict(list)
        for message in self._world.messages.values():
            marks[message.channel.id].append(mark(message, self._world))
        for number in self._world.channels:
            found = hash(tuple(marks[number]))
            if self._marks.get(number) != found:
                self._marks[number] = found
                self.channels[number] = self.channels.get(number, 0) + 1
        found = hash(self._around())
        if found != self._mark:
            self._mark = found
            self.world += 1

    async def follow(self) -> None:
        """Look again whenever something has happened, for ever."""
        while True:
            seen = self._world.stirs
            self.look()
            self.turn += 1
            self._turned.set()
            self._turned = asyncio.Event()
            await asyncio.sleep(_PAUSE)
            await self._world.until(lambda seen=seen: self._world.stirs != seen, _AT_LEAST)  # type: ignore[misc]

    async def next(self, turn: int, seconds: float) -> bool:
        """Wait for a turn after this one; False when none came in time."""
        try:
            async with asyncio.timeout(seconds):
                while self.turn == turn:
                    await self._turned.wait()
        except TimeoutError:
            return False
        return True


def mark(it: Message, world: World) -> int:
    """A number that is another one whenever the message looks otherwise."""
    reactions = tuple((emoji, len(people)) for emoji, people in it.reactions.items())
    answered = it.reply_to is not None and it.reply_to.deleted
    return hash((it.id, it.edits, it.edited, it.deleted, it.flags, reactions, answered, failed(it, world))) & 0x7FFFFFFF


def failed(it: Message, world: World) -> bool:
    """Whether it says that the app is thinking, and the app can say nothing any more."""
    return it.loading and it.interaction is not None and not world.alive(it.interaction)
