"""What the queue has to reach, as data."""

from collections.abc import Callable, Iterator, Sequence

from bench.bodies import MB
from bench.goals import Goal, Result, Weight
from bench.queue.cases import ALONE, CASES, EMPTY, FINISHED, FULL, MODES, POSTGRESQL, SQLITE, Case, Mode

START, RATE, CLAIM, FAIR, IDLE = "start", "rate", "claim", "fair", "idle"
SOON = {SQLITE: 5.0, POSTGRESQL: 10.0}  # milliseconds
# Ratios inside a round and counts hold on any machine; milliseconds only on one that does nothing else.
_GATE, _JUDGE, _REPORT = Weight.GATE, Weight.JUDGE, Weight.REPORT


def _one(
    key: str,
    what: str,
    mode: Mode,
    value: Callable[[Result], float],
    unit: str = "",
    limit: float | None = None,
    weight: Weight = Weight.JUDGE,
) -> Goal:
    """A figure of one mode of the case that is called like the goal."""
    name = f"{key}/{mode.name}"
    return Goal(key, f"{mode.words}: {what}", (name,), lambda of: value(of[name]), limit, weight, unit=unit)


def _growth(key: str, what: str, mode: Mode, base: Mode, field: str, limit: float | None) -> Goal:
    """How much more it takes with rows than without, inside one round."""
    top, bottom = f"{key}/{mode.name}", f"{key}/{base.name}"
    weight = _REPORT if limit is None else _GATE
    return Goal(
        key,
        f"{mode.words}: {what} ÷ without",
        (top, bottom),
        lambda of: of[top][field] / of[bottom][field],
        limit,
        weight,
    )


def _starts(mode: Mode) -> Iterator[Goal]:
    yield _one(START, "from order to start, p50", mode, lambda of: of["took_p50"] * 1000, "ms", SOON[mode.engine])
    yield _one(START, "from order to start, p99", mode, lambda of: of["took_p99"] * 1000, "ms")


def _rates(mode: Mode) -> Iterator[Goal]:
    yield _one(RATE, "jobs per second", mode, lambda of: of["count"] / of["wall"])
    yield _one(RATE, "CPU of a job", mode, lambda of: of["cpu"] * 1000 / of["count"], "ms", 4.0)
    if mode.engine == POSTGRESQL:
        yield _one(RATE, "CPU of a job, the server's", mode, lambda of: of["server"] * 1000 / of["count"], "ms")
    if mode.rows == FULL:
        yield _growth(RATE, "CPU of a job", mode, Mode(mode.engine, processes=mode.processes), "cpu", 1.3)


def _claims(mode: Mode) -> Iterator[Goal]:
    if mode.rows == EMPTY:
        yield _one(CLAIM, "a claim, p50", mode, lambda of: of["claims_p50"] * 1000, "ms")
        yield _one(CLAIM, "an order, p50", mode, lambda of: of["submits_p50"] * 1000, "ms")
        return
    base = Mode(mode.engine)
    flat = 1.3 if mode.rows == FINISHED else None
    yield _growth(CLAIM, "a claim, p50", mode, base, "claims_p50", flat)
    yield _growth(CLAIM, "an order, p50", mode, base, "submits_p50", flat)
    if mode.rows == FULL:
        yield _one(CLAIM, "an order at the end of the longest line, p50", mode, lambda of: of["tails_p50"] * 1000, "ms")


def _fairness(mode: Mode) -> Iterator[Goal]:
    yield _one(FAIR, "time ÷ ideal", mode, lambda of: of["wall"] / of["ideal"], "", 1.03)
    yield Goal(
        FAIR,
        f"{mode.words}: equality at half time (Jain)",
        (f"{FAIR}/{mode.name}",),
        lambda of: of[f"{FAIR}/{mode.name}"]["jain"] * 100,
        99.0,
        _GATE,
        least=True,
        unit="%",
    )
    yield _one(FAIR, "the last user's first start", mode, lambda of: of["last_first"], "s")


def _idling(mode: Mode) -> Iterator[Goal]:
    per_process = "of a core, each process"
    yield _one(
        IDLE, f"CPU {per_process}", mode, lambda of: of["cpu"] * 100 / of["wall"] / of["processes"], "%", 1.0, _GATE
    )
    yield _one(IDLE, "memory of a process", mode, lambda of: of["rss"] / MB, "MB", 110.0, _GATE)
    if mode.engine == POSTGRESQL:
        yield _one(IDLE, "CPU of a core, the server's", mode, lambda of: of["server"] * 100 / of["wall"], "%")


GOALS = (
    *(goal for mode in MODES for goal in _starts(mode)),
    *(goal for mode in ALONE for goal in _claims(mode)),
    *(goal for mode in MODES for goal in _rates(mode)),
    *(goal for mode in MODES for goal in _fairness(mode)),
    *(goal for mode in MODES for goal in _idling(mode)),
)


def wanted(keys: Sequence[str]) -> tuple[list[Goal], list[Case]]:
    """The goals with these keys (all without any) and the cases they need."""
    return [goal for goal in GOALS if not keys or goal.key in keys], [
        case for case in CASES if not keys or case.name in keys
    ]
