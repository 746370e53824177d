"""Saying something in a locale.

Sentences are English in the code and in the catalogues' msgid, with named places: `say("Image {number}", number=1)`.
What is said later than it is written stands in `sentence(...)`, so that it gets into the catalogues all the same, and
names of commands and options in `word(...)`. Commands are named in sentences as they are in the code, `/show {job}`,
also in the catalogues; people read them as they are called in their language. Descriptions of commands, where Discord
shows no code, name them bare: "with /layers".
"""

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from functools import cache
from string import digits
from typing import Literal

from babel import Locale
from babel.dates import format_skeleton
from babel.lists import format_list
from babel.numbers import format_currency, format_decimal, format_percent

from bot.words.catalogues import catalogue, spoken
from bot.words.locales import ENGLISH, language_of
from bot.words.pseudo import PSEUDO, accented, accented_name

NAME = "name"  # the context of names of commands and options: they are words, but not the words of sentences
_MILLION = 1_000_000
_COMMAND = re.compile(r"(?<=`/)[a-z_]+(?: [a-z_]+)*|(?:(?<= /)|(?<=^/))[a-z_]+")

Clock = Literal["t", "T", "d", "D", "f", "F", "R"]


def sentence(text: str) -> str:
    """The text itself: it is for the catalogues, and will be said by `Words.say`."""
    return text


def word(name: str) -> str:
    """The name itself: it is for the catalogues, and will be said by `Words.name`."""
    return name


class Words:
    """The words for one locale, as Discord names it; in English where nobody has put them into its language yet.

    Making one costs nothing after the first of its language.
    """

    def __init__(self, locale: str = ENGLISH) -> None:
        self.pseudo = locale == PSEUDO
        language = language_of(locale)
        self.language = language if language in spoken() else ENGLISH
        self._catalogue = catalogue(self.language)
        self._locale = _locale(self.language)

    def say(self, sentence: str, /, **facts: object) -> str:
        """The sentence with its facts in place."""
        return self._told(self._catalogue.gettext(sentence)).format_map(facts)

    def plural(self, one: str, many: str, count: int, /, **facts: object) -> str:
        """The form of the sentence for so many; `{count}` in it is the number as people write it."""
        told = self._told(self._catalogue.ngettext(one, many, count))
        return told.format_map({"count": self.number(count), **facts})

    def name(self, name: str) -> str:
        """The name of a command or an option; those with a number ("image1") go by what they are numbers of."""
        stem = name.rstrip(digits)
        said = accented_name(stem) if self.pseudo else self._catalogue.pgettext(NAME, stem)
        return f"{said}{name[len(stem) :]}"

    def number(self, number: float) -> str:
        """A number with the separators that people use."""
        return format_decimal(number, locale=self._locale)

    def percent(self, part: float) -> str:
        """A part of 1 as a percentage."""
        return format_percent(part, locale=self._locale)

    def money(self, cost: int) -> str:
        """Millionths of a US dollar, with as many digits as it takes and at least cents: "$1.50", "$0.0004"."""
        pattern = self._locale.currency_formats["standard"].pattern.replace("0.00", "0.00####")
        return format_currency(Decimal(cost) / _MILLION, "USD", pattern, locale=self._locale, currency_digits=False)

    def listed(self, items: Iterable[str], style: Literal["standard", "or"] = "standard") -> str:
        """Things one after another: "a, b, and c"."""
        return format_list(list(items), style, locale=self._locale)

    def day(self, day: date) -> str:
        """A day of the year as people write it in little room: "Nov 20"."""
        return format_skeleton("MMMd", day, locale=self._locale)

    def time(self, at: float, style: Clock = "R") -> str:
        """A point in time that everybody's Discord shows in its own zone and language, "R" as in "in 5 minutes"."""
        return f"<t:{at:.0f}:{style}>"

    def _told(self, sentence: str) -> str:
        if self.pseudo:
            return accented(sentence)
        return _COMMAND.sub(lambda command: " ".join(map(self.name, command[0].split())), sentence)


@cache
def _locale(language: str) -> Locale:
    return Locale.parse(language, sep="-")
