"""A request as a job keeps it: plain data, with its reference pictures on the shelf."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from bot.seedream.errors import BadReference
from bot.seedream.models import ImageRequest, Reference
from bot.studio.shelf import Shelf

GONE: Mapping[str, Any] = {"gone": True}  # in place of a reference that was taken away

_DEFAULTS = {field.name: field.default for field in fields(ImageRequest)}


async def write(request: ImageRequest, shelf: Shelf) -> dict[str, Any]:
    """The request as data: what differs from the defaults, and where its references lie."""
    order = {name: value for name in _DEFAULTS if (value := getattr(request, name)) != _DEFAULTS[name]}
    if request.references:
        order["references"] = [await _keep(reference, shelf) for reference in request.references]
    return order


def read(order: Mapping[str, Any], shelf: Shelf) -> ImageRequest:
    """The request again; raises BadReference when one of its pictures is gone. What a newer release added is left."""
    known = {name: value for name, value in order.items() if name in _DEFAULTS}
    known["references"] = tuple(_open(entry, shelf) for entry in order.get("references", ()))
    return ImageRequest(**known)


def shelved(order: Mapping[str, Any]) -> set[str]:
    """The names of what lies on the shelf for it."""
    return {entry["shelf"] for entry in order.get("references", ()) if "shelf" in entry}


async def _keep(reference: Reference, shelf: Shelf) -> dict[str, Any]:
    facts = {"media_type": reference.media_type, "width": reference.width, "height": reference.height}
    if reference.content is None:
        return {"url": reference.url, **facts}
    return {"shelf": await shelf.keep(reference.content), **facts}


def _open(entry: Mapping[str, Any], shelf: Shelf) -> Reference:
    if "gone" in entry:
        raise BadReference("the picture was taken away")
    return Reference(
        content=shelf.open(entry["shelf"]) if "shelf" in entry else None,
        url=entry.get("url"),
        media_type=entry.get("media_type", ""),
        width=entry.get("width", 0),
        height=entry.get("height", 0),
    )


def outline(order: Mapping[str, Any]) -> ImageRequest:
    """The request without the bytes of its references: enough to know what it costs."""
    known = {name: value for name, value in order.items() if name in _DEFAULTS}
    known["references"] = tuple(Reference(url="shelf:") for _ in order.get("references", ()))
    return ImageRequest(**known)
