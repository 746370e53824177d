"""The first answer to an interaction, for which there are three seconds."""

import asyncio
import logging
from typing import Any

import discord

from bot.studio.courier import CourierError
from bot.ui.faults import Barred, TokenRefused, plainly

log = logging.getLogger(__name__)

IN_TIME = 2.5  # seconds; what is later than 3 counts for nothing
PAUSES = (0.05, 0.2, 0.5)  # after each try
_A_TRY = 1.2  # seconds for one of the tries within them: an answer that hangs must not be the only one
_ANSWER = "answer"
_ALREADY = "(code 40060)"


async def acknowledged(interaction: discord.Interaction[Any], *, private: bool = False) -> int | None:
    """Say that an answer will come, unless that has been said; the id of the message that it will be in.

    None when nobody waits any more, or when it could not be said: then nothing may be begun.
    """
    if interaction.response.is_done():
        return await _known(interaction)
    end = asyncio.get_running_loop().time() + IN_TIME
    for pause in PAUSES:
        left = max(0.0, end - asyncio.get_running_loop().time())
        try:
            said = await plainly(interaction.response.defer(ephemeral=private, thinking=True), min(left, _A_TRY))
        except (Barred, TokenRefused) as error:
            if _ALREADY in str(error):  # an answer to our try before, which we have not heard of
                return await _known(interaction)
            log.info("An interaction could not be answered: %s", error)
            return None
        except CourierError as error:
            log.info("An interaction's answer did not arrive: %s", error)
            await asyncio.sleep(pause)
        else:
            interaction.extras[_ANSWER] = said.message_id if said else None
            return await _known(interaction)
    return await _known(interaction)  # it may have been said, and only the answers were lost


async def _known(interaction: discord.Interaction[Any]) -> int | None:
    """The message that the answer is in."""
    if interaction.extras.get(_ANSWER) is None:
        try:
            message = await plainly(interaction.original_response(), IN_TIME)
        except (Barred, CourierError) as error:
            log.info("An interaction's answer cannot be found: %s", error)
            return None
        interaction.extras[_ANSWER] = message.id
    return int(interaction.extras[_ANSWER])
