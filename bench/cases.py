"""The measurements, as data: what is done, how often, how many at once, by whom."""

from dataclasses import asdict, dataclass, replace

from bench.bodies import MB, Wish

OURS, NAIVE, SDK, FLOOR = "ours", "naive", "sdk", "floor"
BOTH = (NAIVE, OURS)


@dataclass(frozen=True, slots=True)
class Case:
    """One measurement; each mode is measured by a fresh process, in every round.

    `act`: transfer (link to message), hold (the same, but all wait with everything open before the first upload, and
    uploads stall), generate (prompt to message), refer (links into a request), encode (a large picture made to fit a
    message), shrink (link to message, made to fit on the way), verify (is everything whole?).
    """

    name: str
    act: str
    modes: tuple[str, ...]
    wish: Wish
    jobs: int
    at_once: int = 1
    tick: float = 0.0
    pinned: bool = True
    once: bool = False  # too dear for every round
    spread: float = 0.0  # seconds over which those at once begin, so that they do not march in step
    memory: int = 0  # bytes that a machine must have free for it

    def plain(self) -> dict[str, object]:
        """As JSON data."""
        return asdict(self)

    @classmethod
    def of(cls, plain: dict[str, object]) -> "Case":
        """The opposite of `plain`."""
        fields = plain | {"modes": tuple(plain["modes"])}  # type: ignore[arg-type]  # what asdict made of a Case
        fields["wish"] = Wish(**fields["wish"])  # type: ignore[arg-type]  # what asdict made of a Wish
        return cls(**fields)  # type: ignore[arg-type]  # what asdict made of a Case


_SET = Wish(n=4)
_HELD = replace(_SET, stall=2.0)

CASES = (
    Case("whole", "verify", BOTH, Wish(n=4, size=300_001, keep=1), 1, once=True),
    Case("whole-b64", "verify", BOTH, Wish(n=4, size=300_001, keep=1, b64=1), 1, once=True),
    Case("transfer", "transfer", (FLOOR, NAIVE, OURS), _SET, 50, 8),
    Case("transfer-loop", "transfer", BOTH, _SET, 50, 8, tick=0.002),
    Case("hold-2", "hold", BOTH, _HELD, 50, 50),
    Case("hold-20", "hold", (OURS,), replace(_HELD, size=20 * MB), 50, 50),
    Case("hold-20-naive", "hold", (NAIVE,), replace(_HELD, size=20 * MB), 50, 50, once=True, memory=12_000 * MB),
    Case("growth", "generate", BOTH, Wish(), 300),
    Case("set-url", "generate", BOTH, _SET, 40, 8),
    Case("set-b64", "generate", BOTH, replace(_SET, b64=1), 40, 8),
    Case("refer", "refer", BOTH, Wish(n=14, size=10 * MB), 1),
    Case("refer-loop", "refer", BOTH, Wish(n=14, size=10 * MB), 1, tick=0.002),
    Case("encode", "encode", BOTH, Wish(), 3, pinned=False),
    Case("encode-loop", "encode", (OURS,), Wish(), 3, tick=0.001, pinned=False),
    Case("shrink", "shrink", (OURS,), Wish(), 20, 20, tick=0.002, pinned=False),
    Case("one-10k", "generate", (NAIVE, SDK, OURS), Wish(size=10_000), 1000, 32),
    Case("one-2m", "generate", (NAIVE, SDK, OURS), Wish(), 600, 32),
    Case("one-2m-b64", "generate", (NAIVE, SDK, OURS), Wish(b64=1), 200, 32),
    Case("one-wait", "generate", (NAIVE, SDK, OURS), Wish(delay=0.2), 960, 32, tick=0.002),
    Case("one-spread", "generate", (NAIVE, SDK, OURS), Wish(delay=0.2), 480, 32, spread=0.2),
    Case("paced", "transfer", BOTH, Wish(size=8 * MB, rate=20 * MB), 3),
)


def quick(case: Case) -> Case:
    """A small version that shows that everything works; its figures mean little."""
    wish = replace(case.wish, stall=min(case.wish.stall, 0.3))
    if case.act == "refer":
        wish = replace(wish, size=MB)
    if case.wish.size > 10 * MB:
        wish = replace(wish, size=4 * MB)
    return replace(case, wish=wish, jobs=max(1, case.jobs // 12), at_once=max(1, min(case.at_once, case.jobs // 12)))
