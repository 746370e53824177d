"""What the doctor says of the settings, their file, the port and the versions."""

import socket
from pathlib import Path

import pytest

from bot.config.survey import survey
from bot.doctor.check import Result, examine
from bot.doctor.environment import Environment, judged

TOKEN = "MTIzNDU2Nzg5MDEyMzQ1Njc4.GabcdE.0123456789abcdefghijklmnopqrstuvwxyzAB"


async def examined(folder: Path, data: bytes | None = None, **given: str) -> dict[str, Result]:
    env_file = folder / ".env"
    if data is not None:
        env_file.write_bytes(data)
        env_file.chmod(0o600)
    environment = Environment(env_file, survey(env_file, {"DATA_DIR": str(folder)} | given))
    found = await examine([*environment.checks(), *environment.later_checks()])
    return {result.id: result for result in found}


async def test_settings_that_are_in_order(tmp_path: Path) -> None:
    found = await examined(tmp_path, f"DISCORD_TOKEN={TOKEN}\nLOG_LEVEL=INFO\n".encode())
    assert {result.state for result in found.values()} == {"ok"}
    assert found["env-file"].found == ".env has 2 settings, UTF-8"
    assert found["env-mode"].found == "nobody else (mode 600)"
    assert TOKEN not in str(found)


async def test_without_a_file_the_environment_has_to_have_it_all(tmp_path: Path) -> None:
    assert (await examined(tmp_path, DISCORD_TOKEN=TOKEN))["env-file"].state == "ok"
    found = (await examined(tmp_path))["env-file"]
    assert (found.state, found.found) == ("warn", "there is no .env")
    assert "seedream-bot run" in found.fix


@pytest.mark.parametrize(
    ("data", "state", "said"),
    [
        ("LOG_LEVEL=INFO\n".encode("utf-16"), "ok", "UTF-16"),
        (b"\xef\xbb\xbfLOG_LEVEL=INFO\n", "ok", "UTF-8"),
        (b"LOG_LEVEL=INFO\nX=\xff\xfe\xfd\n", "fail", "line 2: the text is not UTF-8"),
        (b"LOG_LEVEL: INFO\nLOG_FORMAT: json\n", "fail", "line 1: LOG_LEVEL is written with a colon, and 1 more"),
    ],
)
async def test_how_the_file_is_written(tmp_path: Path, data: bytes, state: str, said: str) -> None:
    found = (await examined(tmp_path, data))["env-file"]
    assert found.state == state
    assert said in found.found
    assert bool(found.fix) == (state == "fail")


async def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / ".env").mkdir()
    found = await examined(tmp_path)
    assert found["env-file"].state == "fail"
    assert "cannot be read" in found["env-file"].found


async def test_secrets_that_others_can_read(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("LOG_LEVEL=INFO\n")
    (tmp_path / ".env").chmod(0o644)
    found = (await examined(tmp_path))["env-mode"]
    assert found.state == "warn"
    assert found.fix.startswith("chmod 600 ")


async def test_settings_that_cannot_be_used_are_told_with_their_fixes_and_the_others_are_used(tmp_path: Path) -> None:
    found = (await examined(tmp_path, b"PARALLEL_JOBS=x\nLOG_LEVEL=loud\nUSER_JOBS_AT_ONCE=5\n"))["settings"]
    assert found.state == "fail"
    assert found.found.startswith("LOG_LEVEL (.env, line 2): is not one of") or "PARALLEL_JOBS (.env" in found.found
    assert "PARALLEL_JOBS=8" in found.fix
    surveyed = survey(tmp_path / ".env", {"GATEWAY_API_KEY": "sk-0123456789"})
    assert (surveyed.settings.user_jobs_at_once, surveyed.settings.parallel_jobs) == (5, 4)
    assert {problem.name for problem in surveyed.problems} == {"PARALLEL_JOBS", "LOG_LEVEL", "GATEWAY_BASE_URL"}
    assert surveyed.settings.route == ()


async def test_names_that_mean_nothing(tmp_path: Path) -> None:
    found = (await examined(tmp_path, b"LOG_LEVLE=INFO\n"))["unknown-settings"]
    assert found.state == "warn"
    assert "did you mean LOG_LEVEL?" in found.found


async def test_the_port(tmp_path: Path) -> None:
    assert (await examined(tmp_path))["http-port"].found == "off"
    found = (await examined(tmp_path, PUBLIC_URL="https://bot.example"))["http-port"]
    assert found.state == "warn"
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        found = (await examined(tmp_path, HTTP_PORT=port))["http-port"]
        assert found.state == "fail"
        assert f"127.0.0.1:{port} cannot be listened at" in found.found
        assert "HTTP_PORT" in found.fix
    assert (await examined(tmp_path, HTTP_PORT=port))["http-port"].found.endswith("is free")


def test_versions_that_are_too_old() -> None:
    assert judged((3, 11), (3, 45, 1)).state == "ok"
    assert "Python 3.11 or newer" in judged((3, 9), (3, 45, 1)).fix
    assert "PostgreSQL" in judged((3, 11), (3, 31, 0)).fix
