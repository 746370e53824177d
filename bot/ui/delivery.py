"""The courier over Discord's REST interface; it needs no gateway."""

import logging
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import discord

from bot.config import Settings
from bot.images.press import Press
from bot.seedream.client import Seedream
from bot.store.database import Database
from bot.studio.checks import Offer
from bot.studio.courier import Stage
from bot.studio.job import Delivery, Ending, Job, Result
from bot.studio.results import picture_of
from bot.ui import words
from bot.ui.asides import beside
from bot.ui.bells import Bells
from bot.ui.buttons import Fresh, bad_news_view, fresh, progress_view
from bot.ui.glimpses import Glimpses
from bot.ui.ladder import Ladder
from bot.ui.letterbox import Letterbox
from bot.ui.packing import Packer
from bot.ui.rest import PATIENCE, PAUSES, Letter, Post, logged_in
from bot.ui.trip import Trip
from bot.ui.warnings import warn

log = logging.getLogger(__name__)


class RestCourier:
    """A `Courier`. Edits may be repeated by their nature, new messages by their nonce."""

    def __init__(
        self,
        client: discord.Client,
        packer: Packer,
        *,
        now: Callable[[], float] = time.time,
        patience: float = PATIENCE,
        bells: Bells | None = None,
        database: Database | None = None,
    ) -> None:
        self._letterbox = Letterbox(client, database, patience)
        self._bells = bells
        self._ladder = Ladder(Post(client, patience), now, bells.dm_allowed if bells else None)
        self._packer = packer
        self._glimpses = Glimpses(self._ladder, packer)

    async def progress(self, job: Job, stage: Stage, pictures: Sequence[Result]) -> None:
        """Write it over our message, if there is one; nothing is posted for the sake of progress."""
        text = beside(words.progress(job, stage), job)
        await self._glimpses.show(job, text, _cancel(job, stage), pictures)

    async def deliver(self, job: Job, pictures: Sequence[Result], missing: Ending | None) -> Delivery:
        """Bring the pictures; those that are not to be had any more are neither delivered nor kept, and when that
        is all of them nothing is said."""
        shown = self._glimpses.forget(job)  # if this has to be tried again, everything is sent anew
        async with AsyncExitStack() as stack:
            delivery = await Trip(self._ladder, self._packer, job, missing, stack, shown).run(pictures)
        if self._bells is not None:
            await self._bells.ring(job, delivery)
        return delivery

    async def apologise(self, job: Job, ending: Ending) -> None:
        """Say it where the pictures would have gone; if no way is left there, it stays unsaid."""
        self._glimpses.forget(job)
        await self._ladder.send(
            job, Letter(words.apology(job, ending), (), f"sd-{job.id}-no", fresh(bad_news_view, job))
        )

    async def warn(self, provider: str, error: str) -> None:
        """Write to the owner of the bot."""
        if not await warn(self._letterbox, provider, error):
            log.warning("The owner of the bot takes no messages; %s at %s", error, provider)


def _cancel(job: Job, stage: Stage) -> Fresh | None:
    """Pictures that are on their way are not taken back."""
    return None if stage.name == "delivering" else fresh(progress_view, job)


@asynccontextmanager
async def open_courier(
    settings: Settings,
    seedream: Seedream,
    press: Press,
    database: Database | None = None,
    trace: Any = None,
) -> AsyncIterator[RestCourier]:
    """A courier that is logged in with the bot's token, as soon as Discord can be reached; raises NoDiscord, whose text
    says what to do."""
    token = settings.discord_token.get_secret_value() if settings.discord_token else ""
    async with logged_in(token, settings.discord_api_base, pauses=PAUSES, trace=trace) as client:
        bells = Bells(client, database, Offer(seedream.catalogue)) if database else None
        now = database.now if database else time.time
        packed = packer(seedream, press, settings.data_dir)
        yield RestCourier(client, packed, now=now, bells=bells, database=database)


def packer(seedream: Seedream, press: Press, home: Path) -> Packer:
    """Pictures as the client opens them and the press makes them fit; files are named within `home`."""
    return Packer(lambda result: seedream.open(picture_of(result, home)), press.fit, home / "spool")
