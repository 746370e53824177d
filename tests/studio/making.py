"""Jobs and workers for the tests of the studio, ready to be put."""

import itertools
from collections.abc import Mapping
from typing import Any

from bot.store.database import Database
from bot.studio.job import Amount, Job, Origin, Who
from bot.studio.leases import Worker, register
from bot.studio.queue import Capacity, Found, NewJob, claim, put

PROVIDER = "byteplus"
MODEL = "seedream-4-5"
NO_LIMIT = Capacity()

_numbers = itertools.count(1)


def new_job(user: int = 1, images: int = 1, *, server: int | None = None, **more: Any) -> NewJob:
    """A job as it is accepted, with a key of its own; `more` are fields of NewJob."""
    key = more.pop("key", f"interaction:{next(_numbers)}")
    values: dict[str, Any] = {
        "verb": "imagine",
        "origin": Origin(key, channel=5, token="a-secret", token_until=1_800_000_900.0),
        "request": {"prompt": "a cat", "model": MODEL},
        "model": MODEL,
        "provider": PROVIDER,
        "reserved": Amount(images, images * 40_000),
    }
    return NewJob(key=key, who=Who(user, server), images=images, **{**values, **more})


def worker(name: str = "w", slots: int = 4) -> Worker:
    """A process that works."""
    return Worker(name, "here", 1, slots)


async def start_worker(database: Database, name: str = "w", *, slots: int = 4, lease: float = 1e9) -> str:
    """Register one that lives as long as the test, and give its name."""
    await database.write(lambda tx: register(tx, worker(name, slots), lease))
    return name


async def put_job(database: Database, user: int = 1, images: int = 1, **more: Any) -> Job:
    """Put a new job into the queue."""
    job = new_job(user, images, **more)
    return await database.write(lambda tx: put(tx, job))


async def look(
    database: Database,
    me: str = "w",
    capacity: Mapping[str, Capacity] | None = None,
    default: Capacity = NO_LIMIT,
) -> Found:
    """Claim, whatever comes of it."""
    return await database.write(lambda tx: claim(tx, me, capacity or {}, default))


async def take(database: Database, me: str = "w") -> Job:
    """Claim a job that must be there."""
    found = await look(database, me)
    assert found.job is not None
    return found.job
