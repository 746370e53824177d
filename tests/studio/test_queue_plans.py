"""A claim costs the same however many jobs are finished: it reads by the small indexes alone."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Connection, event

from bot.store.database import Database, Transaction
from bot.store.tables import jobs, queues
from bot.studio.cancel import cancel_waiting, cancelled_of
from bot.studio.eta import outlook
from bot.studio.job import Origin, State
from bot.studio.leases import reap
from bot.studio.queue import Capacity, claim, put, waiting_of, working_of
from bot.studio.rows import origin_json
from tests.studio.making import NO_LIMIT, PROVIDER, new_job, put_job, start_worker

FINISHED, WAITING = 4000, 400
SMALL = ("jobs_waiting", "jobs_ready", "jobs_held", "jobs_waiting_by_user", "jobs_pkey", "INTEGER PRIMARY KEY")

Said = list[tuple[str, Any]]


def many(number: int, *, finished: bool) -> list[dict[str, Any]]:
    row = {"verb": "imagine", "server_id": 7, "origin": origin_json(Origin("x")), "request": {"prompt": "p" * 200}}
    row |= {"model": "m", "provider": PROVIDER, "images": 1, "weight": 1.0, "at_once": 2, "server_at_once": 0}
    row |= {"ready_at": 0.0, "created_at": 0.0, "reserved_images": 1, "reserved_cost": 1}
    row |= {"state": (State.SETTLED if finished else State.QUEUED).value, "closed_at": 1.0 if finished else None}
    return [{**row, "key": f"{finished}{n}", "user_id": n % 50, "tag": float(n // 50)} for n in range(number)]


async def fill(database: Database) -> None:
    def work(tx: Transaction) -> None:
        tx.connection.execute(jobs.insert(), many(FINISHED, finished=True))
        tx.connection.execute(jobs.insert(), many(WAITING, finished=False))
        tx.run(queues.insert().values(provider=PROVIDER))
        tx.connection.exec_driver_sql("ANALYZE")  # what the engine happens to know of the rows must not decide

    await database.write(work)
    await start_worker(database)


def heard(tx: Transaction, work: Callable[[Transaction], object]) -> Said:
    """The statements that this sends, and what is in them."""
    said: Said = []

    def listen(_: Connection, __: Any, statement: str, parameters: Any, *___: Any) -> None:
        said.append((statement, parameters))

    event.listen(tx.connection, "before_cursor_execute", listen)
    work(tx)
    event.remove(tx.connection, "before_cursor_execute", listen)
    return said


def readings(tx: Transaction, statement: str, parameters: Any) -> list[str]:
    """How the engine gets at each table of jobs that the statement reads."""
    if not tx.connection.dialect.name.startswith("postgres"):
        lines = [str(row[-1]) for row in tx.connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)]
        return [line for line in lines if line.startswith(("SCAN jobs", "SEARCH jobs", "SCAN held", "SEARCH held"))]
    found: list[str] = []

    def walk(node: dict[str, Any]) -> None:
        if "Index Name" in node or (node.get("Relation Name") == "jobs" and node["Node Type"] == "Seq Scan"):
            found.append(node.get("Index Name", "everything"))
        for child in node.get("Plans", []):
            walk(child)

    plan = tx.connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", parameters).scalar_one()
    walk((plan if isinstance(plan, list) else json.loads(plan))[0]["Plan"])
    return [name for name in found if name == "everything" or name.startswith("jobs")]


READERS: dict[str, Callable[[Transaction], object]] = {
    "claim": lambda tx: claim(tx, "w", {}, NO_LIMIT),
    "claim without room": lambda tx: claim(tx, "w", {}, Capacity(at_once=1)),
    "put": lambda tx: put(tx, new_job(3)),
    "cancel": lambda tx: cancel_waiting(tx, FINISHED + 1),
    "reap": reap,
    "waiting of a user": lambda tx: waiting_of(tx, 3),
    "working of a user": lambda tx: working_of(tx, 3),
    "unwanted": lambda tx: cancelled_of(tx, "w"),
}


@pytest.mark.parametrize("name", READERS)
async def test_finished_jobs_are_never_read(database: Database, name: str) -> None:
    await fill(database)

    def work(tx: Transaction) -> list[str]:
        claim(tx, "w", {}, NO_LIMIT)
        said = heard(tx, READERS[name])
        return [
            way for statement, parameters in said if "jobs" in statement for way in explain(tx, statement, parameters)
        ]

    ways = await database.write(work)
    assert ways
    assert [way for way in ways if not any(small in way for small in SMALL)] == []


def explain(tx: Transaction, statement: str, parameters: Any) -> list[str]:
    return [] if statement.startswith("SELECT pg_notify") else readings(tx, statement, parameters)


async def test_the_head_of_a_line_is_found_by_the_index_of_what_waits(database: Database) -> None:
    await fill(database)

    def work(tx: Transaction) -> list[str]:
        said = heard(tx, READERS["claim"])
        (heads,) = [words for words in said if "row_number" in words[0]]
        return readings(tx, *heads)

    assert any("jobs_waiting" in way for way in await database.write(work))


async def test_what_is_before_a_job_is_counted_along_its_line(database: Database) -> None:
    await fill(database)
    last = await put_job(database, 3)

    def work(tx: Transaction) -> tuple[int | None, list[str]]:
        said = heard(tx, lambda tx: outlook(tx, last))
        (ahead,) = [words for words in said if "GROUP BY" in words[0]]
        return outlook(tx, last).place, readings(tx, *ahead)

    place, ways = await database.read(work)
    assert place == 51  # who joins stands level with the first job of each of the fifty
    assert ways
    assert [way for way in ways if "jobs_waiting" not in way] == []


async def test_a_claim_and_a_put_are_a_few_statements_and_a_claim_of_nothing_is_one(database: Database) -> None:
    await start_worker(database)
    assert len(await database.write(lambda tx: heard(tx, READERS["claim"]))) == 1
    for provider in (PROVIDER, "fal", "acedata"):
        await put_job(database, 1, provider=provider)
    assert len(await database.write(lambda tx: heard(tx, READERS["claim"]))) == 5
    assert len(await database.write(lambda tx: heard(tx, READERS["claim without room"]))) <= 6
    assert len(await database.write(lambda tx: heard(tx, READERS["put"]))) <= 5
