"""What happens with forms: they are opened with what is known, and what is sent in them goes into the studio."""

from contextlib import suppress
from dataclasses import replace

import discord

from bot.seedream.errors import BadReference
from bot.studio import orders
from bot.studio.courier import CourierError
from bot.studio.job import Job, Who
from bot.studio.limits import Barrier, Refusal
from bot.ui.acks import acknowledged
from bot.ui.asking import Asking, Wanted, who_of
from bot.ui.cards import came_from
from bot.ui.drafts import Draft, Drafts
from bot.ui.faults import Barred, plainly
from bot.ui.house import House
from bot.ui.layers import is_layered
from bot.ui.modals import PROMPT, PromptForm, changed, values_of
from bot.ui.permutations import literally
from bot.ui.press import PATIENCE, Press
from bot.words import sentence

_CANCELLED, _FREE = sentence("Cancelled"), sentence("not charged")
FORMS = frozenset({"vary", "edit", "retry"})  # about a job


class Forms:
    """Opens forms, and does what is asked for in them."""

    def __init__(self, house: House, asking: Asking, drafts: Drafts) -> None:
        self._house = house
        self._asking = asking
        self._drafts = drafts
        self._going: set[tuple[int, int]] = set()  # drafts whose jobs are being begun: fingers press twice

    async def ask(self, press: Press, job: Job) -> None:
        """Open the form of a button."""
        prompt = "" if press.sign.verb == "edit" else literally(str(job.request.get("prompt") or ""))
        layered = is_layered(job) and press.sign.verb == "vary"
        request = orders.outline(job.request) if press.sign.verb == "retry" or layered else None
        await self._open(press, PromptForm(press.sign, press.words, prompt, request))

    async def _open(self, press: Press, form: PromptForm) -> None:
        with suppress(Barred, CourierError):
            await plainly(press.interaction.response.send_modal(form), PATIENCE)

    async def sent(self, press: Press, job: Job) -> None:
        """A form about a job came back."""
        values = await self._values(press, wordless=is_layered(job) and press.sign.verb != "edit")
        if values is None:
            return
        if press.sign.verb == "edit":
            await self._edit(press, job, values[PROMPT])
            return
        try:
            draft = self._drafts.of(job)
        except BadReference:
            await press.refuse(Barrier.EXPIRED)
            return
        if press.sign.verb == "vary":
            draft = replace(draft, verb="vary", parent=job.id)
        notes = came_from(press.words, job) if press.sign.verb == "vary" else ""
        await self._submit(press, replace(draft, request=changed(draft.request, values)), notes)

    async def _values(self, press: Press, *, wordless: bool = False) -> dict[str, str] | None:
        """What was written into a form; if that is nothing, and nothing is not enough, it is said."""
        values = values_of(press.interaction)
        if values is None:
            await press.stale()
        elif not values[PROMPT].strip() and not wordless:
            await press.say(press.words.say("It is empty · write what to draw, and send it again"))
        else:
            return values
        return None

    async def _submit(self, press: Press, draft: Draft, notes: str = "") -> None:
        await self._asking.begin(press.interaction, draft, notes)

    async def planned(self, job: Job, who: Who, verb: str) -> Draft | None:
        """The request that a button makes of a job, to be kept until it is confirmed."""
        request = await self._house.studio.plan(job.id, who, verb)
        if isinstance(request, Refusal):
            return None
        as_written = replace(request, prompt=literally(request.prompt))
        return Draft(as_written, verb, job.id, job.origin.visibility, await self._house.studio.whose(job.id))

    async def go(self, press: Press) -> None:
        """What had to be confirmed is: the question becomes the answer. It can be asked until all of it is begun."""
        draft, which = await self._draft(press), (press.user, press.sign.number)
        if draft is None:
            return
        if press.is_form or which in self._going:
            await press.stale()
            return
        self._going.add(which)
        try:
            with suppress(Barred, CourierError):
                await plainly(press.interaction.response.defer(), PATIENCE)
            if await self._asking.go_on(press.interaction, draft):
                await self._drafts.drop(*which)
        finally:
            self._going.discard(which)

    async def no(self, press: Press) -> None:
        """What had to be confirmed is not."""
        draft = await self._draft(press)
        if draft is None:
            return
        if press.is_form or not await self._drafts.drop(press.user, press.sign.number):
            await press.stale()
            return
        text = " · ".join(map(press.words.say, (_CANCELLED, _FREE)))
        with suppress(Barred, CourierError):
            await plainly(press.interaction.response.edit_message(content=text, view=None), PATIENCE)

    async def _draft(self, press: Press) -> Draft | None:
        """What a button is about; if there is nothing, or if it is somebody else's, that is said."""
        message = press.interaction.message
        asked = message.interaction_metadata if message is not None else None
        if asked is not None and asked.user.id != press.user:
            await press.refuse(Barrier.NOT_YOURS)
            return None
        try:
            draft = await self._drafts.find(press.user, press.sign.number)
        except BadReference:
            await press.refuse(Barrier.EXPIRED)
            return None
        if draft is None:
            await press.stale()
        return draft

    async def _edit(self, press: Press, job: Job, prompt: str) -> None:
        """Go on from the pictures: from where they were made, or from the message that they are in."""
        interaction, visibility = press.interaction, job.origin.visibility
        if await acknowledged(interaction, private=visibility == "private") is None:
            return
        request = await self._house.studio.plan(job.id, who_of(interaction), "edit", prompt)
        notes, shown = came_from(press.words, job), interaction.message
        expired = isinstance(request, Refusal) and request.barrier is Barrier.EXPIRED
        if (expired or not self._takes_pictures(job.model)) and shown is not None and shown.attachments:
            wanted = _going_on(job, prompt, shown, self._takes_pictures(job.model))
            wanted = replace(wanted, first=1 if is_layered(job) else None)  # the base picture comes first
            await self._asking.ask(interaction, replace(wanted, notes=(notes,)))
        elif isinstance(request, Refusal):
            await self._asking.answer(interaction, request)
        else:
            whose = (press.user,) * len(request.references)
            await self._submit(press, Draft(request, "edit", job.id, visibility, whose), notes)

    def _takes_pictures(self, model: str) -> bool:
        """Whether it goes on from pictures at all; one that nobody knows may."""
        known = self._house.workshop.seedream.catalogue.resolve(model)
        return known is None or known.references[1] > 0

    async def draft(self, press: Press) -> None:
        """A request that was refused is opened again, or comes back."""
        draft = await self._draft(press)
        if draft is None:
            return
        if not press.is_form:
            await self._open(press, PromptForm(press.sign, press.words, draft.request.prompt, draft.request))
        elif (values := await self._values(press, wordless=draft.request.layers)) is not None:
            await self._submit(press, replace(draft, request=changed(draft.request, values)))

    async def change(self, press: Press) -> None:
        """The form that **Edit image** has opened comes back."""
        found = await self._drafts.pictures(press.user, press.sign.number)
        if found is None or not press.is_form:
            await press.stale()
        elif (values := await self._values(press)) is not None:
            sources, parent = found
            await self._asking.ask(
                press.interaction, Wanted(values[PROMPT], sources=sources, verb="edit", parent=parent)
            )


def _going_on(job: Job, prompt: str, shown: discord.Message, alike: bool) -> Wanted:
    """Going on from the pictures as they are in a message, in the way in which they were made if that is possible."""
    if not alike:
        return Wanted(prompt, messages=(shown,), visibility=job.origin.visibility, verb="edit", parent=job.id)
    return Wanted(
        prompt,
        messages=(shown,),
        model=job.request.get("model"),
        ratio=job.request.get("ratio"),
        size=job.request.get("size"),
        visibility=job.origin.visibility,
        verb="edit",
        parent=job.id,
    )
