"""The command: `python -m bench pipeline` measures, prints a table and writes JSON."""

import argparse
import asyncio
import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from bench import pipeline
from bench.cases import quick
from bench.goals import GOALS, Goal, Results, wanted
from bench.photo import SIDE
from bench.report import document, missed, table

QUICK_SIDE = 3072  # still too large for Discord


def main(argv: Sequence[str]) -> int:
    """Run the benchmark; 0 unless it could not be run, or `--gate` was given and a gated target is missed."""
    options = _parser().parse_args(argv)
    if not sys.platform.startswith("linux"):
        print("The benchmark reads memory from /proc and therefore needs Linux.", file=sys.stderr)
        return 2
    keys = [key for key in options.only.split(",") if key]
    if unknown := set(keys) - {goal.key for goal in GOALS}:
        print(f"There is no goal {', '.join(sorted(unknown))}.", file=sys.stderr)
        return 2
    rounds = options.rounds or (1 if options.quick else 3)
    try:
        goals, results = asyncio.run(_run(keys, rounds, small=options.quick))
    except pipeline.Failed as error:
        print(error, file=sys.stderr)
        return 1
    print(table(goals, results))
    if options.quick:
        print("A quick run shows that everything works; its figures mean little.")
    found = document(goals, results, rounds=rounds, quick=options.quick)
    options.json.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"Everything measured is in {options.json}.")
    return 1 if options.gate and missed(goals, results) else 0


async def _run(keys: Sequence[str], rounds: int, *, small: bool) -> tuple[list[Goal], Results]:
    goals, cases = wanted(keys)
    chosen = [quick(case) if small else case for case in cases if pipeline.possible(case)]
    side = (QUICK_SIDE if small else SIDE) if any(case.act in {"encode", "shrink"} for case in chosen) else 1
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        async with pipeline.start(Path(folder), side=side) as bench:
            return goals, await pipeline.rounds(bench, chosen, rounds, _tell)


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("bench", description="Measures the bot against its targets.")
    parser.add_argument("what", choices=["pipeline"], help="pipeline: from the provider's answer to Discord's message")
    parser.add_argument("--quick", action="store_true", help="a small run that shows that everything works")
    parser.add_argument("--rounds", type=int, default=0, help="how often everything is measured (3; quick: 1)")
    parser.add_argument("--only", default="", metavar="G1,G5", help="only these goals")
    parser.add_argument("--json", type=Path, default=Path("bench-pipeline.json"), metavar="FILE", help="where to write")
    parser.add_argument("--gate", action="store_true", help="fail when a target that any machine can judge is missed")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
