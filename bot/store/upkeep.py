"""What is done to a database now and then: bring it up to date, copy it, fill it from a copy."""

import asyncio
from pathlib import Path

from sqlalchemy import text

from bot.store import address, backup
from bot.store.database import Database, Transaction
from bot.store.errors import NotADatabase, NotEmpty
from bot.store.migrations import upgrade
from bot.store.open import open_as_it_is
from bot.store.schema import REVISION, revision
from bot.store.sqlite import Sqlite


async def bring_up(database: Database, folder: Path) -> str:
    """Make the tables those of this release, after a backup of what is there; returns what was done, in words.

    All of it is one transaction, so it is done wholly or not at all, and by one process however many start together.
    """

    def work(tx: Transaction) -> str:
        tx.alone()
        found = revision(tx.connection, database.name)
        if found == REVISION:
            return f"{database.name} is up to date (form {found})."
        if found is None:
            upgrade(tx.connection)
            return f"{database.name} is new, with tables of form {REVISION}."
        kept = _keep(database, tx, found, folder)
        upgrade(tx.connection)
        return f"{database.name} was brought from form {found} to {REVISION}; a backup of before is {kept}."

    return await database.write_slowly(work)


async def migrate(url: str, folder: Path) -> str:
    """Bring the database behind an address up to date; returns what was done, in words."""
    async with open_as_it_is(url, folder) as database:
        return await bring_up(database, folder)


async def back_up(url: str, folder: Path, target: Path | None = None) -> Path:
    """Copy a database, also while the bot works on it; returns the file, by default one in the folder backups."""
    place = address.read(url, folder)
    if isinstance(place, Path):
        if not place.is_file():
            raise NotADatabase(f"There is no database {place}", "Set DATA_DIR to where the bot keeps its data.")
        target = target or backup.default_target(place.parent, REVISION, ".db")
        return await asyncio.to_thread(backup.copy_file, place, target)

    def work(tx: Transaction) -> Path:
        tx.run(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))
        found = revision(tx.connection, database.name)
        if found is None:
            raise NotADatabase(f"{database.name} is empty", "Is DATABASE_URL right?")
        return backup.dump(tx.connection, found, target or backup.default_target(folder, found, ".jsonl.gz"))

    async with open_as_it_is(url, folder) as database:
        return await database.write_slowly(work)


async def restore(source: Path, url: str, folder: Path) -> str:
    """Fill an empty database of either kind from a copy of either kind; returns what was done, in words."""

    def work(tx: Transaction) -> str:
        tx.alone()
        if not source.is_file():
            raise NotADatabase(f"There is no file {source}", "Name a file of the folder backups.")
        if revision(tx.connection, database.name) is not None:
            raise NotEmpty(f"{database.name} is not empty", "Move it away, or name an empty one in DATABASE_URL.")
        with backup.opened(source) as (found, rows):
            upgrade(tx.connection, found)
            count = backup.fill(tx.connection, rows)
        upgrade(tx.connection)
        return f"{database.name} has {count} rows from {source} now."

    async with open_as_it_is(url, folder) as database:
        return await database.write_slowly(work)


def _keep(database: Database, tx: Transaction, found: str, folder: Path) -> Path:
    if isinstance(database, Sqlite):
        return backup.copy_file(database.path, backup.default_target(folder, found, ".db"))
    backup.hold_still(tx.connection)
    return backup.dump(tx.connection, found, backup.default_target(folder, found, ".jsonl.gz"))
