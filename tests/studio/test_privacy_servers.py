"""Which servers were left is found out too when nobody was there to see it."""

import pytest

from bot.store.database import Transaction
from bot.studio import memos
from bot.studio.privacy import Privacy
from tests.databases import Hands
from tests.studio.scene import Scene

DAY = 86_400.0
MIA, HERE, GONE, SET, ELSEWHERE = 987_654_321_000_001, 71, 72, 73, 74


@pytest.fixture
def privacy(scene: Scene) -> Privacy:
    return Privacy(scene.database, scene.home, scene.tariff)


async def marked(scene: Scene) -> set[int]:
    """The servers whose days are counted."""

    def look(tx: Transaction) -> set[int]:
        return {server for server in (HERE, GONE, SET, ELSEWHERE) if memos.recall(tx, "left", server)}

    return await scene.database.read(look)


async def test_servers_that_are_not_there_any_more_were_left_and_those_that_are_were_not(
    scene: Scene, privacy: Privacy, hands: Hands
) -> None:
    for server in (HERE, GONE, ELSEWHERE):
        await scene.accepted(user=MIA, server=server)
    await scene.database.write(lambda tx: memos.note(tx, "server", SET, {"paused": True}))
    await privacy.left(HERE)
    hands.move(6 * DAY)

    def ours(server: int) -> bool:
        return server != ELSEWHERE  # which is another process's to know

    assert await privacy.present({HERE}, ours) == 2
    assert await marked(scene) == {GONE, SET}
    hands.move(6 * DAY)
    assert await privacy.present({HERE}, ours) == 0  # their days go on from when it was noticed
    hands.move(1.1 * DAY)
    assert await privacy.sweep() == 2
    assert (await privacy.known(MIA)).servers == 2
    assert await marked(scene) == set()


async def test_where_commands_are_still_used_nothing_is_forgotten(scene: Scene, privacy: Privacy, hands: Hands) -> None:
    await privacy.left(GONE)
    hands.move(DAY)
    await scene.accepted(user=MIA, server=GONE)
    hands.move(9 * DAY)
    assert await privacy.sweep() == 0
    assert (await privacy.known(MIA)).jobs == 1
