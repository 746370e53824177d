"""What goes wrong on the bot's own machine, with databases, disks, files and clocks; nothing paid is lost."""

import asyncio
import contextlib
import resource
import sqlite3
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.seedream.content import InMemory
from bot.seedream.models import Reference
from bot.store.database import Database, Transaction
from bot.store.errors import Full, ReadOnly, StoreError
from bot.store.sqlite import Sqlite, _Lane
from bot.studio.job import State
from bot.studio.studio import Ticket
from sandbox.pictures import png
from tests.databases import Hands, PostgresServer
from tests.studio.scene import Scene, open_scene


@pytest.fixture
def embedded(database: Database) -> Sqlite:
    if not isinstance(database, Sqlite):
        pytest.skip("this fault is one of files")
    return database


def room(tx: Transaction, pages: int | None) -> None:
    """Let the database's file grow no further than this; None is as far as it likes."""
    now = tx.connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    tx.connection.exec_driver_sql(f"PRAGMA max_page_count = {2**30 if pages is None else now + pages}")


async def test_a_result_waits_for_a_locked_database(scene: Scene, embedded: Sqlite) -> None:
    await scene.start()
    job = await scene.accepted("[[slow:0.2]]")
    await scene.until(job, "sent")
    with contextlib.closing(sqlite3.connect(embedded.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        await asyncio.sleep(0.5)
        other.execute("ROLLBACK")
    assert (await scene.until(job)).state is State.SETTLED
    assert scene.pretend.billed == 1


async def test_a_full_database_takes_no_orders_and_loses_no_result(scene: Scene, embedded: Sqlite) -> None:
    await scene.start()
    job = await scene.accepted("[[slow:0.3]] " + "a long prompt " * 20)
    await scene.until(job, "sent")
    await embedded.write(lambda tx: room(tx, 0))

    async def ask_on() -> None:
        for _ in range(1000):
            await scene.submit("words " * 200)

    with pytest.raises(Full):
        await ask_on()
    await asyncio.sleep(0.8)
    await embedded.write(lambda tx: room(tx, None))
    assert (await scene.until(job)).state is State.SETTLED
    assert await scene.audit() == []
    assert isinstance(await scene.submit(), Ticket)


def pragma(lane: _Lane, text: str) -> None:
    raw = lane._engine.raw_connection()  # outside of any transaction
    raw.cursor().execute(text)
    raw.close()


@pytest.fixture
def become_read_only(database: Database, request: pytest.FixtureRequest) -> Callable[[str], Awaitable[None]]:
    """A disk that is mounted anew after an error, a server that is a copy of another for a while: "on" or "off"."""

    async def become(state: str) -> None:
        if isinstance(database, Sqlite):
            lane = database._writer
            await asyncio.get_running_loop().run_in_executor(lane._thread, pragma, lane, f"PRAGMA query_only={state}")
            return
        server: PostgresServer = request.getfixturevalue("postgres")
        name = await database.read(lambda tx: tx.run(text("SELECT current_database()")).scalar_one())
        await server.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = {state}")
        await server.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")

    return become


async def test_a_database_that_cannot_be_written_for_a_while_loses_no_result(
    scene: Scene, become_read_only: Callable[[str], Awaitable[None]]
) -> None:
    await scene.start()
    job = await scene.accepted("[[slow:0.3]]")
    await scene.until(job, "sent")
    await become_read_only("on")
    try:
        with pytest.raises(ReadOnly):
            await scene.submit()
        await asyncio.sleep(0.8)
    finally:
        await become_read_only("off")
    assert (await scene.until(job)).state is State.SETTLED
    assert scene.pretend.billed == 1
    assert (await scene.until(await scene.accepted())).state is State.SETTLED
    assert await scene.audit() == []


async def test_broken_connections_to_the_server_are_mended_in_the_middle_of_jobs(
    database: Database, scene: Scene
) -> None:
    if not database.shared:
        pytest.skip("there is no server")
    await scene.start(slots=6)
    tickets = [await scene.accepted("[[slow:0.1]]", user=user) for user in range(1, 25)]
    everybody = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
    cut = text(f"{everybody} AND pid <> pg_backend_pid()")
    for _ in range(8):
        await database.write(lambda tx: tx.run(cut))
        await asyncio.sleep(0.1)
    ended = [await scene.until(job) for job in tickets]
    assert {job.state for job in ended} <= {State.SETTLED, State.IN_DOUBT}
    assert scene.pretend.billed <= len(tickets)
    assert await scene.audit() == []
    assert all(job.owner is None for job in ended)


async def test_without_a_folder_for_pictures_nothing_is_sent(scene: Scene) -> None:
    (scene.home / "spool").write_text("in the way")
    await scene.start()
    job = await scene.until(await scene.accepted())
    assert job.state is State.FAILED
    assert scene.pretend.billed == 0
    assert job.settled is not None
    assert job.settled.cost == 0


async def test_a_reference_that_cannot_be_kept_stops_the_order_and_costs_nothing(scene: Scene) -> None:
    references = (Reference(InMemory(png(width=64, height=64)), None, "image/png", 64, 64),)
    shelf = scene.home / "shelf"
    shelf.write_text("in the way")
    with pytest.raises(StoreError, match="has a file where its folder should be"):
        await scene.submit(references=references)
    shelf.unlink()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, hard))
    try:
        with pytest.raises(StoreError, match="data folder"):
            await scene.submit(references=references)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert [path for path in shelf.rglob("*") if path.is_file()] == []
    assert await scene.audit() == []
    await scene.start()
    assert (await scene.until(await scene.accepted(references=references))).state is State.SETTLED


@contextlib.contextmanager
def few_files(more: int) -> Iterator[None]:
    """Let this process open only so many files more."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    used = len(list(Path("/proc/self/fd").iterdir()))
    resource.setrlimit(resource.RLIMIT_NOFILE, (used + more, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


async def test_when_no_more_files_can_be_opened_jobs_wait_until_they_can(scene: Scene) -> None:
    await scene.start()
    await scene.until(await scene.accepted())
    with few_files(-1):
        jobs = [await scene.accepted(user=user) for user in range(3)]
        await asyncio.sleep(0.5)
    for _ in range(60):
        await scene.pass_time(20)
        await asyncio.sleep(0.02)
        if all([(await scene.job(job)).state.final for job in jobs]):
            break
    assert {(await scene.job(job)).state for job in jobs} == {State.SETTLED}
    assert await scene.audit() == []


async def test_a_loop_that_stood_still_goes_on(scene: Scene) -> None:
    await scene.start(lease=0.3)
    job = await scene.accepted("[[slow:0.2]]")
    await scene.until(job, "sent")
    time.sleep(0.6)  # noqa: ASYNC251 - this is the fault
    assert (await scene.until(job)).state is State.SETTLED
    assert (await scene.until(await scene.accepted())).state is State.SETTLED


@pytest.mark.parametrize("jump", [3600, -3600])
async def test_a_clock_that_jumps_hurts_no_job(scene: Scene, jump: int) -> None:
    await scene.start()
    job = await scene.accepted("[[slow:0.2]]")
    await scene.until(job, "sent")
    scene.hands.move(jump)
    assert (await scene.until(job)).state is State.SETTLED
    assert (await scene.until(await scene.accepted())).state is State.SETTLED
    assert await scene.audit() == []


async def test_months_end_and_jobs_are_settled_in_the_month_they_were_accepted_in(
    database: Database, tmp_path: Path
) -> None:
    hands = Hands(1_798_761_599.0)  # the last second of 2026
    database._now = hands  # type: ignore[attr-defined]  # both engines ask it
    async with open_scene(database, hands, tmp_path) as scene:
        job = await scene.accepted()
        hands.move(5)
        await scene.start()
        await scene.until(job)
        assert await scene.audit() == []


async def test_a_disk_that_fills_up_in_the_middle_of_a_picture_leaves_the_call_in_doubt(scene: Scene) -> None:
    await scene.start()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    job = await scene.accepted("[[slow:0.3]]", response_format="b64_json")
    await scene.until(job, "sent")
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, hard))
    try:
        await asyncio.sleep(0.6)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    ended = await scene.until(job)
    assert ended.state in {State.IN_DOUBT, State.FAILED, State.SETTLED}
    assert ended.settled is not None
    assert ended.settled.cost == 40_000
    assert scene.pretend.billed == 1
    assert await scene.audit() == []
    assert (await scene.until(await scene.accepted())).state is State.SETTLED
