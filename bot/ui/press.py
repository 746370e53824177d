"""A button that was pressed, or a form that was sent: by whom, and how to answer them."""

from collections.abc import Awaitable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import discord

from bot.studio.courier import CourierError
from bot.studio.limits import Barrier, Refusal
from bot.ui.buttons import Sign
from bot.ui.faults import Barred, plainly
from bot.ui.refusals import refused
from bot.words import Words, sentence

PATIENCE = 5.0  # seconds for words of ours

_STALE = sentence("This button no longer works · look in `/history`, or start again with `/imagine`")
NOWHERE = Sign("", 0)


@dataclass(frozen=True, slots=True)
class Press:
    """A button pressed or a form sent: by whom and where, what it says, in which words to answer."""

    interaction: discord.Interaction[Any]
    sign: Sign = NOWHERE

    @property
    def user(self) -> int:
        """Whose finger it was."""
        return self.interaction.user.id

    @property
    def words(self) -> Words:
        """The words to answer in."""
        return Words(str(self.interaction.locale))

    @property
    def is_form(self) -> bool:
        """Whether it is a form that was sent."""
        return self.interaction.type is discord.InteractionType.modal_submit

    async def say(self, text: str, view: discord.ui.View | None = None) -> None:
        """Tell whoever pressed, and nobody else; over what was said before, if something was."""
        more: dict[str, Any] = {"view": view} if view is not None else {}
        more["allowed_mentions"] = discord.AllowedMentions.none()
        if self.interaction.response.is_done():
            call: Awaitable[Any] = self.interaction.edit_original_response(content=text, **more)
        else:
            call = self.interaction.response.send_message(text, ephemeral=True, **more)
        with suppress(Barred, CourierError):  # who pressed will press again
            await plainly(call, PATIENCE)

    async def refuse(self, barrier: Barrier) -> None:
        """Say what stands in the way."""
        await self.say(refused(Refusal(barrier), str(self.interaction.locale)))

    async def stale(self) -> None:
        """Answer what is no button of ours, or of a job that is gone."""
        await self.say(self.words.say(_STALE))
