"""The rules of Discord's documents that its description cannot see; they hold without it too."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from sandbox.discord.rules_commands import command_faults
from sandbox.discord.rules_components import component_faults, modal_faults
from sandbox.discord.rules_uploads import upload_faults
from sandbox.discord.shapes import mapping, mappings, number, text
from sandbox.discord.traffic import Call

COMPONENTS_V2 = 1 << 15
CONTENT = 2000  # the description says 4000
EMBEDS = 6000
NO_LONGER = ("content", "embeds", "poll", "sticker_ids")  # with COMPONENTS_V2
SUBSTANCE = (*NO_LONGER, "components", "attachments", "shared_client_theme")
FORWARD = 1

_CREATE = re.compile(r"/channels/\d+/messages|/webhooks/\d+/[^/]+")
_EDIT = re.compile(r"(?:/channels/\d+|/webhooks/\d+/[^/]+)/messages/(?:\d+|@original)")
_CALLBACK = re.compile(r"/interactions/\d+/[^/]+/callback")
_COMMANDS = re.compile(r"/applications/\d+(?:/guilds/\d+)?/commands(?:/\d+)?")


def broken_rules(call: Call) -> list[str]:
    """What is wrong with a request, as far as nobody but the documents says so."""
    return list(_faults(call))


def _faults(call: Call) -> Iterator[str]:
    payload = call.payload
    if _COMMANDS.fullmatch(call.path) and call.method in {"PUT", "POST", "PATCH"}:
        yield from command_faults(payload, partial=call.method == "PATCH")
    elif _CREATE.fullmatch(call.path) and call.method == "POST":
        yield from _message(call, mapping(payload), new=True)
    elif _EDIT.fullmatch(call.path) and call.method == "PATCH":
        yield from _message(call, mapping(payload), new=False)
    elif _CALLBACK.fullmatch(call.path) and call.method == "POST":
        kind, data = number(mapping(payload).get("type")), mapping(mapping(payload).get("data"))
        if kind in {4, 7}:
            yield from _message(call, data, new=kind == 4)
        elif kind == 9:
            yield from modal_faults(data)


def _message(call: Call, message: Mapping[str, Any], *, new: bool) -> Iterator[str]:
    if (letters := len(text(message.get("content")))) > CONTENT:
        yield f"content of {letters} characters, more than {CONTENT}"
    if (letters := sum(map(_letters, mappings(message.get("embeds"))))) > EMBEDS:
        yield f"embeds of {letters} characters together, more than {EMBEDS}"
    if new and not call.files and not any(message.get(key) for key in SUBSTANCE) and not _forwards(message):
        yield "an empty message"
    components = mappings(message.get("components"))
    second = bool(number(message.get("flags")) & COMPONENTS_V2)
    if second:
        yield from (f"{key} with Components V2" for key in NO_LONGER if message.get(key))
    yield from component_faults(components, second=second, surely_first=new and not second)
    yield from upload_faults(call, message, new=new, refers=_shown(message), all_shown=second and bool(components))


def _letters(embed: Mapping[str, Any]) -> int:
    fields = [part for each in mappings(embed.get("fields")) for part in (each.get("name"), each.get("value"))]
    named = [mapping(embed.get("footer")).get("text"), mapping(embed.get("author")).get("name")]
    return sum(len(text(part)) for part in (embed.get("title"), embed.get("description"), *named, *fields))


def _forwards(message: Mapping[str, Any]) -> bool:
    return mapping(message.get("message_reference")).get("type") == FORWARD


def _shown(message: Mapping[str, Any]) -> set[str]:
    """The uploads that components and embeds refer to."""
    return {name for key in ("components", "embeds") for name in _uploads(message.get(key))}


def _uploads(place: Any) -> Iterator[str]:
    if isinstance(place, dict):
        for value in place.values():
            yield from _uploads(value)
    elif isinstance(place, list):
        for value in place:
            yield from _uploads(value)
    elif isinstance(place, str) and place.startswith("attachment://"):
        yield place.removeprefix("attachment://")
