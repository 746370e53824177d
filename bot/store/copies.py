"""Copies of a database: SQLite's own for a file, and rows as lines of JSON for both kinds."""

import gzip
import os
import sqlite3
import time
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from itertools import groupby, islice
from operator import itemgetter
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import JSON, Connection, MetaData, NullPool, Table, create_engine, func, insert, select, text, tuple_

from bot.store import documents
from bot.store.errors import Damaged, NotADatabase
from bot.store.faults import of_file, of_sqlite
from bot.store.schema import VERSION, revision

Row = tuple[str, dict[str, Any]]  # a table's name, and the values

FORMAT = 1
BATCH = 500  # rows
HALF = 86_400.0  # seconds after which half a copy is nobody's


def default_target(folder: Path, found: str, ending: str) -> Path:
    """Where the copy of a database of this form goes when nobody says where."""
    return folder / "backups" / f"seedream-{found}-{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())}{ending}"


def copy_file(path: Path, target: Path) -> Path:
    """Copy an SQLite database as of this moment, also while somebody writes to it."""
    with _finished(target) as part:
        try:
            source = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
            with closing(source), closing(sqlite3.connect(part)) as copy:
                source.backup(copy)
                copy.execute("PRAGMA journal_mode=DELETE")  # so that the copy is one file wherever it is opened
        except sqlite3.Error as error:
            fault = of_sqlite(error, f"The database {path}")
            raise fault or Damaged(f"The database {path} cannot be copied ({error})", "Look at it.") from error
    return target


def dump(connection: Connection, found: str, target: Path) -> Path:
    """Write all rows as the transaction of this connection sees them."""
    with _finished(target) as part, gzip.open(part, "wb", compresslevel=6) as file:
        file.write(orjson.dumps({"seedream": FORMAT, "revision": found}) + b"\n")
        for row in _rows(connection):
            file.write(orjson.dumps(row) + b"\n")
    return target


@contextmanager
def opened(source: Path) -> Iterator[tuple[str, Iterator[Row]]]:
    """The form and the rows of a backup: of a copied file, or of lines of JSON."""
    try:
        with source.open("rb") as file:
            begins = file.read(16)
    except OSError as error:
        fix = "Name a file of the folder backups."
        raise NotADatabase(f"The backup {source} cannot be read ({error.strerror})", fix) from error
    if begins != b"SQLite format 3\0":
        lines = _lines(source)
        head = next(lines, None)
        if not isinstance(head, dict) or head.get("seedream") != FORMAT:
            raise NotADatabase(f"{source} is no backup that this release knows", "Name a file of the folder backups.")
        yield head["revision"], ((name, values) for name, values in lines)
        return
    engine = create_engine(
        f"sqlite:///file:{source.absolute()}?mode=ro&uri=true", poolclass=NullPool, json_deserializer=documents.loads
    )
    with engine.connect() as connection:
        found = revision(connection, f"The backup {source}")
        if found is None:
            raise NotADatabase(f"The backup {source} is empty", "Name another one.")
        yield found, _rows(connection)


def fill(connection: Connection, rows: Iterator[Row]) -> int:
    """Insert rows into empty tables; returns how many."""
    tables = _tables(connection)
    count = 0
    for name, group in groupby(rows, key=itemgetter(0)):
        values = (row for _, row in group)
        while batch := list(islice(values, BATCH)):
            connection.execute(insert(tables[name]), batch)
            count += len(batch)
    if connection.dialect.name == "postgresql":  # its counters do not look at what is there
        for table in tables.values():
            for column in table.primary_key:
                if column.server_default is not None or column.identity is not None:
                    counter = func.pg_get_serial_sequence(table.name, column.name)
                    connection.execute(select(func.setval(counter, func.max(column))).having(func.count() > 0))
    return count


def hold_still(connection: Connection) -> None:
    """Keep the other processes of a PostgreSQL database from changing anything until the transaction ends."""
    if connection.dialect.name == "postgresql":
        names = ", ".join(_tables(connection))
        connection.execute(text(f"LOCK TABLE {names} IN SHARE MODE"))


def _rows(connection: Connection) -> Iterator[Row]:
    """By pieces in the order of the keys: an open cursor would be in the way of a change to the tables."""
    for name, table in _tables(connection).items():
        keys = list(table.primary_key)
        query = select(table).order_by(*keys).limit(BATCH)
        batch = connection.execute(query).mappings().all()
        while batch:
            for row in batch:
                yield name, {str(column): value for column, value in row.items()}
            last = tuple_(*(batch[-1][key] for key in keys))
            batch = connection.execute(query.where(tuple_(*keys) > last)).mappings().all()


def _tables(connection: Connection) -> dict[str, Table]:
    """The tables as they are in there: a database of an older form is read as what it is."""
    found = MetaData()
    found.reflect(connection)
    for table in found.tables.values():
        for column in table.columns:
            if isinstance(column.type, JSON):
                column.type.none_as_null = True
    return {str(name): table for name, table in sorted(found.tables.items()) if name != VERSION.name}


def _lines(source: Path) -> Iterator[Any]:
    try:
        with gzip.open(source, "rb") as file:
            yield from map(orjson.loads, file)
    except (EOFError, gzip.BadGzipFile, zlib.error, orjson.JSONDecodeError) as error:
        raise Damaged(f"The backup {source} is damaged or no backup", "Name another one.") from error


@contextmanager
def _finished(target: Path) -> Iterator[Path]:
    """A file that has its name only when it is whole and on the disk."""
    part = target.with_name(target.name + ".part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _clear_away(target.parent)
        os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
        yield part
        with part.open("rb+") as file:
            os.fsync(file.fileno())
        part.replace(target)
    except OSError as error:
        if isinstance(error, ConnectionError | TimeoutError):  # of the server whose rows these are
            raise
        raise of_file(error, f"The backup {target}") from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def _clear_away(folder: Path) -> None:
    """Halves of copies whose process died; a copy that is still being made is younger."""
    for part in folder.glob("seedream-*.part"):
        if part.stat().st_mtime < time.time() - HALF:
            part.unlink(missing_ok=True)
