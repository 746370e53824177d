"""What holds for a value, and who has set it: the channel, the role, the server, the person, or the operator."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from bot.studio.limits import Limits
from bot.studio.preferences import Person
from bot.studio.rules import OF_SERVERS, OF_TIERS, Rules
from bot.words import sentence

_UNSET = Rules()
_MINE = {  # what a server has for people who have set nothing
    "model": "default_model",
    "ratio": "default_ratio",
    "size": "default_size",
    "visibility": "default_visibility",
    "language": "language",
}


class Source(Enum):
    """Who has set it, in words."""

    OPERATOR = sentence("default")
    SERVER = sentence("set for the server")
    ABOVE = sentence("set for the thread's channel")
    PLACE = sentence("set for this channel")
    ROLE = sentence("set for this role")
    PERSON = sentence("set by you")


OWN = {Source.PLACE, Source.ROLE, Source.PERSON}


@dataclass(frozen=True, slots=True)
class Found:
    """The value that holds, who has set it, what is set at the very level that is looked at, and what would hold
    without that."""

    value: Any
    source: Source
    own: Any = None
    otherwise: Any = None


@dataclass(frozen=True, slots=True)
class Operator:
    """What the operator of the bot has set for everybody."""

    limits: Limits
    model: str
    visibility: str = "public"

    def value(self, name: str) -> Any:
        """What holds where nobody else has set it."""
        if "_per_" in name:
            scope, _, rest = name.partition("_")
            return getattr(getattr(self.limits, scope), rest)
        if name in OF_SERVERS or name in OF_TIERS:
            return getattr(self.limits, name)
        known = {"default_model": self.model, "default_visibility": self.visibility}
        return known.get(name, getattr(_UNSET, name, None))


@dataclass(frozen=True, slots=True)
class OfServer:
    """What holds in a server, in one of its channels, or for one of its roles. A thread is `within` a channel."""

    operator: Operator
    rules: Rules
    place: int = 0
    within: int | None = None
    role: int = 0

    def find(self, name: str) -> Found:
        """What holds for a value."""
        if self.role:
            tier = self.rules.tiers.get(self.role)
            return _over(tier.values if tier else {}, name, self._server(name), Source.ROLE)
        if not self.place:
            return self._server(name)
        above = self._server(name)
        above = Found(above.value, above.source)
        if name == "blocked_words":  # those of the server hold as well
            above = Found((), Source.OPERATOR)
        if self.within is not None:
            found = _over(self.rules.places.get(self.within, {}), name, above, Source.ABOVE)
            above = Found(found.value, found.source)
        return _over(self.rules.places.get(self.place, {}), name, above, Source.PLACE)

    def _server(self, name: str) -> Found:
        usual = self.operator.value(name)
        values = self.rules.values if name in OF_SERVERS else _set_in(self.rules)
        return _over(values, name, Found(usual, Source.OPERATOR), Source.SERVER)


@dataclass(frozen=True, slots=True)
class OfPerson:
    """What holds for somebody at the place where they look."""

    operator: Operator
    person: Person
    rules: Rules = field(default_factory=Rules)

    def find(self, name: str) -> Found:
        """What holds for a value."""
        usual = _MINE.get(name)
        above = Found(self.operator.value(usual) if usual else False, Source.OPERATOR)
        if usual and (value := _set_in(self.rules).get(usual)) is not None:
            above = Found(value, Source.SERVER)
        own = getattr(self.person, name)
        return _over({name: own} if own not in {None, False} else {}, name, above, Source.PERSON)


Standing = OfServer | OfPerson


def _over(values: Mapping[str, Any], name: str, above: Found, source: Source) -> Found:
    """What is set at a level, over what holds without it."""
    if name not in values:
        return Found(above.value, above.source, None, above.value)
    return Found(values[name], source, values[name], above.value)


def _set_in(rules: Rules) -> Mapping[str, Any]:
    """What a server has set of what is no limit."""
    names = (name for name in Rules.__dataclass_fields__ if name not in {"values", "tiers", "places"})
    return {name: value for name in names if (value := getattr(rules, name)) != getattr(_UNSET, name)}
