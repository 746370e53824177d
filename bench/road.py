"""What every way from a prompt to a Discord message has to be able to do, and the Discord end that all share."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import discord
from discord.http import HTTPClient, Route, handle_message_parameters

from bench.bodies import Wish

PROMPT = "a lighthouse in the rain, oil on canvas"
LIMIT = 10 * 1024 * 1024  # what Discord takes per file by default
MODEL = "doubao-seedream-4-0-250828"


@dataclass(frozen=True, slots=True)
class Stub:
    """Where the stub listens, and what is asked of it."""

    origin: str

    def api(self, wish: Wish) -> str:
        """The base URL of the provider."""
        return f"{self.origin}/{wish}"

    def discord(self, wish: Wish) -> str:
        """The base URL of Discord."""
        return f"{self.origin}/{wish}/d"

    def pictures(self, wish: Wish) -> list[str]:
        """The links to as many pictures as wished."""
        return [f"{self.origin}/{wish}/p/{wish.size}/{number}.png?X-Tos-Signature=0f1e2d" for number in range(wish.n)]


class Road(Protocol):
    """One way from a prompt to a message."""

    async def transfer(self, links: Sequence[str], channel: int, ready: asyncio.Barrier | None = None) -> None:
        """Bring linked pictures into one message; with `ready`, wait there with all of them open or read."""

    async def generate(self, channel: int, *, n: int = 1, b64: bool = False) -> None:
        """Ask the provider for so many pictures and send what it made."""

    async def refer(self, links: Sequence[str]) -> None:
        """Send linked pictures to the provider inside of a request, as base64."""

    async def encode(self, photo: Path) -> None:
        """Make a large picture on disk fit into a message."""

    async def shrink(self, link: str, channel: int) -> None:
        """Bring a linked picture, too large for Discord, into a message."""


class Messages:
    """Discord, through discord.py's own HTTP client."""

    def __init__(self, http: HTTPClient) -> None:
        self._http = http

    async def send(self, channel: int, files: Sequence[discord.File]) -> None:
        """Send one message; discord.py closes the files afterwards."""
        with handle_message_parameters(content="done", files=files) as params:
            await self._http.send_message(channel, params=params)


@asynccontextmanager
async def login(base: str) -> AsyncIterator[Messages]:
    """Log in to a pretend Discord."""
    Route.BASE = base
    http = HTTPClient(asyncio.get_running_loop())
    try:
        await http.static_login("token")
        yield Messages(http)
    finally:
        await http.close()
