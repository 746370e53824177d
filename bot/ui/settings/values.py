"""Values between the database and people: how each is shown, how it stands in a form, and how it is read from there."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.seedream.catalogue import Catalogue
from bot.studio.checks import BadPreference
from bot.studio.money import MILLION, dollars
from bot.ui.settings.fields import ON_OFF, Field, Kind
from bot.words import LANGUAGES, Words, sentence
from bot.words.catalogues import spoken

LONGEST = 300  # characters of one value on a page
LISTED = 8  # things of a list that are named on a page
# What people who read a language call it; languages are offered in their own names, as Discord does.
TONGUES: Mapping[str, str] = {
    "en": "English",
    "zh-CN": "中文",
    "ja": "日本語",
    "ko": "한국어",
    "es-ES": "Español",
    "pt-BR": "Português do Brasil",
    "nl": "Nederlands",
    "de": "Deutsch",
    "fr": "Français",
}
_NUMBERS = {Kind.COUNT, Kind.MONEY, Kind.SECONDS, Kind.SHARE}
# A comma with three digits behind it may be meant either way.
_AMOUNT = re.compile(r"(?:US)?\$?([0-9]{1,12})(?:\.([0-9]{1,6})|,([0-9]{1,2}))?(?:\$|USD)?", re.IGNORECASE)
_PLAIN = re.compile(r"[0-9]{1,12}(?:[.,][0-9]{1,6})?")


@dataclass(frozen=True, slots=True)
class Speaker:
    """Says values in somebody's language."""

    words: Words
    catalogue: Catalogue

    def value(self, field: Field, value: Any, most: int = LISTED) -> str:
        """A value in a few words; None, and whatever means as much, is what the field says of that."""
        say = self.words.say
        if field.kind is Kind.SWITCH:
            return say(dict(ON_OFF)["on" if value else "off"])
        if field.kind in _NUMBERS and not value:
            return say(field.none) if field.none else "0"
        if value in (None, "", [], ()):
            return say(field.none) if field.none else "–"
        if isinstance(value, list | tuple):
            return self._listed([self._one(field, each) for each in value], most)
        return self._one(field, value)

    def _one(self, field: Field, value: Any) -> str:
        match field.kind:
            case Kind.ROLES:
                return f"<@&{value}>"
            case Kind.CHANNELS | Kind.CHANNEL:
                return f"<#{value}>"
            case Kind.MODEL | Kind.MODELS:
                return self.model(str(value))
            case Kind.CHOICE:
                return self.words.say(dict(field.choices).get(str(value), str(value)))
            case Kind.LANGUAGE:
                return TONGUES.get(str(value), str(value))
            case Kind.MONEY:
                return self.words.money(int(value))
            case Kind.COUNT | Kind.SECONDS | Kind.SHARE:
                return self.words.number(value)
            case Kind.SIZE | Kind.SIZES | Kind.RATIO:
                return plain(str(value))
            case Kind.WORDS:
                return f"||{code(value)}||"
            case _:
                return code(value)

    def model(self, key: str) -> str:
        """A model as people know it."""
        known = self.catalogue.resolve(key)
        return known.title if known else code(key)

    def _listed(self, items: Sequence[str], most: int) -> str:
        shown = list(items[:most])
        while len(shown) > 1 and sum(map(len, shown)) > LONGEST:
            shown.pop()
        if more := len(items) - len(shown):
            shown.append(self.words.plural("{count} more", "{count} more", more))
        return self.words.listed(shown)

    def mistake(self, error: BadPreference, titles: Mapping[str, Field]) -> str:
        """What is wrong with a value, and what would be right, by the name that people know it by."""
        field = titles.get(error.field.rpartition(".")[2])
        money = field is not None and field.kind is Kind.MONEY
        facts = {name: self._fact(fact, money=money) for name, fact in error.facts.items()}
        what, fix = (self.words.say(text, **facts) for text in (error.says, error.advises))
        return f"**{self.words.say(field.title) if field else code(error.field)}** {what} · {fix}"

    def _fact(self, fact: object, *, money: bool) -> str:
        if isinstance(fact, int | float):
            return self.words.money(int(fact)) if money else self.words.number(fact)
        if isinstance(fact, tuple):
            return self.words.listed((plain(str(choice)) for choice in fact), "or")
        return plain(str(fact))


def languages() -> list[tuple[str, str]]:
    """The languages that the bot speaks, each with the name that its readers use."""
    return [(TONGUES[each], each) for each in LANGUAGES if each == "en" or each in spoken()]


def typed(field: Field, value: Any) -> str:
    """A value as it stands in a form; nothing where nothing is set."""
    if value is None:
        return ""
    if field.kind is Kind.MONEY:
        whole, part = divmod(int(value), MILLION)
        rest = f"{part:06}".rstrip("0")
        return f"{whole}.{rest:0<2}" if rest else str(whole)
    return f"{value:g}" if isinstance(value, float) else str(value)


def read(field: Field, text: str) -> Any:
    """What somebody has written into a form: None takes the value back. Numbers that are none are handed on as they
    are, for the check that knows the bounds to refuse; raises BadPreference for money that cannot be read."""
    said = re.sub(r"\s", "", unicodedata.normalize("NFKC", text))
    if not said:
        return None
    if field.kind is Kind.NAME:
        return text.strip()
    if field.kind is Kind.MONEY:
        found = _AMOUNT.fullmatch(said)
        if found is None:
            raise BadPreference(field.name, sentence("is not an amount of money"), sentence("write it like 12.50"))
        return dollars(f"{found[1]}.{found[2] or found[3] or 0}")
    if not _PLAIN.fullmatch(said):
        return negative(said)
    number = float(said.replace(",", "."))
    return int(number) if number == int(number) else number


def negative(said: str) -> int | str:
    """A whole number below zero, which the check has its own words for; anything else as it is."""
    return int(said) if re.fullmatch(r"-[0-9]{1,12}", said) else said


def several(text: str) -> list[str]:
    """Words or names that somebody has listed, one in a line or with commas between them."""
    found = (" ".join(part.split()) for part in re.split(r"[\n,，、;；]", text))
    return list(dict.fromkeys(filter(None, found)))


def code(value: object) -> str:
    """A value in a font of its own, which cannot end it."""
    return f"`{plain(str(value))[:LONGEST]}`"


def plain(text: str) -> str:
    """What somebody has written, doing nothing where it is shown."""
    return text.replace("`", "ˋ").replace("@", "@\u200b").replace("|", "∣")


def without(values: Iterable[str], gone: Iterable[str]) -> list[str]:
    """The list without these, however they are spelled."""
    left = {each.casefold() for each in gone}
    return [each for each in values if each.casefold() not in left]
