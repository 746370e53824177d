"""The benchmark at Discord as a person starts it, small; and what its figures are made of."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from bench.__main__ import main
from bench.bodies import MB
from bench.discord import goals
from bench.discord.cases import CASES, POSTGRESQL, SQLITE, Case, quick
from bench.discord.crowd import Crowd
from bench.discord.run import Theatre
from bench.discord.stage import OFF, Order
from bench.goals import Verdict, Weight
from bench.pipeline import Bench
from bench.road import Stub
from bot.config import load
from sandbox.discord import PretendDiscord

FIGURES = {"count", "ack_p50", "ack_p99", "ack_max", "took_p50", "took_p99", "gap", "beat", "peak", "cpu", "wall"}
FIGURES |= {"discord", "late", "errors", "provider", "waited", "uploads"}

IMAGINE = {"id": "1", "name": "imagine", "type": 1, "nsfw": False, "contexts": None, "integration_types": [0]}
IMAGINE |= {"options": [{"type": 3, "name": "prompt", "required": True}]}


@pytest.mark.timeout(120)
def test_a_quick_run_writes_a_table_and_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "out.json"
    assert main(["discord", "--quick", "--gate", "--json", str(file)]) == 0
    found = json.loads(file.read_text(encoding="utf-8"))
    assert set(found["results"]) == {"1/sqlite", "20/sqlite"}
    for [result] in found["results"].values():
        assert result.keys() == FIGURES
        assert result["errors"] == 0
        assert result["uploads"] == result["count"]
        assert 0 < result["ack_p50"] <= result["ack_max"] < result["took_p50"]
        assert 0.3 < result["took_p50"] <= result["took_p99"] <= result["wall"]
        assert result["gap"] > result["beat"] * 0.9
        assert result["cpu"] > 0
        assert result["peak"] > 10 * MB
    assert found["results"]["20/sqlite"][0]["count"] == 10
    printed = capsys.readouterr()
    assert "20 people: picture, p99" in printed.out
    assert "PARALLEL_JOBS" in printed.out
    assert "round 1 of 1: 20, sqlite" in printed.err


async def test_a_crowd_that_gets_nothing_is_not_waited_for_for_ever() -> None:
    async with PretendDiscord() as discord:
        discord.world.commands[0][1] = IMAGINE
        guild = discord.guild()
        channel = discord.channel(guild)
        crowd = Crowd(discord, 100)
        people = [discord.person(name, guild, channel).user for name in ("ada", "bob")]
        asked, complete = await crowd.press(crowd.presses(people, channel), channel, 0.01)
        assert not complete
        assert crowd.delivered == {}
        assert [it.user.name for it in asked] == ["ada", "bob"]


async def test_nothing_limits_anybody(tmp_path: Path) -> None:
    async with PretendDiscord() as discord:
        order = Order(CASES[0], "http://127.0.0.1:9", "", str(tmp_path))
        settings = load(None, order.settings(discord))
    assert settings.warnings == ()
    assert settings.route == ("byteplus",)
    assert all(getattr(settings, name.lower()) == 0 for name in OFF)


def test_without_postgresql_its_lines_say_so(tmp_path: Path) -> None:
    theatre = Theatre(Bench(Stub(""), Stub(""), tmp_path, 0), None)
    assert theatre.has(SQLITE)
    assert not theatre.has(POSTGRESQL)
    [goal] = [goal for goal in goals.GOALS if goal.what == "20 people, PostgreSQL: errors"]
    assert goal.verdict(goal.spread({})) is Verdict.ABSENT


def test_every_goal_needs_what_some_case_measures() -> None:
    result = dict.fromkeys(FIGURES, 1.0)
    measured = {f"{case.name}/{engine}" for case in CASES for engine in case.engines}
    assert {need for goal in goals.GOALS for need in goal.needs} == measured
    assert all(goal.spread({need: [result] for need in goal.needs}) for goal in goals.GOALS)
    assert {goal.key for goal in goals.GOALS} == {case.name for case in CASES}
    gated = {goal.what.rpartition(": ")[2] for goal in goals.GOALS if goal.weight is Weight.GATE}
    assert gated == {"uploads of a picture", "errors"}


def test_only_what_a_goal_needs_is_measured() -> None:
    found, cases = goals.wanted(["100"])
    assert {goal.key for goal in found} == {"100"}
    assert [case.name for case in cases] == ["100"]
    assert goals.wanted([]) == (list(goals.GOALS), list(CASES))


def test_an_order_survives_the_way_to_its_process() -> None:
    for case in CASES:
        order = Order(case, "http://127.0.0.1:1", "postgresql://somewhere", "/folder")
        assert Order.read(str(order)) == order


def test_a_quick_case_is_never_larger() -> None:
    for case in CASES:
        small = quick(case)
        assert small.jobs <= 10
        assert small.wish.delay < case.wish.delay
        assert replace(small, engines=()) == replace(quick(small), engines=(), wish=small.wish)
    assert Case("x", 3, times=2).jobs == 6
