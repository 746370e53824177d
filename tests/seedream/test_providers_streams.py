"""Streamed events: the documented streams, and events that are broken, nested, unknown or out of place."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.seedream.catalogue import Catalogue
from bot.seedream.errors import BadReply, BadRequest, Refused, SeedreamError, ServerFault
from bot.seedream.models import Event, PictureFailed, PictureReady, Usage
from bot.seedream.providers.ark import Ark
from bot.seedream.providers.base import Answer, ServerEvent, State
from bot.seedream.sse import EventParser

FACTS = json.loads((Path(__file__).parents[1] / "data" / "seedream-facts.json").read_text(encoding="utf-8"))
EXAMPLES = FACTS["stream_examples"]
ARK = Ark("a-key-that-nobody-may-see", catalogue=Catalogue.load())


PARTIAL = {kind: f"image_generation.partial_{kind}" for kind in ("succeeded", "failed", "image")}


def read(data: object, name: str = "") -> Event | Answer | None:
    return ARK.read_event(ServerEvent(name, data if isinstance(data, str) else json.dumps(data)))


def follow(sse: str) -> tuple[list[dict[str, object]], list[dict[str, object]], Answer | None, bool]:
    """Pictures, failures, the announced end and whether a fault stopped the set, as a client would see them."""
    pictures: list[dict[str, object]] = []
    failures: list[dict[str, object]] = []
    parser = EventParser()
    for event in parser.feed(sse.encode()) + parser.close():
        found = ARK.read_event(event)
        if isinstance(found, Answer):
            return pictures, failures, found, False
        if isinstance(found, PictureReady):
            picture = found.picture
            shown = {"image_index": picture.index, "url": picture.url, "b64_json": picture.b64, "size": picture.size}
            pictures.append({key: value for key, value in shown.items() if value is not None})
        if isinstance(found, PictureFailed):
            failures.append({"image_index": found.index, "code": found.error.code})
            if isinstance(found.error, ServerFault):
                return pictures, failures, None, True
    return pictures, failures, None, False


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_documented_stream_is_read_as_documented(name: str) -> None:
    expect = EXAMPLES[name]["expect"]
    pictures, failures, end, stopped = follow(EXAMPLES[name]["sse"])
    assert pictures == expect["images"]
    assert failures == expect["failed"]
    assert stopped is (expect["end"] == "internal_error")
    if expect["end"] in {"eof", "internal_error"}:
        assert end is None
        return
    assert end is not None
    assert end.pictures == ()
    assert end.usage == Usage(**(expect["usage"] or {}))
    if expect["end"] == "error":
        assert end.state is State.FAILED
        assert end.error is not None
        assert end.error.code == expect["error_code"]
    else:
        assert (end.state, end.error) == (State.DONE, None)


@pytest.mark.parametrize("depth", [1, 2, 3])
def test_an_error_is_found_at_every_depth(depth: int) -> None:
    said: dict[str, object] = {"code": "InvalidParameter", "message": "size"}
    for _ in range(depth):
        said = {"error": said}
    for name in ("error", "", "message"):
        end = read(said, name)
        assert isinstance(end, Answer)
        assert end.state is State.FAILED
        assert isinstance(end.error, BadRequest)


def test_an_end_with_an_error_inside_is_a_failure_that_keeps_its_usage() -> None:
    said = {"type": "image_generation.completed", "usage": {"generated_images": 1}, "error": {"code": "QuotaExceeded"}}
    end = read(said)
    assert isinstance(end, Answer)
    assert end.state is State.FAILED
    assert end.error is not None
    assert end.error.code == "QuotaExceeded"
    assert end.usage.generated_images == 1


def test_the_name_of_the_event_does_when_the_data_has_no_type() -> None:
    assert isinstance(read({"image_index": 0, "url": "https://x/y"}, PARTIAL["succeeded"]), PictureReady)
    assert isinstance(read({"image_index": 0, "error": "x"}, "image_generation.partial_failed"), PictureFailed)


@pytest.mark.parametrize("index", [None, -4, "1", True, 1.5e300, [], {}])
def test_a_picture_without_a_usable_place_is_a_picture_all_the_same(index: object) -> None:
    said = {"type": "image_generation.partial_succeeded", "image_index": index, "url": "https://x/y"}
    found = read(said)
    assert isinstance(found, PictureReady)
    assert found.picture.index == -1


def test_a_success_without_a_picture_is_a_failure() -> None:
    found = read({"type": "image_generation.partial_succeeded", "image_index": 2})
    assert isinstance(found, PictureFailed)
    assert found.index == 2
    assert isinstance(found.error, BadReply)


def test_only_an_internal_fault_stops_a_set() -> None:
    refused = read({"error": {"code": "OutputImageSensitiveContentDetected"}}, PARTIAL["failed"])
    unknown = read({"error": {"code": "Never.Seen"}}, PARTIAL["failed"])
    reasonless = read({"message": "just so"}, PARTIAL["failed"])
    fault = read({"error": {"code": "InternalServiceError"}}, PARTIAL["failed"])
    kinds = [type(found.error) for found in (refused, unknown, reasonless, fault) if isinstance(found, PictureFailed)]
    assert kinds == [Refused, BadReply, BadReply, ServerFault]


@pytest.mark.parametrize(
    ("data", "name"),
    [
        ({"type": "image_generation.partial_image", "b64_json": "AAAA"}, ""),
        ({"type": "response.progress"}, "response.progress"),
        ({}, "ping"),
        ("not json", "ping"),
        ({"url": "https://x/y"}, "image_generation.partial_image"),
    ],
)
def test_events_that_bring_nothing_are_passed_over(data: object, name: str) -> None:
    assert read(data, name) is None


@pytest.mark.parametrize("name", [PARTIAL["succeeded"], PARTIAL["failed"], "", "message"])
@pytest.mark.parametrize("data", ["{", "[]", '"x"', "null", "[" * 100_000, '{"image_index": NaN}', "\ud800"])
def test_an_event_that_cannot_be_read_is_at_worst_a_lost_picture(name: str, data: str) -> None:
    found = read(data, name)
    assert isinstance(found, PictureFailed)
    assert isinstance(found.error, BadReply)


def test_an_end_that_cannot_be_read_is_an_end() -> None:
    assert read("{", "image_generation.completed") == Answer(State.DONE)
    end = read("{", "error")
    assert isinstance(end, Answer)
    assert end.state is State.FAILED


def test_the_word_done_is_an_end() -> None:
    assert read(" [DONE] ") == Answer(State.DONE)


NAMES = st.sampled_from(["", "error", "ping", *PARTIAL.values(), "image_generation.completed"])
KEYS = st.sampled_from(["type", "error", "image_index", "url", "usage", "code", "b64_json"])
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner),
    max_leaves=12,
)


@given(name=NAMES, data=st.text() | VALUES.map(json.dumps))
def test_whatever_is_streamed_is_read_without_raising(name: str, data: str) -> None:
    found = ARK.read_event(ServerEvent(name, data))
    if isinstance(found, Answer):
        assert (found.state is State.FAILED) is isinstance(found.error, SeedreamError)
        assert found.pictures == ()
    else:
        assert found is None or isinstance(found, PictureReady | PictureFailed)
