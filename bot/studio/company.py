"""Who works on a database, and whether all of them do so in one data folder: each leaves a sign there for the others.

Pictures are files, and any process may take up any job. One that works in a folder of its own would look in vain for
those of the others, and they for its own, so it is not let in.
"""

import asyncio
from pathlib import Path

from bot.store.database import Database
from bot.store.errors import Elsewhere
from bot.store.faults import of_file
from bot.studio import leases
from bot.studio.kit import Kit
from bot.studio.leases import Worker


class Signs:
    """An empty file for each worker, named by its id."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._folder = home / "workers"

    def leave(self, worker: str) -> None:
        """From now on it can be seen here; raises StoreError."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self.place(worker).touch()
        except OSError as error:
            raise of_file(error, f"The data folder {self._home}") from error

    def remove(self, worker: str) -> None:
        """It has gone."""
        self.place(worker).unlink(missing_ok=True)

    def place(self, worker: str) -> Path:
        """Where its sign lies, if it does."""
        return self._folder / worker

    def all(self) -> list[Path]:
        """Those of the living, and of those that went without a word."""
        return list(self._folder.glob("*"))

    def missing(self, workers: list[Worker]) -> list[Worker]:
        """Those of these who have left no sign here."""
        return [worker for worker in workers if not self.place(worker.id).is_file()]


async def look_around(database: Database, home: Path) -> None:
    """Raise Elsewhere when somebody works on this database in another data folder."""
    if not database.shared:
        return
    living = await database.read(leases.living)
    if stranger := await _stranger(database, Signs(home), living):
        raise _elsewhere(stranger, home)


async def join(kit: Kit, me: Worker, lease: float) -> None:
    """Count among the living; raises Elsewhere, and then we do not, when the others are in another data folder."""
    if not kit.database.shared:
        await kit.record(lambda tx: leases.register(tx, me, lease))
        return
    signs = Signs(kit.home)
    await asyncio.to_thread(signs.leave, me.id)
    known = {me.id}
    while unknown := await kit.record(lambda tx: leases.enter(tx, me, lease, known)):
        if stranger := await _stranger(kit.database, signs, unknown):
            await asyncio.to_thread(signs.remove, me.id)
            raise _elsewhere(stranger, kit.home)
        known.update(worker.id for worker in unknown)  # here, or gone


async def leave(kit: Kit, me: Worker) -> None:
    """Go in peace, with nothing left behind."""
    await kit.database.write(lambda tx: leases.retire(tx, me.id))
    if kit.database.shared:
        await asyncio.to_thread(Signs(kit.home).remove, me.id)


async def _stranger(database: Database, signs: Signs, workers: list[Worker]) -> Worker | None:
    """The first of these who lives and has left no sign. Whoever goes takes it along, but not before being gone."""
    missing = await asyncio.to_thread(signs.missing, workers)
    if not missing:
        return None
    living = {worker.id for worker in await database.read(leases.living)}
    return next((worker for worker in missing if worker.id in living), None)


def _elsewhere(stranger: Worker, home: Path) -> Elsewhere:
    return Elsewhere(
        f"Process {stranger.pid} on {stranger.host} works on the same database, but not in the data folder {home}",
        "Give all processes one DATA_DIR, on a network share if they are on several machines (docs/scaling.md); if "
        "that process is dead, start again when its lease is over (LEASE_SECONDS).",
    )
