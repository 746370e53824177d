"""What can go wrong at Discord's REST interface, as three errors: try the next way, make it smaller, ask again."""

import asyncio
from collections.abc import Awaitable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

import discord

from bot.studio.courier import CourierError
from bot.ui.upload import CONNECTION_ERRORS, NO_CONNECTION, Upload

T = TypeVar("T")

AFTER_A_CUT, AFTER_A_FAULT, AFTER_A_REFUSAL = 1.0, 5.0, 60.0  # seconds

# What discord.py raises when an answer is not what it expects: it does not check, it stumbles.
_STUMBLES = (ValueError, TypeError, LookupError, AttributeError, RuntimeError)
REFUSED = (
    "Discord does not accept DISCORD_TOKEN: copy it anew from the Bot page of"
    " https://discord.com/developers/applications"
)
_TOO_LARGE, _AUTOMOD = 40005, 200000


class Barred(Exception):
    """This way does not lead to the person: no token, no message, no permission. Another may."""


class TooLarge(Barred):
    """Discord does not take so many bytes this way. Fewer may go; where there are none to spare, the way is barred."""


class Blocked(Barred):
    """The server's AutoMod is against the words. Others may pass."""


class TokenRefused(CourierError):
    """Discord does not accept the token that this was asked with."""

    known = True


class Unsure(CourierError):
    """Nobody knows whether Discord has done it."""


async def plainly(call: Awaitable[T], patience: float, files: Sequence[Upload] = ()) -> T:
    """The call's result; raises Barred, TooLarge or CourierError, whose texts hold no secret, and nothing else.

    Nothing may happen for `patience` seconds; as long as pieces of `files` leave, a slow line is given its time.
    """
    failure: Exception
    try:
        async with asyncio.timeout(patience) as silence:
            with _moving(files, silence, patience):
                return await call
    except discord.HTTPException as error:
        failure = _meaning(error)
    except discord.RateLimited as error:
        failure = CourierError("Discord asks for patience", error.retry_after)
    except discord.LoginFailure:
        failure = TokenRefused("Discord does not accept the token", AFTER_A_REFUSAL)
    except TimeoutError:
        failure = Unsure(f"Discord did not answer within {patience:.0f} s", AFTER_A_FAULT)
    except NO_CONNECTION:
        failure = CourierError("there is no connection to Discord", AFTER_A_CUT)
    except CONNECTION_ERRORS as error:
        failure = Unsure(f"the connection to Discord broke ({type(error).__name__})", AFTER_A_CUT)
    except (*_STUMBLES, discord.DiscordException) as error:
        failure = Unsure(f"Discord's answer cannot be understood ({type(error).__name__})", AFTER_A_FAULT)
    raise failure  # out here: the foreign error would be its context, and may hold addresses with tokens in them


@contextmanager
def _moving(files: Sequence[Upload], silence: asyncio.Timeout, patience: float) -> Iterator[None]:
    """Every piece that leaves begins the silence anew."""
    now = asyncio.get_running_loop().time

    def moved() -> None:
        if not silence.expired():
            silence.reschedule(now() + patience)

    for file in files:
        file.tell(moved)
    try:
        yield
    finally:
        for file in files:
            file.tell(None)


def _meaning(error: discord.HTTPException) -> Exception:
    """What an error status means. All that is no passing trouble bars the way, whatever the reason:
    then the next way is tried, and what no way leads to is kept."""
    said = f"Discord answered {error.status}" + (f" (code {error.code})" if error.code else "")
    if error.status == 413 or error.code == _TOO_LARGE:
        return TooLarge(said)
    if error.code == _AUTOMOD:
        return Blocked(said)
    if error.status == 429:
        return CourierError(said, _seconds(error.response.headers.get("Retry-After")))
    if error.status >= 500:
        return Unsure(said, AFTER_A_FAULT)
    if error.status == 401:
        return TokenRefused("Discord does not accept the token", AFTER_A_REFUSAL)
    return Barred(said)


def _seconds(text: str | None) -> float:
    return min(float(text), 3600.0) if text and text.replace(".", "", 1).isdecimal() else AFTER_A_REFUSAL
