"""Upstream's strictness: what a request body may hold at a provider and for a model."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from sandbox.seedream.models import FIELDS, Model, adaptive, find, pixels
from sandbox.seedream.problems import Problem, invalid

ARRAYS_ONLY = ("cometapi", "gateway", "acedata")


@dataclass(frozen=True, slots=True)
class Order:
    """A request that has passed: what is to be drawn and how it is to be handed over."""

    provider: str
    name: str
    model: Model
    prompt: str
    size: str
    links: tuple[str, ...]
    count: int
    sequence: bool
    stream: bool
    b64: bool
    output_format: str
    transparent: bool
    background: str
    layers: bool
    web_search: bool
    watermark: bool
    seed: int
    callback_url: str
    deferred: bool

    def pixels(self, first: tuple[int, int] | None = None) -> tuple[int, int]:
        """Width and height of a picture; `first` are those of the first reference."""
        if self.size == "adaptive" or (self.layers and self.size == "auto"):
            return adaptive(*first) if first else (1024, 1024)
        if found := _PIXELS.fullmatch(self.size):
            return int(found[1]), int(found[2])
        return pixels(self.model, self.size.upper(), self.prompt)


def check(provider: str, body: object, *, plan: bool = False) -> Order:
    """Read a request body as strictly as the provider does; a Problem tells the first thing that is wrong."""
    if not isinstance(body, dict):
        raise Problem("InvalidParameter", "The request body is not a JSON object.")
    model = _model(provider, body, plan)
    _known(provider, model, body)
    links = _links(provider, model, body)
    layers = _flag(body, "layer_decomposition")
    if layers and len(links) != 1:
        raise invalid("image", "layer decomposition takes exactly one image")
    count, sequence = _count(body, len(links))
    output_format = _choice(body, "output_format", ("png", "jpeg"), model.output_format)
    background = _background(model, body, layers, len(links))
    if background == "transparent":
        output_format = "png"
    _mode(model, body)
    return Order(
        provider=provider,
        name=str(body["model"]),
        model=model,
        prompt=_prompt(body, needed=not layers),
        size=_size(provider, model, body, layers),
        links=links,
        count=count,
        sequence=sequence,
        stream=_flag(body, "stream"),
        b64=_choice(body, "response_format", ("url", "b64_json"), "url") == "b64_json",
        output_format=output_format,
        transparent=background == "transparent",
        background=background,
        layers=layers,
        web_search=_tools(body),
        watermark=_flag(body, "watermark", default=True),
        seed=_seed(body),
        callback_url=_text(body, "callback_url"),
        deferred=_flag(body, "async") or "callback_url" in body,
    )


def _model(provider: str, body: Mapping[str, object], plan: bool) -> Model:
    if "model" not in body:
        raise Problem("MissingParameter", "The request is missing the parameter `model`.", param="model")
    return find(provider, _text(body, "model"), plan=plan)


def _known(provider: str, model: Model, body: Mapping[str, object]) -> None:
    extras = FIELDS[provider] & {"callback_url", "async", "action"}
    for field, value in body.items():
        if field not in FIELDS[provider]:
            raise invalid(field, f"unknown field {field!r}")
        if field not in model.fields | extras:
            raise invalid(field, f"it is not supported by model {body['model']}")
        if value is None:
            raise invalid(field, "it must not be null")


def _text(body: Mapping[str, object], field: str) -> str:
    value = body.get(field, "")
    if not isinstance(value, str):
        raise invalid(field, "it must be a string")
    return value


def _flag(body: Mapping[str, object], field: str, *, default: bool = False) -> bool:
    value = body.get(field, default)
    if not isinstance(value, bool):
        raise invalid(field, "it must be a boolean")
    return value


def _choice(body: Mapping[str, object], field: str, values: tuple[str, ...], default: str) -> str:
    if field not in body:
        return default
    value = _text(body, field)
    if value not in values:
        raise invalid(field, f"{field} must be one of {', '.join(map(repr, values))}")
    return value


def _prompt(body: Mapping[str, object], *, needed: bool) -> str:
    prompt = _text(body, "prompt")
    if needed and not prompt.strip():
        raise Problem("MissingParameter", "The request is missing the parameter `prompt`.", param="prompt")
    return prompt


def _links(provider: str, model: Model, body: Mapping[str, object]) -> tuple[str, ...]:
    least, most = model.references
    value = body.get("image", [])
    if isinstance(value, str):
        if provider in ARRAYS_ONLY:
            raise invalid("image", "it must be an array of strings")
        value = [value]
    if not isinstance(value, list) or not all(isinstance(link, str) for link in value):
        raise invalid("image", "it must be a string or an array of strings")
    if "image" in body and not value:
        raise invalid("image", "it must not be empty")
    if not least <= len(value) <= most:
        raise invalid("image", f"the number of images must be between {least} and {most}")
    if "" in value:
        raise Problem("InvalidImageURL.EmptyURL", "The image URL is empty.", param="image")
    return tuple(value)


def _count(body: Mapping[str, object], references: int) -> tuple[int, bool]:
    """How many pictures at most, and whether they are a set."""
    sequence = _choice(body, "sequential_image_generation", ("auto", "disabled"), "disabled") == "auto"
    field = "sequential_image_generation_options"
    options = body.get(field)
    if options is not None and not sequence:
        raise invalid(field, "it is only valid when sequential_image_generation is 'auto'")
    if not sequence:
        return 1, False
    if options is None:
        return 15 - references, True
    if not isinstance(options, dict) or set(options) - {"max_images"}:
        raise invalid(field, "it takes max_images and nothing else")
    most = options.get("max_images", 15 - references)
    if not isinstance(most, int) or isinstance(most, bool) or not 1 <= most <= 15:
        raise invalid(f"{field}.max_images", "max_images must be an integer between 1 and 15")
    if references + most > 15:
        raise invalid(f"{field}.max_images", "the sum of reference images and generated images must not exceed 15")
    return most, True


_PIXELS = re.compile(r"([1-9]\d{0,5})x([1-9]\d{0,5})")


def _size(provider: str, model: Model, body: Mapping[str, object], layers: bool) -> str:
    size = _text(body, "size") if "size" in body else ("auto" if layers else model.default_size)
    found = _PIXELS.fullmatch(size)
    if size == "auto" and (layers or provider == "acedata"):
        return size if layers else model.default_size
    if size.upper() in model.presets or size in model.presets:
        return size
    if found and model.area and not layers:
        _fits(model, int(found[1]), int(found[2]))
        return size
    if size == "adaptive":
        raise invalid("size", f"the specified size is not supported for model {body['model']}")
    words = [repr(preset.lower()) for preset in model.presets]
    if model.area and not layers:
        words.insert(0, "'WIDTHxHEIGHT'")
    listed = words[0] if len(words) == 1 else f"{', '.join(words[:-1])}, or {words[-1]}"
    raise invalid("size", f"size must be one of {listed}")


def _fits(model: Model, width: int, height: int) -> None:
    least, most = model.area or (0, 0)
    if width * height < least:
        raise invalid("size", f"image size must be at least {least} pixels")
    if width * height > most:
        raise invalid("size", f"image size must be at most {most} pixels")
    if model.aspect and not 1 / 16 <= width / height <= 16:
        raise invalid("size", "the aspect ratio must be between 1/16 and 16")


def _background(model: Model, body: Mapping[str, object], layers: bool, references: int) -> str:
    if "background" not in body:
        return ""
    background = _choice(body, "background", model.backgrounds, "")
    if layers:
        raise invalid("background", "it can not be used together with layer_decomposition")
    if background != "transparent":
        return background
    if body.get("output_format") == "jpeg":
        raise invalid("background", "a transparent background needs output_format png")
    if "auto" not in model.backgrounds and references != 1:
        raise invalid("background", "a transparent background needs exactly one input image")
    return background


def _seed(body: Mapping[str, object]) -> int:
    seed = body.get("seed", -1)
    if not isinstance(seed, int) or isinstance(seed, bool) or not -1 <= seed <= 2_147_483_647:
        raise invalid("seed", "seed must be an integer between -1 and 2147483647")
    scale = body.get("guidance_scale", 2.5)
    if not isinstance(scale, int | float) or isinstance(scale, bool) or not 1 <= scale <= 10:
        raise invalid("guidance_scale", "guidance_scale must be a number between 1 and 10")
    return seed


def _mode(model: Model, body: Mapping[str, object]) -> None:
    field = "optimize_prompt_options"
    if field not in body:
        return
    options = body[field]
    if not isinstance(options, dict) or set(options) - {"mode"}:
        raise invalid(field, "it takes mode and nothing else")
    if options.get("mode", "standard") not in model.modes:
        raise invalid(f"{field}.mode", f"mode must be one of {', '.join(map(repr, model.modes))}")


def _tools(body: Mapping[str, object]) -> bool:
    if "tools" not in body:
        return False
    if body["tools"] != [{"type": "web_search"}]:
        raise invalid("tools", "the only tool is web_search")
    return True
