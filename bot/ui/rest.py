"""Discord without its gateway: a client that is logged in, and the five ways that it can bring one message."""

import asyncio
import logging
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import chain, repeat
from typing import Any, cast

import discord
from discord.http import Route

from bot.studio.courier import CourierError
from bot.studio.job import Origin
from bot.ui.buttons import Fresh
from bot.ui.faults import REFUSED, Barred, Blocked, TokenRefused, TooLarge, Unsure, plainly
from bot.ui.pauses import mend
from bot.ui.route import Way
from bot.ui.upload import Upload

log = logging.getLogger(__name__)

PAUSES = (2, 5, 15, 60)  # seconds before the next try, if Discord is away when the bot starts
PATIENCE = 30.0  # seconds in which nothing happens to one message; discord.py's pauses between tries are shorter
_LOOK_BACK = 100  # messages
_SKEW = 60.0  # seconds by which our clock and Discord's may differ
_ORIGINAL = cast(int, "@original")  # discord.py puts it into the address as it is
_SILENT = discord.AllowedMentions.none()


class NoDiscord(Exception):
    """There is no way to Discord: what is wrong, and what to do about it."""


class NoToken(NoDiscord):
    """There is nothing to log in with."""


class Unwelcome(NoDiscord):
    """Discord will not have the bot as it is set up; asking again and again would only make it worse."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that is in a message already. discord.py takes it for an `Attachment`, and asks it for no more than this;
    of its own it sends everything, of which Discord wants to know nothing."""

    id: int
    filename: str

    def to_dict(self) -> dict[str, str]:
        """As an edit names it."""
        return {"id": str(self.id)}


@dataclass(frozen=True, slots=True)
class Letter:
    """One message. Within some minutes Discord posts only one with the same nonce (25 characters at most)."""

    text: str
    files: Sequence[Upload]
    nonce: str
    view: Fresh | None = None  # the buttons under it; an edit without them removes those from before
    kept: Sequence[Kept] = ()  # files that an edit leaves where they are; what else has their names is not sent then
    facts: str | None = None  # what is left to say where a server's AutoMod is against the person's own words
    only_words: bool = False  # an edit that leaves all files where they are

    @property
    def broken(self) -> bool:
        """Whether it was one of its files that has cut it off."""
        return any(file.broken for file in self.files)

    def without_the_persons_words(self) -> "Letter":
        """The same message, of which nobody has written a word."""
        for file in self.files:
            file.description = None
        return replace(self, text=self.facts or "", facts=None)


class Post:
    """Brings letters through a client that is logged in; its gateway is not needed."""

    def __init__(self, client: discord.Client, patience: float = PATIENCE) -> None:
        mend()
        self._client = client
        self._patience = patience

    async def bring(self, way: Way, origin: Origin, letter: Letter, user: int = 0) -> discord.Message:
        """The message that the letter has become; raises Barred, TooLarge or CourierError. The `user` is whom a direct
        message is for."""
        try:
            return await self._bring(way, origin, letter, user)
        except Blocked:
            if letter.facts is None:
                raise
            return await self._bring(way, origin, letter.without_the_persons_words(), user)

    async def _bring(self, way: Way, origin: Origin, letter: Letter, user: int) -> discord.Message:
        call = self._directly(user, letter) if way is Way.DM else self._call(way, origin, letter)
        try:
            return await plainly(call, self._patience, letter.files)
        except TokenRefused:
            if way in {Way.ORIGINAL, Way.FOLLOWUP}:
                raise Barred("the interaction's token has ended") from None
            raise
        except TooLarge as error:
            if not letter.files:  # there is nothing to make smaller
                raise Barred(str(error)) from None
            raise
        except CourierError as error:
            if way is Way.FOLLOWUP and isinstance(error, Unsure) and not letter.broken:
                raise Barred(f"{error}, and nothing would keep it from being posted twice") from None
            raise

    async def _directly(self, user: int, letter: Letter) -> discord.Message:
        channel = await self._client.create_dm(discord.Object(user))
        view: dict[str, Any] = {"view": letter.view()} if letter.view is not None else {}
        return await channel.send(
            letter.text, files=list(letter.files), nonce=letter.nonce, allowed_mentions=_SILENT, **view
        )

    async def find(self, origin: Origin, letter: Letter, since: float) -> int | None:
        """The message that this letter has become already, as far as the bot may look back: it is known by the name
        of its first picture. Raises CourierError."""
        if not letter.files:
            return None
        try:
            return await plainly(self._search(origin.channel, letter.files[0].filename, since), self._patience)
        except Barred:
            return None

    async def _search(self, channel: int, name: str, since: float) -> int | None:
        after = datetime.fromtimestamp(since - _SKEW, UTC)
        stem = name.rpartition(".")[0]  # a picture may have been re-encoded, or not, the last time
        async for message in self._client.get_partial_messageable(channel).history(limit=_LOOK_BACK, after=after):
            ours = self._client.user is not None and message.author.id == self._client.user.id
            if ours and any(file.filename.rpartition(".")[0] == stem for file in message.attachments):
                return message.id
        return None

    def _call(self, way: Way, origin: Origin, letter: Letter) -> Coroutine[Any, Any, discord.Message]:
        told: dict[str, Any] = {"content": letter.text, "allowed_mentions": _SILENT}
        edit = told.copy()
        files = list(letter.files)
        there = {file.filename for file in letter.kept}
        new = [file for file in files if file.filename not in there]
        if letter.view is not None:
            told["view"] = letter.view()
        if not letter.only_words:
            edit["attachments"] = [*letter.kept, *new]
        edit["view"] = told.get("view")
        if way is Way.ORIGINAL:
            message = _known(origin.answer) if origin.further else _ORIGINAL
            return self._hook(origin).edit_message(message, **edit)
        if way is Way.FOLLOWUP:
            private = origin.visibility == "private"
            return self._hook(origin).send(files=files, ephemeral=private, wait=True, **told)
        channel = self._client.get_partial_messageable(origin.channel)
        if way is Way.ANSWER:
            return channel.get_partial_message(_known(origin.answer)).edit(**edit)
        if way is Way.REPLY:
            told["reference"] = channel.get_partial_message(_known(origin.message)).to_reference(
                fail_if_not_exists=False
            )
        return channel.send(files=files, nonce=letter.nonce, **told)

    def _hook(self, origin: Origin) -> discord.Webhook:
        """The interaction's own webhook."""
        hook = discord.Webhook.partial(_known(origin.application), origin.token or "", client=self._client)
        hook.type = discord.WebhookType.application  # a partial one is taken for a channel's
        return hook


def _known(number: int | None) -> int:
    if number is None:
        raise ValueError("this way is not open: the route would not have named it")
    return number


@asynccontextmanager
async def logged_in(
    token: str, api_base: str, patience: float = PATIENCE, pauses: Sequence[float] = (), trace: Any = None
) -> AsyncIterator[discord.Client]:
    """A client for REST alone, at this base address, which discord.py keeps once for the whole process.

    Raises NoDiscord. As to `pauses` see `log_in`, as to `trace` see `Onlooker`.
    """
    discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False  # it has no voice, and misses none
    before, Route.BASE = Route.BASE, api_base
    intents = discord.Intents(guilds=True)  # nothing comes of them here; without them discord.py warns
    client = discord.Client(intents=intents, allowed_mentions=_SILENT, max_ratelimit_timeout=patience, http_trace=trace)
    try:
        async with client:
            await log_in(client, token, patience, pauses)
            yield client
    finally:
        Route.BASE = before


async def log_in(client: discord.Client, token: str, patience: float = PATIENCE, pauses: Sequence[float] = ()) -> None:
    """Let the client speak to REST with the bot's token; raises NoDiscord.

    With `pauses` (seconds) a Discord that cannot be reached is asked again after each of them, and then for ever after
    the last one; without any it is asked once.
    """
    if not token:
        raise NoToken(
            "DISCORD_TOKEN is not set: copy it from the Bot page of https://discord.com/developers/applications"
        )
    for pause in chain(pauses, repeat(pauses[-1] if pauses else None)):
        try:
            await plainly(client.login(token), patience)
        except TokenRefused:
            raise Unwelcome(REFUSED) from None
        except (CourierError, Barred) as error:
            if pause is None:
                raise NoDiscord(f"Discord cannot be reached: {error}; check the network and DISCORD_API_BASE") from None
            wait = max(pause, getattr(error, "retry_after", None) or 0.0)
            log.warning(
                "Discord cannot be reached: %s; next try in %d s (check the network and DISCORD_API_BASE)", error, wait
            )
        else:
            return
        await _start_over(client)
        await asyncio.sleep(wait)


async def _start_over(client: discord.Client) -> None:
    """Let go of the connections of a login that has failed, which the next one would forget to close."""
    await client.http.close()
    client.http.clear()
    client.http.connector = discord.utils.MISSING
