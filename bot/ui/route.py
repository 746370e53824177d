"""Which ways lead an answer to a person, best first: a pure function of where it was asked, and of the time."""

from enum import Enum

from bot.studio.job import Origin

MARGIN = 60.0  # a token that ends sooner may end while pictures are on their way


class Way(Enum):
    """How a message reaches a person."""

    ORIGINAL = "original"  # the interaction's answer is edited, by its token
    ANSWER = "answer"  # our own message is edited, by the bot
    REPLY = "reply"  # a new message that replies to the person's
    CHANNEL = "channel"  # a new message
    FOLLOWUP = "followup"  # one more answer of the interaction; nothing keeps Discord from posting it twice
    DM = "dm"  # a direct message, to those who have asked for them
    KEPT = "kept"  # no way: it can be asked for later


def route(origin: Origin, now: float, *, further: bool = False, dm: bool = False) -> list[Way]:
    """Every way that may be open, KEPT last. `further` is for messages after the first, which nothing is edited for;
    `dm` for people who want direct messages.

    What was asked in private never becomes a message that others see.
    """
    token = origin.token is not None and origin.application is not None and now < origin.token_until - MARGIN
    public = bool(origin.channel) and origin.visibility != "private"
    ways = {
        Way.ORIGINAL: token and not further,
        Way.ANSWER: public and origin.answer is not None and not further,
        Way.REPLY: public and origin.message is not None and not further,
        Way.CHANNEL: public,
        Way.FOLLOWUP: token and further,
        Way.DM: dm,
        Way.KEPT: True,
    }
    return [way for way, is_open in ways.items() if is_open]
