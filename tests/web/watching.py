"""The whole bot with its HTTP server in this process, and what somebody hears who asks there."""

import asyncio
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
from prometheus_client import Metric
from prometheus_client.parser import text_string_to_metric_families

from bot.app import House
from bot.seedream.clock import Clock
from bot.terminal.outside import open_outside
from bot.terminal.serve import live, open_bot
from bot.ui.client import Bot
from tests.e2e.stage import PATIENCE, Stage


def free_port() -> int:
    """A port that was free just now."""
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])


@dataclass
class Asked:
    """What the server at a port says."""

    port: int
    http: aiohttp.ClientSession

    @property
    def address(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.port}"

    async def look(self, path: str) -> tuple[int, Any]:
        """A page of JSON, with its status."""
        async with self.http.get(self.address + path) as reply:
            return reply.status, await reply.json()

    async def text(self) -> str:
        """The metrics as they are sent."""
        async with self.http.get(f"{self.address}/metrics") as reply:
            assert reply.status == 200
            return await reply.text()

    async def metrics(self) -> dict[str, Metric]:
        """The metrics, read."""
        return {family.name: family for family in text_string_to_metric_families(await self.text())}

    async def value(self, sample: str, **labels: str) -> float:
        """The sum of all samples of this name that have these labels."""
        families = (await self.metrics()).values()
        found = [each for family in families for each in family.samples if each.name == sample]
        return sum(each.value for each in found if labels.items() <= each.labels.items())

    async def ready(self, seconds: float = PATIENCE) -> dict[str, Any]:
        """Wait until it says that it is ready."""
        async with asyncio.timeout(seconds):
            while True:
                status, said = await self.look("/ready")
                if status == 200:
                    return dict(said)
                await asyncio.sleep(0.05)


@dataclass
class Watched(Asked):
    """The same, with the bot itself at hand."""

    bot: Bot
    house: House


@asynccontextmanager
async def watched(
    stage: Stage, clock: Clock | None = None, port: int = 0, more: Mapping[str, str] | None = None, **settings: str
) -> AsyncIterator[Watched]:
    """The bot, there for people and for those who ask over HTTP."""
    port = port or free_port()
    given = stage.settings(HTTP_PORT=str(port), **(more or {}), **settings)
    async with (
        aiohttp.ClientSession() as http,
        open_outside(given, at_the_gateway=True) as outside,
        open_bot(given, clock, outside=outside) as (bot, house),
    ):
        task = asyncio.create_task(live(bot, house))
        try:
            await stage.discord.ready(PATIENCE)
            await stage.discord.until(lambda: bot.get_guild(stage.guild.id), PATIENCE)
            yield Watched(port, http, bot, house)
        finally:
            house.worker.stop()
            await asyncio.wait_for(task, PATIENCE)
