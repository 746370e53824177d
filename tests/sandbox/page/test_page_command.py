"""`seedream-bot sandbox` as a real process: it starts, tells its address, and leaves nothing behind."""

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
from asyncio.subprocess import PIPE, STDOUT, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from bot.config import PROVIDERS
from sandbox.page.__main__ import real
from sandbox.page.stage import open_stage
from sandbox.seedream import PretendSeedream
from tests.sandbox.page.conftest import visiting
from tests.sandbox.page.visitor import PATIENCE, Visitor

ROOT = Path(__file__).resolve().parents[3]


@asynccontextmanager
async def typed(home: Path, *words: str, **more: str) -> AsyncIterator[Process]:
    """The command, in an empty folder, until the end of the context."""
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG"}}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "sandbox", "--no-open", *words),
        cwd=home,
        env=kept | {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1", "TMPDIR": str(home)} | more,
        stdout=PIPE,
        stderr=STDOUT,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def address(process: Process) -> str:
    """Where it says that the page is."""
    assert process.stdout is not None
    line = (await asyncio.wait_for(process.stdout.readline(), PATIENCE)).decode()
    found = re.search(r"http://127\.0\.0\.1:\d+", line)
    assert found is not None, line
    return found[0]


def alive(pid: int) -> bool:
    """Whether a process is there, and is more than its name in a list."""
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout
    return bool(state.strip()) and not state.startswith("Z")


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
async def test_a_signal_ends_it_politely_with_all_that_it_has_started(tmp_path: Path, how: signal.Signals) -> None:
    async with typed(tmp_path, "--port", "0", "--pace", "0") as process, aiohttp.ClientSession() as session:
        visitor = Visitor(session, await address(process))
        bot = (await visitor.bot_is("starting" if how is signal.SIGHUP else "ready"))["pid"]
        assert any(tmp_path.glob("seedream-sandbox-*"))
        async with session.get(f"{visitor.address}/api/events"):  # a page that is open does not keep it from ending
            process.send_signal(how)
            assert await asyncio.wait_for(process.wait(), PATIENCE) == 0
    assert not alive(bot)
    assert list(tmp_path.glob("seedream-sandbox-*")) == []


async def test_a_bot_whose_sandbox_was_killed_goes_by_itself(tmp_path: Path) -> None:
    async with typed(tmp_path, "--port", "0") as process, aiohttp.ClientSession() as session:
        bot = (await Visitor(session, await address(process)).bot_is("ready"))["pid"]
        process.kill()
        await process.wait()
    async with asyncio.timeout(PATIENCE):
        while alive(bot):  # noqa: ASYNC110 - a process of nobody here says nothing when it ends
            await asyncio.sleep(0.1)


async def test_a_port_that_is_taken_gives_way_to_the_next(tmp_path: Path) -> None:
    async with typed(tmp_path, "--port", "0") as first:
        taken = int((await address(first)).rpartition(":")[2])
        async with typed(tmp_path, "--port", str(taken)) as second:
            assert int((await address(second)).rpartition(":")[2]) > taken
            second.terminate()
            await second.wait()
        first.terminate()
        await first.wait()


async def test_a_provider_without_a_key_is_told_with_the_fix(tmp_path: Path) -> None:
    async with typed(tmp_path, "--provider", "cometapi") as process:
        said, _ = await asyncio.wait_for(process.communicate(), PATIENCE)
        assert process.returncode == 1
    assert "COMETAPI_KEY is not set" in said.decode()
    assert "leave --provider out" in said.decode()
    assert "Traceback" not in said.decode()


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_real_provider_comes_with_its_key_and_with_the_limits_of_its_owner(tmp_path: Path, provider: str) -> None:
    name = "COMETAPI_KEY" if provider == "cometapi" else f"{provider.upper()}_API_KEY"
    env = tmp_path / ".env"
    lines = [f"{name}=sk-0123456789-real", "BUDGET_USD_PER_DAY=1.50", "GATEWAY_BASE_URL=https://gateway.example"]
    env.write_text("\n".join(lines))
    plan = real(env, provider)
    assert not plan.pretend
    assert plan.settings[name] == "sk-0123456789-real"
    assert plan.settings["BUDGET_USD_PER_DAY"] == "1.50"
    assert "sk-0123456789-real" in plan.secrets
    assert "DISCORD_TOKEN" not in plan.settings


async def test_a_real_provider_is_asked_with_the_key_and_can_not_be_made_to_fail(tmp_path: Path) -> None:
    async with PretendSeedream(pictures="small") as away:  # "real" as far as the sandbox knows
        (tmp_path / ".env").write_text(
            f"COMETAPI_KEY={away.key}\nCOMETAPI_BASE_URL={away.base_url('cometapi')}\nOUTBOUND_ALLOW={away.address}\n"
        )
        async with open_stage(real(tmp_path / ".env", "cometapi")) as stage, visiting(stage) as somebody:
            await stage.performer.start()
            await somebody.bot_is("ready")
            await stage.discord.ready(PATIENCE)
            visitor = await somebody.arrive()
            assert (await visitor.world())["provider"] == {"name": "cometapi", "pretend": False}
            await visitor.drawn(prompt="a real lighthouse")
            assert {one["group"] for one in (await visitor.get("/api/switches"))["switches"]} == {"Discord"}
            assert away.key not in json.dumps(await visitor.get("/api/wire"))
        assert [call.provider for call in away.calls] == ["cometapi"]
