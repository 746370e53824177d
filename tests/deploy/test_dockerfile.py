"""The image, made in a plain folder step by step as the Dockerfile says, and the bot that runs from there as nobody."""

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.config import Settings
from tests.deploy.dockerfile import Builder, Image, environment, instructions
from tests.e2e.stage import PATIENCE, Stage, open_stage
from tests.programs import Program, running
from tests.web.watching import Asked, free_port

ROOT = Path(__file__).resolve().parents[2]
NOBODY = 10001
GRACE = int(Settings.model_fields["stop_grace_seconds"].default)


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that every user of this machine can go to, as those of pytest are not."""
    place = Path(tempfile.mkdtemp(prefix="image"))
    place.chmod(0o755)
    yield place
    subprocess.run(["chmod", "-R", "u+w", place], check=True)
    shutil.rmtree(place)


def other_user() -> dict[str, Any]:
    """How to run something as nobody in particular; as ourselves where we may not choose."""
    return {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}


def interpreter() -> Path:
    """A Python that this user may run: our own may lie in somebody's home."""
    own = Path(sys.base_prefix) / "bin" / "python3"
    for candidate in (own, Path("/usr/bin/python3"), Path("/usr/local/bin/python3")):
        try:
            newer = "import sys; sys.exit(sys.version_info < (3, 11))"
            subprocess.run([candidate, "-c", newer], check=True, capture_output=True, cwd="/", **other_user())
        except (OSError, subprocess.CalledProcessError):
            continue
        return candidate
    pytest.skip("there is no Python 3.11 that another user of this machine may run")


def need_an_index(folder: Path) -> None:
    """Nothing can be installed without one: whichever the environment names."""
    if os.environ.get("UV_DEFAULT_INDEX") or os.environ.get("UV_OFFLINE"):
        return
    asked = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-cache-dir", "--retries", "0"]
    ended = subprocess.run([*asked, "--dest", folder, "idna"], capture_output=True, text=True, check=False)
    if ended.returncode:
        pytest.skip(f"the package index cannot be reached, so the image's packages cannot be installed: {ended.stderr}")


@asynccontextmanager
async def contained(image: Image, words: list[str], settings: dict[str, str]) -> AsyncIterator[Program]:
    """A process as a container of this image would start it, until the end of the context."""
    command = [str(image.place("/app/.venv/bin") / words[0]), *words[1:]]
    async with running(command, image.place(image.folder), environment(image, settings), **other_user()) as it:
        yield it


def take_away_writing(place: Path) -> None:
    subprocess.run(["chmod", "-R", "a-w", place], check=True)


def files(place: Path) -> dict[str, int]:
    return {str(path): path.lstat().st_mtime_ns for path in place.rglob("*")}


@pytest.mark.timeout(300)  # it installs everything
async def test_the_image_is_made_and_its_bot_draws_and_stops_as_nobody_on_a_read_only_root(
    folder: Path, tmp_path: Path
) -> None:
    await asyncio.to_thread(need_an_index, tmp_path)
    builder = Builder(ROOT, folder, interpreter())
    try:
        image = await asyncio.to_thread(builder.build)
    except subprocess.CalledProcessError as error:
        pytest.fail(f"a step of the Dockerfile failed: {error.cmd}\n{error.stdout}\n{error.stderr}")
    assert image.user == f"{NOBODY}:{NOBODY}"
    assert any(f"--uid {NOBODY}" in line for line in image.told if line.startswith("useradd"))
    assert "apt-get install --yes --no-install-recommends fonts-wqy-microhei" in image.told
    assert image.place("/usr/share/fonts/truetype/wqy/wqy-microhei.ttc").is_file()
    app, data = image.place("/app"), image.place("/data")
    assert not (app / "bot").exists(), "the image holds what was installed, not what it was made of"
    await asyncio.to_thread(take_away_writing, app)
    before = files(app)
    async with open_stage(data) as stage:
        await draws_and_stops(image, stage)
    assert files(app) == before
    owners = {path.stat().st_uid for path in data.rglob("*")}
    assert owners == {NOBODY if os.geteuid() == 0 else os.geteuid()}
    assert (data / "seedream.db").is_file()


async def draws_and_stops(image: Image, stage: Stage) -> None:
    """Somebody asks for a picture and has it; then the container is stopped."""
    settings = stage.environment(DATA_DIR=image.env["DATA_DIR"])
    port = str(free_port())
    async with contained(image, image.health, settings) as check:
        assert await check.end() == 0, check.said
    watched = settings | {"HTTP_PORT": port}
    async with (
        contained(image, [*image.entrypoint, *image.command], watched) as running,
        aiohttp.ClientSession() as http,
    ):
        await running.until("Working on up to")
        await Asked(int(port), http).ready()
        reply = await stage.ada.slash("imagine", prompt="a lighthouse")
        await reply.until(lambda message: message.files, PATIENCE)
        async with contained(image, image.health, watched) as check:
            assert await check.end() == 0, check.said
            assert "the event loop answers" in check.out
        running.process.send_signal(signal.SIGTERM)
        assert await running.end(GRACE + 10) == 0, running.said
    assert "Traceback" not in running.said
    assert "Stopped" in running.said


def test_every_step_of_the_dockerfile_is_one_that_is_known() -> None:
    steps = {word for word, _ in instructions((ROOT / "Dockerfile").read_text())}
    assert all(hasattr(Builder, f"_{word.lower()}") for word in steps)


def test_continued_lines_and_comments_are_read_as_an_engine_does() -> None:
    text = '# a comment\nFROM x AS y\nRUN a \\\n    # between\n    && b\nCMD ["c"]\n'
    found = [(word, " ".join(rest.split())) for word, rest in instructions(text)]
    assert found == [("FROM", "x AS y"), ("RUN", "a && b"), ("CMD", '["c"]')]
