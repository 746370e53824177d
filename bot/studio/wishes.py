"""A request as the rules look at it: by the key of its model, and by the preset that its size comes to."""

from collections.abc import Sequence

from bot.seedream.catalogue import Catalogue
from bot.seedream.models import ImageRequest
from bot.seedream.sizes import parse, preset_pixels
from bot.seedream.tables import Model
from bot.studio.policy import Wish

_SLACK = 1.25  # the recommended pixels of a preset may be some more than its square has


def wish_of(catalogue: Catalogue, request: ImageRequest, images: int, whose: Sequence[int | None] = ()) -> Wish:
    """What is asked for. Pictures of which nobody says whose they are could be anybody's."""
    model = catalogue.resolve(request.model)
    known = tuple(whose[: len(request.references)])
    whose = known + (None,) * (len(request.references) - len(known))
    return Wish(model.key if model else request.model, request.prompt, _size(catalogue, model, request), images, whose)


def _size(catalogue: Catalogue, model: Model | None, request: ImageRequest) -> str | None:
    """The preset that a request names, or the least one that its pixels fit into; None where the model decides."""
    if model is not None and model.adapts:
        return None
    if request.layers and (model is None or model.preset(request.size) is None):
        pixels = _kept(model, request)  # layers are as large as the picture that they are of
        return _class(catalogue, model, pixels) if pixels else None
    size = request.size or (None if model is None else model.default_preset if request.ratio else model.default_size)
    named = model.preset(size) if model else size
    if named is not None and preset_pixels(named):
        return named if model else named.strip().upper()
    pair = parse(size)
    return _class(catalogue, model, pair[0] * pair[1]) if pair else None


def _kept(model: Model | None, request: ImageRequest) -> int:
    """The pixels of the picture that is taken apart, as far as the model draws so few or so many; 0: nobody knows."""
    pixels = max((each.width * each.height for each in request.references), default=0)
    low, high = (model.area if model else None) or (0, pixels)
    return min(max(pixels, low), high) if pixels else 0


def _class(catalogue: Catalogue, model: Model | None, pixels: int) -> str | None:
    """The least preset that holds so many pixels; of a model with none of its own, among those of all."""
    own = [preset for preset in model.presets if preset_pixels(preset)] if model else []
    every = {preset for each in catalogue.models.values() for preset in each.presets if preset_pixels(preset)}
    sizes = sorted(own or every, key=lambda preset: preset_pixels(preset) or 0)
    return next((size for size in sizes if pixels <= _SLACK * (preset_pixels(size) or 0)), sizes[-1] if sizes else None)
