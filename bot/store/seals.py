"""Which keys the rows are sealed with: held against the keys that are given, and brought to the first of them.

The names of the keys that some row may need stand in a table; "" is for rows that are not sealed at all.
"""

import logging
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from sqlalchemy import Column, Table, delete, select, tuple_, update

from bot.store.database import Database, Transaction
from bot.store.errors import WrongKey
from bot.store.sealing import Seal, Sealed
from bot.store.tables import metadata, seals

log = logging.getLogger(__name__)

BATCH = 200  # rows, in a transaction of their own
PLAIN = ""


async def bring_up(database: Database, seal: Seal) -> int:
    """Seal every row with the first key, unless they are already; how many rows that were.

    Raises WrongKey, and then nothing is changed. What is interrupted goes on at the next start.
    """
    used = await database.read(lambda tx: needed(tx, seal))
    first = next(iter(seal.names), PLAIN)
    if used == {first}:
        return 0
    await database.write(lambda tx: _note(tx, {*used, first}))
    count = 0
    for table in metadata.sorted_tables:
        columns = [column for column in table.columns if isinstance(column.type, Sealed)]
        if columns:
            count += await _reseal(database, table, columns)
    await database.write(lambda tx: _note(tx, {first}))
    await database.scrub()
    if count:
        log.info("All %d rows are sealed with the first key of DATA_KEY now; it needs no other any more", count)
    return count


def needed(tx: Transaction, seal: Seal) -> set[str]:
    """The names of the keys that some row may need; raises WrongKey when the seal lacks one of them."""
    used = _used(tx)
    if missing := used - {PLAIN, *seal.names}:
        raise WrongKey(sorted(missing))
    return used


async def _reseal(database: Database, table: Table, columns: Sequence[Column[Any]]) -> int:
    count, after = 0, None
    while True:
        keys = await database.write(partial(_some, table=table, columns=columns, after=after))
        count += len(keys)
        if len(keys) < BATCH:
            return count
        after = keys[-1]


def _some(
    tx: Transaction, table: Table, columns: Sequence[Column[Any]], after: tuple[Any, ...] | None
) -> list[tuple[Any, ...]]:
    """Read some rows and write them as they are: on the way back they get the first key. The keys of these rows."""
    primary = tuple(table.primary_key)
    query = select(*primary, *columns).order_by(*primary).limit(BATCH).with_for_update()
    rows = tx.run(query if after is None else query.where(tuple_(*primary) > after)).mappings().all()
    for row in rows:
        mine = (key == row[key] for key in primary)
        values: Mapping[str, Any] = {column.name: row[column] for column in columns}
        tx.run(update(table).where(*mine).values(values))
    return [tuple(row[key] for key in primary) for row in rows]


def _used(tx: Transaction) -> set[str]:
    return set(tx.run(select(seals.c.key)).scalars()) or {PLAIN}


def _note(tx: Transaction, names: set[str]) -> None:
    tx.run(delete(seals).where(seals.c.key.not_in(names)))
    for name in sorted(names):
        tx.run(tx.insert(seals).values(key=name).on_conflict_do_nothing())
