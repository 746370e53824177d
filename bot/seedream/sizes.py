"""Picture sizes: reading them, the nearest allowed ones, and what follows from them. Pure arithmetic."""

import math
import re
from collections.abc import Iterable, Iterator

Range = tuple[float, float]

STEP = 16  # what computed sides are multiples of, as in the tables that the API pages recommend

_PIXELS = re.compile(r"\s*([1-9][0-9]{0,5})\s*[xX×]\s*([1-9][0-9]{0,5})\s*")
_RATIO = re.compile(r"\s*([0-9]{1,5}(?:\.[0-9]{1,3})?)\s*[:/]\s*([0-9]{1,5}(?:\.[0-9]{1,3})?)\s*")
_PRESET = re.compile(r"\s*([0-9]{1,2}(?:\.[0-9])?)\s*[kK]\s*")

# What SeedEdit's "adaptive" chooses from (docs.byteplus.com, ModelArk, image generation API).
_ADAPTIVE = (
    "512x1536 544x1536 576x1536 608x1536 640x1536 640x1376 672x1312 704x1280 736x1312 768x1280 768x1216 "
    "800x1216 832x1248 832x1184 832x1152 864x1152 896x1152 896x1088 928x1088 960x1088 992x1088 1024x1088 "
    "1024x1056 1024x1024 1056x992 1088x992 1120x960 1152x928 1152x896 1152x864 1184x832 1216x832 1248x832 "
    "1248x800 1248x768 1280x768 1280x736 1280x704 1312x736 1312x704 1312x672 1344x672 1376x672 1408x672 "
    "1408x640 1440x640 1472x640 1504x640 1536x640 1536x608 1536x576 1536x544 1536x512"
)
ADAPTIVE = tuple((int(width), int(height)) for width, height in (size.split("x") for size in _ADAPTIVE.split()))


def parse(size: str | None) -> tuple[int, int] | None:
    """Width and height of a "WxH", or None when it is something else."""
    found = _PIXELS.fullmatch(size or "")
    return (int(found[1]), int(found[2])) if found else None


def write(width: int, height: int) -> str:
    """Width and height as the API spells them."""
    return f"{width}x{height}"


def parse_ratio(ratio: str | None) -> float | None:
    """Width divided by height of a "W:H", or None when it is something else."""
    found = _RATIO.fullmatch(ratio or "")
    if not found or not float(found[1]) or not float(found[2]):
        return None
    return float(found[1]) / float(found[2])


def spell_ratio(value: float) -> str:
    """A w/h as people write it: "16:1" or "1:16"."""
    return f"1:{1 / value:.6g}" if value < 1 else f"{value:.6g}:1"


def shapes(aspect: Range) -> str:
    """A range of w/h in words."""
    return f"{spell_ratio(aspect[0])} to {spell_ratio(aspect[1])}"


def preset_pixels(preset: str | None) -> int | None:
    """How many pixels a square of a preset such as "1.5K" has, or None when it is something else."""
    found = _PRESET.fullmatch(preset or "")
    return round(float(found[1]) * 1024) ** 2 or None if found else None


def fits(width: int, height: int, area: Range | None, aspect: Range | None) -> bool:
    """Whether both the number of pixels and the shape are inside their ranges."""
    return _inside(width * height, area) and _inside(width / height, aspect)


def nearest(width: int, height: int, area: Range | None, aspect: Range | None) -> str | None:
    """The allowed size that is closest in shape and in pixels; None if the ranges hold no size at all."""
    found = shape(width / height, width * height, area, aspect)
    return write(*found) if found else None


def shape(ratio: float, pixels: float, area: Range | None, aspect: Range | None) -> tuple[int, int] | None:
    """Width and height of a given shape with about so many pixels, inside both ranges, sides in steps of 16."""
    ratio = _clamp(ratio, aspect)
    pixels = _clamp(pixels, area)
    for step in (STEP, 1):
        choices = [choice for choice in _around(ratio, pixels, step) if fits(*choice, area, aspect)]
        if choices:
            return min(choices, key=lambda choice: _distance(choice, ratio, pixels))
    return None


def adaptive(width: int, height: int) -> str:
    """The size that SeedEdit's "adaptive" gives to a picture: the first with the smallest difference in w/h."""
    return write(*min(ADAPTIVE, key=lambda entry: abs(entry[0] / entry[1] - width / height)))


def output_tokens(sizes: Iterable[str]) -> int:
    """What the providers count as output tokens of pictures of these sizes."""
    pairs = [parse(size) or (0, 0) for size in sizes]
    return sum(width * height for width, height in pairs) // 256


def _around(ratio: float, pixels: float, step: int) -> Iterator[tuple[int, int]]:
    """Sizes near the ideal one: each short side close to it, with the two long sides that come closest."""
    slope = max(ratio, 1 / ratio)
    ideal = math.sqrt(pixels / slope) / step
    for units in range(max(1, math.floor(ideal) - 8), math.ceil(ideal) + 9):
        for long in {math.floor(units * slope + 1e-9), math.ceil(units * slope - 1e-9)}:
            pair = (long * step, units * step)
            yield pair if ratio >= 1 else (pair[1], pair[0])


def _distance(size: tuple[int, int], ratio: float, pixels: float) -> float:
    """The shape counts for more than the number of pixels: people see it."""
    width, height = size
    return 4 * abs(math.log(width / height / ratio)) + abs(math.log(width * height / pixels))


def _inside(value: float, bounds: Range | None) -> bool:
    return bounds is None or bounds[0] <= value <= bounds[1]


def _clamp(value: float, bounds: Range | None) -> float:
    return value if bounds is None else max(bounds[0], min(bounds[1], value))
