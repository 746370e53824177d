"""Which form a database's tables have, and whether they are ours."""

from sqlalchemy import Column, Connection, MetaData, String, Table, inspect, select

from bot.store.errors import Foreign, Newer

REVISION = "0001"  # the newest of bot/store/migrations/versions; the tables are written for this one
VERSION = Table("seedream_schema", MetaData(), Column("version_num", String(32), primary_key=True))


def revision(connection: Connection, name: str) -> str | None:
    """The form of the tables that are there, None in an empty database; raises for one that we must not touch."""
    tables = inspect(connection).get_table_names()
    if not tables:
        return None
    found = connection.execute(select(VERSION)).scalar() if VERSION.name in tables else None
    if found is None:
        fix = "Give the bot a database of its own: another DATABASE_URL, or another DATA_DIR."
        raise Foreign(f"{name} has tables of another program", fix)
    if found > REVISION:
        fix = "Install the newer release again, or restore the backup that was made before the upgrade."
        raise Newer(f"{name} was made by a newer release (form {found}, this one knows {REVISION})", fix)
    return str(found)
