"""What the tests of the store share."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest


@pytest.fixture
def wait_for() -> Callable[[Callable[[], bool]], Awaitable[None]]:
    """Return as soon as something is so; fail if it never is."""

    async def wait(so: Callable[[], bool]) -> None:
        for _ in range(5000):
            if so():
                return
            await asyncio.sleep(0.005)
        pytest.fail("it never came to that")

    return wait
