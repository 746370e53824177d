"""`seedream-bot run`: the bot at Discord's gateway, and the worker that draws, in one process until it is stopped."""

import asyncio
import gc
import logging
import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from bot.app import House, Workshop, open_house
from bot.config import Settings
from bot.seedream.clock import Clock
from bot.store.database import Database
from bot.studio.checks import Offer
from bot.terminal.endings import told
from bot.terminal.outside import Outside, open_outside, watch
from bot.terminal.worker import at_a_signal
from bot.ui.aim import aimed
from bot.ui.bells import Bells
from bot.ui.client import Bot
from bot.ui.consents import Consents
from bot.ui.delivery import RestCourier, packer
from bot.ui.references import open_gatherer
from bot.ui.rest import PATIENCE, PAUSES, log_in

log = logging.getLogger(__name__)


def run(settings: Settings) -> None:
    """Serve until stopped; what keeps it from serving is one line for people."""
    os.umask(0o077)  # what it writes is for nobody else on this machine
    with told(settings):
        asyncio.run(serve(settings))


async def serve(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT: the first lets running jobs end within their grace, the second ends the grace.

    New wishes are taken until then, and wait in the database for the next start. A Discord that cannot be
    reached is waited for. Raises NoDiscord when it will not have the bot.
    """
    this = asyncio.current_task()
    try:
        if this is not None:
            at_a_signal(this.cancel)  # nothing has begun yet that would have to end
        async with (
            open_outside(settings, at_the_gateway=True) as outside,
            open_bot(settings, outside=outside) as (bot, house),
        ):
            at_a_signal(house.worker.stop)
            _settle()
            log.info("Working on up to %d jobs at once", settings.parallel_jobs)
            await live(bot, house)
    except asyncio.CancelledError:
        log.info("Stopped before there was anything to do")
    else:
        log.info("Stopped")


def _settle() -> None:
    """Leave what the start has made out of garbage collection: it stays until the end, and looking through all of it
    stops the bot for a tenth of a second, of the three in which Discord wants an answer."""
    gc.collect()
    gc.freeze()


@asynccontextmanager
async def open_bot(
    settings: Settings, clock: Clock | None = None, patience: float = PATIENCE, outside: Outside | None = None
) -> AsyncIterator[tuple[Bot, House]]:
    """The bot, logged in and furnished, and the house that it speaks for. `patience` are the seconds that bringing
    one message may take."""
    token = settings.discord_token.get_secret_value() if settings.discord_token else ""
    async with AsyncExitStack() as stack:
        stack.enter_context(aimed(settings))
        bot = await stack.enter_async_context(Bot(settings, outside.onlooker if outside else None))

        @asynccontextmanager
        async def courier(workshop: Workshop, database: Database) -> AsyncIterator[RestCourier]:
            await log_in(bot, token, pauses=PAUSES)
            packed = packer(workshop.seedream, workshop.press, settings.data_dir)
            bells = Bells(bot, database, Offer(workshop.seedream.catalogue))
            yield RestCourier(bot, packed, now=database.now, patience=patience, bells=bells, database=database)

        house = await stack.enter_async_context(open_house(settings, courier, clock, watch(outside)))
        workshop = house.workshop
        consents, catalogue = Consents(house.database), workshop.seedream.catalogue
        gatherer = await stack.enter_async_context(open_gatherer(settings, workshop.press, catalogue, consents))
        await bot.move_in(house, gatherer)
        stack.push_async_callback(bot.leave)
        if outside is not None:
            outside.show(house, bot.pulse)
            stack.callback(outside.hide)
        yield bot, house


async def live(bot: Bot, house: House) -> None:
    """Draw and be at the gateway until the worker is stopped. When the gateway is lost for good, so is the worker."""
    work = asyncio.create_task(house.work(), name="house")
    gate = asyncio.create_task(bot.stay(), name="gateway")
    try:
        await asyncio.wait({work, gate}, return_when=asyncio.FIRST_COMPLETED)
        house.worker.stop()
        await work
        lost = gate.done()
        await bot.leave()
        if lost:  # by itself; what it meets because it is closed is no trouble of anybody's
            gate.result()
    finally:
        # Who is about to connect does not end by being closed: discord.py tries again for ever.
        for task in (work, gate):
            task.cancel()
        await asyncio.gather(work, gate, return_exceptions=True)
