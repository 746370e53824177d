"""Linked references, fetched by us: for providers that could not load a link in time."""

from dataclasses import replace

from bot.seedream.content import InMemory
from bot.seedream.errors import BadReference
from bot.seedream.models import Fetch, ImageRequest, Reference


async def inlined(request: ImageRequest, fetch: Fetch) -> ImageRequest:
    """The same request with the bytes of every linked reference in it."""
    references = [await _with_bytes(reference, number, fetch) for number, reference in enumerate(request.references, 1)]
    return replace(request, references=tuple(references))


async def _with_bytes(reference: Reference, number: int, fetch: Fetch) -> Reference:
    if reference.url is None or reference.url.startswith("data:"):
        return reference
    try:
        async with fetch.open(reference.url) as opened:
            data = b"".join([chunk async for chunk in opened.chunks()])
            return replace(reference, url=None, content=InMemory(data), media_type=opened.media_type)
    except OSError as error:
        raise BadReference(f"image {number}: neither the provider nor we could load its link: {error}") from None
