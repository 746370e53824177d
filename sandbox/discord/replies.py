"""What a person gets back from the app, and how it changes while they look."""

from collections.abc import Callable

from sandbox.discord.model import Interaction, Json, Message, everything
from sandbox.discord.world import World


class Modal:
    """A window with fields that the app has opened."""

    def __init__(self, data: Json, interaction: Interaction) -> None:
        self.data = data
        self.interaction = interaction

    @property
    def title(self) -> str:
        """What stands above it."""
        return str(self.data["title"])

    @property
    def custom_id(self) -> str:
        """What the app calls it."""
        return str(self.data["custom_id"])

    @property
    def fields(self) -> dict[str, Json]:
        """Its fields by label, which is what a person knows them by; each tells its `custom_id` too."""
        found = {}
        for part in everything(self.data["components"]):
            if part["type"] == 18:
                found[str(part["label"])] = part["component"]
            elif part["type"] == 4 and part.get("label"):
                found[str(part["label"])] = part
        return found

    @property
    def values(self) -> dict[str, str]:
        """What stands in its text fields when it opens."""
        return {label: str(part.get("value") or "") for label, part in self.fields.items() if part["type"] == 4}


class Reply:
    """The app's answer to something that a person did."""

    def __init__(self, world: World, interaction: Interaction) -> None:
        self._world = world
        self.interaction = interaction

    @property
    def kind(self) -> int | None:
        """The type of the first answer: 4 a message, 5 thinking, 6 and 7 an update, 9 a modal."""
        return self.interaction.answered

    @property
    def message(self) -> Message:
        """The message that answers; raises LookupError when it is a modal, or deleted."""
        message = self.interaction.original
        if message is None or message.deleted:
            raise LookupError("there is no message")
        return message

    @property
    def gone(self) -> bool:
        """Whether the answer was deleted."""
        return self.interaction.original is not None and self.interaction.original.deleted

    @property
    def modal(self) -> Modal:
        """The window that has opened; raises LookupError when none has."""
        if self.interaction.modal is None:
            raise LookupError("there is no modal")
        return Modal(self.interaction.modal, self.interaction)

    @property
    def further(self) -> list[Message]:
        """Follow-ups that are still there, oldest first."""
        return [message for message in self.interaction.further if not message.deleted]

    @property
    def thinking(self) -> bool:
        """Whether it still says that the app is thinking."""
        return self.message.loading

    @property
    def text(self) -> str:
        """All that can be read in it."""
        return self.message.text

    @property
    def files(self) -> list[tuple[str, bytes]]:
        """Names and bytes of its files."""
        return self.message.files

    @property
    def buttons(self) -> list[str]:
        """What is written on its buttons."""
        return self.message.buttons

    @property
    def ack_seconds(self) -> float:
        """How long the first answer took."""
        return (self.interaction.answered_at or 0.0) - self.interaction.made

    async def until(self, holds: Callable[[Message], object], seconds: float = 5.0) -> Message:
        """Wait until this is true of the message; raises TimeoutError with what it says instead."""
        if not await self._world.until(lambda: not self.gone and holds(self.message), seconds):
            said = "it was deleted" if self.gone else repr(self.text or "still thinking")
            raise TimeoutError(f"the answer did not become what was waited for within {seconds} s: {said}")
        return self.message

    async def done(self, seconds: float = 5.0) -> Message:
        """Wait until the app has stopped thinking."""
        return await self.until(lambda message: not message.loading, seconds)

    async def changed(self, seconds: float = 5.0) -> Message:
        """Wait for the next edit."""
        before = self.message.edits
        return await self.until(lambda message: message.edits > before, seconds)

    async def follow_up(self, number: int = 1, seconds: float = 5.0) -> Message:
        """Wait for the so many-th follow-up."""
        if not await self._world.until(lambda: len(self.further) >= number, seconds):
            raise TimeoutError(f"there are {len(self.further)} follow-ups after {seconds} s, not {number}")
        return self.further[number - 1]
