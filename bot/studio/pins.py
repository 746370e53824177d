"""Pictures that people keep at hand as references: for an hour each, for all processes, across restarts.

They are rows of `preferences`, one a person; the bytes lie on the shelf, where the janitor leaves them meanwhile.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from sqlalchemy import ColumnElement, delete, select, update

from bot.store.database import Transaction
from bot.store.tables import preferences

LIFE = 3600.0
LINGER = 600.0  # seconds for which the bytes stay after that: somebody may be using them just now
MOST = 10

_SCOPE = "pin"
_OURS = preferences.c.scope == _SCOPE


@dataclass(frozen=True, slots=True)
class Pin:
    """A picture at hand: its name on the shelf, its facts, what it is called, and the person it comes from if that is
    known. `until` is set when it is pinned."""

    shelf: str
    name: str
    media_type: str
    width: int
    height: int
    length: int
    whose: int | None = None
    until: float = 0.0


_FIELDS = {field.name for field in fields(Pin)}


def pin(tx: Transaction, user: int, *pictures: Pin) -> tuple[Pin, ...]:
    """Keep pictures at hand, the ones from before too; what there is now. Of more than MOST the oldest have to go."""
    new = {picture.shelf: replace(picture, until=tx.now + LIFE) for picture in pictures}
    kept = [old for old in _lock(tx, user) if old.shelf not in new]
    return _write(tx, user, [*kept, *new.values()][-MOST:])


def unpin(tx: Transaction, user: int, shelf: str | None = None) -> tuple[Pin, ...]:
    """Let one go, or all; what there is now."""
    return _write(tx, user, [old for old in _lock(tx, user) if shelf not in {None, old.shelf}])


def pins(tx: Transaction, user: int) -> tuple[Pin, ...]:
    """What somebody has at hand, the oldest first."""
    stored = tx.run(select(preferences.c["values"]).where(*_row(user))).scalar()
    return _alive(stored, tx.now)


def pinned(tx: Transaction) -> set[str]:
    """The names of everything that has to stay on the shelf."""
    rows = tx.run(select(preferences.c["values"]).where(_OURS)).scalars()
    return {found.shelf for stored in rows for found in _alive(stored, tx.now - LINGER)}


def forget(tx: Transaction) -> int:
    """Remove the rows in which nothing has to stay."""
    return tx.run(delete(preferences).where(_OURS, preferences.c.changed_at <= tx.now - LIFE - LINGER)).rowcount


def _lock(tx: Transaction, user: int) -> tuple[Pin, ...]:
    """What there is, with the row locked: of two processes that write the second sees what the first has written."""
    fresh = tx.insert(preferences).values(scope=_SCOPE, subject=user, values={}, changed_at=tx.now)
    locked = fresh.on_conflict_do_update(
        index_elements=[preferences.c.scope, preferences.c.subject], set_={"changed_at": tx.now}
    )
    return _alive(tx.run(locked.returning(preferences.c["values"])).scalar_one(), tx.now)


def _write(tx: Transaction, user: int, found: Iterable[Pin]) -> tuple[Pin, ...]:
    kept = tuple(found)
    tx.run(update(preferences).where(*_row(user)).values(values={"pins": [asdict(each) for each in kept]}))
    return kept


def _row(user: int) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return _OURS, preferences.c.subject == user


def _alive(stored: Mapping[str, Any] | None, now: float) -> tuple[Pin, ...]:
    """The pins whose time is not over; what a newer release has written of them is left aside."""
    entries = (stored or {}).get("pins", ())
    found = (Pin(**{name: value for name, value in entry.items() if name in _FIELDS}) for entry in entries)
    return tuple(each for each in found if each.until > now)
