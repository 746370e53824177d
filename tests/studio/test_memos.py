"""Small values that outlive the process."""

from bot.store.database import Database
from bot.studio import memos


async def test_what_was_noted_is_recalled_and_what_is_noted_again_takes_its_place(database: Database) -> None:
    assert await database.read(lambda tx: memos.recall(tx, "commands", 7)) == {}
    for mark in ("first", "second"):
        await database.write(lambda tx, mark=mark: memos.note(tx, "commands", 7, {"hash": mark}))  # type: ignore[misc]
        assert await database.read(lambda tx: memos.recall(tx, "commands", 7)) == {"hash": mark}
    assert await database.read(lambda tx: memos.recall(tx, "commands", 8)) == {}
    assert await database.read(lambda tx: memos.recall(tx, "others", 7)) == {}
