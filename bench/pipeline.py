"""Runs the measurements in rounds: the stub in its own process, a fresh process for every mode of every case."""

import asyncio
import importlib.util
import json
import os
import sys
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.cases import SDK, Case
from bench.client import Order
from bench.measure import cpu
from bench.road import Stub

ROOT = Path(__file__).resolve().parents[1]
STUB_CORE = 1

Result = dict[str, float]
Results = dict[str, list[Result]]  # by "case/mode", one entry per round


class Failed(Exception):
    """A process of the bench ended badly; the message is what it said."""


@dataclass(frozen=True, slots=True)
class Bench:
    """A running stub and where the picture lies."""

    wide: Stub
    narrow: Stub
    photo: Path
    pid: int

    async def measure(self, case: Case, mode: str) -> Result:
        """One process, one result."""
        order = Order(case, mode, self.narrow if case.wish.rate else self.wide, self.photo)
        before = cpu(self.pid)
        said = await python("-m", "bench.client", str(order))
        found: Result = json.loads(said.splitlines()[-1])
        return found | {"stub": cpu(self.pid) - before}


@asynccontextmanager
async def start(folder: Path, *, side: int) -> AsyncIterator[Bench]:
    """Draw the picture and start the stub; it ends when its standard input is closed, at the latest with us."""
    photo = folder / "photo.png"
    await python("-m", "bench.photo", str(photo), str(side))
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bench.stub", str(STUB_CORE), str(photo)),
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        origins = json.loads(await process.stdout.readline())
        yield Bench(Stub(origins[0]), Stub(origins[1]), photo, process.pid)
    finally:
        process.stdin.close()
        await process.wait()


async def rounds(bench: Bench, cases: Iterable[Case], count: int, tell: Callable[[str], None]) -> Results:
    """Measure every case in every round, its modes one after the other; every second round backwards."""
    results: Results = defaultdict(list)
    for number in range(count):
        for case in cases:
            if case.once and number:
                continue
            tell(f"round {number + 1} of {count}: {case.name}")
            for mode in _order(case, number):
                results[f"{case.name}/{mode}"].append(await bench.measure(case, mode))
    return dict(results)


def possible(case: Case) -> bool:
    """Whether this machine has what the case needs."""
    return case.memory <= os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


def _order(case: Case, number: int) -> Sequence[str]:
    modes = [mode for mode in case.modes if mode != SDK or importlib.util.find_spec("openai")]
    return modes[::-1] if number % 2 else modes


async def python(*arguments: str) -> str:
    """Run a module to its end; what it printed."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, *arguments), cwd=ROOT, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    try:
        out, err = await process.communicate()
    except asyncio.CancelledError:
        process.kill()
        raise
    if process.returncode:
        raise Failed(f"{' '.join(arguments[:2])}: {err.decode().strip() or process.returncode}")
    return out.decode()
