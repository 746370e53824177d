"""AceData Cloud: jobs are tasks that can be asked for again, the only safe wait that any provider offers."""

import time
from collections.abc import Callable, Mapping
from dataclasses import replace

from bot.seedream.catalogue import Catalogue
from bot.seedream.models import ImageRequest
from bot.seedream.providers.base import Answer, Call, State
from bot.seedream.providers.normalise import Source, normalise, stated, text
from bot.seedream.providers.openai_style import OpenAIStyle

TASKS = "/seedream/tasks"
# A word of success counts as an end too: without a picture it is a failure.
ENDED = frozenset(
    {"failed", "failure", "error", "cancelled", "canceled", "rejected"}
    | {"succeed", "succeeded", "success", "completed", "complete", "finished"}
)


class AceData(OpenAIStyle):
    """https://api.acedata.cloud; `wait` holds the connection until the pictures are there instead of opening a task."""

    name = "acedata"
    title = "AceData"
    default_base_url = "https://api.acedata.cloud"
    path = "/seedream/images"
    family = "acedata"
    tasks = True

    def __init__(
        self,
        key: str,
        base_url: str = "",
        *,
        catalogue: Catalogue,
        now: Callable[[], float] = time.time,
        wait: bool = False,
    ) -> None:
        super().__init__(key, base_url, catalogue=catalogue, now=now)
        self.wait = wait

    def call(self, request: ImageRequest) -> Call:
        body = dict(super().call(request).body)
        if self.wait:  # a callback address would open a task too
            return Call(self.path, body)
        callback = {"callback_url": request.callback_url} if request.callback_url else {}
        return Call(self.path, {**body, "async": True, **callback})

    def fields(self, request: ImageRequest) -> dict[str, object]:
        """As elsewhere, but never streamed: the field is documented, what comes back is not."""
        return {**super().fields(request), "stream": None}

    def poll(self, task: str) -> Call:
        return Call(TASKS, {"id": task, "action": "retrieve"}, paid=False)

    def poll_all(self, tasks: list[str]) -> Call:
        """The question how several tasks stand, for `read_batch`."""
        return Call(TASKS, {"ids": tasks, "action": "retrieve_batch"}, paid=False)

    def read(self, status: int, headers: Mapping[str, str], body: object) -> Answer:
        source = self.source(status, headers, body)
        if status >= 400 or not isinstance(body, Mapping):
            return replace(normalise(source, body), task=_task(body))
        return _read_record(source, body)

    def read_batch(self, body: object) -> dict[str, State]:
        """How each task of a batch stands; records that cannot be read are left out."""
        found = body.get("items") if isinstance(body, Mapping) else None
        records = [record for record in found if isinstance(record, Mapping)] if isinstance(found, list) else []
        answers = [_read_record(self.source(200), record) for record in records]
        return {answer.task: answer.state for answer in answers if answer.task}

    @staticmethod
    def read_callback(body: object) -> str | None:
        """The task that a callback is about. Nothing signs it, so it only says which task to ask for."""
        return _task(body)


def _task(body: object) -> str | None:
    """A task's id, wherever one of the documented shapes keeps it."""
    if not isinstance(body, Mapping):
        return None
    response = body.get("response")
    inner = response.get("task_id") if isinstance(response, Mapping) else None
    return text(body.get("task_id")) or text(inner) or text(body.get("id"))


def _read_record(source: Source, record: Mapping[str, object]) -> Answer:
    """A task record, or a plain answer, which is the same without the record around it."""
    response = record.get("response")
    inner: Mapping[str, object] = response if isinstance(response, Mapping) else {} if "response" in record else record
    task = _task(record)
    answer = replace(normalise(source, inner), task=task)
    if answer.pictures or task is None:
        return answer
    said = stated(source, inner) or stated(source, record)
    coded = bool(said and said.code) or any(failure.error.code for failure in answer.failures)
    if coded or _ended(record, inner):
        return replace(answer, error=said or answer.error)
    return Answer(State.PENDING if "id" in record else State.ACCEPTED, task=task, request_id=source.request_id)


def _ended(record: Mapping[str, object], inner: Mapping[str, object]) -> bool:
    """Whether the record says that the task is over. Bare words of failure do not: it may still succeed."""
    data = inner.get("data")
    parts = [record, inner, data if isinstance(data, Mapping) else {}]
    words = {word.lower() for part in parts for key in ("status", "state") if (word := text(part.get(key)))}
    return any(part.get("finished_at") for part in parts) or bool(words & ENDED)
