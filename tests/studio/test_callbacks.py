"""A callback's address is made up by those who know the key, and what it wakes is the poll of that job alone."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.store.database import Database
from bot.studio import callbacks
from bot.studio.callbacks import Addresses
from bot.studio.job import Job, Origin, State, Who
from bot.studio.worker import Pace, Worker
from tests.databases import Hands
from tests.studio.scene import PATIENCE, Scene, open_scene

ADDRESSES = Addresses("https://bot.example/", "sk-a-key")


JOB = Job(7, "interaction:7", "imagine", None, Who(1), Origin("interaction:7"), {})


def token_of(address: str) -> str:
    return address.rpartition("/")[2]


def test_an_address_names_its_job_and_nobody_else_can_make_it_up() -> None:
    address = ADDRESSES.of(JOB)
    assert address.startswith("https://bot.example/callbacks/acedata/7-")
    token = token_of(address)
    assert ADDRESSES.job(token) == 7
    assert Addresses("https://elsewhere.example", "sk-a-key").job(token) == 7, "every process of the bot knows it"
    assert Addresses("https://bot.example", "sk-another-key").job(token) is None
    assert "sk-a-key" not in address


@pytest.mark.parametrize(
    "change", [lambda it: it.replace("7-", "8-"), lambda it: it[:-1], lambda it: it + "A", lambda it: "7-"]
)
def test_an_address_that_was_changed_is_nobodys(change: Callable[[str], str]) -> None:
    assert ADDRESSES.job(change(token_of(ADDRESSES.of(JOB)))) is None


@pytest.mark.parametrize(
    ("news", "read"),
    [
        ("callback 7 task-1", (7, "task-1")),
        ("callback 7", None),
        ("callback x task", None),
        ("callback 7 two words", None),
        ("jobs", None),
        ("cancel 7", None),
    ],
)
def test_only_whole_news_of_a_callback_are_read(news: str, read: Any) -> None:
    assert callbacks.heard(news) == read


async def never(seconds: float) -> None:
    """Whoever waits before a task is asked for waits until somebody wakes them."""
    await asyncio.Event().wait()


async def calling(scene: Scene) -> tuple[Worker, list[str]]:
    """A worker whose jobs carry an address, and the addresses that it gave away. Polls wait for a nudge."""
    given: list[str] = []

    def address(job: Job) -> str:
        given.append(ADDRESSES.of(job))
        return given[-1]

    worker = Worker(replace(scene.kit(), callback=address), Pace())
    scene.running[worker.id] = asyncio.create_task(worker.run())
    await asyncio.wait_for(worker.ready.wait(), PATIENCE)
    return worker, given


async def drawn(scene: Scene, job: Job) -> Job:
    """Wait until the task has a name here, and pictures there."""
    while (held := await scene.job(job)).task is None or not scene.pretend.billed:  # noqa: ASYNC110 - only rows tell
        await asyncio.sleep(0.005)
    return held


def sent_with(scene: Scene) -> list[object]:
    return [
        call.body.get("callback_url")
        for call in scene.pretend.calls
        if "images" in call.path and isinstance(call.body, dict)
    ]


async def test_a_provider_with_tasks_is_told_where_to_call_and_the_others_are_not(
    database: Database, hands: Hands, tmp_path: Path
) -> None:
    async with open_scene(database, hands, tmp_path, "byteplus", "acedata") as scene:
        scene.pretend.fail("code:AccountOverdueError", provider="byteplus")
        _, given = await calling(scene)
        job = await scene.accepted("a cat")
        ended = await scene.until(job)
        assert (ended.state, ended.provider) == (State.SETTLED, "acedata")
        assert sent_with(scene) == [None, given[0]]
        assert "callback" not in str(ended.request)


async def test_news_of_a_callback_wake_the_poll_of_that_job(database: Database, hands: Hands, tmp_path: Path) -> None:
    async with open_scene(database, hands, tmp_path, "acedata", sleep=never) as scene:
        await calling(scene)
        job = await scene.accepted("a cat")
        held = await drawn(scene, job)
        await callbacks.announce(database, job.id, "another-task")
        await callbacks.announce(database, job.id + 1, held.task or "")
        assert (await scene.job(job)).state is State.SENT
        await callbacks.announce(database, job.id, held.task or "")
        assert (await scene.until(job)).state is State.SETTLED
        assert len([call for call in scene.pretend.calls if "/tasks" in call.path]) == 1


@pytest.fixture
def shared(database: Database) -> Database:
    if not database.shared:
        pytest.skip("only one process works on an embedded database")
    return database


async def test_a_callback_that_reaches_another_process_wakes_the_one_that_holds_the_job(
    shared: Database,
    open_another: Callable[[], Awaitable[Database]],
    hands: Hands,
    tmp_path: Path,
) -> None:
    elsewhere = await open_another()
    async with open_scene(shared, hands, tmp_path, "acedata", sleep=never) as scene:
        await calling(scene)
        job = await scene.accepted("a cat")
        held = await drawn(scene, job)
        await callbacks.announce(elsewhere, job.id, held.task or "")
        assert (await scene.until(job)).state is State.SETTLED
