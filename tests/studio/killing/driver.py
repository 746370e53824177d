"""Starts processes and kills them, and stands for the rest of the world, which stays alive."""

import asyncio
import multiprocessing
import os
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path

from sqlalchemy import insert, inspect, select

from bot.store import copies, schema
from bot.store.open import open_as_it_is, open_database
from bot.store.tables import lanes, preferences
from sandbox.seedream import PretendSeedream
from tests.studio.killing import chronicle
from tests.studio.killing.channel import Channel
from tests.studio.killing.plans import Life, Order, Place
from tests.studio.killing.verdict import Traces, faults, traces
from tests.studio.killing.victim import work

PATIENCE = 25.0  # seconds; a process that is not where it should be by then never comes there
HELD = 60.0  # an order that is [[slow]] by so much is answered when somebody has died
LEASE, ENDLESS = 0.6, 1e6  # seconds; who has a database alone does not wait for the leases of the dead
PACE = 0.005  # seconds for a picture

# Each process is forked off one that has loaded everything and runs nothing: real, and there in a moment.
SPAWN = multiprocessing.get_context("forkserver")
SPAWN.set_forkserver_preload(["tests.studio.killing.victim", "alembic.command"])

Errand = Callable[[Life, Connection], None]


class Patience:
    """How the pretend provider sleeps: what is held is let go by us."""

    def __init__(self) -> None:
        self._goes_on = asyncio.Event()
        self.over = False

    async def sleep(self, seconds: float) -> None:
        """Sleep, or be held."""
        if seconds < HELD:
            await asyncio.sleep(seconds)
        elif not self.over:
            await self._goes_on.wait()

    def let_go(self) -> None:
        """Whatever is held now goes on."""
        self._goes_on.set()
        self._goes_on = asyncio.Event()


@dataclass
class Victim:
    """A process that was started."""

    process: BaseProcess
    pipe: Connection
    life: Life
    works: bool = False
    sent: list[str] = field(default_factory=list)  # prompts, as each call was about to leave

    @property
    def pid(self) -> int:
        """The process's number."""
        assert self.process.pid is not None
        return self.process.pid

    async def ready(self) -> None:
        """Wait until it works."""
        await self.until(lambda: self.works)

    async def until(self, so: Callable[[], bool]) -> None:
        """Wait until something is so; or it is dead, which can come first."""
        async with asyncio.timeout(PATIENCE):
            while not so() and self.process.is_alive():
                self._hear()
                await asyncio.sleep(0.003)

    def _hear(self) -> None:
        with suppress(EOFError):
            while self.pipe.poll():
                self.works, prompt = True, self.pipe.recv()
                self.sent.append(prompt)

    def kill(self) -> None:
        """From outside."""
        with suppress(ProcessLookupError):  # its exit code will tell why
            os.kill(self.pid, signal.SIGKILL)

    async def end(self, alive: int = 0) -> int | None:
        """Wait until it is no more; the code that it ended with."""
        await asyncio.to_thread(self.process.join, PATIENCE)
        code = self.process.exitcode
        if code is None:
            self.process.kill()
            await asyncio.to_thread(self.process.join, PATIENCE)
        self.pipe.close()
        return code


@dataclass
class Ground:
    """One round: a database, and everything around it."""

    place: Place
    shared: bool
    pretend: PretendSeedream
    channel: Channel
    patience: Patience
    kills: int = 0
    living: list[Victim] = field(default_factory=list)

    def start(self, life: Life, errand: Errand = work) -> Victim:
        """A process comes up."""
        ours, theirs = SPAWN.Pipe()
        process = SPAWN.Process(target=errand, args=(life, theirs))
        process.start()
        theirs.close()
        victim = Victim(process, ours, life)
        self.living.append(victim)
        return victim

    async def killed(self, victim: Victim, after: float = 0.0) -> None:
        """See to it that it dies where it should, or after so many seconds."""
        match victim.life.cut:
            case "arrived":
                await victim.until(lambda: any(self._lies(prompt) for prompt in victim.sent))
                victim.kill()
            case "received":
                async with asyncio.timeout(PATIENCE):
                    await self.channel.stall(victim.pid)
                victim.kill()
            case "any moment":
                await asyncio.sleep(after)
                victim.kill()
        code = await victim.end()
        self.living.remove(victim)
        self.patience.let_go()
        self.channel.go_on()
        assert code == -signal.SIGKILL, f"{victim.life.cut}: ended with {code}"
        self.kills += 1

    async def finish(self, *repeats: Order, release: Path | None = None) -> list[str]:
        """Somebody goes on until everything has ended; what is wrong then."""
        self.patience.over = True
        self.patience.let_go()
        if self.shared or not self.living:
            self.start(Life(self.place, repeats=repeats, release=release))
        last = list(self.living)
        for victim in last:
            await victim.ready()
        for victim in last:
            victim.pipe.send(len(last))
        codes = [await victim.end() for victim in last]
        self.living.clear()
        wrong = [f"the last processes ended with {codes}"] if any(codes) else []
        return wrong + faults(await self.traces(), self.channel, self.pretend, self.log())

    async def traces(self) -> Traces:
        """What the database says."""
        async with open_as_it_is(self.place.url, self.place.home) as database:
            return await traces(database)

    async def form(self) -> str | None:
        """The form of its tables; if they are between two, this raises."""
        async with open_as_it_is(self.place.url, self.place.home) as database:
            found = await database.read(lambda tx: tx.run(select(schema.VERSION)).scalar())
            columns = await database.read(lambda tx: inspect(tx.connection).get_columns(lanes.name))
        assert (len(columns) == len(lanes.columns)) == (found == schema.REVISION)
        return found

    async def fill(self, rows: int) -> None:
        """Put so many rows in, so that copies take their time."""
        values = [
            {"scope": "filling", "subject": number, "values": {"much": "x" * 900}, "changed_at": 0.0}
            for number in range(rows)
        ]
        async with open_database(self.place.url, self.place.home) as database:
            await database.write(lambda tx: tx.connection.execute(insert(preferences), values))

    def copies(self) -> list[int]:
        """How many of those rows are in each backup, that is, each file which has the name of one."""
        found = []
        for file in (self.place.home / "backups").glob("*"):
            if file.suffix in {".db", ".gz"}:
                with copies.opened(file) as (_, rows):
                    found.append(sum(name == preferences.name for name, _ in rows))
        return found

    def log(self) -> str:
        """What all processes have said."""
        file = self.place.home / "log"
        return file.read_text() if file.exists() else ""

    def _lies(self, prompt: str) -> bool:
        """Whether a call lies at the provider."""
        return any(isinstance(call.body, dict) and call.body.get("prompt") == prompt for call in self.pretend.calls)


@asynccontextmanager
async def open_ground(url: str, home: Path, provider: str = "byteplus") -> AsyncIterator[Ground]:
    """A round on this database, with tables and nothing in them."""
    async with open_database(url, home) as database:
        await database.write(chronicle.begin)
        shared = database.shared
    patience = Patience()
    async with PretendSeedream(pictures="small", pace=PACE, sleep=patience.sleep) as pretend, Channel() as channel:
        place = Place(
            url=url,
            home=home,
            provider=provider,
            base_url=pretend.base_url(provider),
            provider_key=pretend.key,
            allowed=pretend.address,
            channel=channel.address,
            lease=LEASE if shared else ENDLESS,
        )
        ground = Ground(place, shared, pretend, channel, patience)
        try:
            yield ground
        finally:
            patience.let_go()
            for victim in ground.living:
                victim.process.kill()
                await victim.end()
