"""AceData's tasks: opened by a request, asked for by id, told to a callback address when they end."""

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import aiohttp

from sandbox.seedream.dialects import Json, failure
from sandbox.seedream.problems import Problem

SHAPES = ("record", "flat", "status")


@dataclass(slots=True)
class Task:
    """One job and, once it has ended, the body that a waiting client would have got."""

    id: str
    trace: str
    created: float
    request: object
    callback_url: str = ""
    answer: Json | None = None


@dataclass(slots=True)
class Tasks:
    """All tasks by id. `shape` chooses which of the three documented records a question is answered with."""

    clock: Callable[[], float]
    shape: str = "record"
    _tasks: dict[str, Task] = field(default_factory=dict)
    _running: set[asyncio.Task[None]] = field(default_factory=set)

    def open(self, request: object, trace: str, callback_url: str) -> Task:
        """Write a new task down."""
        task = Task(str(uuid.uuid4()), trace, self.clock(), request, callback_url)
        self._tasks[task.id] = task
        return task

    def start(self, task: Task, work: Callable[[], Awaitable[Json]]) -> None:
        """Let a task run in the background."""
        running = asyncio.create_task(self._run(task, work))
        self._running.add(running)
        running.add_done_callback(self._running.discard)

    async def close(self) -> None:
        """Stop what still runs."""
        for running in list(self._running):
            running.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    async def _run(self, task: Task, work: Callable[[], Awaitable[Json]]) -> None:
        try:
            task.answer = await work()
        except Problem as problem:
            task.answer = failure("acedata", problem, task.trace)[1] | {"task_id": task.id}
        if task.callback_url.startswith(("http://127.0.0.1:", "http://127.0.0.1/")):
            await self._call_back(task.callback_url, task.answer)

    async def _call_back(self, url: str, answer: Json) -> None:
        try:
            async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5)) as session:
                await session.post(url, json=answer, allow_redirects=False)
        except (aiohttp.ClientError, TimeoutError):
            return  # a callback is tried once; whoever missed it asks for the task

    def ask(self, body: object) -> Json:
        """Answer a question of the tasks API."""
        if not isinstance(body, dict):
            raise Problem("bad_request", "the body is not a JSON object")
        action = body.get("action", "retrieve")
        if action == "retrieve" and isinstance(body.get("id"), str) and set(body) <= {"id", "action"}:
            return self._shaped(self._find(body["id"]))
        ids = body.get("ids")
        if action == "retrieve_batch" and isinstance(ids, list) and set(body) <= {"ids", "action"}:
            found = [self._tasks[id_] for id_ in ids if id_ in self._tasks]
            return {"items": [_record(task) for task in found], "count": len(found)}
        raise Problem("bad_request", "id with action retrieve, or ids with action retrieve_batch")

    def _find(self, task: str) -> Task:
        if task not in self._tasks:
            raise Problem("not_found", "the task does not exist")
        return self._tasks[task]

    def _shaped(self, task: Task) -> Json:
        if task.answer is None:
            waiting: Json = {"success": True, "task_id": task.id, "data": {"status": "processing"}}
            return waiting if self.shape == "status" else _record(task)
        if self.shape == "record" or not task.answer.get("success"):
            return _record(task)
        return task.answer if self.shape == "flat" else _status(task)


def _record(task: Task) -> Json:
    record: Json = {
        "id": task.id,
        "trace_id": task.trace,
        "type": "images",
        "created_at": round(task.created, 3),
        "request": task.request,
    }
    return record if task.answer is None else record | {"response": task.answer}


def _status(task: Task) -> Json:
    """The third record: one picture and a word for how the task stands."""
    answer = task.answer or {}
    data = answer.get("data")
    first = data[0] if isinstance(data, list) and data else {}
    model = task.request.get("model") if isinstance(task.request, dict) else None
    return {"success": True, "task_id": task.id, "data": {"status": "succeeded", "model": model, **first}}
