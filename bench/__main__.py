"""The command: `python -m bench pipeline` (or `queue`, `discord`) measures, prints a table and writes JSON."""

import argparse
import asyncio
import json
import sys
import tempfile
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench import pipeline
from bench.cases import quick
from bench.discord import cases as discord_cases
from bench.discord import goals as discord_goals
from bench.discord import run as discord_run
from bench.goals import GOALS, Goal, Results, wanted
from bench.photo import SIDE
from bench.queue import cases as queue_cases
from bench.queue import goals as queue_goals
from bench.queue import places, rows
from bench.queue import run as queue_run
from bench.report import document, missed, table

QUICK_SIDE = 3072  # still too large for Discord
ABOUT = (
    "pipeline: from the provider's answer to Discord's message",
    "queue: from an order to a worker, and back",
    "discord: from a command at Discord to the picture there",
)
QUICK_ROWS = rows.Size(2000, 1000)
MANY = 20  # more people at Discord are not for a quick run

Run = Callable[[Sequence[str], int, bool], Coroutine[Any, Any, tuple[list[Goal], Results, list[str]]]]


@dataclass(frozen=True, slots=True)
class Subject:
    """What can be measured: its goals, and how its measurements are run (only these keys, rounds, small)."""

    goals: Sequence[Goal]
    run: Run


def main(argv: Sequence[str]) -> int:
    """Run the benchmark; 0 unless it could not be run, or `--gate` was given and a gated target is missed."""
    options = _parser().parse_args(argv)
    subject = SUBJECTS[options.what]
    if not sys.platform.startswith("linux"):
        print("The benchmark reads memory from /proc and therefore needs Linux.", file=sys.stderr)
        return 2
    keys = [key for key in options.only.split(",") if key]
    if unknown := set(keys) - {goal.key for goal in subject.goals}:
        print(f"There is no goal {', '.join(sorted(unknown))}.", file=sys.stderr)
        return 2
    rounds = options.rounds or (1 if options.quick else 3)
    try:
        goals, results, notes = asyncio.run(subject.run(keys, rounds, options.quick))
    except pipeline.Failed as error:
        print(error, file=sys.stderr)
        return 1
    print(table(goals, results, notes))
    if options.quick:
        print("A quick run shows that everything works; its figures mean little.")
    found = document(goals, results, rounds=rounds, quick=options.quick, notes=notes)
    file = options.json or Path(f"bench-{options.what}.json")
    file.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"Everything measured is in {file}.")
    return 1 if options.gate and missed(goals, results) else 0


async def _pipeline(keys: Sequence[str], rounds: int, small: bool) -> tuple[list[Goal], Results, list[str]]:
    goals, cases = wanted(keys)
    chosen = [quick(case) if small else case for case in cases if pipeline.possible(case)]
    side = (QUICK_SIDE if small else SIDE) if any(case.act in {"encode", "shrink"} for case in chosen) else 1
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        async with pipeline.start(Path(folder), side=side) as bench:
            results = await pipeline.rounds(bench, chosen, rounds, _tell)
    return goals, results, ["Not in it: the rows that make a job durable; `bench queue` measures them."]


async def _queue(keys: Sequence[str], rounds: int, small: bool) -> tuple[list[Goal], Results, list[str]]:
    goals, cases = queue_goals.wanted(keys)
    size = QUICK_ROWS if small else rows.Size()
    chosen = [queue_cases.quick(case) if small else case for case in cases]
    with places.prepared(size) as found:
        _tell("filling databases")
        await found.fill()
        results = await queue_run.rounds(found, chosen, rounds, _tell)
    if small:
        goals = [goal for goal in goals if all(need in results for need in goal.needs)]
    return goals, results, [str(size), *([] if found.server else [places.MISSING])]


async def _discord(keys: Sequence[str], rounds: int, small: bool) -> tuple[list[Goal], Results, list[str]]:
    goals, cases = discord_goals.wanted(keys)
    chosen = [discord_cases.quick(case) for case in cases if case.people <= MANY] if small else cases
    async with discord_run.opened(chosen) as theatre:
        results = await discord_run.rounds(theatre, chosen, rounds, _tell)
        complete = all(theatre.has(engine) for case in chosen for engine in case.engines)
    if small:
        goals = [goal for goal in goals if all(need in results for need in goal.needs)]
    return goals, results, [discord_run.SLOTS.format(discord_cases.SLOTS), *([] if complete else [places.MISSING])]


SUBJECTS = {
    "pipeline": Subject(GOALS, _pipeline),
    "queue": Subject(queue_goals.GOALS, _queue),
    "discord": Subject(discord_goals.GOALS, _discord),
}


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("bench", description="Measures the bot against its targets.")
    parser.add_argument("what", choices=SUBJECTS, help="; ".join(ABOUT))
    parser.add_argument("--quick", action="store_true", help="a small run that shows that everything works")
    parser.add_argument("--rounds", type=int, default=0, help="how often everything is measured (3; quick: 1)")
    parser.add_argument("--only", default="", metavar="G1,G5", help="only these goals")
    parser.add_argument("--json", type=Path, metavar="FILE", help="where to write (bench-….json)")
    parser.add_argument("--gate", action="store_true", help="fail when a target that any machine can judge is missed")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
