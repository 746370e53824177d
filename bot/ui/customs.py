"""What is taken where somebody does not say it: their own choice, else the channel's, else the server's."""

import asyncio
import logging
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import discord

from bot.seedream.client import Seedream
from bot.seedream.models import ImageRequest
from bot.seedream.sizes import parse
from bot.studio.job import Origin, Who
from bot.studio.office import Office, Standards
from bot.ui import layers
from bot.ui.places import Place, origin_of, who_of
from bot.ui.wanted import Wanted

log = logging.getLogger(__name__)

_LOOK_UP = 0.8  # seconds: an answer must come within three
# Nobody sees what somebody may want for themselves alone, unless they have said it before everybody.
_UNKNOWN, _IN_PUBLIC = Standards(visibility="private"), Standards()
_USUAL = "usual"


class Customs:
    """Over the office, and what the models can do."""

    def __init__(self, office: Office, seedream: Seedream, default_model: str) -> None:
        self._office = office
        self._seedream = seedream
        self._default_model = default_model

    async def of(self, who: Who, origin: Origin) -> Standards:
        """What is usual for who has written a message here, as far as it can be found out in time."""
        return await _looked_up(self._office, who, origin) or _IN_PUBLIC

    def filled(self, wanted: Wanted, standards: Standards) -> Wanted:
        """The wish with a model and a visibility."""
        return replace(
            wanted,
            model=wanted.model or self._model_for(wanted, standards),
            visibility=wanted.visibility or standards.visibility or "public",
        )

    def fitted(self, request: ImageRequest, standards: Standards) -> ImageRequest:
        """The request with the usual size and ratio, in so far as it does not name them and its model can do them."""
        problems = self._seedream.check(request)
        if problems and request.layers and all(problem.field == "output_format" for problem in problems):
            return replace(request, output_format=None)  # nobody has named it: layers are PNG, whatever lies below them
        if problems:
            return request
        return next(each for each in _dressed(request, standards) if each is request or not self._seedream.check(each))

    def _model_for(self, wanted: Wanted, standards: Standards) -> str:
        usual = self._model(standards)
        return layers.able_as(self._seedream, usual, standards.models) if wanted.layers else usual

    def _model(self, standards: Standards) -> str:
        """The bot's own model is no use where it is not allowed and nobody has named another."""
        if standards.model:
            return standards.model
        known = self._seedream.catalogue.resolve(self._default_model)
        usual = known.key if known else self._default_model
        return standards.models[0] if standards.models and usual not in standards.models else self._default_model


def spoken(place: Place, standards: Standards) -> Place:
    """The same place in the language that is spoken there; what one person alone reads stays in theirs."""
    if not standards.language or place.origin.visibility == "private":
        return place
    return replace(place, origin=replace(place.origin, locale=standards.language))


async def speak(interaction: discord.Interaction[Any], office: Office) -> None:
    """From now on this interaction knows what is `usual` for its person here, and speaks the language that they have
    chosen, if they have. It is the one look at the database that an answer waits for; suggestions wait for none."""
    if interaction.type is discord.InteractionType.autocomplete:
        return
    found = await _looked_up(office, who_of(interaction), origin_of(interaction, None))
    interaction.extras[_USUAL] = found or _UNKNOWN
    if found is not None and found.own_language:
        interaction.locale = discord.Locale("en-US" if found.own_language == "en" else found.own_language)


def usual(interaction: discord.Interaction[Any]) -> Standards:
    """What is usual for whoever asks here, as it was found when the interaction came."""
    found: Standards = interaction.extras.get(_USUAL, _UNKNOWN)
    return found


async def _looked_up(office: Office, who: Who, origin: Origin) -> Standards | None:
    """What was found, None if it was not in time, for whatever reason: the answer must not wait for it."""
    task = asyncio.create_task(office.standards(who, origin))
    await asyncio.wait({task}, timeout=_LOOK_UP)
    if task.done() and not task.cancelled() and task.exception() is None:
        return task.result()
    task.cancel()
    log.warning("%s: what is usual here cannot be looked up", origin.key)
    return None


def _dressed(request: ImageRequest, standards: Standards) -> Iterator[ImageRequest]:
    """The request in the usual clothes, the most of them first. Pictures that are gone on from keep their shape."""
    size = request.size or standards.size
    shaped = request.ratio or request.references or parse(request.size or "")
    ratio = request.ratio if shaped else standards.ratio
    yield replace(request, size=size, ratio=ratio)
    yield replace(request, ratio=ratio)
    yield replace(request, size=size)
    yield request
