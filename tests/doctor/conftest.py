"""A stage for each test, and the doctor on it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from bot.config.survey import survey
from bot.doctor.check import Result
from bot.terminal.doctor import look
from tests.e2e.stage import Stage, open_stage

Examine = Callable[..., Awaitable[dict[str, Result]]]


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with open_stage(tmp_path) as opened:
        yield opened


@pytest.fixture
def examined(stage: Stage) -> Examine:
    """Everything that the doctor finds with these settings, by id. Nothing is spent, nothing but reading is asked."""

    async def examined(**more: str) -> dict[str, Result]:
        env_file = stage.home / ".env"
        found = await look(env_file, survey(env_file, stage.environment(**more)))
        assert stage.seedream.billed == 0
        assert {call.method for call in stage.discord.traffic} <= {"GET"}
        return {result.id: result for result in found}

    return examined
