"""What a server has used, told to its moderators as a chart, in words and as a table; to the owner what all have."""

import asyncio
import logging
import re
from collections.abc import Awaitable, Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

import discord

from bot.images import charts
from bot.images.errors import ChartFailed
from bot.seedream.content import InMemory
from bot.studio.courier import CourierError
from bot.studio.limits import Refusal
from bot.studio.office import Spent
from bot.studio.usage import MOST_LINES, Line, table
from bot.ui import spending
from bot.ui.acks import acknowledged
from bot.ui.buttons import USAGE_DAYS, Chosen, usage_view
from bot.ui.client import Bot
from bot.ui.faults import Barred, plainly
from bot.ui.places import who_of
from bot.ui.press import PATIENCE, Press
from bot.ui.spending import MEMBERS, THEMES, VIEWS, Name
from bot.ui.upload import Upload
from bot.words import sentence

log = logging.getLogger(__name__)

UPLOAD = 30.0  # seconds of silence while the files are sent
_DRAWN_AT_ONCE = 2
_ASKED_FOR = 100  # names that Discord tells at once
_WAIT = 3.0  # seconds for them
_MODERATORS = sentence(
    "Only those who may manage this server see what it has used · `/usage me` shows what you have left"
)
_NOT_IN_PRIVATE = sentence("Use this in a server that you manage · `/usage me` shows what you have left")
_REST = re.compile(r"(?:view|span|theme)\.([a-z]+)\.([0-9]{1,3})\.([a-z]+)", re.ASCII)


class Accounts:
    """Tells whoever may know what was used."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot
        self._drawing = asyncio.Semaphore(_DRAWN_AT_ONCE)  # each takes a process of its own for a moment
        self._latest: dict[int, int] = {}  # the interaction that somebody's chart was last asked for with

    async def show(self, interaction: discord.Interaction[Any], chosen: Chosen) -> None:
        """Answer a command."""
        if await acknowledged(interaction, private=True) is not None:
            await self._answer(Press(interaction), chosen)

    async def turn(self, press: Press) -> None:
        """Another view: whoever presses must be one who may see it now, in the server that it is about."""
        chosen = _chosen(press.sign.rest)
        if press.is_form or chosen is None or press.sign.number != (press.interaction.guild_id or 0):
            await press.stale()
            return
        with suppress(Barred, CourierError):
            await plainly(press.interaction.response.defer(), PATIENCE)
        await self._answer(press, chosen)

    async def _answer(self, press: Press, chosen: Chosen) -> None:
        interaction, (view, days, theme) = press.interaction, chosen
        self._latest[press.user] = interaction.id
        who = who_of(interaction)
        if interaction.guild_id is None:
            who = replace(who, owner=await self._bot.is_owner(interaction.user))
        found = await self._bot.house.office.spent(who, days)
        if isinstance(found, Refusal):
            await self._say(press, press.words.say(_NOT_IN_PRIVATE if who.server is None else _MODERATORS))
            return
        views = [(name, press.words.say(label)) for name, label in VIEWS.items() if name != MEMBERS or who.server]
        if view not in dict(views):
            chosen = (views[0][0], days, theme)
        text, files = await self._told(press, found, chosen)
        buttons = usage_view(press.words, interaction.guild_id or 0, chosen, views)
        if self._latest.get(press.user) == interaction.id:  # else they have turned on meanwhile
            del self._latest[press.user]
            await self._say(press, text, buttons, files)

    async def _told(self, press: Press, found: Spent, chosen: Chosen) -> tuple[str, list[Upload]]:
        """The words and the files of an answer."""
        words, guild = press.words, press.interaction.guild
        view, days, theme = chosen
        place = guild.name if guild is not None else words.say("The whole bot")
        text = spending.text(words, found.usage, days, discord.utils.escape_markdown(place))
        if not found.usage.total.jobs:
            return text, []
        names = await _names(guild, found) if guild is not None else {}
        chart = spending.chart(words, found.usage, view, place, names, dark=theme == "dark")
        shown = {number: name.shown for number, name in names.items()}
        data = await asyncio.to_thread(table, found.lines, shown)
        if len(found.lines) >= MOST_LINES:
            text = "\n".join((text, words.say("The table is cut: it would have too many lines")))
        alt, files = charts.alt(chart), [Upload(InMemory(data), f"usage-{days}-days.csv")]
        try:
            async with self._drawing:
                picture = await charts.draw(chart)
        except (ChartFailed, OSError) as error:
            log.warning("A chart could not be drawn: %s", error)
            return f"{text}\n{alt}"[: spending.LONGEST], files
        return text, [Upload(InMemory(picture), f"usage-{view}.png", description=alt), *files]

    async def _say(
        self, press: Press, text: str, view: discord.ui.View | None = None, files: Iterable[Upload] = ()
    ) -> None:
        """Over what stood there; what was only a look at somebody else's numbers leaves nothing of them."""
        sent, silent = list(files), discord.AllowedMentions.none()
        call: Awaitable[Any] = press.interaction.edit_original_response(
            content=text, attachments=sent, view=view, allowed_mentions=silent
        )
        try:
            await plainly(call, UPLOAD, sent)
        except (Barred, CourierError) as error:
            log.info("The usage of a server could not be shown: %s", error)
            if sent:
                await press.say("\n".join((text, press.words.say("Discord does not take the files just now"))), view)


def _chosen(rest: str) -> Chosen | None:
    """What a button is for, None if it is none of ours."""
    found = _REST.fullmatch(rest)
    if found is None or found[1] not in VIEWS or int(found[2]) not in USAGE_DAYS or found[3] not in THEMES:
        return None
    return found[1], int(found[2]), found[3]


async def _names(guild: discord.Guild, found: Spent) -> Mapping[int, Name]:
    """What the busiest members are called here; of those who have left, and when Discord does not answer in time, only
    their numbers are known."""
    ranked = [share.key for share in found.usage.members if isinstance(share.key, int)]
    busy = dict.fromkeys([*ranked, *_members(found.lines)])
    numbers = [*busy][:_ASKED_FOR]
    if not numbers:
        return {}
    try:
        async with asyncio.timeout(_WAIT):
            members = await guild.query_members(user_ids=numbers, limit=_ASKED_FOR, cache=False)
    except (TimeoutError, discord.ClientException, ConnectionError) as error:
        log.info("Nobody could be named: %s", type(error).__name__)
        return {}
    return {member.id: Name(member.display_name, member.name) for member in members}


def _members(lines: Iterable[Line]) -> Iterable[int]:
    """Whoever is in a table."""
    return (line.member for line in lines if line.member is not None)
