"""A provider that calls back while its task is being asked for: whoever waits is woken, and nothing else happens."""

import asyncio
from contextlib import aclosing
from dataclasses import replace

from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.seedream.exchange import EARLY
from bot.seedream.models import Accepted, Finished, ImageRequest, PictureReady, Started
from bot.seedream.providers.acedata import AceData
from tests.seedream.online.studio import Hands, Studio

CAT = ImageRequest("seedream-4.5", "a cat in the rain", size="2K")


async def test_a_callback_only_wakes_the_question(studio: Studio, hands: Hands) -> None:
    client = await studio.client("acedata")
    provider = client.channels["acedata"].provider
    assert isinstance(provider, AceData)
    hands.stopped = True  # whoever waits for the clock waits for ever
    nudged: list[bool] = []

    async def called_back(request: web.Request) -> web.Response:
        task = provider.read_callback(await request.json())
        nudged.append(client.nudge(task or ""))
        return web.Response()

    app = web.Application()
    app.router.add_post("/callbacks/token", called_back)
    async with TestServer(app) as server:
        asked = replace(CAT, prompt="a cat [[slow:0]]", callback_url=str(server.make_url("/callbacks/token")))
        async with asyncio.timeout(10), aclosing(client.generate(asked)) as events:
            seen = [type(event) async for event in events]
    assert seen == [Started, Accepted, PictureReady, Finished]
    assert nudged == [True]
    assert client.nudge("unknown") is False


async def test_a_callback_that_is_faster_than_the_answer_is_not_lost(studio: Studio, hands: Hands) -> None:
    client = await studio.client("acedata")
    hands.stopped = True
    async with asyncio.timeout(10), aclosing(client.generate(replace(CAT, prompt="a cat [[slow:0]]"))) as events:
        async for event in events:
            if isinstance(event, Accepted):
                while not studio.pretend.billed:  # noqa: ASYNC110 - the picture is drawn meanwhile
                    await asyncio.sleep(0.01)
                assert client.nudge(event.task) is False, "nobody waits for it yet"
            last = event
    assert isinstance(last, Finished)


async def test_nudges_for_tasks_that_nobody_ever_asks_for_are_forgotten(studio: Studio) -> None:
    client = await studio.client("acedata")
    assert not any(client.nudge(f"task-{number}") for number in range(3 * EARLY))
    assert len(client._exchange._early) == EARLY
