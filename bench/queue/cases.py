"""The measurements of the queue, as data: on which databases, with how many processes, and what is done there."""

from dataclasses import asdict, dataclass, replace

SQLITE, POSTGRESQL = "sqlite", "postgresql"
EMPTY, FINISHED, FULL = "empty", "finished", "full"  # what lies in a database before: see `rows`
WORKER_ACTS = frozenset({"start", "rate", "fair"})


@dataclass(frozen=True, slots=True)
class Mode:
    """Where something is measured."""

    engine: str
    rows: str = EMPTY
    processes: int = 1

    @property
    def name(self) -> str:
        """As the results are called."""
        several = "" if self.processes == 1 else f"-{self.processes}"
        return f"{self.engine}{several}/{self.rows}"

    @property
    def words(self) -> str:
        """As people read it."""
        engine = {SQLITE: "SQLite", POSTGRESQL: "PostgreSQL"}[self.engine]
        several = "" if self.processes == 1 else f", {self.processes} processes"
        return engine + several + {EMPTY: "", FINISHED: ", finished rows", FULL: ", all rows"}[self.rows]


PLACES = (Mode(SQLITE), Mode(POSTGRESQL), Mode(POSTGRESQL, processes=3))
MODES = tuple(replace(place, rows=rows) for place in PLACES for rows in (EMPTY, FULL))
ALONE = tuple(Mode(engine, rows) for engine in (SQLITE, POSTGRESQL) for rows in (EMPTY, FINISHED, FULL))

QUICK = (Mode(SQLITE), Mode(SQLITE, FINISHED), Mode(POSTGRESQL, FULL, 3))


@dataclass(frozen=True, slots=True)
class Case:
    """One measurement; each mode is measured by fresh processes.

    `act`: claim (claims one by one, without a worker), start (jobs arrive `gap` seconds apart, and there is always
    room for them), rate (all users ask as fast as they are answered, jobs take no time), fair (all users ask for
    everything at once, jobs take `seconds`), idle (nothing happens for `seconds`).
    """

    name: str
    act: str
    modes: tuple[Mode, ...]
    jobs: int = 0
    users: int = 50
    slots: int = 20  # of all processes together
    seconds: float = 0.0
    gap: float = 0.0
    once: bool = False  # takes too long for every round
    abreast: int = 1  # so many modes are measured at the same time, because they mostly sleep

    def plain(self) -> dict[str, object]:
        """What the processes need to know, as JSON data."""
        return asdict(replace(self, modes=()))

    @classmethod
    def of(cls, plain: dict[str, object]) -> "Case":
        """The opposite of `plain`."""
        return cls(**(plain | {"modes": ()}))  # type: ignore[arg-type]  # what asdict made of a Case

    @property
    def ideal(self) -> float:
        """Seconds that all jobs take if no place is ever empty."""
        return self.jobs * self.seconds / self.slots


CASES = (
    Case("claim", "claim", ALONE, 200),
    Case("start", "start", MODES, 100, seconds=0.1, gap=0.05),
    Case("rate", "rate", MODES, 400, users=20),
    Case("idle", "idle", MODES, seconds=10.0, once=True, abreast=6),
    Case("fair", "fair", MODES, 500, seconds=2.0, once=True, abreast=2),
)


def quick(case: Case) -> Case:
    """A small version that shows that everything works; its figures mean little."""
    small = replace(case, modes=tuple(mode for mode in case.modes if mode in QUICK), abreast=2, users=4, slots=8)
    match case.act:
        case "idle":
            return replace(small, seconds=0.5)
        case "fair":
            return replace(small, users=8, jobs=24, slots=4, seconds=0.2)
        case _:
            return replace(small, jobs=16, seconds=case.seconds / 5)
