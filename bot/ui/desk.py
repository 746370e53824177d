"""The moderators' desk: reports come in, and are decided on with buttons that work for ever. Who presses is checked by
the office each time, whatever the button says."""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

import discord

from bot.studio import queue, reports
from bot.studio.cases import Case
from bot.studio.courier import CourierError
from bot.studio.job import Job, Who
from bot.studio.limits import Barrier, Refusal
from bot.studio.takedown import Taken
from bot.ui import cases
from bot.ui.acks import acknowledged
from bot.ui.buttons import Sign, pages_view, signs_view
from bot.ui.cases import EVERYWHERE
from bot.ui.dossiers import PER_PAGE, members
from bot.ui.faults import Barred, plainly
from bot.ui.house import House
from bot.ui.modals import MOST_REASON, REASON, ReasonForm, values_of
from bot.ui.ours import job_of
from bot.ui.places import who_of
from bot.ui.press import PATIENCE, Press
from bot.ui.refusals import denied
from bot.ui.removal import Removal
from bot.words import Words

_SILENT = discord.AllowedMentions.none()

Decides = Callable[[Who, Case, Press], Awaitable[object]]


class Desk:
    """Does what its buttons and forms say."""

    def __init__(self, client: discord.Client, house: House, removal: Removal) -> None:
        self._client = client
        self._house = house
        self._removal = removal
        self.does: Mapping[str, Callable[[Press], Awaitable[None]]] = {
            "report": self._report,
            "reports": self._reports,
            "remove": self._decide,
            "ban": self._decide,
            "dismiss": self._decide,
            "people": self._people,
            "revoke": self._revoke,
            "pause": self._pause,
        }
        self._decides: Mapping[str, Decides] = {"remove": self._remove, "ban": self._ban, "dismiss": self._dismiss}

    # Reports

    async def ask(self, interaction: discord.Interaction[Any], job: int, message: int | None = None) -> None:
        """Open the form of a report; `message` is the one that somebody has seen."""
        sign = Sign("report", job, str(message or ""))
        await self.open(interaction, ReasonForm(sign, Words(str(interaction.locale))))

    async def open(self, interaction: discord.Interaction[Any], form: discord.ui.Modal) -> None:
        """Open a form; who does not see it asks again."""
        with suppress(Barred, CourierError):
            await plainly(interaction.response.send_modal(form), PATIENCE)

    async def _report(self, press: Press) -> None:
        if not press.is_form:
            await self.ask(press.interaction, press.sign.number)
            return
        reason = await _reason(press)
        if reason is None or await acknowledged(press.interaction, private=True) is None:
            return
        who, words = who_of(press.interaction), press.words
        job = await self._house.database.read(lambda tx: queue.load(tx, press.sign.number))
        if job is None or (job.origin.visibility == "private" and job.who.user != who.user):
            await press.say(denied(Refusal(Barrier.NO_SUCH_JOB), str(press.interaction.locale)))
            return
        message = await self._seen(press, job)
        channel = press.interaction.channel_id if message is not None else None
        filed = await self._house.office.report(who, job.id, reason, message=message, channel=channel)
        if isinstance(filed, Refusal):
            await press.say(denied(filed, str(press.interaction.locale)))
        elif not filed[1]:
            await press.say(words.say("You have reported #{id} already · once is enough", id=job.id))
        elif who.server is None:
            await press.say(words.say("Thank you · the owner of this bot will look at #{id}", id=job.id))
        else:
            await press.say(words.say("Thank you · the moderators of this server will look at #{id}", id=job.id))

    async def _seen(self, press: Press, job: Job) -> int | None:
        """The message that was reported, if it is one of ours with this picture: forms can be forged, and what is
        written down here will be deleted."""
        text, channel = press.sign.rest, press.interaction.channel_id
        if not (text.isascii() and text.isdecimal() and len(text) < 20 and channel):
            return None
        if job.delivery is not None and int(text) in job.delivery.messages:
            return int(text)
        try:
            found = await plainly(self._client.get_partial_messageable(channel).fetch_message(int(text)), PATIENCE)
        except (Barred, CourierError):
            return None
        ours = self._client.user is not None and found.author.id == self._client.user.id
        return found.id if ours and job_of(found) == job.id else None

    async def _reports(self, press: Press) -> None:
        """Turn to one of the open reports."""
        if press.is_form:
            await press.stale()
            return
        by, words, rest = _by(press), press.words, press.sign.rest
        page = await self._house.office.reports(by, number=min(press.sign.number, 10**6), size=1)
        if isinstance(page, Refusal):
            await press.say(denied(page, str(press.interaction.locale)))
            return
        it = await self._house.office.reported(by, page.reports[0].id) if page.reports else None
        if it is None or isinstance(it, Refusal):
            await self._turn(press, words.say("No report is open"), None)
            return
        text = words.say("Open reports: {number} of {of}", number=page.number, of=page.of)
        view = pages_view(cases.signs(it, rest), words, Sign("reports", page.number, rest), page.of)
        await self._turn(press, f"{text}\n{cases.case(words, it)}", view)

    async def _decide(self, press: Press) -> None:
        """Do what a button under a report says, once, and show on it who has done it."""
        interaction, locale = press.interaction, str(press.interaction.locale)
        if press.is_form:
            await press.stale()
            return
        by = _by(press)
        before = await self._house.office.reported(by, press.sign.number)
        if isinstance(before, Refusal):
            await press.say(denied(before, locale))
            return
        with suppress(Barred, CourierError):
            await plainly(interaction.response.defer(), PATIENCE)
        late = cases.faster(press.words, before, press.sign.verb)
        done = None if late else await self._decides[press.sign.verb](by, before, press)
        after = await self._house.office.reported(by, press.sign.number)
        if isinstance(after, Refusal):
            after = before
        if isinstance(done, Refusal):  # somebody has been faster meanwhile, or it cannot be done
            late = cases.faster(press.words, after, press.sign.verb) or denied(done, locale)
        await self._show(press, after)
        if late:
            await _aside(interaction, late)

    async def _remove(self, by: Who, case: Case, press: Press) -> object:
        report, office = case.report, self._house.office
        if report.state == reports.OPEN:
            taken = await office.act(by, report.id, delete=True)
        else:
            taken = await office.delete_result(by, report.job)
        if isinstance(taken, Taken):
            seen = {report.message: report.channel} if report.message and report.channel else {}
            if not await self._removal.clear(taken.job, seen):
                text = press.words.say("#{id} is forgotten, but I could not delete every message of it", id=report.job)
                await _aside(press.interaction, text)
        return taken

    async def _ban(self, by: Who, case: Case, press: Press) -> object:
        report, office = case.report, self._house.office
        if report.state == reports.OPEN:
            return await office.act(by, report.id, block=True)
        if case.job is None:
            return Refusal(Barrier.NO_SUCH_JOB)
        everywhere = by.server is None
        return await office.block(by, case.job.who.user, f"report {report.id}", everywhere=everywhere)

    async def _dismiss(self, by: Who, case: Case, press: Press) -> object:
        return await self._house.office.dismiss(by, case.report.id)

    async def _show(self, press: Press, case: Case) -> None:
        words, rest = press.words, press.sign.rest
        signs = cases.signs(case, rest)
        if press.interaction.message is not None and press.interaction.message.flags.ephemeral:
            signs = [*signs, Sign("reports", 1, rest)]
        else:  # everybody reads it: it stays in the language of the place
            words = Words(str(press.interaction.guild_locale or press.interaction.locale))
        view = signs_view(signs, words) if signs else None
        edited = press.interaction.edit_original_response(
            content=cases.case(words, case), view=view, allowed_mentions=_SILENT
        )
        with suppress(Barred, CourierError):
            await plainly(edited, PATIENCE)

    # People and pauses

    async def _people(self, press: Press) -> None:
        if press.is_form:
            await press.stale()
        else:
            await self.people(press.interaction, press.sign.number, everywhere=press.sign.rest == EVERYWHERE)

    async def people(self, interaction: discord.Interaction[Any], number: int = 1, *, everywhere: bool = False) -> None:
        """Answer with a page of those for whom something is laid down, or turn to it."""
        press = Press(interaction, Sign("people", number, EVERYWHERE if everywhere else ""))
        found = await self._house.office.members(who_of(interaction), everywhere=everywhere)
        if isinstance(found, Refusal):
            await press.say(denied(found, str(interaction.locale)))
            return
        of = max(1, -(-len(found) // PER_PAGE))
        page = replace(press.sign, number=min(max(1, number), of))
        view = pages_view([], press.words, page, of) if of > 1 else None
        await self._turn(press, members(press.words, found, page.number, of), view)

    async def _revoke(self, press: Press) -> None:
        if press.is_form:
            await press.stale()
            return
        everywhere = press.sign.rest == EVERYWHERE
        count = await self._house.office.revoke(who_of(press.interaction), press.sign.number, everywhere=everywhere)
        words, user = press.words, f"<@{press.sign.number}>"
        if isinstance(count, Refusal):
            await press.say(denied(count, str(press.interaction.locale)))
        elif count:
            await self._turn(press, words.say("{user} is back to the usual limits", user=user), None)
        else:
            await self._turn(press, words.say("Nothing is granted to {user}", user=user), None)

    async def _pause(self, press: Press) -> None:
        reason = await _reason(press) if press.is_form else None
        if not press.is_form:
            await press.stale()
        elif reason is not None:
            await self.pause(press.interaction, reason, everywhere=press.sign.rest == EVERYWHERE)

    async def pause(self, interaction: discord.Interaction[Any], reason: str, *, everywhere: bool) -> None:
        """Take nothing new, and say so."""
        press = Press(interaction)
        if await acknowledged(interaction, private=True) is None:
            return
        done = await self._house.office.pause(who_of(interaction), reason, everywhere=everywhere)
        words = press.words
        if isinstance(done, Refusal):
            await press.say(denied(done, str(interaction.locale)))
        elif not done:
            await press.say(words.say("It is already paused, with the same reason"))
        else:
            here = words.say("The bot is paused on this server")
            said = words.say("The bot is paused everywhere") if everywhere else here
            await press.say(
                " · ".join((said, words.say("what is already waiting is still made · `/admin resume` ends the pause")))
            )

    async def _turn(self, press: Press, text: str, view: discord.ui.View | None) -> None:
        """Write it over the page that was pressed, or answer with it."""
        if press.interaction.type is not discord.InteractionType.component:
            await press.say(text, view)
            return
        turned = press.interaction.response.edit_message(content=text[:2000], view=view, allowed_mentions=_SILENT)
        with suppress(Barred, CourierError):
            await plainly(turned, PATIENCE)


def _by(press: Press) -> Who:
    """Who presses, and for which server they do: for none, if the button says so, which only the owner may."""
    who = who_of(press.interaction)
    return replace(who, server=None) if press.sign.rest == EVERYWHERE else who


async def _reason(press: Press) -> str | None:
    """What was written into a form; if that is nothing, it is said."""
    values = values_of(press.interaction, REASON, MOST_REASON[press.sign.verb])
    if values is None:
        await press.stale()
        return None
    if not values[REASON].strip():
        await press.say(press.words.say("It is empty · write why, and send it again"))
        return None
    return values[REASON]


async def _aside(interaction: discord.Interaction[Any], text: str) -> None:
    """Tell whoever pressed, beside the message that was pressed."""
    with suppress(Barred, CourierError):
        said = interaction.followup.send(text, ephemeral=True, wait=True, allowed_mentions=_SILENT)
        await plainly(said, PATIENCE)
