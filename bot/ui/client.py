"""The bot at Discord's gateway: no privileged intent, nothing kept that is not needed, every trouble told in words."""

import asyncio
import logging
import math
from collections.abc import Sequence
from itertools import chain, repeat
from typing import Any, Protocol, runtime_checkable

import discord
from discord.ext import commands

from bot.config import Settings
from bot.studio.shelf import Shelf
from bot.ui import mishaps
from bot.ui.asking import Asking
from bot.ui.buttons import ITEMS
from bot.ui.commands import Tree
from bot.ui.delivery import packer
from bot.ui.desk import Desk
from bot.ui.drafts import Drafts
from bot.ui.faults import REFUSED
from bot.ui.forms import Forms
from bot.ui.house import House
from bot.ui.integrations import Integrations
from bot.ui.onlooker import Onlooker, name_of
from bot.ui.pins import Pins
from bot.ui.presses import Presses
from bot.ui.references import Gatherer
from bot.ui.removal import Removal
from bot.ui.reprints import Reprints
from bot.ui.rest import PATIENCE, PAUSES, NoDiscord, Unwelcome
from bot.ui.sources import Collector
from bot.ui.upload import CONNECTION_ERRORS

log = logging.getLogger(__name__)

COGS = (
    "cogs.imagine",
    "cogs.edit",
    "cogs.layers",
    "cogs.story",
    "cogs.mentions",
    "cogs.buttons",
    "cogs.history",
    "cogs.usage",
    "cogs.settings",
    "cogs.privacy",
    "cogs.help",
    "cogs.menus",
    "cogs.admin",
    "cogs.audit",
)
INTENTS = discord.Intents(guilds=True, guild_messages=True, dm_messages=True)  # none of them is privileged
_AWAY: tuple[type[Exception], ...] = (discord.GatewayNotFound, discord.HTTPException, *CONNECTION_ERRORS)
_FAREWELL = 5.0  # seconds in which those who are being served get their answer

# What Discord closes a connection with when it will not have the bot at all: the same again would only be worse.
_CLOSED = {
    4004: REFUSED,
    4010: "SHARDS names a shard that does not exist: write it like 0-3/16",
    4011: "the bot is in too many servers for so few shards: raise the number in SHARDS, or leave it empty",
    4012: "Discord has retired this version of its gateway: update the bot",
    4013: "Discord does not know the intents that the bot asks for: update the bot",
    4014: "Discord does not allow the intents that the bot asks for: update the bot",
}


@runtime_checkable
class Resident(Protocol):
    """A cog that prepares something with the house. Without one, cogs are loaded to know their commands alone."""

    def moved_in(self) -> None:
        """There is a house."""


class Bot(commands.AutoShardedBot):
    """The client, with what its commands use: `house`, `asking`, `presses`, and what those use."""

    house: House
    asking: Asking
    pins: Pins
    gatherer: Gatherer
    collector: Collector
    drafts: Drafts
    presses: Presses
    desk: Desk
    integrations: Integrations

    def __init__(self, settings: Settings, onlooker: Onlooker | None = None) -> None:
        discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False  # it has no voice, and misses none
        options: dict[str, Any] = {"http_trace": onlooker.trace()} if onlooker else {}
        if settings.shards:
            options |= {"shard_ids": list(settings.shards.ids), "shard_count": settings.shards.count}
        super().__init__(
            commands.when_mentioned,
            tree_cls=Tree,
            help_command=None,
            intents=INTENTS,
            allowed_mentions=discord.AllowedMentions.none(),
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            max_messages=None,
            max_ratelimit_timeout=PATIENCE,
            **options,
        )

        self.settings = settings
        self.ready = asyncio.Event()
        self._onlooker = onlooker
        if onlooker is not None:
            self.add_listener(self._look_on, "on_interaction")

    async def move_in(self, house: House, gatherer: Gatherer, cogs: Sequence[str] = COGS) -> None:
        """Get to know the house, and everything that people can ask for. Once, logged in, before `stay`."""
        assert self.user is not None  # noqa: S101 - it is logged in
        self.house, self.gatherer = house, gatherer
        self.pins = Pins(house.database, Shelf.within(self.settings.data_dir))
        self.collector = Collector(self.user.id, self.settings.discord_cdn_hosts)
        self.drafts = Drafts(house.database, Shelf.within(self.settings.data_dir))
        self.asking = Asking(house, gatherer, self.pins, self.drafts, self.collector, self.settings.default_model)
        self.add_dynamic_items(*ITEMS)
        home, workshop = self.settings.data_dir, house.workshop
        reprints = Reprints(self, packer(workshop.seedream, workshop.press, home), home, house.database.now)
        removal = Removal(self, house.database, house.office)
        self.desk = Desk(self, house, removal)
        self.integrations = Integrations(self)
        forms = Forms(house, self.asking, self.drafts)
        self.presses = Presses(house, self.asking, forms, self.pins, reprints, removal)
        for verb, does in self.desk.does.items():
            self.presses.teach(verb, does)
        for cog in cogs:
            await self.load_extension(cog)
        for resident in self.cogs.values():
            if isinstance(resident, Resident):
                resident.moved_in()
        if self._has_the_first_shard and isinstance(self.tree, Tree):
            await self.tree.announce(house.database, self.application_id or self.user.id)

    async def stay(self) -> None:
        """Be there until closed, and wait for Discord while it is away; raises NoDiscord when it does not want us."""
        for pause in chain(PAUSES, repeat(PAUSES[-1])):
            try:
                await self.connect()
            except discord.PrivilegedIntentsRequired:
                raise Unwelcome(_CLOSED[4014]) from None
            except discord.ConnectionClosed as error:
                if error.code in _CLOSED:
                    raise Unwelcome(_CLOSED[error.code]) from None
                raise NoDiscord(f"Discord has closed the connection ({error.code})") from None
            except _AWAY as error:
                log.warning("Discord's gateway cannot be reached (%s); next try in %d s", type(error).__name__, pause)
                await asyncio.sleep(pause)
            if self.is_closed():
                return

    async def leave(self) -> None:
        """Answer those who are being served, and go."""
        if hasattr(self, "asking"):
            await self.asking.idle(_FAREWELL)
        await self.close()

    def pulse(self) -> dict[int, float | None]:
        """Of each shard here the seconds to Discord and back, or None while it is not connected."""
        beats = self.shards.items()
        if not self.is_ready():
            return {number: None for number, _ in beats}
        # Before the first answer to a heartbeat there is a socket, and perhaps nobody at its other end.
        return {
            number: None if shard.is_closed() or math.isinf(shard.latency) else shard.latency for number, shard in beats
        }

    async def _look_on(self, interaction: discord.Interaction[Any]) -> None:
        if self._onlooker is not None:
            self._onlooker.arrived(interaction.id, name_of(interaction))

    async def on_mishap(self, interaction: discord.Interaction[Any]) -> None:
        """Something went wrong, and whoever asked has been told."""
        if self._onlooker is not None:
            self._onlooker.failed(name_of(interaction))

    async def on_ready(self) -> None:
        """All shards are connected."""
        self.ready.set()
        log.info("Connected to Discord as %s, in %d servers", self.user, len(self.guilds))

    async def on_raw_app_command_permissions_update(self, event: discord.RawAppCommandPermissionsUpdateEvent) -> None:
        """An administrator has changed who may use which command."""
        self.integrations.forget(event.guild.id)

    async def on_message(self, message: discord.Message, /) -> None:
        """Nothing: commands in messages are the cogs' own business."""

    async def on_error(self, event_method: str, /, *args: Any, **kwargs: Any) -> None:
        """Tell whoever has met it."""
        error = mishaps.current()
        match args:
            case (discord.Interaction() as interaction, *_):
                self.dispatch("mishap", interaction)
                await mishaps.tell(interaction, error)
            case _:
                mishaps.noted(error, event_method)

    @property
    def _has_the_first_shard(self) -> bool:
        return self.shard_ids is None or 0 in self.shard_ids
