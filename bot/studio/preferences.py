"""What the moderators of a server have set, for all of it and by channel, and what people have set for themselves.

Every value is checked before it is kept. What a newer release has written is left alone, and kept.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, fields
from typing import Any

from sqlalchemy import bindparam, select, update

from bot.store.database import Transaction
from bot.store.tables import preferences
from bot.studio import deeds
from bot.studio.checks import (
    MANY,
    MOST_WORDS,
    BadPreference,
    Check,
    ListOf,
    Number,
    Offer,
    OneOf,
    blockable,
    number_of,
    ratio,
    reason,
    switch,
    word,
)
from bot.studio.money import dollars
from bot.studio.rules import ALWAYS, ANYONE, FREE, OF_PLACES, OF_SERVERS, OF_TIERS, OFF, OWN, VISIBILITIES, Rules, Tier
from bot.words import sentence
from bot.words.locales import LANGUAGES

SERVER, PERSON = "server", "person"  # scopes
_LISTS = {"tiers": "role", "places": "channel"}  # what is kept by the number of a role or a channel

Known = Mapping[str, Check]

_STANDARDS: Known = {  # what is taken where nobody says it
    "default_model": word,
    "default_ratio": ratio,
    "default_size": word,
    "default_visibility": OneOf(VISIBILITIES),
}
IN_PLACE: Known = {  # what a channel may set for itself
    "paused": switch,
    "models": ListOf(word),
    "sizes": ListOf(word),
    "most_images": Number(1000),
    "roles": ListOf(number_of),
    "denied_roles": ListOf(number_of),
    "references": OneOf((ANYONE, OWN, OFF)),
    "age_restricted_only": switch,
    "spoiler": OneOf((FREE, ALWAYS)),
    "blocked_words": ListOf(word, MOST_WORDS),
    "confirm_cost": Number(dollars("100000")),
    "confirm_images": Number(1000),
    "language": OneOf(LANGUAGES),
    **_STANDARDS,
    **OF_PLACES,
}
IN_SERVER: Known = {
    **IN_PLACE,
    "pause_reason": reason,
    "channels": ListOf(number_of),
    "denied_channels": ListOf(number_of),
    "audit_channel": number_of,
    **OF_SERVERS,
}
IN_TIER: Known = {"name": word, **OF_TIERS}
IN_PERSON: Known = {
    "model": word,
    "ratio": ratio,
    "size": word,
    "visibility": OneOf(VISIBILITIES),
    "language": OneOf(LANGUAGES),
    "dm_when_done": switch,
    "ping_when_done": switch,
}
_RULES = {field.name for field in fields(Rules)}
_LISTED = {name for name, check in IN_SERVER.items() if isinstance(check, ListOf)}


@dataclass(frozen=True, slots=True)
class Person:
    """What somebody has set for themselves; None: whatever is usual."""

    model: str | None = None
    ratio: str | None = None
    size: str | None = None
    visibility: str | None = None
    language: str | None = None
    dm_when_done: bool = False
    ping_when_done: bool = False


@dataclass(frozen=True, slots=True)
class Changed:
    """What a change has come to. `before` and `after` hold only what differs, None where nothing was or is set; the
    values of a role or a channel by dotted names, such as "tiers.99.weight"."""

    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)


def load(tx: Transaction, server: int | None) -> Rules:
    """What a server has set; nothing in direct messages."""
    return rules_of(_stored(tx, SERVER, server)) if server is not None else Rules()


def save(tx: Transaction, server: int, changes: Mapping[str, Any], by: int, offer: Offer) -> Changed:
    """Set values by name; None takes one back. `tiers` and `places` name roles and channels, each with what changes of
    it, or None. It is written into the audit log.

    Raises BadPreference, and then nothing is changed.
    """
    stored = _lock(tx, SERVER, server)
    plain = {name: changes[name] for name in changes if name not in _LISTS}
    values = _changed(stored, plain, _offered(IN_SERVER, offer))
    for name, known in (("tiers", IN_TIER), ("places", _offered(IN_PLACE, offer))):
        if name in changes:
            values[name] = _changed_list(name, stored.get(name, {}), changes[name], known)
    _sensible(values, "")
    for place, inner in values.get("places", {}).items():
        _sensible({**values, **inner}, f"places.{place}.", inner)
    done = _write(tx, SERVER, server, stored, values)
    if done.before != done.after:
        # By what is set now, and where nothing is, by what was: whoever takes a channel out of the log is seen there.
        channel = values.get("audit_channel") or stored.get("audit_channel")
        deed = deeds.Deed(server, by, deeds.SETTINGS, before=done.before, after=done.after)
        deeds.write(tx, deed, channel)
    return done


def log_channel(tx: Transaction, server: int | None) -> int | None:
    """The channel in which a server wants to be told what its moderators do."""
    found = _stored(tx, SERVER, server).get("audit_channel") if server is not None else None
    return found if isinstance(found, int) else None


def load_person(tx: Transaction, user: int) -> Person:
    """What somebody has set for themselves."""
    return Person(**known_of(_stored(tx, PERSON, user), IN_PERSON))


def save_person(tx: Transaction, user: int, changes: Mapping[str, Any], offer: Offer) -> Changed:
    """Set somebody's own values by name; None takes one back. Raises BadPreference, and then nothing is changed."""
    stored = _lock(tx, PERSON, user)
    return _write(tx, PERSON, user, stored, _changed(stored, changes, _offered(IN_PERSON, offer)))


def rules_of(stored: Mapping[str, Any]) -> Rules:
    """What this release understands of what is stored; a newer one may have written more."""
    if not stored:
        return Rules()
    known = known_of(stored, IN_SERVER)
    tiers = {int(role): known_of(tier, IN_TIER) for role, tier in stored.get("tiers", {}).items()}
    return Rules(
        values={name: known[name] for name in OF_SERVERS if name in known},
        tiers={
            role: Tier(tier.get("name", ""), {name: tier[name] for name in OF_TIERS if name in tier})
            for role, tier in tiers.items()
        },
        places={int(place): _frozen(known_of(inner, IN_PLACE)) for place, inner in stored.get("places", {}).items()},
        **{name: value for name, value in _frozen(known).items() if name in _RULES},
    )


def known_of(stored: Mapping[str, Any], checks: Known) -> dict[str, Any]:
    """The values that have a meaning here; one that has none is as if it were not set."""
    found = {}
    for name in stored.keys() & checks.keys():
        with suppress(BadPreference):
            found[name] = checks[name](name, stored[name])
    return found


def _frozen(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if name in _LISTED else value for name, value in values.items()}


def _offered(known: Known, offer: Offer) -> Known:
    """The same checks as they are for what is new: models and sizes are those that there are, words can be found."""
    now: dict[str, Check] = {
        "models": ListOf(offer.model),
        "sizes": ListOf(offer.size),
        "blocked_words": ListOf(blockable, MOST_WORDS),
        **dict.fromkeys(("default_model", "model"), offer.model),
        **dict.fromkeys(("default_size", "size"), offer.size),
    }
    return {name: now.get(name, check) for name, check in known.items()}


def _sensible(values: Mapping[str, Any], place: str, named: Mapping[str, Any] | None = None) -> None:
    """What is taken where nobody says anything must be allowed."""
    for name, among in (("default_model", "models"), ("default_size", "sizes")):
        value, allowed = values.get(name), values.get(among)
        ours = named is None or name in named or among in named
        if ours and value and allowed and value not in allowed:
            says, fix = sentence("is not among the allowed ones"), sentence("allow it too, or choose {choices}")
            raise BadPreference(f"{place}{name}", says, fix, choices=tuple(allowed))


def _changed(stored: Mapping[str, Any], changes: Any, known: Known, place: str = "") -> dict[str, Any]:
    """What is stored with changes in it, each of them checked; everything else stays, what nobody knows too."""
    if not isinstance(changes, Mapping):
        says = sentence("is not a list of names and values")
        raise BadPreference(place.removesuffix("."), says, sentence("write such a list"))
    values = dict(stored)
    if "paused" in changes and "pause_reason" in known:  # the reason was that of another pause
        changes = {"pause_reason": None, **changes}
    for name, value in changes.items():
        if name not in known:
            says, fix = sentence("is not a preference"), sentence("it can be {choices}")
            raise BadPreference(f"{place}{name}", says, fix, choices=tuple(known))
        values[name] = None if value is None else known[name](f"{place}{name}", value)
    return {name: value for name, value in values.items() if value is not None}


def _changed_list(name: str, stored: Mapping[str, Any], changes: Any, known: Known) -> dict[str, Any]:
    """The tiers by role, or the places by channel, whose numbers are text in JSON."""
    if changes is None:
        return {}
    if not isinstance(changes, Mapping):
        says = sentence("is not a list of roles or channels and their values")
        raise BadPreference(name, says, sentence("name each by its id"))
    found = dict(stored)
    for number, change in changes.items():
        key = str(number_of(f"{name}.{number}", number))
        found[key] = None if change is None else _changed(found.get(key, {}), change, known, f"{name}.{key}.")
    kept = {key: inner for key, inner in found.items() if inner is not None}
    if len(kept) > MANY:
        raise BadPreference(name, sentence("are more than {most}"), sentence("remove some of them"), most=MANY)
    return kept


def _stored(tx: Transaction, scope: str, subject: int) -> Mapping[str, Any]:
    found: Mapping[str, Any] | None = tx.run(_STORED, {"its_scope": scope, "its_subject": subject}).scalar()
    return found or {}


_ROW = (preferences.c.scope == bindparam("its_scope"), preferences.c.subject == bindparam("its_subject"))
_STORED = select(preferences.c["values"]).where(*_ROW)


def _lock(tx: Transaction, scope: str, subject: int) -> dict[str, Any]:
    """What is stored, with its row locked: of two who save at the same time the second sees what the first has set."""
    fresh = tx.insert(preferences).values(scope=scope, subject=subject, values={}, changed_at=tx.now)
    locked = fresh.on_conflict_do_update(
        index_elements=[preferences.c.scope, preferences.c.subject], set_={"changed_at": tx.now}
    )
    return dict(tx.run(locked.returning(preferences.c["values"])).scalar_one())


def _write(tx: Transaction, scope: str, subject: int, stored: Mapping[str, Any], values: Mapping[str, Any]) -> Changed:
    tx.run(update(preferences).where(*_ROW).values(values=values), {"its_scope": scope, "its_subject": subject})
    before, after = _flat(stored), _flat(values)
    names = [name for name in dict.fromkeys((*before, *after)) if before.get(name) != after.get(name)]
    return Changed({name: before.get(name) for name in names}, {name: after.get(name) for name in names})


def _flat(values: Mapping[str, Any]) -> dict[str, Any]:
    """Dotted names for what is in tiers and places."""
    found = {name: value for name, value in values.items() if name not in _LISTS}
    for group in _LISTS:
        for number, inner in values.get(group, {}).items():
            found |= {f"{group}.{number}": {}} if not inner else {}
            found |= {f"{group}.{number}.{name}": value for name, value in inner.items()}
    return found
