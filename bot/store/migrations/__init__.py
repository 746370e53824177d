"""How the tables came to be what they are: one step per change, oldest first, run by Alembic."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

FOLDER = Path(__file__).parent


def config() -> Config:
    """Alembic's settings, which need no file."""
    made = Config()
    made.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    made.set_main_option("path_separator", "os")
    return made


def upgrade(connection: Connection, revision: str = "head") -> None:
    """Take the steps from wherever the tables are to a revision, in the transaction of this connection."""
    settings = config()
    settings.attributes["connection"] = connection
    command.upgrade(settings, revision)
