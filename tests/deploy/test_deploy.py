"""The files for those who host the bot say what is true: units, dashboards, alerts, containers."""

import configparser
import json
import re
import shutil
import subprocess
import textwrap
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.config import Settings
from bot.terminal.endings import MISCONFIGURED
from tests.e2e.stage import Stage, open_stage
from tests.web.watching import watched

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
GRACE = int(Settings.model_fields["stop_grace_seconds"].default)
NAME = re.compile(r"\b(?:seedream|process)_[a-z_]+\b")


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with open_stage(tmp_path) as opened:
        yield opened


@pytest.fixture
def unit() -> dict[str, str]:
    """The [Service] part of the unit."""
    read = configparser.ConfigParser(strict=False, interpolation=None)
    read.optionxform = str  # type: ignore[assignment,method-assign]  # systemd minds upper and lower case
    read.read_string((DEPLOY / "seedream-bot.service").read_text())
    return dict(read["Service"])


def test_the_unit_gives_the_bot_its_grace_and_does_not_start_again_what_cannot(unit: dict[str, str]) -> None:
    assert int(unit["TimeoutStopSec"]) > GRACE + 10
    assert (unit["Restart"], int(unit["RestartPreventExitStatus"])) == ("on-failure", MISCONFIGURED)
    assert unit["KillMode"] == "mixed"
    for name, value in {"NoNewPrivileges": "yes", "ProtectSystem": "strict", "DynamicUser": "yes"}.items():
        assert unit[name] == value
    assert "@resources" not in unit["SystemCallFilter"], "those who decode pictures limit themselves"
    assert f"DATA_DIR=%S/{unit['StateDirectory']}" in unit["Environment"]


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="there is no systemd here to judge the unit")
def test_systemd_finds_nothing_wrong_with_the_unit_and_little_exposed(tmp_path: Path, unit: dict[str, str]) -> None:
    copy = tmp_path / "seedream-bot.service"
    program = unit["ExecStart"].split()[0]
    copy.write_text((DEPLOY / copy.name).read_text().replace(program, "/bin/true"))
    judged = subprocess.run(["systemd-analyze", "verify", copy], capture_output=True, text=True, check=False)
    assert (judged.returncode, judged.stderr.strip()) == (0, "")
    ask = ["systemd-analyze", "security", "--offline=true", "--threshold=20", str(copy)]
    judged = subprocess.run(ask, capture_output=True, text=True, check=False)
    assert judged.returncode == 0, judged.stdout[-300:]


def expressions() -> Iterator[tuple[str, str]]:
    """Everything that the dashboard and the alerts ask Prometheus for, with where it stands."""
    board: dict[str, Any] = json.loads((DEPLOY / "grafana-dashboard.json").read_text())
    for panel in board["panels"]:
        for target in panel.get("targets", ()):
            yield panel["title"], target["expr"]
    for line in re.findall(r"expr: (.*)", (DEPLOY / "seedream-alerts.yml").read_text()):
        yield "alerts", line


async def test_the_dashboard_and_the_alerts_ask_only_for_what_there_is_and_for_all_of_it(stage: Stage) -> None:
    async with watched(stage) as bot:
        await bot.ready()
        text = await bot.text()
    types = dict(re.findall(r"^# TYPE (\S+) (\S+)$", text, flags=re.MULTILINE))
    helped = set(re.findall(r"^# HELP (\S+) \S", text, flags=re.MULTILINE))
    assert set(types) == helped
    shown = {f"{name}_bucket" if kind == "histogram" else name for name, kind in types.items()}
    asked = {name for _, expression in expressions() for name in NAME.findall(expression)}
    assert asked <= shown
    assert {name for name in shown if name.startswith("seedream_")} <= asked


def test_the_dashboard_asks_only_for_labels_that_there_are() -> None:
    source = "".join(path.read_text() for path in (ROOT / "bot" / "web").glob("*.py"))
    known = {*re.findall(r'"([a-z_]+)"', source), "le", "instance", "job"}
    for where, expression in expressions():
        grouped = re.findall(r"by \(([^)]*)\)", expression)
        chosen = re.findall(r'([a-z]+)(?:=~|!=|=)"', expression)
        assert {*chosen, *(name.strip() for names in grouped for name in names.split(","))} <= known, where


def test_the_panels_of_the_dashboard_lie_beside_one_another() -> None:
    board = json.loads((DEPLOY / "grafana-dashboard.json").read_text())
    taken: dict[tuple[int, int], int] = {}
    assert len({panel["id"] for panel in board["panels"]}) == len(board["panels"])
    for panel in board["panels"]:
        place = panel["gridPos"]
        assert place["x"] + place["w"] <= 24
        for x in range(place["x"], place["x"] + place["w"]):
            for y in range(place["y"], place["y"] + place["h"]):
                assert taken.setdefault((x, y), panel["id"]) == panel["id"], panel["title"]
        assert all(target["datasource"]["uid"] == "${datasource}" for target in panel.get("targets", ()))


def entrypoint() -> str:
    """What the database's container runs first, as a shell sees it."""
    found = re.search(r"entrypoint:\n +- sh\n +- -c\n +- \|\n(.*?)\n    healthcheck:", compose(), flags=re.DOTALL)
    assert found is not None
    return textwrap.dedent(found[1]).replace("$$", "$")


def compose() -> str:
    return (ROOT / "compose.yaml").read_text()


@pytest.mark.parametrize(
    ("password", "code", "said"),
    [
        ("", 78, "POSTGRES_PASSWORD is not set. Put one of letters and digits into .env"),
        ("p@ss/word", 78, "POSTGRES_PASSWORD has characters that an address cannot hold"),
        ("0123456789abcdef", 0, "postgres starts"),
    ],
)
def test_a_database_without_a_usable_password_says_so_before_it_starts(
    tmp_path: Path, password: str, code: int, said: str
) -> None:
    server = tmp_path / "docker-entrypoint.sh"
    server.write_text('#!/bin/sh\necho "$1 starts"\n')
    server.chmod(0o755)
    env = {"PATH": f"{tmp_path}:/usr/bin:/bin", "POSTGRES_PASSWORD": password}
    ended = subprocess.run(["sh", "-c", entrypoint()], env=env, capture_output=True, text=True, check=False)
    assert ended.returncode == code
    assert said in ended.stdout + ended.stderr
    assert not password or password not in ended.stdout + ended.stderr


def test_the_database_of_compose_comes_only_when_asked_for_and_before_the_bot() -> None:
    for line in ("profiles: [postgres]", "condition: service_healthy", "required: false", '"pg_isready"'):
        assert line in compose()
    assert "DATABASE_URL: ${DATABASE_URL:-${POSTGRES_PASSWORD:+postgresql://seedream:" in compose()
    assert 'CMD ["seedream-bot", "health"]' in (ROOT / "Dockerfile").read_text()
