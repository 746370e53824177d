"""`seedream-bot doctor`: everything that could keep the bot from working, each with what mends it, in one table."""

import asyncio
import json
import os
import shutil
import sys
import textwrap
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from typing import TextIO

from bot import log
from bot.config.survey import Survey, survey
from bot.doctor.check import PATIENCE, Result, State, examine
from bot.doctor.discord import AtDiscord
from bot.doctor.environment import Environment
from bot.doctor.providers import AtProviders
from bot.doctor.storage import Storage
from bot.seedream.transport import Transport
from bot.ui.inspection import open_inspection

FINE, BROKEN, BAD_SETTINGS = 0, 1, 2

_MARKS = {State.OK: "✔", State.WARN: "!", State.FAIL: "✘", State.SKIP: "-"}
_PLAIN_MARKS = {State.OK: "+", State.WARN: "!", State.FAIL: "x", State.SKIP: "-"}  # where there is only ASCII
_COLOURS = {State.OK: "\x1b[32m", State.WARN: "\x1b[33m", State.FAIL: "\x1b[1;31m", State.SKIP: "\x1b[2m"}
_RESET = "\x1b[0m"
_COUNTED = {State.OK: "fine", State.WARN: "to look at", State.FAIL: "broken", State.SKIP: "not checked"}
_WIDEST = 100


def run(env_file: Path, environ: Mapping[str, str], *, as_json: bool) -> int:
    """Look at everything and print what was found; the exit code."""
    surveyed = survey(env_file, environ)
    redact = log.setup("CRITICAL", "text", surveyed.settings.secrets())  # what matters stands in the table
    results = [_without_secrets(result, redact) for result in asyncio.run(look(env_file, surveyed))]
    if as_json:
        shown = [{name: getattr(each, name) for name in ("id", "title", "state", "found", "fix")} for each in results]
        sys.stdout.write(json.dumps(shown, indent=2) + "\n")
    else:
        sys.stdout.write(table(results, sys.stdout, environ))
    sys.stdout.flush()
    code = exit_code(results)
    if any(result.hung for result in results):
        os._exit(code)  # a thread that hangs would keep the process from ending
    return code


async def look(
    env_file: Path, surveyed: Survey, patience: float = PATIENCE, now: Callable[[], float] = time.time
) -> list[Result]:
    """Make all checks, in the order in which people read them."""
    async with AsyncExitStack() as stack:
        inspection = await stack.enter_async_context(open_inspection(surveyed.settings, now))
        transport = await stack.enter_async_context(Transport())
        environment, discord = Environment(env_file, surveyed), AtDiscord(surveyed, inspection)
        stack.push_async_callback(discord.leave)
        checks = [
            *environment.checks(),
            *discord.checks(),
            *AtProviders(surveyed, transport).checks(),
            *Storage(surveyed).checks(),
            *environment.later_checks(),
        ]
        return await examine(checks, patience)


def exit_code(results: Sequence[Result]) -> int:
    """0: it can work; 2: settings have to be corrected first; 1: something else is broken."""
    broken = {result.id for result in results if result.state is State.FAIL}
    if broken & {"settings", "env-file"}:
        return BAD_SETTINGS
    return BROKEN if broken else FINE


def table(results: Sequence[Result], stream: TextIO, environ: Mapping[str, str]) -> str:
    """One line for each, more where it is long; under it what mends it, and a summary at the end."""
    width = min(shutil.get_terminal_size((80, 24)).columns, _WIDEST)
    colour = stream.isatty() and not environ.get("NO_COLOR")
    marks = _MARKS if _takes(stream, "✔✘→") else _PLAIN_MARKS
    titles = max(len(result.title) for result in results) + 2
    lines: list[str] = []
    for result in results:
        mark = marks[result.state]
        mark = f"{_COLOURS[result.state]}{mark}{_RESET}" if colour else mark
        first, *more = _wrapped(result.found, width - titles - 2)
        lines.append(f"{mark} {result.title:<{titles}}{first}")
        lines += [" " * (titles + 2) + line for line in more]
        if result.fix:
            arrow = "→ " if marks is _MARKS else "> "
            first, *more = _wrapped(result.fix, width - titles - 4)
            lines += [" " * (titles + 2) + arrow + first, *(" " * (titles + 4) + line for line in more)]
    count = Counter(result.state for result in results)
    summary = ", ".join(f"{count[state]} {words}" for state, words in _COUNTED.items() if count[state])
    text = "\n".join([*lines, "", f"{summary}."]) + "\n"
    return text if marks is _MARKS else text.encode("ascii", "replace").decode()


def _wrapped(text: str, width: int) -> list[str]:
    return textwrap.wrap(text, max(width, 20), break_on_hyphens=False, break_long_words=False) or [""]


def _takes(stream: TextIO, letters: str) -> bool:
    try:
        letters.encode(getattr(stream, "encoding", None) or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def _without_secrets(result: Result, redact: Callable[[str], str]) -> Result:
    return replace(result, found=redact(result.found), fix=redact(result.fix))
