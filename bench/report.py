"""The table for people and the JSON for machines."""

import os
import platform
from collections.abc import Sequence
from importlib.metadata import version

from bench.goals import Goal, Results, Verdict, Weight
from bench.measure import Spread

PACKAGES = ("aiohttp", "discord.py", "pybase64", "pyvips", "pillow", "sqlalchemy", "asyncpg")


def table(goals: Sequence[Goal], results: Results, notes: Sequence[str] = ()) -> str:
    """Goal, what, median and ends of the rounds, target, verdict; and what one must know to read it."""
    rows = [("goal", "what", "median", "lowest–highest", "target", "")]
    rows += [_row(goal, goal.spread(results)) for goal in goals]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join([lines[0], "  ".join("─" * width for width in widths).rstrip(), *lines[1:], "", *notes])


def document(
    goals: Sequence[Goal], results: Results, *, rounds: int, quick: bool, notes: Sequence[str] = ()
) -> dict[str, object]:
    """Everything, as JSON data."""
    return {
        "machine": {
            "system": platform.platform(),
            "python": platform.python_version(),
            "cores": os.cpu_count(),
            "packages": {name: version(name) for name in PACKAGES},
        },
        "rounds": rounds,
        "quick": quick,
        "notes": list(notes),
        "goals": [_entry(goal, goal.spread(results)) for goal in goals],
        "results": {name: list(entries) for name, entries in results.items()},
    }


def missed(goals: Sequence[Goal], results: Results) -> list[Goal]:
    """The goals that a gate must not let pass."""
    gates = (goal for goal in goals if goal.weight is Weight.GATE)
    return [goal for goal in gates if goal.verdict(goal.spread(results)) is Verdict.MISSED]


def number(value: float) -> str:
    """With as many digits as mean something."""
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def _row(goal: Goal, spread: Spread | None) -> tuple[str, str, str, str, str, str]:
    target = "" if goal.limit is None else f"{'≥' if goal.least else '≤'} {goal.limit:g}"
    verdict = goal.verdict(spread).value
    if spread is None:
        return goal.key, goal.what, "", "", target, verdict
    median = f"{number(spread.median)} {goal.unit}".strip()
    return goal.key, goal.what, median, f"{number(spread.low)}–{number(spread.high)}", target, verdict


def _entry(goal: Goal, spread: Spread | None) -> dict[str, object]:
    ends = {} if spread is None else {"median": spread.median, "low": spread.low, "high": spread.high}
    return {
        "goal": goal.key,
        "what": goal.what,
        "unit": goal.unit,
        "limit": goal.limit,
        "least": goal.least,
        "weight": goal.weight.value,
        "verdict": goal.verdict(spread).value,
        **ends,
    }
