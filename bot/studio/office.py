"""The moderators' door: everything that they and the owner of the bot do comes in here, is checked, and is written into
the audit log in the same transaction. What is changed holds for the next request, in every process.

`by` is who does it, in which server: a moderator there. `everywhere` is for the owner. Whoever may not is answered with
a Refusal; values that make no sense raise BadPreference.
"""

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from bot.seedream.catalogue import Catalogue
from bot.seedream.models import ImageRequest
from bot.store.database import Database, Transaction
from bot.studio import deeds, members, notices, preferences, queue, reports, takedown
from bot.studio.acceptance import HOUSE, Diagnosis, place_of
from bot.studio.cancel import ask_to_cancel, cancel_waiting
from bot.studio.cases import Case, case_of
from bot.studio.checks import LONGEST_REASON, Offer
from bot.studio.deeds import Deed
from bot.studio.job import Job, Origin, Who
from bot.studio.limits import Barrier, Limits, Refusal, Scope
from bot.studio.members import Block, Member
from bot.studio.memos import note, recall
from bot.studio.notices import Notice
from bot.studio.preferences import Changed, Person
from bot.studio.reports import Report
from bot.studio.rules import Grant, Rules, limits_for
from bot.studio.shelf import Shelf
from bot.studio.status import Status, status
from bot.studio.studio import Studio
from bot.studio.takedown import Taken
from bot.studio.usage import Line, Usage, lines, usage

T = TypeVar("T")

_YOUNG = 3600.0  # seconds for which somebody may be about to name a file


@dataclass(frozen=True, slots=True)
class Standards:
    """What is taken where a request does not say it: the person's own where it is allowed, else the channel's, else
    the server's. `models` are those that are allowed, all if there are none; `own_language` is the person's alone."""

    model: str | None = None
    ratio: str | None = None
    size: str | None = None
    visibility: str | None = None
    language: str | None = None
    models: tuple[str, ...] = ()
    own_language: str | None = None


@dataclass(frozen=True, slots=True)
class Spent:
    """What was used, for a chart and for a table."""

    usage: Usage
    lines: Sequence[Line]


class Office:
    """Over a database, for all processes that share it."""

    def __init__(
        self, database: Database, studio: Studio, catalogue: Catalogue, home: Path, limits: Limits | None = None
    ) -> None:
        self._database = database
        self._studio = studio
        self._home = home
        self.limits = limits or Limits()  # the operator's, where a server has set none
        self.offer = Offer(catalogue)

    # Settings

    async def rules(self, server: int) -> Rules:
        """What a server has set; `rules.at(channel)` is what holds in a channel."""
        return await self._database.read(lambda tx: preferences.load(tx, server))

    async def change(self, by: Who, changes: Mapping[str, Any]) -> Changed | Refusal:
        """Change what a server has set: by name, None takes a value back. {"tiers": {role: {…}}} changes a tier,
        {"places": {channel: {…}}} a channel, None in place of {…} removes it."""
        return await self._here(by, lambda tx, server: preferences.save(tx, server, changes, by.user, self.offer))

    async def change_channel(self, by: Who, channel: int, changes: Mapping[str, Any] | None) -> Changed | Refusal:
        """Change what holds in one channel and its threads only; None: what the server has set holds there again."""
        return await self.change(by, {"places": {channel: changes}})

    async def person(self, user: int) -> Person:
        """What somebody has set for themselves."""
        return await self._database.read(lambda tx: preferences.load_person(tx, user))

    async def change_person(self, user: int, changes: Mapping[str, Any]) -> Changed:
        """Change what somebody has set for themselves, by name; None takes a value back."""
        return await self._database.write(lambda tx: preferences.save_person(tx, user, changes, self.offer))

    async def standards(self, who: Who, origin: Origin) -> Standards:
        """What is taken where this person says nothing here."""
        place = place_of(origin)

        def look(tx: Transaction) -> tuple[Person, Rules]:
            own = preferences.load_person(tx, who.user)
            return own, preferences.load(tx, who.server).at(place.within, place.channel)

        own, rules = await self._database.read(look)
        return Standards(
            _allowed(own.model, rules.models) or rules.default_model,
            own.ratio or rules.default_ratio,
            _allowed(own.size, rules.sizes) or rules.default_size,
            own.visibility or rules.default_visibility,
            own.language or rules.language,
            rules.models,
            own.language,
        )

    # Pause

    async def pause(self, by: Who, reason: str = "", *, everywhere: bool = False) -> bool | Refusal:
        """Accept nothing more, here or from anybody, and tell them why; what waits already goes on. False: it was
        paused already, with the same words."""
        return await self._pause(by, {"by": by.user, "reason": " ".join(reason.split())[:LONGEST_REASON]}, everywhere)

    async def resume(self, by: Who, *, everywhere: bool = False) -> bool | Refusal:
        """Accept again. False: it was not paused."""
        return await self._pause(by, None, everywhere)

    async def _pause(self, by: Who, paused: Mapping[str, Any] | None, everywhere: bool) -> bool | Refusal:
        if everywhere:
            return await self._owners(by, lambda tx: _pause_all(tx, by.user, paused))
        why = (paused["reason"] or None) if paused else None
        done = await self.change(by, {"paused": True if paused else None, "pause_reason": why})
        return done if isinstance(done, Refusal) else done.before != done.after

    # People

    async def member(self, by: Who, user: int, *, everywhere: bool = False) -> Member | Refusal:
        """What is laid down for one person."""
        return await self._for_people(by, everywhere, lambda tx, server: members.member(tx, server, user))

    async def members(self, by: Who, *, everywhere: bool = False) -> list[Member] | Refusal:
        """Everybody who is blocked, or has been granted something."""
        return await self._for_people(by, everywhere, members.members)

    async def block(
        self, by: Who, user: int, reason: str = "", *, until: float | None = None, everywhere: bool = False
    ) -> Block | Refusal:
        """Let nothing of somebody be accepted, until a time or until it is taken back."""
        return await self._for_people(
            by, everywhere, lambda tx, server: members.block(tx, server, user, by.user, reason, until)
        )

    async def unblock(self, by: Who, user: int, *, everywhere: bool = False) -> bool | Refusal:
        """Take a block back; False if there was none."""
        return await self._for_people(by, everywhere, lambda tx, server: members.unblock(tx, server, user, by.user))

    async def grant(self, by: Who, user: int, grant: Grant, *, everywhere: bool = False) -> tuple[Grant, ...] | Refusal:
        """Give somebody more than their limits do; everything that is granted to them now."""
        given = Grant(grant.images, grant.cost, grant.period, grant.until, by.user)
        return await self._for_people(by, everywhere, lambda tx, server: members.grant(tx, server, user, given))

    async def revoke(self, by: Who, user: int, *, everywhere: bool = False) -> int | Refusal:
        """Take everything back that was granted to somebody; how much there was."""
        return await self._for_people(by, everywhere, lambda tx, server: members.revoke(tx, server, user, by.user))

    # Reports and results

    async def report(
        self, who: Who, job: int, reason: str, *, message: int | None = None, channel: int | None = None
    ) -> tuple[Report, bool] | Refusal:
        """Somebody reports a picture, once; the report, and whether it is new. Pictures of other servers are none."""

        def work(tx: Transaction) -> tuple[Report, bool] | Refusal:
            found = queue.load(tx, job)
            if found is None or found.who.server != who.server:
                return Refusal(Barrier.NO_SUCH_JOB)
            return reports.file(tx, found, who.user, reason, message=message, channel=channel)

        return await self._database.write(work)

    async def reports(
        self, by: Who, state: str = reports.OPEN, number: int = 1, size: int = 5
    ) -> reports.Page | Refusal:
        """The reports of a server; of what was made in none, for the owner."""
        return await self._desk(by, lambda tx: reports.page(tx, by.server, state=state, number=number, size=size))

    async def reported(self, by: Who, report: int) -> Case | Refusal:
        """A report of this server, open or closed, with everything that it takes to decide on it."""
        return await self._desk(by, lambda tx: case_of(tx, by.server, report) or Refusal(Barrier.NO_SUCH_REPORT))

    async def dismiss(self, by: Who, report: int) -> Report | Refusal:
        """There is nothing wrong with it: all reports of the same picture are closed."""
        return await self._desk(by, lambda tx: _close(tx, by, report, reports.DISMISSED, deeds.DISMISS))

    async def act(self, by: Who, report: int, *, delete: bool = False, block: bool = False) -> Taken | Report | Refusal:
        """Close all reports of the same picture, delete it, and block who has asked for it, as is wanted. What is not
        done yet has to be cancelled first."""

        def work(tx: Transaction) -> tuple[Report, Taken | None] | Refusal:
            about = reports.find(tx, by.server, report)
            made = queue.load(tx, about.job) if about is not None and delete else None
            if made is not None and not made.state.final:
                return Refusal(Barrier.UNDER_WAY)
            closed = _close(tx, by, report, reports.ACTED, deeds.ACT)
            if isinstance(closed, Refusal):
                return closed
            job = queue.load(tx, closed.job)
            if block and job is not None:
                members.block(tx, by.server, job.who.user, by.user, f"report {report}")
            return closed, takedown.take_down(tx, closed.job, by) if delete else None

        done = await self._desk(by, work)
        if isinstance(done, Refusal):
            return done
        closed, taken = done
        return closed if taken is None else await self._cleared(taken)

    async def delete_result(self, by: Who, job: int) -> Taken | Refusal:
        """Take a result of this server away: its pictures, and those that it began with where nobody else needs them.
        The messages that they are in are told, to be deleted too."""

        def work(tx: Transaction) -> Taken | Refusal:
            found = _job_of(tx, by, job)
            if isinstance(found, Refusal):
                return found
            return takedown.take_down(tx, job, by) or Refusal(Barrier.UNDER_WAY)

        done = await self._desk(by, work)
        return done if isinstance(done, Refusal) else await self._cleared(done)

    async def cancel(self, by: Who, job: int) -> Job | Refusal:
        """Stop a job of somebody else, as they could themselves."""

        def work(tx: Transaction) -> Job | Refusal:
            found = _job_of(tx, by, job)
            if isinstance(found, Refusal) or found.state.final:
                return found
            stopped = cancel_waiting(tx, job)
            if stopped is None:
                ask_to_cancel(tx, job)
            _write_down(tx, Deed(by.server, by.user, deeds.CANCEL, f"job/{job}", {"user": found.who.user}))
            return stopped or queue.load(tx, job) or found

        return await self._desk(by, work)

    # Looking

    async def log(
        self, by: Who, number: int = 1, *, subject: str = "", size: int = 10, everywhere: bool = False
    ) -> deeds.Page | Refusal:
        """What was done here, newest first; `subject` ("user/42") to see what was done to one."""
        return await self._for_people(
            by, everywhere, lambda tx, server: deeds.page(tx, server, number=number, size=size, subject=subject)
        )

    async def diagnose(self, by: Who, who: Who, origin: Origin, *requests: ImageRequest) -> Diagnosis | Refusal:
        """Why somebody may or may not ask for something there. `who` is that person with their roles, `origin` the
        channel with what is known of it; nothing is reserved, and nobody is told."""
        if who.server != by.server or not (by.moderator or by.owner):
            return _not_allowed(by)
        return await self._studio.diagnose(origin, who, *requests)

    async def status(self, by: Who) -> Status | Refusal:
        """How the whole bot stands. Its machines and the budgets of everybody are the owner's business alone."""
        providers = self._studio.providers

        def look(tx: Transaction) -> Status:
            limits = limits_for(self.limits, preferences.load(tx, by.server), ())
            found = status(tx, providers, by.server, limits)
            if by.owner:
                return found
            return replace(found, workers=(), budgets=[each for each in found.budgets if each.scope is Scope.SERVER])

        return await self._desk(by, look)

    async def spent(self, by: Who, days: int) -> Spent | Refusal:
        """What was used over so many days: in a server, or, for the owner where there is none, everywhere."""
        if not (by.owner or (by.server is not None and by.moderator)):
            return _not_allowed(by)

        def look(tx: Transaction) -> Spent:
            return Spent(usage(tx, server=by.server, days=days), lines(tx, server=by.server, days=days))

        return await self._database.read(look)

    # News for servers and for the owner

    async def news(self, most: int = 20) -> list[Notice]:
        """What is to be told now, for this process to tell; `told` must follow for each, or it comes again."""
        return await self._database.write(lambda tx: notices.take(tx, most))

    async def told(self, notice: Notice, *, again_in: float | None = None) -> None:
        """It has arrived, or is not to be tried again; or it is, in so many seconds."""
        if again_in is None:
            await self._database.write(lambda tx: notices.told(tx, notice.id))
        else:
            await self._database.write(lambda tx: notices.later(tx, notice.id, again_in))

    async def deed(self, number: int) -> Deed | None:
        """The line of the audit log that a notice is about."""
        return await self._database.read(lambda tx: deeds.read(tx, number))

    async def _here(self, by: Who, work: Callable[[Transaction, int], T]) -> T | Refusal:
        server = by.server
        if server is None or not (by.moderator or by.owner):
            return _not_allowed(by)
        return await self._database.write(lambda tx: work(tx, server))

    async def _owners(self, by: Who, work: Callable[[Transaction], T]) -> T | Refusal:
        return await self._database.write(work) if by.owner else Refusal(Barrier.OWNER)

    async def _for_people(self, by: Who, everywhere: bool, work: Callable[[Transaction, int | None], T]) -> T | Refusal:
        if everywhere:
            return await self._owners(by, lambda tx: work(tx, None))
        return await self._here(by, work)

    async def _desk(self, by: Who, work: Callable[[Transaction], T]) -> T | Refusal:
        """For moderators in their server, and for the owner where there is none."""
        if by.server is None:
            return await self._owners(by, work)
        return await self._here(by, lambda tx, _: work(tx))

    async def _cleared(self, taken: Taken) -> Taken:
        names = await self._database.read(lambda tx: takedown.unnamed(tx, taken.shelved)) if taken.shelved else []
        shelf = Shelf.within(self._home)
        await asyncio.to_thread(takedown.remove, [self._home / name for name in taken.files], None)
        await asyncio.to_thread(takedown.remove, [shelf.place(name) for name in names], _YOUNG)
        return taken


def _allowed(value: str | None, among: Collection[str]) -> str | None:
    return None if among and value not in among else value


def _not_allowed(by: Who) -> Refusal:
    return Refusal(Barrier.OWNER if by.server is None else Barrier.MODERATORS, Scope.SERVER)


def _pause_all(tx: Transaction, by: int, paused: Mapping[str, Any] | None) -> bool:
    before = recall(tx, HOUSE, 0)
    was, now = _told(before.get("paused")), _told(paused)
    if was == now:
        return False
    note(tx, HOUSE, 0, {**before, "paused": paused})
    deeds.write(tx, Deed(None, by, deeds.PAUSE if paused else deeds.RESUME, before=was, after=now))
    return True


def _told(paused: Mapping[str, Any] | None) -> dict[str, Any]:
    reason = paused.get("reason") if paused else None
    return {"paused": paused is not None, **({"reason": reason} if reason else {})}


def _job_of(tx: Transaction, by: Who, number: int) -> Job | Refusal:
    """A job of the server in which somebody moderates; those of others are none."""
    job = queue.load(tx, number)
    return job if job is not None and job.who.server == by.server else Refusal(Barrier.NO_SUCH_JOB)


def _close(tx: Transaction, by: Who, number: int, state: str, deed: str) -> Report | Refusal:
    found = reports.find(tx, by.server, number)
    if found is None or not reports.close(tx, by.server, found.job, state, by.user):
        return Refusal(Barrier.NO_SUCH_REPORT)
    was, now = {"state": reports.OPEN}, {"state": state, "job": found.job}
    _write_down(tx, Deed(by.server, by.user, deed, f"report/{number}", was, now))
    return reports.find(tx, by.server, number) or found


def _write_down(tx: Transaction, deed: Deed) -> None:
    deeds.write(tx, deed, preferences.log_channel(tx, deed.server))
