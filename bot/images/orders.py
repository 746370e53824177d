"""What the bot and its decoder say to each other: orders, results and refusals, as plain data."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from bot.images.errors import BadPicture, Reason

FORMATS = frozenset({"image/png", "image/jpeg", "image/webp"})
ERRORS = "stderr"  # the file in the decoder's folder that holds its last words


@dataclass(frozen=True, slots=True)
class Rules:
    """What a reference has to be: between `max_pixels` and `bomb_pixels` it is made smaller, beyond it is refused."""

    max_bytes: int = 10_000_000
    max_pixels: int = 36_000_000
    max_side: int | None = None
    min_side: int = 15
    max_aspect: float = 16.0
    bomb_pixels: int = 100_000_000


@dataclass(frozen=True, slots=True)
class Target:
    """What an upload has to be: at most `limit` bytes, as a JPEG or WebP of a quality between `worst` and `best`.

    Beyond 95 a JPEG grows by a quarter per step for differences that nobody sees.
    """

    limit: int
    best: int = 95
    worst: int = 80
    bomb_pixels: int = 100_000_000


@dataclass(frozen=True, slots=True)
class Format:
    """Which of image/png, image/jpeg and image/webp a picture has to be."""

    media_type: str
    bomb_pixels: int = 100_000_000

    def __post_init__(self) -> None:
        if self.media_type not in FORMATS:
            raise ValueError(f"no picture can be written as {self.media_type}; use one of {', '.join(sorted(FORMATS))}")


@dataclass(frozen=True, slots=True)
class Normalised:
    """A picture ready for use; `changed` says in single words what was done, () means byte for byte."""

    path: Path
    media_type: str
    width: int
    height: int
    length: int
    changed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Fitted:
    """A picture within its limit; `quality` is None and `how` empty where nothing had to be done."""

    path: Path
    media_type: str
    width: int
    height: int
    length: int
    quality: int | None = None
    how: tuple[str, ...] = ()


def order(rules: Rules | Target | Format, path: Path) -> dict[str, object]:
    """The order as JSON data."""
    return {"do": type(rules).__name__, "path": str(path), "rules": asdict(rules)}


def done(made: Normalised | Fitted) -> dict[str, object]:
    """A result as JSON data."""
    return {"done": asdict(made) | {"path": str(made.path)}}


def bad(error: BadPicture) -> dict[str, object]:
    """A refusal as JSON data."""
    return {"bad": {"reason": error.reason.name, "detail": error.detail, "limit": error.limit, "found": error.found}}


def failed(error: OSError) -> dict[str, object]:
    """A failure of the disk, for which the picture cannot be blamed, as JSON data."""
    return {"failed": {"errno": error.errno, "text": error.strerror or str(error)}}


def result(answer: Mapping[str, object]) -> dict[str, object]:
    """The facts of a result; raises the BadPicture or OSError that the answer tells of, ValueError for nonsense."""
    match answer:
        case {"done": dict(facts)}:
            return facts
        case {"bad": {"reason": str(reason), "detail": str(detail), "limit": limit, "found": found}}:
            known = Reason[reason] if reason in Reason.__members__ else Reason.UNDECODABLE
            raise BadPicture(known, detail, limit=_number(limit), found=_number(found))
        case {"failed": {"errno": int(errno), "text": str(text)}}:
            raise OSError(errno, text)
    raise ValueError("the decoder answered in riddles")


def normalised(facts: Mapping[str, object]) -> Normalised:
    """The result as the decoder told it."""
    return Normalised(*_common(facts), changed=_words(facts["changed"]))


def fitted(facts: Mapping[str, object]) -> Fitted:
    """The result as the decoder told it."""
    quality = facts["quality"]
    return Fitted(*_common(facts), quality=quality if isinstance(quality, int) else None, how=_words(facts["how"]))


def _common(facts: Mapping[str, object]) -> tuple[Path, str, int, int, int]:
    width, height, length = (int(str(facts[name])) for name in ("width", "height", "length"))
    return Path(str(facts["path"])), str(facts["media_type"]), width, height, length


def _words(value: object) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, list) else ()


def _number(value: object) -> float | None:
    return value if isinstance(value, int | float) else None
