"""Finished pictures are paid: their bytes are fetched until they are whole, or the link is really gone."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bot.seedream.clock import Clock
from bot.seedream.errors import Charged, DownloadError, Expired, Retry
from bot.seedream.models import Picture
from bot.seedream.pictures import Pictures

DATA = bytes(range(256)) * 40
LINK = "https://pictures.example/a.jpeg?X-Tos-Signature=CANARY"


@dataclass
class Body:
    """One answer: what it claims, what it gives, and how it breaks off."""

    data: bytes = DATA
    length: int | None = len(DATA)
    broken: OSError | None = None
    media_type: str = "image/jpeg"

    async def chunks(self) -> AsyncGenerator[bytes, None]:
        for start in range(0, len(self.data), 1000):
            yield self.data[start : start + 1000]
        if self.broken:
            raise self.broken


@dataclass
class Script:
    """A way to links that gives one prepared answer after the other, the last one for ever."""

    answers: Sequence[Body | OSError]
    asked: list[str] = field(default_factory=list)
    held: int = 0

    @asynccontextmanager
    async def open(self, url: str) -> AsyncIterator[Body]:
        answer = self.answers[min(len(self.asked), len(self.answers) - 1)]
        self.asked.append(url)
        if isinstance(answer, OSError):
            raise answer
        self.held += 1
        try:
            yield answer
        finally:
            self.held -= 1


@dataclass
class Shop:
    """Pictures with a script behind them and a clock that does not wait."""

    spool: Path
    time: float = 0.0
    slept: list[float] = field(default_factory=list)

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.time += seconds
        await asyncio.sleep(0)

    def pictures(self, script: Script) -> Pictures:
        return Pictures(script, self.spool, Clock(lambda: self.time, lambda: self.time, self.sleep, lambda: 0.0))


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path / "spool")


async def read(pictures: Pictures, picture: Picture) -> bytes:
    async with pictures.open(picture) as content:
        data = b"".join([chunk async for chunk in content.chunks()])
        assert len(data) == content.length
        return data


async def test_a_link_is_opened_once_for_its_length_and_first_reading(shop: Shop) -> None:
    script = Script([Body()])
    assert await read(shop.pictures(script), Picture(0, url=LINK)) == DATA
    assert script.asked == [LINK]
    assert script.held == 0


async def test_a_second_reading_asks_again_and_starts_at_the_first_byte(shop: Shop) -> None:
    script = Script([Body()])
    async with shop.pictures(script).open(Picture(0, url=LINK)) as content:
        for _ in range(3):
            assert b"".join([chunk async for chunk in content.chunks()]) == DATA
    assert len(script.asked) == 3
    assert script.held == 0


async def test_a_cut_in_the_middle_is_mended_without_a_byte_lost_or_doubled(shop: Shop) -> None:
    cut = Body(DATA[:4321], broken=ConnectionResetError("reset"))
    early = Body(DATA[:7000])
    script = Script([cut, early, Body()])
    assert await read(shop.pictures(script), Picture(0, url=LINK)) == DATA
    assert len(script.asked) == 3
    assert script.held == 0
    assert shop.slept == [0.5, 1.0]


@pytest.mark.parametrize("error", [ConnectionError("503"), TimeoutError("slow"), PermissionError("clock skew")])
async def test_passing_trouble_is_waited_out(shop: Shop, error: OSError) -> None:
    assert await read(shop.pictures(Script([error, error, Body()])), Picture(0, url=LINK)) == DATA


async def test_patience_ends_after_four_more_tries_and_the_person_may_try_again(shop: Shop) -> None:
    script = Script([ConnectionError("503")])
    with pytest.raises(DownloadError) as caught:
        await read(shop.pictures(script), Picture(0, url=LINK))
    assert len(script.asked) == 5
    assert caught.value.charged is Charged.YES
    assert caught.value.retryable


@pytest.mark.parametrize("error", [FileNotFoundError("404"), FileNotFoundError("410")])
async def test_a_link_that_leads_nowhere_is_final_at_once(shop: Shop, error: OSError) -> None:
    script = Script([error])
    with pytest.raises(Expired):
        await read(shop.pictures(script), Picture(0, url=LINK))
    assert len(script.asked) == 1


async def test_trouble_after_the_expiry_is_called_expired(shop: Shop) -> None:
    script = Script([PermissionError("403")])
    with pytest.raises(Expired):
        await read(shop.pictures(script), Picture(0, url=LINK, expires_at=1.0))
    assert len(script.asked) == 3  # at 0, 0.5 and 1.5 seconds


async def test_a_picture_that_cannot_be_used_is_not_fetched_again(shop: Shop) -> None:
    script = Script([OSError("over 64 MiB")])
    with pytest.raises(DownloadError) as caught:
        await read(shop.pictures(script), Picture(0, url=LINK))
    assert len(script.asked) == 1
    assert caught.value.retry is Retry.NEVER


async def test_a_link_that_suddenly_leads_to_something_else_is_refused(shop: Shop) -> None:
    script = Script([Body(DATA[:10], broken=ConnectionError("cut")), Body(DATA[:99], length=99)])
    with pytest.raises(DownloadError, match="changed"):
        await read(shop.pictures(script), Picture(0, url=LINK))
    assert script.held == 0


async def test_an_answer_of_unknown_length_goes_to_disk_first_and_leaves_nothing_behind(shop: Shop) -> None:
    assert await read(shop.pictures(Script([Body(length=None)])), Picture(0, url=LINK)) == DATA
    assert list(shop.spool.iterdir()) == []


async def test_an_answer_of_unknown_length_that_breaks_is_a_download_error(shop: Shop) -> None:
    script = Script([Body(DATA[:5], length=None, broken=ConnectionError("cut"))])
    with pytest.raises(DownloadError):
        await read(shop.pictures(script), Picture(0, url=LINK))


async def test_a_picture_on_disk_is_read_from_there(shop: Shop, tmp_path: Path) -> None:
    file = tmp_path / "picture"
    file.write_bytes(DATA)
    script = Script([])
    assert await read(shop.pictures(script), Picture(0, file=file)) == DATA
    with pytest.raises(Expired):
        await read(shop.pictures(script), Picture(0, file=tmp_path / "gone"))
    assert script.asked == []


async def test_leaving_early_lets_the_connection_go(shop: Shop) -> None:
    script = Script([Body()])
    async with shop.pictures(script).open(Picture(0, url=LINK)) as content:
        chunks = content.chunks()
        await anext(chunks)
        assert script.held == 1
        await chunks.aclose()
        assert script.held == 0
    async with shop.pictures(script).open(Picture(0, url=LINK)):
        assert script.held == 1
    assert script.held == 0


async def test_saving_is_whole_or_not_at_all(shop: Shop, tmp_path: Path) -> None:
    target = tmp_path / "out.jpg"
    broken = Script([Body(DATA[:10], broken=OSError("no"))])
    with pytest.raises(DownloadError):
        await shop.pictures(broken).save(Picture(0, url=LINK), target)
    assert [path.name for path in tmp_path.iterdir()] == []
    await shop.pictures(Script([Body()])).save(Picture(0, url=LINK), target)
    assert target.read_bytes() == DATA
    with pytest.raises(DownloadError, match="cannot write"):
        await shop.pictures(Script([Body()])).save(Picture(0, url=LINK), tmp_path / "out.jpg" / "x.jpg")


async def test_errors_never_show_the_signed_link(shop: Shop) -> None:
    for answers in ([FileNotFoundError(LINK)], [OSError(f"cannot GET {LINK}")], [ConnectionError(LINK)]):
        with pytest.raises(DownloadError) as caught:
            await read(shop.pictures(Script(answers)), Picture(0, url=LINK))
        assert "CANARY" not in f"{caught.value} {caught.value!r} {Picture(0, url=LINK)!r}"
        assert caught.value.__suppress_context__


async def test_a_spool_that_cannot_be_used_is_told_as_such(shop: Shop) -> None:
    shop.spool.write_text("a file, not a folder")
    with pytest.raises(DownloadError, match="cannot write"):
        await read(shop.pictures(Script([Body(length=None)])), Picture(0, url=LINK))
