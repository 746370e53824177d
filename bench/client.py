"""One process, one measurement: does what a case says and prints what it cost as a line of JSON."""

import asyncio
import gc
import importlib
import json
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from bench.bodies import Wish
from bench.cases import FLOOR, Case
from bench.floor import Floor
from bench.measure import Figures, measured, pin
from bench.road import Messages, Road, Stub, login
from bench.verify import verify

# Each running job has a channel of its own, as discord.py lets only one message at a time into each; not more, as it
# goes through all of them for every new one beyond 256.
CHANNELS = 128


class OpenRoad(Protocol):
    """What a mode's module has under the mode's name."""

    def __call__(self, messages: Messages, api: str) -> AbstractAsyncContextManager[Road]:
        """Start whatever lives as long as the bot: sessions, clients, workers."""


@dataclass(frozen=True, slots=True)
class Order:
    """Everything that the process is told."""

    case: Case
    mode: str
    stub: Stub
    photo: Path

    @classmethod
    def read(cls, line: str) -> "Order":
        """From a line of JSON."""
        told = json.loads(line)
        return cls(Case.of(told["case"]), told["mode"], Stub(told["origin"]), Path(told["photo"]))

    def __str__(self) -> str:
        told = {"case": self.case.plain(), "mode": self.mode, "origin": self.stub.origin, "photo": str(self.photo)}
        return json.dumps(told)


async def in_turn(case: Case, figures: Figures, job: Callable[[int], Awaitable[None]]) -> None:
    """Run a case's jobs, so many at once, and note how long each took beyond what the provider slept."""
    numbers = iter(range(case.jobs))

    async def runner(place: int) -> None:
        await asyncio.sleep(place / case.at_once * case.spread)
        for number in numbers:
            began = time.perf_counter()
            await job(number % CHANNELS)
            figures.took.append(time.perf_counter() - began - case.wish.delay)
            figures.count += 1
            figures.bytes += case.wish.n * case.wish.size

    async with asyncio.TaskGroup() as group:
        for place in range(case.at_once):
            group.create_task(runner(place))


async def act(order: Order, road: Road, figures: Figures) -> None:
    """Do what the case says."""
    case = order.case
    match case.act:
        case "transfer":
            links = order.stub.pictures(case.wish)
            await in_turn(case, figures, lambda number: road.transfer(links, number))
        case "hold":
            links, ready = order.stub.pictures(replace(case.wish, stall=0.0)), asyncio.Barrier(case.jobs)
            await in_turn(case, figures, lambda number: road.transfer(links, number, ready))
        case "generate":
            await in_turn(case, figures, lambda number: road.generate(number, n=case.wish.n, b64=bool(case.wish.b64)))
        case "refer":
            links = order.stub.pictures(case.wish)
            await in_turn(case, figures, lambda _: road.refer(links))
        case "encode":
            await in_turn(case, figures, lambda _: road.encode(order.photo))
        case "shrink":
            link = f"{order.stub.origin}/-/photo"
            await in_turn(case, figures, lambda number: road.shrink(link, number))
        case _:
            raise ValueError(f"nobody knows how to {case.act}")


async def run(order: Order) -> Figures:
    """Warm up, then measure."""
    case = order.case
    open_road: OpenRoad = getattr(importlib.import_module(f"bench.{order.mode}"), order.mode)
    base = order.stub.discord(Wish(stall=case.wish.stall, rate=case.wish.rate, keep=case.wish.keep))
    async with login(base) as messages, open_road(messages, order.stub.api(case.wish)) as road:
        if case.act == "verify":
            figures = Figures()
            figures.count = await verify(road, order.stub, case.wish)
            return figures
        await warm_up(order, road)
        gc.collect()
        workers = case.act in {"encode", "shrink"}
        async with measured(tick=case.tick, workers=workers) as figures:
            await act(order, road, figures)
        return figures


async def warm_up(order: Order, road: Road) -> None:
    """Open connections, import what is imported late, start workers."""
    small = replace(order.case.wish, n=1, size=10_000, stall=0.0)
    if order.case.act in {"encode", "shrink"}:
        await road.encode(order.photo)
    elif order.case.act == "generate":
        await road.generate(0, n=order.case.wish.n, b64=bool(order.case.wish.b64))
    elif order.case.act == "refer":
        await road.refer(order.stub.pictures(small))
    else:
        await road.transfer(order.stub.pictures(small), 0)


async def run_floor(order: Order) -> Figures:
    """The raw copy, measured in the same way; the loop only hosts the instruments."""
    case = order.case
    links, base = order.stub.pictures(case.wish), order.stub.discord(Wish())
    with closing(Floor(order.stub.origin)) as floor:
        floor.transfer(links, base, case.wish.size)
        async with measured() as figures:
            for _ in range(case.jobs):
                floor.transfer(links, base, case.wish.size)
        figures.bytes, figures.count = case.jobs * case.wish.n * case.wish.size, case.jobs
    return figures


def main(line: str) -> None:
    """Do one order."""
    order = Order.read(line)
    if order.case.pinned:
        pin(0)
    figures = asyncio.run(run_floor(order) if order.mode == FLOOR else run(order))
    print(json.dumps(figures.plain()))


if __name__ == "__main__":
    main(sys.argv[1])
