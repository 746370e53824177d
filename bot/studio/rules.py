"""What holds in a server and in each of its channels, once what is written down has been read."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from bot.config.settings import Settings
from bot.studio.checks import Number, most
from bot.studio.limits import Allowance, Limits, Period
from bot.studio.money import dollars

ANYONE, OWN, OFF = "anyone", "own", "off"  # whose pictures may be gone on from
FREE, ALWAYS = "free", "always"  # whether people choose what is behind a spoiler
VISIBILITIES = ("public", "private", "spoiler")


@dataclass(frozen=True, slots=True)
class Tier:
    """What people with a certain role may do: the values that differ for them."""

    name: str = ""
    values: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rules:
    """What a server has set. What is not in `values` is as the operator's defaults say; an empty list allows all.

    The names of values: user_images_per_hour, _day, _month and user_cost_…, the same for the server, and at_once,
    waiting, cooldown, server_at_once; for tiers those of users, and weight. 0 is no limit, everywhere.

    `roles` and `channels` may, `denied_…` may not, whatever else is allowed. `references`: whose pictures may be gone
    on from. `confirm_cost` (money) and `confirm_images`: what is more than that has to be confirmed. `places` are the
    values that differ in a channel, in the threads of it too. `pause_reason` is told to whoever is refused.
    """

    values: Mapping[str, float] = field(default_factory=dict)
    tiers: Mapping[int, Tier] = field(default_factory=dict)
    paused: bool = False
    pause_reason: str | None = None
    models: tuple[str, ...] = ()
    sizes: tuple[str, ...] = ()
    most_images: int = 0
    roles: tuple[int, ...] = ()
    denied_roles: tuple[int, ...] = ()
    channels: tuple[int, ...] = ()
    denied_channels: tuple[int, ...] = ()
    references: str = ANYONE
    age_restricted_only: bool = False
    spoiler: str = FREE
    blocked_words: tuple[str, ...] = ()
    confirm_cost: int = 0
    confirm_images: int = 0
    audit_channel: int | None = None
    language: str | None = None
    default_model: str | None = None
    default_ratio: str | None = None
    default_size: str | None = None
    default_visibility: str | None = None
    places: Mapping[int, Mapping[str, Any]] = field(default_factory=dict)

    def at(self, *channels: int | None) -> "Rules":
        """What holds in a channel: what it sets itself in place of what the server does; the last one comes last.

        Its blocked words come to those of the server.
        """
        found = [self.places[channel] for channel in channels if channel is not None and channel in self.places]
        if not found:
            return self
        changes = {name: value for place in found for name, value in place.items()}
        values = {**self.values, **{name: changes.pop(name) for name in OF_PLACES if name in changes}}
        words = dict.fromkeys(word for place in found for word in place.get("blocked_words", ()))
        changes["blocked_words"] = (*self.blocked_words, *(word for word in words if word not in self.blocked_words))
        return replace(self, values=values, **changes)


def _allowance(scope: str) -> dict[str, Number]:
    largest = {"images": 10**7, "cost": dollars("100000000")}
    return {
        f"{scope}_{measure}_per_{period.value}": Number(largest[measure], best=most)
        for measure in largest
        for period in Period
    }


OF_PLACES = {"cooldown": Number(86_400, whole=False, best=min)}
OF_USERS = {
    **_allowance("user"),
    "at_once": Number(1000, best=most),
    "waiting": Number(10_000, best=most),
    **OF_PLACES,
}
OF_TIERS = {**OF_USERS, "weight": Number(100, least=0.01, whole=False)}
OF_SERVERS = {**OF_USERS, **_allowance("server"), "server_at_once": Number(1000)}


@dataclass(frozen=True, slots=True)
class Grant:
    """More for one person than their limits give: pictures and money, per hour, day or month, or, without a period, for
    each of these. `until` None is until it is taken back."""

    images: int = 0
    cost: int = 0
    period: Period | None = None
    until: float | None = None
    by: int = 0
    at: float = 0.0

    def holds(self, now: float) -> bool:
        """Whether its time is not over."""
        return self.until is None or now < self.until


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


def limits_for(defaults: Limits, rules: Rules, roles: Iterable[int], grants: Iterable[Grant] = ()) -> Limits:
    """What holds for somebody with these roles: the best of their tiers, else the server's value, else the default;
    and what was granted to them comes on top."""
    chosen = dict(rules.values)
    tiers = [rules.tiers[role].values for role in roles if role in rules.tiers] if rules.tiers else []
    for name, number in OF_TIERS.items() if tiers else ():
        if offers := [tier[name] for tier in tiers if name in tier]:
            chosen[name] = number.best(offers)
    limits = _replaced(defaults, chosen) if chosen else defaults
    for grant in grants:
        limits = replace(limits, user=_more(limits.user, grant))
    return limits


def _replaced(defaults: Limits, chosen: Mapping[str, float]) -> Limits:
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


def _more(allowance: Allowance, grant: Grant) -> Allowance:
    """What has no limit needs no more."""
    raised = {}
    for period in [grant.period] if grant.period else Period:
        for name, extra in ((f"images_per_{period.value}", grant.images), (f"cost_per_{period.value}", grant.cost)):
            if limit := getattr(allowance, name):
                raised[name] = limit + extra
    return replace(allowance, **raised)
