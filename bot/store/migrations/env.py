"""Alembic runs this file to get a connection; the transaction around it is the caller's."""

from alembic import context

from bot.store.schema import VERSION
from bot.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"], target_metadata=metadata, version_table=VERSION.name
)
context.run_migrations()
