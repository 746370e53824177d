"""What a call brought and how it ended, event by event."""

from pathlib import Path

import pytest

from bot.seedream.errors import (
    BadReply,
    BadRequest,
    Charged,
    ConnectionLost,
    Refused,
    Retry,
    SeedreamError,
    ServerFault,
    TimedOut,
)
from bot.seedream.harvest import Harvest
from bot.seedream.models import Event, Finished, Picture, PictureFailed, PictureReady, Usage
from bot.seedream.providers.base import Answer, State
from bot.seedream.spool import Spool

REFUSED = Refused("no", provider="ark", code="OutputImageSensitiveContentDetected")


def harvest(expected: int = 1) -> Harvest:
    return Harvest("ark", "seedream-4.5", "r-1", expected, lambda _: None)


def ready(index: int, link: str = "") -> Event:
    return PictureReady(Picture(index, url=f"https://pictures.example/{link or index}"))


def indexes(events: list[Event]) -> list[int]:
    return [event.picture.index for event in events if isinstance(event, PictureReady)]


def test_an_answer_is_told_in_the_order_of_its_pictures_and_ends_with_usage() -> None:
    usage = Usage(generated_images=2)
    answer = Answer(
        State.DONE,
        pictures=(Picture(0, url="https://a.example"), Picture(2, url="https://b.example")),
        failures=(PictureFailed(1, REFUSED),),
        usage=usage,
        model="m-1",
    )
    events = list(harvest(3).answer(answer))
    assert [type(event) for event in events] == [PictureReady, PictureFailed, PictureReady, Finished]
    assert events[-1] == Finished("ark", "m-1", usage, "r-1")


def test_repeated_and_missing_numbers_get_the_next_free_place() -> None:
    these = harvest(4)
    events = list(these.take([ready(0), ready(0, "other"), ready(-1), ready(7)]))
    assert indexes(events) == [0, 1, 2, 7]


def test_a_picture_that_is_told_twice_is_one_picture() -> None:
    these = harvest(4)
    assert indexes(list(these.take([ready(0), ready(0), ready(1), ready(0)]))) == [0, 1]
    assert these.pictures == 2


def test_nothing_at_all_is_a_refusal_that_costs_nothing() -> None:
    with pytest.raises(Refused) as caught:
        list(harvest().end(Answer(State.DONE)))
    assert (caught.value.code, caught.value.retry, caught.value.charged) == ("empty_data", Retry.USER, Charged.NO)


def test_only_failures_end_with_the_first_of_them() -> None:
    these = harvest(2)
    list(these.take([PictureFailed(0, REFUSED), PictureFailed(1, BadRequest("size"))]))
    with pytest.raises(Refused):
        list(these.end(Answer(State.DONE)))


def test_an_error_beside_pictures_is_told_as_a_missing_picture() -> None:
    these = harvest(2)
    list(these.take([ready(0)]))
    failed, finished = these.end(Answer(State.FAILED, error=BadRequest("later")))
    assert isinstance(failed, PictureFailed)
    assert failed.index == 1
    assert isinstance(finished, Finished)


@pytest.mark.parametrize(("expected", "events"), [(1, [ready(0)]), (2, [ready(0), PictureFailed(1, REFUSED)])])
def test_a_cut_after_everything_has_come_is_a_normal_end(expected: int, events: list[Event]) -> None:
    these = harvest(expected)
    list(these.take(events))
    assert list(these.cut()) == [Finished("ark", "seedream-4.5", Usage(), "r-1")]


@pytest.mark.parametrize("error", [None, TimedOut("stalled")])
def test_a_cut_in_the_middle_of_a_set_is_in_doubt(error: SeedreamError | None) -> None:
    these = harvest(3)
    list(these.take([ready(0)]))
    with pytest.raises((ConnectionLost, TimedOut)) as caught:
        list(these.cut(error))
    assert caught.value.charged is Charged.UNKNOWN


def test_an_internal_error_ends_a_set_because_upstream_makes_no_more() -> None:
    these = harvest(3)
    list(these.take([ready(0), PictureFailed(1, ServerFault("internal"))]))
    assert these.stopped
    assert isinstance(next(iter(these.cut())), Finished)


def test_a_cut_after_a_failure_alone_tells_the_failure() -> None:
    these = harvest(1)
    list(these.take([PictureFailed(0, REFUSED)]))
    with pytest.raises(Refused):
        list(these.cut())


def test_a_picture_that_came_as_text_lies_on_disk_afterwards(tmp_path: Path) -> None:
    with Spool(tmp_path) as spool:
        kept = spool.lifter.feed(b'{"data":[{"b64_json":"/9j/4AAQ"},{"b64_json":"iVBORw0K"}]}')
        these = Harvest("ark", "m", "", 3, spool.claim)
        events = list(these.take([PictureReady(Picture(0, b64=0)), PictureReady(Picture(1, b64="/9j/4AAQ"))]))
    assert kept == b'{"data":[{"b64_json":0},{"b64_json":1}]}'
    files = [event.picture.file for event in events if isinstance(event, PictureReady)]
    assert [file and file.read_bytes() for file in files] == [b"\xff\xd8\xff\xe0\x00\x10"] * 2
    assert len(list(tmp_path.iterdir())) == 2, "what nobody claimed is gone"


def test_a_number_that_the_provider_made_up_brings_no_other_picture_again(tmp_path: Path) -> None:
    with Spool(tmp_path) as spool:
        spool.lifter.feed(b'{"b64_json":"/9j/4AAQ"}')
        assert spool.claim(0) is not None
        assert spool.claim(0) is None


@pytest.mark.parametrize("text", ["not base64!", '"', "", "\\", 7, -1])
def test_text_that_is_no_picture_fails_alone(tmp_path: Path, text: str | int) -> None:
    with Spool(tmp_path) as spool:
        these = Harvest("ark", "m", "", 2, spool.claim)
        failed, good = these.take([PictureReady(Picture(0, b64=text)), ready(1)])
    assert isinstance(failed, PictureFailed)
    assert isinstance(failed.error, BadReply)
    assert isinstance(good, PictureReady)
    assert list(tmp_path.iterdir()) == []
