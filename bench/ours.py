"""The bot's own way: its real client, fetcher, press and upload, put together as the bot puts them together."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from pathlib import Path

from bench.bodies import SIDE
from bench.road import LIMIT, MODEL, PROMPT, Messages
from bot.images.fetch import Fetcher
from bot.images.guard import Guard
from bot.images.press import Press
from bot.seedream.catalogue import Catalogue
from bot.seedream.client import Channel, Seedream
from bot.seedream.clock import Clock
from bot.seedream.content import OnDisk
from bot.seedream.gate import Gate, Limits
from bot.seedream.models import ImageRequest, Picture, PictureReady, Reference
from bot.seedream.providers.ark import Ark
from bot.seedream.transport import Transport
from bot.ui.upload import Upload


class Ours:
    """From a prompt to a message without ever holding a picture."""

    def __init__(self, client: Seedream, fetcher: Fetcher, press: Press, messages: Messages, spool: Path) -> None:
        self._client = client
        self._fetcher = fetcher
        self._press = press
        self._messages = messages
        self._spool = spool
        self._one_at_a_time = asyncio.Semaphore(1)

    async def transfer(self, links: Sequence[str], channel: int, ready: asyncio.Barrier | None = None) -> None:
        pictures = [Picture(number, url=link) for number, link in enumerate(links)]
        await self._deliver(pictures, channel, ready)

    async def generate(self, channel: int, *, n: int = 1, b64: bool = False) -> None:
        form = "b64_json" if b64 else "url"
        request = ImageRequest(MODEL, PROMPT, max_images=n if n > 1 else None, stream=False, response_format=form)
        pictures = await self._draw(request)
        await self._deliver(pictures, channel)
        for picture in pictures:
            if picture.file is not None:
                picture.file.unlink()

    async def refer(self, links: Sequence[str]) -> None:
        async with AsyncExitStack() as stack:
            sources = [await stack.enter_async_context(self._fetcher.source(link)) for link in links]
            references = tuple(Reference(source, None, source.media_type, SIDE, SIDE) for source in sources)
            await self._draw(ImageRequest(MODEL, PROMPT, references))

    async def encode(self, photo: Path) -> None:
        fitted = await self._press.fit(photo, LIMIT)
        if fitted.path != photo:  # else it fitted as it was
            fitted.path.unlink()

    async def shrink(self, link: str, channel: int) -> None:
        path = self._spool / f"{channel}.png"
        async with self._one_at_a_time:  # the download too: what waits for the press waits as a link
            await self._client.save(Picture(0, url=link), path)
            fitted = await self._press.fit(path, LIMIT)
        await self._messages.send(channel, [Upload(OnDisk(fitted.path), "0.jpg")])
        for file in {path, fitted.path}:
            file.unlink()

    async def _draw(self, request: ImageRequest) -> list[Picture]:
        async with aclosing(self._client.generate(request)) as events:
            return [event.picture async for event in events if isinstance(event, PictureReady)]

    async def _deliver(self, pictures: Sequence[Picture], channel: int, ready: asyncio.Barrier | None = None) -> None:
        async with AsyncExitStack() as stack:
            contents = [await stack.enter_async_context(self._client.open(picture)) for picture in pictures]
            files = [Upload(content, f"{number}.png") for number, content in enumerate(contents)]
            if ready is not None:
                await ready.wait()
            await self._messages.send(channel, files)


@asynccontextmanager
async def ours(messages: Messages, api: str) -> AsyncIterator[Ours]:
    """The bot's pipeline, everything that lives as long as the bot open."""
    catalogue = Catalogue.load()
    async with AsyncExitStack() as stack:
        spool = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-")))
        fetcher = await stack.enter_async_context(Fetcher(Guard(["127.0.0.1"])))
        transport = await stack.enter_async_context(Transport())
        press = await stack.enter_async_context(Press(spool))
        channel = Channel(Ark("key", api, catalogue=catalogue), Gate("ark", Limits(), Clock()))
        client = Seedream([channel], catalogue=catalogue, transport=transport, fetch=fetcher, spool=spool)
        yield Ours(client, fetcher, press, messages, spool)
