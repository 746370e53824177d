"""Forgets people and servers: their rows, and which files those named. What a server has used stays counted.

A job that is forgotten keeps its number, times and model, and how many pictures and how much money it was; it loses
everything that could say who asked for what. Under way it is taken from whoever draws it: nothing is brought any more,
and what may have been billed is booked.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, delete, or_, select, update

from bot.store.database import Transaction
from bot.store.tables import audit, jobs, lanes, notices, preferences, reports
from bot.studio import ledger
from bot.studio.cancel import cancel_waiting
from bot.studio.closing import billed
from bot.studio.job import NOBODY, Amount, Job, State
from bot.studio.orders import outline, shelved
from bot.studio.queue import QUEUED, lock
from bot.studio.rows import job_of, pictures_of
from bot.studio.steps import settling
from bot.studio.tariff import Tariff

BATCH = 200  # jobs that are forgotten at once
DRAFTS = ("draft", "form")  # scopes of `preferences` whose subject is a person: what was about to be asked for
PERSONAL = (*DRAFTS, "pin", "person")


@dataclass(frozen=True, slots=True)
class Emptied:
    """Some jobs that were forgotten: their numbers, and the files that they named: by name on the shelf, and by their
    place in the data folder."""

    numbers: Sequence[int] = ()
    shelved: frozenset[str] = frozenset()
    files: frozenset[str] = frozenset()


def of_user(user: int) -> ColumnElement[bool]:
    """The jobs of a person."""
    return jobs.c.user_id == user


def of_server(server: int) -> ColumnElement[bool]:
    """The jobs of a server, those of forgotten people too."""
    return jobs.c.server_id == server


def stop(tx: Transaction, whose: ColumnElement[bool], tariff: Tariff) -> int:
    """End all of these jobs that are open, without a word to anybody; how many that were."""
    lock(tx)  # nobody claims meanwhile
    waiting = select(jobs.c.id).where(whose, jobs.c.closed_at.is_(None), jobs.c.owner.is_(None), QUEUED)
    for number in list(tx.run(waiting.order_by(jobs.c.id)).scalars()):
        cancel_waiting(tx, number)
    open_ = select(jobs).where(whose, jobs.c.closed_at.is_(None)).order_by(jobs.c.id).with_for_update()
    found = list(map(job_of, tx.run(open_)))
    for job in found:
        _end(tx, job, tariff)
    return len(found)


def empty(tx: Transaction, whose: ColumnElement[bool], *, counted: bool) -> Emptied:
    """Forget some of these jobs, which are all over; none are left when there are no numbers. What is `counted` goes on
    being so in the figures of its server."""
    columns = (jobs.c.id, jobs.c.server_id, jobs.c.model, jobs.c.request, jobs.c.pictures)
    over = select(*columns).where(whose, jobs.c.closed_at.is_not(None)).order_by(jobs.c.id).limit(BATCH)
    rows = tx.run(over.with_for_update()).all()
    for row in rows:
        mine = jobs.c.id == row.id
        stays = counted and row.server_id is not None
        tx.run(update(jobs).where(mine).values(_nothing(row)) if stays else delete(jobs).where(mine))
    names = (shelved(row.request) for row in rows)
    files = (picture.file for row in rows for picture in pictures_of(row.pictures) if picture.file)
    return Emptied([row.id for row in rows], frozenset().union(*names), frozenset(files))


def drop_preferences(tx: Transaction, user: int) -> set[str]:
    """Remove what this person has noted, picked and reported, and their place in the line; the names on the shelf that
    it held. What moderators did to them stays, and so does their no to the use of their pictures."""
    subject = and_(preferences.c.scope.in_(PERSONAL), preferences.c.subject == user)
    own = and_(preferences.c.scope.like(f"%/{user}"), preferences.c.scope.not_like("member/%"))
    rows = tx.run(select(preferences.c["values"]).where(or_(subject, own))).scalars().all()
    tx.run(delete(preferences).where(or_(subject, own)))
    tx.run(delete(lanes).where(lanes.c.user_id == user))
    tx.run(delete(reports).where(reports.c.reporter_id == user))
    return set(_on_the_shelf(rows))


def drop_server(tx: Transaction, server: int) -> None:
    """Remove what a server has set and laid down for its members, and what was reported and done there."""
    settings = and_(preferences.c.scope == "server", preferences.c.subject == server)
    members = preferences.c.scope == f"member/{server}"
    tx.run(delete(preferences).where(or_(settings, members)))
    for table in (audit, notices, reports):
        tx.run(delete(table).where(table.c.server_id == server))


def _end(tx: Transaction, job: Job, tariff: Tariff) -> None:
    values: dict[str, Any] = {"state": State.CANCELLED.value, "closed_at": tx.now, "owner": None}
    values["attempt"] = job.attempt + 1  # whoever holds it has lost it
    if job.settled is None:
        amount = Amount(0, _gone(job, tariff) + job.doubtful_cost)
        ledger.close(tx, job.who, job.created_at, job.reserved, amount)
        values |= settling(amount)
    tx.run(update(jobs).where(jobs.c.id == job.id).values(values))
    tx.announce(f"cancel {job.id}")


def _gone(job: Job, tariff: Tariff) -> int:
    """The money that is, or may be, spent on a job that is stopped where it stands."""
    if job.state is State.GENERATED:
        return billed(job, tariff)
    return (tariff.worst(outline(job.request), [job.provider]) or 0) if job.state is State.SENT else 0


def _nothing(row: Row[Any]) -> dict[str, Any]:
    """What is written over a job that is forgotten."""
    key = f"forgotten:{row.id}"
    kept = {"user_id": NOBODY, "key": key, "origin": {"key": key}, "request": {"model": row.model}}
    return kept | dict.fromkeys(("parent", "task", "pictures", "usage", "error", "delivery"))


def _on_the_shelf(values: Iterable[Any]) -> Iterable[str]:
    """Every name of something on the shelf, however deep it stands."""
    for value in values:
        if isinstance(value, Mapping):
            name = value.get("shelf")
            if isinstance(name, str) and name:
                yield name
            yield from _on_the_shelf(value.values())
        elif isinstance(value, list):
            yield from _on_the_shelf(value)
