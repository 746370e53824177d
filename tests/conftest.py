"""What all tests share: the documented facts about the providers, and real databases."""

import json
import signal
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.store.database import Database
from bot.store.open import open_database
from tests.databases import Hands, database_url, empty_url, hands, kind, open_another, postgres, ready_file

__all__ = ["database_url", "empty_url", "hands", "kind", "open_another", "postgres", "ready_file"]

# Whoever is started in the background ignores Ctrl-C, and so would every program that a test interrupts.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

FACTS = Path(__file__).with_name("data") / "seedream-facts.json"


@pytest.fixture(scope="session")
def facts() -> dict[str, Any]:
    """Models, sizes, prices, example answers and test vectors; treat it as read-only."""
    data: dict[str, Any] = json.loads(FACTS.read_text(encoding="utf-8"))
    return data


@pytest.fixture
async def database(database_url: str, tmp_path: Path, hands: Hands) -> AsyncIterator[Database]:
    """An open database with its tables, on each of the two engines, with a clock that the test moves."""
    async with open_database(database_url, tmp_path, hands) as opened:
        yield opened
