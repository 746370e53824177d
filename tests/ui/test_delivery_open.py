"""The courier as the bot opens it: real settings, real pictures in files and behind links, the real press."""

import random
from pathlib import Path

import pytest
import pyvips  # type: ignore[import-untyped]  # it has stubs, but no py.typed beside them
from pydantic import SecretStr

from bot.app import open_workshop
from bot.config import Settings
from bot.seedream.client import Seedream
from bot.studio.job import Job, Origin, Result, Who
from bot.ui.delivery import open_courier
from bot.ui.packing import Packed, _extension, first_message
from bot.ui.rest import NoDiscord
from tests.ui.conftest import CHANNEL, SECRET, Piece
from tests.ui.discord_rest import APPLICATION, TOKEN, Channel, pretend_discord


async def test_pictures_in_the_data_folder_are_brought_and_made_to_fit(tmp_path: Path) -> None:
    noise = random.Random(1).randbytes(600 * 600 * 3)
    (tmp_path / "pictures").mkdir()
    pyvips.Image.new_from_memory(noise, 600, 600, 3, "uchar").pngsave(str(tmp_path / "pictures" / "big.png"))
    async with pretend_discord() as server:
        server.channels[CHANNEL] = Channel(file_limit=400_000)
        answer = server.defer(SECRET, CHANNEL)
        settings = Settings(discord_token=SecretStr(TOKEN), discord_api_base=server.base, data_dir=tmp_path)
        origin = Origin("key", CHANNEL, application=APPLICATION, token=SECRET, token_until=4e9, upload_limit=400_000)
        job = Job(3, "key", "imagine", None, Who(1), origin, {"prompt": "noise"})
        async with open_workshop(settings) as workshop, open_courier(settings, workshop.seedream, workshop.press) as us:
            gone = Result(1, file="pictures/gone.png")
            delivery = await us.deliver(job, [Result(0, file="pictures/big.png", format="png"), gone], None)
    assert (delivery.delivered, delivery.kept) == ((0,), ())
    [file] = server.messages[answer].files
    assert file.name == "seedream-3-1.jpg"
    assert file.data.startswith(b"\xff\xd8\xff")
    assert [path.name for path in (tmp_path / "spool").iterdir()] == []
    assert server.problems == []


async def test_without_a_token_there_is_no_courier(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    async with open_workshop(settings) as workshop:
        assert isinstance(workshop.seedream, Seedream)
        with pytest.raises(NoDiscord, match="DISCORD_TOKEN is not set"):
            async with open_courier(settings, workshop.seedream, workshop.press):
                pass


@pytest.mark.parametrize(
    ("picture", "extension"),
    [
        (Result(0, format="jpeg"), "jpg"),
        (Result(0, url="https://h/a.JPEG?x=.png"), "jpg"),
        (Result(0, file="a/b.webp", format="odd"), "webp"),
        (Result(0, url="https://h/a"), "png"),
    ],
)
def test_a_file_is_named_by_what_is_known_of_it(picture: Result, extension: str) -> None:
    assert _extension(picture) == extension


@pytest.mark.parametrize(
    ("sizes", "request_limit", "count"),
    [([1] * 12, 100, 10), ([50, 50, 1], 100, 2), ([101, 1], 100, 1), ([], 100, 0), ([99, 2], 100, 1)],
)
def test_a_message_holds_as_many_as_fit_and_at_least_one(sizes: list[int], request_limit: int, count: int) -> None:
    packed = [Packed(Result(number), Piece(bytes(size)), "png") for number, size in enumerate(sizes)]
    assert first_message(packed, request_limit) == packed[:count]
