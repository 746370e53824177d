"""What must be so after every round, however its processes died: everything that is not, in words."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from sqlalchemy import Row, func, select

from bot.store.database import Database, Transaction
from bot.store.tables import jobs, workers
from bot.studio import ledger
from bot.studio.job import Amount, Job, State
from bot.studio.rows import job_of
from sandbox.seedream import PretendSeedream
from tests.studio.killing import chronicle
from tests.studio.killing.channel import Channel
from tests.studio.killing.plans import marked

SOON = 2.0  # seconds from the moment that a job is anybody's until somebody has it
KEPT = "kept"


@dataclass(frozen=True, slots=True)
class Traces:
    """What a round has left behind."""

    jobs: Sequence[Job]
    history: Sequence[Row[Any]]
    workers: int
    audit: Sequence[str]


async def traces(database: Database) -> Traces:
    """Read them."""

    def work(tx: Transaction) -> Traces:
        found = [job_of(row) for row in tx.run(select(jobs)).all()]
        living = tx.run(select(func.count()).select_from(workers)).scalar_one()
        return Traces(found, chronicle.read(tx), living, ledger.audit(tx))

    return await database.read(work)


def faults(found: Traces, channel: Channel, pretend: PretendSeedream, log: str) -> list[str]:
    """Everything that is wrong."""
    wrong = [f"the ledger: {line}" for line in found.audit]
    if found.workers:
        wrong.append(f"{found.workers} workers are left")
    wrong += [line for line in log.splitlines() if line.startswith(("ERROR", "CRITICAL"))]
    wrong += [f"{key} was accepted and is lost" for key in channel.accepted - {job.key for job in found.jobs}]
    wrong += [f"{key} was taken unheard" for key in {job.key for job in found.jobs} - channel.acknowledged]
    wrong += pretend.violations
    for job in found.jobs:
        history = [row for row in found.history if row.job == job.id]
        told = [*_closed(job, history), *_money(job, history, pretend), *_messages(job, history, channel)]
        wrong += [f"job {job.id} ({job.key}, {job.state.value}, {job.strikes} strikes): {line}" for line in told]
    return wrong + list(_late(found.history))


def _closed(job: Job, history: Sequence[Row[Any]]) -> Iterator[str]:
    if not job.state.final or job.closed_at is None:
        yield "it has not ended"
    if job.owner is not None:
        yield f"it is owned by {job.owner}"
    closings = [after for before, after in pairwise(history) if after.closed and not before.closed]
    if len(closings) != 1:
        yield f"it was closed {len(closings)} times"
    if len({row.state for row in history if row.closed}) > 1:
        yield "it went on after its end"
    if not all(step in _STEPS for step in pairwise(row.state for row in history)):
        yield f"its way was {[row.state for row in history]}"
    if any(row.pictures for row in history) and job.state is not State.SETTLED:
        yield "its pictures were recorded and are lost"


def _money(job: Job, history: Sequence[Row[Any]], pretend: PretendSeedream) -> Iterator[str]:
    calls = [call for call in pretend.calls if isinstance(call.body, dict) and marked(job.key) in _prompt(call.body)]
    billed = sum(call.billed for call in calls)
    if len(calls) > 1:
        yield f"it was sent {len(calls)} times"
    if calls and not any(row.state == State.SENT.value for row in history):
        yield "it was sent before that was written"
    settled, price = job.settled or Amount(), job.reserved.cost // job.reserved.images
    if settled.cost < billed * price:
        yield f"{billed} pictures were billed, and {settled} is booked"
    match job.state:
        case State.IN_DOUBT:
            expected = Amount(0, job.reserved.cost)
        case State.SETTLED:
            delivery = job.delivery
            images = len(delivery.delivered) + len(delivery.kept) if delivery else 0
            expected = Amount(images, job.reserved.cost if job.ending else len(job.pictures) * price)
        case _:
            expected = Amount()
    if settled != expected:
        yield f"{settled} is booked, it should be {expected}"
    if job.state is State.FAILED and calls:
        yield "it is said to have failed, and was sent"


def _messages(job: Job, history: Sequence[Row[Any]], channel: Channel) -> Iterator[str]:
    answers, apologies = channel.of(job.key, "answer"), channel.of(job.key, "ending")
    if job.state is not State.SETTLED:
        if answers:
            yield "pictures have come of it"
        if len(apologies) != 1 and job.strikes < 3:
            yield f"its end was told {len(apologies)} times"
        return
    if apologies:
        yield "it has ended well, and was apologised for"
    if job.delivery is None:
        yield "it was not delivered"
    elif len(answers) > 1 or (job.delivery.way != KEPT and len(answers) != 1):
        yield f"it came {len(answers)} times"
    elif answers and (answers[0].pictures != len(job.pictures) or not answers[0].content):
        yield f"{answers[0].pictures} of {len(job.pictures)} pictures came"
    elif job.delivery.way == KEPT and job.strikes < 3:
        yield "it was only kept"
    if job.ending is None and len(job.pictures) != job.reserved.images:
        yield "nobody says why pictures are missing"


def _late(history: Sequence[Row[Any]]) -> Iterator[str]:
    """What is anybody's is taken up at once by those who are there, or by the next process when it is ready."""
    births = [row.at for row in history if row.job is None]
    by_job = defaultdict(list)
    for row in history:
        by_job[row.job].append(row)
    for job, rows in by_job.items():
        for before, after in pairwise(rows):
            if job is None or before.owner is not None or before.closed:
                continue
            since = max([before.at, *(born for born in births if before.at < born < after.at)])
            if after.at - since > SOON:
                yield f"job {job} lay about for {after.at - since:.1f} seconds"


def _prompt(body: dict[str, object]) -> str:
    return str(body.get("prompt"))


_WAYS = {
    "queued": "queued running cancelled",
    "running": "running queued sent ending",
    "sent": "sent running generated ending",
    "generated": "generated ending settled",
    "ending": "ending refused failed cancelled in_doubt",
    **dict.fromkeys(("settled", "refused", "failed", "cancelled", "in_doubt"), ""),
}
_STEPS = {(before, after) for before, ways in _WAYS.items() for after in (before, *ways.split())}
