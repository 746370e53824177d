"""Backups are whole, are made while others work, and fill an empty database of either kind."""

import gzip
import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import JSON, Boolean, Double, Table, insert, select

from bot.store import copies, upkeep
from bot.store.address import FILE
from bot.store.database import Database, Transaction
from bot.store.errors import Damaged, Full, NotADatabase, NotEmpty, ReadOnly
from bot.store.open import open_database
from bot.store.sealing import Sealed
from bot.store.tables import jobs, metadata, seals
from tests.databases import PostgresServer

FILLED = [table for table in metadata.tables.values() if table is not seals]  # that one names keys
TRICKY = {"prompt": 'a "cat"\n🐈', "list": [1, None, 0.1, {}], "big": 2**62}


def some_row(table: Table, number: int) -> dict[str, Any]:
    """A value of its own in every column; every second row has nothing where nothing may be."""
    row: dict[str, Any] = {}
    for place, column in enumerate(table.columns):
        if column.nullable and number % 2:
            row[column.name] = None
        elif isinstance(column.type, JSON | Sealed):
            row[column.name] = TRICKY | {"number": number}
        elif isinstance(column.type, Boolean):
            row[column.name] = bool(number % 2)
        elif isinstance(column.type, Double):
            row[column.name] = number + 0.1 * place
        else:
            row[column.name] = number + 100 * place if column.type.python_type is int else f"{column.name} {number}"
    return row


def populate(tx: Transaction) -> None:
    for table in FILLED:
        tx.connection.execute(insert(table), [some_row(table, number) for number in range(1, 8)])


def everything(tx: Transaction) -> dict[str, list[Any]]:
    return {name: sorted(map(repr, tx.run(select(table)).all())) for name, table in metadata.tables.items()}


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copies, "BATCH", 3)


@pytest.fixture
async def populated(database: Database) -> dict[str, list[Any]]:
    await database.write(populate)
    return await database.read(everything)


@pytest.mark.parametrize("into", ["sqlite", "postgresql"])
async def test_a_backup_fills_an_empty_database_of_either_kind(
    into: str,
    populated: dict[str, list[Any]],
    database_url: str,
    tmp_path: Path,
    postgres: PostgresServer,
) -> None:
    kept = await upkeep.backup(database_url, tmp_path)  # while the database is open
    assert kept.parent == tmp_path / "backups"
    assert [path.name for path in kept.parent.iterdir()] == [kept.name]
    url, folder = "" if into == "sqlite" else postgres.database(tables=False), tmp_path / "new"
    words = await upkeep.restore(kept, url, folder)
    assert f"has {7 * len(FILLED)} rows from" in words
    async with open_database(url, folder) as database:
        assert await database.read(everything) == populated
        row = some_row(jobs, 50) | {"key": "the next"}
        del row["id"]
        assert await database.write(lambda tx: tx.run(insert(jobs).values(row)).inserted_primary_key) == (8,)


async def test_a_copied_file_is_a_database_in_one_piece(populated: dict[str, list[Any]], tmp_path: Path) -> None:
    if not (tmp_path / FILE).exists():
        return
    kept = await upkeep.backup("", tmp_path, tmp_path / "new" / FILE)
    with closing(sqlite3.connect(kept)) as copy:
        assert copy.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    async with open_database("", tmp_path / "new") as database:
        assert await database.read(everything) == populated


async def test_only_an_empty_database_is_filled(database_url: str, tmp_path: Path) -> None:
    kept = await upkeep.backup(database_url, tmp_path)
    with pytest.raises(NotEmpty, match="is not empty"):
        await upkeep.restore(kept, database_url, tmp_path)


async def test_a_broken_backup_fills_nothing(postgres: PostgresServer, empty_url: str, tmp_path: Path) -> None:
    url = postgres.database()
    async with open_database(url, tmp_path) as database:
        await database.write(populate)
    kept = await upkeep.backup(url, tmp_path)
    whole = kept.read_bytes()
    kept.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(Damaged, match="is damaged or no backup"):
        await upkeep.restore(kept, empty_url, tmp_path / "new")
    kept.write_bytes(whole)
    await upkeep.restore(kept, empty_url, tmp_path / "new")


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (None, NotADatabase),
        (b"hello", Damaged),
        (gzip.compress(b'{"seedream": 99}\n'), NotADatabase),
        (gzip.compress(b"not json\n"), Damaged),
        (gzip.compress(b""), NotADatabase),
    ],
    ids=["missing", "text", "other", "not JSON", "empty"],
)
async def test_what_is_no_backup_is_told(content: bytes | None, fault: type[Exception], tmp_path: Path) -> None:
    source = tmp_path / "source"
    if content is not None:
        source.write_bytes(content)
    with pytest.raises(fault):
        await upkeep.restore(source, "", tmp_path / "new")


async def test_there_must_be_something_to_copy(empty_url: str, tmp_path: Path) -> None:
    with pytest.raises(NotADatabase):
        await upkeep.backup(empty_url, tmp_path / "nowhere")


async def test_a_place_that_takes_no_backup_is_told_and_nothing_is_left(database_url: str, tmp_path: Path) -> None:
    (tmp_path / "backups").write_text("a file")
    with pytest.raises(NotADatabase, match="has a file where its folder should be"):
        await upkeep.backup(database_url, tmp_path)
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "x").mkdir()
    with pytest.raises((NotADatabase, ReadOnly, Full)):
        await upkeep.backup(database_url, tmp_path, tmp_path / "taken" / "x")
    assert [path.name for path in (tmp_path / "taken").iterdir()] == ["x"]


async def test_half_a_copy_of_a_process_that_died_is_cleared_away(tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    old, young = folder / "seedream-0001-x.db.part", folder / "seedream-0001-y.db.part"
    for half in (old, young):
        half.write_bytes(b"half")
    os.utime(old, (1, 1))
    async with open_database("", tmp_path):
        pass
    await upkeep.backup("", tmp_path)
    assert (old.exists(), young.exists()) == (False, True)
