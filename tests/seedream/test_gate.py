"""The gate keeps order, pace and the breaker, on a clock that the test moves."""

import asyncio
from dataclasses import dataclass, field

import pytest

from bot.seedream.clock import Clock
from bot.seedream.errors import BadKey, BadRequest, SeedreamError, ServerFault, Unavailable
from bot.seedream.gate import Breaker, Gate, Limits


@dataclass
class Hands:
    """A clock whose sleepers wake at once, an hour later by its own reckoning."""

    time: float = 1000.0
    slept: list[float] = field(default_factory=list)

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.time += seconds
        await asyncio.sleep(0)

    def clock(self) -> Clock:
        return Clock(now=lambda: self.time, steady=lambda: self.time, sleep=self.sleep, chance=lambda: 0.0)


@pytest.fixture
def hands() -> Hands:
    return Hands()


async def fail(gate: Gate, error: SeedreamError) -> None:
    with pytest.raises(type(error)):
        async with gate.turn(1):
            raise error


async def test_no_more_calls_at_once_than_allowed_and_first_come_first_served(hands: Hands) -> None:
    gate = Gate("ark", Limits(calls_at_once=2), hands.clock())
    order: list[int] = []
    inside = most = 0
    doors = [asyncio.Event() for _ in range(6)]

    async def call(number: int) -> None:
        nonlocal inside, most
        async with gate.turn(1):
            order.append(number)
            inside += 1
            most = max(most, inside)
            await doors[number].wait()
            inside -= 1

    async with asyncio.TaskGroup() as group:
        for number in range(6):
            group.create_task(call(number))
        for number in range(6):
            await asyncio.sleep(0)
            doors[number].set()
    assert most == 2
    assert order == list(range(6))


async def test_a_waiting_call_that_is_cancelled_gives_its_place_away(hands: Hands) -> None:
    gate = Gate("ark", Limits(calls_at_once=1), hands.clock())
    holding, done = asyncio.Event(), asyncio.Event()

    async def hold() -> None:
        async with gate.turn(1):
            holding.set()
            await done.wait()

    async def want() -> str:
        async with gate.turn(1):
            return "in"

    first = asyncio.create_task(hold())
    await holding.wait()
    second, third = asyncio.create_task(want()), asyncio.create_task(want())
    await asyncio.sleep(0)
    second.cancel()
    await asyncio.sleep(0)
    done.set()
    assert await third == "in"
    await first
    assert second.cancelled()


async def test_a_place_handed_over_to_a_call_that_was_just_cancelled_is_not_lost(hands: Hands) -> None:
    gate = Gate("ark", Limits(calls_at_once=1), hands.clock())
    first = gate.turn(1)
    await first.__aenter__()

    async def want() -> None:
        async with gate.turn(1):
            pass

    second = asyncio.create_task(want())
    await asyncio.sleep(0)
    await first.__aexit__(None, None, None)  # hands the place to the second …
    second.cancel()  # … which goes away before it wakes
    await asyncio.gather(second, return_exceptions=True)
    await asyncio.wait_for(want(), 1)


async def test_pictures_per_minute_hold_back_what_exceeds_a_minute_of_them(hands: Hands) -> None:
    gate = Gate("ark", Limits(images_per_minute=30), hands.clock())
    assert gate.delay(30) == 0
    async with gate.turn(30):
        pass
    assert gate.delay(1) == pytest.approx(2.0)
    async with gate.turn(15):
        pass
    assert hands.slept == [pytest.approx(30.0)]


async def test_a_set_larger_than_a_minute_is_not_held_for_ever(hands: Hands) -> None:
    gate = Gate("ark", Limits(images_per_minute=5), hands.clock())
    assert gate.delay(15) == 0


async def test_a_gate_without_limits_never_waits(hands: Hands) -> None:
    gate = Gate("ark", Limits(), hands.clock())
    async with gate.turn(1000), gate.turn(1000):
        assert gate.delay(1000) == 0


async def test_the_breaker_opens_after_ten_failures_of_the_service_within_a_minute(hands: Hands) -> None:
    gate = Gate("ark", Limits(), hands.clock())
    for _ in range(10):
        await fail(gate, ServerFault("boom"))
    with pytest.raises(Unavailable) as caught:
        async with gate.turn(1):
            pytest.fail("the breaker let a call through")
    assert caught.value.provider == "ark"
    assert caught.value.retry_after == pytest.approx(30)


async def test_five_failures_of_the_account_are_enough(hands: Hands) -> None:
    gate = Gate("ark", Limits(), hands.clock())
    for _ in range(5):
        await fail(gate, BadKey("wrong"))
    assert gate.breaker.is_open


async def test_failures_spread_over_more_than_a_minute_do_not_open_it(hands: Hands) -> None:
    gate = Gate("ark", Limits(), hands.clock())
    for _ in range(20):
        await fail(gate, ServerFault("boom"))
        hands.time += 7
    assert not gate.breaker.is_open


async def test_a_refused_request_says_nothing_against_the_provider(hands: Hands) -> None:
    gate = Gate("ark", Limits(), hands.clock())
    for _ in range(9):
        await fail(gate, ServerFault("boom"))
    await fail(gate, BadRequest("size"))
    await fail(gate, ServerFault("boom"))
    assert not gate.breaker.is_open


async def test_half_open_lets_exactly_one_call_find_out(hands: Hands) -> None:
    breaker = Breaker(hands.clock())
    for _ in range(10):
        breaker.failed(ServerFault("boom"))
    hands.time += 30
    breaker.admit()
    for _ in range(50):
        with pytest.raises(Unavailable):
            breaker.admit()
    breaker.failed(ServerFault("still down"))
    with pytest.raises(Unavailable):
        breaker.admit()
    hands.time += 30
    breaker.admit()
    breaker.succeeded()
    breaker.admit()
    breaker.admit()


async def test_a_probe_whose_caller_goes_away_leaves_the_way_free_for_another(hands: Hands) -> None:
    gate = Gate("ark", Limits(), hands.clock())
    for _ in range(10):
        await fail(gate, ServerFault("boom"))
    hands.time += 31
    with pytest.raises(asyncio.CancelledError):
        async with gate.turn(1):
            raise asyncio.CancelledError
    async with gate.turn(1):
        pass
    assert not gate.breaker.is_open


async def test_vacancy_comes_with_the_end_of_a_running_call_or_with_time() -> None:
    gate = Gate("ark", Limits(), Clock())
    turn = gate.turn(1)
    await turn.__aenter__()
    waiting = asyncio.create_task(gate.vacancy(3600))
    await asyncio.sleep(0)
    assert not waiting.done()
    await turn.__aexit__(None, None, None)
    await asyncio.wait_for(waiting, 1)
    hands = Hands()
    await Gate("ark", Limits(), hands.clock()).vacancy(5)
    assert hands.slept == [5]
