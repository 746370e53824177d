"""What the processes of the kill test are told: where they live, what they are asked, and where they die."""

from dataclasses import dataclass
from pathlib import Path

PRICE = 40_000  # of one picture, in millionths of a dollar


@dataclass(frozen=True, slots=True)
class Order:
    """Something that a person asks for. `key` is theirs, so the same order again is one job."""

    key: str
    words: str = "a cat"
    images: int = 1
    in_file: bool = False  # the picture comes in the reply, and is put into a file of ours

    @property
    def prompt(self) -> str:
        """What the provider reads: the key is in it, so that calls can be counted by job."""
        return f"{self.words} {marked(self.key)}"


def marked(key: str) -> str:
    """How a key stands in a prompt; no other key reads like it."""
    return f"<{key}>"


@dataclass(frozen=True, slots=True)
class Place:
    """Where all processes of one round live: their database, their data folder, their provider and their channel."""

    url: str
    home: Path
    provider: str
    base_url: str
    provider_key: str
    allowed: str  # the address that pictures may be fetched from
    channel: str
    lease: float


@dataclass(frozen=True, slots=True)
class Life:
    """One process. It repeats what the one before it was asked, takes new orders, and dies the `nth` time that it
    comes to its `cut`; without one it lives until it is told to finish.

    `release` is a folder for the steps of a next release, whose last step ends with the line `then`.
    """

    place: Place
    cut: str = ""
    nth: int = 1
    repeats: tuple[Order, ...] = ()
    orders: tuple[Order, ...] = ()
    release: Path | None = None
    then: str = ""
