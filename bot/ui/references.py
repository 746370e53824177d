"""Brings the pictures that people mean to the bot and makes them fit for a model, numbered as they will be shown.

Discord's links die soon, and those of ephemeral answers at once, so everything is loaded before a job is accepted.
"""

import asyncio
import hashlib
import logging
import math
import re
from collections import deque
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from secrets import token_hex
from typing import Any, Self

from bot.config.settings import Settings
from bot.images.errors import BadPicture, FetchError, Forbidden, Gone, ImageError, Reason, TooLarge, Unfit
from bot.images.fetch import Fetcher
from bot.images.guard import Guard
from bot.images.orders import Normalised, Rules
from bot.images.press import Press
from bot.seedream.catalogue import Catalogue
from bot.seedream.content import OnDisk
from bot.seedream.models import Reference
from bot.seedream.tables import Model, ReferenceRules
from bot.studio.shelf import Shelf
from bot.ui.consents import Consents, Sifted
from bot.ui.sources import Source, is_open

log = logging.getLogger(__name__)

MOST_BYTES = 20 * 1024 * 1024
DOWNLOAD = 20.0  # seconds for one picture to arrive
PATIENCE = 60.0  # seconds for all of them to be ready
AT_ONCE = 16  # downloads of this process
UNKNOWN = 10  # references of a model that is not in the catalogue: the fewest that those take which take several


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a picture cannot be used: a key of its sentence in `remarks`, and facts for it."""

    source: Source
    why: str
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Gathered:
    """Pictures ready for a request, and where each came from: the first of both is Image 1.

    `left_out` more were not looked at, because the model takes `most`. `names` says which text of the prompt stands
    for which number.
    """

    references: tuple[Reference, ...] = ()
    shown: tuple[Source, ...] = ()
    problems: tuple[Problem, ...] = ()
    left_out: int = 0
    most: int = 0
    names: Mapping[str, int] = field(default_factory=dict)

    def spell(self, prompt: str) -> str:
        """The prompt as the model should read it: "Image 2" where a link or a mention of somebody stood."""
        if not self.names:
            return prompt
        texts = "|".join(re.escape(text) for text in sorted(self.names, key=len, reverse=True))
        # A link is not the beginning of a longer one.
        return re.sub(rf"(?:{texts})(?![\w/?&=%#-])", lambda found: f"Image {self.names[found[0]]}", prompt)


@dataclass(frozen=True, slots=True)
class _Taken:
    """How many pictures a model takes, and what each of them may be; of one that nobody knows, whatever any takes."""

    most: int = UNKNOWN
    rules: ReferenceRules | None = None

    @classmethod
    def by(cls, model: Model | None) -> Self:
        """Those that it goes on from."""
        return cls(model.references[1], model.reference_rules) if model else cls()


@dataclass(frozen=True, slots=True)
class _Ready:
    """A picture that can be used, and the hash of its bytes."""

    picture: Normalised
    digest: str


class Gatherer:
    """Loads and prepares pictures. `fetcher` must be one that opens nothing but Discord's own pictures (`open_cdn`),
    and `spool` a folder that the janitor sweeps."""

    def __init__(
        self,
        fetcher: Fetcher,
        press: Press,
        shelf: Shelf,
        catalogue: Catalogue,
        *,
        hosts: Sequence[str],
        spool: Path,
        patience: float = PATIENCE,
        consents: Consents | None = None,
    ) -> None:
        self._fetcher = fetcher
        self._press = press
        self._shelf = shelf
        self._catalogue = catalogue
        self._hosts = hosts
        self._spool = spool
        self._patience = patience
        self._consents = consents
        self._slots = asyncio.Semaphore(AT_ONCE)

    @asynccontextmanager
    async def gather(
        self, sources: Iterable[Source], model: str | None = None, asker: int | None = None, *, layers: bool = False
    ) -> AsyncIterator[Gathered]:
        """As many of the pictures as the model takes, or any would; their files last as long as the context.

        Those of people who let nobody else use theirs are not for `asker`. With `layers` one is to be taken apart.
        """
        known = self._catalogue.resolve(model) if model else None
        taken = _layering(self._catalogue, known) if layers else _Taken.by(known)
        sifted = Sifted(tuple(sources))
        if self._consents is not None and asker is not None:
            sifted = await self._consents.sift(sifted.usable, asker)
        with ExitStack() as files:
            gathered = await self._gather(deque(sifted.usable), taken, files)
            refused = tuple(Problem(source, "consent", {"user": source.whose}) for source in sifted.refused)
            yield replace(gathered, problems=(*refused, *gathered.problems))

    async def _gather(self, waiting: deque[Source], taken: _Taken, files: ExitStack) -> Gathered:
        most = taken.most
        end = asyncio.get_running_loop().time() + self._patience
        numbers: dict[str, int] = {}  # by what is in them: the same picture twice is one
        kept: list[tuple[Source, Reference]] = []
        problems: list[Problem] = []
        names: dict[str, int] = {}
        while waiting and len(kept) < most:
            batch = [waiting.popleft() for _ in range(min(most - len(kept), len(waiting)))]
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(self._prepare(source, taken.rules, files, end)) for source in batch]
            for source, task in zip(batch, tasks, strict=True):
                made = task.result()
                if isinstance(made, Problem):
                    problems.append(made)
                    continue
                if made.digest not in numbers:
                    kept.append((source, _reference(made.picture)))
                    numbers[made.digest] = len(kept)
                names |= dict.fromkeys(source.spelled, numbers[made.digest])
        shown, references = tuple(source for source, _ in kept), tuple(reference for _, reference in kept)
        return Gathered(references, shown, tuple(problems), len(waiting), most, names)

    async def _prepare(
        self, source: Source, taken: ReferenceRules | None, files: ExitStack, end: float
    ) -> _Ready | Problem:
        """The picture, or why not; whatever was sent, this does not fail."""
        try:
            async with asyncio.timeout_at(end):
                path = await self._load(source, files)
                picture = await self._fit(path, taken, files)
                if taken is not None and picture.width * picture.height < taken.pixels[0]:
                    return Problem(source, "too_few_pixels", {"limit": math.ceil(math.sqrt(taken.pixels[0]))})
                return _Ready(picture, await asyncio.to_thread(_digest, picture.path))
        except ImageError as error:
            return _problem(source, error)
        except TimeoutError:
            return Problem(source, "slow")
        except FileNotFoundError:  # a pinned picture whose time was over
            return Problem(source, "gone")
        except OSError as error:
            log.warning("A picture from a person cannot be stored or read: %s", error.strerror)
            return Problem(source, "disk")

    async def _load(self, source: Source, files: ExitStack) -> Path:
        if source.shelf:
            return self._shelf.place(source.shelf)
        if not is_open(source.url, self._hosts):
            raise Forbidden("this is not one of Discord's own pictures")
        if source.size == 0:
            raise BadPicture(Reason.EMPTY)
        if source.media_type.startswith(("video/", "audio/")):
            raise BadPicture(Reason.NOT_A_PICTURE)
        if source.size is not None and source.size > MOST_BYTES:
            raise TooLarge("Discord says so", limit=MOST_BYTES)
        path = self._spool / f"reference-{token_hex(8)}"
        files.callback(_remove, path)
        await asyncio.to_thread(self._spool.mkdir, parents=True, exist_ok=True)
        async with self._slots:
            await self._fetcher.save(source.url, path)
        return path

    async def _fit(self, path: Path, taken: ReferenceRules | None, files: ExitStack) -> Normalised:
        """The picture as the model takes it, in a copy if it has to be another."""
        picture = await self._press.normalise(path, _rules(taken))
        if picture.path.name != path.name:
            files.callback(_remove, picture.path)
        if taken is None or picture.media_type.removeprefix("image/") in taken.formats:
            return picture
        other = await self._press.convert(picture.path, "image/jpeg")
        files.callback(_remove, other.path)
        return other


@asynccontextmanager
async def open_gatherer(
    settings: Settings, press: Press, catalogue: Catalogue, consents: Consents | None = None
) -> AsyncIterator[Gatherer]:
    """A gatherer for Discord's own pictures, with a way to them that leads nowhere else."""
    hosts, home = settings.discord_cdn_hosts, settings.data_dir
    names = [host.partition(":")[0] for host in hosts]  # which ports may be asked is the guard's business
    fetcher = Fetcher(Guard(settings.outbound_allow), hosts=names, cap=MOST_BYTES, total=DOWNLOAD, idle=DOWNLOAD / 2)
    async with AsyncExitStack() as stack:
        opened = await stack.enter_async_context(fetcher)
        yield Gatherer(
            opened, press, Shelf.within(home), catalogue, hosts=hosts, spool=home / "spool", consents=consents
        )


def _layering(catalogue: Catalogue, model: Model | None) -> _Taken:
    """The one that is taken apart; those who do that all have the same rules for it."""
    return _Taken(1, (model or next(iter(catalogue.models.values()))).layer_rules)


def _rules(taken: ReferenceRules | None) -> Rules:
    """What the model takes, where it takes less than every provider does."""
    least = Rules()
    if taken is None:
        return least
    return Rules(
        max_bytes=min(least.max_bytes, taken.max_bytes),
        max_pixels=min(least.max_pixels, int(taken.pixels[1])),
        min_side=max(least.min_side, taken.longer_than + 1),
        max_aspect=min(least.max_aspect, taken.aspect[1], 1 / taken.aspect[0]),
    )


def _reference(made: Normalised) -> Reference:
    return Reference(OnDisk(made.path), None, made.media_type, made.width, made.height)


def _remove(path: Path) -> None:
    with suppress(OSError):  # what cannot be removed now is swept later
        path.unlink()


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _problem(source: Source, error: ImageError) -> Problem:
    """What went wrong, by the key of its sentence."""
    match error:
        case BadPicture():
            return Problem(source, error.reason.name.lower(), {"limit": error.limit, "found": error.found})
        case Forbidden(status=None):
            return Problem(source, "foreign")
        case Forbidden() | Gone():
            return Problem(source, "gone")
        case TooLarge():
            return Problem(source, "too_large", {"limit": error.limit, "found": source.size})
        case Unfit(status=int(status)) if status < 300:
            return Problem(source, "not_a_picture")
        case FetchError():
            return Problem(source, "slow" if isinstance(error, TimeoutError) else "unreachable")
    return Problem(source, "undecodable")
