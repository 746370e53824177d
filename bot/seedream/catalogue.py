"""The catalogue: every model by every name, what a request may ask of it, and what that is on the wire and in money."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Self

from bot.seedream.check import Case, check_known, check_unknown
from bot.seedream.errors import Problem
from bot.seedream.models import ImageRequest, Price
from bot.seedream.reading import CatalogueError, load
from bot.seedream.sizes import parse, parse_ratio, preset_pixels, shape, write
from bot.seedream.tables import Documented, Model, Tables, plain

__all__ = ["Catalogue", "CatalogueError", "Documented", "Model"]

PACKAGED = Path(__file__).with_name("catalogue.toml")


class Catalogue:
    """What is known of all models and providers. Names that it does not know pass through it unchanged."""

    def __init__(self, tables: Tables) -> None:
        self.models: Mapping[str, Model] = tables.models
        self.providers: Mapping[str, Documented] = tables.providers
        self._limits = tables.limits
        self._narrowed = tables.narrowed
        self._names: dict[str, Model] = {plain(name): model for model in self.models.values() for name in model.names}
        patterns = ((pattern, model) for model in self.models.values() for pattern in model.patterns)
        self._patterns = sorted(patterns, key=lambda entry: -len(entry[0]))

    @classmethod
    def load(cls, *extra: Path) -> Self:
        """The packaged tables with the operator's files on top, in order; raises CatalogueError."""
        return cls(load(PACKAGED, *extra))

    def resolve(self, name: str) -> Model | None:
        """The model that a key, title, alias or provider's id means; None for "ep-…" ids and the unknown."""
        if name.strip().lower().startswith("ep-"):
            return None
        exact = self._names.get(plain(name))
        if exact:
            return exact
        text = name.lower().replace(".", "-")
        return next((model for pattern, model in self._patterns if pattern in text), None)

    def model(self, name: str, provider: str | None = None) -> Model | None:
        """As `resolve`, but as this provider has the model, where it takes less of it."""
        model = self.resolve(name)
        if model is None or provider is None:
            return model
        return self._narrowed.get((provider, model.key), model)

    def model_id(self, name: str, provider: str) -> str | None:
        """The id to send there, None if it is not offered there. An id that only resembles a model's goes as it is."""
        model = self.resolve(name)
        if model is None or plain(name) not in self._names:
            return name
        ids = model.ids.get(provider, ())
        named = (candidate for candidate in ids if plain(candidate) == plain(name))
        return next(named, None) or next(iter(ids), None)

    def fields(self, name: str, provider: str) -> frozenset[str]:
        """The request fields that model and provider both document, and those that drive the provider itself."""
        documented = self.providers[provider]
        model = self.model(name, provider)
        drawing = documented.fields & model.fields if model else documented.fields
        return drawing | documented.extra_fields

    def check(self, request: ImageRequest, provider: str | None = None) -> list[Problem]:
        """Everything about a request that the model would not accept, nor the provider if one is named."""
        documented = self.providers[provider] if provider else None
        model = self.model(request.model, provider)
        if model is None:
            return check_unknown(request, documented)
        found = check_known(Case(request, model, self._limits, documented))
        if provider and documented and self.model_id(request.model, provider) is None:
            other = next((key for key, offered in self.models.items() if provider in offered.ids), None)
            found.insert(0, Problem("model", f"{documented.title} does not offer {model.title}", other))
        return found

    def size(self, request: ImageRequest, provider: str | None = None) -> str | None:
        """What goes on the wire as `size`, None to leave it out. For requests that pass the check."""
        model = self.model(request.model, provider)
        if model is None:
            return _loose_size(request)
        if request.layers and model.layers:
            return model.preset(request.size) or "auto"
        if model.adapts:
            return "adaptive"
        return _size(model, request, self.providers[provider].presets if provider else ())

    def larger(self, request: ImageRequest) -> list[ImageRequest]:
        """The same at the model's own sizes in the same shape, the largest first; only those with more pixels."""
        model = self.model(request.model)
        if model is None or model.adapts or request.layers:
            return []
        pair = parse(request.size)
        ratio = request.ratio or (f"{pair[0]}:{pair[1]}" if pair else None)
        now = self._pixels(model, request)
        sizes = sorted(filter(preset_pixels, model.presets), key=lambda preset: -(preset_pixels(preset) or 0))
        grown = [replace(request, size=size, ratio=ratio) for size in sizes]
        return [each for each in grown if self._pixels(model, each) > now]

    def _pixels(self, model: Model, request: ImageRequest) -> int:
        return model.most_pixels(self.size(request) or model.default_size) or 0

    def price(self, request: ImageRequest, provider: str) -> Price | None:
        """The most that a request can cost there, to be reserved before it is sent; None if prices are unknown."""
        model = self.model(request.model, provider)
        layers = model.layers if model and request.layers else 0
        return self.settle(request, provider, request.expected_images + layers)

    def settle(self, request: ImageRequest, provider: str, generated_images: int) -> Price | None:
        """What a request has cost there after so many pictures came; None if prices are unknown."""
        model = self.model(request.model, provider)
        tariff = model.prices.get(provider) if model else None
        if model is None or tariff is None:
            return None
        pixels = model.most_pixels(self.size(request, provider) or model.default_size)
        amount = tariff.total(generated_images, len(request.references), pixels)
        return Price(amount, self.providers[provider].currency)

    def timeout(self, request: ImageRequest) -> float:
        """Seconds that the paid call may take in all."""
        if request.expected_images > 1 or request.layers:
            return self._limits.group_timeout
        model = self.resolve(request.model)
        return model.timeout if model else self._limits.unknown_timeout


def _size(model: Model, request: ImageRequest, presets: tuple[str, ...]) -> str | None:
    pair = parse(request.size)
    if pair:
        return write(*pair)
    if request.size is None and request.ratio is None:
        return None
    preset = model.preset(request.size)
    if request.ratio is None and (preset is None or not presets or preset in presets):
        return preset or request.size
    return model.pixels(preset or model.default_preset, request.ratio or _first_shape(request)) or request.size


def _first_shape(request: ImageRequest) -> str:
    """The shape that a preset would take on by itself: that of the first reference, else a square."""
    first = next((reference for reference in request.references if reference.width and reference.height), None)
    return f"{first.width}:{first.height}" if first else "1:1"


def _loose_size(request: ImageRequest) -> str | None:
    """The size for a model that is not in the catalogue: a ratio can only be sent as pixels, so they are computed."""
    ratio = parse_ratio(request.ratio)
    pixels = preset_pixels(request.size or "2K")
    found = shape(ratio, pixels, None, None) if ratio and pixels else None
    return write(*found) if found else request.size
