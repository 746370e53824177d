"""Our own messages: which job one of them is about."""

import re

import discord

from bot.ui.buttons import Sign

BUNDLE = "layers"  # what stands in place of a picture's number in the name of the file that holds all layers
_OURS = re.compile(rf"seedream-([0-9]{{1,18}})-(?:[0-9]+|{BUNDLE})\.\w+$")
_OF_ONE_JOB = {"again", "retry", "cancel"}  # these stand under messages about one job only


def job_of(message: discord.Message) -> int | None:
    """The number of the job that one of our messages is about, by its buttons or by the names of its pictures."""
    for row in message.components:
        for child in row.children if isinstance(row, discord.ActionRow) else ():
            sign = Sign.read(child.custom_id)
            if sign is not None and sign.verb in _OF_ONE_JOB:
                return sign.number
    names = (_OURS.search(attachment.filename) for attachment in message.attachments)
    return next((int(name[1]) for name in names if name), None)
