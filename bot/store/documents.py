"""JSON as it is kept in columns: what a person typed may hold what no database takes."""

from typing import Any

import orjson

_NUL = "\0"


def dumps(value: Any) -> str:
    """As JSON. In texts, NUL and halves of surrogate pairs become �: PostgreSQL refuses or mistreats both."""
    try:
        text = orjson.dumps(value)
    except orjson.JSONEncodeError:
        return orjson.dumps(clean(value)).decode()
    if rb"\u0000" in text:
        text = orjson.dumps(clean(value))
    return text.decode()


def loads(text: str) -> Any:
    """The value of a JSON text."""
    return orjson.loads(text)


def clean(value: Any) -> Any:
    """The value with nothing in its texts that no database takes."""
    if isinstance(value, str):
        whole = value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
        return whole.replace(_NUL, "�")
    if isinstance(value, dict):
        return {clean(key): clean(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [clean(item) for item in value]
    return value
