"""The measurements of the bot at Discord, as data: how many people press /imagine at once, on which databases."""

from dataclasses import asdict, dataclass, replace

from bench.bodies import MB, Wish

SQLITE, POSTGRESQL = "sqlite", "postgresql"
SLOTS = 128
WISH = Wish(size=4 * MB, delay=2.0)
ENGINES = {SQLITE: "SQLite", POSTGRESQL: "PostgreSQL"}


@dataclass(frozen=True, slots=True)
class Case:
    """One measurement; each engine is measured by fresh processes.

    `people` press at once, `times` over, whenever all have their picture; the bot may work on `slots` jobs at once.
    The provider takes `wish.delay` seconds for a picture of `wish.size` bytes.
    """

    name: str
    people: int
    engines: tuple[str, ...] = (SQLITE,)
    times: int = 1
    slots: int = SLOTS
    wish: Wish = WISH
    beat: float = 1.0  # seconds between heartbeats; Discord's 41 would show nothing in so short a time
    warm: int = 8  # people who press before anything is measured

    @property
    def jobs(self) -> int:
        """Pictures that are measured."""
        return self.people * self.times

    def plain(self) -> dict[str, object]:
        """As JSON data."""
        return asdict(self)

    @classmethod
    def of(cls, plain: dict[str, object]) -> "Case":
        """The opposite of `plain`."""
        fields = plain | {"engines": tuple(plain["engines"]), "wish": Wish(**plain["wish"])}  # type: ignore[arg-type]  # what asdict made of a Case
        return cls(**fields)  # type: ignore[arg-type]  # what asdict made of a Case


CASES = (
    Case("1", 1, times=5),
    Case("20", 20, (SQLITE, POSTGRESQL)),
    Case("100", 100, (SQLITE, POSTGRESQL)),
    Case("500", 500),
)


def quick(case: Case) -> Case:
    """A small version that shows that everything works; its figures mean little."""
    wish = replace(case.wish, size=case.wish.size // 10, delay=0.3)
    small = replace(case, people=min(case.people, 10), times=min(case.times, 2), engines=(SQLITE,), wish=wish)
    return replace(small, beat=0.6, warm=1)
