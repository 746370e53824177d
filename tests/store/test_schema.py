"""The tables come by steps, wholly or not at all, once, and after a backup; then they are those of tables.py."""

import asyncio
import sys
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, insert, inspect, text

from bot.store import migrations, schema, upkeep
from bot.store.errors import Newer
from bot.store.open import open_as_it_is, open_database
from bot.store.tables import lanes, metadata
from tests.store.releases import next_release

ROOT = Path(__file__).resolve().parents[2]
STEPS = ScriptDirectory.from_config(migrations.config())
REVISIONS = [step.revision for step in reversed(list(STEPS.walk_revisions()))]

_COLUMNS = """
    SELECT table_name, ordinal_position, column_name, data_type, is_nullable, column_default
    FROM information_schema.columns WHERE table_schema = 'public'
"""
_INDEXES = "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'"
_CONSTRAINTS = """
    SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid)
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace
"""


def description(connection: Connection) -> list[Any]:
    """Everything that the engine knows of the tables: columns, constraints, indexes and their conditions."""
    if connection.dialect.name == "sqlite":
        rows = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE name NOT LIKE '%seedream_schema%'"))
        return sorted((name, " ".join((sql or "").split())) for name, sql in rows)
    queries = (_COLUMNS, _INDEXES, _CONSTRAINTS)
    found = [tuple(row) for query in queries for row in connection.execute(text(query))]
    return sorted(repr(row) for row in found if row[0] != schema.VERSION.name)


async def described(url: str, folder: Path) -> list[Any]:
    async with open_as_it_is(url, folder) as database:
        return await database.read(lambda tx: description(tx.connection))


def test_the_newest_step_is_the_one_that_the_code_is_written_for() -> None:
    assert STEPS.get_current_head() == schema.REVISION == max(REVISIONS)
    assert all(step.module.__name__.startswith(f"r{step.revision}_") for step in STEPS.walk_revisions())


async def test_the_tables_after_all_steps_are_those_of_the_code(empty_url: str, tmp_path: Path) -> None:
    def made(connection: Connection) -> list[Any]:
        metadata.create_all(connection)
        found = description(connection)
        metadata.drop_all(connection)
        return found

    async with open_as_it_is(empty_url, tmp_path) as database:
        expected = await database.write(lambda tx: made(tx.connection))
        await upkeep.bring_up(database, tmp_path)
        assert await database.read(lambda tx: description(tx.connection)) == expected
        options = {"version_table": schema.VERSION.name, "compare_type": True, "compare_server_default": True}
        assert (
            await database.read(
                lambda tx: compare_metadata(MigrationContext.configure(tx.connection, opts=options), metadata)
            )
            == []
        )


@pytest.mark.parametrize("older", REVISIONS)
async def test_every_older_form_becomes_the_newest(
    older: str, empty_url: str, database_url: str, tmp_path: Path
) -> None:
    async with open_as_it_is(empty_url, tmp_path / "older") as database:
        await database.write_slowly(lambda tx: migrations.upgrade(tx.connection, older))
    async with open_database(empty_url, tmp_path / "older"):
        pass
    assert await described(empty_url, tmp_path / "older") == await described(database_url, tmp_path)


async def test_a_database_that_is_current_is_left_alone(database_url: str, tmp_path: Path) -> None:
    assert "is up to date" in await upkeep.migrate(database_url, tmp_path)
    assert not (tmp_path / "backups").exists()


def test_a_start_that_has_nothing_to_do_does_not_even_load_alembic() -> None:
    script = "import sys, bot.store.open; sys.exit('alembic' in sys.modules)"
    assert asyncio.run(_exit_of(script)) == 0


async def test_an_upgrade_keeps_the_rows_and_makes_a_backup_of_before(
    empty_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_database(empty_url, tmp_path) as database:
        await database.write(lambda tx: tx.run(insert(lanes).values(user_id=5, tag=1.5, last_at=2.5)))
    before = schema.REVISION
    with monkeypatch.context() as patch:
        next_release(tmp_path, patch)
        async with open_database(empty_url, tmp_path) as database:
            row = await database.read(lambda tx: tx.run(text("SELECT user_id, tag, colour FROM lanes")).one())
        assert tuple(row) == (5, 1.5, "red")
    (kept,) = (tmp_path / "backups").iterdir()
    assert kept.name.startswith(f"seedream-{before}-20")
    assert kept.stat().st_mode & 0o777 == 0o600
    await upkeep.restore(kept, "", tmp_path / "restored")
    async with open_database("", tmp_path / "restored") as database:
        assert tuple(await database.read(lambda tx: tx.run(lanes.select()).one())) == (5, 1.5, 2.5)


async def test_an_older_release_does_not_touch_a_newer_database(
    empty_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await upkeep.migrate(empty_url, tmp_path)
    with monkeypatch.context() as patch:
        next_release(tmp_path, patch)
        await upkeep.migrate(empty_url, tmp_path)
    with pytest.raises(Newer, match=r"made by a newer release \(form 9999.*Install the newer release again"):
        async with open_database(empty_url, tmp_path):
            pass


async def test_a_step_that_fails_has_changed_nothing(
    empty_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await upkeep.migrate(empty_url, tmp_path)
    before = await described(empty_url, tmp_path)
    with monkeypatch.context() as patch:
        next_release(tmp_path, patch, "raise LookupError('in the middle')")
        with pytest.raises(LookupError, match="in the middle"):
            await upkeep.migrate(empty_url, tmp_path)
    assert await described(empty_url, tmp_path) == before
    assert "is up to date" in await upkeep.migrate(empty_url, tmp_path)


async def test_a_process_that_is_killed_in_a_step_has_changed_nothing(
    empty_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await upkeep.migrate(empty_url, tmp_path)
    before = await described(empty_url, tmp_path)
    with monkeypatch.context() as patch:
        next_release(tmp_path, patch, "os.kill(os.getpid(), 9)")
    script = f"""
import asyncio, pathlib
from bot.store import migrations, schema, upkeep
migrations.FOLDER, schema.REVISION = pathlib.Path({str(tmp_path / "steps")!r}), "9999"
asyncio.run(upkeep.migrate({empty_url!r}, pathlib.Path({str(tmp_path)!r})))
"""
    assert await _exit_of(script) == -9
    assert await described(empty_url, tmp_path) == before
    assert "is up to date" in await upkeep.migrate(empty_url, tmp_path)


async def test_many_that_start_together_migrate_once(postgres: Any, tmp_path: Path) -> None:
    url = postgres.database(tables=False)
    done = await asyncio.gather(*(upkeep.migrate(url, tmp_path) for _ in range(4)))
    assert sorted("is new" in words for words in done) == [False, False, False, True]


async def test_a_database_without_tables_of_ours_gets_them(empty_url: str, tmp_path: Path) -> None:
    async with open_database(empty_url, tmp_path) as database:
        found = await database.read(lambda tx: set(inspect(tx.connection).get_table_names()))
    assert found == {*metadata.tables, schema.VERSION.name}


async def _exit_of(script: str) -> int | None:
    child = await asyncio.create_subprocess_exec(sys.executable, "-c", script, cwd=ROOT)
    return await child.wait()
