"""The way of a wish into the studio: acknowledge, look at its pictures, submit, say what has become of it."""

import asyncio
import logging
import re
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import replace
from typing import Any

import discord

from bot.seedream.errors import BadReference
from bot.seedream.models import ImageRequest
from bot.studio.courier import CourierError, Stage
from bot.studio.limits import Barrier, Refusal
from bot.studio.office import Standards
from bot.studio.studio import NeedsConfirmation, Outcome, Ticket
from bot.ui import asides, remarks, words
from bot.ui.abilities import abilities
from bot.ui.acks import acknowledged
from bot.ui.buttons import confirm_view, progress_view, refusal_view
from bot.ui.customs import Customs, spoken
from bot.ui.drafts import Draft, Drafts
from bot.ui.faults import Barred, plainly
from bot.ui.house import House
from bot.ui.options import offered
from bot.ui.pins import Pins
from bot.ui.places import (
    PATIENCE,
    Place,
    asked_in,
    further_key,
    locale_of,
    origin_of,
    place_of,
    place_of_message,
    who_of,
)
from bot.ui.references import Gathered, Gatherer
from bot.ui.refusals import confirm, refused
from bot.ui.sources import Collected, Collector, Whence, tidy
from bot.ui.wanted import Wanted
from bot.words import Words, sentence

__all__ = ["Asking", "Wanted", "origin_of", "who_of"]

log = logging.getLogger(__name__)

MENTIONS = 5  # people who are looked up for their avatars
_LOOK_UP = 2.0  # seconds for all of them
_SILENT = discord.AllowedMentions.none()
_NEEDS: dict[str, tuple[int, str]] = {  # pictures without which a wish makes no sense
    "edit": (1, sentence("There is no picture to edit")),
    "blend": (2, sentence("It takes two different pictures to blend")),
}
_HOW = sentence("attach it, or right-click a message with a picture, then **Apps** → **Use as reference**")
_FREE = sentence("not charged")
_LOOKING = sentence("⏳ looking at it")
_CLOSED = sentence("I cannot write to you in private: use `/imagine` with its option for that")
TRIES = (0.2, 1.0, 3.0)  # seconds after each try to answer a message


class Asking:
    """Takes wishes from people, wherever they come from."""

    def __init__(
        self,
        house: House,
        gatherer: Gatherer,
        pins: Pins,
        drafts: Drafts,
        collector: Collector,
        default_model: str,
    ) -> None:
        self._house = house
        self._drafts = drafts
        self._gatherer = gatherer
        self._pins = pins
        self._collector = collector
        self.default_model = default_model
        self._customs = Customs(house.office, house.workshop.seedream, default_model)
        self._busy = 0
        self._idle = asyncio.Event()
        self._idle.set()

    async def ask(self, interaction: discord.Interaction[Any], wanted: Wanted) -> None:
        """From an interaction to its first real answer; the courier does what follows."""
        with self.at_work():
            standards = await self._customs.of(who_of(interaction), origin_of(interaction, None))
            wanted = self._customs.filled(wanted, standards)
            answer = await acknowledged(interaction, private=wanted.seen == "private")
            if answer is None:
                return
            place = spoken(place_of(interaction, answer, wanted.seen), standards)
            collected = await self._collect(interaction, wanted)
            await self._bring(place, wanted, collected, standards)

    async def ask_by_message(self, message: discord.Message, wanted: Wanted) -> None:
        """From a message that speaks to the bot; what is wanted in private is answered in a direct message."""
        with self.at_work():
            standards = await self._customs.of(*asked_in(message))
            wanted = self._customs.filled(wanted, standards)
            said = Words(standards.language or locale_of(message))
            answer = await self._first_words(message, said, private=wanted.seen == "private")
            if answer is None:
                return
            place = spoken(place_of_message(message, answer, wanted.seen), standards)
            async with _told_of_trouble(place):
                pinned = await self._pins.sources(message.author.id)
                await self._bring(place, wanted, self._collector.of_message(message, pinned), standards)

    async def locale(self, message: discord.Message) -> str:
        """The language in which to answer a message: one that was chosen by the person or for the place, if any."""
        return (await self._customs.of(*asked_in(message))).language or locale_of(message)

    async def place(
        self, interaction: discord.Interaction[Any], answer: int | None, visibility: str = "public", notes: str = ""
    ) -> Place:
        """Where the answer to an interaction goes, in the language that is spoken there."""
        place = place_of(interaction, answer, visibility)
        standards = await self._customs.of(place.who, place.origin)
        return _noted(spoken(place, standards), notes)

    async def reply(self, message: discord.Message, text: str) -> None:
        """Answer a message with words, and that is all."""
        with suppress(Barred, CourierError):
            await plainly(
                message.reply(text[: words.LONGEST], mention_author=False, allowed_mentions=_SILENT), PATIENCE
            )

    async def go_on(self, interaction: discord.Interaction[Any], draft: Draft, *, confirmed: bool) -> None:
        """Ask for a request again, as often as it was wanted."""
        with self.at_work():
            answer = await acknowledged(interaction, private=draft.visibility == "private")
            if answer is not None:
                await self._all(await self.place(interaction, answer, draft.visibility), draft, (), confirmed=confirmed)

    async def answer(self, interaction: discord.Interaction[Any], outcome: Outcome, draft: Draft | None = None) -> None:
        """Say what has become of something that was submitted for an acknowledged interaction; `draft` is what to
        change and try again where it was refused."""
        answer = await acknowledged(interaction)
        place = place_of(interaction, answer)
        await self._say(place, outcome, draft)

    async def idle(self, seconds: float) -> None:
        """Wait until nobody is being served, so long at most."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._idle.wait()

    async def _bring(self, place: Place, wanted: Wanted, collected: Collected, standards: Standards) -> None:
        """Gather and submit, once for each variation."""
        if not await self._left(place, wanted.variations):
            return
        said = Words(place.locale)
        if not self._is_known(wanted.model):
            await place.say(" · ".join((self._no_such_model(said, wanted.model or ""), said.say(_FREE))))
            return
        async with self._gatherer.gather(collected.sources, self._model(wanted), place.who.user) as gathered:
            stop = self._stands_in_the_way(said, wanted, collected, gathered)
            if stop:
                await place.say(" · ".join((stop, said.say(_FREE))))
                return
            request = wanted.request(self._model(wanted), gathered.spell(wanted.prompt), gathered.references)
            request = self._customs.fitted(request, standards)
            lines = [*wanted.notes, *_remarks(said, collected, gathered)]
            whose = tuple(source.whose for source in gathered.shown)
            draft = Draft(request, wanted.verb, wanted.parent, wanted.seen, whose, wanted.variations)
            await self._all(place, draft, lines)

    async def _left(self, place: Place, count: int) -> list[int]:
        """The variations that there are no jobs of yet, by number. All of them, unless Discord tells of the wish once
        more, to another process than before: then what has been begun, or has ended, is left as it is."""
        keys = {number: further_key(place.origin.key, number) for number in range(1, count + 1)}
        known = await self._house.studio.known(keys.values())
        return [number for number, key in keys.items() if key not in known]

    async def _all(self, place: Place, draft: Draft, lines: Iterable[str], *, confirmed: bool = False) -> None:
        """Submit a request as often as it is wanted, unless somebody has to say yes to all of it first."""
        said = Words(place.locale)
        several = draft.count > 1
        if several and not confirmed:
            needed = await self._house.studio.weigh([draft.request] * draft.count, place.origin, place.who)
            if needed is not None:
                await self._say(place, needed, draft)
                return
        for number in await self._left(place, draft.count):
            which = [said.say("{number} of {count}", number=number, count=draft.count)]
            notes = asides.joined(said, [*(which if several else ()), *lines])
            if not await self._once(_noted(place, notes), draft, number, confirmed or several):
                return

    async def _once(self, place: Place, draft: Draft, number: int, confirmed: bool) -> bool:
        """Submit one job, for the answer that is there or for one more; False if that is the end of it."""
        waiting = f"⏳ {place.origin.notes}"
        if number > 1:
            further = await place.one_more(waiting, number)
            if further is None:
                return False
            place = further
        elif draft.count > 1:
            await place.say(waiting)  # Discord takes the next message for the answer until there is one
        outcome = await self._house.studio.submit(
            draft.request,
            place.origin,
            place.who,
            verb=draft.verb,
            parent=draft.parent,
            whose=draft.whose,
            confirmed=confirmed,
        )
        await self._say(place, outcome, replace(draft, count=1))
        return isinstance(outcome, Ticket)

    async def _say(self, place: Place, outcome: Outcome, draft: Draft | None = None) -> None:
        if isinstance(outcome, NeedsConfirmation):
            view = await self._kept(place, draft, confirm_view) if draft else None
            await place.say(confirm(outcome, place.locale), view)
        elif isinstance(outcome, Refusal):
            request = draft.request if draft else None
            view = await self._kept(place, draft, refusal_view) if draft else None
            await place.say("\n".join([refused(outcome, place.locale), *self._instead(place, outcome, request)]), view)
        elif outcome.place is not None:  # what has been taken up already is the courier's to speak of
            stage = Stage("queued", place=outcome.place, eta=outcome.eta)
            text = asides.beside(words.progress(outcome.job, stage), outcome.job)
            await place.say(text, progress_view(outcome.job))

    async def _kept(
        self, place: Place, draft: Draft, view: Callable[[int, str], discord.ui.View]
    ) -> discord.ui.View | None:
        """The buttons that open a request again, or confirm it."""
        number = int(place.origin.key.split(":")[1])
        try:
            await self._drafts.keep(place.who.user, number, draft)
        except BadReference:
            return None
        return view(number, place.locale)

    def _instead(self, place: Place, refusal: Refusal, request: ImageRequest | None) -> Iterable[str]:
        """What the model can do, for those who have asked for what it cannot."""
        model = self._house.workshop.seedream.catalogue.resolve(request.model) if request else None
        if refusal.barrier is not Barrier.REQUEST or model is None:
            return
        said = Words(place.locale)
        yield said.say("{model} can do: {abilities}", model=model.title, abilities=abilities(said, model))

    def _stands_in_the_way(self, said: Words, wanted: Wanted, collected: Collected, gathered: Gathered) -> str:
        """Why there is no point in going on, in words; nothing if there is."""
        used = len(gathered.references)
        own = [found for found in gathered.problems if not used or found.source.whence not in _OTHERS]
        if own:
            return "\n".join(remarks.problem(said, found) for found in own)
        if collected.hidden and not used:
            return remarks.hidden(said)
        least, what = _NEEDS.get(wanted.verb, (0, ""))
        return "" if used >= least else " · ".join((said.say(what), said.say(_HOW)))

    async def _collect(self, interaction: discord.Interaction[Any], wanted: Wanted) -> Collected:
        pinned = await self._pins.sources(interaction.user.id)
        found = [source for message in wanted.messages for source in self._collector.in_message(message)]
        shown = [*wanted.sources, *found]
        users = await self._mentioned(interaction.client, wanted.prompt)
        return self._collector.of_options(
            wanted.attachments, interaction.user.id, [*shown, *pinned], wanted.prompt, users
        )

    async def _mentioned(self, client: discord.Client, text: str) -> Sequence[discord.User]:
        """The people whom a prompt names; Discord tells who they are only with messages."""
        numbers = list(dict.fromkeys(int(found[1]) for found in re.finditer(r"<@!?([0-9]{15,20})>", text)))[:MENTIONS]
        found = []
        try:
            async with asyncio.timeout(_LOOK_UP):
                for number in numbers:
                    with suppress(Barred, CourierError):
                        found.append(await plainly(client.fetch_user(number), _LOOK_UP))
        except TimeoutError:
            log.info("Not everybody who was mentioned could be looked up in time")
        return found

    async def _first_words(self, message: discord.Message, said: Words, *, private: bool) -> discord.Message | None:
        """Our answer to a message, as empty as it is yet. None if nobody could read one: then nothing is begun."""
        aside = private and message.guild is not None
        # The nonce lets Discord post it once, however often it is sent, and by however many processes.
        told: dict[str, Any] = {"nonce": str(message.id), "allowed_mentions": _SILENT}
        for pause in TRIES:
            try:
                if aside:
                    return await plainly(message.author.send(said.say(_LOOKING), **told), PATIENCE)
                return await plainly(message.reply(said.say(_LOOKING), mention_author=False, **told), PATIENCE)
            except Barred as error:
                log.info("message:%d may not be answered: %s", message.id, error)
                break
            except CourierError as error:
                log.info("message:%d could not be answered: %s", message.id, error)
                await asyncio.sleep(pause)
        if aside:
            await self.reply(message, said.say(_CLOSED))
        return None

    def _is_known(self, model: str | None) -> bool:
        """Whether a model can be asked for: what nobody knows would only be sent to be refused elsewhere."""
        catalogue = self._house.workshop.seedream.catalogue
        own = model is None or model == self.default_model or model.lower().startswith("ep-")
        return own or catalogue.resolve(model or "") is not None

    def _no_such_model(self, said: Words, model: str) -> str:
        names = [f"`{key}`" for key in offered(self._house)]
        what = said.say("There is no model `{model}`", model=tidy(model))
        return " · ".join((what, said.say("choose {models}", models=said.listed(names, "or"))))

    def _model(self, wanted: Wanted) -> str:
        return wanted.model or self.default_model

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Somebody is being served as long as this lasts."""
        self._busy += 1
        self._idle.clear()
        try:
            yield
        finally:
            self._busy -= 1
            if not self._busy:
                self._idle.set()


_OTHERS = {Whence.REPLIED, Whence.PINNED}  # pictures that whoever asks cannot mend


def _noted(place: Place, notes: str) -> Place:
    return replace(place, origin=replace(place.origin, notes=notes))


def _remarks(said: Words, collected: Collected, gathered: Gathered) -> Iterable[str]:
    """What is worth knowing about the pictures of a request that is accepted."""
    yield from remarks.shown(said, gathered)
    yield from (remarks.problem(said, found) for found in gathered.problems)
    if (left_out := remarks.left_out(said, gathered)) is not None:
        yield left_out
    if collected.hidden:
        yield remarks.hidden(said)


@asynccontextmanager
async def _told_of_trouble(place: Place) -> AsyncIterator[None]:
    """Whatever goes wrong, nobody is left with an answer that says nothing; the trouble itself goes on to the log."""
    fine = False
    try:
        yield
        fine = True
    finally:
        if not fine:
            said = Words(place.locale)
            await place.say(said.say("Something went wrong · not charged · try again in a few minutes"))
