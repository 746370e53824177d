"""What a bot that has been in use for a while has in its database, inserted in bulk.

Finished: jobs of 2,000 people over 90 days. Waiting: nine tenths of 500 people behind a provider whose pace is used
up, and one tenth in the very line that is measured, of 50 people who are at their limit of three jobs at once, which
another worker holds.
"""

import random
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import insert, update

from bot.store.database import Database, Transaction
from bot.store.tables import jobs, lanes, queues
from bot.studio import leases
from bot.studio.company import Signs
from bot.studio.job import Delivery, Origin, Result, State
from bot.studio.rows import delivery_json, origin_json, pictures_json

OPEN, SHUT = "byteplus", "ark"  # the provider that is measured, and the one without pace
MODEL = "seedream-4.5"
AT_ONCE = 3
SHUT_USERS, BUSY_USERS, FORMER_USERS = 500, 50, 2000
FLOOR = 5000.0  # how far virtual time has come
ELSEWHERE = leases.Worker("elsewhere", "another-machine", 1, AT_ONCE * BUSY_USERS)
DAY = 86_400.0
CHUNK = 5000


@dataclass(frozen=True, slots=True)
class Size:
    """How many rows."""

    finished: int = 100_000
    waiting: int = 10_000

    def __str__(self) -> str:
        shut, busy = self.waiting * 9 // 10, self.waiting // 10
        return (
            f"“Finished rows” are {self.finished:,} jobs. “All rows” are these and {self.waiting:,} that wait:\n"
            f"{shut:,} of {SHUT_USERS} people behind a provider whose pace is used up, and {busy:,} in the line\n"
            f"that is measured, of {BUSY_USERS} people who have {AT_ONCE} jobs running elsewhere and may not have more."
        )


async def finish(database: Database, size: Size) -> None:
    """Put in what has ended."""
    await _insert(database, _finished(database.now(), size.finished))


async def queue(database: Database, size: Size) -> None:
    """Put in what waits and cannot start."""
    now = database.now()
    await _insert(database, _waiting(now, size.waiting))

    def work(tx: Transaction) -> None:
        users = {SHUT: range(SHUT_USERS), OPEN: range(SHUT_USERS, SHUT_USERS + BUSY_USERS)}
        ends = {user: _rank(size.waiting, provider) for provider, some in users.items() for user in some}
        tx.connection.execute(
            insert(lanes), [{"user_id": user, "tag": FLOOR + end, "last_at": now} for user, end in ends.items()]
        )
        for provider, paid_until in ((SHUT, now + 30 * DAY), (OPEN, 0.0)):
            tx.run(insert(queues).values(provider=provider, floor=FLOOR, paid_until=paid_until))

    await database.write_slowly(work)


@asynccontextmanager
async def occupied(database: Database, home: Path) -> AsyncIterator[None]:
    """While this lasts, another worker holds the running jobs of those who are at their limit.

    Not before and not after, because a worker on SQLite takes all that others hold when it starts.
    """
    theirs = update(jobs).where(jobs.c.key.like("running:%"))

    def hold(tx: Transaction) -> None:
        leases.register(tx, ELSEWHERE, DAY)
        tx.run(theirs.values(owner=ELSEWHERE.id, state=State.SENT.value, started_at=tx.now, sent_at=tx.now))

    Signs(home).leave(ELSEWHERE.id)
    await database.write(hold)
    try:
        yield
    finally:
        later = database.now() + 30 * DAY
        await database.write(
            lambda tx: tx.run(theirs.values(owner=None, state=State.QUEUED.value, ready_at=later, tag=FLOOR))
        )


async def _insert(database: Database, rows: Iterator[dict[str, Any]]) -> None:
    while chunk := list(islice(rows, CHUNK)):
        await database.write_slowly(lambda tx, chunk=chunk: tx.connection.execute(insert(jobs), chunk))  # type: ignore[misc]


def _rank(waiting: int, provider: str) -> int:
    """How many jobs each user has waiting there."""
    return waiting * 9 // 10 // SHUT_USERS if provider == SHUT else waiting // 10 // BUSY_USERS


def _finished(now: float, count: int) -> Iterator[dict[str, Any]]:
    chance = random.Random(1)
    usage = {"generated_images": 1, "output_tokens": 16_384, "total_tokens": 16_384}
    for number in range(count):
        created = now - 90 * DAY * (1 - number / count)
        picture = Result(0, f"https://pictures.example/{'x' * 300}/{number}.png", size="2048x2048", format="png")
        yield _row(f"finished:{number}", chance.randrange(FORMER_USERS), OPEN, number / 20, created) | {
            "state": State.SETTLED.value,
            "attempt": 1,
            "started_at": created + 1,
            "sent_at": created + 1,
            "generated_at": created + 13,
            "closed_at": created + 14,
            "pictures": pictures_json([picture]),
            "usage": usage,
            "delivery": delivery_json(Delivery((0,), messages=(10**18 + number,), way="interaction")),
            "settled_images": 1,
            "settled_cost": 40_000,
        }


def _waiting(now: float, count: int) -> Iterator[dict[str, Any]]:
    for rank in range(_rank(count, SHUT)):
        for user in range(SHUT_USERS):
            yield _row(f"shut:{rank}:{user}", user, SHUT, FLOOR + rank, now - 60)
    for user in range(SHUT_USERS, SHUT_USERS + BUSY_USERS):
        for number in range(AT_ONCE):
            yield _row(f"running:{user}:{number}", user, OPEN, FLOOR, now - 70) | {"ready_at": now + 30 * DAY}
    for rank in range(_rank(count, OPEN)):
        for user in range(SHUT_USERS, SHUT_USERS + BUSY_USERS):
            yield _row(f"busy:{rank}:{user}", user, OPEN, FLOOR + rank, now - 60)


def _row(key: str, user: int, provider: str, tag: float, created: float) -> dict[str, Any]:
    origin = Origin(key, channel=10**18 + user, answer=10**18 + 1, application=10**18 + 2, token="t" * 200)
    return {
        "key": key,
        "verb": "imagine",
        "user_id": user,
        "server_id": user % 100,
        "origin": origin_json(origin),
        "request": {"model": MODEL, "prompt": "a cat on a roof under a large moon, watercolour"},
        "model": MODEL,
        "provider": provider,
        "images": 1,
        "state": State.QUEUED.value,
        "tag": tag,
        "weight": 1.0,
        "at_once": AT_ONCE,
        "server_at_once": 0,
        "ready_at": created,
        "created_at": created,
        "reserved_images": 1,
        "reserved_cost": 40_000,
    }
