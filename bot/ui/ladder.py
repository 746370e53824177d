"""One message goes down the route until a way is open."""

import logging
from collections.abc import Awaitable, Callable

import discord

from bot.studio.courier import CourierError
from bot.studio.job import Job
from bot.ui.faults import REFUSED, Barred, TokenRefused, TooLarge, Unsure
from bot.ui.rest import Letter, Post
from bot.ui.route import Way, route

log = logging.getLogger(__name__)

OLD = 3600.0  # seconds
LONG = 600.0
NONCES_LIVE = 60.0  # seconds for certain; Discord says "a few minutes"


class Ladder:
    """The ways to people, and the clock that closes some of them."""

    def __init__(
        self, post: Post, now: Callable[[], float], dm_allowed: Callable[[int], Awaitable[bool]] | None = None
    ) -> None:
        self._dm_allowed = dm_allowed
        self._post = post
        self._now = now
        self._refused = False

    async def send(self, job: Job, letter: Letter, *, further: bool = False) -> tuple[Way, int]:
        """Bring one message by the best way that is open: the way and the message, (KEPT, 0) if none is.

        Raises TooLarge or CourierError.
        """
        doubt: Unsure | None = None
        dm = self._dm_allowed is not None and await self._dm_allowed(job.who.user)
        for way in self._ways(job, further, dm=dm):
            if doubt is not None and way is not Way.ANSWER:
                break
            if way in {Way.REPLY, Way.CHANNEL} and (found := await self._posted(job, letter)) is not None:
                return way, found
            try:
                message = await self._try(job, way, letter)
            except Unsure as error:
                if way is not Way.ORIGINAL or letter.broken:
                    raise
                log.info("Job %d: the way %s leads nowhere just now: %s", job.id, way.value, error)
                doubt = error  # the bot's own edit of the same message is safe, whatever has become of this one
                continue
            if message is not None:
                return way, message.id
        if doubt is not None:
            raise doubt
        log.info("Job %d: no way leads to the person", job.id)
        return Way.KEPT, 0

    async def edit(self, job: Job, letter: Letter) -> discord.Message | None:
        """Write over what we have said, if there is something; nothing new is posted. Raises TooLarge, CourierError."""
        for way in self._ways(job, further=False):
            if way in {Way.ORIGINAL, Way.ANSWER} and (message := await self._try(job, way, letter)) is not None:
                return message
        return None

    async def _posted(self, job: Job, letter: Letter) -> int | None:
        """What was posted before a crash, when Discord may have forgotten its nonce since. What is brought once more is
        there already, and shall be here too."""
        if job.generated_at is None or job.origin.key != job.key or self._now() < job.generated_at + NONCES_LIVE:
            return None
        return await self._post.find(job.origin, letter, job.generated_at)

    def _ways(self, job: Job, further: bool, *, dm: bool = False) -> list[Way]:
        return [way for way in route(job.origin, self._now(), further=further, dm=dm) if way is not Way.KEPT]

    async def _try(self, job: Job, way: Way, letter: Letter) -> discord.Message | None:
        try:
            message = await self._post.bring(way, job.origin, letter, job.who.user)
        except TooLarge:
            raise
        except TokenRefused:
            self._tell_of_refusal()
            raise
        except Barred as error:
            log.info("Job %d: the way %s is barred: %s", job.id, way.value, error)
            return None
        except CourierError as error:
            if not self._edited_too_often(job, way, error):
                raise
            log.info("Job %d: our message is old, and cannot be edited for long: %s", job.id, error)
            return None
        self._refused = self._refused and way in {Way.ORIGINAL, Way.FOLLOWUP}  # these need no token of the bot
        return message

    def _tell_of_refusal(self) -> None:
        """Once, until it is accepted again: every job without another way would say the same every few minutes."""
        if not self._refused:
            log.error("%s, and start the bot again; until then, pictures wait", REFUSED)
        self._refused = True

    def _edited_too_often(self, job: Job, way: Way, error: CourierError) -> bool:
        """Discord allows few edits of old messages, which a new one does not need."""
        return way is Way.ANSWER and (error.retry_after or 0.0) >= LONG and self._now() > job.created_at + OLD
