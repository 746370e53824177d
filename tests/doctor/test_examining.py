"""Checks do not know of each other: one that fails or hangs is told as such, and hides nothing."""

import asyncio
import threading

from bot.doctor.check import Check, Finding, Skipped, aside, examine, fine, warn


async def good() -> Finding:
    return fine("all well")


async def odd() -> Finding:
    return warn("hm", "look")


async def failing() -> Finding:
    raise RuntimeError("with a secret in it")


async def skipped() -> Finding:
    raise Skipped("there is nothing to look at")


async def stuck() -> Finding:
    await asyncio.Event().wait()
    raise AssertionError


async def cancelled() -> Finding:
    raise asyncio.CancelledError


async def test_each_says_what_has_come_of_it() -> None:
    release = threading.Event()

    async def hanging_in_a_thread() -> Finding:
        await aside(release.wait)
        return fine("late")

    looks = (good, odd, failing, skipped, stuck, cancelled, hanging_in_a_thread)
    results = await examine([Check(look.__name__, look.__name__.title(), look) for look in looks], 0.2)
    release.set()
    assert [result.id for result in results] == [look.__name__ for look in looks]
    states = [result.state.value for result in results]
    assert states == ["ok", "warn", "fail", "skip", "fail", "fail", "fail"]
    assert [result.hung for result in results] == [False, False, False, False, True, False, True]
    assert results[2].found == "the check itself has failed (RuntimeError)"
    assert results[4].found == "no answer within 0 s"
    assert all(result.fix for result in results if result.state in {"fail", "warn"})
    assert "secret" not in str(results)
