"""What the repository says about itself is true: its pages, its versions, its scripts and its containers."""

import re
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from bot import __version__
from bot.cli import cli
from bot.config import SECRETS, Settings, manual
from bot.redact import redact

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])
SCRIPTS = ["scripts/start", "scripts/test", "scripts/check", "scripts/setup", ".ci/run"]
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("page", "option", "made"),
    [(".env.example", "--example", manual.example()), ("docs/settings.md", "--markdown", manual.markdown())],
)
def test_the_pages_made_from_the_settings_are_current(page: str, option: str, made: str) -> None:
    assert text(page) == made
    assert CliRunner().invoke(cli, ["settings", option]).output == made


def test_every_setting_is_explained_with_an_example() -> None:
    found = {entry.name: entry for entry in manual.entries()}
    assert set(found) == {name.upper() for name in Settings.model_fields}
    assert all(entry.meaning and entry.example for entry in found.values())
    assert {entry.name.lower() for entry in found.values() if entry.secret} == set(SECRETS)


def test_the_example_file_with_every_line_uncommented_is_valid(tmp_path: Path) -> None:
    lines = re.sub(r"^# (?=[A-Z_]+=)", "", manual.example(), flags=re.MULTILINE)
    path = tmp_path / ".env"
    path.write_text(lines, encoding="utf-8")
    done = CliRunner().invoke(cli, ["--env-file", str(path), "settings"], env=dict.fromkeys(("LOG_LEVEL", "DATA_DIR")))
    assert done.exit_code == 0, done.output
    assert "The settings are fine" in done.output
    assert "Warning" not in done.output


def test_the_example_of_each_setting_is_valid_or_a_placeholder() -> None:
    given = {entry.name.lower(): entry.example for entry in manual.entries() if not entry.secret}
    given["data_dir"] = "data"
    assert Settings.model_validate(given).route == ()
    assert all("…" in entry.example for entry in manual.entries() if entry.secret)


def test_bad_settings_end_the_command_with_all_problems_and_warnings_do_not(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_text("HTTP_PORT=x\nLOG_LEVEL=y\n")
    bad = CliRunner().invoke(cli, ["--env-file", str(path), "settings"])
    assert bad.exit_code == 2
    assert "HTTP_PORT" in bad.stderr
    assert "LOG_LEVEL" in bad.stderr
    path.write_text("LOG_LEVLE=INFO\n")
    good = CliRunner().invoke(cli, ["--env-file", str(path), "settings"])
    assert good.exit_code == 0
    assert "Warning: LOG_LEVLE (.env, line 1): is not a setting of this bot; did you mean LOG_LEVEL?" in good.stderr


def test_the_version_is_the_same_everywhere() -> None:
    versions = re.findall(r"^## \[(\d[^\]]*)\]", text("CHANGELOG.md"), flags=re.MULTILINE)
    assert PROJECT["project"]["version"] == __version__ == versions[0]
    assert CliRunner().invoke(cli, ["--version"]).output.strip().endswith(__version__)


def test_the_pythons_that_we_name_are_the_pythons_that_are_tested() -> None:
    named = re.findall(r"Python :: (3\.\d+)", "\n".join(PROJECT["project"]["classifiers"]))
    tested = re.search(r"python: \[(.*)\]", text(".github/workflows/ci.yml"))
    assert tested is not None
    assert re.findall(r"3\.\d+", tested[1]) == named
    assert PROJECT["project"]["requires-python"] == f">={named[0]}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_file_that_a_page_names_is_there(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []
    commands = re.findall(r"(?:scripts|\.ci)/\w+", page.read_text(encoding="utf-8"))
    assert [command for command in commands if not (ROOT / command).exists()] == []


def test_every_command_that_the_readme_names_is_there() -> None:
    named = set(re.findall(r"seedream-bot (\w+)", text("README.md"))) - {"cd"}
    assert named <= set(cli.commands)


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_script_is_executable_and_stops_at_the_first_error(script: str) -> None:
    assert (ROOT / script).stat().st_mode & 0o111 == 0o111
    assert text(script).startswith("#!")
    assert re.search(r"^set -eu", text(script), flags=re.MULTILINE)
    shell = text(script).splitlines()[0].split("/")[-1].split()[-1]
    subprocess.run([shell, "-n", str(ROOT / script)], check=True)


def test_setup_says_clearly_that_there_is_no_python_new_enough(tmp_path: Path) -> None:
    (tmp_path / "scripts").mkdir()
    (tmp_path / "bin").mkdir()
    script = tmp_path / "scripts" / "setup"
    script.write_text(text("scripts/setup").replace("/usr/bin/python3 ", ""))
    old = tmp_path / "bin" / "python3"
    old.write_text('#!/bin/sh\ncase "$2" in *print*) echo "python3 is 3.10";; *) exit 1;; esac\n')
    for program in ("dirname", "sh", "sed", "cat", "cksum"):
        (tmp_path / "bin" / program).symlink_to(shutil.which(program) or program)
    script.chmod(0o755)
    old.chmod(0o755)
    path = {"PATH": str(tmp_path / "bin")}
    ended = subprocess.run([script], env=path, capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    assert "Python 3.11 or newer with its venv module is needed (python3 is 3.10)" in ended.stderr
    assert not (tmp_path / ".venv").exists()


def test_every_action_of_the_public_checks_is_pinned_to_a_commit() -> None:
    used = re.findall(r"uses: (\S+)", text(".github/workflows/ci.yml"))
    assert used
    assert all(re.fullmatch(r"[\w/-]+@[0-9a-f]{40}", action) for action in used)


def test_the_image_is_not_root_is_checked_and_can_be_stopped() -> None:
    last = text("Dockerfile").split("\nFROM ")[-1]
    for line in ("USER 10001", "HEALTHCHECK ", "STOPSIGNAL SIGTERM", 'ENTRYPOINT ["seedream-bot"]'):
        assert f"\n{line}" in last
    assert all(":" in image for image in re.findall(r"^FROM (\S+)", text("Dockerfile"), flags=re.MULTILINE))
    for hardening in ("read_only: true", "cap_drop: [ALL]", "no-new-privileges:true", "pids_limit:", "mem_limit:"):
        assert hardening in text("compose.yaml")
    grace = re.search(r"stop_grace_period: (\d+)s", text("compose.yaml"))
    assert grace is not None
    assert int(grace[1]) >= Settings.model_fields["stop_grace_seconds"].default + 10


def test_nothing_in_the_tree_but_its_tests_looks_like_a_secret_or_an_open_end() -> None:
    ours = [path for folder in ("bot", "docs", "scripts") for path in (ROOT / folder).rglob("*")]
    unfinished = re.compile(r"\b(?:TODO|FIXME|XXX)\b|/home/\w|/Users/\w")
    written = [path for path in ours if path.is_file() and path.suffix in {"", ".py", ".toml", ".md", ".json"}]
    for path in [*written, *PAGES, ROOT / ".env.example", ROOT / "compose.yaml", ROOT / "Dockerfile"]:
        for line in path.read_text(encoding="utf-8").splitlines():
            assert not unfinished.search(line), (path, line)
            assert redact(line) == line or re.search(r"…@|:password@|_PASSWORD\}@|HIDDEN|REDACTED", line), (path, line)
