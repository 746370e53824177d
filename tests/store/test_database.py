"""Transactions on both engines: whole or not at all."""

import pytest
from sqlalchemy import func, select

from bot.store.database import Database, Transaction
from bot.store.tables import lanes


async def test_what_a_transaction_wrote_is_there(database: Database) -> None:
    await database.write(lambda tx: tx.run(lanes.insert().values(user_id=1, tag=0.5, last_at=tx.now)))
    assert await database.read(lambda tx: tx.run(select(lanes.c.tag)).scalar_one()) == 0.5


async def test_a_transaction_that_fails_has_changed_nothing(database: Database) -> None:
    def work(tx: Transaction) -> None:
        tx.run(lanes.insert().values(user_id=1, tag=0.5, last_at=tx.now))
        raise LookupError("for a reason of its own")

    with pytest.raises(LookupError):
        await database.write(work)
    assert await database.read(lambda tx: tx.run(select(func.count()).select_from(lanes)).scalar_one()) == 0
