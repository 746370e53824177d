"""What a server or a person has used over some days: by day, by model, by member; and the same as a table.

Read from the jobs, so it reaches as far back as they are kept. People who were forgotten are counted without a name.
"""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Integer, Row, Select, case, func, literal_column, select

from bot.store.database import Transaction
from bot.store.tables import jobs
from bot.studio.job import NOBODY, State
from bot.studio.money import MILLION

DAY = 86_400.0
MOST_DAYS = 92
MOST_LINES = 20_000  # of a table
RANKED = 10  # models or members that are told apart; the others are one
COLUMNS = ("day", "member id", "member", "model", "jobs", "images", "refused", "usd")


@dataclass(frozen=True, slots=True)
class Figures:
    """Jobs that were accepted, pictures that came of them, jobs that the provider refused, and money."""

    jobs: int = 0
    images: int = 0
    refused: int = 0
    cost: int = 0


@dataclass(frozen=True, slots=True)
class Share:
    """What one model or one member has used. `key` is the model's key or the member's number; None: all others
    together, or a member who was forgotten."""

    key: str | int | None
    figures: Figures
    others: bool = False


@dataclass(frozen=True, slots=True)
class Usage:
    """Everything for a chart: each day of the span once (days of UTC, today is the last), the most used model and the
    busiest member first."""

    total: Figures
    days: tuple[tuple[date, Figures], ...]
    models: tuple[Share, ...]
    members: tuple[Share, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table; `member` None was forgotten."""

    day: date
    member: int | None
    model: str
    figures: Figures


_SUMS = (
    func.count().label("jobs"),
    func.coalesce(func.sum(jobs.c.settled_images), 0).label("images"),
    func.coalesce(func.sum(case((jobs.c.state == State.REFUSED.value, 1), else_=0)), 0).label("refused"),
    func.coalesce(func.sum(jobs.c.settled_cost), 0).label("cost"),
)


def usage(tx: Transaction, *, server: int | None = None, user: int | None = None, days: int = 30) -> Usage:
    """What was used in a server, by a person, or by a person in a server, up to now."""
    start, count = _start(tx.now, days), _within(days)
    mine = _mine(server, user, start)
    by_day = {row.day: _figures(row) for row in tx.run(_by_day(start, count, *_SUMS).where(*mine))}
    dated = tuple((_date(start + DAY * place), by_day.get(place, Figures())) for place in range(count))
    total = _figures(tx.run(select(*_SUMS).where(*mine)).one())
    models = _ranked(tx, jobs.c.model, mine, total)
    members = _ranked(tx, jobs.c.user_id, mine, total)
    return Usage(total, dated, models, members)


def lines(tx: Transaction, *, server: int | None = None, user: int | None = None, days: int = 30) -> list[Line]:
    """The same in detail, oldest first: each day, member and model."""
    start = _start(tx.now, days)
    query = _by_day(start, _within(days), jobs.c.user_id, jobs.c.model, *_SUMS).where(*_mine(server, user, start))
    keys: tuple[Any, ...] = (literal_column("day"), jobs.c.user_id, jobs.c.model)
    rows = tx.run(query.group_by(jobs.c.user_id, jobs.c.model).order_by(*keys).limit(MOST_LINES))
    return [Line(_date(start + DAY * row.day), row.user_id or None, row.model, _figures(row)) for row in rows]


def table(found: Sequence[Line], names: Mapping[int, str], columns: Sequence[str] = COLUMNS) -> bytes:
    """A CSV file that spreadsheets open as it is meant: with a byte order mark, and nothing in it is a formula."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(columns)
    for line in found:
        member, name = str(line.member or ""), names.get(line.member or 0, "")
        told = line.figures
        usd = f"{told.cost / MILLION:.6f}".rstrip("0").rstrip(".")
        figures = (told.jobs, told.images, told.refused, usd)
        writer.writerow([line.day.isoformat(), *map(_harmless, (member, name, line.model)), *figures])
    return b"\xef\xbb\xbf" + text.getvalue().encode("utf-8", "replace")


def _mine(server: int | None, user: int | None, start: float) -> list[ColumnElement[bool]]:
    conditions = [jobs.c.created_at >= start]
    if server is not None:
        conditions.append(jobs.c.server_id == server)
    if user is not None:
        conditions.append(jobs.c.user_id == user)
    return conditions


def _by_day(start: float, count: int, *columns: Any) -> Select[Any]:
    """By the place of the day in the span. Spelled out, because engines cut off fractions each in its own way."""
    ends = [(jobs.c.created_at < start + DAY * (place + 1), place) for place in range(count)]
    return select(case(*ends, else_=count - 1).cast(Integer).label("day"), *columns).group_by(literal_column("day"))


def _ranked(
    tx: Transaction, key: ColumnElement[Any], mine: list[ColumnElement[bool]], total: Figures
) -> tuple[Share, ...]:
    order: tuple[Any, ...] = (literal_column("images").desc(), literal_column("jobs").desc(), key)
    query = select(key.label("key"), *_SUMS).where(*mine).group_by(key).order_by(*order).limit(RANKED + 1)
    rows = tx.run(query).all()
    shares = [Share(None if row.key == NOBODY else row.key, _figures(row)) for row in rows]
    if len(shares) <= RANKED:
        return tuple(shares)
    first = shares[: RANKED - 1]
    told = [share.figures for share in first]
    rest = Figures(
        total.jobs - sum(each.jobs for each in told),
        total.images - sum(each.images for each in told),
        total.refused - sum(each.refused for each in told),
        total.cost - sum(each.cost for each in told),
    )
    return (*first, Share(None, rest, others=True))


def _figures(row: Row[Any]) -> Figures:
    return Figures(int(row.jobs), int(row.images), int(row.refused), int(row.cost))


def _within(days: int) -> int:
    return max(1, min(days, MOST_DAYS))


def _start(now: float, days: int) -> float:
    return (now // DAY) * DAY - DAY * (_within(days) - 1)


def _date(at: float) -> date:
    return datetime.fromtimestamp(at, UTC).date()


def _harmless(text: str) -> str:
    """What begins like a formula is made a text, and stays on its line."""
    flat = " ".join(text.split())
    return f"'{flat}" if flat[:1] in {"=", "+", "-", "@", "|", "%"} else flat
