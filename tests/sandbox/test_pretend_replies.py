"""The pretend server answers in each gateway's own shape, with pictures that are real and different."""

import base64
from collections.abc import Awaitable, Callable, Mapping
from io import BytesIO
from typing import Any

import aiohttp
import pytest
from PIL import Image
from yarl import URL

from sandbox.seedream import PretendSeedream

Ask = Callable[..., Awaitable[tuple[int, Mapping[str, str], Any]]]

PROVIDERS = ["cometapi", "ark", "byteplus", "acedata", "gateway"]


async def bytes_of(item: dict[str, str], http: aiohttp.ClientSession) -> bytes:
    if "b64_json" in item:
        return base64.b64decode(item["b64_json"])
    async with http.get(URL(item.get("url") or item["image_url"], encoded=True)) as reply:
        assert reply.status == 200
        data = await reply.read()
        assert reply.content_length == len(data)
        return data


@pytest.mark.parametrize("response_format", ["url", "b64_json"])
@pytest.mark.parametrize("provider", PROVIDERS)
async def test_every_gateway_draws_a_picture(
    provider: str, response_format: str, ask: Ask, http: aiohttp.ClientSession, pretend: PretendSeedream
) -> None:
    status, _, body = await ask(provider, response_format=response_format, size="2048x2048")
    assert status == 200
    (item,) = body["data"]
    with Image.open(BytesIO(await bytes_of(item, http))) as picture:
        picture.load()
        assert picture.format == "JPEG"
        assert picture.size == (256, 256)
    assert pretend.billed == 1
