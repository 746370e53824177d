"""Reading ahead takes everything in at once, keeps the order and tells the error last."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

import pytest

from bot.seedream.ahead import read_ahead


class Source:
    """Gives numbers, then an error if wanted; knows how far it was read and whether it was closed."""

    def __init__(self, count: int, error: Exception | None = None) -> None:
        self.count, self.error = count, error
        self.given = 0
        self.closed = False

    async def items(self) -> AsyncGenerator[int, None]:
        try:
            for number in range(self.count):
                self.given += 1
                yield number
            if self.error:
                raise self.error
        finally:
            self.closed = True


async def test_everything_comes_in_order() -> None:
    source = Source(100)
    assert [item async for item in read_ahead(source.items())] == list(range(100))
    assert source.closed


async def test_a_slow_reader_does_not_hold_the_source_back_and_hears_the_error_last() -> None:
    source = Source(5, ConnectionError("cut"))
    seen = []
    items = read_ahead(source.items())
    for _ in range(5):
        seen.append(await anext(items))
        await asyncio.sleep(0)
        assert source.given == 5, "all of it was read while the first item was being looked at"
    with pytest.raises(ConnectionError, match="cut"):
        await anext(items)
    assert seen == [0, 1, 2, 3, 4]


async def test_an_empty_source_ends_at_once_and_a_broken_one_with_its_error() -> None:
    assert [item async for item in read_ahead(Source(0).items())] == []
    with pytest.raises(ValueError, match="no"):
        await anext(read_ahead(Source(0, ValueError("no")).items()))


async def test_going_away_closes_the_source() -> None:
    source = Source(3)
    async with aclosing(read_ahead(source.items())) as items:
        await anext(items)
    assert source.closed


async def test_an_endless_source_is_closed_when_its_reader_is_cancelled() -> None:
    closed = asyncio.Event()

    async def endless() -> AsyncGenerator[int, None]:
        try:
            yield 1
            await asyncio.sleep(3600)
        finally:
            closed.set()

    async def read() -> None:
        async with aclosing(read_ahead(endless())) as items:
            async for _ in items:
                pass

    reading = asyncio.create_task(read())
    await asyncio.sleep(0.01)
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    assert closed.is_set()
