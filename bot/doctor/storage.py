"""Checks of what the bot keeps: its folder, its disk, its database, and who works there."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from bot.config.survey import Survey
from bot.doctor.check import Check, Finding, Skipped, aside, fail, fine, warn
from bot.store import address, schema, seals
from bot.store.address import Server
from bot.store.database import Transaction
from bot.store.errors import Damaged, StoreError
from bot.store.inspection import flaws, in_use, look_into_file, look_into_server
from bot.store.sealing import Seal
from bot.studio import leases, ledger
from bot.studio.company import Signs

T = TypeVar("T")

_LITTLE, _TOO_LITTLE = 2 * 10**9, 2 * 10**8  # bytes
_REPORT = "tell it to the bot's authors; until then limits may be off"
_RESTORE = "stop the bot and restore a backup (docs/storage.md)"


class Storage:
    """Looks at the folder and the database, and leaves both as they are."""

    def __init__(self, survey: Survey) -> None:
        self._survey = survey
        self._home = survey.settings.data_dir

    def checks(self) -> list[Check]:
        """All of them."""
        return [
            Check("data-folder", "Data folder", lambda: aside(self.folder)),
            Check("disk", "Disk", lambda: aside(self.disk)),
            Check("database", "Database", self.database),
            Check("integrity", "Its integrity", self.integrity),
            Check("second-instance", "Who works on it", self.company),
        ]

    def folder(self) -> Finding:
        """Whether it is there and can be used."""
        self._needs("DATA_DIR")
        place = _existing(self._home)
        if not place.is_dir():
            return fail(f"{place} is not a folder", "name another one in DATA_DIR, or move that file away")
        if not os.access(place, os.R_OK | os.W_OK | os.X_OK):
            return fail(
                f"{place} cannot be written to", "let the bot's user own it (chown), or name another in DATA_DIR"
            )
        if place != self._home.absolute():
            return fine(f"{self._home} is not there yet; the first start makes it")
        return fine(f"{self._home} can be written to")

    def disk(self) -> Finding:
        """Whether there is room."""
        self._needs("DATA_DIR")
        return room(shutil.disk_usage(_existing(self._home)).free)

    async def database(self) -> Finding:
        """Whether it is there, ours, of this release, and sealed with keys that we have."""
        self._needs("DATA_KEY")
        seal = Seal(self._survey.settings.data_keys)

        def work(tx: Transaction) -> str | None:
            form = schema.revision(tx.connection, _named(place))
            if form == schema.REVISION:
                seals.needed(tx, seal)
            return form

        try:
            place = self._place()
            found = await look(place, work)
        except StoreError as error:
            return fail(error.what, error.fix)
        if found is None:
            return fine(f"{_named(place)} has no tables yet; the first start makes them")
        if found != schema.REVISION:
            fix = "start the bot, or run `seedream-bot migrate`: a backup is made first"
            return warn(f"{_named(place)} is of an older release (form {found}, this one's is {schema.REVISION})", fix)
        return fine(f"{_named(place)} can be read (form {found})")

    async def integrity(self) -> Finding:
        """Whether it is damaged, and whether the books are in balance."""

        def work(tx: Transaction) -> tuple[list[str], list[str]] | None:
            if damaged := flaws(tx):
                return damaged, []
            if schema.revision(tx.connection, "It") != schema.REVISION:
                return None
            return [], ledger.audit(tx)

        try:
            found = await look(self._place(), work)
        except Damaged as error:
            return fail(error.what, error.fix)
        except StoreError as error:
            raise Skipped(error.what) from None
        if found is None:
            return fine("there is nothing to check yet")
        damaged, unbalanced = found
        if damaged:
            return fail(f"it is damaged: {'; '.join(damaged)}", _RESTORE)
        if unbalanced:
            return fail(f"the ledger is not in balance: {'; '.join(unbalanced[:3])}", _REPORT)
        return fine("not damaged, and the ledger is in balance")

    async def company(self) -> Finding:
        """Which processes work on it now."""

        def work(tx: Transaction) -> list[leases.Worker]:
            ours = schema.revision(tx.connection, "It") == schema.REVISION
            return leases.living(tx) if ours else []

        try:
            place = self._place()
            if isinstance(place, Path):
                return _alone(place, await aside(lambda: in_use(place)))
            living = await look(place, work) or []
            strangers = await aside(lambda: Signs(self._home).missing(living))
        except StoreError as error:
            raise Skipped(error.what) from None
        if strangers:
            said = f"process {strangers[0].pid} on {strangers[0].host} works in another data folder than {self._home}"
            return fail(said, "give all processes one DATA_DIR, on a network share if need be (docs/scaling.md)")
        names = ", ".join(f"{worker.host} (process {worker.pid})" for worker in living[:5])
        return fine(f"{len(living)} at work: {names}" if living else "nobody: no bot and no worker is running")

    def _place(self) -> Path | Server:
        self._needs("DATABASE_URL")
        self._needs("DATA_DIR")
        url = self._survey.settings.database_url
        return address.read(url.get_secret_value() if url else "", self._home)

    def _needs(self, name: str) -> None:
        if self._survey.problem(name):
            raise Skipped(f"{name} cannot be used")


async def look(place: Path | Server, work: Callable[[Transaction], T]) -> T | None:
    """What the work finds, nothing where there is no file yet; raises StoreError."""
    if isinstance(place, Server):
        return await look_into_server(place, work)
    if not await aside(place.exists):
        return None
    return await aside(lambda: look_into_file(place, work))


def _alone(place: Path, busy: bool | None) -> Finding:
    if busy is None:
        fix = f"look whether a bot is running; if none is, remove {place}.lock"
        return warn(f"whether a bot is running cannot be told: {place}.lock cannot be read", fix)
    return fine("the bot is running; a second one would not start" if busy else "nobody: no bot is running")


def room(free: int) -> Finding:
    """Whether so many bytes are enough."""
    said = f"{free / 10**9:.1f} GB free"
    if free < _TOO_LITTLE:
        return fail(said, "free some space: without it no job can be written down and no picture kept")
    if free < _LITTLE:
        return warn(said, "free some space, or let less be kept (KEEP_DAYS)")
    return fine(said)


def _existing(path: Path) -> Path:
    """The nearest thing on the way to it that is there."""
    place = path.absolute()
    while not place.exists() and place != place.parent:
        place = place.parent
    return place


def _named(place: Path | Server) -> str:
    return place.name if isinstance(place, Server) else f"the SQLite file {place}"
