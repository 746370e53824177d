"""From a draft to its jobs: one for each prompt that it stands for and for each variation, all weighed and confirmed
before the first of them is begun. Each has a message and a key of its own, so that none is ever begun twice."""

import asyncio
import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import discord

from bot.seedream.errors import BadReference
from bot.seedream.models import ImageRequest
from bot.studio.courier import Stage
from bot.studio.job import Origin
from bot.studio.limits import Barrier, Refusal
from bot.studio.policy import NeedsConfirmation, Why
from bot.studio.studio import Outcome
from bot.ui import asides, words
from bot.ui.abilities import abilities
from bot.ui.buttons import Sign, confirm_view, progress_view, refusal_view, signs_view
from bot.ui.cards import code
from bot.ui.drafts import Draft, Drafts
from bot.ui.house import House
from bot.ui.permutations import Permutation, Permutations, permutations
from bot.ui.places import Place, further_key
from bot.ui.refusals import confirm, refused
from bot.words import Words

log = logging.getLogger(__name__)

MOST = 20  # pictures of one wish that is several jobs
AT_ONCE = 5  # messages; Discord wants those after them to take their time
PAUSE = 1.0  # seconds before each of those
_LISTED = 10  # prompts in the question
_ROOM = 1400  # characters for them
_SHORT = 100  # characters of a prompt there
_NOTHING = "–"  # what an empty option is called


@dataclass(frozen=True, slots=True)
class Part:
    """One of the jobs of a draft: what is asked for, and by which options it differs from the others."""

    request: ImageRequest
    options: str = ""


class Batches:
    """Brings drafts through the studio's door."""

    def __init__(self, house: House, drafts: Drafts) -> None:
        self._house = house
        self._drafts = drafts

    async def left(self, origin: Origin, count: int) -> list[int]:
        """The jobs that there are not yet, by number. All of them, unless Discord tells of the wish once more, to
        another process than before: then what has been begun, or has ended, is left as it is."""
        keys = {number: further_key(origin.key, number) for number in range(1, count + 1)}
        known = await self._house.studio.known(keys.values())
        return [number for number, key in keys.items() if key not in known]

    async def begin(
        self, place: Place, draft: Draft, lines: Sequence[str] = (), *, confirmed: bool = False, again: bool = False
    ) -> bool:
        """Submit all that a draft stands for, unless somebody has to say yes to it first; whether all is begun.

        `lines` are told with each. `again`: some of it may be begun already, and the answer at this place is new.
        """
        refusal = too_many(draft.request, draft.count) or _too_often(place, draft)
        if refusal is not None:
            await self.say(place, refusal, draft)
            return False
        parts = parts_of(draft)
        left = await self.left(place.origin, len(parts))
        several = len(parts) > 1
        if several and left:
            requests, origin = [parts[number - 1].request for number in left], _numbered(place, left[0]).origin
            answer = await self._house.studio.weigh(requests, origin, place.who, draft.whose)
            if isinstance(answer, Refusal) or (answer is not None and not confirmed):
                await self._stop(place, answer, draft, left[0] - 1)
                return False
        for done, number in enumerate(left):
            own = number == 1 or (again and not done)
            here = await self._message(place, parts, number, lines, own=own, pause=PAUSE if done >= AT_ONCE else 0)
            if here is None:
                log.warning("%s: ended with %d of %d jobs", place.origin.key, number - 1, len(parts))
                return False
            outcome = await self._submit(here, draft, parts[number - 1].request, confirmed or several)
            if isinstance(outcome, Refusal | NeedsConfirmation):
                await self._stop(here, outcome, draft, number - 1)
                return False
            await self.say(here, outcome)
        return True

    async def _message(
        self, place: Place, parts: Sequence[Part], number: int, lines: Sequence[str], *, own: bool, pause: float
    ) -> Place | None:
        """Where one of the jobs is spoken of: in the answer that is there, or in a message more."""
        here = _noted(place, asides.joined(Words(place.locale), [*_which(place, parts, number), *lines]))
        waiting = f"⏳ {here.origin.notes}"
        if not own:
            await asyncio.sleep(pause)
            return await here.one_more(waiting, number)
        if len(parts) > 1:
            await here.say(waiting)  # Discord takes the next message for the answer until there is one
        return _numbered(here, number)

    async def _submit(self, place: Place, draft: Draft, request: ImageRequest, confirmed: bool) -> Outcome:
        return await self._house.studio.submit(
            request,
            place.origin,
            place.who,
            verb=draft.verb,
            parent=draft.parent,
            whose=draft.whose,
            confirmed=confirmed,
        )

    async def _stop(self, place: Place, outcome: Refusal | NeedsConfirmation, draft: Draft, begun: int) -> None:
        """Say what stands in the way; and how to go on with a batch of which something is begun already."""
        if not begun or isinstance(outcome, NeedsConfirmation):
            await self.say(place, outcome, draft)
            return
        said = Words(place.locale)
        facts = {"begun": said.number(begun), "count": said.number(len(parts_of(draft)))}
        told = said.say("Begun: {begun} of {count} · **Go ahead** goes on with the others", **facts)
        view = await self._kept(place, draft, lambda number, _: signs_view([Sign("go", number)], said))
        await place.say("\n".join([refused(outcome, place.locale), told]), view)

    async def say(self, place: Place, outcome: Outcome, draft: Draft | None = None) -> None:
        """Say what has become of something; `draft` is what to confirm, or to change and try again."""
        if isinstance(outcome, NeedsConfirmation):
            view = await self._kept(place, draft, confirm_view) if draft else None
            await place.say(_question(outcome, place.locale, draft), view)
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
        kind, number = place.origin.key.split(":")[:2]
        try:
            await self._drafts.keep(place.who.user, int(number), replace(draft, key=f"{kind}:{number}"))
        except BadReference:
            return None
        return view(int(number), place.locale)

    def _instead(self, place: Place, refusal: Refusal, request: ImageRequest | None) -> Iterable[str]:
        """What the model can do, for those who have asked for what it cannot."""
        model = self._house.workshop.seedream.catalogue.resolve(request.model) if request else None
        if refusal.barrier is not Barrier.REQUEST or model is None:
            return
        said = Words(place.locale)
        yield said.say("{model} can do: {abilities}", model=model.title, abilities=abilities(said, model))


def prompts_of(request: ImageRequest) -> Permutations:
    """The prompts that a request stands for. What to take out of a picture is one wish, however it is written."""
    found = permutations(request.prompt, MOST)
    if request.layers and found.count > 1:
        return Permutations(1, (Permutation(request.prompt),))
    return found


def parts_of(draft: Draft) -> list[Part]:
    """The jobs of a draft, in their order."""
    return [
        Part(replace(draft.request, prompt=each.prompt), ", ".join(option or _NOTHING for option in each.options))
        for each in prompts_of(draft.request).each
        for _ in range(draft.count)
    ]


def too_many(request: ImageRequest, variations: int = 1) -> Refusal | None:
    """Why a wish cannot be asked for at once by anybody, if its braces make too many pictures of it."""
    prompts, images = prompts_of(request).count, request.max_images or 1
    wanted = prompts * variations * images
    if prompts == 1 or wanted <= MOST:
        return None
    facts = {"prompts": prompts, "variations": variations, "images": images}
    return Refusal(Barrier.BATCH, limit=MOST, wanted=wanted, facts=facts)


def _too_often(place: Place, draft: Draft) -> Refusal | None:
    """Why a wish cannot be asked for at this place, if Discord lets nobody say so much there."""
    jobs = len(parts_of(draft))
    return Refusal(Barrier.ANSWERS, limit=place.answers, wanted=jobs) if 0 < place.answers < jobs else None


def _question(needed: NeedsConfirmation, locale: str, draft: Draft | None) -> str:
    """What has to be said yes to; of permutations with their prompts."""
    model = draft.request.model if draft and needed.why is Why.LAYERS else ""
    asked = confirm(needed, locale, model)
    if draft is None or needed.why is not Why.PERMUTATIONS:
        return asked
    return "\n".join([*_prompts(Words(locale), draft), asked])


def _prompts(said: Words, draft: Draft) -> Iterator[str]:
    """The prompts that a draft stands for, as many as there is room for."""
    each = prompts_of(draft.request).each
    facts = {"prompts": said.number(len(each)), "times": said.number(draft.count)}
    once = said.say("The braces make {prompts} prompts:", **facts)
    often = said.say("The braces make {prompts} prompts, each drawn {times} times:", **facts)
    yield f"**{often if draft.count > 1 else once}**"
    room = _ROOM
    for number, way in enumerate(each, 1):
        options = f"{code(', '.join(option or _NOTHING for option in way.options), _SHORT)} · "
        line = f"{number}. {options if len(way.prompt) > _SHORT else ''}{code(way.prompt, _SHORT) or _NOTHING}"
        room -= len(line) + 1
        if number > _LISTED or room < 0:
            yield said.plural("… and {count} more", "… and {count} more", len(each) - number + 1)
            return
        yield line


def _which(place: Place, parts: Sequence[Part], number: int) -> Iterator[str]:
    """Which of several it is, and by which words it differs from the others."""
    if len(parts) == 1:
        return
    which = Words(place.locale).say("{number} of {count}", number=number, count=len(parts))
    yield " · ".join(filter(None, (which, code(parts[number - 1].options))))


def _noted(place: Place, notes: str) -> Place:
    """The place with more to say below what is said there."""
    told = "\n".join(filter(None, (notes, place.origin.notes)))
    return replace(place, origin=replace(place.origin, notes=told))


def _numbered(place: Place, number: int) -> Place:
    """The same place for the so many-th job of a wish."""
    origin = place.origin
    return replace(place, origin=replace(origin, key=further_key(origin.key, number), further=number > 1))
