"""A worker's place among the living, from its coming to its leaving."""

from sqlalchemy import select

from bot.store.database import Transaction
from bot.store.tables import workers
from tests.studio.scene import Scene


def living(tx: Transaction) -> list[str]:
    return list(tx.run(select(workers.c.id)).scalars())


async def test_a_worker_that_has_left_does_not_come_back_by_renewing_its_lease(scene: Scene) -> None:
    for _ in range(20):
        worker = await scene.start(lease=0.003)  # of a clock that stands; it is renewed all the time
        assert worker.id in await scene.database.read(living)
        await scene.stop(worker)
        assert await scene.database.read(living) == []
