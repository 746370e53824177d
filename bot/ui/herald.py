"""Tells servers, their owners and the owner of the bot what there is to tell: each thing once, by whichever process
takes it first.

What does not arrive is tried later, after longer and longer pauses, and nobody is told that it did not.
"""

import asyncio
import logging
from typing import Any

import discord

from bot.store.errors import StoreError
from bot.studio import notices, reports
from bot.studio.cases import case_of
from bot.studio.courier import CourierError
from bot.studio.limits import Period, Scope
from bot.studio.notices import Notice
from bot.ui import cases, chronicle
from bot.ui.buttons import signs_view
from bot.ui.cards import code
from bot.ui.faults import Barred, plainly
from bot.ui.house import House
from bot.ui.letterbox import Letter, Letterbox
from bot.words import Words, sentence

log = logging.getLogger(__name__)

NET = 30.0  # seconds between two looks, in case nobody calls
PATIENCE = 15.0  # seconds for one message
SOONEST, LATEST = 60.0, 6 * 3600.0  # seconds until the next try
_STUMBLES = (LookupError, ValueError, TypeError)
_SILENT = discord.AllowedMentions.none()
_BUDGETS = {notices.BUDGET_WARNING, notices.BUDGET_STOP}
_WHY_YOU = sentence(
    "You are told because {server} is yours and has no audit log channel. With one, it is told there instead: "
    "`/settings server` → **Audit log and language**"
)
_PERIODS = {
    Period.HOUR.value: sentence("this hour"),
    Period.DAY.value: sentence("today"),
    Period.MONTH.value: sentence("this month"),
}
_WARNING = {
    True: sentence("⚠️ {percent} of this server's budget {period} is used: {used} of {limit} · full again {when}"),
    False: sentence("⚠️ {percent} of the bot's budget {period} is used: {used} of {limit} · full again {when}"),
}
_STOP = {
    True: sentence(
        "🛑 This server's budget {period} is used up: {used} of {limit}, and {wanted} more was asked for"
        " · pictures again {when}, or after a change in `/settings server`"
    ),
    False: sentence(
        "🛑 The bot's budget {period} is used up: {used} of {limit}, and {wanted} more was asked for"
        " · pictures again {when}, or after a change of its settings"
    ),
}


class Herald:
    """Looks for news as long as it runs."""

    def __init__(self, client: discord.Client, house: House) -> None:
        self._client = client
        self._house = house
        self._letterbox = Letterbox(client, house.database, PATIENCE)
        self._called = asyncio.Event()

    async def run(self) -> None:
        """Until cancelled."""
        self._house.database.listen(self._hear)
        while True:
            self._called.clear()
            try:
                while found := await self._house.office.news():
                    for notice in found:
                        await self._bring(notice)
            except StoreError as error:
                log.warning("What there is to tell cannot be read: %s", error)
            await self._wait()

    def _hear(self, news: str) -> None:
        if news == notices.NEWS:
            self._called.set()

    async def _wait(self) -> None:
        try:
            async with asyncio.timeout(NET):
                await self._called.wait()
        except TimeoutError:
            pass

    async def _bring(self, notice: Notice) -> None:
        try:
            await self._tell(notice)
        except (Barred, CourierError) as error:
            age = self._house.database.now() - notice.at
            pause = max(getattr(error, "retry_after", None) or 0.0, min(max(SOONEST, age), LATEST))
            log.info("Notice %d could not be brought (%s); next try in %.0f s", notice.id, error, pause)
            await self._house.office.told(notice, again_in=pause)
        except _STUMBLES:  # of another release, perhaps; the others are told all the same
            log.exception("Notice %d cannot be told", notice.id)
            await self._house.office.told(notice, again_in=LATEST)
        else:
            await self._house.office.told(notice)

    async def _tell(self, notice: Notice) -> None:
        """Bring it, unless there is nothing to tell any more, or nobody who wants to know."""
        if notice.server is None:
            await self._letterbox.to_owner(lambda words: self._letter(notice, words))
            return
        rules = await self._house.office.rules(notice.server)
        number = notice.facts.get("channel") or rules.audit_channel
        if number is None:
            if notice.kind in _BUDGETS:
                await self._tell_who_owns(notice.server, notice, rules.language)
            return
        channel = await self._channel(notice.server, int(number))
        letter = await self._letter(notice, Words(rules.language or await self._locale(notice.server)))
        if letter is not None:
            await plainly(channel.send(**letter, allowed_mentions=_SILENT), PATIENCE)

    async def _tell_who_owns(self, server: int, notice: Notice, language: str | None) -> None:
        """Budgets are somebody's money: without an audit channel the owner of the server hears of them, if they take
        direct messages."""
        guild = await self._guild(server)

        async def write(words: Words) -> Letter:
            why = words.say(_WHY_YOU, server=code(guild.name))
            return {"content": f"{_budget(words, notice)}\n-# {why}", "nonce": _nonce(notice)}

        if guild.owner_id is None:
            return
        try:
            await self._letterbox.to(guild.owner_id, write, language or str(guild.preferred_locale))
        except Barred as error:
            log.info("Notice %d: the owner of the server takes no messages: %s", notice.id, error)

    async def _channel(self, server: int, number: int) -> discord.abc.Messageable:
        """The channel, if it is one of this server: nobody has their log written into another one."""
        channel: Any = self._client.get_channel(number)
        if channel is None:
            channel = await plainly(self._client.fetch_channel(number), PATIENCE)
        guild = getattr(channel, "guild", None)
        if guild is None or guild.id != server or not isinstance(channel, discord.abc.Messageable):
            raise Barred("the audit channel is none of this server")
        return channel

    async def _locale(self, server: int) -> str:
        return str((await self._guild(server)).preferred_locale)

    async def _guild(self, server: int) -> discord.Guild:
        guild = self._client.get_guild(server)
        if guild is None or guild.unavailable:  # its shard is another process's, or it is away
            guild = await plainly(self._client.fetch_guild(server), PATIENCE)
        return guild

    async def _letter(self, notice: Notice, words: Words) -> Letter | None:
        """What is written, None if there is nothing to write any more."""
        nonce = {"nonce": _nonce(notice)}
        if notice.kind == notices.DEED:
            deed = await self._house.office.deed(int(notice.facts["deed"]))
            if deed is None:
                return None
            return nonce | {"content": chronicle.line(words, deed, self._house.workshop.seedream.catalogue)}
        if notice.kind == notices.REPORT:
            number = int(notice.facts["report"])
            case = await self._house.database.read(lambda tx: case_of(tx, notice.server, number))
            if case is None or case.report.state != reports.OPEN:
                return None
            return nonce | {"content": cases.case(words, case), "view": signs_view(cases.signs(case), words)}
        return nonce | {"content": _budget(words, notice)}


def _budget(words: Words, notice: Notice) -> str:
    facts = notice.facts
    ours = facts.get("scope") == Scope.SERVER.value
    used, limit = int(facts["used"]), int(facts["limit"])
    said = _WARNING if notice.kind == notices.BUDGET_WARNING else _STOP
    return words.say(
        said[ours],
        percent=words.percent(used / limit if limit else 1),
        period=words.say(_PERIODS[facts["period"]]),
        used=words.money(used),
        limit=words.money(limit),
        wanted=words.money(int(facts.get("wanted", 0))),
        when=words.time(facts["returns_at"]),
    )


def _nonce(notice: Notice) -> str:
    """Discord posts only one message with the same nonce within minutes: who dies before it is noted tells it twice."""
    return f"notice-{notice.id}"
