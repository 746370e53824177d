"""What was used is told by day, model and member, bounded, and as a table that no spreadsheet runs."""

import csv
import io
from datetime import date
from typing import Any

import pytest
from sqlalchemy import event, select, update

from bot.store.database import Database, Transaction
from bot.store.tables import jobs
from bot.studio.job import NOBODY
from bot.studio.usage import MOST_DAYS, Figures, Line, Share, lines, table, usage
from tests.databases import Hands
from tests.studio.making import put_job

DAY = 86_400.0
TODAY = date(2027, 1, 15)  # where the hands of the tests stand
SERVER = 7


async def book(
    database: Database, user: int, images: int, *, days_ago: float = 0, server: int = SERVER, **values: Any
) -> None:
    """A job that is over, and what came of it."""
    job = await put_job(database, user, server=server)

    def work(tx: Transaction) -> None:
        told = {"closed_at": tx.now, "settled_images": images, "settled_cost": images * 40_000, "state": "settled"}
        told |= {"created_at": tx.now - days_ago * DAY, **values}
        tx.run(update(jobs).where(jobs.c.id == job.id).values(**told))

    await database.write(work)


async def test_figures_are_told_by_day_model_and_member(database: Database) -> None:
    await book(database, 1, 4)
    await book(database, 1, 1, model="seedream-4-0")
    await book(database, 2, 0, days_ago=1, state="refused")
    await book(database, 2, 2, days_ago=6)
    await book(database, 2, 9, days_ago=8)  # before the span
    await book(database, 2, 9, server=8)
    await put_job(database, 3, server=SERVER)  # under way: nothing is settled yet
    found = await database.read(lambda tx: usage(tx, server=SERVER, days=7))
    assert found.total == Figures(5, 7, 1, 280_000)
    assert [day for day, _ in found.days] == [date(2027, 1, 9 + place) for place in range(7)]
    assert {day.day: figures for day, figures in found.days if figures != Figures()} == {
        9: Figures(1, 2, 0, 80_000),
        14: Figures(1, 0, 1, 0),
        15: Figures(3, 5, 0, 200_000),
    }
    assert found.models == (
        Share("seedream-4-5", Figures(4, 6, 1, 240_000)),
        Share("seedream-4-0", Figures(1, 1, 0, 40_000)),
    )
    assert [share.key for share in found.members] == [1, 2, 3]
    own = await database.read(lambda tx: usage(tx, user=2, days=30))
    assert own.total == Figures(4, 20, 1, 800_000)
    assert (await database.read(lambda tx: usage(tx, server=SERVER, user=2, days=7))).total.images == 2


async def test_days_begin_at_midnight_of_utc(database: Database, hands: Hands) -> None:
    past = hands() % DAY / DAY
    await book(database, 1, 1, days_ago=past)
    await book(database, 1, 2, days_ago=past + 1e-9)
    found = await database.read(lambda tx: usage(tx, server=SERVER, days=2))
    assert [(day, figures.images) for day, figures in found.days] == [(date(2027, 1, 14), 2), (TODAY, 1)]


async def test_of_many_members_the_busiest_are_told_apart(database: Database) -> None:
    for user in range(1, 14):
        await book(database, user, user)
    found = await database.read(lambda tx: usage(tx, server=SERVER))
    assert [share.key for share in found.members] == [13, 12, 11, 10, 9, 8, 7, 6, 5, None]
    assert found.members[-1] == Share(None, Figures(4, 10, 0, 400_000), others=True)
    assert sum(share.figures.images for share in found.members) == found.total.images == 91


@pytest.mark.parametrize(("asked", "told"), [(-1, 1), (0, 1), (1, 1), (400, MOST_DAYS)])
async def test_however_long_a_span_is_asked_for_it_is_bounded(database: Database, asked: int, told: int) -> None:
    assert len((await database.read(lambda tx: usage(tx, server=SERVER, days=asked))).days) == told


async def test_who_was_forgotten_is_counted_without_a_name(database: Database) -> None:
    await book(database, 1, 3, user_id=NOBODY)
    assert (await database.read(lambda tx: usage(tx, server=SERVER))).members == (
        Share(None, Figures(1, 3, 0, 120_000)),
    )
    assert [line.member for line in await database.read(lambda tx: lines(tx, server=SERVER))] == [None]


async def test_the_table_has_a_line_for_each_day_member_and_model(database: Database) -> None:
    await book(database, 1, 2, days_ago=1)
    await book(database, 1, 3, days_ago=1)
    await book(database, 1, 1, model="seedream-4-0")
    await book(database, 2, 0, state="refused")
    assert await database.read(lambda tx: lines(tx, server=SERVER)) == [
        Line(date(2027, 1, 14), 1, "seedream-4-5", Figures(2, 5, 0, 200_000)),
        Line(TODAY, 1, "seedream-4-0", Figures(1, 1, 0, 40_000)),
        Line(TODAY, 2, "seedream-4-5", Figures(1, 0, 1, 0)),
    ]


@pytest.mark.parametrize(
    "name", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r\n=cmd|' /C calc'!A0", " =1", "|calc", "%x"]
)
def test_nothing_in_the_table_is_a_formula(name: str) -> None:
    made = table([Line(TODAY, 1, "=model", Figures(1, 2, 0, 1_500_000))], {1: name}).decode("utf-8-sig")
    _, row = csv.reader(io.StringIO(made))
    assert row[0] == "2027-01-15"
    assert row[1] == "1"
    assert row[2].startswith("'")
    assert row[3] == "'=model"
    assert row[4:] == ["1", "2", "0", "1.5"]
    assert len(made.splitlines()) == 2


def test_the_table_keeps_names_as_they_are() -> None:
    made = table([Line(TODAY, 1, "m", Figures()), Line(TODAY, None, "m", Figures())], {1: 'Mia, "小明" 🐈'})
    assert made.startswith(b"\xef\xbb\xbf")
    head, first, second = csv.reader(io.StringIO(made.decode("utf-8-sig")))
    assert head == ["day", "member id", "member", "model", "jobs", "images", "refused", "usd"]
    assert first[1:3] == ["1", 'Mia, "小明" 🐈']
    assert second[1:3] == ["", ""]
    assert first[-1] == "0"


async def test_the_jobs_of_other_servers_are_not_looked_at(database: Database) -> None:
    await book(database, 1, 1)
    await database.write(others)

    def plans(tx: Transaction) -> list[str]:
        said: list[tuple[str, Any]] = []

        def hear(*call: Any) -> None:
            said.append((call[2], call[3]))

        event.listen(tx.connection, "before_cursor_execute", hear)
        usage(tx, server=SERVER)
        lines(tx, server=SERVER)
        event.remove(tx.connection, "before_cursor_execute", hear)
        explain = "EXPLAIN QUERY PLAN " if tx.connection.dialect.name == "sqlite" else "EXPLAIN "
        tell = tx.connection.exec_driver_sql
        return ["\n".join(str(row[-1]) for row in tell(explain + text, values)) for text, values in said]

    found = await database.read(plans)
    assert len(found) == 5
    assert [plan for plan in found if "jobs_by_server" not in plan] == []


def others(tx: Transaction) -> None:
    """Jobs of four hundred other servers."""
    names = [column.name for column in jobs.c if column.name not in {"id", "key", "server_id"}]
    like = select(*(jobs.c[name] for name in names)).limit(1)
    [row] = tx.run(like).mappings()
    rows = [{**row, "key": f"other {n}", "server_id": 1000 + n % 400} for n in range(4000)]
    tx.connection.execute(jobs.insert(), rows)
    tx.connection.exec_driver_sql("ANALYZE")  # what the engine happens to know of the rows must not decide
