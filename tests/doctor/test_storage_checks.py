"""What the doctor says of the folder and the database, which it leaves as they are, while the bot works and after."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.config.survey import survey
from bot.doctor.check import Result, examine
from bot.doctor.storage import Storage, room
from bot.store.address import FILE
from bot.store.open import open_as_it_is, open_database
from bot.store.sealing import Seal
from bot.studio import leases
from bot.studio.company import Signs

STORED = ("data-folder", "disk", "database", "integrity", "second-instance")


async def examined(folder: Path, url: str = "", **more: str) -> dict[str, Result]:
    given = {"DATA_DIR": str(folder), "DATABASE_URL": url} | more
    found = await examine(Storage(survey(folder / ".env", given)).checks())
    return {result.id: result for result in found}


def everything(folder: Path) -> list[tuple[str, int, int]]:
    return sorted((file.name, file.stat().st_mtime_ns, file.stat().st_size) for file in folder.iterdir())


async def test_before_the_first_start_there_is_nothing_wrong(tmp_path: Path, empty_url: str) -> None:
    found = await examined(tmp_path, empty_url)
    assert [found[each].state for each in STORED] == ["ok"] * 5
    assert "no tables yet" in found["database"].found
    assert list(tmp_path.iterdir()) == []
    found = await examined(tmp_path / "a" / "b")
    assert found["data-folder"].found.endswith("is not there yet; the first start makes it")
    assert not (tmp_path / "a").exists()


async def test_a_database_of_this_release_is_fine_and_stays_as_it_is(tmp_path: Path, database_url: str) -> None:
    before = everything(tmp_path)
    found = await examined(tmp_path, database_url)
    assert [found[each].state for each in STORED] == ["ok"] * 5, found
    assert "can be read (form" in found["database"].found
    assert found["integrity"].found == "not damaged, and the ledger is in balance"
    assert found["second-instance"].found.startswith("nobody")
    assert everything(tmp_path) == before


async def test_while_the_bot_works_all_can_be_looked_at(tmp_path: Path, database_url: str) -> None:
    async with open_database(database_url, tmp_path) as database:
        me = leases.Worker("me", "here", 7, 4)
        await database.write(lambda tx: leases.register(tx, me, 60))
        Signs(tmp_path).leave("me")
        found = await examined(tmp_path, database_url)
        Signs(tmp_path).remove("me")
        apart = await examined(tmp_path, database_url)
        await database.write(lambda tx: leases.retire(tx, "me"))
    assert [found[each].state for each in STORED] == ["ok"] * 5, found
    running = "1 at work: here (process 7)" if database_url else "the bot is running; a second one would not start"
    assert found["second-instance"].found == running
    if database_url:
        assert apart["second-instance"].state == "fail"
        assert "process 7 on here works in another data folder" in apart["second-instance"].found


async def test_what_a_killed_bot_has_left_is_read_too(tmp_path: Path) -> None:
    async with open_database("", tmp_path):
        with closing(sqlite3.connect(tmp_path / FILE)) as other:
            other.execute("CREATE TABLE t (x)")
            left = {name: (tmp_path / name).read_bytes() for name in (FILE, f"{FILE}-wal")}
    for name, data in left.items():
        (tmp_path / name).write_bytes(data)
    assert left[f"{FILE}-wal"]
    found = await examined(tmp_path)
    assert [found[each].state for each in ("database", "integrity")] == ["ok"] * 2


async def test_a_database_of_another_release(tmp_path: Path, database_url: str) -> None:
    async def made(form: str) -> dict[str, Result]:
        async with open_as_it_is(database_url, tmp_path) as database:
            await database.write(lambda tx: tx.run(text(f"UPDATE seedream_schema SET version_num = '{form}'")))
        return await examined(tmp_path, database_url)

    found = await made("0000")
    assert found["database"].state == "warn"
    assert "seedream-bot migrate" in found["database"].fix
    assert found["integrity"].state == "ok"
    found = await made("9999")
    assert found["database"].state == "fail"
    assert "newer release" in found["database"].found
    assert found["integrity"].state == "skip"
    await made("0001")


async def test_what_is_no_database_of_ours(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("my diary, volume 3 " * 100)
    found = await examined(tmp_path)
    assert found["database"].state == "fail"
    assert "is not a SQLite database" in found["database"].found
    assert "DATA_DIR" in found["database"].fix
    (tmp_path / FILE).unlink()
    with closing(sqlite3.connect(tmp_path / FILE)) as other:
        other.execute("CREATE TABLE songs (name)")
    found = await examined(tmp_path)
    assert found["database"].state == "fail"
    assert "of another program" in found["database"].found


async def test_a_server_that_is_away_or_an_address_that_is_none(tmp_path: Path) -> None:
    found = await examined(tmp_path, "postgresql://bot:hidden-word@127.0.0.1:9/bot")
    assert [found[each].state for each in STORED] == ["ok", "ok", "fail", "skip", "skip"]
    assert "cannot be reached" in found["database"].found
    assert "hidden-word" not in str(found)
    found = await examined(tmp_path, "sqlite:///:memory:")
    assert [found[each].state for each in STORED[2:]] == ["fail", "skip", "skip"]
    found = await examined(tmp_path, "mysql://nobody")
    assert [found[each].state for each in STORED[2:]] == ["skip"] * 3
    assert found["database"].found == "DATABASE_URL cannot be used"


async def test_damage_is_found(tmp_path: Path, ready_file: Path) -> None:
    data = bytearray(ready_file.read_bytes())
    data[4096 * 3 : 4096 * 6] = b"\xff" * 4096 * 3
    (tmp_path / FILE).write_bytes(data)
    found = await examined(tmp_path)
    assert found["integrity"].state == "fail"
    assert "damaged" in found["integrity"].found
    assert "restore a backup" in found["integrity"].fix


async def test_books_that_are_not_in_balance_are_found(tmp_path: Path, database_url: str) -> None:
    async with open_database(database_url, tmp_path) as database:
        wrong = text("INSERT INTO accounts VALUES ('user:1:day:20261120', 4e9, 4, 0, 0, 0, 0, 0)")
        await database.write(lambda tx: tx.run(wrong))
    found = await examined(tmp_path, database_url)
    assert found["integrity"].state == "fail"
    assert "not in balance" in found["integrity"].found


async def test_rows_that_no_key_opens_are_told(tmp_path: Path, database_url: str) -> None:
    key = "0123456789abcdef" * 4
    async with open_database(database_url, tmp_path, seal=Seal([key])):
        pass
    try:
        found = await examined(tmp_path, database_url, DATA_KEY=key)
        assert found["database"].state == "ok"
        found = await examined(tmp_path, database_url)
        assert found["database"].state == "fail"
        assert "DATA_KEY" in found["database"].fix
        assert key not in str(found)
    finally:
        async with open_database(database_url, tmp_path, seal=Seal(["fedcba9876543210" * 4, key])) as database:
            await database.write(lambda tx: tx.run(text("DELETE FROM seals")))


async def test_whether_a_bot_is_running_may_be_hard_to_tell(tmp_path: Path) -> None:
    (tmp_path / f"{FILE}.lock").mkdir()
    found = (await examined(tmp_path))["second-instance"]
    assert found.state == "warn"
    assert ".lock" in found.fix


async def test_a_folder_that_is_none(tmp_path: Path) -> None:
    surveyed = survey(tmp_path / ".env", {})
    (tmp_path / "file").touch()
    storage = Storage(surveyed)
    storage._home = tmp_path / "file"
    assert storage.folder().state == "fail"
    found = await examined(tmp_path / "file" / "data")
    assert found["data-folder"].found == "DATA_DIR cannot be used"


@pytest.mark.parametrize(("free", "state"), [(10**12, "ok"), (10**9, "warn"), (10**8, "fail")])
def test_room_on_the_disk(free: int, state: str) -> None:
    finding = room(free)
    assert finding.state == state
    assert "GB free" in finding.found
    assert bool(finding.fix) == (state != "ok")
