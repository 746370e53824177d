"""The commands as Discord knows them: sent only when they have changed, from one process."""

import hashlib
import logging
from typing import Any

import discord
import orjson
from discord import app_commands

from bot.store.database import Database
from bot.studio import memos
from bot.studio.courier import CourierError
from bot.ui.faults import Barred, plainly
from bot.ui.mishaps import tell
from bot.ui.translator import Translator

log = logging.getLogger(__name__)

_SCOPE = "commands"
_PATIENCE = 60.0
_REMEMBERED = 10_000  # interactions


class Tree(app_commands.CommandTree[Any]):
    """All commands and menus. They work in servers, in direct messages, and for people who have installed the app."""

    def __init__(self, client: discord.Client) -> None:
        everywhere = app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=True)
        anyhow = app_commands.AppInstallationType(guild=True, user=True)
        super().__init__(client, allowed_contexts=everywhere, allowed_installs=anyhow)
        self._heard: dict[int, None] = {}  # in their order

    async def interaction_check(self, interaction: discord.Interaction[Any], /) -> bool:
        """Nothing twice: when the gateway catches up after a break, it may tell again what it has told."""
        if interaction.id in self._heard:
            log.info("interaction:%d was told twice", interaction.id)
            return False
        if len(self._heard) >= _REMEMBERED:
            del self._heard[next(iter(self._heard))]
        self._heard[interaction.id] = None
        return True

    async def on_error(self, interaction: discord.Interaction[Any], error: app_commands.AppCommandError, /) -> None:
        """Tell the person in words, and the log everything."""
        self.client.dispatch("mishap", interaction)
        await tell(interaction, error)

    async def announce(self, database: Database, application: int) -> bool:
        """Send them to Discord unless they are what was sent last; whether Discord has them now.

        Without new ones the old ones go on working, so what goes wrong here keeps nobody from working.
        """
        translator = Translator()
        await self.set_translator(translator)
        made = [await command.get_translated_payload(self, translator) for command in self.get_commands()]
        payload = orjson.dumps(sorted(made, key=lambda each: (each["type"], each["name"])), option=orjson.OPT_SORT_KEYS)
        mark = hashlib.sha256(payload).hexdigest()
        known = await database.read(lambda tx: memos.recall(tx, _SCOPE, application))
        if known.get("hash") == mark:
            return True
        try:
            synced = await plainly(self.sync(), _PATIENCE)
        except (Barred, CourierError) as error:
            log.error("The commands could not be brought to Discord, those from before go on: %s", error)  # noqa: TRY400
            return False
        await database.write(lambda tx: memos.note(tx, _SCOPE, application, {"hash": mark}))
        log.info("Discord has got %d commands", len(synced))
        return True
