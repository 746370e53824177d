"""A server and what can be wrong with it: each fault is told in words, and what can pass does pass."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import func, insert, select, text, update

from bot.store import ear
from bot.store.clock import steady
from bot.store.database import Database, Transaction
from bot.store.errors import BadAddress, Busy, Denied, Foreign, ReadOnly, StoreError, Unreachable
from bot.store.open import open_database
from bot.store.postgres import MOST_NEWS, Postgres
from bot.store.tables import lanes
from tests.databases import OTHERS, PostgresServer

Open = Callable[[], Awaitable[Database]]
Wait = Callable[[Callable[[], bool]], Awaitable[None]]


@pytest.fixture
def kind() -> str:
    return "postgresql"


def add(tx: Transaction) -> None:
    tx.run(insert(lanes).values(user_id=1, tag=0.0, last_at=0.0))


def count(tx: Transaction) -> int:
    return int(tx.run(select(func.count()).select_from(lanes)).scalar_one())


async def cut(url: str) -> None:
    """What a restart of the server is for those that are connected to this database."""
    connection = await asyncpg.connect(url)
    await connection.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {OTHERS}")
    await connection.close()


async def opening(url: str, folder: Path) -> None:
    async with open_database(url, folder) as database:
        database.patience = 0.0


@pytest.fixture(autouse=True)
def short_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Faults that stay should not make a test slow."""
    monkeypatch.setattr(Database, "patience", 2.0)


async def test_several_work_on_it_and_hear_each_other(open_another: Open, wait_for: Wait) -> None:
    first, second = await open_another(), await open_another()
    heard: list[str] = []
    first.listen(heard.append)

    def work(tx: Transaction) -> None:
        add(tx)
        tx.announce("jobs")

    await second.write(work)
    await wait_for(lambda: heard == ["jobs"])
    assert await first.read(count) == 1


async def test_a_broken_connection_costs_nothing_but_a_second_try(database: Database, database_url: str) -> None:
    await asyncio.gather(*(database.read(count) for _ in range(3)))
    await cut(database_url)
    await database.write(add)
    assert await database.read(count) == 1


async def test_a_server_that_is_restarted_is_waited_for(
    database: Database, postgres: PostgresServer, wait_for: Wait
) -> None:
    database.patience = 30.0
    heard: list[str] = []
    database.listen(heard.append)
    await asyncio.to_thread(postgres.server.stop)
    writing = asyncio.create_task(database.write(add))
    await asyncio.sleep(0.05)
    assert not writing.done()
    await asyncio.to_thread(postgres.server.start)
    await writing
    assert await database.read(count) == 1
    await wait_for(lambda: ear.MISSED in heard)


async def test_after_a_gap_listeners_are_told_to_look(
    database: Database, database_url: str, wait_for: Wait, caplog: pytest.LogCaptureFixture
) -> None:
    heard: list[str] = []
    database.listen(heard.append)
    with caplog.at_level(logging.WARNING):
        await cut(database_url)
        await wait_for(lambda: heard == [ear.MISSED])
    await database.write(lambda tx: tx.announce("cancel 1"))
    await wait_for(lambda: heard == [ear.MISSED, "cancel 1"])


async def test_a_connection_that_breaks_before_the_commit_did_nothing_and_the_work_is_run_again(
    database: Database, database_url: str
) -> None:
    runs: list[int] = []

    def work(tx: Transaction) -> None:
        add(tx)
        runs.append(tx.run(text("SELECT pg_backend_pid()")).scalar_one())
        if len(runs) == 1:
            tx.run(text("SELECT pg_terminate_backend(pg_backend_pid())"))

    await database.write(work)
    assert len(runs) == 2
    assert await database.read(count) == 1


async def test_a_connection_that_breaks_in_the_commit_leaves_us_unsure(empty_url: str, tmp_path: Path) -> None:
    """A check that is put off to the commit ends the connection right there."""
    function = (
        "CREATE FUNCTION hang_up() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$"
    )
    trigger = (
        "CREATE CONSTRAINT TRIGGER late AFTER INSERT ON lanes DEFERRABLE INITIALLY DEFERRED "
        "FOR EACH ROW EXECUTE FUNCTION hang_up()"
    )
    async with open_database(empty_url, tmp_path) as database:
        await database.write(lambda tx: [tx.run(text(statement)) for statement in (function, trigger)])
        with pytest.raises(Unreachable, match="whether the last change was kept is not known") as caught:
            await database.write(add)
        assert caught.value.unsure
        assert await database.read(count) == 0


async def test_two_that_wait_for_each_other_both_get_there(open_another: Open) -> None:
    databases = await open_another(), await open_another()
    await databases[0].write(
        lambda tx: tx.run(insert(lanes).values([{"user_id": n, "tag": 0.0, "last_at": 0.0} for n in (1, 2)]))
    )
    both = asyncio.Barrier(2)
    runs: list[int] = []

    async def cross(database: Database, order: tuple[int, int]) -> None:
        def work(tx: Transaction) -> None:
            runs.append(order[0])
            tx.run(text("SET LOCAL deadlock_timeout = 20"))
            for user in order:
                tx.run(update(lanes).where(lanes.c.user_id == user).values(tag=lanes.c.tag + 1))
                tx.run(text("SELECT pg_sleep(0.05)"))

        await both.wait()
        await database.write(work)

    await asyncio.gather(cross(databases[0], (1, 2)), cross(databases[1], (2, 1)))
    assert await databases[0].read(lambda tx: tx.run(select(lanes.c.tag)).scalars().all()) == [2.0, 2.0]
    assert len(runs) > 2


async def test_reading_cannot_write_and_writing_can_again(database: Database) -> None:
    with pytest.raises(ReadOnly):
        await database.read(add)
    await database.write(add)


async def test_news_are_short(database: Database) -> None:
    await database.write(lambda tx: tx.announce("é" * (MOST_NEWS // 2)))
    with pytest.raises(ValueError, match="short"):
        await database.write(lambda tx: tx.announce("é" * (MOST_NEWS // 2 + 1)))


async def test_a_lock_that_is_held_for_too_long_is_busy(database: Database, database_url: str) -> None:
    await database.write(add)
    connection = await asyncpg.connect(database_url)
    try:
        async with connection.transaction():
            await connection.execute("UPDATE lanes SET tag = 1")

            def work(tx: Transaction) -> None:
                tx.run(text("SET LOCAL lock_timeout = 20"))
                tx.run(update(lanes).values(tag=2))

            database.patience = 0.0
            with pytest.raises(Busy):
                await database.write(work)
    finally:
        await connection.close()


async def test_its_clock_is_the_servers(postgres: PostgresServer, tmp_path: Path) -> None:
    url = postgres.database(tables=False)
    name = url.split("/")[3].split("?")[0]
    await postgres.execute("CREATE SCHEMA ahead", name)  # where it is an hour later than on this machine
    later = "SELECT pg_catalog.clock_timestamp() + interval '1 hour'"
    await postgres.execute(
        f"CREATE FUNCTION ahead.clock_timestamp() RETURNS timestamptz LANGUAGE sql AS $$ {later} $$", name
    )
    async with open_database(f"{url}&search_path=ahead,pg_catalog", tmp_path) as database:
        assert abs(database.now() - time.time() - 3600) < 60
        assert abs(await database.write(lambda tx: tx.now) - time.time() - 3600) < 60
    postgres.drop(url)


async def test_the_time_is_asked_for_again_and_again(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wait_for: Wait
) -> None:
    monkeypatch.setattr(ear, "CHECK", 0.01)
    async with open_database(database_url, tmp_path) as database:
        assert isinstance(database, Postgres)
        database._clock.told(0.0, 0.0)  # as if it were 1970
        await wait_for(lambda: database._clock._offset + steady() > 1e9)


@pytest.mark.parametrize("nobody", ["127.0.0.1:1", "nowhere.invalid"])
async def test_a_server_that_is_not_there_is_told(nobody: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Database, "patience", 0.0)
    with pytest.raises(Unreachable, match=r"seedream at .* cannot be reached .*Is it running") as caught:
        await opening(f"postgresql://me:secret@{nobody}/seedream", tmp_path)
    assert "secret" not in str(caught.value)
    assert not caught.value.unsure


async def test_a_database_that_does_not_exist_is_told(postgres: PostgresServer, tmp_path: Path) -> None:
    with pytest.raises(Denied, match=r"does not exist.*CREATE DATABASE"):
        await opening(postgres.url("missing"), tmp_path)


async def test_a_wrong_password_is_told(postgres: PostgresServer, database_url: str, tmp_path: Path) -> None:
    await postgres.lock_out("stranger")
    url = database_url.replace("postgres@", "stranger:secret@")
    with pytest.raises(Denied, match="refuses the user or the password") as caught:
        await opening(url, tmp_path)
    assert "secret" not in str(caught.value)


async def test_a_user_that_may_not_make_tables_is_told(postgres: PostgresServer, tmp_path: Path) -> None:
    await postgres.execute("DROP ROLE IF EXISTS guest")
    await postgres.execute("CREATE ROLE guest LOGIN")
    url = postgres.url("template1").replace("postgres@", "guest@")
    with pytest.raises(Denied, match=r"not give its user enough rights.*owner"):
        await opening(url, tmp_path)


async def test_a_server_that_only_reads_is_told(postgres: PostgresServer, empty_url: str, tmp_path: Path) -> None:
    name = empty_url.split("/")[3].split("?")[0]
    await postgres.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    with pytest.raises(ReadOnly, match="Name the primary server"):
        await opening(empty_url, tmp_path)


async def test_tables_of_another_program_are_left_alone(empty_url: str, tmp_path: Path) -> None:
    connection = await asyncpg.connect(empty_url)
    await connection.execute("CREATE TABLE songs (title text)")
    await connection.close()
    with pytest.raises(Foreign, match="tables of another program"):
        await opening(empty_url, tmp_path)


@pytest.mark.parametrize(
    ("options", "fault"),
    [("port=1&sslmode=perhaps", BadAddress), ("port=1&sslmode=require", StoreError), ("port=x", BadAddress)],
)
async def test_an_option_that_is_wrong_is_told(options: str, fault: type[StoreError], tmp_path: Path) -> None:
    with pytest.raises(fault):
        await opening(f"postgresql://me@/x?host=127.0.0.1&{options}", tmp_path)
