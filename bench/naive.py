"""The usual way: every body is read into memory whole and handed on as bytes."""

import asyncio
import base64
import io
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import discord
from PIL import Image

from bench.road import LIMIT, MODEL, PROMPT, Messages


class Naive:
    """An SDK-style client without the SDK: `.json()`, `.read()`, `base64`, `discord.File(BytesIO)`."""

    def __init__(self, session: aiohttp.ClientSession, messages: Messages, api: str) -> None:
        self._session = session
        self._messages = messages
        self._api = api

    async def transfer(self, links: Sequence[str], channel: int, ready: asyncio.Barrier | None = None) -> None:
        await self.deliver([await self.read(link) for link in links], channel, ready)

    async def generate(self, channel: int, *, n: int = 1, b64: bool = False) -> None:
        sequence = {"sequential_image_generation": "auto", "sequential_image_generation_options": {"max_images": n}}
        form = "b64_json" if b64 else "url"
        body: dict[str, object] = {"model": MODEL, "prompt": PROMPT, "response_format": form, "watermark": False}
        if n > 1:
            body.update(sequence)
        pictures = []
        for found in await self.ask(body):
            inline = found.get("b64_json")
            pictures.append(base64.b64decode(inline) if inline else await self.read(found["url"]))
        await self.deliver(pictures, channel)

    async def refer(self, links: Sequence[str]) -> None:
        pictures = [await self.read(link) for link in links]
        images = [f"data:image/png;base64,{base64.b64encode(picture).decode()}" for picture in pictures]
        await self.ask({"model": MODEL, "prompt": PROMPT, "image": images, "watermark": False})

    async def encode(self, photo: Path) -> None:
        await asyncio.to_thread(_jpeg, await asyncio.to_thread(photo.read_bytes))

    async def shrink(self, link: str, channel: int) -> None:
        await self.deliver([await asyncio.to_thread(_jpeg, await self.read(link))], channel)

    async def ask(self, body: Mapping[str, object]) -> list[dict[str, str]]:
        """One call of the API."""
        headers = {"Authorization": "Bearer key"}
        async with self._session.post(f"{self._api}/api/v3/images/generations", json=body, headers=headers) as reply:
            answer = await reply.json()
        data: list[dict[str, str]] = answer["data"]
        return data

    async def read(self, link: str) -> bytes:
        """One picture, whole."""
        async with self._session.get(link) as reply:
            return await reply.read()

    async def deliver(self, pictures: list[bytes], channel: int, ready: asyncio.Barrier | None = None) -> None:
        """Pictures as files of one message."""
        files = [discord.File(io.BytesIO(picture), f"{number}.png") for number, picture in enumerate(pictures)]
        if ready is not None:
            await ready.wait()
        await self._messages.send(channel, files)


def _jpeg(picture: bytes) -> bytes:
    """The usual ladder: the best quality of a few that fits, everything in memory."""
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    for quality in range(95, 0, -5):
        out = io.BytesIO()
        image.save(out, "JPEG", quality=quality, subsampling=0)
        if out.tell() <= LIMIT:
            break
    return out.getvalue()


@asynccontextmanager
async def naive(messages: Messages, api: str) -> AsyncIterator[Naive]:
    """The naive bot, its one session open."""
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        yield Naive(session, messages, api)
