"""The faults that the pretend Discord can show, by name, and the list of those that have been asked for."""

from collections.abc import Mapping
from dataclasses import dataclass

_TABLE = """
D1 429 for the route | seconds
D2 429 for everything | seconds
D3 429 of Cloudflare, in plain text
D4 429 as a page
D5 429 with an hour to wait
D6 status 500
D7 status 502, a page
D8 status 503
D9 status 504, empty
D10 status 520, a page
D11 status 521, a page
D12 status 522, a page
D13 status 524, a page
D14 the bot's token is refused
D15 the interaction is unknown
D16 the message is unknown
D17 the channel is unknown
D18 the webhook is unknown
D19 the interaction has been answered
D20 the request is too large
D21 a permission is missing
D22 access is missing
D23 the webhook's token is invalid
D24 the form is invalid
D25 AutoMod is against it
D26 the thread is archived
D27 too many follow-ups
D28 too many edits of an old message
D29 the connection is reset | middle
D30 the connection is closed | middle
D31 half an answer
D32 no answer, ever
D33 the interaction is older than fifteen minutes
"""
CODED: Mapping[str, int] = {
    "D14": 0,
    "D15": 10062,
    "D16": 10008,
    "D17": 10003,
    "D18": 10015,
    "D19": 40060,
    "D20": 40005,
    "D21": 50013,
    "D22": 50001,
    "D23": 50027,
    "D24": 50035,
    "D25": 200000,
    "D26": 50083,
    "D27": 40094,
    "D28": 30046,
}
STATUS: Mapping[str, int] = {
    "D6": 500,
    "D7": 502,
    "D8": 503,
    "D9": 504,
    "D10": 520,
    "D11": 521,
    "D12": 522,
    "D13": 524,
}
_ACTED = ("D6", "D7", "D8", "D9", "D10", "D11", "D12", "D13", "D29", "D30", "D32")

MEANINGS: Mapping[str, str] = {
    name: rest.partition(" | ")[0] for name, _, rest in (line.partition(" ") for line in _TABLE.strip().splitlines())
}


@dataclass(slots=True)
class Fault:
    """One fault that waits. `acted` means that the request is carried out before its answer fails."""

    name: str
    form: str
    times: int
    route: str
    acted: bool
    seconds: float = 0.0

    def fits(self, method: str, path: str) -> bool:
        """Whether a request is one of those that it is meant for."""
        first, _, rest = self.route.partition(" ")
        if first == "CDN" or method == "CDN":
            return first == method and rest in path
        if first.isupper():
            return first == method and rest in path
        return self.route in path


class Faults:
    """The faults that wait for their moment, first asked, first shown."""

    def __init__(self) -> None:
        self._armed: list[Fault] = []

    def arm(self, text: str, times: int, route: str) -> None:
        """Let "D6", "D6:done", "D1:2" or "D29:middle" show `times` times at this route; ValueError if there is none."""
        name, _, form = text.partition(":")
        if name not in MEANINGS:
            raise ValueError(f"there is no fault {name!r}")
        acted = form == "done" or name == "D31"
        if form == "done" and name not in _ACTED:
            raise ValueError(f"{name} tells the client that nothing was done")
        if form == "middle" and name not in {"D29", "D30"}:
            raise ValueError(f"{name} has no form {form!r}")
        seconds = float(form) if name in {"D1", "D2"} and form else 0.2
        self._armed.append(Fault(name, form, times, route, acted, seconds))

    def delay(self, seconds: float, times: int, route: str, *, acted: bool) -> None:
        """Let answers come late; `acted` means that the waiting comes after the deed."""
        self._armed.append(Fault("slow", "", times, route, acted, seconds))

    def take(self, method: str, path: str) -> Fault | None:
        """The next fault for this request, if one waits."""
        for fault in self._armed:
            if fault.fits(method, path):
                fault.times -= 1
                if fault.times <= 0:
                    self._armed.remove(fault)
                return fault
        return None

    @property
    def waiting(self) -> list[str]:
        """Names of those that have not shown yet."""
        return [fault.name for fault in self._armed]

    def drop(self, route: str) -> None:
        """Ask no more for what was asked for at this route."""
        self._armed = [fault for fault in self._armed if fault.route != route]

    def withdraw(self, name: str) -> None:
        """Ask no more for this fault, at whatever route."""
        self._armed = [fault for fault in self._armed if fault.name != name]

    def clear(self) -> None:
        """Ask for nothing any more."""
        self._armed.clear()
