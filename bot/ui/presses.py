"""What happens when a button is pressed or a form is sent: the job is loaded, who presses is asked, and the studio is.

Nothing is remembered between two presses but who has pressed what in the last two seconds, because fingers press twice.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

import discord

from bot.store.database import Transaction
from bot.store.documents import clean
from bot.studio import history, queue, stars
from bot.studio.courier import CourierError
from bot.studio.job import Job, Origin, State
from bot.studio.limits import Barrier, Refusal
from bot.studio.policy import NeedsConfirmation
from bot.ui import cards
from bot.ui.acks import acknowledged
from bot.ui.asking import Asking, origin_of, who_of
from bot.ui.buttons import Sign, bad_news_view, history_view, info_view, more_view
from bot.ui.customs import speak
from bot.ui.faults import Barred, plainly
from bot.ui.forms import FORMS, Forms
from bot.ui.house import House
from bot.ui.pins import Pins
from bot.ui.press import NOWHERE, PATIENCE, Press
from bot.ui.refusals import refused
from bot.ui.removal import Removal
from bot.ui.reprints import Reprints
from bot.ui.words import apology
from bot.words import Words, sentence

TWICE = 2.0  # seconds between two presses of a finger that meant one
PER_PAGE = 5
_REMEMBERED = 1000  # presses

_CLOSED = sentence("I cannot write to you: allow direct messages from this server, and press again")
_BUSY = sentence("Discord does not take the pictures just now · try again in a minute")
_GONE = sentence("The pictures are gone · ask for them again with **Again**, or begin with `/imagine`")


Does = Callable[[Press, Job], Awaitable[None]]


class Presses:
    """Does what buttons and forms say."""

    def __init__(
        self, house: House, asking: Asking, forms: Forms, pins: Pins, reprints: Reprints, removal: Removal
    ) -> None:
        self._house = house
        self._asking = asking
        self._forms = forms
        self._reprints = reprints
        self._removal = removal
        self._pins = pins
        self._latest: OrderedDict[tuple[int, str], float] = OrderedDict()
        self._pages: dict[int, int] = {}  # the interaction that turned somebody's history last
        self._does: Mapping[str, Does] = {
            "cancel": self._cancel,
            "again": self._again,
            "upscale": self._again,
            "vary": forms.ask,
            "edit": forms.ask,
            "retry": forms.ask,
            "star": self._star,
            "delete": self._delete,
            "more": self._more,
            "info": self._info,
            "dm": self._send,
            "spoiler": self._hide,
            "show": self._show,
        }
        self._without_job: dict[str, Callable[[Press], Awaitable[None]]] = {
            "page": self._page,
            "unpin": self._unpin,
            "draft": forms.draft,
            "go": forms.go,
            "no": forms.no,
            "change": forms.change,
        }
        self._costs = {"again", "upscale", "vary", "edit", "retry", "cancel"}

    def teach(self, verb: str, does: Callable[[Press], Awaitable[None]]) -> None:
        """From now on presses with this verb, which are not about a job, are for somebody else."""
        self._without_job[verb] = does

    async def pressed(self, interaction: discord.Interaction[Any]) -> None:
        """Do it; whatever is no button of ours any more is answered kindly, and nothing else happens."""
        with self._asking.at_work():
            await self._pressed(interaction)

    async def _pressed(self, interaction: discord.Interaction[Any]) -> None:
        await speak(interaction, self._house.office)
        data: Any = interaction.data or {}
        sign = Sign.read(data.get("custom_id"))
        press = Press(interaction, sign or NOWHERE)
        if sign is None:
            await press.stale()
            return
        if sign.verb in self._without_job:
            await self._without_job[sign.verb](press)
            return
        does = self._does.get(sign.verb)
        job = await self._job(sign.number) if does else None
        if does is None or job is None or (press.is_form and sign.verb not in FORMS):
            await press.stale()
            return
        if sign.verb in self._costs and job.who.user != press.user:
            await press.refuse(Barrier.NOT_YOURS)
            return
        if press.is_form:
            await self._forms.sent(press, job)
        elif self._is_twice(press):
            with suppress(Barred, CourierError):
                await plainly(interaction.response.defer(), PATIENCE)
        else:
            await does(press, job)

    async def show(self, interaction: discord.Interaction[Any], job: Job, *, private: bool) -> None:
        """Bring the pictures of a job here."""
        if job.state is not State.SETTLED:
            await self.about(interaction, job)
            return
        visibility = "private" if private else job.origin.visibility
        answer = await acknowledged(interaction, private=visibility == "private")
        if answer is None:
            return
        words = Words(str(interaction.locale))
        try:
            seen = interaction.message
            brought = await self._reprints.bring(job, origin_of(interaction, answer, visibility), seen)
        except CourierError:
            text = words.say(_BUSY)
        else:
            if brought is not None:
                return
            text = f"{words.say(_GONE)}\n{cards.info(words, job, mine=True)}"[: cards.LONGEST]
        await Press(interaction).say(text, info_view(job, words))

    async def history(self, interaction: discord.Interaction[Any], search: str = "", number: int = 1) -> None:
        """Answer with a page of one's own jobs, or turn to it."""
        words, user, search = Words(str(interaction.locale)), interaction.user.id, str(clean(search))
        page = await self._house.database.read(
            lambda tx: history.page(tx, user, search=search, number=number, size=PER_PAGE)
        )
        text = cards.history(words, page, search)
        view = history_view(page.jobs, words, page.number, page.of, search)
        silent = discord.AllowedMentions.none()
        self._pages[user] = interaction.id
        with suppress(Barred, CourierError):
            if interaction.type is discord.InteractionType.component:
                turned = interaction.response.edit_message(content=text, view=view, embeds=[], allowed_mentions=silent)
                await plainly(turned, PATIENCE)
            else:
                said = interaction.response.send_message(text, view=view, ephemeral=True, allowed_mentions=silent)
                await plainly(said, PATIENCE)
            await self._illustrate(interaction, page.jobs)

    async def _illustrate(self, interaction: discord.Interaction[Any], jobs: Sequence[Job]) -> None:
        """Put thumbnails under the page, unless it has been turned meanwhile. They come after the words, because
        Discord has to be asked for each: its links to pictures live for a day."""
        found = await asyncio.gather(*(self._reprints.thumbnail(job) for job in jobs))
        embeds = [
            discord.Embed(title=f"#{job.id}").set_thumbnail(url=url)
            for job, url in zip(jobs, found, strict=True)
            if url is not None
        ]
        if self._pages.get(interaction.user.id) != interaction.id:
            return
        del self._pages[interaction.user.id]
        if embeds:
            await plainly(interaction.edit_original_response(embeds=embeds), PATIENCE)

    async def delete(self, interaction: discord.Interaction[Any], job: Job, message: discord.Message | None) -> None:
        """Take the pictures of a job out of Discord and out of the database, for those who may."""
        words = Words(str(interaction.locale))
        press = Press(interaction)
        if not self._may_remove(interaction, job):
            await press.say(
                words.say("Only the person who asked for it, or somebody who may manage messages here, can delete this")
            )
        elif not job.state.final:
            await press.say(words.say("#{id} is not done yet · **Cancel** it first", id=job.id))
        else:
            done = words.say("#{id} is deleted; its prompt stays in your `/history`", id=job.id)
            not_done = words.say("#{id} is forgotten, but I could not delete every message of it", id=job.id)
            await self._removal.remove(interaction, job, message, done, not_done)

    async def about(self, interaction: discord.Interaction[Any], job: Job) -> None:
        """Tell everything about a job."""
        words = Words(str(interaction.locale))
        ancestors = await self._house.database.read(lambda tx: history.lineage(tx, job.id))
        mine = job.who.user == interaction.user.id
        text = cards.info(words, job, ancestors, mine=mine)
        await Press(interaction).say(text, info_view(job, words) if mine else None)

    async def _cancel(self, press: Press, job: Job) -> None:
        outcome = await self._house.studio.cancel(job.id, who_of(press.interaction))
        if isinstance(outcome, Refusal):
            await press.say(refused(outcome, str(press.interaction.locale)))
            return
        if outcome.state is State.SETTLED:  # its message could not be changed any more: here are the pictures
            await self.show(press.interaction, outcome, private=True)
            return
        message = press.interaction.message
        if message is None or message.id != job.origin.answer or outcome.ending is None:
            await press.say(cards.cancelled(press.words, outcome))
            return
        # A worker will write the same there, but it may be busy for a while.
        text, silent = apology(outcome, outcome.ending), discord.AllowedMentions.none()
        written = press.interaction.response.edit_message(
            content=text, view=bad_news_view(outcome), allowed_mentions=silent
        )
        with suppress(Barred, CourierError):
            await plainly(written, PATIENCE)

    async def _again(self, press: Press, job: Job) -> None:
        interaction = press.interaction
        answer = await acknowledged(interaction, private=job.origin.visibility == "private")
        if answer is None:
            return
        notes = cards.came_from(press.words, job)
        place = self._asking.place(interaction, answer, job.origin.visibility, notes)
        origin, who = place.origin, place.who
        ask = self._house.studio.upscale if press.sign.verb == "upscale" else self._house.studio.again
        outcome = await ask(job.id, origin, who)
        draft = await self._forms.planned(job, who, press.sign.verb) if isinstance(outcome, NeedsConfirmation) else None
        await self._asking.answer(interaction, outcome, draft)

    async def _star(self, press: Press, job: Job) -> None:
        on = await self._house.database.write(lambda tx: stars.star(tx, press.user, job.id))
        said = press.words.say
        await press.say(
            said("⭐ #{id} is one of your favourites", id=job.id) if on else said("☆ not a favourite any more")
        )

    async def _delete(self, press: Press, job: Job) -> None:
        await self.delete(press.interaction, job, press.interaction.message)

    async def _more(self, press: Press, job: Job) -> None:
        ancestors = await self._house.database.read(lambda tx: history.lineage(tx, job.id))
        links = [(press.words.say("What it came from"), where) for each in ancestors[:1] if (where := cards.jump(each))]
        await press.say(cards.more(press.words, job), more_view(job, press.words, links))

    async def _info(self, press: Press, job: Job) -> None:
        await self.about(press.interaction, job)

    async def _send(self, press: Press, job: Job) -> None:
        """To the person's direct messages, because they have asked for it."""
        interaction, said = press.interaction, press.words.say
        if await acknowledged(interaction, private=True) is None:
            return
        try:
            channel = await plainly(interaction.user.create_dm(), PATIENCE)
            hidden = job.origin.visibility == "spoiler"
            origin = origin_of(interaction, None, "spoiler" if hidden else "public")
            there = _elsewhere(origin, channel.id)
            brought = await self._reprints.bring(job, there, interaction.message)
        except Barred:
            await press.say(said(_CLOSED))
        except CourierError:
            await press.say(said(_BUSY))
        else:
            sent = said("Sent to your direct messages") if brought and brought.delivered else said(_CLOSED)
            await press.say(sent if brought else said(_GONE))

    async def _hide(self, press: Press, job: Job) -> None:
        said = press.words.say
        if not self._may_remove(press.interaction, job):
            await press.say(said("Only who asked for it, or who may manage messages here, can hide this"))
            return
        if await acknowledged(press.interaction, private=True) is None:
            return
        hidden = await self._reprints.hide(job, job.delivery.messages if job.delivery else ())
        done, not_done = said("The pictures are behind a spoiler now"), said("I cannot change that message")
        await press.say(done if hidden else not_done)

    async def _show(self, press: Press, job: Job) -> None:
        if job.who.user != press.user:
            await press.refuse(Barrier.NOT_YOURS)
        else:
            await self.show(press.interaction, job, private=True)

    async def _page(self, press: Press) -> None:
        await self.history(press.interaction, press.sign.rest, min(press.sign.number, 10**6))

    async def _unpin(self, press: Press) -> None:
        await self._pins.unpin(press.user)
        await press.say(press.words.say("No picture is kept as a reference any more"))

    async def _job(self, number: int) -> Job | None:
        def find(tx: Transaction) -> Job | None:
            return queue.load(tx, number)

        return await self._house.database.read(find)

    def _may_remove(self, interaction: discord.Interaction[Any], job: Job) -> bool:
        """Its owner; and in the server that it was asked in, whoever may manage messages there."""
        if job.who.user == interaction.user.id:
            return True
        here = job.who.server is not None and job.who.server == interaction.guild_id
        return here and interaction.permissions.manage_messages

    def _is_twice(self, press: Press) -> bool:
        """Whether the same person has pressed the same just before; by Discord's clock, in which both presses are."""
        if press.sign.verb not in {"again", "upscale"}:  # the others cost nothing before a form is sent
            return False
        message = press.interaction.message
        key = (press.user, f"{message.id if message else 0}/{press.sign}")
        now = press.interaction.created_at.timestamp()
        before = self._latest.pop(key, None)
        self._latest[key] = now
        while len(self._latest) > _REMEMBERED:
            self._latest.popitem(last=False)
        return before is not None and abs(now - before) < TWICE


def _elsewhere(origin: Origin, channel: int) -> Origin:
    """The same in another channel, where the interaction's token does not lead."""
    return replace(origin, channel=channel, answer=None, application=None, token=None)
