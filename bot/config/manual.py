"""The settings written down for people: `.env.example` and `docs/settings.md`, both made from the model."""

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr

from bot.config.settings import SECRETS, Settings

# Section, and what its readers should know first.
_SECTIONS = {
    "Providers": "Where pictures come from. One key is enough; DEFAULT_MODEL and the rest may stay as they are.",
    "Network": "What the bot may reach. Public addresses are always allowed, private ones only if they stand here.",
    "Storage": "Where the bot keeps things.",
    "Logs": "What the bot writes to its log. Keys, tokens and signed links never show there.",
    "Discord": "The Discord side. A worker alone needs the token and the REST address only.",
    "HTTP": "Health, metrics and callbacks. Checked today, used from the release that brings the Discord side.",
    "Limits": "What people may use, where a server has set nothing else. Hours, days and months are those of UTC.",
    "Worker": "How work is done, by one process or by several: docs/scaling.md.",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One setting as a person reads about it."""

    name: str
    section: str
    meaning: str
    default: str
    example: str
    secret: bool


def entries() -> Iterator[Entry]:
    """All settings, in the order of the sections."""
    found = [_entry(field) for field in Settings.model_fields]
    for section in _SECTIONS:
        yield from (entry for entry in found if entry.section == section)


def example() -> str:
    """The text of `.env.example`."""
    lines = [
        "# Settings of the Seedream bot. Copy this file to .env and remove the # in front of what you set.",
        "# The environment wins over .env. An empty value counts as not set. ${NAME} is not expanded.",
        "# Every secret may be kept in a file instead: NAME_FILE=/path/to/file.",
        "# Made by `seedream-bot settings --example`; a test keeps it current.",
    ]
    section = ""
    for entry in entries():
        if entry.section != section:
            section = entry.section
            lines += ["", "", f"# --- {section} ---", *_wrapped(_SECTIONS[section])]
        lines += ["", *_wrapped(f"{entry.meaning}.")]
        if entry.example and entry.example != entry.default:
            lines.append(f"# Example: {entry.name}={entry.example}")
        lines.append(f"# {entry.name}={entry.default}")
    return "\n".join(lines) + "\n"


def markdown() -> str:
    """The text of `docs/settings.md`."""
    lines = [
        "# Settings",
        "",
        "Set them in the environment or in a file `.env` (the environment wins). An empty value counts as not set, and",
        "`${NAME}` is not expanded. All mistakes are told at once, each with its fix; no message shows a secret.",
        "Every secret (🔑) may be kept in a file instead: `NAME_FILE=/path/to/file`.",
        "",
        "Made by `seedream-bot settings --markdown`; a test keeps it current.",
    ]
    section = ""
    for entry in entries():
        if entry.section != section:
            section = entry.section
            lines += ["", f"## {section}", "", _SECTIONS[section], ""]
            lines += ["| name | meaning | default | example |", "|---|---|---|---|"]
        name = f"`{entry.name}`" + (" 🔑" if entry.secret else "")
        lines.append(f"| {name} | {entry.meaning} | {_code(entry.default)} | {_code(entry.example)} |")
    return "\n".join(lines) + "\n"


def _entry(field: str) -> Entry:
    info = Settings.model_fields[field]
    extra = info.json_schema_extra
    section = str(extra["section"]) if isinstance(extra, dict) else ""
    shown = (info.examples or [""])[0]
    return Entry(field.upper(), section, info.description or "", _plain(info.default), str(shown), field in SECRETS)


def _plain(default: object) -> str:
    if isinstance(default, tuple):
        return ",".join(map(str, default))
    if isinstance(default, Path):
        return default.as_posix()
    return "" if default is None or isinstance(default, SecretStr) else str(default)


def _code(text: str) -> str:
    return f"`{text}`" if text else ""


def _wrapped(text: str) -> list[str]:
    return [f"# {line}" for line in textwrap.wrap(text, 110)]
