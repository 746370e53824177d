"""`seedream-bot worker`: works on the queue until it is told to stop."""

import asyncio
import contextlib
import logging
import signal
from collections.abc import Iterator

from bot.app import House, OpenCourier, open_house
from bot.config import Settings

log = logging.getLogger(__name__)


async def work(settings: Settings, open_courier: OpenCourier) -> None:
    """Work until SIGTERM or SIGINT; raises StoreError, in words, when there is no database to work on."""
    async with open_house(settings, open_courier) as house:
        with _stopping(house):
            log.info("Working on up to %d jobs at once", settings.parallel_jobs)
            await house.worker.run()
    log.info("Stopped")


@contextlib.contextmanager
def _stopping(house: House) -> Iterator[None]:
    """The first signal lets running jobs end within their grace, the second one ends the grace."""
    loop = asyncio.get_running_loop()
    signals = (signal.SIGTERM, signal.SIGINT)
    for number in signals:
        with contextlib.suppress(NotImplementedError):  # Windows has only Ctrl-C
            loop.add_signal_handler(number, house.worker.stop)
    try:
        yield
    finally:
        for number in signals:
            with contextlib.suppress(NotImplementedError):
                loop.remove_signal_handler(number)
