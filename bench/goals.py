"""What the pipeline has to reach, as data, and what the measured rounds say about it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from bench.bodies import MB
from bench.cases import CASES, FLOOR, NAIVE, OURS, SDK, Case
from bench.measure import Spread

Result = Mapping[str, float]
Results = Mapping[str, Sequence[Result]]  # by "case/mode", one entry per round
Value = Callable[[Mapping[str, Result]], float]


class Weight(Enum):
    """How much a missed target counts."""

    GATE = "gate"  # a ratio of CPU or memory inside one round: holds on a busy machine too
    JUDGE = "judge"  # judged, but only an idle machine is fair to it
    REPORT = "report"  # told, not judged


class Verdict(Enum):
    """How a goal came out."""

    MET = "met"
    MISSED = "missed"
    TOLD = ""
    ABSENT = "not measured"


@dataclass(frozen=True, slots=True)
class Goal:
    """One line of the table: what is looked at, computed inside each round from these measurements."""

    key: str
    what: str
    needs: tuple[str, ...]
    value: Value
    limit: float | None = None
    weight: Weight = Weight.GATE
    least: bool = False  # the limit is a lower one
    unit: str = ""

    def spread(self, results: Results) -> Spread | None:
        """The values of all rounds in which everything needed was measured."""
        rounds = min((len(results.get(name, ())) for name in self.needs), default=0)
        values = [self.value({name: results[name][number] for name in self.needs}) for number in range(rounds)]
        return Spread.of(values) if values else None

    def verdict(self, spread: Spread | None) -> Verdict:
        """Judge the median."""
        if spread is None:
            return Verdict.ABSENT
        if self.limit is None or self.weight is Weight.REPORT:
            return Verdict.TOLD
        met = spread.median >= self.limit if self.least else spread.median <= self.limit
        return Verdict.MET if met else Verdict.MISSED


def _ratio(key: str, what: str, top: str, bottom: str, field: str, limit: float | None, **more: object) -> Goal:
    """One measurement divided by another of the same round."""
    return Goal(key, what, (top, bottom), lambda of: of[top][field] / of[bottom][field], limit, **more)  # type: ignore[arg-type]  # the fields of Goal


def _one(key: str, what: str, name: str, field: str, unit: str, limit: float | None = None, **more: object) -> Goal:
    """A single figure, in the unit that people read."""
    scale = {"MB": 1 / MB, "ms": 1000.0}[unit]
    return Goal(key, what, (name,), lambda of: of[name][field] * scale, limit, unit=unit, **more)  # type: ignore[arg-type]  # the fields of Goal


def _per_mb(key: str, what: str, name: str) -> Goal:
    return Goal(
        key, what, (name,), lambda of: of[name]["cpu"] * 1000 / (of[name]["bytes"] / MB), unit="ms/MB", weight=_REPORT
    )


def _per_job(key: str, what: str, name: str) -> Goal:
    return Goal(key, what, (name,), lambda of: of[name]["cpu"] * 1000 / of[name]["count"], unit="ms", weight=_REPORT)


_REPORT, _JUDGE = Weight.REPORT, Weight.JUDGE
PATH = "path"

GOALS = (
    _ratio("G1", "transfer, CPU ÷ naive", f"transfer/{OURS}", f"transfer/{NAIVE}", "cpu", 0.65),
    _ratio(
        "G1", "transfer, CPU ÷ raw socket copy", f"transfer/{OURS}", f"transfer/{FLOOR}", "cpu", 3.5, weight=_REPORT
    ),
    _per_mb("G1", "transfer, CPU per MB", f"transfer/{OURS}"),
    _per_mb("G1", "transfer, CPU per MB, naive", f"transfer/{NAIVE}"),
    _per_mb("G1", "transfer, CPU per MB, raw socket copy", f"transfer/{FLOOR}"),
    _ratio("G2", "50 jobs × 4 × 2 MB, peak ÷ naive", f"hold-2/{OURS}", f"hold-2/{NAIVE}", "peak", 0.15),
    _ratio("G2", "50 jobs, peak of 20 MB ÷ of 2 MB pictures", f"hold-20/{OURS}", f"hold-2/{OURS}", "peak", 1.1),
    _one("G2", "50 jobs × 4 × 2 MB, peak", f"hold-2/{OURS}", "peak", "MB"),
    _one("G2", "50 jobs × 4 × 2 MB, peak, naive", f"hold-2/{NAIVE}", "peak", "MB"),
    _one("G2", "50 jobs × 4 × 20 MB, peak", f"hold-20/{OURS}", "peak", "MB"),
    _one("G2", "50 jobs × 4 × 20 MB, peak, naive", f"hold-20-naive/{NAIVE}", "peak", "MB"),
    _one("G3", "300 generations in turn, growth", f"growth/{OURS}", "growth", "MB", 10),
    _one("G3", "300 generations in turn, growth, naive", f"growth/{NAIVE}", "growth", "MB"),
    _ratio("G4", "4 × 2 MB as b64, CPU ÷ naive", f"set-b64/{OURS}", f"set-b64/{NAIVE}", "cpu", 0.25),
    _ratio("G4", "4 × 2 MB as b64, CPU ÷ as links", f"set-b64/{OURS}", f"set-url/{OURS}", "cpu", 1.6),
    _per_mb("G4", "4 × 2 MB as b64, CPU per MB", f"set-b64/{OURS}"),
    _one("G4", "4 × 2 MB as b64, 8 at once, peak", f"set-b64/{OURS}", "peak", "MB"),
    _ratio("G5", "14 × 10 MB references, CPU ÷ naive", f"refer/{OURS}", f"refer/{NAIVE}", "cpu", 0.10),
    _one("G5", "14 × 10 MB references, peak", f"refer/{OURS}", "peak", "MB", 20),
    _one("G5", "14 × 10 MB references, peak, naive", f"refer/{NAIVE}", "peak", "MB"),
    _per_mb("G5", "14 × 10 MB references, CPU per MB", f"refer/{OURS}"),
    _one("G5", "14 × 10 MB references, longest stall", f"refer-loop/{OURS}", "late_max", "ms"),
    _one("G5", "14 × 10 MB references, longest stall, naive", f"refer-loop/{NAIVE}", "late_max", "ms"),
    _ratio("G6", "24 MB PNG made to fit, CPU ÷ Pillow", f"encode/{OURS}", f"encode/{NAIVE}", "cpu", 0.70),
    _one("G6", "24 MB PNG made to fit, peak of the worker", f"encode/{OURS}", "workers", "MB", 80),
    _one("G7", "loop stall p99 while re-encoding", f"encode-loop/{OURS}", "late_p99", "ms", 10, weight=_JUDGE),
    _one("G7", "longest loop stall in transfers", f"transfer-loop/{OURS}", "late_max", "ms", 20, weight=_JUDGE),
    _one("G7", "longest loop stall in transfers, naive", f"transfer-loop/{NAIVE}", "late_max", "ms"),
    _ratio("G8", "10 kB, CPU of the SDK's way ÷ ours", f"one-10k/{SDK}", f"one-10k/{OURS}", "cpu", 3.0, least=True),
    _ratio("G8", "2 MB, CPU of the SDK's way ÷ ours", f"one-2m/{SDK}", f"one-2m/{OURS}", "cpu", 1.8, least=True),
    _ratio("G8", "10 kB, CPU of naive without SDK ÷ ours", f"one-10k/{NAIVE}", f"one-10k/{OURS}", "cpu", None),
    _ratio("G8", "2 MB, CPU of naive without SDK ÷ ours", f"one-2m/{NAIVE}", f"one-2m/{OURS}", "cpu", None),
    Goal(
        "G9",
        "8 MB at 20 MB/s both ways, time ÷ that of one way",
        (f"paced/{OURS}",),
        lambda of: of[f"paced/{OURS}"]["took_p50"] / 0.4,
        1.15,
        _JUDGE,
    ),
    Goal(
        "G10",
        "20 oversized at once, peak with the worker",
        (f"shrink/{OURS}",),
        lambda of: (of[f"shrink/{OURS}"]["peak"] + of[f"shrink/{OURS}"]["workers"]) / MB,
        100,
        unit="MB",
    ),
    _one("G10", "20 oversized at once, longest stall", f"shrink/{OURS}", "late_max", "ms", 20, weight=_JUDGE),
    _ratio(PATH, "2 MB generation by link, CPU ÷ SDK's way", f"one-2m/{OURS}", f"one-2m/{SDK}", "cpu", 1.0),
    _ratio(PATH, "2 MB generation as b64, CPU ÷ SDK's way", f"one-2m-b64/{OURS}", f"one-2m-b64/{SDK}", "cpu", 0.35),
    _ratio(
        PATH,
        "2 MB generation as b64, CPU ÷ naive without SDK",
        f"one-2m-b64/{OURS}",
        f"one-2m-b64/{NAIVE}",
        "cpu",
        None,
    ),
    _per_job(PATH, "10 kB generation, CPU", f"one-10k/{OURS}"),
    _per_job(PATH, "2 MB generation by link, CPU", f"one-2m/{OURS}"),
    _per_job(PATH, "2 MB generation as b64, CPU", f"one-2m-b64/{OURS}"),
    _one(PATH, "32 at once, added to 200 ms, p50", f"one-wait/{OURS}", "took_p50", "ms", 10, weight=_JUDGE),
    _one(PATH, "32 at once, added to 200 ms, p99", f"one-wait/{OURS}", "took_p99", "ms"),
    _one(PATH, "32 at once, added to 200 ms, p50, naive", f"one-wait/{NAIVE}", "took_p50", "ms"),
    _one(PATH, "32 at once, spread, added to 200 ms, p50", f"one-spread/{OURS}", "took_p50", "ms"),
    _one(PATH, "32 at once, spread, added to 200 ms, p50, naive", f"one-spread/{NAIVE}", "took_p50", "ms"),
    _one(PATH, "32 at once, loop stall p99.9", f"one-wait/{OURS}", "late_p999", "ms", 25, weight=_JUDGE),
    _one(PATH, "32 at once, longest loop stall", f"one-wait/{OURS}", "late_max", "ms"),
    Goal(
        PATH,
        "share of its core that the stub used in transfers",
        (f"transfer/{OURS}",),
        lambda of: of[f"transfer/{OURS}"]["stub"] / of[f"transfer/{OURS}"]["wall"],
        weight=_REPORT,
    ),
)


def wanted(keys: Sequence[str]) -> tuple[list[Goal], list[Case]]:
    """The goals with these keys (all without any) and the cases they need; whether bodies stay whole always counts."""
    goals = [goal for goal in GOALS if not keys or goal.key in keys]
    names = {need.partition("/")[0] for goal in goals for need in goal.needs}
    return goals, [case for case in CASES if case.name in names or case.act == "verify"]
