"""Draws pictures that show what was asked for: scenes that the prompt names, or the first reference, changed."""

import hashlib
import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO

from PIL import Image, ImageOps

from sandbox.seedream.painting.canvas import rendered
from sandbox.seedream.painting.caption import caption, mark
from sandbox.seedream.painting.manners import in_manner, in_mood
from sandbox.seedream.painting.reading import Idea, read
from sandbox.seedream.painting.scene import scene
from sandbox.seedream.references import Seen

INNER = 1024  # more of a reference nobody sees
SMALL = 160_000  # pixels; such pictures are for tests, which want thousands


@dataclass(frozen=True, slots=True)
class Plan:
    """What one picture should show."""

    width: int
    height: int
    prompt: str
    model: str
    seed: int
    index: int = 0
    count: int = 1
    transparent: bool = False
    watermark: bool = False
    scale: float = 1.0

    @property
    def canvas(self) -> tuple[int, int]:
        """The pixels that are really drawn."""
        return max(16, round(self.width * self.scale)), max(16, round(self.height * self.scale))

    @property
    def progress(self) -> float:
        """How far a set has come, from 0 to 1; a single picture stands in the middle."""
        return self.index / (self.count - 1) if self.count > 1 else 0.5


def draw(plan: Plan, references: Sequence[Seen] = ()) -> Image.Image:
    """One picture; the same plan gives the same picture, another prompt, seed or index another one."""
    digest = hashlib.sha256(f"{plan.prompt}|{plan.model}|{plan.seed}|{plan.index}".encode("utf-8", "replace")).digest()
    dice = random.Random(
        f"{plan.prompt}|{plan.seed}".encode("utf-8", "replace")
    )  # the same for a whole set: its pictures belong together
    idea = read(plan.prompt)
    shown = [seen.thumbnail for seen in references if seen.thumbnail is not None]
    edited = shown and not plan.transparent
    picture = _edited(idea, plan, shown[0], dice) if edited else _painted(idea, plan, dice)
    _polaroids(picture, shown[1 if edited else 0 :])
    facts = f"{plan.model} · seed {plan.seed} · {plan.width}x{plan.height} · {plan.index + 1} of {plan.count}"
    caption(picture, facts, digest, again=bool(edited))
    if plan.watermark:
        mark(picture)
    return picture


def encode(picture: Image.Image, output_format: str) -> bytes:
    """The picture as PNG or JPEG, fast rather than small."""
    buffer = BytesIO()
    if output_format == "png":
        if picture.getchannel("A").getextrema() == (255, 255):
            picture = picture.convert("RGB")
        picture.save(buffer, "PNG", compress_level=1)
    else:
        picture.convert("RGB").save(buffer, "JPEG", quality=85)
    return buffer.getvalue()


def _painted(idea: Idea, plan: Plan, dice: random.Random) -> Image.Image:
    width, height = plan.canvas
    if width * height <= SMALL:
        return _small(idea, plan.canvas, dice.randrange(4), plan.progress, plan.transparent).copy()
    return _scene(idea, plan.canvas, dice, plan.progress, alone=plan.transparent)


@lru_cache(maxsize=64)
def _small(idea: Idea, size: tuple[int, int], variant: int, progress: float, alone: bool) -> Image.Image:
    """One of four scenes of an idea, kept, since drawing it again would take longer than all the rest."""
    return _scene(idea, size, random.Random(variant), progress, alone=alone)


def _scene(idea: Idea, size: tuple[int, int], dice: random.Random, progress: float, *, alone: bool) -> Image.Image:
    picture = rendered(scene(idea, size, dice, progress, alone=alone))
    return in_manner(picture.convert("RGB"), idea.manner).convert("RGBA") if idea.manner and not alone else picture


def _edited(idea: Idea, plan: Plan, first: Image.Image, dice: random.Random) -> Image.Image:
    """The first reference, cut to the shape that was ordered, with what the words ask for done to it."""
    width, height = plan.canvas
    share = min(1.0, INNER / max(width, height))
    inner = (max(16, round(width * share)), max(16, round(height * share)))
    base = ImageOps.fit(first, inner, Image.Resampling.BILINEAR)
    flat = Image.new("RGB", inner, "#f4f1ea")
    flat.paste(base, mask=base)
    mooded = in_mood(flat, idea, dice)
    return mooded.resize((width, height), Image.Resampling.BILINEAR).convert("RGBA")


def _polaroids(picture: Image.Image, further: Sequence[Image.Image]) -> None:
    """The further references, as small photographs along the top."""
    side = min(picture.size) // 6
    edge = max(1, side // 14)
    for number, photo in enumerate(further[: max(1, picture.width // (side + edge))]):
        card = Image.new("RGBA", (side, side + edge * 2), "#fbf8f0")
        card.paste(ImageOps.fit(photo, (side - 2 * edge, side - 2 * edge)).convert("RGB"), (edge, edge))
        tilted = card.rotate((number * 37 % 13) - 6, Image.Resampling.BILINEAR, expand=True)
        picture.paste(tilted, (edge + number * (side + edge), edge), tilted)
