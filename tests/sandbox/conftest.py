"""A pretend server with small pictures, and a bare HTTP client that asks it."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from io import BytesIO

import aiohttp
import pytest

from sandbox.seedream import PretendSeedream

PATHS = {
    "ark": "/api/v3/images/generations",
    "byteplus": "/api/v3/images/generations",
    "cometapi": "/v1/images/generations",
    "gateway": "/v1/images/generations",
    "acedata": "/seedream/images",
}
MODELS = {"byteplus": "seedream-4-5-251128"}


@pytest.fixture
async def pretend() -> AsyncIterator[PretendSeedream]:
    async with PretendSeedream(pictures="small") as server:
        yield server


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=20)) as session:
        yield session


@pytest.fixture
def ask(
    pretend: PretendSeedream, http: aiohttp.ClientSession
) -> Callable[..., Awaitable[tuple[int, Mapping[str, str], object]]]:
    """POST a valid request with changes (a field that is set to ... is left out): status, headers, JSON."""

    async def send(
        provider: str, *, key: str | None = None, path: str = "", **changes: object
    ) -> tuple[int, Mapping[str, str], object]:
        valid = {"model": MODELS.get(provider, "doubao-seedream-4-5-251128"), "prompt": "a cat", "watermark": False}
        body = {name: value for name, value in (valid | changes).items() if value is not ...}
        given = pretend.key if key is None else key
        headers = {"Authorization": f"Bearer {given}"} if given else {}
        url = pretend.base_url(provider) + (path or PATHS[provider])
        headers["Content-Type"] = "application/json"
        sent = BytesIO(json.dumps(body).encode())
        async with http.post(url, data=sent, headers=headers, allow_redirects=False) as reply:
            return reply.status, reply.headers, await reply.json(content_type=None)

    return send
