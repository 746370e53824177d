"""The ledger: what everybody has used, and what is set aside for jobs under way, per hour, day and month.

Each job is booked in nine accounts: its user's, its server's and everybody's, for the hour, the day and the month
in which it was accepted, whether they are limited or not. So a limit that is set later knows what was used before,
and the accounts of a job follow from who asked and when. An account holds three totals that only grow:

    reserved = settled + released + what is set aside for open jobs
    used     = settled + what is set aside for open jobs = reserved - released
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Double,
    Executable,
    RowMapping,
    Text,
    bindparam,
    delete,
    null,
    select,
    true,
    union_all,
    update,
)

from bot.store.database import MakeInsert, Transaction
from bot.store.tables import accounts, jobs, lanes
from bot.studio import money
from bot.studio.job import Amount, Who
from bot.studio.limits import Barrier, Left, Limits, Period, Refusal, Scope
from bot.studio.periods import span

NEARLY = 0.8  # of a budget: whoever pays for it is warned

_HOUR = 3600  # seconds; no hour of UTC is in two days or months
_NOTHING = Amount()
_TOTALS = tuple(column for column in accounts.c if column.name not in {"key", "ends_at"})


@dataclass(frozen=True, slots=True)
class _Account:
    """One account that a job is booked in."""

    scope: Scope
    period: Period
    key: str
    ends_at: float


@dataclass(frozen=True, slots=True)
class _Line:
    """One limit that there is, and the account it is held against."""

    account: _Account
    barrier: Barrier
    limit: int

    def of(self, amount: Amount) -> int:
        """The part of an amount that this limit counts."""
        return amount.images if self.barrier is Barrier.IMAGES else amount.cost


@dataclass(frozen=True, slots=True)
class Booked:
    """What has become of a reservation: what stands in the way, else the budgets of servers and of everybody that are
    nearly used up with it."""

    refusal: Refusal | None = None
    near: tuple[Left, ...] = ()


def reserve(tx: Transaction, who: Who, amount: Amount, limits: Limits) -> Refusal | None:
    """As `book`, for whoever asks only whether it was."""
    return book(tx, who, amount, limits).refusal


def book(tx: Transaction, who: Who, amount: Amount, limits: Limits) -> Booked:
    """Set aside the most that a job can use. After a refusal the caller raises, so that nothing of it is kept.

    Of several limits that stand in the way, the one that comes back last is told. Whoever asks at the same time
    waits until this transaction is over, so what is looked at after this call cannot change any more.
    """
    used = _book(tx, _accounts(who, tx.now), reserved=amount)
    totals = [(line, line.of(used[line.account.key])) for line in _lines(who, tx.now, limits) if line.of(amount) > 0]
    over = [_refusal(line, total, line.of(amount)) for line, total in totals if total > line.limit]
    if over:
        return Booked(max(over, key=_wait))
    return Booked(near=tuple(_left(line, total) for line, total in totals if _nearly(line, total)))


def refusals(tx: Transaction, who: Who, amount: Amount, limits: Limits) -> list[Refusal]:
    """What would stand in the way of a reservation, the one that would be told first; nothing is reserved."""
    lines = [line for line in _lines(who, tx.now, limits) if line.of(amount) > 0]
    used = _used_of(tx, lines)
    totals = [(line, line.of(used.get(line.account.key, _NOTHING)) + line.of(amount)) for line in lines]
    over = [_refusal(line, total, line.of(amount)) for line, total in totals if total > line.limit]
    return sorted(over, key=_wait, reverse=True)


def close(tx: Transaction, who: Who, at: float, reserved: Amount, settled: Amount) -> None:
    """Settle what a job that was accepted `at` has used, and release the rest of what was reserved for it.

    What it used beyond that counts as reserved too. The same transaction closes the job's row, which can be done
    once only; that is what keeps a job from being settled twice.
    """
    beyond = Amount(max(0, settled.images - reserved.images), max(0, settled.cost - reserved.cost))
    released = Amount(max(0, reserved.images - settled.images), max(0, reserved.cost - settled.cost))
    _book(tx, _accounts(who, at), reserved=beyond, settled=settled, released=released)


def left(tx: Transaction, who: Who, limits: Limits) -> list[Left]:
    """What is left of every limit that there is, and when it comes back."""
    lines = list(_lines(who, tx.now, limits))
    used = _used_of(tx, lines)
    return [_left(line, line.of(used.get(line.account.key, _NOTHING))) for line in lines]


def cooldown(tx: Transaction, who: Who, limits: Limits) -> Refusal | None:
    """Whether this user has asked for something a moment ago. Call it after `reserve`."""
    if not limits.cooldown:
        return None
    last = tx.run(_LAST, {"its_user": who.user}).scalar()
    # A time far ahead was written before the clock was set back, and says nothing.
    if last is None or not -limits.cooldown < tx.now - last < limits.cooldown:
        return None
    return Refusal(Barrier.COOLDOWN, Scope.USER, returns_at=last + limits.cooldown)


_LAST = select(lanes.c.last_at).where(lanes.c.user_id == bindparam("its_user"))


def forget(tx: Transaction, before: float) -> int:
    """Remove the accounts of periods that were over by then and in which no job is open; how many."""
    balanced = (_open("images") == 0, _open("cost") == 0)
    return tx.run(delete(accounts).where(accounts.c.ends_at <= before, *balanced)).rowcount


def retire(tx: Transaction, who: Who, scope: Scope, past: float) -> None:
    """Remove the accounts of a person or server, but not those of the present hour, day and month: they go on counting,
    and go with their period instead of `past` seconds after it."""
    present = {account.key: account.ends_at for account in _accounts(who, tx.now) if account.scope is scope}
    subject = who.user if scope is Scope.USER else who.server
    others = accounts.c.key.like(f"{scope.value}/{subject}/%") & accounts.c.key.not_in(present)
    tx.run(delete(accounts).where(others, _open("images") == 0, _open("cost") == 0))
    for key in sorted(present):
        tx.run(update(accounts).where(accounts.c.key == key).values(ends_at=present[key] - past))


def audit(tx: Transaction) -> list[str]:
    """Everything that does not add up, in words: what an account has set aside must be what its open jobs hold."""
    # One statement, so that nothing can happen between a look at the accounts and one at the jobs.
    images, cost = _open("images"), _open("cost")
    nobody = (null().label("user_id"), null().label("server_id"), null().label("at"))
    aside = select(accounts.c.key, *nobody, images.label("images"), cost.label("cost")).where(
        (images != 0) | (cost != 0)
    )
    who = (jobs.c.user_id, jobs.c.server_id, jobs.c.created_at)
    held = select(null(), *who, jobs.c.reserved_images, jobs.c.reserved_cost).where(
        jobs.c.closed_at.is_(None), jobs.c.settled_images.is_(None)
    )
    booked: dict[str, Amount] = {}
    owed: dict[str, Amount] = {}
    for row in tx.run(union_all(aside, held)):
        if row.key is not None:
            booked[row.key] = Amount(row.images, row.cost)
            continue
        for account in _accounts(Who(row.user_id, row.server_id), row.at):
            before = owed.get(account.key, _NOTHING)
            owed[account.key] = Amount(before.images + row.images, before.cost + row.cost)
    pairs = [(key, booked.get(key, _NOTHING), owed.get(key, _NOTHING)) for key in sorted({*booked, *owed})]
    return [f"{key}: {_words(had)} set aside, {_words(due)} due to open jobs" for key, had, due in pairs if had != due]


def _book(
    tx: Transaction,
    booked: tuple[_Account, ...],
    *,
    reserved: Amount,
    settled: Amount = _NOTHING,
    released: Amount = _NOTHING,
) -> dict[str, Amount]:
    """Add to accounts, in the order of their keys, so that no two transactions wait for each other; what is used."""
    amounts = {"reserved": reserved, "settled": settled, "released": released}
    added: dict[str, Any] = {f"images_{name}": amount.images for name, amount in amounts.items()}
    added |= {f"cost_{name}": amount.cost for name, amount in amounts.items()}
    rows = sorted(booked, key=_key)
    values = added | {f"key_{place}": row.key for place, row in enumerate(rows)}
    values |= {f"ends_at_{place}": row.ends_at for place, row in enumerate(rows)}
    return {row["key"]: _used(row) for row in tx.run(_booking(tx.insert, len(rows)), values).mappings()}


@cache
def _booking(insert: MakeInsert, count: int) -> Executable:
    """One upsert of so many accounts; all of them get the same added.

    Made of selects, because SQLAlchemy compiles several rows of VALUES anew each time.
    """
    names = [column.name for column in accounts.c]
    added = [bindparam(column.name, type_=column.type) for column in _TOTALS]
    rows = [
        select(bindparam(f"key_{n}", type_=Text), bindparam(f"ends_at_{n}", type_=Double), *added).where(true())
        for n in range(count)
    ]
    statement = insert(accounts).from_select(names, union_all(*rows))
    sums = {column.name: column + statement.excluded[column.name] for column in _TOTALS}
    return statement.on_conflict_do_update(index_elements=[accounts.c.key], set_=sums).returning(accounts)


def _key(account: _Account) -> str:
    return account.key


def _accounts(who: Who, at: float) -> tuple[_Account, ...]:
    """Where a job is booked: its user's accounts first, and hours before months."""
    return _accounts_of(who.user, who.server, math.floor(at) // _HOUR)


@lru_cache(maxsize=1024)  # asked for when a job is accepted and when it ends, several times
def _accounts_of(user: int, server: int | None, hour: int) -> tuple[_Account, ...]:
    subjects = {Scope.USER: user, Scope.SERVER: server, Scope.ALL: 0}
    spans = {period: span(period, hour * _HOUR) for period in Period}
    return tuple(
        _Account(scope, period, f"{scope.value}/{subject}/{period.value}/{time.name}", time.ends_at)
        for scope, subject in subjects.items()
        if subject is not None
        for period, time in spans.items()
    )


def _lines(who: Who, at: float, limits: Limits) -> Iterator[_Line]:
    """The limits that there are, in the order of the accounts."""
    allowances = {Scope.USER: limits.user, Scope.SERVER: limits.server, Scope.ALL: limits.all}
    for account in _accounts(who, at):
        allowance = allowances[account.scope]
        if images := allowance.images(account.period):
            yield _Line(account, Barrier.IMAGES, images)
        if cost := allowance.cost(account.period):
            yield _Line(account, Barrier.COST, cost)


def _used_of(tx: Transaction, lines: list[_Line]) -> dict[str, Amount]:
    """What is used of the accounts of these limits, in so far as there are any."""
    rows = tx.run(select(accounts).where(accounts.c.key.in_([line.account.key for line in lines]))).mappings()
    return {row["key"]: _used(row) for row in rows}


def _left(line: _Line, used: int) -> Left:
    account = line.account
    return Left(account.scope, account.period, line.barrier.value, line.limit, used, account.ends_at)


def _nearly(line: _Line, used: int) -> bool:
    return line.barrier is Barrier.COST and line.account.scope is not Scope.USER and used >= line.limit * NEARLY


def _refusal(line: _Line, total: int, wanted: int) -> Refusal:
    return Refusal(
        line.barrier,
        line.account.scope,
        line.account.period,
        limit=line.limit,
        used=total - wanted,
        wanted=wanted,
        returns_at=None if wanted > line.limit else line.account.ends_at,  # more than there ever is
    )


def _wait(refusal: Refusal) -> tuple[float, bool, int]:
    """The later and the narrower a limit, the rather it is told; pictures before money, which is harder to see."""
    if refusal.returns_at is None:
        return float("inf"), refusal.barrier is Barrier.IMAGES, -refusal.limit
    return refusal.returns_at, refusal.barrier is Barrier.IMAGES, refusal.used - refusal.limit


def _used(row: RowMapping) -> Amount:
    return Amount(row["images_reserved"] - row["images_released"], row["cost_reserved"] - row["cost_released"])


def _open(measure: str) -> ColumnElement[int]:
    return accounts.c[f"{measure}_reserved"] - accounts.c[f"{measure}_settled"] - accounts.c[f"{measure}_released"]


def _words(amount: Amount) -> str:
    return f"{amount.images} images and {money.words(amount.cost)}"
