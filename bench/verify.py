"""Looks whether a road loses or bends a single byte, before anybody measures how fast it is."""

import json

import aiohttp
import pybase64

from bench.bodies import Wish, picture
from bench.parts import split
from bench.road import Road, Stub


class Bent(Exception):
    """What arrived is not what was sent."""


async def verify(road: Road, stub: Stub, wish: Wish) -> int:
    """Send pictures on every way that the road has; the number of pictures that arrived whole, or Bent."""
    whole = [picture(wish.size, number) for number in range(wish.n)]
    await road.transfer(stub.pictures(wish), 1)
    seen = await _message(stub, whole)
    await road.generate(2, n=wish.n, b64=bool(wish.b64))
    seen += await _message(stub, whole)
    await road.refer(stub.pictures(wish))
    return seen + await _request(stub, whole)


async def _kept(stub: Stub) -> tuple[str, bytes]:
    """The content type and the body of what the stub has kept last."""
    async with aiohttp.ClientSession() as session, session.get(f"{stub.origin}/-/kept") as reply:
        kind, _, body = (await reply.read()).partition(b"\n")
    return kind.decode(), body


async def _message(stub: Stub, whole: list[bytes]) -> int:
    _, *files = split(*await _kept(stub))
    if [file.data for file in files] != whole:
        raise Bent("the files of a message are not the pictures")
    return len(files)


async def _request(stub: Stub, whole: list[bytes]) -> int:
    _, body = await _kept(stub)
    images = json.loads(body)["image"]
    if [pybase64.b64decode(image.partition(",")[2]) for image in images] != whole:
        raise Bent("the references of a request are not the pictures")
    return len(images)
