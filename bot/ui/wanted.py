"""What somebody wants, however they have said it: with options, in a message, by a menu, in a form."""

from dataclasses import dataclass, field

import discord

from bot.seedream.models import ImageRequest, Reference
from bot.ui.sources import Source


@dataclass(frozen=True, slots=True)
class Wanted:
    """A wish before its pictures have been looked at. Those of `messages` are references too, after `attachments` and
    the `sources` that were found before. A model or a visibility that is not named is what is usual. `layers`: the
    first of them is to be taken apart. Of `messages` no more than the `first` pictures are meant."""

    prompt: str = ""
    attachments: tuple[discord.Attachment, ...] = ()
    messages: tuple[discord.Message, ...] = ()
    sources: tuple[Source, ...] = ()
    model: str | None = None
    ratio: str | None = None
    size: str | None = None
    max_images: int | None = None
    output_format: str | None = None
    visibility: str | None = None
    transparent: bool = False
    web_search: bool = False
    seed: int | None = None
    guidance: float | None = None
    layers: bool = False
    first: int | None = None
    verb: str = "imagine"
    parent: int | None = None
    variations: int = 1
    notes: tuple[str, ...] = field(default=())  # what the person is told besides

    @property
    def seen(self) -> str:
        """Who sees the answer."""
        return self.visibility or "public"

    def request(self, model: str, prompt: str, references: tuple[Reference, ...]) -> ImageRequest:
        """The request for a model, with the pictures that it goes on from."""
        return ImageRequest(
            model,
            prompt,
            references,
            size=self.size,
            ratio=self.ratio,
            max_images=self.max_images,
            output_format=self.output_format,
            background="transparent" if self.transparent else None,
            web_search=self.web_search,
            seed=self.seed,
            guidance_scale=self.guidance,
            layers=self.layers,
        )
