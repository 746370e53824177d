"""The way of a wish into the studio: acknowledge, look at its pictures, submit, say what has become of it."""

import asyncio
import logging
import re
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import replace
from typing import Any

import discord

from bot.studio.courier import CourierError
from bot.studio.office import Standards
from bot.studio.studio import Outcome
from bot.ui import layers, remarks, words
from bot.ui.acks import acknowledged
from bot.ui.batches import MOST, Batches
from bot.ui.customs import Customs, spoken, usual
from bot.ui.drafts import Draft, Drafts
from bot.ui.faults import Barred, plainly
from bot.ui.house import House
from bot.ui.options import offered
from bot.ui.permutations import permutations
from bot.ui.pins import Pins
from bot.ui.places import (
    PATIENCE,
    Place,
    asked_in,
    locale_of,
    origin_of,
    place_of,
    place_of_message,
    who_of,
)
from bot.ui.references import Gathered, Gatherer
from bot.ui.sources import Collected, Collector, Whence, tidy
from bot.ui.wanted import Wanted
from bot.words import Words, sentence

__all__ = ["Asking", "Wanted", "origin_of", "who_of"]

log = logging.getLogger(__name__)

MENTIONS = 5  # people who are looked up for their avatars
_LOOK_UP = 2.0  # seconds for all of them
_SILENT = discord.AllowedMentions.none()
_HOW = sentence("attach it, or right-click a message with a picture, then **Apps** → **Use as reference**")
_NEEDS: dict[str, tuple[int, str, str]] = {  # pictures without which a wish makes no sense, and how to give them
    "edit": (1, sentence("There is no picture to edit"), _HOW),
    "blend": (2, sentence("It takes two different pictures to blend"), _HOW),
    "layers": (1, sentence("There is no picture to split into layers"), sentence("attach it in `/layers`")),
}
_FREE = sentence("not charged")
_LOOKING = sentence("⏳ looking at it")
_CLOSED = sentence("I cannot send you a direct message: use `/imagine` and choose who sees the answer")
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
        self._batches = Batches(house, drafts)
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
            standards = usual(interaction)
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

    def place(
        self, interaction: discord.Interaction[Any], answer: int | None, visibility: str = "public", notes: str = ""
    ) -> Place:
        """Where the answer to an interaction goes, in the language that is spoken there."""
        place = place_of(interaction, answer, visibility)
        return _noted(spoken(place, usual(interaction)), notes)

    async def reply(self, message: discord.Message, text: str) -> None:
        """Answer a message with words, and that is all."""
        with suppress(Barred, CourierError):
            await plainly(
                message.reply(text[: words.LONGEST], mention_author=False, allowed_mentions=_SILENT), PATIENCE
            )

    async def begin(self, interaction: discord.Interaction[Any], draft: Draft, notes: str = "") -> None:
        """Ask for what a draft stands for."""
        with self.at_work():
            answer = await acknowledged(interaction, private=draft.visibility == "private")
            if answer is not None:
                await self._batches.begin(self.place(interaction, answer, draft.visibility, notes), draft)

    async def go_on(self, interaction: discord.Interaction[Any], draft: Draft) -> bool:
        """Ask for what somebody has said yes to, in so far as that is not done yet; whether all of it is begun."""
        with self.at_work():
            answer = await acknowledged(interaction, private=draft.visibility == "private")
            if answer is None:
                return False
            place = self.place(interaction, answer, draft.visibility)
            if draft.key:  # the jobs are those of the wish, whoever hears of its yes how often
                place = replace(place, origin=replace(place.origin, key=draft.key))
            return await self._batches.begin(place, draft, confirmed=True, again=True)

    async def answer(self, interaction: discord.Interaction[Any], outcome: Outcome, draft: Draft | None = None) -> None:
        """Say what has become of something that was submitted for an acknowledged interaction; `draft` is what to
        change and try again where it was refused."""
        answer = await acknowledged(interaction)
        place = place_of(interaction, answer)
        await self._batches.say(place, outcome, draft)

    async def idle(self, seconds: float) -> None:
        """Wait until nobody is being served, so long at most."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._idle.wait()

    async def _bring(self, place: Place, wanted: Wanted, collected: Collected, standards: Standards) -> None:
        """Gather and submit."""
        most = len(permutations(wanted.prompt, MOST).each) * wanted.variations
        if not await self._batches.left(place.origin, most):
            return
        said = Words(place.locale)
        stop = self._no_such_model(said, wanted, standards)
        if stop:
            await place.say(" · ".join((stop, said.say(_FREE))))
            return
        gathering = self._gatherer.gather(collected.sources, self._model(wanted), place.who.user, layers=wanted.layers)
        async with gathering as gathered:
            stop = self._stands_in_the_way(said, wanted, collected, gathered)
            if stop:
                await place.say(" · ".join((stop, said.say(_FREE))))
                return
            request = wanted.request(self._model(wanted), gathered.spell(wanted.prompt), gathered.references)
            request = self._customs.fitted(request, standards)
            lines = [*wanted.notes, *_remarks(said, collected, gathered)]
            whose = tuple(source.whose for source in gathered.shown)
            draft = Draft(request, wanted.verb, wanted.parent, wanted.seen, whose, wanted.variations)
            await self._batches.begin(place, draft, lines)

    def _stands_in_the_way(self, said: Words, wanted: Wanted, collected: Collected, gathered: Gathered) -> str:
        """Why there is no point in going on, in words; nothing if there is."""
        used = len(gathered.references)
        own = [found for found in gathered.problems if not used or found.source.whence not in _OTHERS]
        if own:
            option = f"`{said.name('image')}`: " if wanted.layers else ""
            return "\n".join(option + remarks.problem(said, found) for found in own)
        if collected.hidden and not used:
            return remarks.hidden(said)
        least, what, how = _NEEDS.get(wanted.verb, (0, "", ""))
        return "" if used >= least else " · ".join((said.say(what), said.say(how)))

    async def _collect(self, interaction: discord.Interaction[Any], wanted: Wanted) -> Collected:
        if wanted.layers:  # the one picture that was attached, whatever else is at hand or named
            return self._collector.of_options(wanted.attachments, interaction.user.id)
        pinned = await self._pins.sources(interaction.user.id)
        found = [source for message in wanted.messages for source in self._collector.in_message(message)]
        found = found[: wanted.first]
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

    def _no_such_model(self, said: Words, wanted: Wanted, standards: Standards) -> str | None:
        """Why the model is none that could be asked, in words; nothing if it is."""
        seedream = self._house.workshop.seedream
        if self._is_known(wanted.model):
            model = self._model(wanted)
            return layers.stands_in_the_way(said, seedream, model, standards.models) if wanted.layers else None
        names = [f"`{key}`" for key in (seedream.layering() if wanted.layers else offered(self._house))]
        what = said.say("There is no model `{model}`", model=tidy(wanted.model or ""))
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
