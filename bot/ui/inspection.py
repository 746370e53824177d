"""Looks at Discord's side of the bot over REST, and changes nothing there: what is set up, known and allowed."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import discord

from bot.config import Settings
from bot.studio.courier import CourierError
from bot.ui.aim import aimed
from bot.ui.client import COGS, INTENTS, Bot
from bot.ui.commands import Tree, mark_of
from bot.ui.faults import Barred, plainly
from bot.ui.invitation import missing
from bot.ui.rest import log_in
from bot.ui.skew import Dates

TROUBLES = (Barred, CourierError)  # whose texts are for people
_PATIENCE = 10.0  # seconds for one answer
_PAGE = 200  # servers
_LOOKED_AT = 20  # servers whose channels are looked at: each takes three requests
_SENDING = (discord.ChannelType.text, discord.ChannelType.news)
_PRIVILEGED = {
    "message_content": "Message Content",
    "members": "Server Members",
    "presences": "Presence",
}


@dataclass(frozen=True, slots=True)
class App:
    """The application as its owner has set it up."""

    id: int
    bot: str
    account: int
    public: bool
    code_grant: bool  # invitations fail with it
    for_people: bool  # whether somebody can take the commands along


@dataclass(frozen=True, slots=True)
class Sessions:
    """What Discord says of its gateway: how many shards it would take, how often the bot may still come today."""

    shards: int
    left: int
    total: int


@dataclass(frozen=True, slots=True)
class Commands:
    """The commands that Discord has, against those of this release."""

    missing: Sequence[str]
    count: int
    mark: str  # of this release's


@dataclass(frozen=True, slots=True)
class Place:
    """A server, or a channel, and what the bot is not allowed there."""

    name: str
    missing: Sequence[str]


@dataclass(frozen=True, slots=True)
class Channels:
    """Where the bot could speak: in so many channels of so many servers, and where not although it is there."""

    open: int
    servers: int
    barred: Sequence[Place]
    shut: Sequence[str]  # servers without any channel for it


class Inspection:
    """Asks one thing at a time; every method raises one of TROUBLES when there is no answer."""

    def __init__(self, bot: Bot, dates: Dates) -> None:
        self._bot = bot
        self._dates = dates

    async def log_in(self, token: str) -> None:
        """Before everything else; raises NoDiscord."""
        await log_in(self._bot, token, _PATIENCE)

    def application(self) -> App:
        """Known since the login."""
        user, app = self._bot.user, self._bot.application
        assert user is not None  # noqa: S101 - it is logged in
        assert app is not None  # noqa: S101
        for_people = app.user_integration_config is not None
        return App(app.id, str(user), user.id, app.bot_public, app.bot_require_code_grant, for_people)

    def lacking_intents(self, wanted: discord.Intents = INTENTS) -> list[str]:
        """The privileged intents that the bot asks for and its owner has not switched on."""
        flags = self._bot.application_flags
        granted = {
            "message_content": flags.gateway_message_content or flags.gateway_message_content_limited,
            "members": flags.gateway_guild_members or flags.gateway_guild_members_limited,
            "presences": flags.gateway_presence or flags.gateway_presence_limited,
        }
        return [title for name, title in _PRIVILEGED.items() if getattr(wanted, name) and not granted[name]]

    async def sessions(self) -> Sessions:
        """What there is to know before one connects to the gateway."""
        shards, _, limit = await plainly(self._bot.http.get_bot_gateway(), _PATIENCE)
        return Sessions(shards, limit["remaining"], limit["total"])

    async def hello(self, address: str) -> bool:
        """Whether the gateway greets; nobody identifies, so nothing is used up. No address: the one Discord tells."""
        if not address:
            _, address, _ = await plainly(self._bot.http.get_bot_gateway(), _PATIENCE)
        return await plainly(self._greeting(address), _PATIENCE)

    async def _greeting(self, address: str) -> bool:
        socket = await self._bot.http.ws_connect(f"{address.rstrip('/')}/?v=10&encoding=json")
        try:
            said = await socket.receive_json()
            return isinstance(said, dict) and said.get("op") == discord.gateway.DiscordWebSocket.HELLO
        finally:
            await socket.close()

    async def commands(self) -> Commands:
        """Which ones Discord has."""
        tree = self._bot.tree
        assert isinstance(tree, Tree)  # noqa: S101 - the bot makes it
        for cog in COGS:
            if cog not in self._bot.extensions:
                await self._bot.load_extension(cog)
        ours = await tree.described()
        there = {(each.type.value, each.name) for each in await plainly(tree.fetch_commands(), _PATIENCE)}
        lost = [each["name"] for each in ours if (each["type"], each["name"]) not in there]
        return Commands(lost, len(ours), mark_of(ours))

    async def servers(self) -> list[Place]:
        """The servers that the bot is in, as many as one answer holds, and what it is not allowed in each."""
        found: list[Any] = list(await plainly(self._bot.http.get_guilds(_PAGE), _PATIENCE))
        return [Place(each["name"], missing(discord.Permissions(int(each["permissions"])))) for each in found]

    async def channels(self) -> Channels:
        """Where it could speak, by roles and what channels say beside them. A barred channel is one that it sees."""
        found: list[Any] = list(await plainly(self._bot.http.get_guilds(_LOOKED_AT), _PATIENCE))
        looked = await asyncio.gather(*(self._channels_of(int(each["id"])) for each in found))
        every = [(server, name, lacking) for server, places in looked for name, lacking in places]
        barred = [Place(f"#{name} ({server})", lacking) for server, name, lacking in every if lacking]
        shut = [server for server, places in looked if all(lacking for _, lacking in places)]
        return Channels(len(every) - len(barred), len(looked), barred, shut)

    async def _channels_of(self, server: int) -> tuple[str, list[tuple[str, list[str]]]]:
        """The server's name, and for each channel that the bot can see what it lacks there."""
        assert self._bot.user is not None  # noqa: S101 - it is logged in
        guild = await plainly(self._bot.fetch_guild(server), _PATIENCE)
        me = await plainly(guild.fetch_member(self._bot.user.id), _PATIENCE)
        channels = await plainly(guild.fetch_channels(), _PATIENCE)
        sending = [channel for channel in channels if channel.type in _SENDING]
        allowed = [(channel.name, channel.permissions_for(me)) for channel in sending]
        return guild.name, [(name, missing(granted)) for name, granted in allowed if granted.view_channel]

    async def skew(self) -> float | None:
        """The seconds that this machine's clock is ahead of Discord's; None when Discord does not tell the time."""
        if self._dates.offset is None:
            await plainly(self._bot.http.get_bot_gateway(), _PATIENCE)
        return self._dates.offset


@asynccontextmanager
async def open_inspection(settings: Settings, now: Callable[[], float] = time.time) -> AsyncIterator[Inspection]:
    """Everything that is needed for it; nothing is asked yet."""
    dates = Dates(now)
    with aimed(settings):
        async with Bot(settings) as bot:
            bot.http.http_trace = dates.trace()
            yield Inspection(bot, dates)
