"""A report with all that it takes to decide on it: the picture, who else has reported it, what was done already."""

from dataclasses import dataclass

from sqlalchemy import func, select

from bot.store.database import Transaction
from bot.store.tables import audit, reports
from bot.studio import deeds, queue
from bot.studio.history import DELETED
from bot.studio.job import Job
from bot.studio.members import Block, member
from bot.studio.reports import Report, find


@dataclass(frozen=True, slots=True)
class Case:
    """A report, its job (None: it is not kept any more), and how many people have reported the same picture.

    `deleted_by` has deleted the picture (None: nobody has), `block` is on who has asked for it.
    """

    report: Report
    job: Job | None
    reporters: int = 1
    deleted_by: int | None = None
    block: Block | None = None

    @property
    def deleted(self) -> bool:
        """Whether the pictures are gone, whoever has taken them away."""
        delivery = self.job.delivery if self.job is not None else None
        return self.job is None or (delivery is not None and delivery.way == DELETED)


def case_of(tx: Transaction, server: int | None, number: int) -> Case | None:
    """The case of a report of this server; those of others are none."""
    report = find(tx, server, number)
    if report is None:
        return None
    job = queue.load(tx, report.job)
    reporters = tx.run(select(func.count()).select_from(reports).where(reports.c.job_id == report.job)).scalar_one()
    done = (audit.c.subject == f"job/{report.job}", audit.c.deed == deeds.DELETE)
    deleted_by = tx.run(select(audit.c.actor_id).where(*done).order_by(audit.c.id).limit(1)).scalar()
    block = member(tx, server, job.who.user).block if job is not None else None
    return Case(report, job, reporters, deleted_by, block)
