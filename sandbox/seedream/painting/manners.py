"""Manners and moods: what is done to a finished picture, be it painted here or somebody's reference."""

import random
from collections.abc import Callable

from PIL import Image, ImageChops, ImageEnhance, ImageFilter, ImageOps

from sandbox.seedream.painting.canvas import rendered
from sandbox.seedream.painting.colours import LIGHTS, Light
from sandbox.seedream.painting.figures import WINDOW
from sandbox.seedream.painting.reading import Idea
from sandbox.seedream.painting.sky import Frame, dots, falling, glow, moon

Matrix = tuple[float, float, float, float, float, float, float, float, float, float, float, float]

_MOODS: dict[str, Matrix] = {
    "night": (0.22, 0.05, 0.02, 2, 0.05, 0.22, 0.06, 6, 0.08, 0.12, 0.30, 26),
    "sunset": (0.92, 0.18, 0.0, 34, 0.10, 0.66, 0.02, 4, 0.10, 0.12, 0.50, 22),
    "dawn": (0.84, 0.12, 0.04, 38, 0.08, 0.78, 0.04, 22, 0.08, 0.10, 0.74, 30),
    "rain": (0.50, 0.16, 0.10, 4, 0.10, 0.58, 0.12, 10, 0.08, 0.16, 0.62, 22),
    "storm": (0.36, 0.12, 0.08, 0, 0.08, 0.42, 0.10, 4, 0.08, 0.14, 0.48, 14),
    "snow": (0.66, 0.12, 0.10, 38, 0.08, 0.70, 0.12, 42, 0.08, 0.12, 0.74, 48),
    "fog": (0.46, 0.10, 0.06, 96, 0.08, 0.50, 0.08, 100, 0.06, 0.10, 0.52, 100),
    "space": (0.40, 0.06, 0.10, 6, 0.06, 0.26, 0.14, 2, 0.16, 0.12, 0.56, 36),
    "neon": (0.72, 0.0, 0.20, 16, 0.0, 0.34, 0.16, 0, 0.30, 0.10, 0.72, 40),
    "day": (1.08, 0.04, 0.0, 10, 0.02, 1.06, 0.02, 10, 0.0, 0.04, 1.02, 8),
}


def in_manner(picture: Image.Image, manner: str) -> Image.Image:
    """The picture in the manner of a tool or a time."""
    change = _MANNERS.get(manner)
    return change(picture) if change else picture


def in_mood(picture: Image.Image, idea: Idea, dice: random.Random) -> Image.Image:
    """A reference (RGB) in the light, the weather, the colour and the manner that the words ask for."""
    windows = _like(picture, WINDOW) if idea.time in {"night", "sunset", "storm", "neon"} else None
    calm = _calm_corner(picture)
    if idea.time in _MOODS:
        picture = picture.convert("RGB", _MOODS[idea.time])
    if windows is not None:
        picture.paste("#ffd46b", mask=windows)
    if idea.falling == "snow":
        picture = _settled(picture)
    if idea.colour and not idea.subjects and not idea.time:
        tinted = ImageOps.colorize(picture.convert("L"), "#15131c", "#fffaf0", mid=idea.colour)
        picture = Image.blend(picture, tinted, 0.6)
    overlay = _above(picture.size, idea, dice, calm)
    if overlay is not None:
        picture.paste(overlay, mask=overlay)
    return in_manner(picture, idea.manner)


def _like(picture: Image.Image, colour: str) -> Image.Image:
    """Where the picture has nearly that colour."""
    masks = []
    for band, at in zip(picture.split(), (1, 3, 5), strict=True):
        wanted = int(colour[at : at + 2], 16)
        masks.append(band.point([255 if abs(value - wanted) < 9 else 0 for value in range(256)]))
    return ImageChops.multiply(ImageChops.multiply(masks[0], masks[1]), masks[2]).filter(ImageFilter.MaxFilter(3))


def _calm_corner(picture: Image.Image) -> float:
    """Where a moon has room: the one of four columns at the top in which the picture changes least."""
    small = picture.resize((64, 64)).convert("L")

    def unrest(column: int) -> int:
        levels = small.crop((column * 16, 4, column * 16 + 16, 22)).tobytes()
        return max(levels) - min(levels)

    return (min((3, 0, 2, 1), key=unrest) + 0.5) / 4


def _settled(picture: Image.Image) -> Image.Image:
    """Snow that lies: the lower part of the picture goes white."""
    cover = (
        Image.linear_gradient("L").resize(picture.size).point([max(0, value - 130) * 3 // 2 for value in range(256)])
    )
    white = Image.new("RGB", picture.size, "#f2f7fc")
    return Image.composite(
        white, picture, ImageChops.multiply(cover, picture.convert("L").point(lambda value: min(255, value * 2)))
    )


def _above(size: tuple[int, int], idea: Idea, dice: random.Random, calm: float) -> Image.Image | None:
    """What comes into the air: moon and stars, a low sun, rain, snow."""
    unit = min(size) / 1000
    frame = Frame(size[0] / unit, size[1] / unit, size[1] / unit * 0.34, 0.5, min(size) > 400)
    light: Light = LIGHTS.get(idea.time, LIGHTS["day"])
    parts = f"<defs>{glow('glow', light.disc)}</defs>"
    if idea.time in {"night", "space"}:
        parts += _few_stars(frame, dice) + moon(frame.width * calm, frame.height * 0.17, 62)
    elif idea.time in {"sunset", "dawn"}:
        x, y = frame.width * calm, frame.height * 0.4
        parts += f'<circle cx="{x:.0f}" cy="{y:.0f}" r="520" fill="url(#glow)" fill-opacity=".75"/>'
    if idea.falling:
        parts += falling(frame, idea.falling, dice)
    if "<path" not in parts and "<circle" not in parts:
        return None
    return rendered(
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{size[0]}" height="{size[1]}" '
        f'viewBox="0 0 {frame.width:.1f} {frame.height:.1f}">{parts}</svg>'
    )


def _few_stars(frame: Frame, dice: random.Random) -> str:
    spots = [(dice.random() * frame.width, dice.random() ** 1.5 * frame.horizon) for _ in range(frame.many(56))]
    return "".join(dots(spots[size::3], 3 + 2 * size, "#fff8e0", 0.85) for size in range(3))


def _watercolour(picture: Image.Image) -> Image.Image:
    paper = Image.new("RGB", picture.size, "#fbf6ea")
    soft = ImageEnhance.Color(Image.blend(picture.convert("RGB"), paper, 0.28)).enhance(0.92)
    unit = max(1, min(picture.size) // 24)
    edge = Image.new("L", (picture.width // unit, picture.height // unit), 0)
    edge.paste(255, (2, 2, edge.width - 2, edge.height - 2))
    dice = random.Random(7)
    for x in range(1, edge.width - 1):
        for y in (1, edge.height - 2):
            edge.putpixel((x, y), dice.randrange(256))
    return Image.composite(soft, paper, edge.resize(picture.size, Image.Resampling.BICUBIC))


def _ink(picture: Image.Image) -> Image.Image:
    grey = ImageOps.autocontrast(picture.convert("L"), cutoff=2)
    return ImageOps.colorize(grey, "#17161b", "#f6f1e6", mid="#85807a")


def _sepia(picture: Image.Image) -> Image.Image:
    return ImageOps.colorize(picture.convert("L"), "#2a1a10", "#fbeed3", mid="#a87c50")


def _pixel(picture: Image.Image) -> Image.Image:
    shorter = min(picture.size)
    small = picture.convert("RGB").resize(
        (picture.width * 96 // shorter, picture.height * 96 // shorter), Image.Resampling.BOX
    )
    flat = small.quantize(28, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).convert("RGB")
    return flat.resize(picture.size, Image.Resampling.NEAREST)


def _poster(picture: Image.Image) -> Image.Image:
    edge = max(2, min(picture.size) // 32)
    framed = picture.convert("RGB")
    inner = framed.crop((edge, edge, framed.width - edge, framed.height - edge))
    return ImageOps.expand(inner, edge, "#f7ecd2")


_MANNERS: dict[str, Callable[[Image.Image], Image.Image]] = {
    "watercolour": _watercolour,
    "ink": _ink,
    "sepia": _sepia,
    "pixel": _pixel,
    "poster": _poster,
}
