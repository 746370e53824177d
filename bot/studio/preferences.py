"""What the moderators of a server have set: limits, tiers by role, a pause, the models that are allowed."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import ColumnElement, bindparam, select, update

from bot.config.settings import Settings
from bot.store.database import Transaction
from bot.store.tables import preferences
from bot.studio.limits import Allowance, Limits, Period
from bot.studio.money import dollars

_SCOPE = "server"
_MANY = 250  # so many roles a server can have
_LONG = 100

_Check = Callable[[str, Any], Any]


class BadPreference(Exception):
    """A value that makes no sense: of which field, what is wrong with it, and what would be right."""

    def __init__(self, name: str, what: str, fix: str) -> None:
        super().__init__(f"{name} {what}: {fix}")
        self.field = name
        self.what = what
        self.fix = fix


@dataclass(frozen=True, slots=True)
class Tier:
    """What people with a certain role may do: the values that differ for them."""

    name: str = ""
    values: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rules:
    """What a server has set. What is not in `values` is as the operator's defaults say; no `models`: all of them.

    The names of values: user_images_per_hour, _day, _month and user_cost_…, the same for the server, and at_once,
    waiting, cooldown, server_at_once; for tiers those of users, and weight. 0 is no limit.
    """

    values: Mapping[str, float] = field(default_factory=dict)
    tiers: Mapping[int, Tier] = field(default_factory=dict)
    paused: bool = False
    models: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Number:
    """A value that may be set: from where to where, and which of two is better for people."""

    most: float
    least: float = 0
    whole: bool = True
    best: Callable[[Iterable[float]], float] = max

    def __call__(self, name: str, value: Any) -> float:
        """The value, if it is one."""
        if isinstance(value, bool) or not isinstance(value, int | float) or value != value:
            raise BadPreference(name, "is not a number", f"write one from {self.least} to {self.most}")
        if not self.least <= value <= self.most:
            what = f"is less than {self.least}" if value < self.least else f"is more than {self.most}"
            raise BadPreference(name, what, f"write a number from {self.least} to {self.most}")
        if self.whole and value != int(value):
            raise BadPreference(name, "is not a whole number", f"write {int(value)} or {int(value) + 1}")
        return int(value) if self.whole else float(value)


def _switch(name: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise BadPreference(name, "is neither true nor false", "write one of them")
    return value


def _word(name: str, value: Any) -> str:
    if not isinstance(value, str) or not 0 < len(value.strip()) <= _LONG:
        raise BadPreference(name, "is not a name", f"write one of 1 to {_LONG} characters")
    return value.strip()


def _words(name: str, value: Any) -> list[str]:
    if isinstance(value, str) or not isinstance(value, Sequence) or len(value) > _MANY:
        raise BadPreference(name, "is not a list of names", f"write at most {_MANY}, or none to allow all")
    return list(dict.fromkeys(_word(name, word) for word in value))


def _most(values: Iterable[float]) -> float:
    """The largest allowance, where 0 is no limit."""
    return max(values, key=lambda value: value or math.inf)


def _allowance(scope: str) -> dict[str, _Number]:
    most = {"images": 10**7, "cost": dollars("100000000")}
    return {
        f"{scope}_{measure}_per_{period.value}": _Number(most[measure], best=_most)
        for measure in most
        for period in Period
    }


_OF_USERS = {
    **_allowance("user"),
    "at_once": _Number(1000, best=_most),
    "waiting": _Number(10_000, best=_most),
    "cooldown": _Number(86_400, whole=False, best=min),
}
_OF_TIERS = {**_OF_USERS, "weight": _Number(100, least=0.01, whole=False)}
_OF_SERVERS = {**_OF_USERS, **_allowance("server"), "server_at_once": _Number(1000)}
_IN_TIER: Mapping[str, _Check] = {"name": _word, **_OF_TIERS}
_IN_SERVER: Mapping[str, _Check] = {"paused": _switch, "models": _words, **_OF_SERVERS}


def defaults(settings: Settings) -> Limits:
    """The operator's limits. Those of users and servers can be set otherwise by a server, those of all cannot."""
    return Limits(
        user=Allowance(
            images_per_hour=settings.user_images_per_hour,
            images_per_day=settings.user_images_per_day,
            images_per_month=settings.user_images_per_month,
        ),
        server=Allowance(
            images_per_day=settings.server_images_per_day,
            images_per_month=settings.server_images_per_month,
            cost_per_day=dollars(settings.budget_usd_per_day),
            cost_per_month=dollars(settings.budget_usd_per_month),
        ),
        all=Allowance(
            images_per_day=settings.total_images_per_day,
            cost_per_day=dollars(settings.total_budget_usd_per_day),
            cost_per_month=dollars(settings.total_budget_usd_per_month),
        ),
        at_once=settings.user_jobs_at_once,
        waiting=settings.user_jobs_waiting,
        server_at_once=settings.server_jobs_at_once,
        cooldown=float(settings.user_cooldown_seconds),
    )


def limits_for(defaults: Limits, rules: Rules, roles: Iterable[int]) -> Limits:
    """What holds for somebody with these roles: the best of their tiers, else the server's value, else the default."""
    chosen = dict(rules.values)
    tiers = [rules.tiers[role].values for role in roles if role in rules.tiers]
    for name, number in _OF_TIERS.items():
        if offers := [tier[name] for tier in tiers if name in tier]:
            chosen[name] = number.best(offers)
    allowances: dict[str, dict[str, Any]] = {"user": {}, "server": {}}
    plain: dict[str, Any] = {}
    for name, value in chosen.items():
        scope, _, rest = name.partition("_")
        (allowances[scope] if "_per_" in rest else plain)[rest if "_per_" in rest else name] = value
    return replace(
        defaults,
        user=replace(defaults.user, **allowances["user"]),
        server=replace(defaults.server, **allowances["server"]),
        **plain,
    )


def load(tx: Transaction, server: int | None) -> Rules:
    """What a server has set; nothing in direct messages."""
    stored = tx.run(_STORED, {"its_server": server}).scalar() if server is not None else None
    return _rules(stored or {})


_STORED = select(preferences.c["values"]).where(
    preferences.c.scope == _SCOPE, preferences.c.subject == bindparam("its_server")
)


def save(tx: Transaction, server: int, changes: Mapping[str, Any]) -> Rules:
    """Set values by name; None takes one back. `tiers` names roles, each with what changes of it, or None.

    Raises BadPreference, and then nothing is changed.
    """
    fresh = tx.insert(preferences).values(scope=_SCOPE, subject=server, values={}, changed_at=tx.now)
    # The upsert locks the row, so that of two who save at the same time the second sees what the first has set.
    locked = fresh.on_conflict_do_update(
        index_elements=[preferences.c.scope, preferences.c.subject], set_={"changed_at": tx.now}
    )
    stored: dict[str, Any] = tx.run(locked.returning(preferences.c["values"])).scalar_one()
    values = _changed(stored, {name: changes[name] for name in changes if name != "tiers"}, _IN_SERVER)
    if "tiers" in changes:
        values["tiers"] = _changed_tiers(stored.get("tiers", {}), changes["tiers"])
    tx.run(update(preferences).where(*_row(server)).values(values=values))
    return _rules(values)


def _row(server: int) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return preferences.c.scope == _SCOPE, preferences.c.subject == server


def _changed(stored: Mapping[str, Any], changes: Any, known: Mapping[str, _Check], place: str = "") -> dict[str, Any]:
    """What is stored with changes in it, each of them checked; everything else stays, what nobody knows too."""
    if not isinstance(changes, Mapping):
        raise BadPreference(place.removesuffix("."), "is not a list of names and values", "write such a list")
    values = dict(stored)
    for name, value in changes.items():
        if name not in known:
            raise BadPreference(f"{place}{name}", "is not a preference", f"there are {', '.join(known)}")
        values[name] = None if value is None else known[name](f"{place}{name}", value)
    return {name: value for name, value in values.items() if value is not None}


def _changed_tiers(stored: Mapping[str, Any], changes: Any) -> dict[str, Any]:
    """The tiers by role id, which is text in JSON."""
    if changes is None:
        return {}
    if not isinstance(changes, Mapping):
        raise BadPreference("tiers", "is not a list of roles and their values", "name each role by its id")
    tiers = dict(stored)
    for role, change in changes.items():
        if isinstance(role, bool) or not str(role).isdecimal():
            raise BadPreference(f"tiers.{role}", "is not the id of a role", "write its number")
        key = str(int(role))
        tiers[key] = None if change is None else _changed(tiers.get(key, {}), change, _IN_TIER, f"tiers.{key}.")
    kept = {role: tier for role, tier in tiers.items() if tier is not None}
    if len(kept) > _MANY:
        raise BadPreference("tiers", f"are more than {_MANY}", "remove some of them")
    return kept


def _rules(stored: Mapping[str, Any]) -> Rules:
    """What this release understands of what is stored; a newer one may have written more."""
    known = _known(stored, _IN_SERVER)
    tiers = {int(role): _known(tier, _IN_TIER) for role, tier in stored.get("tiers", {}).items()}
    return Rules(
        values={name: known[name] for name in _OF_SERVERS if name in known},
        tiers={
            role: Tier(tier.get("name", ""), {name: tier[name] for name in _OF_TIERS if name in tier})
            for role, tier in tiers.items()
        },
        paused=known.get("paused", False),
        models=tuple(known.get("models", ())),
    )


def _known(stored: Mapping[str, Any], checks: Mapping[str, _Check]) -> dict[str, Any]:
    """The values that have a meaning here; one that has none is as if it were not set."""
    found = {}
    for name in stored.keys() & checks.keys():
        with suppress(BadPreference):
            found[name] = checks[name](name, stored[name])
    return found
