"""The options of commands: what each is called, what it takes, what it suggests while somebody types."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import discord
from discord import app_commands
from discord.app_commands import locale_str

from bot.store.documents import clean
from bot.ui import abilities
from bot.ui.abilities import Choices
from bot.ui.flags import LARGEST_SEED
from bot.ui.house import House
from bot.ui.translator import described
from bot.ui.wanted import Wanted
from bot.words import Words

LONGEST_PROMPT = 4000  # as much as a field of a form takes, so that every prompt can be changed in one
LONGEST_STORY = 15
MOST_PICTURES = 10

Suggest = Callable[[discord.Interaction[Any], str], Any]
F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Option:
    """One option. Without a default it has to be given."""

    name: str
    takes: Any
    description: locale_str
    default: Any = inspect.Parameter.empty
    choices: tuple[tuple[locale_str, str], ...] = ()  # what people read, and its value
    suggest: Suggest | None = None


def takes(*options: Option) -> Callable[[F], Any]:
    """Give a method of a cog these options: it gets those that were used by their names, in `**given`.

    The options of a command are the parameters of its function for discord.py, and a function with twenty of them
    is nothing that anybody wants to read.
    """

    def give(method: F) -> Any:
        first = [parameter for parameter in inspect.signature(method).parameters.values() if parameter.name != "given"]
        method.__signature__ = inspect.Signature([*first, *map(_parameter, options)])  # type: ignore[attr-defined]
        app_commands.describe(**{option.name: option.description for option in options})(method)
        choices = {option.name: [_choice(*each) for each in option.choices] for option in options if option.choices}
        app_commands.choices(**choices)(method)
        suggests = {option.name: option.suggest for option in options if option.suggest}
        app_commands.autocomplete(**suggests)(method)
        return method

    return give


def _parameter(option: Option) -> inspect.Parameter:
    kind = inspect.Parameter.KEYWORD_ONLY
    return inspect.Parameter(option.name, kind, default=option.default, annotation=option.takes)


def _choice(name: locale_str, value: str) -> app_commands.Choice[str]:
    return app_commands.Choice(name=name, value=value)


async def _models(interaction: discord.Interaction[Any], typed: str) -> Choices:
    house: House = interaction.client.house
    seedream = house.workshop.seedream
    words = Words(str(interaction.locale))
    return abilities.models(words, seedream.catalogue, offered(house), typed)


async def _layering(interaction: discord.Interaction[Any], typed: str) -> Choices:
    seedream = interaction.client.house.workshop.seedream
    return abilities.models(Words(str(interaction.locale)), seedream.catalogue, seedream.layering(), typed)


async def _sizes(interaction: discord.Interaction[Any], typed: str) -> Choices:
    house: House = interaction.client.house
    name = getattr(interaction.namespace, "model", None) or interaction.client.asking.default_model
    return abilities.sizes(house.workshop.seedream.catalogue.resolve(str(name)), typed)


async def _ratios(interaction: discord.Interaction[Any], typed: str) -> Choices:
    return abilities.ratios(typed)


def offered(house: House) -> list[str]:
    """The models that one of the providers at hand has."""
    seedream = house.workshop.seedream
    return [
        key
        for key in seedream.catalogue.models
        if any(seedream.catalogue.model_id(key, name) for name in seedream.channels)
    ]


Picture = discord.Attachment | None
Text = str | None
Prompt = app_commands.Range[str, 1, LONGEST_PROMPT]

PROMPT = Option("prompt", Prompt, described("What to draw, or what to change in the pictures"))
WISHES = Option("prompt", Prompt | None, described("What the result should be like"), None)
RATIO = Option("ratio", Text, described("The shape, 16:9 for example"), None, suggest=_ratios)
SIZE = Option("size", Text, described("How large: 2K, 4K, or pixels such as 2048x1024"), None, suggest=_sizes)
MODEL = Option("model", Text, described("Which model draws it"), None, suggest=_models)
IMAGE = Option("image", discord.Attachment, described("The picture to split into layers"))
PARTS = Option("prompt", Prompt | None, described("Which elements to separate; the model decides if left out"), None)
LAYERING = Option("model", Text, described("Which model splits it"), None, suggest=_layering)
SEVERAL = app_commands.Range[int, 1, 4]
VARIATIONS = Option("variations", SEVERAL, described("How many pictures, each drawn by itself"), 1)
LENGTH = app_commands.Range[int, 2, LONGEST_STORY]
IMAGES = Option("images", LENGTH, described("How many pictures the story has at most"))
KINDS = ((described("PNG"), "png"), (described("JPEG"), "jpeg"))
FORMAT = Option("format", Text, described("The kind of file"), None, choices=KINDS)
SIGHT = (
    (described("Everybody here"), "public"),
    (described("Only me"), "private"),
    (described("Hidden behind a spoiler"), "spoiler"),
)
VISIBILITY = Option("visibility", Text, described("Who sees the answer"), None, choices=SIGHT)
TRANSPARENT = Option("transparent", bool, described("Leave the background out"), False)
WEB_SEARCH = Option("web_search", bool, described("Let the model look things up first"), False)
NUMBER = app_commands.Range[int, -1, LARGEST_SEED]
SEED = Option("seed", NUMBER | None, described("The same seed gives the same picture"), None)
CLOSENESS = app_commands.Range[float, 1, 10]
GUIDANCE = Option("guidance", CLOSENESS | None, described("How closely to follow the prompt"), None)


def pictures(count: int, needed: int = 0) -> list[Option]:
    """Options for so many pictures, of which the first have to be given."""
    return [
        Option(
            f"image{number}",
            discord.Attachment if number <= needed else Picture,
            described("A reference picture"),
            inspect.Parameter.empty if number <= needed else None,
        )
        for number in range(1, count + 1)
    ]


def wanted(given: Mapping[str, Any], verb: str, notes: tuple[str, ...] = ()) -> Wanted:
    """What somebody wants who has used these options."""
    attached = [given.get("image"), *(given.get(f"image{number}") for number in range(1, MOST_PICTURES + 1))]
    return Wanted(
        prompt=clean(given.get("prompt") or ""),
        attachments=tuple(filter(None, attached)),
        model=given.get("model"),
        ratio=given.get("ratio"),
        size=given.get("size"),
        max_images=given.get("images"),
        output_format=given.get("format"),
        visibility=given.get("visibility"),
        transparent=bool(given.get("transparent")),
        web_search=bool(given.get("web_search")),
        seed=given.get("seed"),
        guidance=given.get("guidance"),
        layers=verb == "layers",
        variations=given.get("variations") or 1,
        verb=verb,
        notes=notes,
    )
