"""Mends the pause of discord.py between two calls with a token: whoever is cancelled in it keeps nobody else out."""

import asyncio
from types import TracebackType

from discord.webhook import async_


class Pause(async_.AsyncDeferredLock):
    """The lock of a token. discord.py sleeps before it lets go of it, and never does when it is cancelled there: the
    answer to a command then waited for a progress report that was long gone. Here nobody sleeps, a timer lets go."""

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.delta:
            asyncio.get_running_loop().call_later(self.delta, self.lock.release)
        else:
            self.lock.release()


def mend() -> None:
    """Let discord.py use it from now on."""
    async_.AsyncDeferredLock = Pause  # type: ignore[misc]  # it is looked up by this name for every call
