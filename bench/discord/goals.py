"""What the bot at Discord has to reach, as data."""

from collections.abc import Callable, Iterator, Sequence

from bench.bodies import MB
from bench.discord.cases import CASES, ENGINES, SQLITE, Case
from bench.goals import Goal, Result, Weight

# Seconds until everybody has their picture, and milliseconds until Discord has every first answer: what the best of
# comparable bots need at the most on such a machine.
SOON = {"20": 3.6, "100": 9.4}
ACK = {"1": 160.0, "20": 160.0, "100": 160.0}
LATE = 250.0  # milliseconds by which a heartbeat may be late
_GATE, _JUDGE, _REPORT = Weight.GATE, Weight.JUDGE, Weight.REPORT


def _lines(case: Case, engine: str) -> Iterator[Goal]:
    """All figures of one measurement."""
    who = "1 person" if case.people == 1 else f"{case.people} people"
    name, known = f"{case.name}/{engine}", who if engine == SQLITE else f"{who}, {ENGINES[engine]}"

    def one(
        what: str, value: Callable[[Result], float], unit: str, limit: float | None = None, weight: Weight = _JUDGE
    ) -> Goal:
        return Goal(case.name, f"{known}: {what}", (name,), lambda of: value(of[name]), limit, weight, unit=unit)

    yield one("first answer, p50", lambda of: of["ack_p50"] * 1000, "ms")
    yield one("first answer, p99", lambda of: of["ack_p99"] * 1000, "ms")
    yield one("first answer, the last", lambda of: of["ack_max"] * 1000, "ms", ACK.get(case.name))
    yield one("picture, p50", lambda of: of["took_p50"], "s")
    yield one("picture, p99", lambda of: of["took_p99"], "s", SOON.get(case.name))
    yield one("longest time between heartbeats − planned", lambda of: (of["gap"] - of["beat"]) * 1000, "ms", LATE)
    yield one("most memory", lambda of: of["peak"] / MB, "MB")
    yield one("CPU of a job", lambda of: of["cpu"] * 1000 / of["count"], "ms")
    yield one("uploads of a picture", lambda of: of["uploads"] / of["count"], "", 1.0, _GATE)
    yield one("errors", lambda of: of["errors"], "", 0.0, _GATE)
    yield one("waiting for a core ÷ running", lambda of: of["waited"] / of["cpu"], "", None, _REPORT)
    yield one("share of a core that Discord used", lambda of: of["discord"] / of["wall"], "", None, _REPORT)
    yield one("longest stall of Discord itself", lambda of: of["late"] * 1000, "ms", None, _REPORT)


GOALS = tuple(goal for case in CASES for engine in case.engines for goal in _lines(case, engine))


def wanted(keys: Sequence[str]) -> tuple[list[Goal], list[Case]]:
    """The goals with these keys (all without any) and the cases they need."""
    return [goal for goal in GOALS if not keys or goal.key in keys], [
        case for case in CASES if not keys or case.name in keys
    ]
