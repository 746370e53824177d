"""Small values that outlive the process, by what they are about: rows of preferences under scopes of their own."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from bot.store.database import Transaction
from bot.store.tables import preferences


def recall(tx: Transaction, scope: str, subject: int) -> Mapping[str, Any]:
    """What was noted, nothing if nothing was."""
    mine = (preferences.c.scope == scope) & (preferences.c.subject == subject)
    found: Mapping[str, Any] | None = tx.run(select(preferences.c["values"]).where(mine)).scalar_one_or_none()
    return found or {}


def note(tx: Transaction, scope: str, subject: int, values: Mapping[str, Any]) -> None:
    """Note it, in place of what was noted before."""
    row = {"values": dict(values), "changed_at": tx.now}
    insert = tx.insert(preferences).values(scope=scope, subject=subject, **row)
    tx.run(insert.on_conflict_do_update(index_elements=["scope", "subject"], set_=row))
