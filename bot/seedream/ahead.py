"""Reading ahead: what has arrived is taken in at once, however slowly its reader reads."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import TypeVar

Item = TypeVar("Item")


async def read_ahead(source: AsyncGenerator[Item, None]) -> AsyncGenerator[Item, None]:
    """The items of a source that is emptied in the background, then its error, if it ended with one.

    A connection that breaks takes along whatever nobody has read yet, and that may be paid.
    """
    arrived: asyncio.Queue[Item] = asyncio.Queue()

    async def pump() -> None:
        async with aclosing(source) as items:
            async for item in items:
                arrived.put_nowait(item)

    pumping = asyncio.create_task(pump())
    try:
        while not (pumping.done() and arrived.empty()):
            waiting = asyncio.ensure_future(arrived.get())
            try:
                await asyncio.wait({waiting, pumping}, return_when=asyncio.FIRST_COMPLETED)
                if waiting.done():
                    yield waiting.result()
            finally:
                waiting.cancel()
        await pumping
    finally:
        pumping.cancel()
        await asyncio.gather(pumping, return_exceptions=True)
