"""Plain answers: the documented examples, and everything that a broken or hostile server might say instead."""

import json
import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.seedream.catalogue import Catalogue
from bot.seedream.errors import BadReference, BadReply, Charged, Refused, Retry, SeedreamError, ServerFault
from bot.seedream.models import Box, Picture
from bot.seedream.providers import PROVIDERS
from bot.seedream.providers.base import Answer, Provider, State

FACTS = json.loads((Path(__file__).parents[1] / "data" / "seedream-facts.json").read_text(encoding="utf-8"))
NAMES = {"volcengine": "ark", "ark_agent_plan": "ark", "byteplus_ap": "byteplus", "apifox_gateway": "gateway"}
OUTCOMES = {
    "success": State.DONE,
    "partial": State.DONE,
    "failed": State.FAILED,
    "accepted": State.ACCEPTED,
    "pending": State.PENDING,
}
EXAMPLES = {
    name: example for name, example in FACTS["response_examples"].items() if example["expect"]["outcome"] in OUTCOMES
}
CATALOGUE = Catalogue.load()
KEY = "a-key-that-nobody-may-see"
SIGNED = "https://x.tos.volces.com/a.jpeg?X-Tos-Date=20250910T015921Z&X-Tos-Expires=86400&X-Tos-Signature=%2F%2B"


def provider(name: str) -> Provider:
    base = "https://gateway.example.com" if name == "gateway" else ""
    return PROVIDERS[name](KEY, base, catalogue=CATALOGUE, now=lambda: 0.0)


def read(name: str, body: object, status: int = 200, headers: dict[str, str] | None = None) -> Answer:
    return provider(name).read(status, headers or {}, body)


def as_item(picture: Picture) -> dict[str, object]:
    """A picture in the words of the facts."""
    box = picture.box
    shown = {
        "url": picture.url,
        "b64_json": picture.b64,
        "size": picture.size,
        "output_format": picture.format,
        "z_index": picture.z_index,
        "bounding_box": {"absolute": list(box.absolute), "normalized": list(box.normalized)} if box else None,
        "name": picture.name,
        "description": picture.description,
    }
    return {key: value for key, value in shown.items() if value is not None}


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_documented_answer_is_read_as_documented(name: str) -> None:
    example, expect = EXAMPLES[name], EXAMPLES[name]["expect"]
    who = NAMES.get(example["provider"], example["provider"])
    answer = read(who, example["body"], example["http"], example.get("headers"))
    assert answer.state is OUTCOMES[expect["outcome"]]
    assert [as_item(picture) for picture in answer.pictures] == expect["images"]
    assert [{"index": failed.index, "code": failed.error.code} for failed in answer.failures] == expect["item_errors"]
    assert answer.task == expect.get("task_id")
    if "created" in expect:
        assert (answer.created, answer.model) == (expect["created"], expect["model"])
    if answer.pictures:
        assert answer.usage.generated_images == expect["count"]
    if expect["error"] is None:
        assert answer.error is None
        return
    assert answer.error is not None
    assert answer.error.code == (expect["error"]["code"] or "")
    assert expect["error"].get("message", "") in str(answer.error)
    assert answer.error.retry is Retry(expect["retry"])
    assert answer.error.provider == who


def test_a_batch_tells_how_each_task_stands_and_the_storages_answer_is_just_a_refusal() -> None:
    left = set(FACTS["response_examples"]) - set(EXAMPLES)
    assert left == {"storage_access_denied", "acedata_task_batch"}  # the latter is read in its own test
    answer = read("ark", FACTS["response_examples"]["storage_access_denied"]["body"], 403)
    assert answer.state is State.FAILED


def test_an_error_tells_its_request_its_wait_and_its_status() -> None:
    error = read("ark", {"error": {"code": "x"}}, 429, {"X-Request-Id": "abc", "Retry-After": "3"}).error
    assert error is not None
    assert (error.request_id, error.retry_after, error.status) == ("abc", 3, 429)


@pytest.mark.parametrize(
    ("headers", "body", "expected"),
    [
        ({"x-request-id": "a", "x-client-request-id": "b"}, {"trace_id": "c", "error": "d"}, "a"),
        ({"x-client-request-id": "b"}, {"trace_id": "c", "error": "d"}, "c"),
        ({"x-client-request-id": "b"}, {"error": "d (request id: e)"}, "b"),
        ({}, {"error": {"message": "no. Request id: 0217-e."}}, "0217-e"),
        ({}, {"error": {"message": "no (request id: 2026)"}}, "2026"),
        ({"x-request-id": "<script>" * 40}, {"trace_id": 5, "error": "d"}, ""),
        ({"x-request-id": KEY}, {"error": "d"}, "…"),
    ],
)
def test_the_request_id_is_found_wherever_it_is(headers: dict[str, str], body: object, expected: str) -> None:
    error = read("ark", body, 400, headers).error
    assert error is not None
    assert error.request_id == expected
    assert read("acedata", {"trace_id": "t", "data": [{"image_url": SIGNED}]}).request_id == "t"


def test_keys_and_signatures_in_an_answer_never_show() -> None:
    answer = read("gateway", {"error": {"code": KEY, "message": f"bad key {KEY} for {SIGNED}"}}, 400, {})
    for shown in (str(answer.error), repr(answer.error), repr(answer)):
        assert KEY not in shown
        assert "X-Tos-Signature" not in shown
    assert SIGNED not in repr(read("ark", {"data": [{"url": SIGNED}]}))


def test_a_link_stays_as_it_is_to_the_last_byte_and_ends_when_its_signature_says() -> None:
    (picture,) = read("ark", {"created": 5, "data": [{"url": SIGNED}]}).pictures
    assert picture.url == SIGNED
    assert picture.expires_at == 1757469561 + 86400


@pytest.mark.parametrize(
    ("url", "created", "expected"),
    [
        ("https://s3.example.org/a?x-amz-date=20250910T015921Z&X-Amz-Expires=60", None, 1757469621.0),
        ("https://example.org/a.png", 1000, 87400.0),
        ("https://example.org/a.png", None, None),
        ("https://example.org/a?X-Tos-Date=yesterday&X-Tos-Expires=60", 1000, 87400.0),
        ("https://example.org/a?X-Tos-Date=20250910T015921Z&X-Tos-Expires=x", None, None),
        ("https://example.org/a?X-Tos-Date=20250910T015921Z", None, None),
        (f"https://example.org/a?X-Tos-Date=20250910T015921Z&X-Tos-Expires={'9' * 400}", None, None),
        ("https://example.org/a?X-Tos-Date=20251310T015921Z&X-Tos-Expires=60", None, None),
        ("https://example.org/X-Tos-Date=20250910T015921Z&X-Tos-Expires=60", None, None),
    ],
)
def test_a_link_ends_when_its_signature_says_else_after_a_day_else_nobody_knows(
    url: str, created: int | None, expected: float | None
) -> None:
    (picture,) = read("ark", {"created": created, "data": [{"url": url}]}).pictures
    assert picture.expires_at == expected


def test_an_error_beside_pictures_keeps_the_pictures() -> None:
    answer = read("ark", {"data": [{"url": SIGNED}], "error": {"code": "InternalServiceError"}}, 500)
    assert answer.state is State.DONE
    assert len(answer.pictures) == 1
    assert isinstance(answer.error, ServerFault)


@pytest.mark.parametrize("name", PROVIDERS)
@pytest.mark.parametrize("body", [None, [], "", "<html>", 5, True, math.nan, {}, {"data": None}, {"data": "x"}])
def test_an_answer_without_sense_is_in_doubt(name: str, body: object) -> None:
    answer = read(name, body)
    assert answer.state is State.FAILED
    assert type(answer.error) is BadReply
    assert answer.error.charged is Charged.UNKNOWN


def test_words_that_are_no_json_are_kept_unless_they_are_a_web_page() -> None:
    assert "upstream is away" in str(read("cometapi", "upstream is away", 502).error)
    assert "html" not in str(read("cometapi", " <html>Bad gateway</html>", 502).error)


def test_data_without_pictures_is_a_filtered_request_unless_pictures_were_billed() -> None:
    filtered = read("ark", {"data": []}).error
    assert isinstance(filtered, Refused)
    assert (filtered.code, filtered.retry, filtered.charged) == ("empty_data", Retry.USER, Charged.NO)
    assert type(read("ark", {"data": [], "usage": {"generated_images": 2}}).error) is BadReply


def test_items_that_hold_nothing_fail_alone() -> None:
    body = {"data": [None, 5, {}, {"url": ""}, {"url": "ftp://x"}, {"error": "blocked"}, {"url": SIGNED}, {"url": 7}]}
    answer = read("ark", body)
    assert [picture.index for picture in answer.pictures] == [6]
    assert [failure.index for failure in answer.failures] == [0, 1, 2, 3, 4, 5, 7]
    assert "blocked" in str(answer.failures[5].error)
    only_failures = read("ark", {"data": [{"error": {"code": "OutputImageSensitiveContentDetected"}}]})
    assert only_failures.state is State.FAILED
    assert only_failures.error is only_failures.failures[0].error


def test_a_hundred_items_are_a_hundred_pictures() -> None:
    answer = read("gateway", {"data": [{"url": SIGNED}] * 100})
    assert len(answer.pictures) == 100
    assert answer.usage.generated_images == 100


def test_a_picture_as_text_loses_its_data_uri_and_may_be_a_number() -> None:
    body = {"data": [{"b64_json": "data:image/png;base64,AAAA"}, {"b64_json": 3}, {"b64_json": -1}, {"b64_json": True}]}
    answer = read("gateway", body)
    assert [picture.b64 for picture in answer.pictures] == ["AAAA", 3]
    assert len(answer.failures) == 2


@pytest.mark.parametrize(
    "box",
    [5, {}, {"absolute": [1, 2, 3]}, {"absolute": [1, 2, 3, None], "normalized": [1, 2, 3, 4]}, {"absolute": "abcd"}],
)
def test_a_layer_with_a_broken_box_is_still_a_picture(box: object) -> None:
    (picture,) = read("ark", {"data": [{"url": SIGNED, "bounding_box": box, "z_index": "1", "name": 5}]}).pictures
    assert (picture.box, picture.z_index, picture.name) == (None, None, None)


def test_numbers_out_of_this_world_are_ignored() -> None:
    usage = {"generated_images": -3, "output_tokens": math.inf, "total_tokens": True, "input_images": "4"}
    body = {"created": math.nan, "model": 5, "usage": usage, "data": [{"url": SIGNED, "z_index": 10**400}]}
    answer = read("ark", body)
    assert (answer.created, answer.model) == (None, None)
    assert answer.usage.generated_images == 1
    assert (answer.usage.output_tokens, answer.usage.total_tokens, answer.usage.input_images) == (None, None, None)
    assert answer.pictures[0].z_index is None


def test_what_a_search_and_the_layers_bring_is_told() -> None:
    box = {"absolute": [0, 1.0, 2, 3], "normalized": [4, 5, 6, 7]}
    item = {"url": SIGNED, "background": "transparent", "bounding_box": box}
    answer = read("ark", {"data": [item], "usage": {"tool_usage": {"web_search": 2}}})
    assert answer.usage.web_searches == 2
    assert answer.pictures[0].background == "transparent"
    assert answer.pictures[0].box == Box((0, 1, 2, 3), (4, 5, 6, 7))


def test_an_error_may_lie_three_deep_and_hold_numbers() -> None:
    deep = {"error": {"error": {"error": {"code": "InputTextSensitiveContentDetected", "message": "no"}}}}
    assert isinstance(read("ark", deep, 400).error, Refused)
    numbered = read("gateway", {"error": {"code": 400, "message": ["x"]}}, 400).error
    assert numbered is not None
    assert numbered.code == "400"
    bare = read("cometapi", {"error": "Timeout while downloading url=https://x/y"}, 400).error
    assert isinstance(bare, BadReference)


TOP = ["error", "data", "success", "usage", "created", "id", "items", "task_id", "response", "status", "finished_at"]
INNER = ["code", "message", "url", "image_url", "b64_json", "bounding_box", "absolute", "generated_images", "trace_id"]
FIELDS = st.sampled_from(TOP + INNER)
WORDS = st.text(max_size=20) | st.sampled_from([SIGNED, "failed"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | WORDS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(FIELDS, inner, max_size=6),
    max_leaves=20,
)


@given(
    name=st.sampled_from(sorted(PROVIDERS)),
    status=st.integers(100, 599) | st.just(999),
    headers=st.dictionaries(st.sampled_from(["Retry-After", "x-request-id", "retry-after-ms"]), st.text(max_size=20)),
    body=JSON,
)
def test_whatever_a_server_says_ends_in_an_answer(
    name: str, status: int, headers: dict[str, str], body: object
) -> None:
    answer = read(name, body, status, headers)
    assert bool(answer.pictures) is (answer.state is State.DONE)
    if answer.state is State.FAILED:
        assert isinstance(answer.error, SeedreamError)
        assert str(answer.error)
    if answer.state in {State.ACCEPTED, State.PENDING}:
        assert answer.task
    if status >= 400:
        assert answer.error is not None
