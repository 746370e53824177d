"""A courier at work: a pretend Discord, pictures at hand, a press that is quick, and a clock that the test sets."""

import random
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import discord
import pytest

from bot.images.errors import BadPicture, Reason
from bot.images.orders import Fitted
from bot.seedream.models import Content
from bot.studio.courier import Courier
from bot.studio.job import Job, Origin, Result, Who
from bot.ui.delivery import RestCourier
from bot.ui.packing import Packer
from bot.ui.rest import logged_in
from tests.ui.discord_rest import APPLICATION, TOKEN, Channel, Discord, pretend_discord

NOW = 1_795_176_000.0
CHANNEL = 700000000000000001
SECRET = "aW50ZXJhY3Rpb246MTIzNDU2Nzg5MDEyMzQ1Njc4OnNlY3JldHNlY3JldHNlY3JldA"
LINK = "https://storage.example/p.png?X-Tos-Signature=0f1e2d3c4b5a"


@dataclass
class Piece:
    """Content over bytes that may break."""

    data: bytes
    breaks: Exception | None = None
    reads: int = 0

    @property
    def length(self) -> int:
        return len(self.data)

    async def chunks(self) -> AsyncGenerator[bytes, None]:
        self.reads += 1
        for start in range(0, len(self.data), 65_536):
            if self.breaks is not None and start:
                raise self.breaks
            yield self.data[start : start + 65_536]


@dataclass
class Shop:
    """Finished pictures by index; an exception among them is what opening raises."""

    spool: Path
    pictures: dict[int, Piece | Exception] = field(default_factory=dict)
    fitted: list[int] = field(default_factory=list)
    unfit: bool = False

    def put(self, *sizes: int) -> list[Result]:
        """Pictures of these sizes, different ones each."""
        first = len(self.pictures)
        for index, size in enumerate(sizes, first):
            self.pictures[index] = Piece(random.Random(index).randbytes(size))
        return [Result(index, url=LINK, size="2048x2048") for index in range(first, len(self.pictures))]

    def data(self, index: int) -> bytes:
        piece = self.pictures[index]
        assert isinstance(piece, Piece)
        return piece.data

    @asynccontextmanager
    async def open(self, picture: Result) -> AsyncIterator[Content]:
        piece = self.pictures[picture.index]
        if isinstance(piece, Exception):
            raise piece
        yield piece

    async def fit(self, path: Path, limit: int) -> Fitted:
        """Not a picture any more, but as many bytes as the limit allows."""
        if self.unfit:
            raise BadPicture(Reason.CANNOT_FIT, limit=limit)
        self.fitted.append(limit)
        made = self.spool / f"{len(self.fitted)}.jpg"
        made.write_bytes(path.read_bytes()[:limit])
        return Fitted(made, "image/jpeg", 1, 1, limit)


class Desk:
    """Everything that a test of the courier touches."""

    def __init__(self, server: Discord, client: discord.Client, shop: Shop) -> None:
        self.discord = server
        self.shop = shop
        self.time = NOW
        self._client = client
        self.courier: Courier = self.waiting(5.0)

    def waiting(self, patience: float) -> RestCourier:
        """A courier that waits for Discord no longer than so many seconds."""
        packer = Packer(self.shop.open, self.shop.fit, self.shop.spool)
        return RestCourier(self._client, packer, now=lambda: self.time, patience=patience)

    @property
    def messages(self) -> list[tuple[int, list[str]]]:
        """What people see: the messages with pictures, by channel."""
        return [(message.channel, message.names) for message in self.discord.messages.values() if message.files]

    def job(self, **origin: object) -> Job:
        """A job that was asked for in the channel, by an interaction unless told otherwise."""
        whence = replace(Origin("interaction:1", CHANNEL, None, None, APPLICATION, SECRET, NOW + 900), **origin)  # type: ignore[arg-type]
        request = {"prompt": "a lighthouse, " * 100}
        return Job(41, whence.key, "imagine", None, Who(7), whence, request, "seedream-4.5", images=4, created_at=NOW)


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    """A courier, logged in; at the end nothing against Discord's rules was asked, and no file is left over."""
    shop = Shop(tmp_path / "spool")
    async with pretend_discord() as server, logged_in(TOKEN, server.base) as client:
        server.channels[CHANNEL] = Channel()
        yield Desk(server, client, shop)
        assert server.problems == []
    assert not shop.spool.exists() or list(shop.spool.iterdir()) == []
