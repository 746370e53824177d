"""News for servers and the owner: each is taken by one process, and comes back if that one dies."""

import asyncio

from bot.store.database import Database, Transaction
from bot.studio import notices
from tests.databases import Hands


async def test_of_many_that_post_the_same_one_is_heard(database: Database) -> None:
    def post(tx: Transaction) -> bool:
        return notices.post(tx, "budget/1", notices.BUDGET_WARNING, 7, {"limit": 5})

    assert sorted(await asyncio.gather(*(database.write(post) for _ in range(5)))) == [False] * 4 + [True]


async def test_of_many_that_take_each_notice_goes_to_one(database: Database) -> None:
    for number in range(10):
        await database.write(lambda tx, number=number: notices.post(tx, f"{number}", notices.REPORT, 7, {}))  # type: ignore[misc]
    taken = await asyncio.gather(*(database.write(lambda tx: notices.take(tx, 3)) for _ in range(5)))
    numbers = [notice.id for some in taken for notice in some]
    assert len(numbers) == len(set(numbers)) == 10


async def test_what_can_never_be_told_is_given_up(database: Database, hands: Hands) -> None:
    await database.write(lambda tx: notices.post(tx, "x", notices.REPORT, None, {}))
    seen = 0
    for _ in range(2 * notices.TRIES):
        seen += len(await database.write(notices.take))
        hands.move(notices.PATIENCE)
    assert seen == notices.TRIES
