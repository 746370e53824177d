"""What the engines' own errors mean, as errors of this library: tables of codes."""

import errno
import sqlite3
import ssl
from typing import Any

import asyncpg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from bot.store.errors import (
    BadAddress,
    Busy,
    Conflict,
    Damaged,
    Denied,
    Full,
    NotADatabase,
    ReadOnly,
    StoreError,
    Unreachable,
)

Told = tuple[type[StoreError], str, str]

_LOCKED: Told = (Busy, "{} is locked by another program", "Close what else has it open, then try again.")
_UNWRITABLE: Told = (
    ReadOnly,
    "{} cannot be opened for writing",
    "Let the user that the bot runs as own the file and its folder (chown), on a disk that is mounted for writing.",
)
_FULL: Told = (Full, "There is no room left for {}", "Free some space on its disk; the bot then goes on by itself.")
_DAMAGED: Told = (Damaged, "{} is damaged", "Stop the bot and restore a backup (docs/storage.md).")
_DISK: Told = (Unreachable, "The disk of {} fails", "Look at the system's log; the disk, or its network, has errors.")

# https://www.sqlite.org/rescode.html, primary result codes
_SQLITE: dict[int, Told] = {
    sqlite3.SQLITE_PERM: _UNWRITABLE,
    sqlite3.SQLITE_BUSY: _LOCKED,
    sqlite3.SQLITE_LOCKED: _LOCKED,
    sqlite3.SQLITE_PROTOCOL: _LOCKED,
    sqlite3.SQLITE_READONLY: _UNWRITABLE,
    sqlite3.SQLITE_CANTOPEN: _UNWRITABLE,
    sqlite3.SQLITE_IOERR: _DISK,
    sqlite3.SQLITE_CORRUPT: _DAMAGED,
    sqlite3.SQLITE_FULL: _FULL,
    sqlite3.SQLITE_NOTADB: (
        NotADatabase,
        "{} is not a SQLite database",
        "Move that file away, or name another folder in DATA_DIR.",
    ),
}
_FILES: dict[int, Told] = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL,
    errno.EIO: _DISK,
    errno.ENOTDIR: (NotADatabase, "{} has a file where its folder should be", "Move that file away, or set DATA_DIR."),
    errno.EEXIST: (NotADatabase, "{} has a file where its folder should be", "Move that file away, or set DATA_DIR."),
    errno.EISDIR: (NotADatabase, "{} is a folder", "Move that folder away, or set DATA_DIR."),
}

_DOWN: Told = (Unreachable, "{} cannot be reached", "Is it running, and are host and port in DATABASE_URL right?")
_CROWDED: Told = (Busy, "{} has too much to do", "Try again later, or allow it more connections and memory.")
_CONTENDED: Told = (Busy, "{} had to put off a change because of others", "Try again.")
_PASSWORD: Told = (Denied, "{} refuses the user or the password", "Correct them in DATABASE_URL (write @ as %40).")
_TLS: Told = (Denied, "{} and the bot do not agree on TLS", "Correct sslmode and sslrootcert in DATABASE_URL.")

# https://www.postgresql.org/docs/current/errcodes-appendix.html; the longest beginning counts
_POSTGRES: dict[str, Told] = {
    "08": _DOWN,
    "08P01": (
        Denied,
        "{} refuses how the bot talks to it",
        "Name the server itself in DATABASE_URL, not a connection pooler such as PgBouncer.",
    ),
    "25006": (ReadOnly, "{} is read-only", "Name the primary server in DATABASE_URL, not a copy that only reads."),
    "25P0": _DOWN,  # it ended a transaction that was idle for too long
    "28": _PASSWORD,
    "3D000": (Denied, "{} does not exist", "Create it (CREATE DATABASE), or correct the name in DATABASE_URL."),
    "40": _CONTENDED,
    "42501": (Denied, "{} does not give its user enough rights", "Make the user the owner of the database."),
    "42704": (BadAddress, "{} does not know an option of its address", "Take it out of DATABASE_URL."),
    "53": _CROWDED,
    "53100": _FULL,
    "55P03": _CONTENDED,
    "57014": _CONTENDED,
    "57P": _DOWN,
    "58": _DISK,
    "XX001": _DAMAGED,
    "XX002": _DAMAGED,
}


def of_sqlite(error: BaseException, where: str, *, committing: bool = False) -> StoreError | None:
    """What an error of SQLite or of the file system means; None for one that is a mistake in the code."""
    cause = _cause(error)
    if isinstance(cause, sqlite3.IntegrityError):
        return _conflict(where, str(cause).rpartition(": ")[2])
    if isinstance(cause, OSError):
        return of_file(cause, where)
    told = _SQLITE.get(getattr(cause, "sqlite_errorcode", 0) & 0xFF)
    return told and _say(told, where, committing=committing)


def of_file(error: OSError, where: str) -> StoreError:
    """What an error of the file system means."""
    return _say(_FILES.get(error.errno or 0, _UNWRITABLE), where)


def of_postgres(error: BaseException, where: str, *, committing: bool = False) -> StoreError | None:
    """What an error of PostgreSQL or of the way to it means; None for one that is a mistake in the code."""
    cause: Any = _cause(error)
    code = str(getattr(cause, "sqlstate", None) or "")
    if code.startswith("23"):
        return _conflict(where, str(getattr(cause, "constraint_name", None) or ""))
    if isinstance(error, PoolTimeout):
        return _say(_CROWDED, where)
    if isinstance(cause, ssl.SSLError):
        return _say(_TLS, where, str(cause))
    told = next((_POSTGRES[code[:length]] for length in (5, 4, 3, 2) if code[:length] in _POSTGRES), None)
    if told is None and _lost(error, cause):
        told = _DOWN
    reason = str(cause).partition("\n")[0]
    return told and _say(told, where, reason, committing=committing)


def _lost(error: BaseException, cause: Any) -> bool:
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    return isinstance(cause, OSError | asyncpg.InterfaceError)


def _cause(error: BaseException) -> BaseException:
    """The engine's own error inside of those that were wrapped around it."""
    if not isinstance(error, DBAPIError) or error.orig is None:
        return error
    return error.orig if isinstance(error.orig, sqlite3.Error) else error.orig.__cause__ or error.orig


def _conflict(where: str, constraint: str) -> Conflict:
    conflict = Conflict(f"{where} has a row that this one contradicts ({constraint})", "This is a mistake in the bot.")
    conflict.constraint = constraint
    return conflict


def _say(told: Told, where: str, reason: str = "", *, committing: bool = False) -> StoreError:
    kind, what, fix = told
    unsure = committing and kind is Unreachable
    because = f" ({reason})" if reason else ""
    doubt = "; whether the last change was kept is not known" if unsure else ""
    named = where if what.startswith("{}") else where.replace("The ", "the ", 1)  # in the middle of the sentence
    fault = kind(f"{what.format(named)}{because}{doubt}", fix)
    fault.unsure = unsure
    return fault
