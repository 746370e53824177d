"""Everybody moves on by the same number of pictures, times their weight, whatever the others do."""

import asyncio
import itertools
import shutil
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.store.database import Database, Transaction
from bot.store.open import open_database
from bot.studio.cancel import cancel_waiting
from bot.studio.job import State
from bot.studio.leases import register, release
from bot.studio.queue import Capacity, claim, put
from bot.studio.steps import sent
from tests.databases import Hands
from tests.studio.making import NO_LIMIT, PROVIDER, look, new_job, put_job, start_worker, take, worker

Move = tuple[int, int] | None  # a user puts a job of so many images; None: the next one is claimed

SIZES = (1, 1, 1, 2, 4, 15)
WEIGHTS = (1.0, 1.0, 2.0, 0.5, 4.0)  # shares that are exact, so that equals stay equal


class Scales:
    """How far apart two users have moved while both had jobs waiting all the time."""

    def __init__(self, weights: Sequence[float]) -> None:
        self.weights = weights
        self.waiting: dict[int, int] = defaultdict(int)
        self.biggest: dict[int, int] = defaultdict(int)
        self.ahead: dict[tuple[int, int], list[float]] = {}

    def put(self, user: int, images: int) -> None:
        self.waiting[user] += 1
        self.biggest[user] = max(self.biggest[user], images)

    def claim(self, user: int, images: int) -> None:
        for pair in itertools.combinations(sorted(user for user, count in self.waiting.items() if count), 2):
            path = self.ahead.setdefault(pair, [0.0])
            if user in pair:
                step = images / self.weights[user]
                path.append(path[-1] + (step if user == pair[0] else -step))
        self.waiting[user] -= 1
        if not self.waiting[user]:
            self.judge([pair for pair in self.ahead if user in pair])

    def judge(self, pairs: Iterable[tuple[int, int]]) -> None:
        """Over no stretch of time may one of them gain more than one job of each."""
        for pair in pairs:
            path = self.ahead.pop(pair)
            allowed = sum(self.biggest[user] / self.weights[user] for user in pair)
            assert max(path) - min(path) <= allowed + 1e-6, pair


def play(tx: Transaction, moves: Sequence[Move], weights: Sequence[float]) -> None:
    """All moves in one transaction, and then the queue is emptied."""
    register(tx, worker(), 1e9)
    scales = Scales(weights)
    for move in moves:
        if move is not None:
            scales.put(*move)
            put(tx, new_job(*move, weight=weights[move[0]]))
        elif (job := claim(tx, "w", {}, NO_LIMIT).job) is not None:
            scales.claim(job.who.user, job.images)
    while (job := claim(tx, "w", {}, NO_LIMIT).job) is not None:
        scales.claim(job.who.user, job.images)
    assert not any(scales.waiting.values())


@st.composite
def games(draw: st.DrawFn) -> tuple[list[Move], list[float]]:
    users = draw(st.integers(2, 50))
    job = st.tuples(st.integers(0, users - 1), st.sampled_from(SIZES))
    moves = draw(st.lists(job | job | st.none(), max_size=80))
    return moves, draw(st.lists(st.sampled_from(WEIGHTS), min_size=users, max_size=users))


@settings(max_examples=40, deadline=None)
@given(game=games())
def test_nobody_gains_more_than_a_job_on_anybody(ready_file: Path, game: tuple[list[Move], list[float]]) -> None:
    async def run() -> None:
        with tempfile.TemporaryDirectory() as folder:
            shutil.copy(ready_file, folder)
            async with open_database("", Path(folder), Hands()) as database:
                await database.write(lambda tx: play(tx, *game))

    asyncio.run(run())


@pytest.mark.parametrize("users", [2, 10, 50])
async def test_nobody_gains_more_than_a_job_on_anybody_on_either_engine(database: Database, users: int) -> None:
    random = Random(users)
    moves: list[Move] = [
        (random.randrange(users), random.choice(SIZES)) if random.random() < 0.7 else None for _ in range(150)
    ]
    weights = [random.choice(WEIGHTS) for _ in range(users)]
    await database.write(lambda tx: play(tx, moves, weights))


async def users_in_turn(database: Database, most: int = 1000) -> list[int]:
    """Whose jobs are claimed, one after the other."""
    users: list[int] = []
    while len(users) < most and (job := (await look(database)).job) is not None:
        users.append(job.who.user)
    return users


async def test_people_take_turns_however_the_jobs_came(database: Database) -> None:
    await start_worker(database)
    for user in (1, 1, 1, 1, 2, 2, 3):
        await put_job(database, user)
    assert await users_in_turn(database) == [1, 2, 3, 1, 2, 1, 1]


async def test_a_weight_is_a_share(database: Database) -> None:
    await start_worker(database)
    for _ in range(30):
        await put_job(database, 1, weight=1.0)
        await put_job(database, 2, weight=2.0)
    turns = await users_in_turn(database, 30)
    assert turns.count(2) == 20


async def test_pictures_count_and_not_jobs(database: Database) -> None:
    await start_worker(database)
    for _ in range(3):
        await put_job(database, 1, 10)
    for _ in range(30):
        await put_job(database, 2, 1)
    turns = await users_in_turn(database)
    assert turns == [1, *[2] * 10, 1, *[2] * 10, 1, *[2] * 10]


async def test_who_was_idle_has_gained_nothing(database: Database) -> None:
    await start_worker(database)
    await put_job(database, 2)
    for _ in range(20):
        await put_job(database, 1)
    await users_in_turn(database)
    for _ in range(4):
        await put_job(database, 1)
    for _ in range(4):
        await put_job(database, 2)
    assert await users_in_turn(database) in ([1, 2] * 4, [2, 1] * 4)


async def test_a_heavy_user_starves_nobody(database: Database) -> None:
    await start_worker(database)
    for _ in range(200):
        await put_job(database, 1, at_once=0)
    assert await users_in_turn(database, 5) == [1] * 5
    for newcomer in range(2, 6):
        await put_job(database, newcomer)
        assert newcomer in await users_in_turn(database, 2)
        await put_job(database, 1, 15)


async def test_whoever_comes_to_a_line_that_is_held_up_stands_behind_nobodys_heap(database: Database) -> None:
    """What went on elsewhere meanwhile is no debt of theirs."""
    await start_worker(database)
    for _ in range(20):
        await put_job(database, 1)
    for _ in range(50):
        await put_job(database, 9, provider="fal")
    held_up = {PROVIDER: Capacity(at_once=2)}
    while (await look(database, "w", held_up)).job is not None:
        pass
    await put_job(database, 2)
    assert 2 in await users_in_turn(database, 2)


async def test_a_line_that_was_empty_starts_level_with_the_others(database: Database) -> None:
    await start_worker(database)
    for _ in range(40):
        await put_job(database, 1)
    await users_in_turn(database, 30)
    for _ in range(10):
        await put_job(database, 2, provider="fal")
    turns = await users_in_turn(database, 10)
    assert 4 <= turns.count(1) <= 6


async def test_people_who_come_to_an_empty_line_are_level_with_one_another(database: Database) -> None:
    await start_worker(database)
    for _ in range(30):
        await put_job(database, 1)
    await users_in_turn(database)
    for user in (2, 2, 2, 3, 3, 3):
        await put_job(database, user, provider="fal")
    assert await users_in_turn(database) == [2, 3] * 3


async def test_a_line_where_only_begun_jobs_wait_counts_as_empty(database: Database) -> None:
    await start_worker(database)
    await put_job(database, 9, provider="fal")
    held = await take(database)
    begun = await database.write(lambda tx: sent(tx, held, "w", "fal"))
    for _ in range(40):
        await put_job(database, 1)
    await users_in_turn(database, 30)
    await database.write(lambda tx: release(tx, begun, "w", ready_at=tx.now))
    for _ in range(10):
        await put_job(database, 2, provider="fal")
    turns = await users_in_turn(database, 11)
    assert turns[0] == 9
    assert 4 <= turns.count(1) <= 6


@settings(max_examples=25, deadline=None)
@given(game=games(), gone=st.integers(0, 79))
def test_after_a_cancel_the_rest_come_as_if_it_had_never_been(
    ready_file: Path, game: tuple[list[Move], list[float]], gone: int
) -> None:
    moves = [move for move in game[0] if move is not None]
    if not moves:
        return
    gone %= len(moves)

    def turns(tx: Transaction, *, cancelled: bool) -> list[str]:
        register(tx, worker(), 1e9)
        numbers = {}
        for number, (user, images) in enumerate(moves):
            if cancelled or number != gone:
                numbers[number] = put(tx, new_job(user, images, weight=game[1][user], key=str(number))).id
        if cancelled:
            assert cancel_waiting(tx, numbers[gone]) is not None
        last = moves[gone][0]
        put(tx, new_job(last, 1, weight=game[1][last], key="afterwards"))
        found = []
        while (job := claim(tx, "w", {}, NO_LIMIT).job) is not None:
            found.append(job)
        return [job.key for job in found if job.state is State.RUNNING]

    async def run(*, cancelled: bool) -> list[str]:
        with tempfile.TemporaryDirectory() as folder:
            shutil.copy(ready_file, folder)
            async with open_database("", Path(folder), Hands()) as database:
                return await database.write(lambda tx: turns(tx, cancelled=cancelled))

    assert asyncio.run(run(cancelled=True)) == asyncio.run(run(cancelled=False))
