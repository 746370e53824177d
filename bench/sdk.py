"""The usual way with the `openai` SDK in front, for machines where that is installed; the bot itself never needs it."""

import importlib
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import aiohttp

from bench.naive import Naive
from bench.road import Messages


class WithSdk(Naive):
    """As the naive bot, but the SDK asks."""

    def __init__(self, session: aiohttp.ClientSession, messages: Messages, api: str) -> None:
        super().__init__(session, messages, api)
        self._client = importlib.import_module("openai").AsyncOpenAI(base_url=f"{api}/api/v3", api_key="key")

    async def ask(self, body: Mapping[str, object]) -> list[dict[str, str]]:
        known = {key: body[key] for key in ("model", "prompt", "response_format") if key in body}
        extra = {key: value for key, value in body.items() if key not in known}
        answer = await self._client.images.generate(**known, extra_body=extra)
        return [{"url": image.url or "", "b64_json": image.b64_json or ""} for image in answer.data]


@asynccontextmanager
async def sdk(messages: Messages, api: str) -> AsyncIterator[WithSdk]:
    """The naive bot with the SDK."""
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        yield WithSdk(session, messages, api)
