"""One process of the bot in one measurement: says when it is ready, acts when told, and prints what it noted as JSON.

It prints a line for every delivered job, so that whoever runs the benchmark knows when all processes are done.
"""

import asyncio
import gc
import json
import sys
import time
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

from bench.measure import memory
from bench.queue.cases import FULL, WORKER_ACTS, Case
from bench.queue.house import CAPACITY, FIRST_USER, House, steady
from bench.queue.rows import MODEL, OPEN, SHUT, occupied
from bot.store.database import Transaction
from bot.store.open import open_database
from bot.studio import closing, eta, leases, queue, steps
from bot.studio.company import Signs
from bot.studio.job import Delivery, Job, Result

WARM = 10  # jobs of each process before anything is measured: statements are compiled, connections opened
TAIL = 30  # jobs that join the end of the long line

Told = Callable[[], Awaitable[str]]


@dataclass(frozen=True, slots=True)
class Order:
    """Everything that the process is told; it is one of `processes`."""

    case: Case
    rows: str
    url: str
    folder: str
    number: int = 0
    processes: int = 1

    @classmethod
    def read(cls, line: str) -> "Order":
        """From a line of JSON."""
        told = json.loads(line)
        return cls(**(told | {"case": Case.of(told["case"])}))

    def __str__(self) -> str:
        return json.dumps(asdict(self) | {"case": self.case.plain()})

    @property
    def slots(self) -> int:
        """The places of this process: those of all processes add up."""
        return (self.case.slots + self.number) // self.processes

    def mine(self, count: int) -> range:
        """This process' share of so many numbers."""
        return range(self.number, count, self.processes)


async def start(order: Order, house: House) -> None:
    """Jobs arrive at their times, however long the ones before took."""
    case, began = order.case, steady()
    async with asyncio.TaskGroup() as group:
        for number in order.mine(case.jobs):
            await asyncio.sleep(max(0.0, began + number * case.gap - steady()))
            group.create_task(house.submit(number, FIRST_USER + number % case.users))


async def crowd(order: Order, house: House) -> None:
    """All users come at the same time, and each asks for one job after another."""
    case = order.case

    async def ask(user: int) -> None:
        for number in range(user, case.jobs, case.users):
            await house.submit(number, FIRST_USER + user)

    async with asyncio.TaskGroup() as group:
        for user in order.mine(case.users):
            group.create_task(ask(user))


async def claims(order: Order, house: House) -> dict[str, Any]:
    """Orders, claims and orders at the end of the long line, one by one, each with the time it took."""
    me, case, database = "claimer", order.case, house.database
    submits, claimed, tails = [], [], []
    Signs(Path(order.folder)).leave(me)
    await database.write(partial(_prepare, worker=leases.Worker(me, "here", 1, case.slots)))
    held: deque[Job] = deque()
    for number in range(-WARM, case.jobs):
        began = steady()
        await house.submit(number, FIRST_USER + number % case.users)
        submits.append(steady() - began)
    for _ in range(-WARM, case.jobs):
        began = steady()
        found = await database.write(lambda tx: queue.claim(tx, me, {}, CAPACITY))
        claimed.append(steady() - began)
        assert found.job is not None
        held.append(found.job)
        if len(held) == case.slots:
            await database.write(partial(_through, job=held.popleft(), me=me, house=house))
    for job in held:
        await database.write(partial(_through, job=job, me=me, house=house))
    for number in range(-WARM, min(TAIL, case.jobs)):
        began = steady()
        last = await house.submit(number, 1, SHUT)
        tails.append(steady() - began)
        await house.take_back(last)
        await database.write(partial(_tell, me=me))
    return {"submits": submits[WARM:], "claims": claimed[WARM:], "tails": tails[WARM:]}


def _prepare(tx: Transaction, worker: leases.Worker) -> None:
    """There is somebody who works, and it is known how long jobs take: else no answer would need an ETA."""
    leases.register(tx, worker, 3600.0)
    for provider in (OPEN, SHUT):
        eta.learn(tx, provider, MODEL, 1, 12.0)


def _tell(tx: Transaction, me: str) -> None:
    """What was taken back comes before all others, and is over when the person has been told."""
    found = queue.claim(tx, me, {}, CAPACITY)
    assert found.job is not None
    steps.ended(tx, found.job, me)


def _through(tx: Transaction, job: Job, me: str, house: House) -> None:
    """From a claim to its end."""
    job = steps.sent(tx, job, me, OPEN)
    job = steps.generated(tx, job, me, [Result(0, "https://pictures.example/1.png")], {"generated_images": 1})
    closing.settle(tx, job, me, Delivery((0,), messages=(1,), way="bench"), house.tariff)


async def work(order: Order, house: House, told: Told) -> dict[str, Any]:
    """With a worker: act, then go on until told that everything is done, and let it end."""
    running = asyncio.create_task(house.worker.run())
    ready = asyncio.create_task(house.worker.ready.wait())
    await asyncio.wait({running, ready}, return_when=asyncio.FIRST_COMPLETED)
    if running.done():
        await running  # it cannot work here, and says why
    async with AsyncExitStack() as stack:
        if order.rows == FULL and order.number == 0:
            await stack.enter_async_context(occupied(house.database, Path(order.folder)))
        _say("ready")
        await told()
        for number in range(WARM):
            await house.submit(-1 - number, FIRST_USER + order.number)
        await told()
        gc.collect()
        spent, began = time.process_time(), steady()
        if order.case.act == "idle":
            await asyncio.sleep(order.case.seconds)
        else:
            await (start if order.case.act == "start" else crowd)(order, house)
            await told()
        cpu, wall = time.process_time() - spent, steady() - began
        notes = {name: list(times.items()) for name, times in asdict(house.notes).items()}
        house.worker.stop()
        await running
    return {"cpu": cpu, "wall": wall, "began": began, "rss": memory("VmRSS")} | notes


async def direct(order: Order, house: House) -> dict[str, Any]:
    """Without a worker."""
    async with AsyncExitStack() as stack:
        if order.rows == FULL:
            await stack.enter_async_context(occupied(house.database, Path(order.folder)))
        return await claims(order, house)


async def run(order: Order) -> None:
    """Do one order."""
    loop, lines = asyncio.get_running_loop(), asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)

    async def told() -> str:
        line = await lines.readline()
        if not line:
            raise EOFError("nobody is there any more")
        return line.decode()

    folder = Path(order.folder)
    async with open_database(order.url, folder) as database:
        house = House(database, folder, order.slots, order.case.seconds)
        found = await (work(order, house, told) if order.case.act in {*WORKER_ACTS, "idle"} else direct(order, house))
    _say(json.dumps(found))


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    asyncio.run(run(Order.read(sys.argv[1])))
