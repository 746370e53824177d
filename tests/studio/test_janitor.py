"""What nobody needs goes, what somebody needs stays: each rule from both sides, on both engines."""

import os
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from bot.seedream.clock import Clock
from bot.seedream.content import InMemory
from bot.seedream.models import ImageRequest, Reference
from bot.store.database import Database, Transaction
from bot.store.tables import jobs
from bot.studio import janitor as janitor_module
from bot.studio import ledger
from bot.studio.history import lineage
from bot.studio.janitor import DAY, HOUR, Janitor, Swept
from bot.studio.job import Result, State, Who
from bot.studio.leases import release
from bot.studio.rows import pictures_json
from bot.studio.shelf import Shelf
from bot.studio.studio import Ticket
from sandbox.pictures import png
from tests.databases import Hands
from tests.studio.making import put_job
from tests.studio.scene import Scene
from tests.studio.sweeping import KEEP, Sweep, close, closed, drawn, lay, now


async def test_closed_jobs_go_when_their_days_are_over_and_not_before(
    database: Database, hands: Hands, sweep: Sweep
) -> None:
    job = await closed(database)
    hands.move(KEEP * DAY)
    assert (await sweep()).jobs == 0
    assert await now(database, job) is not None
    hands.move(1)
    younger = await closed(database)
    assert (await sweep()).jobs == 1
    assert await now(database, job) is None
    assert await now(database, younger) is not None


async def test_with_no_days_they_are_kept_for_ever(database: Database, hands: Hands, sweep: Sweep) -> None:
    job = await closed(database)
    hands.move(10_000 * DAY)
    assert (await sweep(keep_days=0)).jobs == 0
    assert await now(database, job) is not None


async def test_open_jobs_stay_however_old_they_are(database: Database, hands: Hands, sweep: Sweep) -> None:
    held = await drawn(database, Result(0, url="https://storage.example/p"))
    waiting = await put_job(database, user=2)
    hands.move(10_000 * DAY)
    assert await sweep() == Swept()
    assert await now(database, held) == held
    assert await now(database, waiting) == waiting


async def test_however_many_they_are_all_go_in_short_transactions(
    database: Database, hands: Hands, sweep: Sweep, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(janitor_module, "BATCH", 2)
    for _ in range(5):
        await closed(database)
    hands.move(KEEP * DAY + 1)
    assert (await sweep()).jobs == 5
    assert await database.read(lambda tx: tx.run(select(func.count()).select_from(jobs)).scalar()) == 0


async def test_an_open_child_outlives_its_parent(database: Database, hands: Hands, sweep: Sweep) -> None:
    parent = await closed(database)
    hands.move(KEEP * DAY + 1)
    child = await put_job(database, parent=parent.id)
    assert (await sweep()).jobs == 1
    assert await now(database, child) == child
    assert await database.read(lambda tx: lineage(tx, child.id)) == []


async def test_the_number_of_a_job_that_is_gone_is_not_given_again(
    database: Database, hands: Hands, sweep: Sweep
) -> None:
    gone = await closed(database)
    hands.move(KEEP * DAY + 1)
    await sweep()
    assert (await put_job(database)).id > gone.id


async def test_dead_links_are_forgotten_and_living_ones_kept(database: Database, hands: Hands, sweep: Sweep) -> None:
    link, soon = "https://storage.example/p?X-Signature=1", hands() + DAY
    pictures = [Result(0, url=link, expires_at=soon, size="1x1"), Result(1, url=link), Result(2, url=link + "2")]
    pictures[2] = replace(pictures[2], expires_at=soon + 1)
    job = await closed(database, *pictures)
    hands.move(DAY - 1)
    assert (await sweep()).links == 0
    assert await now(database, job) == job
    hands.move(1)
    assert (await sweep()).links == 1
    found = await now(database, job)
    assert found is not None
    assert found == replace(job, pictures=(replace(pictures[0], url=None), *pictures[1:]))
    assert await sweep() == Swept()


async def test_the_dead_links_of_an_open_job_are_its_own_business(
    database: Database, hands: Hands, sweep: Sweep
) -> None:
    job = await drawn(database, Result(0, url="https://storage.example/p", expires_at=hands() + 1))
    hands.move(DAY)
    assert await sweep() == Swept()
    assert await now(database, job) == job


async def test_what_a_newer_release_has_written_of_a_picture_is_left_as_it_is(
    database: Database, hands: Hands, sweep: Sweep
) -> None:
    job = await closed(database, Result(0, url="https://storage.example/p", expires_at=hands()))
    odd = [{**pictures_json(job.pictures)[0], "mood": "blue"}]
    await database.write(lambda tx: tx.run(update(jobs).where(jobs.c.id == job.id).values(pictures=odd)))
    assert (await sweep()).links == 1
    assert await database.read(lambda tx: tx.run(select(jobs.c.pictures)).scalar()) == [{**odd[0], "url": None}]


async def test_spooled_files_that_no_job_names_go_after_an_hour(sweep: Sweep, tmp_path: Path) -> None:
    old, fresh = lay(tmp_path / "spool" / "old.jpg", HOUR + 5), lay(tmp_path / "spool" / "fresh.jpg", HOUR - 60)
    theirs = lay(tmp_path / "spool" / "press-x" / "stderr", 10 * DAY)
    others = [lay(tmp_path / name, 10 * DAY) for name in ("seedream.txt", "backups/b.db", "catalogue.toml")]
    assert await sweep() == Swept(files=1)
    assert [path.exists() for path in (old, fresh, theirs, *others)] == [False, True, True, True, True, True]


async def test_the_files_of_an_open_job_stay(database: Database, hands: Hands, sweep: Sweep, tmp_path: Path) -> None:
    file = lay(tmp_path / "spool" / "p", 10 * DAY)
    job = await drawn(database, Result(0, file="spool/p"))
    hands.move(10 * DAY)
    assert await sweep() == Swept()
    assert file.exists()
    await database.write(lambda tx: release(tx, job, "w", ready_at=tx.now))
    assert await sweep() == Swept()
    assert file.exists()


async def test_the_jobs_are_looked_at_some_at_a_time_and_none_is_passed_over(
    database: Database, sweep: Sweep, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(janitor_module, "WINDOW", 2)
    files = [lay(tmp_path / "spool" / str(number), DAY) for number in range(6)]
    for number in range(5):
        await drawn(database, Result(0, file=f"spool/{number}"))
    assert await sweep() == Swept(files=1)
    assert [file.exists() for file in files] == [True] * 5 + [False]


async def test_the_files_of_a_closed_job_stay_for_a_day_and_no_longer(
    database: Database, hands: Hands, sweep: Sweep, tmp_path: Path
) -> None:
    file = lay(tmp_path / "spool" / "p", 10 * DAY)
    job = await closed(database, Result(0, file="spool/p", size="1x1"))
    hands.move(DAY - 1)
    assert await sweep() == Swept()
    assert await now(database, job) == job
    hands.move(1)
    assert await sweep() == Swept(files=1)
    assert not file.exists()
    found = await now(database, job)
    assert found is not None
    assert found.pictures == (Result(0, size="1x1"),)


async def test_a_picture_that_waits_for_the_database_to_come_back_is_waited_for(
    database: Database, hands: Hands, sweep: Sweep, tmp_path: Path
) -> None:
    job = await drawn(database)
    hands.move(2 * HOUR)
    file = lay(tmp_path / "spool" / "p", 2 * HOUR)
    assert await sweep() == Swept()
    assert file.exists()
    await close(database, job)
    assert await sweep() == Swept(files=1)


async def test_references_stay_as_long_as_a_kept_job_names_them(scene: Scene, hands: Hands, sweep: Sweep) -> None:
    reference = Reference(InMemory(png(width=64, height=64)), None, "image/png", 64, 64)
    request = ImageRequest("seedream-4.5", "make it night", references=(reference,))
    ticket = await scene.studio.submit(request, scene.origin(), Who(1))
    assert isinstance(ticket, Ticket)
    [(name, file)] = Shelf.within(scene.home).names()
    assert await sweep(later=10 * DAY) == Swept()
    worker = await scene.start()
    assert (await scene.until(ticket.job)).state is State.SETTLED
    await scene.stop(worker)
    hands.move(KEEP * DAY)
    assert (await sweep(later=10 * DAY)).files == 0
    assert file.exists()
    hands.move(60)
    assert (await sweep()).files == 0, "the job goes, the file is younger than an hour"
    assert (await sweep(later=2 * HOUR)).files == 1
    assert not Shelf.within(scene.home).place(name).exists()


async def test_references_of_refused_orders_and_halves_go_after_an_hour(
    database: Database, sweep: Sweep, tmp_path: Path
) -> None:
    refused = await Shelf.within(tmp_path).keep(InMemory(b"of a refused order"))
    half = lay(tmp_path / "shelf" / "new" / "tmp123")
    assert await sweep(later=HOUR - 60) == Swept()
    assert await sweep(later=HOUR + 60) == Swept(files=2)
    assert not half.exists()
    assert not Shelf.within(tmp_path).place(refused).exists()


async def test_a_reference_that_is_wanted_again_meanwhile_stays(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf = Shelf.within(tmp_path)
    name = await shelf.keep(InMemory(b"the same picture"))
    os.utime(shelf.place(name), (1, 1))
    forget = ledger.forget

    def meanwhile(tx: Transaction, before: float) -> int:
        os.utime(shelf.place(name))
        return forget(tx, before)

    monkeypatch.setattr(ledger, "forget", meanwhile)
    assert await Janitor(database, tmp_path, KEEP, Clock()).sweep() == Swept()
    assert shelf.place(name).exists()
