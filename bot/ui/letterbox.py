"""Direct messages to those who have to know something, in the language that they have chosen in `/settings me`."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import discord

from bot.store.database import Database
from bot.store.errors import StoreError
from bot.studio import preferences
from bot.ui.faults import plainly
from bot.ui.owners import first_of
from bot.words import Words

log = logging.getLogger(__name__)

_SILENT = discord.AllowedMentions.none()

Letter = Mapping[str, Any]  # as `send` takes it
Write = Callable[[Words], Awaitable[Letter | None]]  # nothing: there is no need for it any more


class Letterbox:
    """Over a client that is logged in, and what people have chosen; `patience` is for each step of the way."""

    def __init__(self, client: discord.Client, database: Database | None, patience: float) -> None:
        self._client = client
        self._database = database
        self._patience = patience

    async def to_owner(self, write: Write) -> bool:
        """Tell the owner of the bot; False if it has none. Raises Barred and CourierError."""
        owner = first_of(await plainly(self._client.application_info(), self._patience))
        if owner is None:
            return False
        await self.to(owner, write)
        return True

    async def to(self, user: int, write: Write, otherwise: str = "en") -> None:
        """Tell somebody, in this language where they have chosen none. Raises Barred and CourierError."""
        letter = await write(Words(await self._language(user) or otherwise))
        if letter is None:
            return
        channel = await plainly(self._client.create_dm(discord.Object(user)), self._patience)
        await plainly(channel.send(**letter, allowed_mentions=_SILENT), self._patience)

    async def _language(self, user: int) -> str | None:
        if self._database is None:
            return None
        try:
            return (await self._database.read(lambda tx: preferences.load_person(tx, user))).language
        except StoreError as error:
            log.info("The language that a person has chosen cannot be looked up: %s", error)
            return None
