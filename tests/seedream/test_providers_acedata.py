"""AceData's tasks: how a job is opened, asked for, and when it has ended."""

import json
from pathlib import Path
from typing import Any

import pytest

from bot.seedream.catalogue import Catalogue
from bot.seedream.errors import BadReply, BadRequest, Charged, Refused, ServerFault
from bot.seedream.models import ImageRequest
from bot.seedream.providers.acedata import AceData
from bot.seedream.providers.base import Answer, Call, State

FACTS = json.loads((Path(__file__).parents[1] / "data" / "seedream-facts.json").read_text(encoding="utf-8"))
VECTORS = FACTS["test_vectors"]["acedata_task_status"]
STATES = {"succeeded": State.DONE, "failed": State.FAILED, "pending": State.PENDING}
CATALOGUE = Catalogue.load()
ACEDATA = AceData("a-key-that-nobody-may-see", catalogue=CATALOGUE)
REQUEST = ImageRequest(model="seedream-4.5", prompt="p", size="2K", callback_url="https://bot.example.com/nudge/x")
LINK = "https://platform.cdn.acedata.cloud/seedream/a.jpg"


def read(body: object, status: int = 200) -> Answer:
    return ACEDATA.read(status, {}, body)


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_a_task_stands_as_documented(vector: dict[str, Any]) -> None:
    answer = read(vector["body"])
    assert answer.state is STATES[vector["expect"]]
    assert answer.task == "tid"
    assert ACEDATA.read_batch({"items": [vector["body"]]}) == {"tid": answer.state}


@pytest.mark.parametrize("word", [*FACTS["acedata_tasks"]["status_words"]["failed"], "FAILED"])
@pytest.mark.parametrize("key", ["status", "state"])
def test_every_word_of_failure_ends_a_task_wherever_it_stands(word: str, key: str) -> None:
    for body in ({key: word}, {"response": {key: word}}, {"response": {"data": {key: word}}}, {"data": {key: word}}):
        answer = read({"id": "t", **body})
        assert answer.state is State.FAILED
        assert answer.error is not None


@pytest.mark.parametrize("word", FACTS["acedata_tasks"]["status_words"]["succeeded"])
def test_a_word_of_success_needs_a_picture(word: str) -> None:
    empty = read({"id": "t", "response": {"status": word}})
    assert empty.state is State.FAILED
    assert isinstance(empty.error, BadReply)
    assert empty.error.charged is Charged.UNKNOWN
    assert read({"id": "t", "response": {"data": {"status": word, "image_url": LINK}}}).state is State.DONE


def test_a_finished_task_says_why_it_has_no_picture() -> None:
    bare = read({"id": "t", "finished_at": 1, "response": {"success": False, "error": "it broke"}})
    assert bare.state is State.FAILED
    assert "it broke" in str(bare.error)
    filtered = read({"id": "t", "finished_at": 1, "response": {"success": True, "data": []}})
    assert isinstance(filtered.error, Refused)
    item = read({"id": "t", "response": {"success": True, "data": [{"error": {"code": "api_error", "message": "m"}}]}})
    assert isinstance(item.error, ServerFault)


def test_a_picture_that_was_drawn_is_handed_out_whatever_else_the_record_says() -> None:
    record = {
        "id": "t",
        "status": "failed",
        "response": {"success": False, "error": "x", "data": [{"image_url": LINK}]},
    }
    answer = read(record)
    assert answer.state is State.DONE
    assert answer.pictures[0].url == LINK
    assert answer.error is not None


def test_bare_words_are_no_end_but_an_error_status_is_an_answer_to_the_question() -> None:
    assert read({"success": False, "task_id": "t", "error": "temporary"}).state is State.ACCEPTED
    assert read({"success": False, "error": "no task"}).state is State.FAILED
    refused = read({"success": False, "task_id": "t", "error": "bad model"}, 400)
    assert (refused.state, refused.task) == (State.FAILED, "t")
    assert isinstance(refused.error, BadRequest)


def test_a_task_that_the_provider_has_lost_may_have_been_billed_and_is_not_asked_for_again() -> None:
    lost = read({"error": {"code": "not_found", "message": "no such task"}, "trace_id": "x"}, 404).error
    assert lost is not None
    assert (lost.charged, lost.retryable, lost.request_id) == (Charged.UNKNOWN, False, "x")


def test_a_batch_is_read_record_by_record() -> None:
    example = FACTS["response_examples"]["acedata_task_batch"]
    expected = {task: STATES[word] for task, word in example["expect"]["tasks"].items()}
    assert ACEDATA.read_batch(example["body"]) == expected
    assert ACEDATA.read_batch({"items": [None, 5, {"id": 7}, {}, {"id": "t"}]}) == {"t": State.PENDING}
    nothing: list[object] = [None, [], {"items": {}}, {"items": "x"}]
    for nonsense in nothing:
        assert ACEDATA.read_batch(nonsense) == {}


@pytest.mark.parametrize(
    ("body", "task"),
    [
        ({"task_id": "t", "success": True, "data": []}, "t"),
        ({"id": "t", "response": {}}, "t"),
        ({"response": {"task_id": "t"}, "id": "record"}, "t"),
        ({"success": False, "error": "x", "task_id": "t", "trace_id": "y"}, "t"),
        ({"task_id": 5, "id": None}, None),
        ([], None),
        (None, None),
    ],
)
def test_a_callback_only_names_its_task(body: object, task: str | None) -> None:
    assert ACEDATA.read_callback(body) == task


def test_questions_about_tasks_are_free_and_as_documented() -> None:
    single, batch = FACTS["request_examples"]["acedata_task_single"], FACTS["request_examples"]["acedata_task_batch"]
    assert ACEDATA.poll("<task_id>") == Call(single["path"], single["body"], paid=False)
    assert ACEDATA.poll_all(["<task_id>"]) == Call(batch["path"], batch["body"], paid=False)
    assert ACEDATA.tasks


def test_a_job_is_opened_as_a_task_and_a_callback_is_only_an_extra() -> None:
    call = ACEDATA.call(REQUEST)
    assert call.paid
    assert call.body["async"] is True
    assert call.body["callback_url"] == "https://bot.example.com/nudge/x"


def test_waiting_for_the_pictures_themselves_opens_no_task() -> None:
    waiting = AceData("a-key-that-nobody-may-see", catalogue=CATALOGUE, wait=True)
    assert not {"async", "callback_url"} & set(waiting.call(REQUEST).body)


def test_a_set_is_not_streamed_even_on_request() -> None:
    call = ACEDATA.call(ImageRequest(model="seedream-4.5", prompt="p", max_images=3, stream=True))
    assert "stream" not in call.body
    assert not call.streams
