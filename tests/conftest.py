"""What all tests share: the documented facts about the providers, as plain data."""

import json
from pathlib import Path
from typing import Any

import pytest

FACTS = Path(__file__).with_name("data") / "seedream-facts.json"


@pytest.fixture(scope="session")
def facts() -> dict[str, Any]:
    """Models, sizes, prices, example answers and test vectors; treat it as read-only."""
    data: dict[str, Any] = json.loads(FACTS.read_text(encoding="utf-8"))
    return data
