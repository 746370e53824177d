"""Buttons, selects and layout: what Discord takes, and how it numbers what it has taken."""

from collections.abc import Iterable
from typing import Any

from sandbox.discord.fields import array, choice, emoji, mapping, number, text
from sandbox.discord.model import Json, everything
from sandbox.discord.refusals import invalid

ROW, BUTTON, SELECT, INPUT = range(1, 5)
SECTION, TEXT, THUMBNAIL, GALLERY, FILE, SEPARATOR, CONTAINER = 9, 10, 11, 12, 13, 14, 17
LABEL, UPLOAD, RADIO, CHECKS, CHECK = 18, 19, 21, 22, 23
SELECTS = {3, 5, 6, 7, 8}
_IN_CONTAINER = {ROW, SECTION, TEXT, GALLERY, FILE, SEPARATOR}
_TOP = _IN_CONTAINER | {CONTAINER}
_IN_LABEL = SELECTS | {INPUT, UPLOAD, RADIO, CHECKS, CHECK}
MOST, MOST_TEXT, MOST_ROWS = 40, 4000, 5


def message(components: Any, *, layout: bool) -> list[Json]:
    """The components of a message as Discord keeps them; `layout` is Components V2. Raises 50035."""
    given = array(components, "components", MOST if layout else MOST_ROWS)
    for place, part in enumerate(given):
        where = f"components.{place}"
        choice(mapping(part, where).get("type"), f"{where}.type", _TOP if layout else {ROW})
        _one(part, where)
    kept: list[Json] = _without_nulls(given)
    every = everything(kept)
    if len(every) > MOST:
        raise invalid("components", f"Must be {MOST} or fewer in total.", "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED")
    if sum(len(part["content"]) for part in every if part["type"] == TEXT) > MOST_TEXT:
        raise invalid("components", f"Must be {MOST_TEXT} or fewer in length.", "COMPONENT_DISPLAYABLE_TEXT_SIZE")
    _number(every)
    return kept


def modal(data: Any) -> Json:
    """A modal as Discord keeps it. Raises 50035."""
    given = mapping(data, "data")
    text(given.get("title"), "data.title", 1, 45)
    text(given.get("custom_id"), "data.custom_id", 1, 100)
    rows = array(given.get("components"), "data.components", 5, at_least=1)
    for place, part in enumerate(rows):
        where = f"data.components.{place}"
        if choice(mapping(part, where).get("type"), f"{where}.type", {ROW, LABEL, TEXT}) == ROW:
            inner = array(part.get("components"), f"{where}.components", 1, at_least=1)
            choice(mapping(inner[0], where).get("type"), f"{where}.components.0.type", {INPUT})
            text(inner[0].get("label"), f"{where}.components.0.label", 1, 45)
            _one(inner[0], f"{where}.components.0")
        else:
            _one(part, where)
    kept: Json = _without_nulls(given)
    _number(everything(kept["components"]))
    return kept


def media(components: Iterable[Json]) -> list[Json]:
    """Every place in these components that shows a file or an address."""
    found = []
    for part in components:
        if part["type"] == GALLERY:
            found += [item["media"] for item in part["items"]]
        elif part["type"] == THUMBNAIL:
            found.append(part["media"])
        elif part["type"] == FILE:
            found.append(part["file"])
    return found


def _without_nulls(value: Any) -> Any:
    """A copy in which what is null is not there, but for colours: that is how components come back."""
    if isinstance(value, dict):
        kept = {name: inner for name, inner in value.items() if inner is not None or name == "accent_color"}
        return {name: _without_nulls(inner) for name, inner in kept.items()}
    return [_without_nulls(inner) for inner in value] if isinstance(value, list) else value


def _number(every: list[Json]) -> None:
    """Give every component an id; raises 50035 when ids or custom_ids are there twice."""
    customs = [part["custom_id"] for part in every if "custom_id" in part]
    twice = {name for name in customs if customs.count(name) > 1}
    if twice:
        said = f"Component custom id cannot be duplicated: {min(twice)}"
        raise invalid("components", said, "COMPONENT_CUSTOM_ID_DUPLICATED")
    taken = [part["id"] for part in every if part.get("id")]
    if len(set(taken)) != len(taken):
        raise invalid("components", "Component id cannot be duplicated", "COMPONENT_ID_DUPLICATED")
    free = (candidate for candidate in range(1, 10_000) if candidate not in taken)
    for part in every:
        if not part.get("id"):
            part["id"] = next(free)


def _one(part: Json, where: str) -> None:
    """Judge one component and those within it."""
    kind = part["type"]
    if "id" in part and part["id"] is not None:
        number(part["id"], f"{where}.id", 0, (1 << 31) - 1)
    if kind == BUTTON:
        _button(part, where)
    elif kind in SELECTS:
        _select(part, where)
    elif kind in _FORMS:
        _FORMS[kind](part, where)


def _row(part: Json, where: str) -> None:
    inner = array(part.get("components"), f"{where}.components", 5, at_least=1)
    for place, piece in enumerate(inner):
        at = f"{where}.components.{place}"
        if choice(mapping(piece, at).get("type"), f"{at}.type", SELECTS | {BUTTON}) != BUTTON and len(inner) > 1:
            raise invalid(f"{where}.components", "A select menu takes a whole row.", "COMPONENT_LAYOUT_WIDTH_EXCEEDED")
        _one(piece, at)


def _button(part: Json, where: str) -> None:
    style = choice(part.get("style"), f"{where}.style", {1, 2, 3, 4, 5, 6})
    if part.get("label") is not None:
        text(part["label"], f"{where}.label", 1, 80)
    elif not part.get("emoji") and style != 6:
        raise invalid(where, "A button must have a label or emoji.", "BUTTON_COMPONENT_MISSING_LABEL")
    if part.get("emoji"):
        emoji(part["emoji"], f"{where}.emoji")
    if style == 5:
        url = text(part.get("url"), f"{where}.url", 1, 512)
        if not url.startswith(("http://", "https://", "discord://")):
            raise invalid(f"{where}.url", "Scheme must be one of http, https, discord.", "URL_TYPE_INVALID_SCHEME")
        if part.get("custom_id") is not None:
            raise invalid(where, "A custom id and url cannot both be specified", "BUTTON_COMPONENT_CUSTOM_ID_URL")
    elif style != 6:
        text(part.get("custom_id"), f"{where}.custom_id", 1, 100)
        if part.get("url") is not None:
            raise invalid(where, "A custom id and url cannot both be specified", "BUTTON_COMPONENT_CUSTOM_ID_URL")


def _select(part: Json, where: str) -> None:
    text(part.get("custom_id"), f"{where}.custom_id", 1, 100)
    if part.get("placeholder") is not None:
        text(part["placeholder"], f"{where}.placeholder", 0, 150)
    least = number(part.get("min_values", 1), f"{where}.min_values", 0, 25)
    most = number(part.get("max_values", 1), f"{where}.max_values", 1, 25)
    if least > most:
        raise invalid(f"{where}.min_values", "min_values cannot be more than max_values")
    if part["type"] == SELECT:
        options = _options(part, where, 1, 25)
        if most > len(options):
            raise invalid(f"{where}.max_values", "max_values cannot be more than the number of options")
        if len([option for option in options if option.get("default")]) > most:
            raise invalid(f"{where}.options", "There are more defaults than max_values")


def _options(part: Json, where: str, least: int, most: int) -> list[Json]:
    options = array(part.get("options"), f"{where}.options", most, at_least=least)
    for place, option in enumerate(options):
        at = f"{where}.options.{place}"
        text(mapping(option, at).get("label"), f"{at}.label", 1, 100)
        text(option.get("value"), f"{at}.value", 1, 100)
        if option.get("description") is not None:
            text(option["description"], f"{at}.description", 0, 100)
        if option.get("emoji"):
            emoji(option["emoji"], f"{at}.emoji")
    values = [option["value"] for option in options]
    if len(set(values)) != len(values):
        said = "The specified option value is already used"
        raise invalid(f"{where}.options", said, "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED")
    return options


def _text(part: Json, where: str) -> None:
    text(part.get("content"), f"{where}.content", 1, MOST_TEXT)


def _section(part: Json, where: str) -> None:
    for place, piece in enumerate(array(part.get("components"), f"{where}.components", 3, at_least=1)):
        at = f"{where}.components.{place}"
        choice(mapping(piece, at).get("type"), f"{at}.type", {TEXT})
        _one(piece, at)
    accessory = mapping(part.get("accessory"), f"{where}.accessory")
    choice(accessory.get("type"), f"{where}.accessory.type", {BUTTON, THUMBNAIL})
    _one(accessory, f"{where}.accessory")


def _thumbnail(part: Json, where: str) -> None:
    _media(part.get("media"), f"{where}.media")
    if part.get("description") is not None:
        text(part["description"], f"{where}.description", 0, 1024)


def _gallery(part: Json, where: str) -> None:
    for place, item in enumerate(array(part.get("items"), f"{where}.items", 10, at_least=1)):
        _thumbnail(mapping(item, f"{where}.items.{place}"), f"{where}.items.{place}")


def _file(part: Json, where: str) -> None:
    if not _media(part.get("file"), f"{where}.file").startswith("attachment://"):
        raise invalid(f"{where}.file.url", "Only attachment:// is supported here", "URL_TYPE_INVALID_SCHEME")


def _media(given: Any, where: str) -> str:
    url = text(mapping(given, where).get("url"), f"{where}.url", 1, 2048)
    if not url.startswith(("http://", "https://", "attachment://")):
        raise invalid(f"{where}.url", "Scheme must be one of attachment, http, https.", "URL_TYPE_INVALID_SCHEME")
    return url


def _separator(part: Json, where: str) -> None:
    if part.get("spacing") is not None:
        choice(part["spacing"], f"{where}.spacing", {1, 2})


def _container(part: Json, where: str) -> None:
    for place, piece in enumerate(array(part.get("components"), f"{where}.components", MOST, at_least=1)):
        at = f"{where}.components.{place}"
        choice(mapping(piece, at).get("type"), f"{at}.type", _IN_CONTAINER)
        _one(piece, at)
    if part.get("accent_color") is not None:
        number(part["accent_color"], f"{where}.accent_color", 0, 0xFFFFFF)


def _label(part: Json, where: str) -> None:
    text(part.get("label"), f"{where}.label", 1, 45)
    if part.get("description") is not None:
        text(part["description"], f"{where}.description", 0, 100)
    inner = mapping(part.get("component"), f"{where}.component")
    choice(inner.get("type"), f"{where}.component.type", _IN_LABEL)
    _one(inner, f"{where}.component")


def _input(part: Json, where: str) -> None:
    text(part.get("custom_id"), f"{where}.custom_id", 1, 100)
    choice(part.get("style"), f"{where}.style", {1, 2})
    least = number(part.get("min_length") or 0, f"{where}.min_length", 0, 4000)
    most = number(4000 if part.get("max_length") is None else part["max_length"], f"{where}.max_length", 1, 4000)
    if least > most:
        raise invalid(f"{where}.min_length", "min_length cannot be more than max_length")
    if part.get("placeholder") is not None:
        text(part["placeholder"], f"{where}.placeholder", 0, 100)
    if part.get("value"):
        text(part["value"], f"{where}.value", 0, most)


def _upload(part: Json, where: str) -> None:
    text(part.get("custom_id"), f"{where}.custom_id", 1, 100)
    least = number(part.get("min_values", 1), f"{where}.min_values", 0, 10)
    if least > number(part.get("max_values", 1), f"{where}.max_values", 1, 10):
        raise invalid(f"{where}.min_values", "min_values cannot be more than max_values")


def _radio(part: Json, where: str) -> None:
    text(part.get("custom_id"), f"{where}.custom_id", 1, 100)
    _options(part, where, 2, 10)


def _checks(part: Json, where: str) -> None:
    text(part.get("custom_id"), f"{where}.custom_id", 1, 100)
    _options(part, where, 1, 10)


def _check(part: Json, where: str) -> None:
    text(part.get("custom_id"), f"{where}.custom_id", 1, 100)


_FORMS = {
    ROW: _row,
    INPUT: _input,
    SECTION: _section,
    TEXT: _text,
    THUMBNAIL: _thumbnail,
    GALLERY: _gallery,
    FILE: _file,
    SEPARATOR: _separator,
    CONTAINER: _container,
    LABEL: _label,
    UPLOAD: _upload,
    RADIO: _radio,
    CHECKS: _checks,
    CHECK: _check,
}
