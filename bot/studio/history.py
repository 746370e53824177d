"""What somebody has asked for before: their jobs, newest first, and which of them came from which."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import and_, func, select, update

from bot.store.database import Transaction
from bot.store.tables import jobs
from bot.studio.job import NOBODY, Delivery, Job, State
from bot.studio.rows import delivery_json, job_of

AT_A_TIME = 1000  # rows
DELETED = "deleted"  # the way of what was brought and taken back


@dataclass(frozen=True, slots=True)
class Page:
    """Some of somebody's jobs: page `number` of `of`. Where there is nothing, that is one empty page."""

    jobs: tuple[Job, ...]
    number: int
    of: int


def page(tx: Transaction, user: int, *, search: str = "", number: int = 1, size: int = 10) -> Page:
    """A page of this user's jobs, open ones too, newest first; behind the last page comes the last one again.

    Each word of the search is somewhere in the prompt, in upper or lower case.
    """
    words = _folded(search).split()
    found = _matching(tx, user, words) if words else None
    count = tx.run(select(func.count()).where(jobs.c.user_id == user)).scalar_one() if found is None else len(found)
    of = max(1, -(-count // size))
    number = min(max(1, number), of)
    start = (number - 1) * size
    mine = select(jobs).where(jobs.c.user_id == user).order_by(jobs.c.id.desc())
    shown = mine.offset(start).limit(size) if found is None else mine.where(jobs.c.id.in_(found[start : start + size]))
    return Page(tuple(map(job_of, tx.run(shown))), number, of)


def lineage(tx: Transaction, job_id: int) -> list[Job]:
    """What this job came from: its parent first, the root last, as far as they are kept."""
    line = select(jobs.c.parent.label("id")).where(jobs.c.id == job_id).cte("line", recursive=True)
    # A parent is older than its child; whatever else may be written, this comes to an end.
    line = line.union_all(select(jobs.c.parent).where(jobs.c.id == line.c.id, jobs.c.parent < jobs.c.id))
    return [
        job_of(row) for row in tx.run(select(jobs).where(jobs.c.id.in_(select(line.c.id))).order_by(jobs.c.id.desc()))
    ]


def children(tx: Transaction, job_id: int) -> list[Job]:
    """What came from this job directly, oldest first."""
    return [job_of(row) for row in tx.run(select(jobs).where(jobs.c.parent == job_id).order_by(jobs.c.id))]


def under_way(tx: Transaction, user: int, most: int = 25) -> list[Job]:
    """What this user is waiting for, in the order in which it was asked for."""
    hoped = and_(jobs.c.closed_at.is_(None), jobs.c.state != State.ENDING.value)
    mine = select(jobs).where(jobs.c.user_id == user, hoped).order_by(jobs.c.id).limit(most)
    return [job_of(row) for row in tx.run(mine)]


def owners(tx: Transaction, numbers: Iterable[int]) -> dict[int, int]:
    """Who asked for these jobs, in so far as they are kept and their people not forgotten."""
    wanted = sorted(set(numbers))
    if not wanted:
        return {}
    theirs = select(jobs.c.id, jobs.c.user_id).where(jobs.c.id.in_(wanted), jobs.c.user_id != NOBODY)
    return {row.id: row.user_id for row in tx.run(theirs)}


def forget_pictures(tx: Transaction, job_id: int) -> bool:
    """Let go of the pictures of a job that is over, and of the messages that they were in; its prompt stays. False:
    it is not over, or there is no such job."""
    over = and_(jobs.c.id == job_id, jobs.c.closed_at.is_not(None))
    nowhere = delivery_json(Delivery(way=DELETED))
    return bool(tx.run(update(jobs).where(over).values(pictures=None, delivery=nowhere)).rowcount)


def _matching(tx: Transaction, user: int, words: list[str]) -> list[int]:
    """Compared here: prompts may be sealed, and each engine has its own idea of upper and lower case."""
    mine = select(jobs.c.id, jobs.c.request).where(jobs.c.user_id == user).order_by(jobs.c.id.desc())
    rows = tx.run(mine.execution_options(yield_per=AT_A_TIME))
    return [row.id for row in rows if _has(_folded(row.request.get("prompt") or ""), words)]


def _has(text: str, words: list[str]) -> bool:
    return all(word in text for word in words)


def _folded(text: str) -> str:
    """The same for texts that a person takes for the same: upper and lower case, é in one sign or in two."""
    return unicodedata.normalize("NFKC", text).casefold()
