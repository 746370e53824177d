"""Reads a picture's size and nature from its header, without decoding anything and with bounded work."""

from dataclasses import dataclass
from pathlib import Path

from bot.images.sniff import Kind


@dataclass(frozen=True, slots=True)
class Header:
    """What a picture says about itself; a hostile one may say anything, zero and 2³¹ pixels included.

    Width and height are as stored; `shown` is how they look once the EXIF orientation (1…8) is applied.
    `alpha` and `depth` (bits per channel) are None where the header does not tell.
    """

    kind: Kind
    width: int
    height: int
    orientation: int = 1
    animated: bool = False
    alpha: bool | None = None
    depth: int | None = None
    cmyk: bool = False

    @property
    def shown(self) -> tuple[int, int]:
        """Width and height the right way up."""
        return (self.height, self.width) if self.orientation >= 5 else (self.width, self.height)

    @property
    def pixels(self) -> int:
        """Width times height."""
        return self.width * self.height


def measure(data: bytes) -> Header | None:
    """The header of a picture whose beginning (or whole) is `data`; None when it holds no readable header."""
    raise NotImplementedError


def measure_file(path: Path) -> Header | None:
    """The header of a picture on disk, reading only what is needed; raises OSError if the file cannot be read."""
    raise NotImplementedError


def looks_complete(path: Path) -> bool:
    """Whether the file ends as its format ends; True where a format has no mark of its end."""
    raise NotImplementedError
