"""What can be wrong with a database, as one tree; every message says what to do.

StoreError
├── Unusable            it cannot be used at all, and waiting will not help
│   ├── NotADatabase    the file is something else
│   ├── Foreign         a database, but not of this bot
│   ├── Newer           made by a newer release
│   ├── Damaged         corrupt
│   ├── ReadOnly        it, or its folder, cannot be written
│   └── InUse           another process works on it
└── Passing             nothing was changed; the same again may work
    ├── Busy            locked, or too much at once
    ├── Full            no room on the disk
    └── Unreachable     no connection, or it broke
"""


class StoreError(Exception):
    """Root of the tree. `str` is one sentence of what happened and one of what to do; no password is in it."""

    def __init__(self, what: str, fix: str) -> None:
        super().__init__(f"{what}. {fix}")
        self.what = what
        self.fix = fix


class Unusable(StoreError):
    """It cannot be used at all, and waiting will not help."""


class NotADatabase(Unusable):
    """The file is something else."""


class Foreign(Unusable):
    """A database, but not of this bot."""


class Newer(Unusable):
    """Made by a newer release."""


class Damaged(Unusable):
    """Corrupt."""


class ReadOnly(Unusable):
    """It, or its folder, cannot be written."""


class InUse(Unusable):
    """Another process works on it."""


class Passing(StoreError):
    """Nothing was changed; the same again may work."""


class Busy(Passing):
    """Locked, or too much at once."""


class Full(Passing):
    """No room on the disk."""


class Unreachable(Passing):
    """No connection, or it broke. Whether a change that was under way has happened is not known."""
