"""Troubles that only the owner of the bot can mend: told once, not per job, whichever process meets them."""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

from bot.seedream.errors import BadKey, NoAccess, OutOfCredit, SeedreamError
from bot.store.database import Database, Transaction
from bot.store.errors import StoreError
from bot.studio.courier import Courier, CourierError
from bot.studio.memos import note, recall

log = logging.getLogger(__name__)

GRAVE = (BadKey, NoAccess, OutOfCredit)
FAREWELL = 3.0
SILENCE = 86_400.0  # seconds until the same trouble is told again, if it did not pass in between


class Alarms:
    """Hears what goes wrong with providers, and has the owner told of what will not pass by itself."""

    def __init__(self, database: Database, courier: Courier) -> None:
        self._database = database
        self._courier = courier
        self._raised: set[str] = set()
        self._trips: set[asyncio.Task[None]] = set()

    def hear(self, error: SeedreamError) -> None:
        """An error that a job met. Nobody waits for what comes of it."""
        if isinstance(error, GRAVE) and error.provider and error.provider not in self._raised:
            self._raised.add(error.provider)
            log.error("%s cannot be used until its owner looks after it: %s", error.provider, error)
            self._send(self._tell(error.provider, type(error).__name__))

    def calm(self, provider: str) -> None:
        """It has worked again: the next trouble is a new one."""
        if provider in self._raised:
            self._raised.discard(provider)
            self._send(self._forget(provider))

    def _send(self, trip: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(trip)
        self._trips.add(task)
        task.add_done_callback(self._trips.discard)

    async def _tell(self, provider: str, error: str) -> None:
        try:
            if await self._database.write(lambda tx: _is_news(tx, provider, error)):
                await self._courier.warn(provider, error)
        except (CourierError, StoreError) as fault:
            log.warning("The owner could not be told of %s at %s: %s", error, provider, fault)

    async def _forget(self, provider: str) -> None:
        try:
            await self._database.write(lambda tx: note(tx, scope_of(provider), 0, {}))
        except StoreError as fault:
            log.warning("That %s works again could not be written down: %s", provider, fault)

    async def close(self) -> None:
        """Let what is under way arrive, but not for long."""
        if self._trips:
            _, late = await asyncio.wait(self._trips, timeout=FAREWELL)
            for trip in late:
                trip.cancel()


def _is_news(tx: Transaction, provider: str, error: str) -> bool:
    tx.alone()  # of two processes that meet it at the same time one tells
    told = recall(tx, scope_of(provider), 0)
    if told.get("error") == error and tx.now < told.get("at", 0.0) + SILENCE:
        return False
    note(tx, scope_of(provider), 0, {"error": error, "at": tx.now})
    return True


def scope_of(provider: str) -> str:
    return f"alarm/{provider}"
