"""A call that is cancelled while discord.py rests after it keeps no other one out."""

import asyncio
from contextlib import suppress

from discord.webhook import async_

from bot.ui.pauses import mend


async def test_whoever_rests_lets_go_in_time_even_when_cancelled() -> None:
    mend()
    lock, rested = asyncio.Lock(), asyncio.Event()

    async def call() -> None:
        async with async_.AsyncDeferredLock(lock) as held:
            held.delay_by(0.02)
            rested.set()
        await asyncio.sleep(60)

    task = asyncio.create_task(call())
    await rested.wait()
    await asyncio.sleep(0)
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    assert lock.locked()
    async with asyncio.timeout(10), async_.AsyncDeferredLock(lock):
        assert lock.locked()
    assert not lock.locked()
