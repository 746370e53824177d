"""The whole benchmark as a person starts it, small: everything runs and fits together; no figure is looked at."""

import json
from pathlib import Path

import pytest

from bench import pipeline
from bench.__main__ import main
from bench.bodies import Wish
from bench.cases import Case


def test_a_quick_run_writes_a_table_and_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "out.json"
    assert main(["pipeline", "--quick", "--only", "G1", "--json", str(file)]) == 0
    found = json.loads(file.read_text(encoding="utf-8"))
    assert {entry["goal"] for entry in found["goals"]} == {"G1"}
    assert found["quick"] is True
    assert found["results"]["whole/ours"][0]["count"] == 12
    assert found["results"]["whole-b64/ours"][0]["count"] == 12
    for mode in ("floor", "naive", "ours"):
        [result] = found["results"][f"transfer/{mode}"]
        assert result["bytes"] == result["count"] * 8_000_000 > 0
        assert result["cpu"] > 0
    printed = capsys.readouterr()
    assert "transfer, CPU ÷ naive" in printed.out
    assert "round 1 of 1: transfer" in printed.err


def test_an_unknown_goal_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["pipeline", "--only", "G1,G99"]) == 2
    assert "G99" in capsys.readouterr().err


def test_without_a_command_it_explains_itself(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main([])
    assert stopped.value.code == 2
    assert "pipeline" in capsys.readouterr().err


async def test_a_process_that_ends_badly_is_told_with_its_words(tmp_path: Path) -> None:
    async with pipeline.start(tmp_path, side=16) as bench:
        with pytest.raises(pipeline.Failed, match="nobody"):
            await bench.measure(Case("x", "transfer", ("nobody",), Wish(), 1), "nobody")


async def test_rounds_repeat_everything_that_is_not_too_dear(tmp_path: Path) -> None:
    again = Case("x", "transfer", ("floor",), Wish(size=1000), 1)
    once = Case("y", "generate", ("naive",), Wish(size=1000), 1, once=True)
    told: list[str] = []
    async with pipeline.start(tmp_path, side=16) as bench:
        results = await pipeline.rounds(bench, [again, once], 2, told.append)
    assert {name: len(entries) for name, entries in results.items()} == {"x/floor": 2, "y/naive": 1}
    assert told == ["round 1 of 2: x", "round 1 of 2: y", "round 2 of 2: x"]
