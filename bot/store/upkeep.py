"""What is done to a database now and then: bring it up to date, copy it, fill it from a copy."""

import asyncio
from pathlib import Path

from sqlalchemy import text

from bot.store import address, copies, schema
from bot.store.database import Database, Transaction
from bot.store.errors import NotADatabase, NotEmpty
from bot.store.migrations import upgrade
from bot.store.open import open_as_it_is
from bot.store.sqlite import Sqlite


async def bring_up(database: Database, folder: Path) -> str:
    """Make the tables those of this release, after a backup of what is there; returns what was done, in words.

    All of it is one transaction, so it is done wholly or not at all, and by one process however many start together.
    """

    def work(tx: Transaction) -> str:
        tx.alone()
        found = schema.revision(tx.connection, database.name)
        if found == schema.REVISION:
            return f"{database.name} is up to date (form {found})."
        if found is None:
            upgrade(tx.connection)
            return f"{database.name} is new, with tables of form {schema.REVISION}."
        kept = _keep(database, tx, found, folder)
        upgrade(tx.connection)
        return f"{database.name} was brought from form {found} to {schema.REVISION}; a backup of before is {kept}."

    return await database.write_slowly(work)


async def migrate(url: str, folder: Path) -> str:
    """Bring the database behind an address up to date; returns what was done, in words."""
    async with open_as_it_is(url, folder) as database:
        return await bring_up(database, folder)


async def backup(url: str, folder: Path, target: Path | None = None) -> Path:
    """Copy a database, also while the bot works on it; returns the file, by default one in the folder backups."""
    place = address.read(url, folder)
    if isinstance(place, Path):
        if not place.is_file():
            raise NotADatabase(f"There is no database {place}", "Set DATA_DIR to where the bot keeps its data.")
        target = target or copies.default_target(place.parent, schema.REVISION, ".db")
        return await asyncio.to_thread(copies.copy_file, place, target)

    def work(tx: Transaction) -> Path:
        tx.run(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))
        found = schema.revision(tx.connection, database.name)
        if found is None:
            raise NotADatabase(f"{database.name} is empty", "Is DATABASE_URL right?")
        return copies.dump(tx.connection, found, target or copies.default_target(folder, found, ".jsonl.gz"))

    async with open_as_it_is(url, folder) as database:
        return await database.write_slowly(work)


async def restore(source: Path, url: str, folder: Path) -> str:
    """Fill an empty database of either kind from a copy of either kind; returns what was done, in words."""

    def work(tx: Transaction) -> str:
        tx.alone()
        if schema.revision(tx.connection, database.name) is not None:
            raise NotEmpty(f"{database.name} is not empty", "Move it away, or name an empty one in DATABASE_URL.")
        with copies.opened(source) as (found, rows):
            upgrade(tx.connection, found)
            count = copies.fill(tx.connection, rows)
        upgrade(tx.connection)
        return f"{database.name} has {count} rows from {source} now."

    async with open_as_it_is(url, folder) as database:
        return await database.write_slowly(work)


def _keep(database: Database, tx: Transaction, found: str, folder: Path) -> Path:
    if isinstance(database, Sqlite):
        return copies.copy_file(database.path, copies.default_target(folder, found, ".db"))
    copies.hold_still(tx.connection)
    return copies.dump(tx.connection, found, copies.default_target(folder, found, ".jsonl.gz"))
