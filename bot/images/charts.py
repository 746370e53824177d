"""Charts as pictures: what is in one, what its alt text says, and how it is drawn without anybody waiting.

They are drawn by a process of their own (`plotter`) that ends with the picture: the bot neither waits nor grows.
"""

import asyncio
import json
import math
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.images.errors import ChartFailed

SECONDS = 30.0
LONGEST_ALT = 1024  # characters, Discord's limit
MOST_BARS = 92
_TICKS = 4  # at the most, besides 0
_ROUND = (1, 2, 2.5, 5, 10)


@dataclass(frozen=True, slots=True)
class Panel:
    """One chart: a bar for each name. `say` is how a value is written; `ranked` bars lie, with the name beside them.

    `plain` names stand in for names that no font of this machine can write.
    """

    title: str
    names: tuple[str, ...]
    values: tuple[float, ...]
    say: Callable[[float], str]
    ranked: bool = False
    plain: tuple[str, ...] = ()
    plain_title: str = ""
    whole: bool = True  # there is nothing between 1 and 2


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture of panels, one below the other, under a title and a line about all of it. `plain_title` and
    `plain_note` stand in where no font can write the others."""

    title: str
    note: str
    panels: tuple[Panel, ...]
    dark: bool = True
    plain_title: str = ""
    plain_note: str = ""


async def draw(chart: Chart) -> bytes:
    """The chart as PNG, 1080 pixels wide; raises ChartFailed when that does not work."""
    order = json.dumps(_order(chart)).encode()  # in ASCII, whatever people are called
    environment = {name: value for name, value in os.environ.items() if name in _KEPT}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot.images.plotter",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=environment | {"FONTCONFIG_FILE": str(_FONTS), "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )
    try:
        async with asyncio.timeout(SECONDS):
            picture, said = await process.communicate(order)
    except TimeoutError as error:
        raise ChartFailed(f"it took longer than {SECONDS:g} seconds") from error
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode or not picture.startswith(b"\x89PNG"):
        last = said.decode(errors="replace").strip().splitlines() or [f"exit code {process.returncode}"]
        raise ChartFailed(last[-1][:200])
    return picture


def alt(chart: Chart) -> str:
    """The numbers of a chart for those who cannot see it, in its own words; of too many the last days are left out."""
    parts = [" · ".join(filter(None, (chart.title, chart.note)))]
    for panel in sorted(chart.panels, key=_is_long):
        pairs = list(zip(panel.names, panel.values, strict=True))
        told = [f"{name} {panel.say(value)}" for name, value in pairs if value]
        parts.append(f"{panel.title}: {', '.join(told) or panel.say(0)}")
    text = ". ".join(parts)
    return text if len(text) <= LONGEST_ALT else f"{text[: LONGEST_ALT - 1]}…"


_FONTS = Path(__file__).with_name("fonts") / "fonts.conf"
_KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "SYSTEMROOT", "COVERAGE_PROCESS_START", "COVERAGE_PROCESS_CONFIG")


def _is_long(panel: Panel) -> bool:
    return not panel.ranked


def _order(chart: Chart) -> dict[str, Any]:
    """What the other process is told: texts and numbers."""
    return {
        "title": [chart.title, chart.plain_title],
        "note": [chart.note, chart.plain_note],
        "dark": chart.dark,
        "panels": list(map(_panel, chart.panels)),
    }


def _panel(panel: Panel) -> dict[str, Any]:
    names, values = panel.names[-MOST_BARS:], panel.values[-MOST_BARS:]
    plain = (panel.plain or panel.names)[-MOST_BARS:]
    return {
        "title": [panel.title, panel.plain_title],
        "names": [list(pair) for pair in zip(names, plain, strict=True)],
        "values": list(values),
        "said": list(map(panel.say, values)),
        "ticks": [[value, panel.say(value)] for value in ticks(max(values, default=0), whole=panel.whole)],
        "ranked": panel.ranked,
    }


def ticks(most: float, *, whole: bool = True) -> list[float]:
    """A few round values from 0 to at least the largest one."""
    if most <= 0:
        return [0, 1]
    rough = most / _TICKS
    scale = 10 ** math.floor(math.log10(rough))
    step = next(scale * factor for factor in _ROUND if scale * factor >= rough * (1 - 1e-9))
    if whole:
        step = max(1, math.ceil(step))
    return [round(step * number, 10) for number in range(math.ceil(most / step - 1e-9) + 1)]
