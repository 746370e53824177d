"""One stage for each module, with the real bot on it, and a visitor at its page."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest_asyncio

from sandbox.page.server import open_page
from sandbox.page.stage import Plan, Stage, open_stage
from tests.sandbox.page.visitor import Visitor


@asynccontextmanager
async def visiting(stage: Stage) -> AsyncIterator[Visitor]:
    """The page of a stage, and somebody who looks at it."""
    async with open_page(stage, 0) as address, aiohttp.ClientSession() as session:
        yield Visitor(session, address)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage() -> AsyncIterator[Stage]:
    async with open_stage(Plan(pace=0.0, pictures="small")) as opened:
        await opened.performer.start()
        yield opened


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def visitor(stage: Stage) -> AsyncIterator[Visitor]:
    async with visiting(stage) as it:
        await it.bot_is("ready")
        await stage.discord.ready()
        yield await it.arrive()
