"""What a model can do, in one short line: for lists of models, and for those who have asked for what it cannot do."""

from collections.abc import Iterable, Iterator

from discord import app_commands

from bot.seedream.catalogue import Catalogue, Model
from bot.seedream.sizes import parse, parse_ratio
from bot.seedream.tables import plain
from bot.words import Words

MOST = 25  # choices that Discord shows
_LONGEST = 100  # characters of one
RATIOS = ("1:1", "4:3", "3:4", "3:2", "2:3", "16:9", "9:16", "21:9")
_PIXELS = "2048x2048"

Choices = list[app_commands.Choice[str]]


def abilities(words: Words, model: Model) -> str:
    """What it can do: "2K, 4K · up to 14 pictures · sets"."""
    return " · ".join(_abilities(words, model))


def _abilities(words: Words, model: Model) -> Iterator[str]:
    if not model.adapts:
        yield ", ".join(model.presets) or words.say("pixels")
    least, most = model.references
    if most and not model.text_to_image:
        yield words.plural("needs {count} picture", "needs {count} pictures", max(1, least))
    elif most:
        yield words.plural("up to {count} picture", "up to {count} pictures", most)
    if model.sequence:
        yield words.say("sets")
    if model.layers:
        yield words.plural("up to {count} layer", "up to {count} layers", model.layers)
    if model.web_search:
        yield words.say("web search")
    if "transparent" in model.backgrounds:
        yield words.say("transparent")
    if model.format_settable and len(model.formats) > 1:
        yield "/".join(model.formats)
    if model.seed:
        yield words.say("seed")
    if model.guidance:
        yield words.say("guidance")


def models(words: Words, catalogue: Catalogue, offered: Iterable[str], typed: str) -> Choices:
    """Models that are offered and whose names resemble what has been typed so far."""
    wanted = plain(typed)
    keys = set(offered)
    found = [
        model
        for key, model in catalogue.models.items()
        if key in keys and any(wanted in plain(name) for name in (key, model.title, *model.aliases))
    ]
    return [_choice(f"{model.title}: {abilities(words, model)}", model.key) for model in found][:MOST]


def sizes(model: Model | None, typed: str) -> Choices:
    """What the model has, and whatever pixels somebody types."""
    known = [*(model.presets if model else ("1K", "2K", "4K")), *([_PIXELS] if model is None or model.area else [])]
    return _matching(known, typed, bool(parse(typed)))


def ratios(typed: str) -> Choices:
    """The usual ones, and whatever else somebody types."""
    return _matching(RATIOS, typed, bool(parse_ratio(typed)))


def _matching(known: Iterable[str], typed: str, sensible: bool) -> Choices:
    wanted = typed.strip().lower()
    found = [name for name in known if wanted in name.lower()]
    own = [typed.strip()[:_LONGEST]] if sensible and typed.strip() not in found else []
    return [_choice(name, name) for name in (*own, *found)][:MOST]


def _choice(name: str, value: str) -> app_commands.Choice[str]:
    short = name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1]}…"
    return app_commands.Choice(name=short, value=value)
