"""Whose pictures others may go on from: those of everybody who has not said otherwise."""

from collections.abc import Iterable

from sqlalchemy import delete, select

from bot.store.database import Transaction
from bot.store.tables import preferences
from bot.studio.memos import note

SCOPE = "consent"


def refuse(tx: Transaction, user: int, *, others: bool) -> None:
    """Whether `others` are refused this person's pictures: avatars, attachments and results. The person is not."""
    mine = (preferences.c.scope == SCOPE, preferences.c.subject == user)
    if others:
        note(tx, SCOPE, user, {"others": False})
    else:
        tx.run(delete(preferences).where(*mine))


def refusing(tx: Transaction, users: Iterable[int | None]) -> frozenset[int]:
    """Those among these people whose pictures nobody else may use."""
    asked = sorted({user for user in users if user is not None})
    if not asked:
        return frozenset()
    theirs = select(preferences.c.subject).where(preferences.c.scope == SCOPE, preferences.c.subject.in_(asked))
    return frozenset(tx.run(theirs).scalars())
