"""Draws pictures that show what was asked for: colours from the prompt, its words, its references."""

import hashlib
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

from sandbox.seedream.references import Seen

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


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


def draw(plan: Plan, references: Sequence[Seen] = ()) -> Image.Image:
    """One picture; the same plan gives the same picture, another prompt, seed or index another one."""
    digest = hashlib.sha256(f"{plan.prompt}|{plan.model}|{plan.seed}|{plan.index}".encode("utf-8", "replace")).digest()
    picture = _sky(digest[:6], plan.canvas).copy()
    if plan.transparent:
        picture.putalpha(0)
    brush = ImageDraw.Draw(picture)
    _shapes(brush, picture.size, digest)
    _words(brush, picture.size, plan)
    _thumbnails(picture, brush, references)
    return picture


def encode(picture: Image.Image, output_format: str) -> bytes:
    """The picture as PNG or JPEG, fast rather than small."""
    buffer = BytesIO()
    if output_format == "png":
        picture.save(buffer, "PNG", compress_level=1)
    else:
        picture.convert("RGB").save(buffer, "JPEG", quality=85)
    return buffer.getvalue()


@lru_cache(maxsize=4)
def _sky(colours: bytes, size: tuple[int, int]) -> Image.Image:
    corners = Image.new("RGB", (2, 2))
    top, bottom = tuple(colours[:3]), tuple(colours[3:6])
    corners.putdata([top, bottom, bottom, tuple(255 - part // 2 for part in top)])
    return corners.resize(size, Image.Resampling.BILINEAR).convert("RGBA")


def _shapes(brush: ImageDraw.ImageDraw, size: tuple[int, int], digest: bytes) -> None:
    width, height = size
    unit = min(size)
    for start in range(6, 24, 6):
        x, y, radius, red, green, blue = digest[start : start + 6]
        left, top = x * width // 256, y * height // 256
        reach = unit // 12 + radius * unit // 1024
        box = (left - reach, top - reach, left + reach, top + reach)
        if radius % 2:
            brush.ellipse(box, fill=(red, green, blue, 255))
        else:
            brush.rounded_rectangle(box, radius=reach // 4, fill=(red, green, blue, 255))


def _font(size: float) -> Font:
    return ImageFont.load_default(max(8.0, size))


def _words(brush: ImageDraw.ImageDraw, size: tuple[int, int], plan: Plan) -> None:
    width, height = size
    unit = min(size)
    lines = textwrap.wrap(plan.prompt, 60, max_lines=6, placeholder=" …") or ["(no prompt)"]
    facts = f"{plan.model} · seed {plan.seed} · {plan.width}x{plan.height} · picture {plan.index + 1} of {plan.count}"
    brush.rectangle((0, height - unit // 4, width, height), fill=(0, 0, 0, 200))
    brush.multiline_text((unit // 40, height - unit // 4), "\n".join(lines), fill="white", font=_font(unit / 36))
    brush.text((unit // 40, height - unit // 24), facts, fill="yellow", font=_font(unit / 48))
    if plan.watermark:
        brush.text((width - unit // 4, unit // 40), "AI generated", fill="white", font=_font(unit / 36))


def _thumbnails(picture: Image.Image, brush: ImageDraw.ImageDraw, references: Sequence[Seen]) -> None:
    unit = min(picture.size) // 6
    columns = max(1, picture.width // (unit + 4))
    for number, seen in enumerate(references):
        left, top = number % columns * (unit + 4), number // columns * (unit + 4)
        if seen.thumbnail is not None:
            picture.paste(seen.thumbnail.resize((unit, unit)), (left, top))
        brush.rectangle((left, top, left + unit, top + unit), outline="white", width=2)
        brush.text((left + 4, top + 2), f"image {number + 1}", fill="red", font=_font(unit / 5))
