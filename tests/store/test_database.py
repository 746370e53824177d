"""Transactions on both engines: whole or not at all, to the end, and news after them."""

import asyncio
import gc
from collections.abc import Awaitable, Callable

import pytest
from sqlalchemy import func, insert, select, text

from bot.store.database import Database, Transaction
from bot.store.errors import Busy, Conflict, Full, StoreError, Unreachable
from bot.store.tables import lanes

LOG = "bot.store.database"


def add(tx: Transaction) -> None:
    tx.run(lanes.insert().values(user_id=1, tag=0.5, last_at=tx.now))


def count(tx: Transaction) -> int:
    return int(tx.run(select(func.count()).select_from(lanes)).scalar_one())


async def test_what_a_transaction_wrote_is_there(database: Database) -> None:
    await database.write(add)
    assert await database.read(lambda tx: tx.run(select(lanes.c.tag)).scalar_one()) == 0.5


async def test_a_transaction_that_fails_has_changed_nothing(database: Database) -> None:
    def work(tx: Transaction) -> None:
        add(tx)
        raise LookupError("for a reason of its own")

    with pytest.raises(LookupError):
        await database.write(work)
    assert await database.read(count) == 0


async def test_a_transaction_whose_caller_is_cancelled_runs_to_its_end(database: Database) -> None:
    caller = asyncio.create_task(database.write(add))
    await asyncio.sleep(0)
    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller
    assert await database.read(count) == 1


async def test_what_a_cancelled_caller_is_not_told_any_more_is_no_trouble(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    def work(tx: Transaction) -> None:
        raise LookupError("for a reason of its own")

    caller = asyncio.create_task(database.write(work))
    await asyncio.sleep(0)
    caller.cancel()
    with caplog.at_level("DEBUG"), pytest.raises(asyncio.CancelledError):
        await caller
    del caller
    gc.collect()
    told = [(it.name, it.levelname, it.getMessage()) for it in caplog.records if it.name in {"asyncio", LOG}]
    assert told == [(LOG, "DEBUG", "A transaction whose caller was cancelled has failed: LookupError")]


@pytest.mark.parametrize("fault", [Busy("It is busy", "Wait."), Unreachable("It is away", "Wait.")])
async def test_a_transaction_that_did_nothing_is_run_again(database: Database, fault: StoreError) -> None:
    faults = [fault, fault]

    def work(tx: Transaction) -> int:
        add(tx)
        if faults:
            raise faults.pop()
        return count(tx)

    assert await database.write(work) == 1


async def test_a_transaction_is_not_run_again_for_ever(database: Database) -> None:
    database.patience = 0.1
    runs = []

    def work(tx: Transaction) -> None:
        runs.append(tx.now)
        raise Busy("It is busy", "Wait.")

    with pytest.raises(Busy):
        await database.write(work)
    assert len(runs) > 1


async def test_what_may_have_happened_or_needs_a_person_is_not_run_again(database: Database) -> None:
    unsure = Unreachable("It broke", "Look.")
    unsure.unsure = True
    for fault in (unsure, Full("No room", "Make some.")):
        runs: list[float] = []

        def work(tx: Transaction, fault: StoreError = fault, runs: list[float] = runs) -> None:
            runs.append(tx.now)
            raise fault

        with pytest.raises(type(fault)):
            await database.write(work)
        assert len(runs) == 1


async def test_a_row_that_is_there_already_is_a_conflict_with_a_name(database: Database) -> None:
    await database.write(add)
    with pytest.raises(Conflict) as caught:
        await database.write(add)
    assert caught.value.constraint in {"lanes.user_id", "lanes_pkey"}


async def test_a_mistake_in_a_statement_is_no_fault_of_the_database(database: Database) -> None:
    with pytest.raises(Exception, match="nowhere") as caught:
        await database.read(lambda tx: tx.run(text("SELECT * FROM nowhere")))
    assert not isinstance(caught.value, StoreError)


async def test_an_error_shows_nothing_of_what_people_wrote(database: Database) -> None:
    statement = text("SELECT * FROM nowhere WHERE prompt = :prompt").bindparams(prompt="a private cat")
    with pytest.raises(Exception, match="nowhere") as caught:
        await database.read(lambda tx: tx.run(statement))
    assert "private" not in str(caught.value)


async def test_an_upsert_is_the_same_on_both_engines(database: Database) -> None:
    def work(tx: Transaction) -> float:
        rows = tx.insert(lanes).values(user_id=1, tag=2.0, last_at=tx.now)
        added = {"tag": lanes.c.tag + rows.excluded.tag}
        upsert = rows.on_conflict_do_update(index_elements=["user_id"], set_=added).returning(lanes.c.tag)
        return float(tx.run(upsert).scalar_one())

    assert [await database.write(work) for _ in range(3)] == [2.0, 4.0, 6.0]


async def test_news_come_after_the_transaction_and_not_without_it(
    database: Database, wait_for: Callable[[Callable[[], bool]], Awaitable[None]]
) -> None:
    heard: list[str] = []
    database.listen(heard.append)

    def fail(tx: Transaction) -> None:
        tx.announce("never")
        raise LookupError

    def work(tx: Transaction) -> None:
        add(tx)
        tx.announce("jobs")
        tx.announce("cancel 7")
        assert heard == []

    with pytest.raises(LookupError):
        await database.write(fail)
    await database.write(work)
    await wait_for(lambda: len(heard) == 2)
    assert heard == ["jobs", "cancel 7"]


async def test_many_transactions_at_once_lose_nothing(database: Database) -> None:
    await database.write(lambda tx: tx.run(insert(lanes).values(user_id=1, tag=0.0, last_at=0.0)))

    def work(tx: Transaction) -> None:
        tag = tx.run(select(lanes.c.tag).with_for_update()).scalar_one()
        tx.run(lanes.update().values(tag=tag + 1))

    await asyncio.gather(*(database.write(work) for _ in range(40)))
    assert await database.read(lambda tx: tx.run(select(lanes.c.tag)).scalar_one()) == 40.0
