"""`seedream-bot health`, as a container's health check runs it: with a port and without."""

import re
from pathlib import Path

from click.testing import CliRunner, Result

from bot.cli import cli
from tests.e2e.stage import Stage
from tests.web.watching import free_port, watched


def health(*words: str, **settings: str) -> Result:
    return CliRunner().invoke(cli, ["--env-file", "/dev/null", "health", *words], env=settings)


def test_without_a_port_fine_settings_are_all_that_is_asked_for(tmp_path: Path) -> None:
    done = health(DATA_DIR=str(tmp_path))
    assert (done.exit_code, done.output) == (
        0,
        "The settings are fine. HTTP_PORT is not set, so there is nobody to ask for more.\n",
    )
    assert health(HTTP_PORT="x").exit_code == 2


def test_where_nobody_listens_is_no_bot() -> None:
    port = free_port()
    done = health(HTTP_PORT=str(port), HTTP_HOST="0.0.0.0")
    assert done.exit_code == 1
    assert f"nobody answers at http://127.0.0.1:{port}/health (" in done.output
    assert "does the bot run here, with this HTTP_PORT?" in done.output


async def test_a_bot_that_lives_says_so_and_one_that_stops_is_not_ready(stage: Stage) -> None:
    async with watched(stage, STOP_GRACE_SECONDS="30") as bot:
        await bot.ready()
        await stage.ada.slash("imagine", prompt="a lighthouse [[slow:100]]")
        await stage.discord.until(lambda: stage.seedream.calls, 20)
        async with stage.typed("health", HTTP_PORT=str(bot.port)) as it:
            assert await it.end() == 0
            assert re.match(r"loop: the event loop answers, for \d+ seconds now", it.out)
        bot.house.worker.stop()
        async with stage.typed("health", "--ready", HTTP_PORT=str(bot.port)) as it:
            assert await it.end() == 1
            assert "worker: stopping; 1 of 4 places are busy" in it.said
        stage.gates.open(100)
