""" "Use as reference": what was picked comes back as sources, with its bytes on the shelf."""

from pathlib import Path

from bot.seedream.content import InMemory
from bot.seedream.models import Reference
from bot.store.database import Database
from bot.studio.shelf import Shelf
from bot.ui.pins import Pins
from bot.ui.references import Gathered
from bot.ui.sources import Source, Whence
from tests.databases import Hands

ALICE, BOB = 1, 2
BYTES = b"not looked at here"


def gathered(*names: str) -> Gathered:
    shown = tuple(Source(Whence.REPLIED, name, f"https://cdn.discordapp.com/{name}", whose=BOB) for name in names)
    pictures = tuple(Reference(InMemory(BYTES + name.encode()), None, "image/png", 320, 240) for name in names)
    return Gathered(pictures, shown)


async def test_a_picked_picture_is_a_source_for_what_comes_next(
    database: Database, hands: Hands, tmp_path: Path
) -> None:
    shelf = Shelf.within(tmp_path)
    pins = Pins(database, shelf)
    [pin] = await pins.pin(ALICE, gathered("a.png"))
    assert shelf.place(pin.shelf).read_bytes() == BYTES + b"a.png"
    assert await pins.pins(ALICE) == (pin,)
    assert await Pins(database, shelf).sources(ALICE) == (
        Source(Whence.PINNED, "a.png", "", len(BYTES) + 5, "image/png", BOB, (), pin.shelf),
    )
    hands.move(3600)
    assert await pins.sources(ALICE) == ()


async def test_several_are_picked_at_once_and_let_go_one_by_one_or_all(database: Database, tmp_path: Path) -> None:
    pins = Pins(database, Shelf.within(tmp_path))
    first, second = await pins.pin(ALICE, gathered("a.png", "b.png"))
    assert await pins.unpin(ALICE, first.shelf) == (second,)
    assert await pins.unpin(ALICE) == ()


async def test_a_picture_that_is_only_a_link_is_not_kept(database: Database, tmp_path: Path) -> None:
    pins = Pins(database, Shelf.within(tmp_path))
    link = Gathered((Reference(url="https://x.example/a.png"),), gathered("a.png").shown)
    assert await pins.pin(ALICE, link) == ()
