"""One paid call and everything that it brings: a plain reply, a stream or a task, as the same events."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from pathlib import Path

from bot.seedream.ahead import read_ahead
from bot.seedream.catalogue import Catalogue
from bot.seedream.clock import Clock
from bot.seedream.errors import Retry, SeedreamError, TimedOut
from bot.seedream.harvest import Harvest
from bot.seedream.models import Accepted, Event, ImageRequest
from bot.seedream.providers.base import Answer, Provider, State
from bot.seedream.reply import Reply, read_events, read_json
from bot.seedream.spool import Spool
from bot.seedream.transport import Transport

POLL_FIRST, POLL_LONGEST, POLL_GROWTH = 3.0, 15.0, 1.25
TASK_PATIENCE = 600.0
EARLY = 1000  # nudges that are remembered, though nobody waits for them yet
REFUSALS = 5  # in a row: the first ones may come because the task has not got around yet


class Exchange:
    """Drives one provider: sends the call, reads whatever comes, asks for tasks until they end."""

    def __init__(self, transport: Transport, catalogue: Catalogue, folder: Path, clock: Clock) -> None:
        self._transport = transport
        self._catalogue = catalogue
        self._folder = folder
        self._clock = clock
        self._nudges: dict[str, asyncio.Future[None]] = {}
        self._early: dict[str, None] = {}  # in their order

    async def run(self, provider: Provider, request: ImageRequest) -> AsyncGenerator[Event, None]:
        """Send the paid call, once, and yield what it brings."""
        call = provider.call(request)
        total = self._catalogue.timeout(request)
        with Spool(self._folder) as spool:
            async with self._transport.send(
                call, url=provider.url(call.path), key=provider.key, provider=provider.name, total=total
            ) as reply:
                harvest = self._harvest(provider, request, spool, reply.request_id)
                if call.streams and reply.status == 200 and "event-stream" in reply.content_type:
                    async with aclosing(_streamed(provider, reply, spool, harvest)) as events:
                        async for event in events:
                            yield event
                    return
                answer = provider.read(reply.status, reply.headers, await read_json(reply, lifter=spool.lifter))
            if answer.state not in {State.ACCEPTED, State.PENDING}:
                for event in harvest.answer(answer):
                    yield event
                return
            task = answer.task or ""
        yield Accepted(provider.name, task)
        await self._pause(task, POLL_FIRST)
        async with aclosing(self.follow(provider, task, request)) as events:
            async for event in events:
                yield event

    async def follow(self, provider: Provider, task: str, request: ImageRequest) -> AsyncGenerator[Event, None]:
        """Ask for a task until it has ended; asking is free, so whatever goes wrong with it is asked again."""
        deadline = self._clock.steady() + TASK_PATIENCE
        wait, refusals = POLL_FIRST, 0
        while True:
            answer = await self._poll(provider, task)
            if isinstance(answer, Answer):
                with Spool(self._folder) as spool:
                    for event in self._harvest(provider, request, spool, task).answer(answer):
                        yield event
                return
            refusals = refusals + 1 if answer and answer.retry is Retry.NEVER else 0
            if refusals >= REFUSALS or self._clock.steady() >= deadline:
                said = f"; last heard: {answer}" if answer else ""
                raise TimedOut(f"the end of the task is not known{said}", provider=provider.name, request_id=task)
            await self._pause(task, wait)
            wait = min(wait * POLL_GROWTH, POLL_LONGEST)

    def nudge(self, task: str) -> bool:
        """Ask for this task now instead of later, or at the next pause. Whether somebody waits for it just now."""
        signal = self._nudges.get(task)
        if signal is None or signal.done():
            # A callback may be faster than the answer that names its task, or come while the task is asked for.
            self._early[task] = None
            if len(self._early) > EARLY:
                del self._early[next(iter(self._early))]
            return False
        signal.set_result(None)
        return True

    async def _poll(self, provider: Provider, task: str) -> Answer | SeedreamError | None:
        """The ended task, or what kept us from hearing of it, or None while it is being worked on."""
        call = provider.poll(task)
        try:
            async with self._transport.send(
                call, url=provider.url(call.path), key=provider.key, provider=provider.name, total=30.0
            ) as reply:
                answer = provider.read(reply.status, reply.headers, await read_json(reply))
        except SeedreamError as error:
            return error
        if answer.state in {State.PENDING, State.ACCEPTED}:
            return None
        # An error status is about the question, not about the task.
        return answer.error if reply.status >= 400 and answer.error else answer

    async def _pause(self, task: str, seconds: float) -> None:
        if task in self._early:
            del self._early[task]
            return
        signal = self._nudges[task] = asyncio.get_running_loop().create_future()
        try:
            await self._clock.wait(signal, seconds)
        finally:
            del self._nudges[task]

    def _harvest(self, provider: Provider, request: ImageRequest, spool: Spool, request_id: str) -> Harvest:
        return Harvest(provider.name, request.model, request_id, request.expected_images, spool.claim)


async def _streamed(provider: Provider, reply: Reply, spool: Spool, harvest: Harvest) -> AsyncGenerator[Event, None]:
    end, cut = None, None
    try:
        async with aclosing(read_ahead(read_events(reply, lifter=spool.lifter))) as sent:
            async for server_event in sent:
                found = provider.read_event(server_event)
                if isinstance(found, Answer):
                    end = found
                    break
                for event in harvest.take([found] if found else []):
                    yield event
                if harvest.stopped:
                    break
    except SeedreamError as error:
        cut = error
    for event in harvest.end(end) if end else harvest.cut(cut):
        yield event
