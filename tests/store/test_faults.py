"""What the engines' own errors mean."""

import errno
import os
import ssl
import subprocess
import sys
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy.exc import TimeoutError as PoolTimeout

from bot.store import sqlite
from bot.store.errors import (
    Busy,
    Damaged,
    Denied,
    Full,
    NotADatabase,
    ReadOnly,
    StoreError,
    Unreachable,
    Unusable,
)
from bot.store.faults import of_file, of_postgres
from bot.store.open import open_database

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (asyncpg.DiskFullError("no space"), Full),
        (asyncpg.TooManyConnectionsError("sorry, too many clients already"), Busy),
        (asyncpg.OutOfMemoryError("out of memory"), Busy),
        (asyncpg.SerializationError("could not serialize"), Busy),
        (asyncpg.DeadlockDetectedError("deadlock detected"), Busy),
        (asyncpg.QueryCanceledError("statement timeout"), Busy),
        (asyncpg.CannotConnectNowError("the database system is starting up"), Unreachable),
        (asyncpg.AdminShutdownError("terminating connection"), Unreachable),
        (asyncpg.IdleInTransactionSessionTimeoutError("idle"), Unreachable),
        (asyncpg.InterfaceError("connection is closed"), Unreachable),
        (ConnectionResetError(errno.ECONNRESET, "reset"), Unreachable),
        (TimeoutError(), Unreachable),
        (PoolTimeout(), Busy),
        (asyncpg.DataCorruptedError("invalid page"), Damaged),
        (asyncpg.ProtocolViolationError("unsupported startup parameter"), Denied),
        (ssl.SSLCertVerificationError("self-signed certificate"), Denied),
        (asyncpg.UndefinedColumnError("there is no such column"), None),
        (LookupError("not of the database"), None),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
def test_an_error_of_postgresql(error: Exception, kind: type[StoreError] | None) -> None:
    fault = of_postgres(error, "The database")
    assert type(fault) is (kind or type(None))
    assert fault is None or not fault.unsure


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (errno.EACCES, ReadOnly),
        (errno.EROFS, ReadOnly),
        (errno.ENOSPC, Full),
        (errno.EDQUOT, Full),
        (errno.EIO, Unreachable),
        (errno.ENOTDIR, NotADatabase),
    ],
)
def test_an_error_of_the_file_system(code: int, kind: type[StoreError]) -> None:
    fault = of_file(OSError(code, os.strerror(code)), "The file")
    assert type(fault) is kind
    assert " The file" not in str(fault)


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such limits")
def test_a_disk_that_fails_while_it_writes_is_told(tmp_path: Path) -> None:
    """The system lets no file of this process grow any further."""
    script = f"""
import asyncio, pathlib, resource
from sqlalchemy import insert
from bot.store.errors import Unreachable
from bot.store.open import open_database
from bot.store.tables import lanes

async def main():
    async with open_database("", pathlib.Path({str(tmp_path)!r})) as database:
        database.patience = 0.0
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, resource.RLIM_INFINITY))
        try:
            await database.write(lambda tx: tx.run(insert(lanes).values(user_id=1, tag=0.0, last_at=0.0)))
        except Unreachable as fault:
            print(fault.unsure, fault)
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        await database.write(lambda tx: tx.run(insert(lanes).values(user_id=1, tag=0.0, last_at=0.0)))
        print("and goes on")

asyncio.run(main())
"""
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)
    first, last = done.stdout.splitlines()
    assert first.startswith("True The disk of the database")
    assert last == "and goes on"


async def test_a_sqlite_that_is_too_old_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "OLDEST", (99,))
    with pytest.raises(Unusable, match=r"which is too old\. Use a newer Python, or PostgreSQL"):
        async with open_database("", tmp_path):
            pass
