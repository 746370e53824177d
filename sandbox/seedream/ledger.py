"""What the pretend server has been asked for and what that costs; tests prove with it that nothing is paid twice."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Call:
    """One request to a gateway, filled in while it is being answered.

    `status` stays None when the client saw none. `billed` counts pictures that were really drawn, also those whose
    reply was cut afterwards. Pictures inside `body` are shortened.
    """

    provider: str
    path: str
    time: float
    request_id: str
    key_ok: bool = False
    body: object = None
    status: int | None = None
    billed: int = 0
    fault: str = ""


@dataclass(slots=True)
class Ledger:
    """All calls since the start, and every rule of good behaviour that a client has broken."""

    calls: list[Call] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)
    downloads: list[tuple[str, int]] = field(default_factory=list)

    @property
    def billed(self) -> int:
        """How many pictures have been drawn and billed in all."""
        return sum(call.billed for call in self.calls)


def shortened(value: object, limit: int = 120) -> object:
    """The same JSON with its long strings cut, so that a list of calls stays readable."""
    if isinstance(value, str):
        return value if len(value) <= limit else f"{value[:40]}…({len(value)} characters)"
    if isinstance(value, list):
        return [shortened(item, limit) for item in value]
    if isinstance(value, dict):
        return {name: item if name == "prompt" else shortened(item, limit) for name, item in value.items()}
    return value
