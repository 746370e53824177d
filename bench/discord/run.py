"""Runs the measurements in rounds: the provider in its own process, a fresh Discord and a fresh bot for every one."""

import json
import tempfile
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import ExitStack, asynccontextmanager
from itertools import count
from pathlib import Path

from bench import pipeline
from bench.discord.cases import POSTGRESQL, SQLITE, Case
from bench.discord.stage import Order
from bench.measure import cpu
from bench.pipeline import Bench, Result, Results
from bench.queue import places, rows
from bench.queue.places import Server

SLOTS = "The bot may work on {} jobs at once (PARALLEL_JOBS), and nothing limits anybody."


class Theatre:
    """Where everything is measured: the provider, and a PostgreSQL server if there is one."""

    def __init__(self, provider: Bench, server: Server | None) -> None:
        self._provider = provider
        self._server = server
        self._numbers = count(1)

    def has(self, engine: str) -> bool:
        """Whether it can be measured here."""
        return engine == SQLITE or self._server is not None

    async def measure(self, case: Case, engine: str) -> Result:
        """One crowd, one result."""
        url, name = "", f"crowd{next(self._numbers)}"
        if self._server is not None and engine == POSTGRESQL:
            await self._server.run(f'CREATE DATABASE "{name}"')
            url = self._server.url(name)
        with tempfile.TemporaryDirectory(prefix="bench-") as folder:
            before = cpu(self._provider.pid)
            order = Order(case, self._provider.wide.origin, url, folder)
            said = await pipeline.python("-m", "bench.discord.stage", str(order))
        found: Result = json.loads(said.splitlines()[-1])
        return found | {"provider": cpu(self._provider.pid) - before}


@asynccontextmanager
async def opened(cases: Sequence[Case]) -> AsyncIterator[Theatre]:
    """Open it; a PostgreSQL server is started only where a case wants one."""
    with ExitStack() as stack:
        server = None
        if any(POSTGRESQL in case.engines for case in cases):
            server = stack.enter_context(places.prepared(rows.Size())).server
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-")))
        async with pipeline.start(folder, side=1) as provider:
            yield Theatre(provider, server)


async def rounds(theatre: Theatre, cases: Iterable[Case], number: int, tell: Callable[[str], None]) -> Results:
    """Measure every case in every round; every second round backwards."""
    results: Results = defaultdict(list)
    pairs = [(case, engine) for case in cases for engine in case.engines if theatre.has(engine)]
    for turn in range(number):
        for case, engine in pairs[::-1] if turn % 2 else pairs:
            tell(f"round {turn + 1} of {number}: {case.name}, {engine}")
            results[f"{case.name}/{engine}"].append(await theatre.measure(case, engine))
    return dict(results)
