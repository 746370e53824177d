"""A stub for every test, in the test's own process; and a log-in to the Discord in it."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from discord.http import Route

from bench import stub as server
from bench.photo import draw
from bench.road import Stub


@pytest.fixture(scope="session")
def photo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small picture of the kind that is encoded."""
    path = tmp_path_factory.mktemp("photo") / "photo.png"
    draw(path, 64)
    return path


@pytest.fixture
async def origins(photo: Path) -> AsyncIterator[list[str]]:
    """Where a running stub listens: wide, narrow."""
    told: asyncio.Future[list[str]] = asyncio.get_running_loop().create_future()
    stop = asyncio.Event()
    running = asyncio.create_task(
        server.serve(photo.read_bytes(), lambda line: told.set_result(json.loads(line)), stop)
    )
    yield await told
    stop.set()
    await running


@pytest.fixture
def stub(origins: list[str], monkeypatch: pytest.MonkeyPatch) -> Stub:
    """The wide one; afterwards discord.py's own address is back where it was."""
    monkeypatch.setattr(Route, "BASE", Route.BASE)
    return Stub(origins[0])
