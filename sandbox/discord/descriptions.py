"""Discord's own descriptions, loaded and loosened: OpenAPI for calls, JSON Schema for gateway events.

They are not part of the repository. Loosened is what Discord takes although it is described more narrowly, and what its
documents say otherwise; unknown properties of requests are faults, except those that discord.py always sends.
"""

import datetime as dt
import json
import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import jsonschema
from jsonschema import TypeChecker
from jsonschema.protocols import Validator
from jsonschema.validators import create

CALLS = "discord-openapi.json"
EVENTS = "discord-gateway.schema.json"
NEAR = Path(__file__).resolve().parents[3] / "shared" / "reference"

# What discord.py always sends and Discord silently takes.
TAKEN: Mapping[str, Sequence[str]] = {
    "IncomingWebhookUpdateRequestPartial": ("tts",),
    "IncomingWebhookUpdateForInteractionCallbackRequestPartial": ("tts",),
    "MessageEditRequestPartial": ("tts",),
    "ModalInteractionCallbackRequestData": ("tts",),
    "RichEmbed": ("flags",),
    "MessageAttachmentRequest": ("content_type", "height", "width", "size", "url", "proxy_url", "spoiler"),
    "ApplicationCommandCreateRequest": ("nsfw",),
    "ApplicationCommandUpdateRequest": ("nsfw",),
    "ApplicationCommandPatchRequestPartial": ("nsfw",),
}
# The documents: the answer to a callback has a message only if the callback made or changed one.
NO_MESSAGE = {"type": "object", "properties": {"type": {"enum": [1, 5, 6, 8, 9]}}, "required": ["type"]}

Schema = dict[str, Any]


def found(name: str) -> Path | None:
    """Where a description lies: in the folder that DISCORD_DESCRIPTIONS names, or else beside the repository."""
    folder = os.environ.get("DISCORD_DESCRIPTIONS")
    path = (Path(folder) if folder else NEAR) / name
    return path if path.is_file() else None


class Description:
    """One description, ready to judge; the validator of each schema in it is made when first asked for."""

    def __init__(self, document: Schema, name: str, *, lenient: bool) -> None:
        self.document = _tidy(document, _Origin(document), closed=lenient)
        self._kind = _validators(_LENIENT if lenient else _STRICT, _References(self.document))
        self._validators: dict[int, Validator] = {}

    def problems(self, schema: Schema, instance: Any) -> list[str]:
        """What does not fit, each with its place."""
        if (validator := self._validators.get(id(schema))) is None:
            validator = self._kind(schema, format_checker=_FORMATS)
            self._validators[id(schema)] = validator
        return [f"{error.json_path}: {error.message[:300]}" for error in validator.iter_errors(instance)]

    def resolve(self, node: Schema) -> Schema:
        """The node itself, or what it refers to."""
        return _resolve(self.document, node)


@cache
def requests(path: Path) -> Description:
    """The description of calls, for what a bot sends."""
    document = json.loads(path.read_bytes())
    for name, properties in TAKEN.items():
        if name in document["components"]["schemas"]:
            document["components"]["schemas"][name]["properties"].update({taken: {} for taken in properties})
    return Description(document, "requests", lenient=True)


@cache
def answers(path: Path) -> Description:
    """The description of calls, for what Discord answers."""
    document = json.loads(path.read_bytes())
    document["components"]["schemas"]["InteractionCallbackResponse"]["properties"]["resource"]["oneOf"].append(
        NO_MESSAGE
    )
    # The codes of single faults in a form are words (BASE_TYPE_REQUIRED), as Discord's documents show them.
    document["components"]["schemas"]["InnerErrors"]["properties"]["_errors"]["items"] = {
        "type": "object",
        "required": ["code", "message"],
    }
    return Description(document, "answers", lenient=False)


@cache
def events(path: Path) -> Description:
    """The description of what the gateway sends."""
    document = json.loads(path.read_bytes())
    for name, definition in document["definitions"].items():
        if name.endswith("Flags"):  # several of them at once are one number
            definition.clear()
            definition["type"] = "integer"
    return Description(document, "events", lenient=False)


class _Origin:
    """The document that is being tidied."""

    def __init__(self, document: Schema) -> None:
        self.document = document

    def types(self, branch: Schema, depth: int = 0) -> list[Any] | None:
        """The values of `type` that a branch is for; None if it does not say."""
        branch = _resolve(self.document, branch)
        inner = branch.get("anyOf") or branch.get("oneOf")
        if inner and depth < 5:
            nested = [self.types(each, depth + 1) for each in inner]
            return None if None in nested else [value for values in nested for value in values or ()]
        if branch.get("type") == "null":
            return []
        kind = _resolve(self.document, branch.get("properties", {}).get("type", {}))
        return [kind["const"]] if "const" in kind else kind.get("enum")


def _resolve(document: Schema, node: Schema) -> Schema:
    while "$ref" in node:
        target: Any = document
        for step in unquote(node["$ref"].partition("#")[2]).split("/")[1:]:
            target = target[step.replace("~1", "/").replace("~0", "~")]
        node = target
    return node


def _tidy(node: Any, origin: _Origin, *, closed: bool) -> Any:
    """The same schema with what it was loosened by, and with the words that `_union` needs."""
    if isinstance(node, list):
        return [_tidy(each, origin, closed=closed) for each in node]
    if not isinstance(node, dict):
        return node
    made = {key: _tidy(value, origin, closed=closed) for key, value in node.items()}
    if isinstance(made.get("items"), list):  # as older drafts write a tuple
        made["prefixItems"] = made.pop("items")
    if isinstance(made.get("properties"), dict) and "type" in made:
        made.pop("additionalProperties", None)
        if closed:
            made["additionalProperties"] = False
    if made.get("format") == "snowflake" and closed:
        return {"anyOf": [{"type": "string", "pattern": "^[0-9]+$"}, {"type": "number", "minimum": 0}]}
    for union in ("oneOf", "anyOf"):
        branches = node.get(union)
        if not isinstance(branches, list):
            continue
        if all("const" in branch for branch in branches):
            del made[union]
            made["enum"] = [branch["const"] for branch in branches]
        elif any(kinds := [origin.types(branch) for branch in branches]):
            made["x-types"] = kinds
    return made


def _union(
    validator: Any, branches: Any, instance: Any, schema: Mapping[str, Any]
) -> Iterator[jsonschema.ValidationError]:
    """One of the branches has to fit: the one for the instance's `type`, if they say what they are for."""
    chosen = [branch for branch in branches if instance is None or branch.get("type") != "null"]
    kinds = schema.get("x-types")
    if kinds and isinstance(instance, dict):
        kind = instance.get("type")
        fit = [branch for branch, values in zip(branches, kinds, strict=True) if values is None or kind in values]
        if not fit:
            known = sorted({value for values in kinds for value in values or ()}, key=str)
            yield jsonschema.ValidationError(f"type {kind!r} is none of {known}")
            return
        chosen = fit
    least: list[jsonschema.ValidationError] | None = None
    for branch in chosen:
        errors = list(validator.descend(instance, branch))
        if not errors:
            return
        if least is None or _weight(errors) < _weight(least):
            least = errors
    yield from least or ()


def _weight(errors: Sequence[jsonschema.ValidationError]) -> int:
    """How far from fitting: another `type` within says that something else was meant."""
    return sum(100 if list(error.path)[-1:] == ["type"] else 1 for error in errors)


def _number_or_its_digits(_: Any, instance: Any) -> bool:
    if isinstance(instance, str):
        return re.fullmatch(r"-?\d+", instance) is not None
    return isinstance(instance, int | float) and not isinstance(instance, bool) and instance == int(instance)


class _References:
    """What is referred to within one document. Each is looked up once: there are dozens in every message."""

    def __init__(self, document: Schema) -> None:
        self._document = document
        self._found: dict[str, Schema] = {}

    def __call__(
        self, validator: Any, reference: str, instance: Any, _: Mapping[str, Any]
    ) -> Iterator[jsonschema.ValidationError]:
        if (found := self._found.get(reference)) is None:
            found = self._found[reference] = _resolve(self._document, {"$ref": reference})
        yield from validator.descend(instance, found)


def _validators(types: TypeChecker, references: _References) -> Callable[..., Validator]:
    draft = jsonschema.Draft202012Validator
    words = {**draft.VALIDATORS, "oneOf": _union, "anyOf": _union, "$ref": references}
    return create(draft.META_SCHEMA, words, type_checker=types)


_STRICT = jsonschema.Draft202012Validator.TYPE_CHECKER
_LENIENT = _STRICT.redefine("integer", _number_or_its_digits)
_FORMATS = jsonschema.FormatChecker(formats=())


@_FORMATS.checks("date-time", raises=ValueError)
def _is_time(instance: object) -> bool:
    return not isinstance(instance, str) or dt.datetime.fromisoformat(instance).tzinfo is not None


@_FORMATS.checks("uri")
def _is_uri(instance: object) -> bool:
    return not isinstance(instance, str) or re.match(r"(?:https?|wss?|attachment|discord)://\S", instance) is not None


@_FORMATS.checks("int32")
def _is_int32(instance: object) -> bool:
    return not isinstance(instance, int) or -(2**31) <= instance < 2**31
