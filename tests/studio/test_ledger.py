"""The ledger: reserved, settled and released, per hour, day and month, on both engines."""

from dataclasses import replace
from datetime import UTC, datetime

from bot.store.database import Database, Transaction
from bot.studio import ledger
from bot.studio.job import Amount, Who
from bot.studio.limits import Allowance, Limits, Period, Refusal, Scope

ANNA = Who(42, server=7)
BEN = Who(43, server=7)
ALONE = Who(42)
NONE = Limits()


class Refused(Exception):
    """Undoes a transaction in which something was refused."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(str(refusal))
        self.refusal = refusal


def seconds(text: str) -> float:
    """A time in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


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


async def used(database: Database, who: Who = ANNA) -> dict[tuple[Scope, Period], Amount]:
    """What is used, as seen through limits so high that nobody ever reaches them."""
    high = Allowance(*[10**12] * 6)
    found = await database.read(lambda tx: ledger.left(tx, who, Limits(high, high, high)))
    pairs = {(line.scope, line.period): Amount(0, 0) for line in found}
    for line in found:
        pairs[line.scope, line.period] = replace(pairs[line.scope, line.period], **{line.measure: line.used})
    return pairs


async def test_a_job_counts_for_its_user_its_server_and_everybody_in_every_period(database: Database) -> None:
    assert await reserve(database, ANNA, Amount(3, 120_000)) is None
    assert await used(database) == {(scope, period): Amount(3, 120_000) for scope in Scope for period in Period}
    assert (await used(database, BEN))[Scope.USER, Period.HOUR] == Amount(0, 0)
    assert (await used(database, BEN))[Scope.SERVER, Period.HOUR] == Amount(3, 120_000)
