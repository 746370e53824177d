"""The commands as Discord knows them: sent only when they have changed, from one process."""

import hashlib
import logging
from contextlib import nullcontext
from enum import Enum
from typing import Any

import discord
import orjson
from discord import app_commands

from bot.store.database import Database, Transaction
from bot.studio import memos
from bot.studio.courier import CourierError
from bot.ui.customs import speak
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
        if (house := getattr(self.client, "house", None)) is not None:
            await speak(interaction, house.office)
        return True

    async def _call(self, interaction: discord.Interaction[Any]) -> None:
        """While a command is under way the bot does not leave."""
        asking = getattr(self.client, "asking", None)
        with asking.at_work() if asking else nullcontext():
            await super()._call(interaction)

    async def on_error(self, interaction: discord.Interaction[Any], error: app_commands.AppCommandError, /) -> None:
        """Tell the person in words, and the log everything."""
        self.client.dispatch("mishap", interaction)
        await tell(interaction, error)

    async def described(self) -> list[dict[str, Any]]:
        """All of them as Discord is told, in an order that does not change."""
        translator = Translator()
        await self.set_translator(translator)
        made = [await command.get_translated_payload(self, translator) for command in self.get_commands()]
        return sorted(made, key=lambda each: (each["type"], each["name"]))

    async def announce(self, database: Database, application: int) -> bool:
        """Send them to Discord unless it has them, or another process is just doing it; whether all is well.

        Without new ones the old ones go on working, so what goes wrong here keeps nobody from working.
        """
        described = await self.described()
        mark = mark_of(described)
        others = database.shared
        claim = await database.write(lambda tx: _claim(tx, application, mark, others=others))
        if claim is _Claim.NEEDLESS and await self._lost(described):
            claim = await database.write(lambda tx: _claim(tx, application, mark, others=others, lost=True))
        if claim is _Claim.ANOTHERS:
            log.info("Another process is bringing the commands to Discord")
        if claim is not _Claim.OURS:
            return True
        try:
            synced = await plainly(self.sync(), _PATIENCE)
        except (Barred, CourierError) as error:
            log.error("The commands could not be brought to Discord, those from before go on: %s", error)  # noqa: TRY400
            await database.write(lambda tx: memos.note(tx, _SCOPE, application, {}))
            return False
        await database.write(lambda tx: memos.note(tx, _SCOPE, application, {"hash": mark}))
        log.info("Discord has got %d commands", len(synced))
        return True

    async def _lost(self, described: list[dict[str, Any]]) -> bool:
        """Whether Discord surely has one no more: another program that uses the token may have sent its own."""
        try:
            there = await plainly(self.fetch_commands(), _PATIENCE)
        except (Barred, CourierError) as error:
            log.info("Whether Discord still has the commands is not known: %s", error)
            return False
        return bool(
            {(each["type"], each["name"]) for each in described} - {(each.type.value, each.name) for each in there}
        )


def mark_of(described: list[dict[str, Any]]) -> str:
    """What tells these commands from any others."""
    return hashlib.sha256(orjson.dumps(described, option=orjson.OPT_SORT_KEYS)).hexdigest()


def known(tx: Transaction, application: int) -> str:
    """The mark of those that Discord was sent last; empty if it is not known."""
    return str(memos.recall(tx, _SCOPE, application).get("hash", ""))


class _Claim(Enum):
    """Who brings the commands."""

    NEEDLESS = "they are there"
    ANOTHERS = "another process does"
    OURS = "we do"


def _claim(tx: Transaction, application: int, mark: str, *, others: bool, lost: bool = False) -> _Claim:
    """Of processes that start together one alone brings them; when it dies of that, a later start does. Where there
    can be no others, a claim is that of a process that has died."""
    tx.alone()
    noted = memos.recall(tx, _SCOPE, application)
    if noted.get("hash") == mark and not lost:
        return _Claim.NEEDLESS
    if others and noted.get("claim") == mark and noted.get("until", 0.0) > tx.now:
        return _Claim.ANOTHERS
    memos.note(tx, _SCOPE, application, {"claim": mark, "until": tx.now + 2 * _PATIENCE})
    return _Claim.OURS
