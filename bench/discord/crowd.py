"""People at a pretend Discord who all press /imagine at once, and the moments that Discord itself sees of it."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from sandbox.discord import Call, Channel, PretendDiscord, User, asking, slash
from sandbox.discord.model import Interaction, Json

PROMPT = "a lighthouse in the rain, oil on canvas, by somebody called {name}"
_COMMAND = 2  # the kind of an interaction that is a command
_AT_ONCE = 2  # turns of the loop: an interaction is on the wire before the next one is written


@dataclass(slots=True)
class Crowd:
    """Everybody is another person. Nobody waits for anything: what comes back is noted when Discord has answered it."""

    discord: PretendDiscord
    size: int  # bytes that a picture has to have
    delivered: dict[str, float] = field(default_factory=dict)  # when, by the interaction's token
    uploads: int = 0  # messages and edits with pictures: one for each picture is enough
    _missing: int = 0
    _done: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.discord.judges.append(self._note)

    def _note(self, call: Call) -> list[str]:
        """A picture is there when the bot hears that its edit has been taken."""
        words = call.path.split("/")
        if call.status != 200 or words[1] != "webhooks" or not call.files:
            return []
        self.uploads += 1
        it = self.discord.world.interactions[words[3]]
        shown = it.original.attachments if it.original else []
        if [file.length for file in shown] == [self.size] and it.token not in self.delivered:
            self.delivered[it.token] = self.discord.world.now
            self._missing -= 1
            if not self._missing:
                self._done.set()
        return []

    def presses(self, people: Sequence[User], channel: Channel) -> list[tuple[User, Json]]:
        """What each of them sends, written down before anything is measured."""
        return [(user, _command(self.discord, user, channel)) for user in people]

    async def press(
        self, presses: Sequence[tuple[User, Json]], channel: Channel, patience: float
    ) -> tuple[list[Interaction], bool]:
        """Send all of it; back when everybody has a picture, or False when that takes too long."""
        self._missing = len(presses)
        self._done.clear()
        asked = []
        for user, data in presses:
            asked.append(asking.put(self.discord.world, _COMMAND, user, channel, data))
            for _ in range(_AT_ONCE):
                await asyncio.sleep(0)
        try:
            await asyncio.wait_for(self._done.wait(), patience)
        except TimeoutError:
            return asked, False
        return asked, True


def _command(discord: PretendDiscord, user: User, channel: Channel) -> Json:
    command = slash.find(discord.world, user, channel, 1, "imagine")
    options, way = slash.descend(command, [])
    resolved = slash.Resolved(discord.world, user, channel)
    filled = slash.fill(options, {"prompt": PROMPT.format(name=user.name)}, resolved)
    return slash.data(command, way, filled, resolved)
