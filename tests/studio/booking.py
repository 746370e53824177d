"""What tests of the ledger share: reservations as `submit` makes them, and a look at the accounts."""

from dataclasses import replace
from datetime import UTC, datetime

from sqlalchemy import insert, update

from bot.store.database import Database, Transaction
from bot.store.tables import jobs
from bot.studio import ledger
from bot.studio.job import Amount, Who
from bot.studio.limits import Allowance, Limits, Period, Refusal, Scope

NONE = Limits()
_HIGH = Allowance(*[10**15] * 6)
EVERYTHING = Limits(_HIGH, _HIGH, _HIGH)


class Refused(Exception):
    """Undoes a transaction in which something was refused."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(str(refusal))
        self.refusal = refusal


class Lost(Exception):
    """The job is closed already."""


def seconds(text: str) -> float:
    """A time in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


def accept(tx: Transaction, who: Who, amount: Amount, limits: Limits, key: str) -> int:
    """A reservation and the row of its job, which is what makes a job close once; its id."""
    if refusal := ledger.reserve(tx, who, amount, limits):
        raise Refused(refusal)
    row = {
        "key": key,
        "verb": "imagine",
        "user_id": who.user,
        "server_id": who.server,
        "origin": {},
        "request": {},
        "model": "seedream-4.5",
        "provider": "ark",
        "images": amount.images,
        "state": "queued",
        "tag": 0.0,
        "weight": 1.0,
        "at_once": 0,
        "server_at_once": 0,
        "ready_at": 0.0,
        "created_at": tx.now,
        "reserved_images": amount.images,
        "reserved_cost": amount.cost,
    }
    return int(tx.run(insert(jobs).values(**row).returning(jobs.c.id)).scalar_one())


def finish(tx: Transaction, job: int, settled: Amount) -> None:
    """Close the job's row and its reservation, in one transaction."""
    values = {"closed_at": tx.now, "settled_images": settled.images, "settled_cost": settled.cost}
    fenced = update(jobs).where(jobs.c.id == job, jobs.c.closed_at.is_(None))
    row = tx.run(fenced.values(**values).returning(jobs)).one_or_none()
    if row is None:
        raise Lost
    reserved = Amount(row.reserved_images, row.reserved_cost)
    ledger.close(tx, Who(row.user_id, row.server_id), row.created_at, reserved, settled)


def one_limit(scope: Scope, measure: str, period: Period, limit: int) -> Limits:
    """Nothing is limited but this."""
    allowance = Allowance(**{f"{measure}_per_{period.value}": limit})
    user, server, everybody = (allowance if one is scope else Allowance() for one in Scope)
    return Limits(user, server, everybody)


async def reserve(database: Database, who: Who, amount: Amount, limits: Limits = NONE) -> Refusal | None:
    """What `submit` does: a refusal undoes everything."""

    def work(tx: Transaction) -> None:
        if refusal := ledger.reserve(tx, who, amount, limits):
            raise Refused(refusal)

    try:
        await database.write(work)
    except Refused as refused:
        return refused.refusal
    return None


async def used(database: Database, who: Who) -> dict[tuple[Scope, Period], Amount]:
    """What is used, as seen through limits so high that nobody ever reaches them."""
    found = await database.read(lambda tx: ledger.left(tx, who, EVERYTHING))
    seen: dict[tuple[Scope, Period], Amount] = {}
    for line in found:
        place = line.scope, line.period
        seen[place] = replace(seen.get(place, Amount()), **{line.measure: line.used})
    return seen
