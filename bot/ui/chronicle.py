"""The lines of the audit log, as people read them: who has done what to whom, and what it was before and after."""

from collections.abc import Iterator, Mapping
from typing import Any

from bot.seedream.catalogue import Catalogue
from bot.studio import deeds
from bot.studio.deeds import Deed
from bot.studio.limits import Period
from bot.studio.members import Block
from bot.studio.rules import Grant
from bot.ui.cards import LONGEST, code
from bot.ui.dossiers import grant
from bot.ui.settings.fields import FIELDS
from bot.ui.settings.values import Speaker
from bot.words import Words, sentence

_LINES: Mapping[str, str] = {
    deeds.SETTINGS: sentence("⚙️ {actor} has changed the settings"),
    deeds.PAUSE: sentence("⏸️ {actor} has paused the bot everywhere"),
    deeds.RESUME: sentence("▶️ {actor} has resumed the bot everywhere"),
    deeds.BLOCK: sentence("⛔ {actor} has blocked {subject}"),
    deeds.UNBLOCK: sentence("✅ {actor} has unblocked {subject}"),
    deeds.GRANT: sentence("➕ {actor} has granted {subject}: {given}"),
    deeds.REVOKE: sentence("➖ {actor} has taken back from {subject}: {taken}"),
    deeds.DELETE: sentence("🗑️ {actor} has deleted picture {subject} of {user}"),
    deeds.CANCEL: sentence("✖️ {actor} has cancelled {subject} of {user}"),
    deeds.DISMISS: sentence("🚩 {actor} has dismissed report {subject} of picture #{job}"),
    deeds.ACT: sentence("🚩 {actor} has acted on report {subject} of picture #{job}"),
}
_UNKNOWN = sentence("❔ {actor} has done something that this version does not know: {deed}")
_REASON = sentence("Reason for the pause")
_PLACES = {"tiers": "<@&{}>", "places": "<#{}>"}


def line(words: Words, deed: Deed, catalogue: Catalogue) -> str:
    """One deed, with what has changed in lines of its own."""
    user = deed.before.get("user")
    facts = {
        "actor": f"<@{deed.actor}>",
        "subject": _subject(deed.subject),
        "user": f"<@{user}>" if user else "?",
        "job": deed.after.get("job", "?"),
        "given": _granted(words, deed.after),
        "taken": _granted(words, deed.before),
        "deed": code(deed.deed),
    }
    lines = [words.say(_LINES.get(deed.deed, _UNKNOWN), **facts), *_more(words, deed, catalogue)]
    return "\n".join(lines)[:LONGEST]


def _more(words: Words, deed: Deed, catalogue: Catalogue) -> Iterator[str]:
    if deed.deed == deeds.SETTINGS:
        yield from _changes(words, deed, Speaker(words, catalogue))
    elif deed.deed in {deeds.BLOCK, deeds.UNBLOCK}:
        was, now = (_held(words, each) for each in (deed.before, deed.after))
        if was and now and deed.before:
            yield f"> {was} → {now}"
        elif was or now:
            yield f"> {now or was}"
    elif deed.deed == deeds.PAUSE and deed.after.get("reason"):
        yield f"> {code(deed.after['reason'], 300)}"


def _changes(words: Words, deed: Deed, speaker: Speaker) -> Iterator[str]:
    for name in dict.fromkeys((*deed.before, *deed.after)):
        was, now = (_value(speaker, name, values.get(name)) for values in (deed.before, deed.after))
        yield "> " + words.say("{option}: {value}", option=_title(words, name), value=f"{was} → {now}")


def _title(words: Words, name: str) -> str:
    """ "tiers.99.at_once" is what it is called, and whose it is."""
    *place, last = name.split(".")
    field = FIELDS.get(last)
    said = words.say(_REASON) if last == "pause_reason" else words.say(field.title) if field else code(last)
    return f"{_PLACES[place[0]].format(place[1])} · {said}" if len(place) == 2 and place[0] in _PLACES else said


def _value(speaker: Speaker, name: str, value: Any) -> str:
    field = FIELDS.get(name.rpartition(".")[2])
    if field is not None:
        return speaker.value(field, value)
    return "–" if value in (None, {}) else code(value)


def _subject(subject: str) -> str:
    kind, _, number = subject.partition("/")
    return {"user": f"<@{number}>", "job": f"#{number}"}.get(kind, number)


def _granted(words: Words, told: Mapping[str, Any]) -> str:
    """A grant as it is written down."""
    period = told.get("period")
    known = Period(period) if period in {each.value for each in Period} else None
    return grant(words, Grant(int(told.get("images", 0)), int(told.get("cost", 0)), known, told.get("until")))


def _held(words: Words, told: Mapping[str, Any]) -> str:
    """A block as it is written down: until when, why."""
    it = Block(0, 0.0, str(told.get("reason", "")), told.get("until"))
    until = words.say("until {when}", when=words.time(it.until, "f")) if it.until is not None else ""
    return " · ".join(filter(None, (until, code(it.reason, 300))))
