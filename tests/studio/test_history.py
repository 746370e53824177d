"""People find what they have asked for: only their own, newest first, by any word of it, however much there is."""

from typing import Any

import pytest
from sqlalchemy import event, text, update

from bot.store.database import Database, Transaction
from bot.store.tables import jobs
from bot.studio.history import Page, children, lineage, page
from bot.studio.job import Job
from tests.studio.making import put_job

MANY = 100_000


async def ask(database: Database, prompt: str = "a cat", user: int = 1, **more: Any) -> Job:
    return await put_job(database, user, request={"model": "seedream-4-5", "prompt": prompt}, **more)


async def look(database: Database, user: int = 1, **more: Any) -> Page:
    return await database.read(lambda tx: page(tx, user, **more))


def numbers(found: Page | list[Job]) -> list[int]:
    return [job.id for job in (found.jobs if isinstance(found, Page) else found)]


async def test_pages_are_newest_first_and_of_one_person_only(database: Database) -> None:
    mine = [(await ask(database, server=server)).id for server in (None, 7, None, 8, 7)]
    await ask(database, user=2)
    mine.reverse()
    assert await look(database, size=2) == await look(database, size=2, number=1)
    found = [await look(database, size=2, number=number) for number in (1, 2, 3)]
    assert [numbers(one) for one in found] == [mine[:2], mine[2:4], mine[4:]]
    assert {(one.number, one.of) for one in found} == {(1, 3), (2, 3), (3, 3)}
    assert (await look(database, size=5)).of == 1


@pytest.mark.parametrize(("asked", "shown"), [(-3, 1), (0, 1), (3, 3), (4, 3), (10**9, 3)])
async def test_a_page_that_is_not_there_is_the_nearest_one(database: Database, asked: int, shown: int) -> None:
    for _ in range(3):
        await ask(database)
    found = await look(database, size=1, number=asked)
    assert (found.number, found.of, len(found.jobs)) == (shown, 3, 1)


async def test_somebody_without_jobs_has_one_empty_page(database: Database) -> None:
    await ask(database, user=2)
    assert await look(database) == Page((), 1, 1)
    assert await look(database, search="cat") == Page((), 1, 1)


@pytest.mark.parametrize(
    ("prompt", "search"),
    [
        ("A Cat in the Rain", "cat"),
        ("a cat in the rain", "RAIN Cat"),
        ("ÜBER den Dächern", "über"),
        ("eine STRASSE", "straße"),
        ("Кошка под дождём", "КОШКА"),
        ("ΟΔΥΣΣΕΥΣ", "οδυσσεύς".replace("ύ", "υ")),
        ("cafe\u0301 au lait", "CAFÉ"),
        ("一只猫在雨中", "猫"),
        ("100% wool_hat", "% _"),
        ("100% wool_hat", "l_h"),
        (r"back\slash 'quoted' \"twice\"", r"\slash 'quoted'"),
        ("a cat", "   "),
    ],
)
async def test_a_prompt_is_found_by_its_words_in_any_case(database: Database, prompt: str, search: str) -> None:
    job = await ask(database, prompt)
    assert numbers(await look(database, search=search)) == [job.id]
    assert numbers(await look(database, user=2, search=search)) == []


@pytest.mark.parametrize("search", ["dog", "cat dog", "%", "_", "c_t", "c%t", "a.*t", "\\", "'", "model", "seedream"])
async def test_what_is_not_in_the_prompt_is_not_found(database: Database, search: str) -> None:
    await ask(database, "a cat")
    assert await look(database, search=search) == Page((), 1, 1)


async def test_what_is_found_has_pages_too(database: Database) -> None:
    cats = [(await ask(database, prompt)).id for prompt in ("cat 1", "dog", "cat 2", "dog", "cat 3")][::-2]
    found = await look(database, search="CAT", size=2, number=2)
    assert (numbers(found), found.number, found.of) == (cats[2:], 2, 2)
    assert numbers(await look(database, search="CAT", size=2)) == cats[:2]


async def test_a_line_of_edits_is_followed_up_and_down(database: Database) -> None:
    root = await ask(database)
    first = await ask(database, parent=root.id, verb="edit")
    second = await ask(database, parent=root.id, verb="vary")
    last = await ask(database, parent=first.id, verb="edit")

    def walk(tx: Transaction) -> list[list[int]]:
        return [numbers(lineage(tx, last.id)), numbers(lineage(tx, root.id)), numbers(children(tx, root.id))]

    assert await database.read(walk) == [[first.id, root.id], [], [first.id, second.id]]
    assert await database.read(lambda tx: (lineage(tx, 999), children(tx, 999))) == ([], [])


async def test_a_line_ends_where_a_parent_is_gone_or_makes_no_sense(database: Database) -> None:
    root = await ask(database)
    child = await ask(database, parent=root.id)
    await database.write(lambda tx: tx.run(update(jobs).where(jobs.c.id == root.id).values(parent=child.id)))
    assert numbers(await database.read(lambda tx: lineage(tx, child.id))) == [root.id]
    await database.write(lambda tx: tx.run(jobs.delete().where(jobs.c.id == root.id)))
    assert await database.read(lambda tx: lineage(tx, child.id)) == []


async def test_a_hundred_thousand_jobs_of_others_are_not_looked_at(database: Database) -> None:
    await database.write_slowly(_fill)
    first = await ask(database, user=7)
    last = await ask(database, "a dog", user=7, parent=first.id)
    plans = await database.read(lambda tx: _plans(tx, 7, last.id))
    assert len(plans) == 6
    for statement, plan in plans:
        assert "jobs_by_user" in plan or "jobs_by_parent" in plan or "jobs_pkey" in plan or "PRIMARY KEY" in plan, plan
        assert "Seq Scan on jobs" not in plan, (statement, plan)
        assert "SCAN jobs" not in plan, (statement, plan)


def _fill(tx: Transaction) -> None:
    """Jobs of two hundred people, by one statement that both engines know."""
    names = "key, verb, user_id, origin, request, model, provider, images, state, tag, weight, at_once, server_at_once"
    names += ", ready_at, created_at, closed_at, reserved_images, reserved_cost"
    number = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :many)"
    values = (
        """CAST(i AS TEXT), 'imagine', 1000 + i % 200, '{}', '{"prompt":"a cat"}', 'm', 'p', 1, 'settled', 0, 1, 0"""
    )
    tx.run(text(f"INSERT INTO jobs ({names}) {number} SELECT {values}, 0, i, i, i, 1, 1 FROM n").bindparams(many=MANY))
    tx.run(text("ANALYZE jobs"))


def _plans(tx: Transaction, user: int, child: int) -> list[tuple[str, str]]:
    """What the engine would do for each statement of these calls."""
    explain = "EXPLAIN QUERY PLAN " if tx.connection.dialect.name == "sqlite" else "EXPLAIN "
    said: list[tuple[str, Any]] = []

    def hear(*call: Any) -> None:
        said.append((call[2], call[3]))

    event.listen(tx.connection, "before_cursor_execute", hear)
    page(tx, user)
    page(tx, user, search="dog")
    lineage(tx, child)
    children(tx, child)
    event.remove(tx.connection, "before_cursor_execute", hear)
    return [
        (statement, "\n".join(str(row[-1]) for row in tx.connection.exec_driver_sql(explain + statement, parameters)))
        for statement, parameters in said
    ]
