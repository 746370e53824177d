"""Layers of a picture in words: what each is, what its file is called, and why a model does not make any."""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.config import key_field
from bot.seedream.client import Seedream
from bot.studio.job import Job, Result
from bot.studio.results import height_of
from bot.words import Words

_NAME = 40  # characters of a name in a file's


def stands_in_the_way(words: Words, seedream: Seedream, model: str, allowed: Sequence[str]) -> str | None:
    """Why a model takes no picture apart here, and what to do; nothing if it does, or if nobody knows it."""
    able, known = seedream.layering(), seedream.catalogue.resolve(model)
    if not able:
        keys = words.listed([f"`{key}`" for key in _keys(seedream)], "or")
        return words.say(
            "No provider here can split pictures into layers · the owner of the bot can add one: {keys}", keys=keys
        )
    if known is None or known.key in able:
        return None
    choices = [f"`{key}`" for key in able if not allowed or key in allowed]
    if not choices:
        return words.say("No model that splits pictures into layers is allowed on this server · ask its moderators")
    facts = {"option": words.name("model"), "model": known.title}
    what = words.say("`{option}`: {model} cannot split pictures into layers here", **facts)
    return " · ".join((what, words.say("choose {models}", models=words.listed(choices, "or"))))


def able_as(seedream: Seedream, usual: str, allowed: Sequence[str] = ()) -> str:
    """The usual model if it takes pictures apart, else of those that do, and are allowed, the one that makes the fewest
    layers at the most: nobody shall be asked for a hundred pictures who has not said so."""
    models, known = seedream.catalogue.models, seedream.catalogue.resolve(usual)
    able = [key for key in seedream.layering() if not allowed or key in allowed]
    if not able or (known is not None and known.key in able):
        return usual
    return min(able, key=lambda key: models[key].layers)


def is_layered(job: Job) -> bool:
    """Whether a picture was taken apart."""
    return bool(job.request.get("layers"))


def description(words: Words, layer: Result, top: int) -> str:
    """What a layer is, for those who do not see it: its place in the stack, of which the highest is `top`, its name,
    what is on it, where it lies."""
    told, height = layer.layer or {}, height_of(layer)
    if height == 0:
        head = words.plural("Base picture, below {count} layer", "Base picture, below {count} layers", top)
    else:
        head = words.say("Layer {number} of {count}", number=words.number(height), count=words.number(top))
    parts = [head, _plain(told.get("name")), _plain(told.get("description"))]
    if (place := place_of(layer)) is not None:
        parts.append(words.say("{width} × {height} pixels, {left} from the left, {top} from the top", **place))
    return " · ".join(filter(None, parts))


def file_name(layer: Result, number: int, count: int, extension: str) -> str:
    """What the file of a layer is called among the others: "02-red-fox.png"."""
    name = _plain((layer.layer or {}).get("name")) or ("background" if height_of(layer) == 0 else "layer")
    letters = "".join(letter if letter.isalnum() else " " for letter in name.lower())
    return f"{number:0{max(2, len(str(count)))}}-{'-'.join(letters.split())[:_NAME].strip('-') or 'layer'}.{extension}"


def entry(layer: Result, file: str) -> dict[str, Any]:
    """A layer as the list of all of them tells of it, for whoever puts them together again."""
    told = layer.layer or {}
    texts = {name: text for name in ("name", "description") if (text := _plain(told.get(name)))}
    box = {"box": place_of(layer)} if told.get("box") else {}
    return {"file": file, "order": height_of(layer), "size": _size(layer), **texts, **box}


def place_of(layer: Result) -> dict[str, int] | None:
    """Where a layer lies on the base picture, in pixels; None where nobody has told."""
    box = (layer.layer or {}).get("box")
    if not isinstance(box, Mapping) or len(box.get("absolute") or ()) != 4:
        return None
    left, top, right, bottom = (int(edge) for edge in box["absolute"])
    return {"left": left, "top": top, "width": right - left, "height": bottom - top}


def _size(layer: Result) -> list[int] | None:
    width, _, height = (layer.size or "").partition("x")
    return [int(width), int(height)] if width.isdecimal() and height.isdecimal() else None


def _plain(text: object) -> str:
    """A text of the model's on one line."""
    shown = "".join(letter if letter.isprintable() else " " for letter in text) if isinstance(text, str) else ""
    return " ".join(shown.split())


def _keys(seedream: Seedream) -> list[str]:
    """The settings that would bring a provider that takes pictures apart."""
    models = [model for model in seedream.catalogue.models.values() if model.layers]
    providers = seedream.catalogue.providers.items()
    able = [name for name, provider in providers if "layer_decomposition" in provider.fields]
    return [key_field(name).upper() for name in able if any(name in model.ids for model in models)]
