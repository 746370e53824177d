"""The client: one request in, one stream of events out, whichever provider answers and however it does."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import AbstractAsyncContextManager, aclosing
from dataclasses import dataclass, replace
from pathlib import Path

from bot.seedream.catalogue import Catalogue
from bot.seedream.clock import Clock
from bot.seedream.errors import (
    BadKey,
    InvalidRequest,
    ModelUnavailable,
    NoAccess,
    NotSent,
    OutOfCredit,
    Problem,
    RateLimited,
    Retry,
    SeedreamError,
    Unavailable,
)
from bot.seedream.exchange import Exchange
from bot.seedream.gate import Gate
from bot.seedream.inline import inlined
from bot.seedream.models import (
    Content,
    Event,
    Fetch,
    ImageRequest,
    Picture,
    PictureFailed,
    PictureReady,
    Started,
    Waiting,
)
from bot.seedream.pictures import Pictures
from bot.seedream.providers.base import Provider
from bot.seedream.retry import Policy, Quota, Tries
from bot.seedream.transport import Transport

# After these the next provider may be asked: it is certain that the first one drew nothing.
MOVES_ON = (NotSent, BadKey, NoAccess, OutOfCredit, ModelUnavailable, RateLimited)


@dataclass(frozen=True, slots=True)
class Channel:
    """A provider and the gate in front of it."""

    provider: Provider
    gate: Gate


class Seedream:
    """Generates pictures over an ordered route of providers.

    Nothing is sent twice unless the first call provably drew nothing; an error leaves by the tree of `errors` only.
    """

    def __init__(
        self,
        channels: Sequence[Channel],
        *,
        catalogue: Catalogue,
        transport: Transport,
        fetch: Fetch,
        spool: Path,
        policy: Policy | None = None,
        clock: Clock | None = None,
    ) -> None:
        self.channels = {channel.provider.name: channel for channel in channels}
        self.catalogue = catalogue
        self._policy = policy or Policy()
        self._clock = clock or Clock()
        self._fetch = fetch
        self._quota = Quota()
        self._exchange = Exchange(transport, catalogue, spool, self._clock)
        self._pictures = Pictures(fetch, spool, self._clock)

    def check(self, request: ImageRequest) -> list[Problem]:
        """Everything that stands in the way of a request: the model's rules, or those of the providers at hand."""
        if self._able(request):
            return []
        problems = self.catalogue.check(request)
        if problems or not self.channels:
            return problems
        offering = [name for name in self.channels if self.catalogue.model_id(request.model, name)]
        if not offering:
            rule = f"{request.model} is not offered by {', '.join(self.channels)}"
            return [Problem("model", rule, self._other(next(iter(self.channels))))]
        return self.catalogue.check(request, offering[0])

    def route(self, request: ImageRequest) -> list[Channel]:
        """The providers that can do it, in order; raises InvalidRequest or Unavailable."""
        able = self._able(request)
        if able:
            return able
        problems = self.check(request)
        if problems:
            raise InvalidRequest(problems)
        raise Unavailable("no provider is configured: set a key, COMETAPI_KEY for example", retry=Retry.NEVER)

    async def generate(self, request: ImageRequest, *, callback: str | None = None) -> AsyncGenerator[Event, None]:
        """Draw: yields events as they come and ends with Finished, or raises a SeedreamError. A provider with tasks
        is asked to call back at this address, if there is one.

        After `Started` the paid call leaves only when the next event is asked for. Pictures that were yielded stay
        valid whatever follows. Close it (`contextlib.aclosing`) to stop waiting; what was sent may still be billed.
        """
        route = self.route(request)
        for place, channel in enumerate(route):
            try:
                async with aclosing(self._ask(channel, _called_back(channel, request, callback))) as events:
                    async for event in events:
                        yield event
            except MOVES_ON as error:
                if place + 1 == len(route):
                    raise
                yield Waiting(route[place + 1].provider.name, 0.0, error)
            else:
                return

    async def resume(self, provider: str, task: str, request: ImageRequest) -> AsyncGenerator[Event, None]:
        """Go on with a task that was Accepted, by this or an earlier process. Asking costs nothing."""
        channel = self.channels.get(provider)
        if channel is None or not channel.provider.tasks:
            raise Unavailable(f"the provider {provider} is not configured, its task cannot be asked for")
        async with aclosing(self._exchange.follow(channel.provider, task, request)) as events:
            async for event in events:
                yield event

    def nudge(self, task: str) -> bool:
        """A callback says that a task has moved: ask for it now. True if somebody here was waiting for it."""
        return self._exchange.nudge(task)

    def open(self, picture: Picture) -> AbstractAsyncContextManager[Content]:
        """The bytes of a finished picture, of known length, readable again and again while the context lasts."""
        return self._pictures.open(picture)

    async def save(self, picture: Picture, path: Path) -> Path:
        """Write a finished picture to a file, whole or not at all."""
        return await self._pictures.save(picture, path)

    async def _ask(self, channel: Channel, request: ImageRequest) -> AsyncGenerator[Event, None]:
        """Ask one provider, as often as the policy allows."""
        name = channel.provider.name
        tries = Tries(self._policy, self._quota, self._clock.chance)
        attempt = 0
        while True:
            attempt += 1
            given = False
            try:
                async with aclosing(self._attempt(channel, request, attempt)) as events:
                    async for event in events:
                        given = given or isinstance(event, PictureReady | PictureFailed)
                        yield event
            except SeedreamError as error:
                wait = None if given else tries.next_wait(error)
                if wait is None:
                    raise
                yield Waiting(name, wait, error)
                if error.retry is Retry.INLINE_ONCE:
                    request = await inlined(request, self._fetch)
                await (channel.gate.vacancy(wait) if error.retry is Retry.QUEUE else self._clock.sleep(wait))
            else:
                self._quota.give()
                return

    async def _attempt(self, channel: Channel, request: ImageRequest, attempt: int) -> AsyncGenerator[Event, None]:
        images = self.most_images(request)
        delay = channel.gate.delay(images)
        if delay > 0:
            yield Waiting(channel.provider.name, delay)
        async with channel.gate.turn(images):
            model_id = self.catalogue.model_id(request.model, channel.provider.name) or request.model
            yield Started(channel.provider.name, model_id, attempt)
            async with aclosing(self._exchange.run(channel.provider, request)) as events:
                async for event in events:
                    yield event

    def most_images(self, request: ImageRequest) -> int:
        """What the provider's own pacing counts for a request: layers are counted at their most; of a model that nobody
        knows at the most that any has."""
        if not request.layers:
            return request.expected_images
        model = self.catalogue.resolve(request.model)
        return 1 + (model.layers if model else max(each.layers for each in self.catalogue.models.values()))

    def layering(self) -> list[str]:
        """The models that take pictures apart at one of the providers at hand."""
        return [key for key in self.catalogue.models if any(self._layers(key, name) for name in self.channels)]

    def _layers(self, key: str, provider: str) -> bool:
        model = self.catalogue.model(key, provider)
        offered = model is not None and model.layers > 0 and self.catalogue.model_id(key, provider) is not None
        return offered and "layer_decomposition" in self.catalogue.fields(key, provider)

    def _able(self, request: ImageRequest) -> list[Channel]:
        return [
            channel
            for name, channel in self.channels.items()
            if self.catalogue.model_id(request.model, name) and not self.catalogue.check(request, name)
        ]

    def _other(self, provider: str) -> str | None:
        """A model that this provider does offer."""
        return next((key for key in self.catalogue.models if self.catalogue.model_id(key, provider)), None)


def _called_back(channel: Channel, request: ImageRequest, address: str | None) -> ImageRequest:
    """The request with an address to call back, where the provider does that: others refuse it."""
    if address is None or not channel.provider.tasks:
        return request
    return replace(request, callback_url=address)
