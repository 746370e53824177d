"""Layers on their way: in the order in which they lie, each told apart, and in a ZIP that endangers no picture."""

import json
import zipfile
from dataclasses import replace
from io import BytesIO

import pytest

from bot.seedream.errors import DownloadError, Expired, Retry
from bot.studio.courier import CourierError
from bot.studio.job import Job, Result
from tests.ui.conftest import CHANNEL, NOW, SECRET, Desk, Piece
from tests.ui.discord_rest import MIB


def layers(desk: Desk, *sizes: int) -> list[Result]:
    """Layers of these sizes as a provider tells of them, but not in their order."""
    found = []
    for height, picture in enumerate(desk.shop.put(*sizes)):
        told: dict[str, object] = {"z_index": height}
        if height:
            box = {"absolute": [10 * height, 20, 110, 220], "normalized": [0, 0, 50, 90]}
            told |= {"box": box, "name": f"Füchse & co {height}", "description": "what\nis on it"}
        found.append(replace(picture, layer=told, size="1000x800" if not height else "90x200", format="png"))
    return found[::-1]


def order(desk: Desk, pictures: list[Result], **origin: object) -> Job:
    """A job of them; a private one has no channel to go to."""
    desk.discord.defer(SECRET, CHANNEL, ephemeral=origin.get("visibility") == "private")
    job = desk.job(**origin)
    return replace(job, request={"layers": True}, verb="layers", pictures=tuple(pictures), generated_at=NOW)


def zips(desk: Desk) -> list[zipfile.ZipFile]:
    every = [file for message in desk.discord.messages.values() for file in message.files]
    return [zipfile.ZipFile(BytesIO(file.data)) for file in every if file.name == "seedream-41-layers.zip"]


async def test_the_lowest_comes_first_and_each_says_what_it_is(desk: Desk) -> None:
    pictures = layers(desk, 3000, 2000, 1000)
    delivery = await desk.courier.deliver(order(desk, pictures), pictures, None)
    assert delivery.delivered == (0, 1, 2)
    assert len(delivery.messages) == 2
    first = desk.discord.messages[delivery.messages[0]]
    assert first.content == "seedream-4.5 · 1000x800 · 2 layers · #41"
    assert first.names == ["seedream-41-1.png", "seedream-41-2.png", "seedream-41-3.png"]
    assert [file.description for file in first.files] == [
        "Base picture, below 2 layers",
        "Layer 1 of 2 · Füchse & co 1 · what is on it · 100 × 200 pixels, 10 from the left, 20 from the top",
        "Layer 2 of 2 · Füchse & co 2 · what is on it · 90 × 200 pixels, 20 from the left, 20 from the top",
    ]
    (found,) = zips(desk)
    assert found.namelist() == ["01-background.png", "02-füchse-co-1.png", "03-füchse-co-2.png", "layers.json"]
    assert found.testzip() is None
    assert {info.compress_type for info in found.infolist()} == {zipfile.ZIP_STORED}
    assert found.read("02-füchse-co-1.png") == desk.shop.data(1)
    assert json.loads(found.read("layers.json")) == {
        "job": 41,
        "model": "seedream-4.5",
        "prompt": "",
        "size": [1000, 800],
        "layers": [
            {"file": "01-background.png", "order": 0, "size": [1000, 800]},
            {
                "file": "02-füchse-co-1.png",
                "order": 1,
                "size": [90, 200],
                "name": "Füchse & co 1",
                "description": "what is on it",
                "box": {"left": 10, "top": 20, "width": 100, "height": 200},
            },
            {
                "file": "03-füchse-co-2.png",
                "order": 2,
                "size": [90, 200],
                "name": "Füchse & co 2",
                "description": "what is on it",
                "box": {"left": 20, "top": 20, "width": 90, "height": 200},
            },
        ],
    }


async def test_what_nobody_tells_of_a_layer_is_left_out(desk: Desk) -> None:
    pictures = [replace(picture, size=None, format="png") for picture in desk.shop.put(1000, 1000)]
    pictures[1] = replace(pictures[1], layer={"name": "…/…", "box": {"absolute": [1, 2]}})
    delivery = await desk.courier.deliver(order(desk, pictures), pictures, None)
    first = desk.discord.messages[delivery.messages[0]]
    assert [file.description for file in first.files] == ["Base picture, below 1 layer", "Layer 1 of 1 · …/…"]
    assert first.content == "seedream-4.5 · 1 layer · #41"
    (found,) = zips(desk)
    assert found.namelist() == ["01-background.png", "02-layer.png", "layers.json"]
    assert json.loads(found.read("layers.json"))["layers"][1] == {
        "file": "02-layer.png", "order": 1, "size": None, "name": "…/…", "box": None,
    }  # fmt: skip


@pytest.mark.parametrize("later", [1.0, 300.0])
async def test_a_crash_before_it_is_written_down_posts_no_second_zip(desk: Desk, later: float) -> None:
    pictures = layers(desk, *[1000] * 12)
    job = order(desk, pictures)
    first = await desk.courier.deliver(job, pictures, None)
    desk.time += later
    assert await desk.courier.deliver(job, pictures, None) == first
    assert len(zips(desk)) == 1
    assert len(first.messages) == 3


async def test_brought_once_more_there_is_a_zip_once_more(desk: Desk) -> None:
    pictures = layers(desk, *[1000] * 12)
    job = order(desk, pictures)
    await desk.courier.deliver(job, pictures, None)
    desk.discord.tokens["other"] = desk.discord.tokens[SECRET]
    shown = replace(job, origin=replace(job.origin, key="interaction:2"))
    delivery = await desk.courier.deliver(shown, pictures, None)
    assert len(delivery.messages) == 3
    assert len(zips(desk)) == 2


@pytest.mark.parametrize("fault", ["cut in the middle", "cut before the answer", "empty"])
async def test_after_a_fault_the_zip_comes_with_the_next_try(desk: Desk, fault: str) -> None:
    pictures = layers(desk, 100_000, 100_000)
    job = order(desk, pictures)
    desk.discord.faults = ["", fault]
    with pytest.raises(CourierError):
        await desk.courier.deliver(job, pictures, None)
    delivery = await desk.courier.deliver(job, pictures, None)
    assert len(delivery.messages) == 2
    assert len(zips(desk)) == 1


async def test_too_large_together_they_come_without_a_zip_and_say_so(desk: Desk) -> None:
    pictures = layers(desk, 6 * MIB, 6 * MIB)
    delivery = await desk.courier.deliver(order(desk, pictures), pictures, None)
    first = desk.discord.messages[delivery.messages[0]]
    assert first.content.endswith("\nNo ZIP: with all layers it would have 12 MB, and 10 MB may be sent here")
    assert (delivery.delivered, len(delivery.messages)) == ((0, 1), 1)
    assert zips(desk) == []


async def test_a_layer_that_had_to_be_made_smaller_is_in_no_zip(desk: Desk) -> None:
    pictures = layers(desk, 11 * MIB, 1000)
    delivery = await desk.courier.deliver(order(desk, pictures), pictures, None)
    assert delivery.delivered == (0, 1)
    assert "No ZIP: with all layers it would have 11 MB" in desk.discord.messages[delivery.messages[0]].content


async def test_a_zip_that_discord_refuses_in_spite_of_the_limit_is_told_of_afterwards(desk: Desk) -> None:
    pictures = layers(desk, 3 * MIB, 3 * MIB)
    desk.discord.channels[CHANNEL].file_limit = 4 * MIB
    delivery = await desk.courier.deliver(order(desk, pictures), pictures, None)
    first = desk.discord.messages[delivery.messages[0]]
    assert first.content.endswith("\nNo ZIP: with all layers it has 6 MB, which Discord did not take")
    assert len(first.files) == 2
    assert (delivery.delivered, delivery.messages) == ((0, 1), (first.id,))


@pytest.mark.parametrize("error", [DownloadError("away", retry=Retry.NEVER), Expired("gone")])
async def test_a_layer_that_breaks_off_now_costs_the_zip_and_no_picture(desk: Desk, error: Exception) -> None:
    class Once(Piece):
        """It can be read once."""

        async def chunks(self):  # type: ignore[no-untyped-def]
            self.breaks = error if self.reads else None
            async for chunk in super().chunks():
                yield chunk

    pictures = layers(desk, 100_000, 100_000)
    desk.shop.pictures[1] = Once(desk.shop.data(1))
    delivery = await desk.courier.deliver(order(desk, pictures), pictures, None)
    first = desk.discord.messages[delivery.messages[0]]
    assert first.content.endswith("\nThe ZIP with all layers could not be made · `/show 41` tries again")
    assert (delivery.delivered, delivery.kept, len(first.files)) == ((0, 1), (), 2)


async def test_a_lost_layer_is_missing_in_the_zip_too(desk: Desk) -> None:
    pictures = layers(desk, 1000, 1000, 1000)
    desk.shop.pictures[1] = Expired("gone")
    delivery = await desk.courier.deliver(order(desk, pictures), pictures, None)
    assert delivery.delivered == (0, 2)
    (found,) = zips(desk)
    assert found.namelist() == ["01-background.png", "02-füchse-co-2.png", "layers.json"]


async def test_in_private_what_may_be_there_already_is_not_posted_again(desk: Desk) -> None:
    few = layers(desk, 1000, 1000)
    desk.discord.faults = ["", "cut before the answer"]
    delivery = await desk.courier.deliver(order(desk, few, channel=0, visibility="private"), few, None)
    assert delivery.delivered == (0, 1)
    first = desk.discord.messages[delivery.messages[0]]
    assert "could not be made" in first.content
    desk.shop.pictures.clear()
    many = layers(desk, *[1000] * 12)
    desk.discord.faults = ["", "", "empty"]
    delivery = await desk.courier.deliver(order(desk, many, channel=0, visibility="private"), many, None)
    assert len(delivery.messages) == 2
    assert len(delivery.delivered) == 12


async def test_where_no_way_is_left_nothing_is_promised(desk: Desk) -> None:
    pictures = layers(desk, 1000, 1000)
    desk.discord.channels[CHANNEL].code = 50013
    delivery = await desk.courier.deliver(order(desk, pictures, token=None), pictures, None)
    assert (delivery.delivered, delivery.kept, delivery.messages) == ((), (0, 1), ())


async def test_a_picture_without_layers_has_no_zip(desk: Desk) -> None:
    pictures = layers(desk, 1000)
    delivery = await desk.courier.deliver(order(desk, pictures), pictures, None)
    assert len(delivery.messages) == 1
    assert zips(desk) == []
