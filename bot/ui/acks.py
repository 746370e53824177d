"""The first answer to an interaction, for which there are three seconds."""

import asyncio
import logging
from typing import Any

import discord

from bot.studio.courier import CourierError
from bot.ui.faults import Barred, plainly

log = logging.getLogger(__name__)

IN_TIME = 2.5  # seconds; what is later than 3 counts for nothing
_ANSWER = "answer"


async def acknowledged(interaction: discord.Interaction[Any], *, private: bool = False) -> int | None:
    """Say that an answer will come, unless that has been said; the id of the message that it will be in.

    None when nobody waits any more, or when it could not be said: then nothing may be begun.
    """
    if interaction.response.is_done():
        return await _known(interaction)
    end = asyncio.get_running_loop().time() + IN_TIME
    while (left := end - asyncio.get_running_loop().time()) > 0:
        try:
            said = await plainly(interaction.response.defer(ephemeral=private, thinking=True), left)
        except Barred as error:
            if not interaction.response.is_done() and "40060" not in str(error):
                log.info("An interaction could not be answered in time: %s", error)
                return None
            return await _known(interaction)  # an answer to our first try that we did not hear of
        except CourierError as error:
            log.info("An interaction's answer did not arrive: %s", error)
            await asyncio.sleep(0.05)
        else:
            answer = said.message_id if said else None
            interaction.extras[_ANSWER] = answer
            return answer or await _known(interaction)
    return None


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
