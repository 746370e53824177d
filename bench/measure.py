"""The instruments: CPU time, peak memory, lateness of the event loop, spread of results. Memory needs Linux' /proc."""

import asyncio
import os
import resource
import statistics
import time
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path


def pin(core: int) -> None:
    """Stay on one core, where the machine has it."""
    if core >= 0 and core in os.sched_getaffinity(0):
        os.sched_setaffinity(0, {core})


def children(pid: int | str = "self") -> list[int]:
    """The processes that this one has started and that still run, and theirs."""
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        own = [int(child) for task in tasks for child in (task / "children").read_text().split()]
    except (FileNotFoundError, ProcessLookupError):
        return []
    return own + [grandchild for child in own for grandchild in children(child)]


def memory(key: str, pid: int | str = "self") -> int:
    """VmRSS or VmHWM in bytes; 0 for a process that has just gone."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    found = [line.split()[1] for line in lines if line.startswith(f"{key}:")]
    return int(found[0]) * 1024 if found else 0


def cpu(pid: int) -> float:
    """Seconds that another running process has used, with those of its children that have ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


def all_cpu() -> float:
    """Seconds that this process and all its children, ended or running, have used."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + ended.ru_utime + ended.ru_stime + sum(map(cpu, children()))


@dataclass(slots=True)
class Figures:
    """What one client process found out; times in seconds, memory in bytes above where it began."""

    cpu: float = 0.0
    wall: float = 0.0
    peak: int = 0
    growth: int = 0
    workers: int = 0  # the largest peak among child processes
    bytes: int = 0
    count: int = 0
    late: list[float] = field(default_factory=list)
    took: list[float] = field(default_factory=list)

    def plain(self) -> dict[str, float]:
        """Everything as numbers, for JSON."""
        numbers: dict[str, float] = {"cpu": self.cpu, "wall": self.wall, "bytes": self.bytes, "count": self.count}
        numbers |= {"peak": self.peak, "growth": self.growth, "workers": self.workers}
        if self.late:
            numbers |= {"late_p99": share(self.late, 0.99), "late_p999": share(self.late, 0.999)}
            numbers["late_max"] = max(self.late)
        if self.took:
            numbers |= {"took_p50": share(self.took, 0.5), "took_p99": share(self.took, 0.99)}
        return numbers


@asynccontextmanager
async def measured(*, tick: float = 0.0, workers: bool = False) -> AsyncIterator[Figures]:
    """Measure what happens inside.

    With `tick`, also how late the loop gets round to a clock of that period; with `workers`, child processes too.
    """
    figures = Figures()
    Path("/proc/self/clear_refs").write_text("5")
    before = memory("VmRSS")
    late = asyncio.create_task(_tick(tick, figures.late)) if tick else None
    watch = asyncio.create_task(_watch(figures)) if workers else None
    spent, began = all_cpu(), time.perf_counter()
    try:
        yield figures
    finally:
        figures.wall, figures.cpu = time.perf_counter() - began, all_cpu() - spent
        figures.peak, figures.growth = memory("VmHWM") - before, memory("VmRSS") - before
        for task in (late, watch):
            if task is not None:
                task.cancel()
        if workers:
            figures.workers = max(figures.workers, _largest())


async def _tick(period: float, late: list[float]) -> None:
    while True:
        due = time.perf_counter() + period
        await asyncio.sleep(period)
        late.append(time.perf_counter() - due)


async def _watch(figures: Figures) -> None:
    """Child processes may come and go; their peaks are read while they live."""
    while True:
        figures.workers = max(figures.workers, _largest())
        await asyncio.sleep(0.02)


def _largest() -> int:
    return max((memory("VmHWM", pid) for pid in children()), default=0)


def share(values: Iterable[float], part: float) -> float:
    """The value that this part of all values does not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))]


@dataclass(frozen=True, slots=True)
class Spread:
    """The middle of several rounds, and their ends."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> "Spread":
        """Sum up one value per round."""
        return cls(statistics.median(values), min(values), max(values))
