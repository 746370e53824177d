"""Many trials at once on one stage: each has a person and a channel to itself, and something goes wrong there."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from bot.redact import redact
from bot.store.database import Database, Transaction
from bot.store.tables import jobs
from bot.studio import ledger, queue
from bot.studio.job import Job
from bot.ui.faults import REFUSED
from sandbox.discord import Channel, Message, Person, Reply
from sandbox.discord.world import News
from tests.e2e.stage import Stage
from tests.programs import Program

LONG = 100.0  # seconds; what takes longer has failed
AT_ONCE = 40
GATE = 1000.0  # and the number of the trial
HOURS = 7200.0


class Ear(logging.Handler):
    """All that is logged, as it would be written without a redactor."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.lines: list[str] = []
        self.errors: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        line = f"{record.levelname} {record.name}: {self.format(record)}"
        self.lines.append(line)
        if record.levelno >= logging.ERROR:
            self.errors.append(line)

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


class Said:
    """The same of a process, as it has written it."""

    def __init__(self, program: Program) -> None:
        self._program = program

    @property
    def text(self) -> str:
        return self._program.said

    @property
    def errors(self) -> list[str]:
        return [line for line in self.text.splitlines() if " ERROR " in line or line.startswith("Traceback")]


@dataclass
class Lab:
    """A stage on which trials go on side by side, and a place to which nothing ever happens. `age` lets so many
    seconds pass for the bot."""

    stage: Stage
    ear: Ear | Said
    elsewhere: Channel
    database: Database
    age: Callable[[float], Awaitable[None]]
    count: int = 0
    going: int = 0
    resting: int = 0
    _listening: dict[int, Callable[[str], None]] = field(default_factory=dict)
    _places: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))
    _waking: asyncio.Event = field(default_factory=asyncio.Event)
    _passing: asyncio.Task[None] | None = None

    def trial(self, channel: Channel | None = None) -> "Trial":
        """Somebody new, at a channel of their own unless one is named."""
        self.count += 1
        discord, guild = self.stage.discord, self.stage.guild
        place = channel or discord.channel(guild, f"room-{self.count}")
        return Trial(self, discord.person(f"person{self.count}", place.guild, place), f"trial {self.count} of many")

    def when_asked(self, person: Person, do: Callable[[str], None]) -> None:
        """Do something with the token of somebody's next interaction, before the bot hears of it."""
        self._listening[person.id] = do

    def listen(self) -> None:
        """From now on."""
        tell = self.stage.discord.world.tell

        def told(news: News) -> None:
            if news.name == "INTERACTION_CREATE":
                data = news.data(True)
                do = self._listening.pop(int((data.get("user") or data["member"]["user"])["id"]), None)
                if do is not None:
                    do(data["token"])
            tell(news)

        self.stage.discord.world.tell = told

    async def run(self, trial: Callable[["Lab"], Awaitable[None]]) -> None:
        """One trial, when there is a place for it."""
        self.going += 1
        try:
            async with self._places:
                await trial(self)
        finally:
            self.going -= 1
            self._wake()

    async def later(self) -> None:
        """Wait until nothing else goes on than waiting for this: then two hours pass."""
        self.resting += 1
        waking = self._waking
        self._places.release()
        self._wake()
        try:
            await waking.wait()
        finally:
            self.resting -= 1
            await self._places.acquire()

    def _wake(self) -> None:
        if self.resting and self.resting == self.going:
            self._passing = asyncio.create_task(self._pass())

    async def _pass(self) -> None:
        await self.age(HOURS)
        self.stage.discord.move(HOURS)
        self._waking.set()
        self._waking = asyncio.Event()

    async def read(self, look: Callable[[Transaction], Any]) -> Any:
        return await self.database.read(look)

    def secrets(self) -> list[str]:
        """What nobody may read in a log."""
        return [self.stage.discord.token, self.stage.seedream.key, *self.stage.discord.world.interactions]

    async def at_the_end(self) -> None:
        """What holds after everything: accounts that add up, nobody unhandled, no secret told."""
        for number in range(1, self.count + 1):
            self.stage.gates.open(GATE + number)
        while await self.read(_open_jobs):  # noqa: ASYNC110 - only the rows tell
            await asyncio.sleep(0.05)
        assert await self.read(ledger.audit) == []
        assert [line for line in self.ear.errors if REFUSED not in line] == []
        text = self.ear.text
        assert [secret for secret in self.secrets() if secret in text] == []
        assert redact(text) == text  # nothing that has the form of one, signatures of links for instance


def _open_jobs(tx: Transaction) -> int:
    return len(tx.run(select(jobs.c.id).where(jobs.c.closed_at.is_(None))).all())


@dataclass
class Trial:
    """One person, who asks for one thing, and what becomes of it."""

    lab: Lab
    person: Person
    prompt: str
    reply: Reply | None = None

    @property
    def gate(self) -> float:
        """What keeps its picture from being drawn."""
        return GATE + int(self.prompt.split()[1])

    @property
    def token(self) -> str:
        """Of the interaction."""
        assert self.reply is not None
        return self.reply.interaction.token

    @property
    def channel(self) -> Channel:
        return self.person.channel

    @property
    def room(self) -> str:
        """How the addresses of its channel's messages begin."""
        return f"/channels/{self.channel.id}/messages"

    async def ask(self, name: str = "imagine", *, gated: bool = False, **options: Any) -> Reply:
        """Ask, and wait for the first answer."""
        words = f"{self.prompt}{options.pop('words', '')}" + (f" [[slow:{self.gate}]]" if gated else "")
        self.reply = await self.person.slash(name, prompt=words, **options)
        return self.reply

    async def drawing(self) -> None:
        """Wait until it is drawn, and has been said to be, which nobody promises."""
        await self.until(lambda: self.calls)
        assert self.reply is not None
        with suppress(TimeoutError):
            await self.reply.until(lambda message: "drawing" in message.text, 3)

    def draw(self) -> None:
        """Let the picture be drawn."""
        self.lab.stage.gates.open(self.gate)

    def fail(self, fault: str, route: str, times: int = 1) -> None:
        self.lab.stage.discord.fail(fault, times, route)

    def met(self, fault: str) -> bool:
        """Whether it has shown here."""
        places = (self.token, self.room) if self.reply else (self.room,)
        name = fault.partition(":")[0]
        traffic = self.lab.stage.discord.traffic
        return any(call.fault == name and any(place in call.path for place in places) for call in traffic)

    @property
    def calls(self) -> list[object]:
        """What the provider was asked for."""
        return [call for call in self.lab.stage.seedream.calls if f"'{self.prompt}" in str(call.body)]

    @property
    def key(self) -> str:
        assert self.reply is not None
        return f"interaction:{self.reply.interaction.id}"

    async def until(self, holds: Callable[[], object], seconds: float = LONG) -> None:
        await self.lab.stage.discord.until(holds, seconds)

    async def job(self) -> Job | None:
        """As it is written down, if it is."""
        key = self.key

        def look(tx: Transaction) -> Job | None:
            found = tx.run(select(jobs.c.id).where(jobs.c.key == key)).scalar()
            return None if found is None else queue.load(tx, found)

        job: Job | None = await self.lab.read(look)
        return job

    async def ended(self) -> Job:
        """Wait for its end."""
        async with asyncio.timeout(LONG):
            while (job := await self.job()) is None or job.closed_at is None:  # noqa: ASYNC110 - only the row tells
                await asyncio.sleep(0.05)
        return job

    async def laid_aside(self) -> Job:
        """Wait until it waits for another time to be brought."""
        async with asyncio.timeout(LONG):
            while True:
                job = await self.job()
                if job is not None and job.generated_at and job.owner is None and job.closed_at is None:
                    return job
                assert job is None or job.closed_at is None, f"it has ended: {job.delivery}"
                await asyncio.sleep(0.05)

    def letters(self) -> list[Message]:
        """All messages with pictures that are there."""
        world = self.lab.stage.discord.world
        every = (each for each in world.messages.values() if each.channel is self.channel and not each.deleted)
        return [message for message in every if message.files]

    async def brought(self, count: int = 1, messages: int | None = 1) -> Job:
        """It has ended with all its pictures, each of them once, and was paid once."""
        job = await self.ended()
        assert job.delivery is not None
        assert job.delivery.delivered == tuple(range(count)), job.delivery
        names = [name.rpartition(".")[0] for message in self.letters() for name, _ in message.files]
        assert names == [f"seedream-{job.id}-{number}" for number in range(1, count + 1)]
        assert [message.id for message in self.letters()] == list(job.delivery.messages)
        assert messages in (None, len(self.letters()))
        first = self.letters()[0]
        assert f"#{job.id}" in first.text
        assert "Again" in first.buttons
        assert len(self.calls) == 1
        return job

    async def kept(self) -> Job:
        """It has ended without a way to the person: that stands in the log, and the picture can be had elsewhere."""
        job = await self.ended()
        assert job.delivery is not None
        assert (job.delivery.delivered, job.delivery.kept) == ((), (0,)), job.delivery
        assert self.letters() == []
        assert f"Job {job.id}: " in self.lab.ear.text
        assert len(self.calls) == 1
        there = self.person.at(self.lab.elsewhere)
        told = await (await there.slash("history")).done(LONG)
        assert f"kept for you: `/show {job.id}`" in told.text
        shown = await there.slash("show", id=job.id)
        message = await shown.until(lambda message: message.files, LONG)
        assert [name.rpartition(".")[0] for name, _ in message.files] == [f"seedream-{job.id}-1"]
        return job

    async def nothing(self) -> None:
        """Nothing has come of it, and nothing was paid for."""
        made = f"{self.prompt}"
        assert self.calls == []
        prompts = await self.lab.read(lambda tx: [row.request for row in tx.run(select(jobs.c.request))])
        assert [prompt for prompt in prompts if f"'{made}" in str(prompt)] == []

    async def works(self) -> None:
        """The next wish of the same person is fulfilled as if nothing had been."""
        there = self.person.at(self.lab.elsewhere)
        reply = await there.slash("imagine", prompt=f"after {self.prompt}")
        await reply.until(lambda message: message.files and "Again" in message.buttons, LONG)
