"""What has been laid down for single people, by the moderators of a server or by the owner everywhere: blocks, grants.

They are rows of `preferences`, one a person and server, so that a job finds all that concerns it with one look.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from sqlalchemy import delete, select, update

from bot.store.database import Transaction
from bot.store.tables import preferences
from bot.studio import deeds
from bot.studio.checks import BadPreference, Number
from bot.studio.deeds import Deed
from bot.studio.limits import Period
from bot.studio.money import dollars
from bot.studio.preferences import log_channel
from bot.studio.rules import Grant
from bot.words import sentence

MOST_GRANTS = 10
_LONGEST = 300  # characters of a reason
_IMAGES, _COST = Number(10**7), Number(dollars("100000000"))


@dataclass(frozen=True, slots=True)
class Block:
    """Somebody may not ask for anything: since when, by whom, why; `until` None is until it is taken back."""

    by: int
    at: float
    reason: str = ""
    until: float | None = None

    def holds(self, now: float) -> bool:
        """Whether its time is not over."""
        return self.until is None or now < self.until


@dataclass(frozen=True, slots=True)
class Member:
    """One person in a server, or everywhere."""

    user: int = 0
    block: Block | None = None
    grants: tuple[Grant, ...] = ()


def scope_of(server: int | None) -> str:
    """Where the rows of a server are; those that hold everywhere are under 0."""
    return f"member/{server or 0}"


def member(tx: Transaction, server: int | None, user: int) -> Member:
    """What holds for somebody now; `server` None is everywhere."""
    mine = (preferences.c.scope == scope_of(server)) & (preferences.c.subject == user)
    return member_of(user, tx.run(select(preferences.c["values"]).where(mine)).scalar() or {}, tx.now)


def members(tx: Transaction, server: int | None) -> list[Member]:
    """Everybody for whom something is laid down, in the order of their numbers."""
    here = preferences.c.scope == scope_of(server)
    rows = tx.run(select(preferences).where(here).order_by(preferences.c.subject)).all()
    found = (member_of(row.subject, row._mapping["values"], tx.now) for row in rows)
    return [each for each in found if each.block or each.grants]


def block(
    tx: Transaction, server: int | None, user: int, by: int, reason: str = "", until: float | None = None
) -> Block:
    """Let nothing of somebody be accepted any more; written into the audit log. A later block replaces this one."""
    before = _lock(tx, server, user)
    made = Block(by, tx.now, " ".join(reason.split())[:_LONGEST], until)
    _write(tx, server, replace(before, block=made))
    _note(tx, server, by, deeds.BLOCK, user, before.block, made)
    return made


def unblock(tx: Transaction, server: int | None, user: int, by: int) -> bool:
    """Take a block back; False if there was none."""
    before = _lock(tx, server, user)
    _write(tx, server, replace(before, block=None))
    if before.block is not None:
        _note(tx, server, by, deeds.UNBLOCK, user, before.block, None)
    return before.block is not None


def grant(tx: Transaction, server: int | None, user: int, wanted: Grant) -> tuple[Grant, ...]:
    """Give somebody more than their limits do; what is granted now. Raises BadPreference."""
    images, cost = int(_IMAGES("images", wanted.images)), int(_COST("cost", wanted.cost))
    if not images and not cost:
        says, fix = sentence("is empty"), sentence("write how many pictures, or how much money")
        raise BadPreference("images", says, fix)
    if wanted.until is not None and wanted.until <= tx.now:
        raise BadPreference("until", sentence("is over already"), sentence("write a time that is still to come"))
    before = _lock(tx, server, user)
    if len(before.grants) >= MOST_GRANTS:
        raise BadPreference("grants", sentence("are {most} already"), sentence("revoke them first"), most=MOST_GRANTS)
    made = replace(wanted, images=images, cost=cost, at=tx.now)
    after = replace(before, grants=(*before.grants, made))
    _write(tx, server, after)
    _note(tx, server, wanted.by, deeds.GRANT, user, None, made)
    return after.grants


def revoke(tx: Transaction, server: int | None, user: int, by: int) -> int:
    """Take everything back that was granted to somebody; how much there was."""
    before = _lock(tx, server, user)
    _write(tx, server, replace(before, grants=()))
    for given in before.grants:
        _note(tx, server, by, deeds.REVOKE, user, given, None)
    return len(before.grants)


def member_of(user: int, stored: Mapping[str, Any], now: float) -> Member:
    """What holds of what is stored; what a newer release has written more of is left aside."""
    block = stored.get("block")
    made = Block(**_known(Block, block)) if block else None
    grants = (_grant(given) for given in stored.get("grants", ()))
    return Member(user, made if made and made.holds(now) else None, tuple(each for each in grants if each.holds(now)))


def _grant(stored: Mapping[str, Any]) -> Grant:
    known = _known(Grant, stored)
    return Grant(**{**known, "period": Period(known["period"]) if known.get("period") else None})


def _known(kind: type[Any], stored: Mapping[str, Any]) -> dict[str, Any]:
    return {field.name: stored[field.name] for field in fields(kind) if field.name in stored}


def _lock(tx: Transaction, server: int | None, user: int) -> Member:
    """What holds now, with the row locked."""
    fresh = tx.insert(preferences).values(scope=scope_of(server), subject=user, values={}, changed_at=tx.now)
    locked = fresh.on_conflict_do_update(index_elements=["scope", "subject"], set_={"changed_at": tx.now})
    return member_of(user, tx.run(locked.returning(preferences.c["values"])).scalar_one(), tx.now)


def _write(tx: Transaction, server: int | None, member: Member) -> None:
    mine = (preferences.c.scope == scope_of(server)) & (preferences.c.subject == member.user)
    if not member.block and not member.grants:
        tx.run(delete(preferences).where(mine))
        return
    grants = list(map(_plain, member.grants))
    values = {"block": asdict(member.block) if member.block else None, "grants": grants}
    tx.run(update(preferences).where(mine).values(values=values))


def _note(
    tx: Transaction,
    server: int | None,
    by: int,
    deed: str,
    user: int,
    before: Block | Grant | None,
    after: Block | Grant | None,
) -> None:
    told = Deed(server, by, deed, f"user/{user}", _told(before), _told(after))
    deeds.write(tx, told, log_channel(tx, server))


def _told(thing: Block | Grant | None) -> dict[str, Any]:
    """What is worth a place in the log: what is not there, and what the line itself says, is not."""
    plain: Iterable[tuple[str, Any]] = _plain(thing).items() if thing else ()
    return {name: value for name, value in plain if value not in {None, "", 0} and name not in {"by", "at"}}


def _plain(thing: Block | Grant) -> dict[str, Any]:
    plain = asdict(thing)
    if isinstance(thing, Grant) and thing.period:
        plain["period"] = thing.period.value
    return plain
