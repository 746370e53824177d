"""Gates that keep pictures of a pretend Seedream from being drawn until a test lets them be."""

import asyncio


class Gates:
    """Pictures that are [[slow:100]] or more are drawn when the gate of this number is opened."""

    def __init__(self) -> None:
        self._gates: dict[float, asyncio.Event] = {}
        self.brush: asyncio.Semaphore | None = None  # who wants to draw a picture has to get it

    async def sleep(self, seconds: float) -> None:
        """As long as it is closed."""
        if not seconds and self.brush is not None:
            await self.brush.acquire()
        elif seconds < 100:
            await asyncio.sleep(seconds)
        else:
            await self._gate(seconds).wait()

    def open(self, number: float) -> None:
        """From now on."""
        self._gate(number).set()

    def _gate(self, number: float) -> asyncio.Event:
        return self._gates.setdefault(number, asyncio.Event())
