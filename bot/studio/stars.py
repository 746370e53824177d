"""Favourites: the jobs that somebody has starred."""

from sqlalchemy import delete, select

from bot.store.database import Transaction
from bot.store.tables import preferences

MOST = 1000  # of one person


def star(tx: Transaction, user: int, job: int) -> bool:
    """Star a job, or take the star back; whether it has one now."""
    mine = preferences.c.scope == _scope(user)
    if tx.run(delete(preferences).where(mine, preferences.c.subject == job)).rowcount:
        return False
    new = tx.insert(preferences).values(scope=_scope(user), subject=job, values={}, changed_at=tx.now)
    tx.run(new.on_conflict_do_nothing())
    return True


def starred(tx: Transaction, user: int) -> list[int]:
    """What somebody has starred, the latest first."""
    mine = select(preferences.c.subject).where(preferences.c.scope == _scope(user))
    return list(
        tx.run(mine.order_by(preferences.c.changed_at.desc(), preferences.c.subject.desc()).limit(MOST)).scalars()
    )


def _scope(user: int) -> str:
    return f"star/{user}"
