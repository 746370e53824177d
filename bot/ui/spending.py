"""What was used, as a chart in people's words: which panels a view has, what is called how, and the text above it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from unicodedata import category

from bot.images.charts import Chart, Panel
from bot.studio.usage import Figures, Share, Usage
from bot.words import Words, sentence

IMAGES, MONEY, MODELS, MEMBERS = "images", "money", "models", "members"
VIEWS: Mapping[str, str] = {
    IMAGES: sentence("Pictures"),
    MONEY: sentence("Money"),
    MODELS: sentence("By model"),
    MEMBERS: sentence("By member"),
}
THEMES = ("dark", "light")
LONGEST = 2000
_ENGLISH = Words()
_NO_LETTERS = {"So", "Sk", "Mn", "Cf", "Cs", "Co", "Cn"}

Measure = Callable[[Figures], int]


@dataclass(frozen=True, slots=True)
class Name:
    """What somebody is called in a server, and under an account's plain letters."""

    shown: str
    plain: str = ""


def text(words: Words, found: Usage, days: int, place: str) -> str:
    """What stands over the chart: all of it in a line or two."""
    head = "**" + words.plural("{place}, the last {count} day", "{place}, the last {count} days", days, place=place)
    total = found.total
    if not total.jobs:
        return f"{head}**\n{words.say('Nobody has asked for anything in this time')}"
    told = [
        words.plural("{count} picture", "{count} pictures", total.images),
        words.plural("{count} request", "{count} requests", total.jobs),
        words.money(total.cost),
    ]
    if total.refused:
        told.append(words.plural("{count} refused by the provider", "{count} refused by the provider", total.refused))
    return f"{head}**\n{' · '.join(told)}"[:LONGEST]


def chart(words: Words, found: Usage, view: str, place: str, names: Mapping[int, Name], *, dark: bool) -> Chart:
    """The picture of a view. Its days are those of UTC."""
    note, plain_note = _note(words, found), _note(_ENGLISH, found)
    title, plain = words.say("Usage: {place}", place=place), _ENGLISH.say("Usage: {place}", place=place)
    return Chart(title, note, tuple(_panels(words, found, view, names)), dark, plain, plain_note)


def _note(words: Words, found: Usage) -> str:
    first, last = (words.day(found.days[end][0]) for end in (0, -1))
    span = words.say("{first} to {last} (UTC)", first=first, last=last)
    images = words.plural("{count} picture", "{count} pictures", found.total.images)
    return " · ".join((span, images, words.money(found.total.cost)))


def _panels(words: Words, found: Usage, view: str, names: Mapping[int, Name]) -> Sequence[Panel]:
    if view == IMAGES:
        return [_daily(words, found.days, sentence("Pictures per day"), _images, words.number)]
    if view == MONEY:
        return [_daily(words, found.days, sentence("Money per day"), _cost, _money(words))]
    shares = found.models if view == MODELS else found.members
    titles = _BY_MODEL if view == MODELS else _BY_MEMBER
    panels = [_ranked(words, shares, titles[0], _images, words.number, names)]
    if found.total.cost:
        panels.append(_ranked(words, shares, titles[1], _cost, _money(words), names))
    return panels


_BY_MODEL = (sentence("Pictures by model"), sentence("Money by model"))
_BY_MEMBER = (sentence("Pictures by member"), sentence("Money by member"))


def _daily(
    words: Words, days: Sequence[tuple[date, Figures]], title: str, measure: Measure, say: Callable[[float], str]
) -> Panel:
    return Panel(
        words.say(title),
        tuple(words.day(day) for day, _ in days),
        tuple(float(measure(figures)) for _, figures in days),
        say,
        plain=tuple(_ENGLISH.day(day) for day, _ in days),
        plain_title=title,
    )


def _ranked(
    words: Words,
    shares: Sequence[Share],
    title: str,
    measure: Measure,
    say: Callable[[float], str],
    names: Mapping[int, Name],
) -> Panel:
    """The most first, and what all others have used together last."""
    order = sorted(shares, key=lambda share: (share.others, -measure(share.figures)))
    called = [_called(words, share, names) for share in order]
    return Panel(
        words.say(title),
        tuple(name.shown for name in called),
        tuple(float(measure(share.figures)) for share in order),
        say,
        ranked=True,
        plain=tuple(name.plain for name in called),
        plain_title=title,
    )


def _called(words: Words, share: Share, names: Mapping[int, Name]) -> Name:
    if isinstance(share.key, str):
        return Name(share.key, share.key)
    if share.key is not None:
        number = str(share.key)
        name = names.get(share.key, Name(number, number))
        return Name(_letters(name.shown) or name.plain or number, name.plain or number)
    if share.others:
        return Name(words.say("all others"), _ENGLISH.say("all others"))
    return Name(words.say("people who were forgotten"), _ENGLISH.say("people who were forgotten"))


def _letters(name: str) -> str:
    """The name without emoji: few fonts have them, and those in their own size."""
    return " ".join("".join(letter for letter in name if category(letter) not in _NO_LETTERS).split())


def _images(figures: Figures) -> int:
    return figures.images


def _cost(figures: Figures) -> int:
    return figures.cost


def _money(words: Words) -> Callable[[float], str]:
    return lambda cost: words.money(round(cost))
