"""What is swept besides jobs and files, and how the rounds of the janitor go."""

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import func, select, text, update

from bot.seedream.clock import Clock
from bot.store.database import Database, Transaction
from bot.store.errors import Busy
from bot.store.tables import accounts, jobs, lanes, queues
from bot.studio import ledger
from bot.studio.janitor import DAY, HOUR, Janitor, Swept
from bot.studio.job import Amount, Result, Who
from bot.studio.limits import Limits
from tests.databases import Hands
from tests.studio.making import put_job, start_worker, take
from tests.studio.sweeping import KEEP, Sweep, close, closed, lay


async def test_accounts_go_forty_days_after_their_period_unless_a_job_in_it_is_open(
    database: Database, hands: Hands, sweep: Sweep
) -> None:
    at = hands()
    await database.write(lambda tx: ledger.reserve(tx, Who(1), Amount(1, 5), Limits()))
    hands.move(100 * DAY)
    assert await sweep() == Swept()
    await database.write(lambda tx: ledger.close(tx, Who(1), at, Amount(1, 5), Amount(1, 5)))
    await database.write(lambda tx: ledger.reserve(tx, Who(1), Amount(1, 5), Limits()))
    assert await sweep() == Swept(accounts=6)
    assert await database.read(lambda tx: tx.run(select(func.count()).select_from(accounts)).scalar()) == 6
    assert await database.read(ledger.audit) != [], "the open one is not in a job here, and still set aside"


async def test_accounts_of_the_last_forty_days_stay(database: Database, hands: Hands, sweep: Sweep) -> None:
    await database.write(lambda tx: ledger.reserve(tx, Who(1), Amount(1, 5), Limits()))
    await database.write(lambda tx: ledger.close(tx, Who(1), tx.now, Amount(1, 5), Amount(1, 5)))
    hands.move(40 * DAY)
    assert await sweep() == Swept()


async def standing(database: Database) -> set[int]:
    """Whose lanes there are."""
    return set(await database.read(lambda tx: tx.run(select(lanes.c.user_id)).scalars().all()))


async def test_lanes_of_people_without_jobs_go_when_the_queue_has_passed_them(
    database: Database, hands: Hands, sweep: Sweep
) -> None:
    await closed(database, user=1, images=2)
    await closed(database, user=2, images=4)
    hands.move(DAY + 1)
    assert (await sweep()).lanes == 0, "both would still begin behind a newcomer"
    for _ in range(2):
        await put_job(database, user=3, images=2)
        await take(database)
    assert await standing(database) == {1, 2, 3}
    assert (await sweep()).lanes == 1
    assert await standing(database) == {2, 3}, "the first has been passed, the third has just asked"


async def test_lanes_of_people_with_open_jobs_or_who_came_today_stay(
    database: Database, hands: Hands, sweep: Sweep
) -> None:
    await start_worker(database)
    await closed(database, user=2)
    waiting = await put_job(database, user=1)
    await database.write(lambda tx: tx.run(update(queues).values(floor=100.0)))
    assert (await sweep()).lanes == 0
    hands.move(DAY + 1)
    assert await standing(database) == {1, 2}
    assert (await sweep()).lanes == 1
    assert await standing(database) == {waiting.who.user}


async def test_a_queue_that_is_behind_keeps_the_lanes_only_as_long_as_jobs_are_open_there(
    database: Database, hands: Hands, sweep: Sweep
) -> None:
    await closed(database, user=1, images=4)
    other = await put_job(database, user=2, provider="behind")
    await database.write(lambda tx: tx.run(update(queues).where(queues.c.provider != "behind").values(floor=100.0)))
    await database.write(lambda tx: tx.run(update(jobs).where(jobs.c.id == other.id).values(tag=0.0)))
    hands.move(DAY + 1)
    assert (await sweep()).lanes == 0
    taken = await take(database)
    assert (await sweep()).lanes == 0
    await close(database, taken)
    assert (await sweep()).lanes == 2


async def test_what_was_removed_is_told_in_one_line_and_nothing_when_there_was_nothing(
    sweep: Sweep, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    await sweep()
    assert caplog.messages == []
    lay(tmp_path / "spool" / "old.jpg", 2 * HOUR)
    await sweep()
    assert caplog.messages == ["Cleared away: files 1"]


async def test_a_file_that_cannot_be_removed_is_told_and_the_others_go(
    sweep: Sweep, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    stuck, other = (lay(tmp_path / "spool" / name, 2 * HOUR) for name in ("a", "b"))
    unlink = Path.unlink

    def refuse(path: Path) -> None:
        if path == stuck:
            raise PermissionError(1, "Operation not permitted")
        unlink(path)

    monkeypatch.setattr(Path, "unlink", refuse)
    assert await sweep() == Swept(files=1)
    assert not other.exists()
    assert f"{stuck} cannot be removed: Operation not permitted" in caplog.text


async def test_many_at_once_remove_everything_once_and_fall_over_nothing(
    database: Database, hands: Hands, sweep: Sweep, tmp_path: Path
) -> None:
    for _ in range(20):
        await closed(database, Result(0, url="https://storage.example/p", expires_at=hands()))
    files = [lay(tmp_path / "spool" / str(number), 2 * HOUR) for number in range(50)]
    hands.move(KEEP * DAY + 1)
    done = await asyncio.gather(*(sweep() for _ in range(6)))
    assert sum(swept.jobs for swept in done) == 20
    assert sum(swept.files for swept in done) == 50
    assert not any(file.exists() for file in files)


async def test_the_loop_outlives_whatever_goes_wrong(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    faults: list[Exception] = [Busy("The database is busy", "Wait."), ValueError("a mistake")]
    pauses: list[float] = []
    swept = asyncio.Event()
    forget = ledger.forget

    def fail(tx: Transaction, before: float) -> int:
        if faults:
            raise faults.pop(0)
        return forget(tx, before)

    async def rest(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 3:
            swept.set()
            await asyncio.sleep(60)

    monkeypatch.setattr(ledger, "forget", fail)
    monkeypatch.setattr(type(database), "patience", 0.0)
    loop = asyncio.create_task(Janitor(database, tmp_path, KEEP, Clock(sleep=rest)).run())
    await asyncio.wait_for(swept.wait(), 20)
    loop.cancel()
    await asyncio.wait({loop})
    assert pauses == [600.0] * 3
    assert "Nothing can be cleared away just now: The database is busy. Wait." in caplog.text
    assert "ValueError: a mistake" in caplog.text


async def test_old_jobs_are_found_by_an_index(database: Database) -> None:
    explain = "EXPLAIN QUERY PLAN " if database.name.startswith("The database") else "EXPLAIN "
    query = "SELECT id FROM jobs WHERE closed_at < 5 ORDER BY closed_at LIMIT 500"

    def work(tx: Transaction) -> str:
        if not explain.startswith("EXPLAIN Q"):
            tx.run(text("SET LOCAL enable_seqscan = off"))
        return "\n".join(str(row[-1]) for row in tx.run(text(explain + query)))

    assert "jobs_closed" in await database.read(work)
