"""/admin: what moderators do in their server, and the owner of the bot everywhere.

Discord shows it to those who may manage the server. Who uses it is checked all the same, by the office.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.studio.checks import LONGEST_REASON, BadPreference
from bot.studio.job import Who
from bot.studio.limits import Barrier, Period, Refusal
from bot.studio.money import dollars
from bot.studio.rules import Grant
from bot.ui import dossiers, inquiry, options
from bot.ui.acks import acknowledged
from bot.ui.buttons import Sign, signs_view
from bot.ui.cards import code
from bot.ui.cases import EVERYWHERE
from bot.ui.client import Bot
from bot.ui.mistakes import explained
from bot.ui.modals import ReasonForm
from bot.ui.moments import until as moment
from bot.ui.options import Option
from bot.ui.overview import overview
from bot.ui.places import who_of
from bot.ui.press import Press
from bot.ui.refusals import denied
from bot.ui.translator import described, named
from bot.ui.verdicts import diagnosis
from bot.words import Words, sentence

Reason = app_commands.Range[str, 1, LONGEST_REASON]
Until = app_commands.Range[str, 1, 40]

_EVERYWHERE = Option("everywhere", bool, described("For the owner of the bot: in all servers"), False)
_SPANS = (sentence("1 hour"), sentence("1 day"), sentence("1 week"), sentence("30 days"))


async def _spans(interaction: discord.Interaction[Any], typed: str) -> list[app_commands.Choice[str]]:
    """What is written most often; anything else may be typed."""
    words = Words(str(interaction.locale))
    values = ("1h", "1d", "1w", "30d")
    found = [(words.say(said), value) for said, value in zip(_SPANS, values, strict=True)]
    return [
        app_commands.Choice(name=said, value=value) for said, value in found if typed.casefold() in f"{said} {value}"
    ]


_UNTIL = Option("until", Until | None, described("Until when: 2h, 3d, 1w or 2027-01-31"), None, suggest=_spans)
_MEMBER = Option("user", discord.User | None, described("Who; left out, I list everybody"), None)
_SOMEBODY = Option("user", discord.User, described("Who"))
_REASON = Option("reason", Reason | None, described("Why"), None)
_PERIODS = (
    (described("Per hour"), Period.HOUR.value),
    (described("Per day"), Period.DAY.value),
    (described("Per month"), Period.MONTH.value),
)
_WHERE = discord.TextChannel | discord.VoiceChannel | discord.Thread


Work = Callable[[Who, Press, bool], Awaitable[str | Refusal]]  # by whom, how to answer, whether everywhere


@app_commands.default_permissions(manage_guild=True)
class Admin(commands.GroupCog, group_name=named("admin"), group_description=described("For moderators of this server")):
    """The commands."""

    def __init__(self, bot: Bot) -> None:
        super().__init__()
        self._bot = bot

    def moved_in(self) -> None:
        """There is a house."""
        self._office = self._bot.house.office

    @app_commands.command(name=named("status"), description=described("Queue, budgets, troubles, open reports"))
    @options.takes(_EVERYWHERE)
    async def status(self, interaction: discord.Interaction[Any], **given: Any) -> None:
        """Look at everything."""

        async def work(by: Who, press: Press, everywhere: bool) -> str | Refusal:
            whose = replace(by, server=None) if everywhere else by
            found = await self._office.status(whose)
            if isinstance(found, Refusal):
                return found
            here = await inquiry.here(self._bot, interaction, whose)
            signs = [Sign("reports", 1, EVERYWHERE if everywhere else "")] if here.reports else []
            await press.say(overview(press.words, found, here), signs_view(signs, press.words) if signs else None)
            return ""

        await self._answer(interaction, given, work)

    @app_commands.command(name=named("pause"), description=described("Take no new requests, and say why"))
    @options.takes(_REASON, _EVERYWHERE)
    async def pause(self, interaction: discord.Interaction[Any], **given: Any) -> None:
        """Ask for the reason, and pause."""
        by, everywhere = self._by(interaction, given)
        press = Press(interaction)
        if not (by.owner if everywhere else by.moderator or by.owner):
            barrier = Barrier.OWNER if everywhere or by.server is None else Barrier.MODERATORS
            await press.say(denied(Refusal(barrier), str(interaction.locale)))
        elif given["reason"] is None:
            form = ReasonForm(Sign("pause", 0, EVERYWHERE if everywhere else ""), press.words)
            await self._bot.desk.open(interaction, form)
        else:
            await self._bot.desk.pause(interaction, given["reason"], everywhere=everywhere)

    @app_commands.command(name=named("resume"), description=described("Take requests again"))
    @options.takes(_EVERYWHERE)
    async def resume(self, interaction: discord.Interaction[Any], **given: Any) -> None:
        """Go on."""

        async def work(by: Who, press: Press, everywhere: bool) -> str | Refusal:
            done = await self._office.resume(by, everywhere=everywhere)
            if isinstance(done, Refusal):
                return done
            return press.words.say("Requests are taken again") if done else press.words.say("It is not paused")

        await self._answer(interaction, given, work)

    @app_commands.command(
        name=named("block"), description=described("Take no requests from somebody, or list who is blocked")
    )
    @options.takes(_MEMBER, _REASON, _UNTIL, _EVERYWHERE)
    async def block(self, interaction: discord.Interaction[Any], **given: Any) -> None:
        """Block somebody, or list those who are."""

        async def work(by: Who, press: Press, everywhere: bool) -> str | Refusal:
            if given["user"] is None:
                await self._bot.desk.people(interaction, everywhere=everywhere)
                return ""
            user, end = given["user"].id, moment(given["until"], self._bot.house.database.now())
            held = await self._office.block(by, user, given["reason"] or "", until=end, everywhere=everywhere)
            return held if isinstance(held, Refusal) else f"<@{user}> · {dossiers.block(press.words, held)}"

        await self._answer(interaction, given, work)

    @app_commands.command(name=named("unblock"), description=described("Take requests from somebody again"))
    @options.takes(_MEMBER, _EVERYWHERE)
    async def unblock(self, interaction: discord.Interaction[Any], **given: Any) -> None:
        """Unblock somebody, or list those who are blocked."""

        async def work(by: Who, press: Press, everywhere: bool) -> str | Refusal:
            if given["user"] is None:
                await self._bot.desk.people(interaction, everywhere=everywhere)
                return ""
            user, say = f"<@{given['user'].id}>", press.words.say
            done = await self._office.unblock(by, given["user"].id, everywhere=everywhere)
            if isinstance(done, Refusal):
                return done
            return (
                say("{user} may ask for pictures again", user=user) if done else say("{user} is not blocked", user=user)
            )

        await self._answer(interaction, given, work)

    @app_commands.command(name=named("grant"), description=described("Give somebody more than the limits do"))
    @options.takes(
        _SOMEBODY,
        Option("images", app_commands.Range[int, 1, 10**7] | None, described("How many more pictures"), None),
        Option("money", app_commands.Range[float, 0.01, 1e6] | None, described("How many more US dollars"), None),
        Option("period", str | None, described("In which period; in each of them if left out"), None, choices=_PERIODS),
        _UNTIL,
        _EVERYWHERE,
    )
    async def grant(self, interaction: discord.Interaction[Any], **given: Any) -> None:
        """Grant something to somebody, or show what is granted, with a button to take it back."""

        async def work(by: Who, press: Press, everywhere: bool) -> str | Refusal:
            user = given["user"].id
            if given["images"] or given["money"]:
                cost = dollars(str(given["money"] or 0))
                end = moment(given["until"], self._bot.house.database.now())
                wanted = Grant(given["images"] or 0, cost, Period(given["period"]) if given["period"] else None, end)
                done = await self._office.grant(by, user, wanted, everywhere=everywhere)
                if isinstance(done, Refusal):
                    return done
            it = await self._office.member(by, user, everywhere=everywhere)
            if isinstance(it, Refusal):
                return it
            if not it.grants:
                return press.words.say("Nothing is granted to {user}", user=f"<@{user}>")
            back = signs_view([Sign("revoke", user, EVERYWHERE if everywhere else "")], press.words)
            await press.say(dossiers.member(press.words, it), back)
            return ""

        await self._answer(interaction, given, work)

    @app_commands.command(
        name=named("diagnose"), description=described("Why can't somebody ask for pictures? Every rule, one by one")
    )
    @options.takes(
        _SOMEBODY,
        Option("channel", _WHERE | None, described("Where; here if left out"), None),
        options.WISHES,
        options.MODEL,
        Option("layers", bool, described("As if asked with /layers"), False),
    )
    async def diagnose(self, interaction: discord.Interaction[Any], **given: Any) -> None:
        """Go through all rules as if somebody asked."""

        async def work(by: Who, press: Press, everywhere: bool) -> str | Refusal:
            wish = inquiry.wish(self._bot, given)
            who, origin, asked = await inquiry.asked(self._bot, interaction, given["user"], given["channel"], wish)
            found = await self._office.diagnose(by, who, origin, *([] if asked.problems else inquiry.requests(wish)))
            return found if isinstance(found, Refusal) else diagnosis(press.words, found, asked)

        await self._answer(interaction, given, work)

    def _by(self, interaction: discord.Interaction[Any], given: dict[str, Any]) -> tuple[Who, bool]:
        """Who does it, and whether everywhere; where there is no server, nothing else is meant."""
        by = who_of(interaction)
        return by, bool(given.get("everywhere")) or (by.owner and by.server is None)

    async def _answer(
        self,
        interaction: discord.Interaction[Any],
        given: dict[str, Any],
        work: Work,
    ) -> None:
        """Do it and say what has come of it; nothing more is said of what is said already."""
        if await acknowledged(interaction, private=True) is None:
            return
        press = Press(interaction)
        try:
            by, everywhere = self._by(interaction, given)
            done = await work(by, press, everywhere)
        except BadPreference as error:
            what, fix = explained(press.words, error)
            done = f"{code(press.words.name(error.field))} {what} · {fix}"
        if isinstance(done, Refusal):
            await press.say(denied(done, str(interaction.locale)))
        elif done:
            await press.say(done)


async def setup(bot: Bot) -> None:
    """Add them."""
    await bot.add_cog(Admin(bot))
