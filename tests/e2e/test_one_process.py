"""`seedream-bot run`, one process for everybody: down every rung of both ladders, through every fault of Discord, and
while the world changes. Each picture is paid once, and arrives once, or is kept and told of."""

from pathlib import Path

import pytest

from tests.e2e.changes import CHANGES
from tests.e2e.faults import FAULTS
from tests.e2e.labs import at_once, open_process
from tests.e2e.rungs import RUNGS
from tests.e2e.trials import LONG


@pytest.mark.timeout(2 * LONG)
async def test_all_that_can_happen_is_survived_by_one_process(tmp_path: Path) -> None:
    """One test, because its trials share the process: most of what each does is to wait."""
    async with open_process(tmp_path) as lab:
        await at_once(lab, {**RUNGS, **FAULTS, **CHANGES})
