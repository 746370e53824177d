"""The file and what can be wrong with it: each fault is told in words, and what can pass does pass."""

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import func, insert, select, text

from bot.store.address import FILE
from bot.store.database import Database, Transaction
from bot.store.errors import Busy, Damaged, Foreign, Full, InUse, NotADatabase, ReadOnly, StoreError
from bot.store.open import open_database
from bot.store.tables import lanes
from tests.databases import Hands

ROOT = Path(__file__).resolve().parents[2]
NOBODY = 65534
as_root = pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can become another")


async def opening(folder: Path, url: str = "") -> None:
    async with open_database(url, folder):
        pass


def add(tx: Transaction) -> None:
    tx.run(insert(lanes).values(user_id=1, tag=0.0, last_at=tx.now))


def count(tx: Transaction) -> int:
    return int(tx.run(select(func.count()).select_from(lanes)).scalar_one())


@pytest.fixture
def kind() -> str:
    return "sqlite"


async def test_a_missing_folder_is_made_and_only_we_may_read_the_file(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b"
    async with open_database("", folder) as database:
        await database.write(add)
        assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}
        assert await database.read(count) == 1
    assert sorted(path.name for path in folder.iterdir()) == [FILE, f"{FILE}.lock"]


async def test_the_file_may_be_anywhere(tmp_path: Path) -> None:
    await opening(tmp_path / "unused", f"sqlite:///{tmp_path / 'rows.db'}")
    assert (tmp_path / "rows.db").is_file()
    assert not (tmp_path / "unused").exists()


async def test_a_commit_is_on_the_disk_when_it_returns(database: Database) -> None:
    assert await database.write(lambda tx: tx.run(text("PRAGMA synchronous")).scalar()) == 2
    assert await database.write(lambda tx: tx.run(text("PRAGMA journal_mode")).scalar()) == "wal"


async def test_reading_cannot_write(database: Database) -> None:
    with pytest.raises(ReadOnly):
        await database.read(add)


async def test_only_one_process_works_on_it(tmp_path: Path) -> None:
    async with open_database("", tmp_path):
        with pytest.raises(InUse, match=r"Another process works on .*PostgreSQL"):
            await opening(tmp_path)
    await opening(tmp_path)


async def test_a_process_that_was_killed_leaves_its_work_and_no_lock(tmp_path: Path) -> None:
    script = f"""
import asyncio, pathlib
from sqlalchemy import insert
from bot.store.open import open_database
from bot.store.tables import lanes

async def main():
    async with open_database("", pathlib.Path({str(tmp_path)!r})) as database:
        await database.write(lambda tx: tx.run(insert(lanes).values(user_id=1, tag=0.0, last_at=0.0)))
        print("ready", flush=True)
        await asyncio.sleep(60)

asyncio.run(main())
"""
    child = await asyncio.create_subprocess_exec(sys.executable, "-c", script, cwd=ROOT, stdout=subprocess.PIPE)
    assert child.stdout is not None
    assert await child.stdout.readline() == b"ready\n"
    with pytest.raises(InUse):
        await opening(tmp_path)
    child.send_signal(signal.SIGKILL)
    await child.wait()
    async with open_database("", tmp_path) as database:
        assert await database.read(count) == 1


async def test_what_others_lock_for_too_long_is_busy_and_passes(database: Database, tmp_path: Path) -> None:
    database.patience = 0.0
    with closing(sqlite3.connect(tmp_path / FILE, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(Busy, match=r"locked by another program\. Close"):
            await database.write(add)
        assert await database.read(count) == 0
    await database.write(add)
    assert await database.read(count) == 1


async def test_what_others_lock_for_a_moment_is_waited_for(database: Database, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / FILE, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        writing = asyncio.create_task(database.write(add))
        await asyncio.sleep(0.05)
        assert not writing.done()
        other.execute("COMMIT")
        await writing


async def test_a_transaction_that_reads_first_is_not_overtaken_by_a_writer(database: Database, tmp_path: Path) -> None:
    def work(tx: Transaction) -> int:
        before = count(tx)
        with closing(sqlite3.connect(tmp_path / FILE, timeout=0)) as other, pytest.raises(sqlite3.OperationalError):
            other.execute("DELETE FROM lanes")
        tx.run(insert(lanes).values(user_id=7, tag=0.0, last_at=tx.now))
        return before

    assert await database.write(work) == 0


async def test_a_full_disk_is_told_and_everything_goes_on_when_there_is_room(database: Database) -> None:
    def fill(tx: Transaction) -> None:
        tx.connection.execute(insert(lanes), [{"user_id": user, "tag": 0.0, "last_at": 0.0} for user in range(10_000)])

    pages = await database.write(lambda tx: tx.run(text("PRAGMA page_count")).scalar_one())
    await database.write(lambda tx: tx.run(text(f"PRAGMA max_page_count={pages}")).scalar())
    with pytest.raises(Full, match=r"no room left .*Free some space"):
        await database.write(fill)
    assert await database.read(count) == 0
    await database.write(lambda tx: tx.run(text("PRAGMA max_page_count=100000")).scalar())
    await database.write(fill)
    assert await database.read(count) == 10_000


@pytest.mark.parametrize(
    ("content", "kind_of_fault"), [(b"not a database\n" * 100, NotADatabase), (b"\x89PNG" * 2000, NotADatabase)]
)
async def test_a_file_that_is_something_else_stays_as_it_is(
    content: bytes, kind_of_fault: type[StoreError], tmp_path: Path
) -> None:
    (tmp_path / FILE).write_bytes(content)
    with pytest.raises(kind_of_fault, match="is not a SQLite database"):
        await opening(tmp_path)
    assert (tmp_path / FILE).read_bytes() == content


async def test_a_database_of_another_program_stays_as_it_is(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / FILE)) as other:
        other.execute("CREATE TABLE songs (title)")
    content = (tmp_path / FILE).read_bytes()
    with pytest.raises(Foreign, match="tables of another program"):
        await opening(tmp_path)
    assert (tmp_path / FILE).read_bytes() == content


async def test_a_damaged_page_is_told(database_url: str, tmp_path: Path) -> None:
    async with open_database(database_url, tmp_path) as database:
        await database.write(
            lambda tx: tx.connection.execute(
                insert(lanes), [{"user_id": n, "tag": 0.0, "last_at": 0.0} for n in range(5000)]
            )
        )
    whole = (tmp_path / FILE).read_bytes()
    page = 4096
    (tmp_path / FILE).write_bytes(whole[: 4 * page] + os.urandom(len(whole) - 4 * page))

    async def use() -> None:
        async with open_database(database_url, tmp_path) as database:
            await database.read(lambda tx: [tx.run(text(f"SELECT * FROM {name}")).all() for name in ("jobs", "lanes")])

    with pytest.raises(Damaged, match=r"is damaged\. Stop the bot and restore a backup"):
        await use()


@pytest.mark.parametrize("place", ["folder", "file"])
async def test_a_file_or_a_folder_in_the_way_is_told(place: str, tmp_path: Path) -> None:
    if place == "folder":
        (tmp_path / "data" / FILE).mkdir(parents=True)
    else:
        (tmp_path / "data").write_text("")
    with pytest.raises((NotADatabase, ReadOnly)):
        await opening(tmp_path / "data")


@as_root
@pytest.mark.parametrize("locked", ["file", "folder", "parent"])
def test_what_belongs_to_another_user_is_told(locked: str, database_url: str, tmp_path: Path) -> None:
    """In a child process that is nobody, because root may write everything."""
    for folder in (tmp_path, *tmp_path.parents[:3]):
        folder.chmod(0o755)
    target = tmp_path / "new" if locked == "parent" else tmp_path
    if locked == "file":
        tmp_path.chmod(0o777)
    (tmp_path / FILE).chmod(0o644)
    script = f"""
import asyncio, os, pathlib
from bot.store.errors import ReadOnly
from bot.store.open import open_database

async def main():
    async with open_database("", pathlib.Path({str(target)!r})):
        pass

os.setgid({NOBODY})
os.setuid({NOBODY})
try:
    asyncio.run(main())
except ReadOnly as error:
    print(error)
"""
    environ = {key: value for key, value in os.environ.items() if not key.startswith("COV")}
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, env=environ, capture_output=True, text=True, check=False
    )
    assert "cannot be opened for writing. Let the user that the bot runs as own the file" in done.stdout, done.stderr


async def test_its_clock_is_taken_once_and_goes_on(tmp_path: Path, hands: Hands) -> None:
    async with open_database("", tmp_path) as database:
        assert abs(database.now() - time.time()) < 60
    async with open_database("", tmp_path, hands) as database:
        hands.move(-3600)
        assert await database.write(lambda tx: tx.now) == hands.time == database.now()
