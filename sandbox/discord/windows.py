"""What a person fills into a modal or picks in a select, judged as Discord's client judges it."""

from collections.abc import Mapping
from typing import Any

from sandbox.discord.asking import CannotDo
from sandbox.discord.components import CHECK, CHECKS, INPUT, LABEL, RADIO, ROW, SELECT, SELECTS, UPLOAD
from sandbox.discord.model import Channel, Json, Role, User
from sandbox.discord.replies import Modal
from sandbox.discord.slash import File, Resolved


def submitted(modal: Modal, given: Mapping[str, Any], resolved: Resolved) -> Json:
    """The data of MODAL_SUBMIT; raises CannotDo for what the client would not send."""
    fields = modal.fields
    by_id = {part["custom_id"]: part for part in fields.values()}
    for name in given:
        if name not in fields and name not in by_id:
            raise CannotDo(f"there is no field {name!r}, only {sorted(fields)}")
    values = {(fields.get(name) or by_id[name])["custom_id"]: value for name, value in given.items()}
    told = [_component(part, values, resolved) for part in modal.data["components"]]
    data: Json = {"custom_id": modal.custom_id, "components": told}
    return data | ({"resolved": resolved.told} if resolved.told else {})


def _component(part: Json, values: dict[str, Any], resolved: Resolved) -> Json:
    head = {"type": part["type"], "id": part["id"]}
    if part["type"] == ROW:
        return head | {"components": [_field(piece, values, resolved) for piece in part["components"]]}
    if part["type"] == LABEL:
        return head | {"component": _field(part["component"], values, resolved)}
    return head


def _field(part: Json, values: dict[str, Any], resolved: Resolved) -> Json:
    kind, name = part["type"], part["custom_id"]
    head = {"type": kind, "id": part["id"], "custom_id": name}
    given = values.get(name)
    if kind == INPUT:
        return head | {"value": _typed(part, part.get("value") or "" if given is None else given)}
    if kind == UPLOAD:
        return head | {"values": _uploaded(part, given or [], resolved)}
    if kind in SELECTS:
        return head | {"values": picked(part, _defaults(part) if given is None else given, resolved, window=True)}
    if kind == RADIO:
        chosen = _options(part, _defaults(part) if given is None else [given])
        if part.get("required", True) and not chosen:
            raise CannotDo(f"{name!r} must be chosen")
        return head | {"value": chosen[0] if chosen else None}
    if kind == CHECKS:
        chosen = _options(part, _defaults(part) if given is None else given)
        least = part.get("min_values", 1) if part.get("required", True) else 0
        if not least <= len(chosen) <= part.get("max_values", len(part["options"])):
            raise CannotDo(f"so many cannot be ticked: {chosen}")
        return head | {"values": chosen}
    if kind == CHECK:
        return head | {"value": bool(part.get("default")) if given is None else bool(given)}
    raise CannotDo(f"this field cannot be filled: {part}")


def _typed(part: Json, given: Any) -> str:
    if not isinstance(given, str):
        raise CannotDo(f"a text field takes text, not {given!r}")
    least = part.get("min_length") or (1 if part.get("required", True) else 0)
    most = part.get("max_length") or 4000
    if (given or part.get("required", True)) and not least <= len(given) <= most:
        raise CannotDo(f"{part['custom_id']!r} must have {least} to {most} characters, not {len(given)}")
    return given


def _uploaded(part: Json, given: File | list[File], resolved: Resolved) -> list[str]:
    files = [given] if isinstance(given, File) else list(given)
    least = part.get("min_values", 1) if part.get("required", True) else 0
    if not least <= len(files) <= part.get("max_values", 1):
        raise CannotDo(f"{part['custom_id']!r} takes {least} to {part.get('max_values', 1)} files, not {len(files)}")
    return [resolved.file(file) for file in files]


def picked(part: Json, given: Any, resolved: Resolved, *, window: bool = False) -> list[str]:
    """The values of a select: options by value or label, or people, roles and channels."""
    wanted = given if isinstance(given, list | tuple) else [given]
    values = _options(part, wanted) if part["type"] == SELECT else [_thing(one, resolved) for one in wanted]
    least, most = part.get("min_values", 1), part.get("max_values", 1)
    if window and not part.get("required", True):
        least = 0
    if not least <= len(values) <= most:
        raise CannotDo(f"{part['custom_id']!r} takes {least} to {most} values, not {len(values)}")
    return values


def _options(part: Json, wanted: Any) -> list[str]:
    chosen = []
    for one in wanted if isinstance(wanted, list | tuple) else [wanted]:
        found = next((entry for entry in part["options"] if one in (entry["value"], entry["label"])), None)
        if found is None:
            raise CannotDo(f"there is no {one!r}, only {[entry['label'] for entry in part['options']]}")
        chosen.append(str(found["value"]))
    return chosen


def _thing(given: Any, resolved: Resolved) -> str:
    given = getattr(given, "user", given)
    if isinstance(given, User):
        return resolved.user(given)
    if isinstance(given, Role):
        return resolved.role(given)
    if isinstance(given, Channel):
        return resolved.channel(given)
    raise CannotDo(f"{given!r} cannot be picked")


def _defaults(part: Json) -> list[str]:
    return [str(entry["value"]) for entry in part.get("options") or [] if entry.get("default")]
