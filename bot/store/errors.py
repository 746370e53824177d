"""What can be wrong with a database, as one tree; every message says what to do.

StoreError
├── Unusable            it cannot be used at all, and waiting will not help
│   ├── BadAddress      DATABASE_URL is not understood
│   ├── Denied          the server does not let us in, or not do what we must
│   ├── NotADatabase    the file is something else
│   ├── Foreign         a database, but not of this bot
│   ├── Newer           made by a newer release
│   ├── NotEmpty        a backup is restored into an empty one only
│   ├── Damaged         corrupt
│   ├── WrongKey        sealed with a key that is not in DATA_KEY
│   ├── ReadOnly        it, or its folder, cannot be written
│   └── InUse           another process works on it
│       └── Elsewhere   and keeps its files in another folder
├── Conflict            a row contradicts one that is there; `constraint` says by which rule
└── Passing             nothing was changed, unless it is `unsure`; the same again may work
    ├── Busy            locked, or too much at once
    ├── Full            no room on the disk
    └── Unreachable     no connection, or it broke; or the disk failed
"""

from collections.abc import Sequence


class StoreError(Exception):
    """Root of the tree. `str` is one sentence of what happened and one of what to do; no password is in it."""

    unsure = False  # whether the change has happened is not known

    def __init__(self, what: str, fix: str) -> None:
        super().__init__(f"{what}. {fix}")
        self.what = what
        self.fix = fix


class Unusable(StoreError):
    """It cannot be used at all, and waiting will not help."""


class BadAddress(Unusable):
    """DATABASE_URL is not understood."""


class Denied(Unusable):
    """The server does not let us in, or not do what we must."""


class NotADatabase(Unusable):
    """The file is something else."""


class Foreign(Unusable):
    """A database, but not of this bot."""


class Newer(Unusable):
    """Made by a newer release."""


class NotEmpty(Unusable):
    """A backup is restored into an empty database only."""


class Damaged(Unusable):
    """Corrupt."""


class WrongKey(Unusable):
    """Sealed with a key that is not in DATA_KEY; `names` tells such keys apart."""

    def __init__(self, names: Sequence[str]) -> None:
        which = f"key {names[0]}" if len(names) == 1 else f"keys {', '.join(names)}"
        fix = (
            "Put the former key behind the present one (DATA_KEY=new,former), or a backup of that time in place; "
            "nothing is lost as long as you have the key."
        )
        super().__init__(f"The database is sealed with {which}, which DATA_KEY does not have", fix)
        self.names = tuple(names)


class ReadOnly(Unusable):
    """It, or its folder, cannot be written."""


class InUse(Unusable):
    """Another process works on it."""


class Elsewhere(InUse):
    """Another process works on it, and keeps its files in another folder."""


class Conflict(StoreError):
    """A row contradicts one that is there."""

    constraint = ""  # on PostgreSQL its name, on SQLite the columns ("jobs.key")


class Passing(StoreError):
    """Nothing was changed, unless it is `unsure`; the same again may work."""


class Busy(Passing):
    """Locked, or too much at once."""


class Full(Passing):
    """No room on the disk."""


class Unreachable(Passing):
    """No connection, or it broke; or the disk failed. When it broke while a change became final, it is `unsure`."""
