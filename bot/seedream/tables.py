"""The catalogue's tables: what is known of a model, of a provider, of reference pictures."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

from pydantic import ConfigDict

from bot.seedream.prices import Tariff
from bot.seedream.sizes import Range, fits, nearest, parse, parse_ratio, preset_pixels, shape, write

_STRICT = ConfigDict(extra="forbid")


@lru_cache(maxsize=512)
def plain(name: str) -> str:
    """One spelling for "Seedream 4.5", "seedream-4-5" and "4.5"."""
    return re.sub(r"[\s._-]+", "-", name.strip().lower()).removeprefix("seedream").strip("-")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceRules:
    """What one reference picture may be."""

    __pydantic_config__ = _STRICT

    formats: tuple[str, ...]
    max_bytes: int
    longer_than: int  # each side, exclusive
    aspect: Range
    pixels: Range


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What holds for every model."""

    __pydantic_config__ = _STRICT

    max_images: int
    references_and_images: int
    group_timeout: float
    unknown_timeout: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Documented:
    """What a provider's own pages say that it takes."""

    __pydantic_config__ = _STRICT

    title: str
    fields: frozenset[str]
    extra_fields: frozenset[str] = frozenset()  # beyond the models' own: how the provider itself is driven
    presets: tuple[str, ...] = ()  # empty: whatever the model has
    reference_bytes: int | None = None  # what it takes at most of each, where less than the models take
    needs_prompt: bool = False  # even where the model does not
    currency: str = "USD"


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """One model: its names, what it can do, its sizes and prices."""

    __pydantic_config__ = _STRICT

    key: str
    title: str
    status: Literal["current", "legacy"] = "current"
    aliases: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    ids: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    fields: frozenset[str]
    text_to_image: bool = True
    references: tuple[int, int] = (0, 0)
    sequence: bool = False
    stream: bool = False
    web_search: bool = False
    layers: int = 0
    backgrounds: tuple[str, ...] = ()
    transparent_needs_png: bool = False
    formats: tuple[str, ...] = ("jpeg",)
    default_format: str = "jpeg"
    optimize: tuple[str, ...] = ()
    seed: tuple[int, int] | None = None
    guidance: Range | None = None
    presets: tuple[str, ...] = ()
    default_size: str
    rejected_sizes: tuple[str, ...] = ()
    area: tuple[int, int] | None = None
    aspect: Range | None = None
    sizes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    sizes_borrowed: bool = False
    reference_rules: ReferenceRules
    layer_rules: ReferenceRules
    timeout: float = 180
    prices: Mapping[str, Tariff] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("references", "seed", "guidance", "area", "aspect"):
            bounds = getattr(self, name)
            if bounds and bounds[0] > bounds[1]:
                raise ValueError(f"{name} goes from the smaller to the larger number")
        if self.default_format not in self.formats:
            raise ValueError(f"default_format is one of {', '.join(self.formats)}")
        wrong = [size for table in self.sizes.values() for size in table.values() if not parse(size)]
        if wrong:
            raise ValueError(f"{wrong[0]} is not a size like 2048x1024")

    @property
    def names(self) -> list[str]:
        """Everything that means exactly this model."""
        ids = [each for group in self.ids.values() for each in group]
        return [self.key, self.title, *self.aliases, *ids]

    @property
    def format_settable(self) -> bool:
        """Whether the picture's file format can be asked for."""
        return "output_format" in self.fields

    @property
    def adapts(self) -> bool:
        """Whether the result always has the shape of the reference picture."""
        return self.presets == ("adaptive",)

    @property
    def default_preset(self) -> str | None:
        """The row of the size table that a ratio alone is looked up in."""
        holding = (preset for preset, table in self.sizes.items() if self.default_size in table.values())
        known = self.default_size in self.presets
        return self.default_size if known else next(holding, None) or next(iter(self.presets), None)

    def preset(self, size: str | None) -> str | None:
        """The preset that a size names, in any case, as the API spells it."""
        wanted = (size or "").strip().lower()
        return next((preset for preset in self.presets if preset.lower() == wanted), None)

    def pixels(self, preset: str | None, ratio: str) -> str | None:
        """The recommended size of a ratio, or a computed one of the same class; None if `ratio` is no ratio."""
        table = self.sizes.get(preset or "", {})
        size = parse(table.get(ratio.strip()))
        if size:
            return write(*size) if fits(*size, self.area, self.aspect) else nearest(*size, self.area, self.aspect)
        value = parse_ratio(ratio)
        square = parse(table.get("1:1"))
        pixels = square[0] * square[1] if square else preset_pixels(preset) or preset_pixels("2K") or 0
        made = shape(value, pixels, self.area, self.aspect) if value else None
        return write(*made) if made else None

    def most_pixels(self, size: str | None) -> int | None:
        """The most pixels that a picture of this size can have; a preset counts as its largest entry."""
        pair = parse(size)
        if pair:
            return pair[0] * pair[1]
        table = [parse(entry) or (0, 0) for entry in self.sizes.get(size or "", {}).values()]
        most = max((width * height for width, height in table), default=None)
        return most or preset_pixels(size) or (self.area[1] if self.area else None)


@dataclass(frozen=True, slots=True)
class Tables:
    """Everything that the files say. `narrowed` holds models as a provider has them where it differs."""

    limits: Limits
    models: Mapping[str, Model]
    providers: Mapping[str, Documented]
    narrowed: Mapping[tuple[str, str], Model]
