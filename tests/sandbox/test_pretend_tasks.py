"""AceData's tasks in the pretend server: opened at once, asked for in three shapes, told to a callback."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from sandbox.seedream import PretendSeedream

Ask = Callable[..., Awaitable[tuple[int, Mapping[str, str], Any]]]
Question = Callable[..., Awaitable[tuple[int, Any]]]

NOTHING: dict[str, Any] = {"model": ..., "prompt": ..., "watermark": ...}


@pytest.fixture
def question(ask: Ask) -> Question:
    async def put(**body: object) -> tuple[int, Any]:
        status, _, answer = await ask("acedata", path="/seedream/tasks", **(NOTHING | body))
        return status, answer

    return put


async def finished(question: Question, task: str) -> Any:
    """Ask until the task has ended."""
    for _ in range(200):
        status, answer = await question(id=task, action="retrieve")
        assert status == 200
        if "response" in answer or isinstance(answer.get("data"), list) or "image_url" in answer.get("data", {}):
            return answer
        await asyncio.sleep(0.01)
    raise AssertionError("the task does not end")


@pytest.mark.parametrize("shape", ["record", "flat", "status"])
async def test_a_task_is_accepted_at_once_and_told_in_its_shape(
    shape: str, ask: Ask, question: Question, pretend: PretendSeedream
) -> None:
    pretend.task_shape = shape
    status, _, body = await ask("acedata", **{"async": True})
    assert status == 200
    assert list(body) == ["task_id"]
    answer = await finished(question, body["task_id"])
    if shape == "record":
        assert answer["id"] == body["task_id"]
        assert answer["request"]["prompt"] == "a cat"
        answer = answer["response"]
    assert answer["success"] is True
    assert answer["task_id"] == body["task_id"]
    assert ("status" in answer["data"]) == (shape == "status")
    assert pretend.calls[0].billed == pretend.billed == 1


async def test_a_task_that_runs_is_pending(ask: Ask, question: Question) -> None:
    _, _, body = await ask("acedata", prompt="[[slow:30]]", **{"async": True})
    _, answer = await question(id=body["task_id"])
    assert "response" not in answer
    assert answer["id"] == body["task_id"]


async def test_a_running_task_has_a_status_word_in_that_shape(
    ask: Ask, question: Question, pretend: PretendSeedream
) -> None:
    pretend.task_shape = "status"
    _, _, body = await ask("acedata", prompt="[[slow:30]]", **{"async": True})
    assert (await question(id=body["task_id"]))[1]["data"] == {"status": "processing"}


async def test_several_tasks_can_be_asked_for_together(ask: Ask, question: Question) -> None:
    tasks = [(await ask("acedata", **{"async": True}))[2]["task_id"] for _ in range(2)]
    _, answer = await question(ids=[*tasks, "unknown"], action="retrieve_batch")
    assert answer["count"] == 2
    assert [item["id"] for item in answer["items"]] == tasks


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"id": "unknown"}, 404, "not_found"),
        ({}, 400, "bad_request"),
        ({"id": "a", "action": "delete"}, 400, "bad_request"),
        ({"id": "a", "trace_id": "b"}, 400, "bad_request"),
    ],
)
async def test_a_wrong_question_is_refused(body: dict[str, str], status: int, code: str, question: Question) -> None:
    answered, answer = await question(**body)
    assert (answered, answer["error"]["code"]) == (status, code)


async def test_a_refused_prompt_is_told_in_the_record(ask: Ask, question: Question, pretend: PretendSeedream) -> None:
    _, _, body = await ask("acedata", prompt="[[refuse]]", **{"async": True})
    answer = await finished(question, body["task_id"])
    assert answer["response"]["success"] is False
    assert answer["response"]["error"]["code"] == "forbidden"
    assert pretend.billed == 0


async def test_a_callback_is_called_with_the_answer(ask: Ask) -> None:
    told: asyncio.Queue[Any] = asyncio.Queue()

    async def callback(request: web.Request) -> web.Response:
        told.put_nowait(await request.json())
        return web.Response()

    app = web.Application()
    app.router.add_post("/told", callback)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    _, _, body = await ask("acedata", callback_url=f"http://127.0.0.1:{runner.addresses[0][1]}/told")
    answer = await asyncio.wait_for(told.get(), 10)
    assert answer["task_id"] == body["task_id"]
    assert answer["success"] is True
    await runner.cleanup()


@pytest.mark.parametrize("url", ["https://example.org/told", "http://127.0.0.1:9/told"])
async def test_a_callback_elsewhere_or_into_the_void_is_no_matter(url: str, ask: Ask, question: Question) -> None:
    _, _, body = await ask("acedata", callback_url=url)
    assert (await finished(question, body["task_id"]))["response"]["success"] is True


async def test_questions_fail_only_when_asked_to(ask: Ask, question: Question, pretend: PretendSeedream) -> None:
    _, _, body = await ask("acedata", **{"async": True})
    pretend.fail("P54")
    assert (await question(id=body["task_id"]))[0] == 200
    pretend.fail("P53", path="/seedream/tasks")
    assert (await question(id=body["task_id"]))[0] == 429
    assert (await ask("acedata"))[0] == 500


def test_there_are_three_shapes() -> None:
    with pytest.raises(ValueError, match="record, flat, status"):
        PretendSeedream().task_shape = "round"


@pytest.mark.parametrize("name", ["P41", "P15"])
async def test_a_fault_at_the_opening_of_a_task_spoils_only_its_number(
    name: str, ask: Ask, question: Question, pretend: PretendSeedream
) -> None:
    """The task runs all the same: whoever did not get its number pays for a picture that nobody asks for."""
    pretend.fail(name)
    if name == "P15":
        with pytest.raises(aiohttp.ClientPayloadError):
            await ask("acedata", **{"async": True})
    else:
        _, _, body = await ask("acedata", **{"async": True})
        await finished(question, body["task_id"])
        assert pretend.billed == 1


async def test_a_question_that_is_no_object_is_refused(pretend: PretendSeedream, http: aiohttp.ClientSession) -> None:
    url = f"{pretend.base_url('acedata')}/seedream/tasks"
    async with http.post(url, json=["t"], headers={"Authorization": f"Bearer {pretend.key}"}) as reply:
        assert (await reply.json())["error"]["code"] == "bad_request"
