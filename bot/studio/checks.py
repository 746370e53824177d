"""What a value of a preference may be: each check gives the value in its plainest form, or says what is wrong."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.seedream.catalogue import Catalogue
from bot.seedream.sizes import parse_ratio, preset_pixels
from bot.studio.blocklist import LONGEST, Blocklist
from bot.words import Words, sentence

Check = Callable[[str, Any], Any]

MANY = 250  # so many roles a server can have
MOST_WORDS = 500
LONGEST_REASON = 300
_LONG = 100
_LARGEST = 2**63 - 1


class BadPreference(Exception):
    """A value that makes no sense: of which field, what is wrong with it, and what would be right.

    `what` and `fix` are English; `says` and `advises` are the sentences that they were made of, with places for
    `facts`, for people who read another language. A fact that is a tuple is what there is to choose from.
    """

    def __init__(self, name: str, says: str, advises: str, **facts: object) -> None:
        self.field = name
        self.says, self.advises, self.facts = says, advises, facts
        told = {
            fact: Words().listed(map(str, value), "or") if isinstance(value, tuple) else value
            for fact, value in facts.items()
        }
        self.what, self.fix = says.format_map(told), advises.format_map(told)
        super().__init__(f"{name} {self.what}: {self.fix}")


@dataclass(frozen=True, slots=True)
class Number:
    """A number: from where to where, and which of two is better for people."""

    most: float
    least: float = 0
    whole: bool = True
    best: Callable[[Iterable[float]], float] = max

    def __call__(self, name: str, value: Any) -> float:
        """The value, if it is one."""
        bounds = {"least": self.least, "most": self.most}
        if isinstance(value, bool) or not isinstance(value, int | float) or value != value:
            raise BadPreference(
                name, sentence("is not a number"), sentence("write one from {least} to {most}"), **bounds
            )
        advice = sentence("write a number from {least} to {most}")
        if value < self.least:
            raise BadPreference(name, sentence("is less than {least}"), advice, **bounds)
        if value > self.most:
            raise BadPreference(name, sentence("is more than {most}"), advice, **bounds)
        if self.whole and value != int(value):
            low = int(value)
            says, fix = sentence("is not a whole number"), sentence("write {low} or {high}")
            raise BadPreference(name, says, fix, low=low, high=low + 1)
        return int(value) if self.whole else float(value)


@dataclass(frozen=True, slots=True)
class OneOf:
    """One of some words."""

    words: tuple[str, ...]

    def __call__(self, name: str, value: Any) -> str:
        """The word, if it is one of them."""
        if value not in self.words:
            says, fix = sentence("is not something to choose"), sentence("choose {choices}")
            raise BadPreference(name, says, fix, choices=self.words)
        return str(value)


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list of at most so many things, each once."""

    check: Check
    most: int = MANY

    def __call__(self, name: str, value: Any) -> list[Any]:
        """The list, if everything in it is what it should be."""
        if isinstance(value, str | Mapping) or not isinstance(value, Sequence) or len(value) > self.most:
            says, fix = sentence("is not a list of names"), sentence("write at most {most}, or none to allow all")
            raise BadPreference(name, says, fix, most=self.most)
        return list(dict.fromkeys(self.check(name, each) for each in value))


def switch(name: str, value: Any) -> bool:
    """True or false."""
    if not isinstance(value, bool):
        raise BadPreference(name, sentence("is neither true nor false"), sentence("write one of them"))
    return value


def word(name: str, value: Any) -> str:
    """A short name."""
    if not isinstance(value, str) or not 0 < len(value.strip()) <= _LONG:
        raise BadPreference(
            name, sentence("is not a name"), sentence("write one of 1 to {most} characters"), most=_LONG
        )
    return value.strip()


def reason(name: str, value: Any) -> str:
    """Why something was done, in the words of who did it."""
    if not isinstance(value, str) or not 0 < len(value.strip()) <= LONGEST_REASON:
        says, fix = sentence("is not a reason"), sentence("write 1 to {most} characters")
        raise BadPreference(name, says, fix, most=LONGEST_REASON)
    return " ".join(value.split())


def number_of(name: str, value: Any) -> int:
    """The number of a role or a channel, as Discord gives them out."""
    text = "" if isinstance(value, bool | float) else str(value)
    if not (text.isascii() and text.isdecimal() and int(text) <= _LARGEST):
        raise BadPreference(name, sentence("is not the id of a role or a channel"), sentence("write its number"))
    return int(text)


def ratio(name: str, value: Any) -> str:
    """A shape like 16:9 that some model may draw."""
    found = parse_ratio(value) if isinstance(value, str) else None
    if found is None or not 1 / 16 <= found <= 16:
        raise BadPreference(name, sentence("is not a ratio"), sentence("write one from 1:16 to 16:1, such as 16:9"))
    return str(value).strip()


def blockable(name: str, value: Any) -> str:
    """A word or a phrase that can be looked for."""
    if not isinstance(value, str) or not 0 < len(value.strip()) <= LONGEST:
        says, fix = sentence("contains something that is not a word"), sentence("write 1 to {most} characters")
        raise BadPreference(name, says, fix, most=LONGEST)
    if not Blocklist.takes(value):
        says = sentence('contains "{word}", which would match everything or nothing')
        raise BadPreference(name, says, sentence("write a word of two letters or more"), word=value.strip())
    return " ".join(value.split())


@dataclass(frozen=True, slots=True)
class Offer:
    """What there is to choose from: the models of a catalogue, and their sizes."""

    catalogue: Catalogue

    def model(self, name: str, value: Any) -> str:
        """A model by any of its names, as its key; "ep-…" ids as they are."""
        given = word(name, value)
        found = self.catalogue.resolve(given)
        if found is None and not given.lower().startswith("ep-"):
            says, fix = sentence('there is no model "{given}"'), sentence("choose {choices}")
            raise BadPreference(name, says, fix, given=given, choices=tuple(self.catalogue.models))
        return found.key if found else given

    def size(self, name: str, value: Any) -> str:
        """A preset that at least one model has, as the API spells it."""
        given = word(name, value)
        sizes = self.sizes()
        found = next((size for size in sizes if size.lower() == given.lower()), None)
        if found is None:
            says, fix = sentence('there is no size "{given}"'), sentence("choose {choices}")
            raise BadPreference(name, says, fix, given=given, choices=tuple(sizes))
        return found

    def sizes(self) -> list[str]:
        """Every size by its name, the smallest first."""
        every = {preset for model in self.catalogue.models.values() for preset in model.presets}
        return sorted(filter(preset_pixels, every), key=lambda preset: preset_pixels(preset) or 0)


def most(values: Iterable[float]) -> float:
    """The largest allowance, where 0 is no limit."""
    return max(values, key=lambda value: value or math.inf)
