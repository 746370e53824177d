"""The studio as fixtures."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from sandbox.seedream import PretendSeedream
from tests.seedream.online.studio import Ask, Hands, Read, Studio, impatient, read, tell


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
async def pretend(hands: Hands) -> AsyncIterator[PretendSeedream]:
    async with PretendSeedream(pictures="small", clock=lambda: hands.time, sleep=hands.pass_by) as server:
        yield server


@pytest.fixture
async def studio(pretend: PretendSeedream, hands: Hands, tmp_path: Path) -> AsyncIterator[Studio]:
    async with AsyncExitStack() as stack:
        yield Studio(pretend, tmp_path / "spool", hands, stack, impatient(tmp_path / "catalogue.toml"))


@pytest.fixture
def ask() -> Ask:
    return tell


@pytest.fixture
def bytes_of() -> Read:
    return read
