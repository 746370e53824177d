"""A janitor for tests, and what it finds: jobs that are open or closed, files of any age."""

import os
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from bot.seedream.clock import Clock
from bot.store.database import Database, Transaction
from bot.store.tables import jobs
from bot.studio.janitor import Janitor, Swept
from bot.studio.job import Job, Result, State
from bot.studio.queue import load
from bot.studio.rows import pictures_json
from bot.studio.steps import generated, sent
from tests.studio.making import put_job, start_worker, take

KEEP = 90

Sweep = Callable[..., Awaitable[Swept]]


@pytest.fixture
def sweep(database: Database, tmp_path: Path) -> Sweep:
    """Sweep once, with files that are so many seconds older than they are."""

    async def once(later: float = 0.0, keep_days: float = KEEP) -> Swept:
        clock = Clock(now=lambda: time.time() + later)
        return await Janitor(database, tmp_path, keep_days, clock).sweep()

    return once


async def closed(database: Database, *pictures: Result, **more: Any) -> Job:
    """A job that was taken up, and has come to its end now, with these pictures."""
    await start_worker(database)
    await put_job(database, **more)
    job = await take(database)
    await close(database, job, *pictures)
    found = await now(database, job)
    assert found is not None
    return found


async def close(database: Database, job: Job, *pictures: Result) -> None:
    """The end of a job, as far as its row goes."""
    ended = {"state": State.SETTLED.value, "owner": None, "pictures": pictures_json(pictures) or None}
    await database.write(lambda tx: tx.run(update(jobs).where(jobs.c.id == job.id).values(closed_at=tx.now, **ended)))


async def drawn(database: Database, *pictures: Result) -> Job:
    """A job whose call has left, and which is open; with pictures if they have come."""
    await start_worker(database)
    await put_job(database)
    job = await take(database)

    def work(tx: Transaction) -> Job:
        held = sent(tx, job, "w", job.provider)
        return generated(tx, held, "w", pictures, None) if pictures else held

    return await database.write(work)


async def now(database: Database, job: Job) -> Job | None:
    return await database.read(lambda tx: load(tx, job.id))


def lay(path: Path, age: float = 0.0) -> Path:
    """A file that was written so many seconds ago."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"picture")
    os.utime(path, (time.time() - age, time.time() - age))
    return path
