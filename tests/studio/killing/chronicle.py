"""What the database itself writes down of every change of a job: triggers see what no process can hide."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Boolean, Column, Double, Integer, MetaData, Row, Table, Text, select, text

from bot.store.database import Transaction

chronicle = Table(
    "chronicle",
    MetaData(),
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("at", Double, nullable=False),
    Column("job", Integer),  # none: a worker has registered
    Column("state", Text),
    Column("owner", Text),
    Column("closed", Boolean),
    Column("pictures", Boolean),
)

_NOW = {"sqlite": "(julianday('now') - 2440587.5) * 86400.0", "postgresql": "extract(epoch FROM clock_timestamp())"}
_CHANGED = "new.id, new.state, new.owner, new.closed_at IS NOT NULL, new.pictures IS NOT NULL"
_COLUMNS = "job, state, owner, closed, pictures"
_CAUSES = {"job_came": "INSERT ON jobs", "job_changed": "UPDATE ON jobs", "worker_came": "INSERT ON workers"}


def begin(tx: Transaction) -> None:
    """From now on everything is written down."""
    chronicle.create(tx.connection)
    engine = tx.connection.dialect.name
    for name, cause in _CAUSES.items():
        columns, values = ("owner", "new.id") if cause.endswith("workers") else (_COLUMNS, _CHANGED)
        line = f"INSERT INTO chronicle (at, {columns}) VALUES ({_NOW[engine]}, {values});"
        if engine == "sqlite":
            tx.run(text(f"CREATE TRIGGER {name} AFTER {cause} BEGIN {line} END"))
            continue
        body = f"BEGIN {line} RETURN NULL; END"
        tx.run(text(f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$"))
        tx.run(text(f"CREATE TRIGGER {name} AFTER {cause} FOR EACH ROW EXECUTE FUNCTION {name}()"))


def read(tx: Transaction) -> Sequence[Row[Any]]:
    """Everything, in the order in which it happened to each job."""
    return tx.run(select(chronicle).order_by(chronicle.c.number)).all()
