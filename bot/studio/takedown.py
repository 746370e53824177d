"""A moderator takes a result away: its pictures and those that it began with go, its words stay in the history."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from time import time

from sqlalchemy import Text, cast, select, update

from bot.store.database import Transaction
from bot.store.tables import jobs
from bot.studio import deeds, pins, queue
from bot.studio.deeds import Deed
from bot.studio.history import DELETED, forget_pictures
from bot.studio.job import Job, Who
from bot.studio.orders import GONE, shelved
from bot.studio.preferences import log_channel


@dataclass(frozen=True, slots=True)
class Taken:
    """What was taken away: the job as it was before, with the messages that its pictures are in, and the names of its
    files, in the data folder and on the shelf."""

    job: Job
    files: tuple[str, ...] = ()
    shelved: tuple[str, ...] = ()


def take_down(tx: Transaction, number: int, by: Who) -> Taken | None:
    """Forget the pictures of a job, and write that into the audit log; None if it is not over, or there is none. What
    is deleted already stays as it is."""
    locked = select(jobs.c.id).where(jobs.c.id == number).with_for_update()
    job = queue.load(tx, number) if tx.run(locked).first() else None
    if job is None:
        return None
    if job.delivery is not None and job.delivery.way == DELETED:
        return Taken(job)
    if not forget_pictures(tx, number):
        return None
    names = shelved(job.request)
    emptied = {**job.request}
    if "references" in emptied:
        emptied["references"] = [dict(GONE) for _ in emptied["references"]]
    tx.run(update(jobs).where(jobs.c.id == number).values(request=emptied))
    before = {"pictures": len(job.pictures), "references": len(job.request.get("references", ())), "user": job.who.user}
    deed = Deed(job.who.server, by.user, deeds.DELETE, f"job/{number}", before=before)
    deeds.write(tx, deed, log_channel(tx, job.who.server))
    return Taken(job, tuple(picture.file for picture in job.pictures if picture.file), tuple(sorted(names)))


def remove(files: Iterable[Path], young: float | None = None) -> int:
    """Delete files, only those older than so many seconds if there is a limit; how many. A young one may belong to
    somebody who has just sent the very same: the janitor looks at it later."""
    removed = 0
    for path in files:
        with suppress(FileNotFoundError):
            if young is None or path.stat().st_mtime < time() - young:
                path.unlink()
                removed += 1
    return removed


def unnamed(tx: Transaction, names: Sequence[str]) -> list[str]:
    """The pictures on the shelf that no job and no pin stands for any more."""
    pinned = pins.pinned(tx)
    request = cast(jobs.c.request, Text)
    named = (select(jobs.c.id).where(request.contains(name)).limit(1) for name in names)
    found = zip(names, (tx.run(each).first() for each in named), strict=True)
    return [name for name, job in found if job is None and name not in pinned]
