"""The benchmark of the queue as a person starts it, small; and the mathematics of its figures."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from bench.__main__ import main
from bench.goals import Verdict, Weight
from bench.queue import goals, places, run
from bench.queue.actor import Order
from bench.queue.cases import CASES, FULL, MODES, POSTGRESQL, SQLITE, Case, Mode, quick
from bench.queue.rows import Size

RESULT = {"cpu": 1.0, "wall": 1.0, "rss": 1e6, "processes": 1.0, "count": 1.0, "server": 1.0, "took_p50": 1.0}
RESULT |= {"took_p99": 1.0, "jain": 1.0, "last_first": 1.0, "ideal": 1.0}
RESULT |= {"claims_p50": 1.0, "submits_p50": 1.0, "tails_p50": 1.0}


@pytest.mark.timeout(180)
def test_a_quick_run_writes_a_table_and_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "out.json"
    assert main(["queue", "--quick", "--only", "claim,fair", "--json", str(file)]) == 0
    found = json.loads(file.read_text(encoding="utf-8"))
    assert {entry["goal"] for entry in found["goals"]} == {"claim", "fair"}
    assert not {entry["verdict"] for entry in found["goals"]} & {"not measured"}
    for name in ("fair/sqlite/empty", "fair/postgresql-3/full"):
        [result] = found["results"][name]
        assert result["wall"] >= result["ideal"] > 0
        assert 0 < result["jain"] <= 1
        assert result["cpu"] > 0
    [several] = found["results"]["fair/postgresql-3/full"]
    assert several["processes"] == 3
    assert several["server"] > 0
    assert found["results"]["claim/sqlite/finished"][0]["claims_p50"] > 0
    printed = capsys.readouterr()
    assert "SQLite: time ÷ ideal" in printed.out
    assert "are 2,000 jobs" in printed.out
    assert "round 1 of 1: fair" in printed.err


def test_without_postgresql_its_lines_say_so(tmp_path: Path) -> None:
    found = places.Places(tmp_path, None, Size())
    assert [mode for mode in MODES if found.has(mode)] == [Mode(SQLITE), Mode(SQLITE, FULL)]
    [goal] = [goal for goal in goals.GOALS if goal.what == "PostgreSQL: jobs per second"]
    assert goal.verdict(goal.spread({})) is Verdict.ABSENT


def test_every_goal_needs_what_some_case_measures() -> None:
    measured = {f"{case.name}/{mode.name}" for case in CASES for mode in case.modes}
    assert {need for goal in goals.GOALS for need in goal.needs} == measured
    assert all(goal.spread({need: [RESULT] for need in goal.needs}) for goal in goals.GOALS)
    assert {goal.key for goal in goals.GOALS} == {case.name for case in CASES}
    assert {goal.weight for goal in goals.GOALS if goal.limit is not None} == {Weight.GATE, Weight.JUDGE}


def test_only_what_a_goal_needs_is_measured() -> None:
    found, cases = goals.wanted(["idle"])
    assert {goal.key for goal in found} == {"idle"}
    assert [case.name for case in cases] == ["idle"]
    assert goals.wanted([]) == (list(goals.GOALS), list(CASES))


def test_an_order_survives_the_way_to_its_process() -> None:
    case = replace(CASES[1], modes=())
    order = Order(case, FULL, "postgresql://somewhere", "/folder", 1, 3)
    assert Order.read(str(order)) == order


@pytest.mark.parametrize("processes", [1, 3])
def test_places_and_jobs_are_shared_by_all_processes(processes: int) -> None:
    orders = [Order(CASES[-1], FULL, "", "", number, processes) for number in range(processes)]
    assert sum(order.slots for order in orders) == CASES[-1].slots
    assert sorted(number for order in orders for number in order.mine(10)) == list(range(10))


def test_equality_is_one_when_all_have_the_same_and_one_nth_when_one_has_everything() -> None:
    assert run.jain([3, 3, 3]) == 1
    assert run.jain([9, 0, 0]) == pytest.approx(1 / 3)
    assert run.jain([0, 0]) == 1


def test_a_start_in_one_process_is_compared_with_the_order_in_another() -> None:
    case = Case("fair", "fair", (Mode(POSTGRESQL),), jobs=4, users=2, slots=2, seconds=1.0)
    mine = {"cpu": 1.0, "wall": 3.0, "began": 10.0, "rss": 5, "asked": [[0, 10.0], [1, 10.0], [-1, 3.0]]}
    other = {"cpu": 2.0, "wall": 3.0, "began": 10.5, "rss": 7, "asked": [[2, 10.0], [3, 10.0]]}
    mine |= {"started": [[0, 10.1], [2, 11.2]], "delivered": [[0, 11.1], [2, 12.2]]}
    other |= {"started": [[1, 10.2], [3, 11.3]], "delivered": [[1, 11.2], [3, 12.3], [-1, 3.5]]}
    found = run.sum_up(case, [mine, other])
    assert found["cpu"] == 3
    assert found["rss"] == 7
    assert found["wall"] == pytest.approx(2.3)
    assert found["ideal"] == 2
    assert found["took_p50"] == pytest.approx(1.2)
    assert found["last_first"] == pytest.approx(0.2)
    assert found["jain"] == pytest.approx(0.5)  # at half time, 11.15, one of two users has a picture


def test_a_quick_case_is_small_and_takes_few_processes() -> None:
    small = [quick(case) for case in CASES]
    assert sum(mode.processes for case in small for mode in case.modes) <= 20
    assert all(case.jobs <= 24 and case.ideal <= 2 for case in small)
