"""Jumps of the wall clock change nothing, and a followed clock never goes backwards."""

import pytest

from bot.store.clock import Following, from_now_on, steady
from tests.databases import Hands


@pytest.mark.parametrize("jump", [3600.0, -3600.0, -1e9])
def test_a_jump_of_the_wall_clock_does_not_move_ours(jump: float) -> None:
    wall, passed = Hands(), Hands(5.0)
    clock = from_now_on(wall, passed)
    begin = clock()
    wall.move(jump)
    passed.move(2)
    assert clock() - begin == 2


def test_the_steady_clock_goes_on() -> None:
    assert steady() <= steady()


@pytest.fixture
def passed() -> Hands:
    return Hands(50.0)


def test_the_time_of_an_answer_is_that_of_the_middle_of_its_way(passed: Hands) -> None:
    clock = Following(passed)
    asked = passed()
    passed.move(2)
    clock.told(1000.0, asked)
    assert clock() == 1001.0
    passed.move(10)
    assert clock() == 1011.0


def test_a_clock_that_is_ahead_is_followed_at_once(passed: Hands) -> None:
    clock = Following(passed)
    clock.told(1000.0, passed())
    assert clock() == 1000.0
    clock.told(4600.0, passed())
    assert clock() == 4600.0


def test_a_clock_that_was_set_back_is_waited_for_at_half_speed(passed: Hands) -> None:
    clock = Following(passed)
    clock.told(1000.0, passed())
    assert clock() == 1000.0
    clock.told(900.0, passed())
    shown = [clock()]
    for _ in range(5):
        passed.move(60)
        shown.append(clock())
    assert shown == [1000.0, 1030.0, 1060.0, 1090.0, 1140.0, 1200.0]
