"""The gate in front of a provider: calls at once, pictures a minute, and a breaker for when it is down."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from bot.seedream.clock import Clock
from bot.seedream.errors import BadKey, InDoubt, NoAccess, NotSent, OutOfCredit, SeedreamError, Unavailable


@dataclass(frozen=True, slots=True)
class Limits:
    """What a provider is asked to bear; 0 means no limit of ours."""

    calls_at_once: int = 0
    images_per_minute: int = 0


@dataclass(slots=True)
class Breaker:
    """Stops asking a provider that keeps failing, and lets a single call find out whether it is well again.

    Opens after five failures of the account (key, credit) or ten of the service within a minute.
    """

    clock: Clock
    window: float = 60.0
    pause: float = 30.0
    account_failures: int = 5
    service_failures: int = 10
    _account: deque[float] = field(default_factory=deque)
    _service: deque[float] = field(default_factory=deque)
    _opened: float | None = None
    _probing: bool = False

    def admit(self) -> None:
        """Let a call pass, or raise Unavailable with the time after which it is worth asking again."""
        if self._opened is None:
            return
        left = self._opened + self.pause - self.clock.steady()
        if left > 0 or self._probing:
            wait = max(left, 1.0)
            raise Unavailable("too many failures in a row, this provider gets a pause", retry_after=wait)
        self._probing = True

    @property
    def is_open(self) -> bool:
        """Whether calls are being turned away."""
        return self._opened is not None

    def succeeded(self) -> None:
        """The provider answered as it should, even if it said no to this one request."""
        self._account.clear()
        self._service.clear()
        self._opened, self._probing = None, False

    def abandoned(self) -> None:
        """The call ended without telling anything about the provider, because its caller went away."""
        self._probing = False

    def failed(self, error: SeedreamError) -> None:
        """Count a failure; the last straw, or a failed probe, opens the breaker."""
        account = isinstance(error, BadKey | NoAccess | OutOfCredit)
        if not account and not isinstance(error, NotSent | InDoubt):
            self.succeeded()
            return
        now = self.clock.steady()
        failures, allowed = (
            (self._account, self.account_failures) if account else (self._service, self.service_failures)
        )
        failures.append(now)
        while failures[0] <= now - self.window:
            failures.popleft()
        if self._probing or len(failures) >= allowed:
            self._opened, self._probing = now, False


class Gate:
    """Lets calls through to one provider, in order of arrival."""

    def __init__(self, name: str, limits: Limits, clock: Clock) -> None:
        self.name = name
        self.limits = limits
        self.clock = clock
        self.breaker = Breaker(clock)
        self._running = 0
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._released: set[asyncio.Future[None]] = set()
        self._paid_until = 0.0  # generic cell rate algorithm: the time up to which pictures are spoken for

    def delay(self, images: int) -> float:
        """How long pacing would hold back a call for so many pictures if it came now."""
        if not self.limits.images_per_minute:
            return 0.0
        cost = 60.0 / self.limits.images_per_minute * images
        return max(0.0, max(self._paid_until, self.clock.steady()) + cost - self.clock.steady() - max(60.0, cost))

    @asynccontextmanager
    async def turn(self, images: int) -> AsyncIterator[None]:
        """Wait for a place and for the pace, then hold the place; the outcome inside feeds the breaker."""
        await self._enter()
        try:
            self.breaker.admit()
            try:
                await self._pace(images)
                yield
            except SeedreamError as error:
                self.breaker.failed(error)
                raise
            except BaseException:
                self.breaker.abandoned()
                raise
            self.breaker.succeeded()
        except Unavailable as error:
            error.provider = self.name
            raise
        finally:
            self._leave()

    async def vacancy(self, seconds: float) -> None:
        """Wait until one of our own calls here has ended, but no longer than so many seconds."""
        if not self._running:
            await self.clock.sleep(seconds)
            return
        released = asyncio.get_running_loop().create_future()
        self._released.add(released)
        try:
            await self.clock.wait(released, seconds)
        finally:
            self._released.discard(released)
            released.cancel()

    async def _pace(self, images: int) -> None:
        delay = self.delay(images)
        if self.limits.images_per_minute:
            cost = 60.0 / self.limits.images_per_minute * images
            self._paid_until = max(self._paid_until, self.clock.steady()) + cost
        if delay > 0:
            await self.clock.sleep(delay)

    async def _enter(self) -> None:
        limit = self.limits.calls_at_once
        if not limit or (self._running < limit and not self._waiting):
            self._running += 1
            return
        place = asyncio.get_running_loop().create_future()
        self._waiting.append(place)
        try:
            await place  # whoever leaves hands the place over, so it is counted already
        except asyncio.CancelledError:
            if place.done() and not place.cancelled():
                self._leave()
            else:
                self._waiting.remove(place)
            raise

    def _leave(self) -> None:
        for future in self._released:
            if not future.done():
                future.set_result(None)
        while self._waiting:
            place = self._waiting.popleft()
            if not place.done():
                place.set_result(None)
                return
        self._running -= 1
