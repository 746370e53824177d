"""The worker: claims jobs, works on so many at once, keeps its lease alive, and lets go politely."""

import asyncio
import logging
import os
import socket
from dataclasses import dataclass

from bot.store.database import Transaction
from bot.store.errors import Elsewhere, StoreError
from bot.studio import callbacks, company, leases, queue
from bot.studio.attempt import Attempt
from bot.studio.cancel import cancelled_of
from bot.studio.drawing import LetGo
from bot.studio.job import Job
from bot.studio.kit import AWAY, Kit

log = logging.getLogger(__name__)

NET = 2.0  # seconds after which is looked for jobs though nobody called; news may have been missed
STRUCK = 5.0  # seconds that a job rests after a fault of the bot itself
_FIRST_WORD = 2  # turns of the loop after which a job that was taken up has asked for its first step to be written
FAREWELL = 5.0  # what giving jobs back may take at the end


@dataclass(frozen=True, slots=True)
class Pace:
    """How much one process takes on: jobs at once, seconds of a lease, and of grace after a stop."""

    slots: int = 4
    lease: float = 60.0
    grace: float = 20.0


class Worker:
    """Works until it is stopped. Every process may have one; those on one PostgreSQL share the queue."""

    def __init__(self, kit: Kit, pace: Pace) -> None:
        host, pid = socket.gethostname(), os.getpid()
        self.id = f"{host}-{pid}-{os.urandom(4).hex()}"
        self._me = leases.Worker(self.id, host, pid, pace.slots)
        self._kit = kit
        self._pace = pace
        self._attempts: dict[int, Attempt] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._stopping = asyncio.Event()
        self._hurry = asyncio.Event()
        self._woken = asyncio.Event()
        self._turned_away: Elsewhere | None = None
        self._adrift = False  # a claim may have been made of which nobody here knows
        self._looked_at = kit.clock.steady()
        self.ready = asyncio.Event()

    def stop(self) -> None:
        """No new jobs from now on; `run` returns when those under way have ended or the grace is over, which a
        second call ends."""
        if self._stopping.is_set():
            self._hurry.set()
        self._stopping.set()
        self._woken.set()

    @property
    def at_work(self) -> int:
        """On how many jobs it works just now."""
        return len(self._tasks)

    @property
    def slots(self) -> int:
        """On how many it works at the most."""
        return self._pace.slots

    @property
    def stopping(self) -> bool:
        """Whether it takes no new jobs any more."""
        return self._stopping.is_set()

    @property
    def silent(self) -> float:
        """The seconds since it last knew that there was nothing to claim, or no place for it."""
        return self._kit.clock.steady() - self._looked_at

    async def run(self) -> None:
        """Work until stopped. What earlier processes left is taken up first, at once where nobody else can live."""
        self._kit.database.listen(self._heard)
        await self._begin()
        self.ready.set()
        keeper = asyncio.create_task(self._keep_lease())
        try:
            while not self._stopping.is_set():
                again_at = await self._fill()
                await self._rest(again_at)
            await self._finish(keeper)
        finally:
            await self._leave_nothing(keeper)

    async def _begin(self) -> None:
        await company.join(self._kit, self._me, self._pace.lease)
        alone = None if self._kit.database.shared else self.id
        taken_up = await self._kit.record(lambda tx: leases.reap(tx, alone=alone))
        if taken_up:
            log.info("%d jobs of an earlier process go on", taken_up)

    def _heard(self, news: str) -> None:
        word, _, number = news.partition(" ")
        if word == "cancel" and number.isdecimal() and (attempt := self._attempts.get(int(number))):
            attempt.cancel()
        elif (told := callbacks.heard(news)) and (attempt := self._attempts.get(told[0])):
            attempt.nudge(told[1])
        elif word == "jobs":
            self._woken.set()

    async def _fill(self) -> float | None:
        """Start jobs as long as there are places and jobs; when to look again, if that is known."""
        if self._turned_away is not None:
            raise self._turned_away
        while len(self._tasks) < self._pace.slots and not self._stopping.is_set():
            try:
                if self._adrift:
                    await self._kit.database.write(self._recover)
                    self._adrift = False
                found = await self._kit.database.write(lambda tx: queue.claim(tx, self.id, {}, self._kit.capacity))
            except AWAY as error:
                log.warning("No job can be claimed just now: %s", error)
                self._adrift = self._adrift or error.unsure
                return None
            except queue.Lost:  # silent for so long that the others took it for dead
                await company.join(self._kit, self._me, self._pace.lease)
                continue
            if found.job is None:
                self._looked_at = self._kit.clock.steady()
                return found.again_at
            task = asyncio.create_task(self._work(found.job), name=f"job {found.job.id}")
            self._tasks.add(task)
            task.add_done_callback(self._vacate)
            for _ in range(_FIRST_WORD):  # the next claim waits for it, and not the other way round
                await asyncio.sleep(0)
        self._looked_at = self._kit.clock.steady()
        return None

    def _vacate(self, task: asyncio.Task[None]) -> None:
        """Not before the task is done: whoever looks for a job must find its place free."""
        if len(self._tasks) >= self._pace.slots:
            self._woken.set()
        self._tasks.discard(task)

    def _recover(self, tx: Transaction) -> None:
        """Give back what was claimed when a connection broke, so that nobody here knows of it."""
        for job in leases.held_by(tx, self.id):
            if job.id not in self._attempts:
                leases.release(tx, job, self.id, ready_at=tx.now)

    async def _rest(self, again_at: float | None) -> None:
        seconds = NET if again_at is None else min(NET, max(0.0, again_at - self._kit.database.now()))
        try:
            async with asyncio.timeout(seconds):
                await self._woken.wait()
        except TimeoutError:
            return
        finally:
            self._woken.clear()

    async def _work(self, job: Job) -> None:
        attempt = self._attempts[job.id] = Attempt(self._kit, self.id, job, self._stopping)
        try:
            await attempt.run()
        except LetGo as later:
            await self._release(attempt.job, later.ready_at)
        except queue.Lost:
            log.warning("Job %d went to another worker, because this one was silent for too long", job.id)
        except asyncio.CancelledError:
            await self._release(attempt.job, self._kit.database.now())
        except Exception:  # a rim: one job must not end the others
            log.exception("Job %d met a fault of the bot", job.id)
            await self._release(attempt.job, self._kit.database.now() + STRUCK, strike=True)
        finally:
            del self._attempts[job.id]

    async def _release(self, job: Job, ready_at: float, *, strike: bool = False) -> None:
        try:
            await self._kit.record(lambda tx: leases.release(tx, job, self.id, ready_at=ready_at, strike=strike))
        except queue.Lost:
            log.warning("Job %d went to another worker already", job.id)

    async def _keep_lease(self) -> None:
        """Say that this process lives, and look after those that do not say so any more."""
        while True:
            await asyncio.sleep(self._pace.lease / 3)
            try:
                unwanted = await self._kit.database.write(self._keep)
                if unwanted is None:
                    await company.join(self._kit, self._me, self._pace.lease)
            except Elsewhere as error:
                self._turned_away = error
                self._woken.set()
                return
            except StoreError as error:
                log.warning("The lease cannot be renewed just now: %s", error)
                continue
            for number in unwanted or ():
                if attempt := self._attempts.get(number):
                    attempt.cancel()

    def _keep(self, tx: Transaction) -> list[int] | None:
        """The jobs of ours that are not wanted any more; None when it was too late, and we do not count any more."""
        if not leases.renew(tx, self.id, self._pace.lease):
            return None
        leases.reap(tx)
        return cancelled_of(tx, self.id)

    async def _finish(self, keeper: asyncio.Task[None]) -> None:
        """Those under way may end within the grace; the rest goes back to where it was written last."""
        if self._tasks:
            log.info("Stopping: %d jobs may end within %.0f seconds", len(self._tasks), self._pace.grace)
            hurry = asyncio.ensure_future(self._hurry.wait())
            ended = asyncio.ensure_future(asyncio.wait(self._tasks))
            await asyncio.wait({hurry, ended}, timeout=self._pace.grace, return_when=asyncio.FIRST_COMPLETED)
            hurry.cancel()
            ended.cancel()
        await self._leave_nothing(keeper)  # the keeper might register once more, after the farewell
        try:
            async with asyncio.timeout(FAREWELL):
                await company.leave(self._kit, self._me)
        except (TimeoutError, StoreError) as error:
            log.warning("Some jobs could not be given back, they go on when the lease is over: %s", error or "no time")

    async def _leave_nothing(self, keeper: asyncio.Task[None]) -> None:
        """Nothing of this worker goes on behind its back; what is cut short here is given back."""
        for task in (keeper, *self._tasks):
            task.cancel()
        await asyncio.wait({keeper, *self._tasks}, timeout=FAREWELL)
        await self._kit.alarms.close()
