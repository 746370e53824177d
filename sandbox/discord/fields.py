"""Judging single values of a form, in Discord's words; each raises 50035 with the place."""

import unicodedata
from collections.abc import Collection
from typing import Any

from sandbox.discord.model import Json
from sandbox.discord.refusals import invalid


def text(value: Any, where: str, least: int, most: int) -> str:
    """A string of some length."""
    if value is None:
        raise invalid(where, "This field is required", "BASE_TYPE_REQUIRED")
    if not isinstance(value, str):
        raise invalid(where, f'Could not interpret "{value}" as string.', "STRING_TYPE_CONVERT")
    length = len(value.strip()) if least else len(value)
    if length < least or len(value) > most:
        kind = "BASE_TYPE_REQUIRED" if not value else "BASE_TYPE_BAD_LENGTH"
        said = f"Must be between {least} and {most} in length." if least else f"Must be {most} or fewer in length."
        raise invalid(where, said, kind)
    return value


def number(value: Any, where: str, least: int, most: int) -> int:
    """A whole number within bounds."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise invalid(where, f'Value "{value}" is not int.', "NUMBER_TYPE_COERCE")
    if value < least:
        raise invalid(where, f"int value should be greater than or equal to {least}.", "NUMBER_TYPE_MIN")
    if value > most:
        raise invalid(where, f"int value should be less than or equal to {most}.", "NUMBER_TYPE_MAX")
    return value


def choice(value: Any, where: str, allowed: Collection[int]) -> int:
    """One of some numbers."""
    if value is None:
        raise invalid(where, "This field is required", "BASE_TYPE_REQUIRED")
    if isinstance(value, bool) or not isinstance(value, int) or value not in allowed:
        raise invalid(where, f"Value must be one of {{{', '.join(map(str, sorted(allowed)))}}}.", "BASE_TYPE_CHOICES")
    return value


def array(value: Any, where: str, most: int, *, at_least: int = 0) -> list[Any]:
    """A list of some length."""
    if value is None and not at_least:
        return []
    if not isinstance(value, list):
        raise invalid(where, "Only iterables may be used in a ListType", "LIST_TYPE_CONVERT")
    if not at_least <= len(value) <= most:
        said = (
            f"Must be between {at_least} and {most} in length." if at_least else f"Must be {most} or fewer in length."
        )
        raise invalid(where, said, "BASE_TYPE_BAD_LENGTH")
    return value


def mapping(value: Any, where: str) -> Json:
    """An object."""
    if not isinstance(value, dict):
        raise invalid(where, "Only dictionaries may be used in a DictType", "DICT_TYPE_CONVERT")
    return value


def emoji(value: Any, where: str) -> None:
    """An emoji of Unicode, or one of somebody's own, which has an id."""
    given = mapping(value, where)
    if given.get("id") is None and not is_emoji(str(given.get("name") or "")):
        raise invalid(where, "Invalid emoji", "BUTTON_COMPONENT_INVALID_EMOJI")


def is_emoji(name: str) -> bool:
    """Whether this can be an emoji of Unicode: a picture sign, or a sign that is made one by a selector."""
    return any(sign in "\ufe0f\u20e3" or unicodedata.category(sign) == "So" for sign in name)


def snowflake(value: Any, where: str) -> int:
    """An id, as text or, which Discord takes as well, as a number."""
    if isinstance(value, bool) or not isinstance(value, int | str) or not str(value).isdecimal():
        raise invalid(where, f'Value "{value}" is not snowflake.', "NUMBER_TYPE_COERCE")
    if int(value) >= 1 << 63:
        raise invalid(where, "Snowflake value should be less than or equal to 9223372036854775807.", "NUMBER_TYPE_MAX")
    return int(value)
