"""Runs the measurements of the queue in rounds: fresh processes for every mode of every case, told what to do when."""

import asyncio
import json
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from bench.measure import share
from bench.pipeline import Failed
from bench.queue.actor import WARM, Order
from bench.queue.cases import POSTGRESQL, WORKER_ACTS, Case, Mode
from bench.queue.places import Places

ROOT = Path(__file__).resolve().parents[2]
LINE = 1 << 24  # bytes; the notes of all jobs are one line
PATIENCE = 300.0  # seconds; a measurement that takes longer hangs
LAST = 0.1  # seconds after the last delivery, in which its job is closed

Result = dict[str, float]
Results = dict[str, list[Result]]  # by "case/mode", one entry per round


@dataclass(slots=True)
class Cast:
    """The processes of one measurement, and how many jobs they have delivered together."""

    processes: list[asyncio.subprocess.Process] = field(default_factory=list)
    ready: int = 0
    delivered: int = 0
    found: list[dict[str, Any]] = field(default_factory=list)
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    async def follow(self, process: asyncio.subprocess.Process) -> None:
        """Read what a process says until it ends."""
        assert process.stdout is not None
        assert process.stderr is not None
        errors = asyncio.create_task(process.stderr.read())
        async for line in process.stdout:
            if line.startswith(b"{"):
                self.found.append(json.loads(line))
            elif line == b"ready\n":
                self.ready += 1
            elif line == b"delivered\n":
                self.delivered += 1
            self._news.set()
        if await process.wait():
            raise Failed(f"a process of the bench ended badly: {(await errors).decode().strip()[-2000:]}")

    async def until(self, there: Callable[[], bool]) -> None:
        """Wait until what they have said is enough."""
        while not there():
            self._news.clear()
            await self._news.wait()

    def tell(self) -> None:
        """Let all go on to what comes next."""
        for process in self.processes:
            assert process.stdin is not None
            process.stdin.write(b"go\n")


async def rounds(places: Places, cases: Iterable[Case], count: int, tell: Callable[[str], None]) -> Results:
    """Measure every case in every round, its modes one after the other; every second round backwards."""
    results: Results = defaultdict(list)
    for number in range(count):
        for case in cases:
            if case.once and number:
                continue
            tell(f"round {number + 1} of {count}: {case.name}")
            modes = iter(_order(case, places, number))
            while some := list(islice(modes, case.abreast)):
                for mode, figures in zip(some, await _abreast(places, case, some), strict=True):
                    results[f"{case.name}/{mode.name}"].append(figures)
    return dict(results)


async def _abreast(places: Places, case: Case, modes: Sequence[Mode]) -> list[Result]:
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(measure(places, case, mode)) for mode in modes]
    except BaseExceptionGroup as failures:
        raise _first_of(failures) from None
    return [task.result() for task in tasks]


def _first_of(failures: BaseExceptionGroup[BaseException]) -> BaseException:
    first = failures.exceptions[0]
    return _first_of(first) if isinstance(first, BaseExceptionGroup) else first


async def measure(places: Places, case: Case, mode: Mode) -> Result:
    """One measurement, one result."""
    url, folder = await places.place(mode)
    cast = Cast()
    try:
        for number in range(mode.processes):
            order = Order(case, mode.rows, url, str(folder), number, mode.processes)
            cast.processes.append(await _process(order))
        async with asyncio.timeout(PATIENCE), asyncio.TaskGroup() as group:
            for process in cast.processes:
                group.create_task(cast.follow(process))
            spent = await _direct(cast, case, places) if case.act in {*WORKER_ACTS, "idle"} else 0.0
    except TimeoutError:
        told = f"{cast.ready} of {mode.processes} processes were ready, {cast.delivered} jobs delivered"
        raise Failed(f"{case.name}/{mode.name} took longer than {PATIENCE:.0f} seconds: {told}") from None
    finally:
        for process in cast.processes:
            if process.returncode is None:
                process.kill()
    if case.act == "claim":
        return _times(cast.found[0])
    figures = sum_up(case, cast.found)
    return figures | ({"server": spent} if mode.engine == POSTGRESQL else {})


async def _direct(cast: Cast, case: Case, places: Places) -> float:
    """Tell the processes what to do when; the seconds that the database server has used meanwhile."""
    everybody = len(cast.processes)
    await cast.until(lambda: cast.ready == everybody)
    cast.tell()
    await cast.until(lambda: cast.delivered == everybody * WARM)
    await asyncio.sleep(LAST)
    spent = places.server.cpu if places.server else 0.0
    cast.tell()
    if case.act in WORKER_ACTS:
        await cast.until(lambda: cast.delivered == everybody * WARM + case.jobs)
        await asyncio.sleep(LAST)
        cast.tell()
    await cast.until(lambda: len(cast.found) == everybody)
    return (places.server.cpu if places.server else 0.0) - spent


def sum_up(case: Case, found: Sequence[dict[str, Any]]) -> Result:
    """The figures of all processes as one."""
    figures: Result = {
        "cpu": sum(entry["cpu"] for entry in found),
        "wall": max(entry["wall"] for entry in found),
        "rss": max(entry["rss"] for entry in found),
        "processes": len(found),
        "count": case.jobs,
    }
    if case.act not in WORKER_ACTS:
        return figures
    asked, started, delivered = (_merged(found, name) for name in ("asked", "started", "delivered"))
    took = [started[number] - moment for number, moment in asked.items()]
    began = min(entry["began"] for entry in found)
    figures |= {"took_p50": share(took, 0.5), "took_p99": share(took, 0.99), "wall": max(delivered.values()) - began}
    if case.act == "fair":
        half = began + figures["wall"] / 2
        users = range(case.users)
        images = [sum(moment <= half for number, moment in delivered.items() if number % case.users == user)
                  for user in users]  # fmt: skip
        first = [_first(started, case.users, user) - _first(asked, case.users, user) for user in users]
        figures |= {"jain": jain(images), "last_first": max(first), "ideal": case.ideal}
    return figures


def jain(values: Sequence[float]) -> float:
    """How equal they are: 1 if all are, 1/n if one has everything."""
    squares = sum(value * value for value in values)
    return sum(values) ** 2 / (len(values) * squares) if squares else 1.0


def _first(moments: dict[int, float], users: int, user: int) -> float:
    return min(moment for number, moment in moments.items() if number % users == user)


def _merged(found: Sequence[dict[str, Any]], name: str) -> dict[int, float]:
    """What was noted of each job that counts, by whichever process."""
    return {number: moment for entry in found for number, moment in entry[name] if number >= 0}


def _times(found: dict[str, list[float]]) -> Result:
    return {f"{name}_p50": share(times, 0.5) for name, times in found.items()} | {
        f"{name}_p99": share(times, 0.99) for name, times in found.items()
    }


def _order(case: Case, places: Places, number: int) -> list[Mode]:
    modes = [mode for mode in case.modes if places.has(mode)]
    return modes[::-1] if number % 2 else modes


async def _process(order: Order) -> asyncio.subprocess.Process:
    pipe = asyncio.subprocess.PIPE
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bench.queue.actor", str(order)),
        cwd=ROOT,
        stdin=pipe,
        stdout=pipe,
        stderr=pipe,
        limit=LINE,
    )
