"""What a change has come to, in words: before → after."""

from collections.abc import Iterable, Sequence

from bot.studio.preferences import Changed
from bot.ui.settings.fields import Field, Kind, Row
from bot.ui.settings.standing import Standing
from bot.ui.settings.values import Speaker
from bot.words import sentence

_NOTHING = sentence("Nothing has changed: it was like that already.")


def told(speaker: Speaker, rows: Sequence[Row], done: Changed, before: Standing, after: Standing) -> str:
    """Each value that differs now, by what holds before and after."""
    names = {name.rpartition(".")[2] for name in done.after}
    lines = [
        "✅ "
        + speaker.words.say(
            "{option}: {value}",
            option=f"**{_title(speaker, row, field)}**",
            value=_differs(speaker, field, before, after),
        )
        for row in rows
        for field in row.fields
        if field.name in names
    ]
    return "\n".join(lines) or f"ℹ️ {speaker.words.say(_NOTHING)}"


def _title(speaker: Speaker, row: Row, field: Field) -> str:
    titles = dict.fromkeys((row.title, field.title))
    return " · ".join(map(speaker.words.say, titles))


def _differs(speaker: Speaker, field: Field, before: Standing, after: Standing) -> str:
    was, now = before.find(field.name).value, after.find(field.name).value
    if field.kind is Kind.WORDS:
        return _words(speaker, field, was or (), now or ())
    return f"{speaker.value(field, was)} → {speaker.value(field, now)}"


def _words(speaker: Speaker, field: Field, was: Iterable[str], now: Iterable[str]) -> str:
    """A list may be long: what has come and gone is what matters."""
    old, new = list(was), list(now)
    changes = (("+", [each for each in new if each not in old]), ("−", [each for each in old if each not in new]))
    return " ".join(f"{sign} {speaker.value(field, words)}" for sign, words in changes if words)
