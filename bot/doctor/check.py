"""A check: it says how something stands and what mends it. One that fails or hangs hides none of the others."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

T = TypeVar("T")

PATIENCE = 20.0  # seconds for one check
_REPORT = "tell it to the bot's authors, with the version that stands below"


class State(StrEnum):
    """How something stands."""

    OK = "ok"
    WARN = "warn"  # the bot works, but not as well as it could
    FAIL = "fail"  # it does not work, or not where it should
    SKIP = "skip"  # nobody knows: something else is in the way, or looking would cost money


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found, and what to do if that is not good."""

    state: State
    found: str
    fix: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """Something to look at; its id stays the same from release to release."""

    id: str
    title: str
    look: Callable[[], Awaitable[Finding]]


@dataclass(frozen=True, slots=True)
class Result:
    """What has come of a check."""

    id: str
    title: str
    state: State
    found: str
    fix: str
    hung: bool = False


class Skipped(Exception):
    """It cannot be looked at now; the text says why."""


def fine(found: str) -> Finding:
    """Nothing to do."""
    return Finding(State.OK, found)


def warn(found: str, fix: str) -> Finding:
    """The bot works, but not as well as it could."""
    return Finding(State.WARN, found, fix)


def fail(found: str, fix: str) -> Finding:
    """It does not work, or not where it should."""
    return Finding(State.FAIL, found, fix)


async def examine(checks: Sequence[Check], patience: float = PATIENCE) -> list[Result]:
    """Make all of them at the same time; never raises."""
    return list(await asyncio.gather(*(_examined(check, patience) for check in checks)))


async def _examined(check: Check, patience: float) -> Result:
    task = asyncio.ensure_future(check.look())
    await asyncio.wait({task}, timeout=patience)
    if not task.done():
        task.cancel()
        await asyncio.wait({task}, timeout=1.0)
        hung = fail(f"no answer within {patience:.0f} s", "look whether a disk, a server or the network is stuck")
        return _result(check, hung, hung=True)
    error = None if task.cancelled() else task.exception()
    if isinstance(error, Skipped):
        return _result(check, Finding(State.SKIP, str(error)))
    if error is not None or task.cancelled():
        return _result(check, fail(f"the check itself has failed ({type(error).__name__})", _REPORT))
    return _result(check, task.result())


def _result(check: Check, finding: Finding, *, hung: bool = False) -> Result:
    return Result(check.id, check.title, finding.state, finding.found, finding.fix, hung)


async def aside(work: Callable[[], T]) -> T:
    """Run in a thread of its own, which holds up no other when a disk hangs."""
    pool = ThreadPoolExecutor(1, thread_name_prefix="doctor")
    try:
        return await asyncio.get_running_loop().run_in_executor(pool, work)
    finally:
        pool.shutdown(wait=False)
