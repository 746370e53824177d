"""The mathematics of the report, and the instruments."""

import asyncio
import json
import os
import sys

import pytest

from bench.cases import CASES
from bench.goals import GOALS, Goal, Results, Verdict, Weight, wanted
from bench.measure import Figures, Spread, all_cpu, children, cpu, measured, memory, pin, share
from bench.pipeline import possible
from bench.report import document, missed, number, table

RESULTS: Results = {
    "a/ours": [{"cpu": 1.0}, {"cpu": 2.0}, {"cpu": 9.0}],
    "a/naive": [{"cpu": 2.0}, {"cpu": 2.0}, {"cpu": 10.0}],
    "once/ours": [{"cpu": 5.0}],
}


def goal(limit: float | None = 0.6, *, least: bool = False, weight: Weight = Weight.GATE) -> Goal:
    return Goal(
        "G1", "ours ÷ naive", ("a/ours", "a/naive"), lambda of: of["a/ours"]["cpu"] / of["a/naive"]["cpu"], limit,
        weight, least,
    )  # fmt: skip


def test_ratios_are_taken_inside_each_round() -> None:
    assert goal().spread(RESULTS) == Spread(0.9, 0.5, 1.0)


@pytest.mark.parametrize(
    ("judged", "verdict"),
    [
        (goal(0.9), Verdict.MET),
        (goal(0.89), Verdict.MISSED),
        (goal(0.9, least=True), Verdict.MET),
        (goal(0.91, least=True), Verdict.MISSED),
        (goal(None), Verdict.TOLD),
        (goal(0.1, weight=Weight.REPORT), Verdict.TOLD),
    ],
)
def test_the_median_is_judged(judged: Goal, verdict: Verdict) -> None:
    assert judged.verdict(judged.spread(RESULTS)) is verdict


def test_what_was_measured_once_counts_for_one_round() -> None:
    both = Goal("G1", "", ("a/ours", "once/ours"), lambda of: of["a/ours"]["cpu"] + of["once/ours"]["cpu"])
    assert both.spread(RESULTS) == Spread(6.0, 6.0, 6.0)


def test_what_was_not_measured_is_not_judged() -> None:
    absent = Goal("G8", "", ("sdk/ours",), lambda of: 1 / 0, 1.0)
    assert absent.spread(RESULTS) is None
    assert absent.verdict(None) is Verdict.ABSENT
    assert missed([absent], RESULTS) == []


def test_only_gates_can_fail_a_gate() -> None:
    judged = [goal(0.1), goal(0.1, weight=Weight.JUDGE), goal(0.1, weight=Weight.REPORT), goal(2.0)]
    assert missed(judged, RESULTS) == judged[:1]


def test_the_table_and_the_document_say_the_same() -> None:
    goals = [goal(), Goal("G8", "with an SDK", ("sdk/ours",), lambda of: 1.0, 3.0, least=True)]
    lines = table(goals, RESULTS).splitlines()
    assert lines[2].split() == ["G1", "ours", "÷", "naive", "0.90", "0.50–1.00", "≤", "0.6", "missed"]
    assert lines[3].split() == ["G8", "with", "an", "SDK", "≥", "3", "not", "measured"]
    found = json.loads(json.dumps(document(goals, RESULTS, rounds=3, quick=False)))
    assert [entry["verdict"] for entry in found["goals"]] == ["missed", "not measured"]
    assert found["goals"][0]["median"] == 0.9
    assert found["results"]["a/ours"][1] == {"cpu": 2.0}


@pytest.mark.parametrize(("value", "text"), [(0.123, "0.12"), (12.34, "12.3"), (123.4, "123"), (-50.0, "-50.0")])
def test_numbers_have_as_many_digits_as_mean_something(value: float, text: str) -> None:
    assert number(value) == text


def test_every_goal_needs_what_some_case_measures() -> None:
    measured_names = {f"{case.name}/{mode}" for case in CASES for mode in case.modes}
    assert {need for goal in GOALS for need in goal.needs} <= measured_names
    result = {"cpu": 1.0, "wall": 1.0, "bytes": 1e6, "count": 1.0, "peak": 1.0, "growth": 1.0, "workers": 1.0}
    result |= {"late_p99": 1.0, "late_p999": 1.0, "late_max": 1.0, "took_p50": 1.0, "took_p99": 1.0, "stub": 1.0}
    assert all(goal.spread({name: [result] for name in goal.needs}) for goal in GOALS)


def test_all_ten_goals_are_there() -> None:
    assert {goal.key for goal in GOALS} == {*(f"G{number}" for number in range(1, 11)), "path"}


def test_only_what_a_goal_needs_is_measured() -> None:
    goals, cases = wanted(["G9"])
    assert {goal.key for goal in goals} == {"G9"}
    assert [case.name for case in cases] == ["whole", "whole-b64", "paced"]
    assert wanted([]) == (list(GOALS), list(CASES))


def test_a_case_that_needs_more_memory_than_there_is_stays_out() -> None:
    fits = [case for case in CASES if not case.memory]
    assert all(map(possible, fits))
    assert not possible(CASES[0].of(CASES[0].plain() | {"memory": 1 << 60}))


def test_a_share_is_the_value_that_so_many_do_not_exceed() -> None:
    assert share(range(100), 0.5) == 50
    assert share(range(100), 0.99) == 99
    assert share([7], 0.999) == 7


async def test_memory_that_is_held_and_let_go_is_a_peak_and_no_growth() -> None:
    async with measured(tick=0.001) as figures:
        held = bytearray(64 << 20)
        held[::4096] = b"x" * len(held[::4096])
        await asyncio.sleep(0.01)
        del held
    assert figures.peak > 60 << 20
    assert figures.growth < 32 << 20
    assert figures.late
    assert figures.cpu > 0


async def test_children_are_found_and_their_memory_and_time_counted() -> None:
    code = "import sys; data = b'x' * (40 << 20); sum(range(2_000_000)); print(flush=True); sys.stdin.read()"
    spent = all_cpu()
    pipe = asyncio.subprocess.PIPE
    child = await asyncio.create_subprocess_exec(sys.executable, "-c", code, stdin=pipe, stdout=pipe)
    assert child.stdin is not None
    assert child.stdout is not None
    await child.stdout.readline()
    async with measured(workers=True) as figures:
        await asyncio.sleep(0.03)
    assert child.pid in children()
    assert figures.workers > 40 << 20
    assert cpu(child.pid) > 0
    child.stdin.close()
    await child.wait()
    assert all_cpu() > spent
    assert (memory("VmHWM", child.pid), cpu(child.pid), children(child.pid)) == (0, 0.0, [])


def test_pinning_to_a_core_that_is_not_there_changes_nothing() -> None:
    before = os.sched_getaffinity(0)
    pin(4096)
    pin(-1)
    assert os.sched_getaffinity(0) == before


def test_figures_without_clock_and_jobs_have_no_percentiles() -> None:
    assert not {"late_p99", "took_p50"} & Figures().plain().keys()
