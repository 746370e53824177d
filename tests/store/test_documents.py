"""JSON in columns: whatever a person typed can be kept."""

from typing import Any

import pytest
from sqlalchemy import insert, select

from bot.store import documents
from bot.store.database import Database
from bot.store.tables import preferences


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ({"prompt": "a cat\n🐈 日本 \x7f \\u0000"}, None),
        ({"ids": [2**63 - 1, 0.1, True, None]}, None),
        ("a\0b", "a�b"),
        ("half \ud83d", "half �"),
        ("half \udc08, \ud83d\udc08 whole", "half �, 🐈 whole"),
        ({"k\0": ["\0", ("\ud800", 1)]}, {"k�": ["�", ["�", 1]]}),
    ],
)
async def test_what_no_database_takes_is_replaced_and_all_else_is_kept(
    database: Database, given: Any, kept: Any
) -> None:
    values = {"scope": "x", "subject": 1, "values": {"it": given}, "changed_at": 0.0}
    await database.write(lambda tx: tx.run(insert(preferences).values(values)))
    found = await database.read(lambda tx: tx.run(select(preferences.c["values"])).scalar_one())
    assert found == {"it": given if kept is None else kept}


def test_what_is_not_json_is_a_mistake() -> None:
    with pytest.raises(TypeError):
        documents.dumps({"it": object()})
