"""`seedream-bot worker`: works on the queue until it is told to stop."""

import asyncio
import contextlib
import logging
import os
import signal
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

from bot.app import OpenCourier, Workshop, open_house
from bot.config import Settings
from bot.store.database import Database
from bot.studio.courier import Courier
from bot.terminal.endings import told
from bot.terminal.outside import Outside, open_outside, watch
from bot.ui.delivery import open_courier

log = logging.getLogger(__name__)


def run(settings: Settings) -> None:
    """Work until stopped; what keeps it from working at all is one line for people."""

    os.umask(0o077)  # what it writes is for nobody else on this machine
    with told(settings):
        asyncio.run(work(settings))


async def work(settings: Settings) -> None:
    """Work until SIGTERM or SIGINT: the first lets running jobs end within their grace, the second ends the grace."""
    this = asyncio.current_task()
    try:
        if this is not None:
            at_a_signal(this.cancel)  # nothing has begun yet that would have to end
        async with (
            open_outside(settings, at_the_gateway=False) as outside,
            open_house(settings, _courier(settings, outside), watch=watch(outside)) as house,
        ):
            at_a_signal(house.worker.stop)
            if outside is not None:
                outside.show(house)
            log.info("Working on up to %d jobs at once", settings.parallel_jobs)
            await house.work()
    except asyncio.CancelledError:
        log.info("Stopped before there was anything to do")
    else:
        log.info("Stopped")


def _courier(settings: Settings, outside: Outside | None) -> OpenCourier:
    def courier(workshop: Workshop, database: Database) -> AbstractAsyncContextManager[Courier]:
        trace = outside.onlooker.trace() if outside else None
        return open_courier(settings, workshop.seedream, workshop.press, database, trace)

    return courier


def at_a_signal(react: Callable[[], object]) -> None:
    """Do this from now on instead of what was to be done before; it ends with the loop."""
    for number in (signal.SIGTERM, signal.SIGINT):
        with contextlib.suppress(NotImplementedError):  # Windows has only Ctrl-C
            asyncio.get_running_loop().add_signal_handler(number, react)
