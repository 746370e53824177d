"""The bot is a process of its own: it is killed, stopped and started again, and its jobs go on."""

import asyncio
import json
import os
import re
import signal
from pathlib import Path

import pytest

from sandbox.page.performer import Performer
from sandbox.page.stage import Stage
from tests.sandbox.page.visitor import Visitor, pictures, words

pytestmark = pytest.mark.asyncio(loop_scope="module")

AT_ONCE = 3  # jobs of one person; the next one waits


async def test_what_waited_at_a_kill_is_drawn_after_the_restart_and_what_was_under_way_is_not_paid_twice(
    visitor: Visitor, stage: Stage
) -> None:
    prompts = [f"a lighthouse number {number}" for number in range(AT_ONCE + 1)]
    await visitor.turn("provider-slow", on=True)
    answers = [await visitor.slash("imagine", prompt=prompt) for prompt in prompts]
    await stage.discord.until(lambda: stage.seedream and len(stage.seedream.calls) == AT_ONCE, 20)
    assert await visitor.post("/api/bot", do="kill") == {"state": "killed"}
    assert (await visitor.world())["bot"]["pid"] is None
    assert await visitor.does(do="slash", name="help", options={}) == {"kind": "silent"}
    await visitor.turn("provider-slow", on=False)
    assert await visitor.post("/api/bot", do="start") == {"state": "starting"}
    last = answers.pop()["id"]
    await visitor.until(lambda one: one["id"] == last and pictures(one))
    for answer in answers:
        number = answer["id"]
        await visitor.until(lambda one, number=number: one["id"] == number and "possibly charged" in words(one))  # type: ignore[misc]


async def test_a_polite_restart_lets_the_picture_come(visitor: Visitor, stage: Stage) -> None:
    await visitor.bot_is("ready")
    assert stage.seedream is not None
    stage.seedream.pace = 1.0
    before = len(stage.seedream.calls)
    number = (await visitor.slash("imagine", prompt="a lighthouse at night"))["id"]
    await stage.discord.until(lambda: stage.seedream and len(stage.seedream.calls) > before, 20)
    was = (await visitor.world())["bot"]["pid"]
    assert await visitor.post("/api/bot", do="restart") == {"state": "starting"}
    stage.seedream.pace = 0.0
    assert (await visitor.bot_is("ready"))["pid"] != was
    await visitor.until(lambda one: one["id"] == number and pictures(one))


async def test_it_stops_when_it_is_asked_to(visitor: Visitor) -> None:
    assert await visitor.post("/api/bot", do="stop") == {"state": "stopped"}
    assert await visitor.post("/api/bot", do="stop") == {"state": "stopped"}
    assert await visitor.post("/api/bot", do="start") == {"state": "starting"}
    await visitor.bot_is("ready")


async def test_it_stops_also_when_the_page_is_closed_meanwhile_and_can_be_started_again(
    visitor: Visitor, stage: Stage
) -> None:
    stopping = asyncio.create_task(stage.performer.stop())
    await stage.discord.until(lambda: stage.performer.state == "stopped", 20)
    stopping.cancel()
    await asyncio.wait({stopping})
    assert await visitor.post("/api/bot", do="start") == {"state": "starting"}
    await visitor.bot_is("ready")


async def test_neither_key_nor_token_can_be_read_over_the_wire_and_prices_can(visitor: Visitor, stage: Stage) -> None:
    await stage.discord.ready(20)
    await visitor.drawn(prompt="a canary")
    assert stage.seedream is not None
    told = (await visitor.get("/api/wire"))["entries"]
    paid = [one for one in told if one["who"] == "provider"]
    assert paid[-1]["title"] == "POST byteplus /api/v3/images/generations"
    assert (paid[-1]["price"], paid[-1]["images"], paid[-1]["status"]) == ("$0.04", 1, 200)
    assert "a canary" in paid[-1]["body"]
    assert {one["who"] for one in told} == {"discord", "gateway", "provider", "log"}
    everything = json.dumps([told, (await visitor.world())["bot"]])
    secrets = [stage.seedream.key, stage.discord.token, *stage.discord.world.interactions]
    assert [secret for secret in secrets if secret in everything or secret[-16:] in everything] == []
    assert re.findall(r"(?:hm|X-Tos-Signature)=[0-9a-f]{8}", everything) == []


async def test_a_broken_rule_stands_at_the_call_that_broke_it(visitor: Visitor, stage: Stage) -> None:
    last = (await visitor.get("/api/wire"))["last"]
    address = f"{stage.discord.api_base}/users/@me"
    headers = {"Authorization": f"Bot {stage.discord.token}", "User-Agent": "a browser"}
    async with visitor.session.get(address, headers=headers) as reply:
        assert reply.status == 200
    entries = (await visitor.get("/api/wire", query={"after": str(last)}))["entries"]
    [wrong] = [one for one in entries if one["wrong"]]
    assert (wrong["title"], wrong["level"]) == ("GET /users/@me", "error")
    assert "User-Agent" in wrong["wrong"][0]


async def test_a_bot_that_ends_by_itself_has_failed_and_its_last_words_are_there(visitor: Visitor) -> None:
    os.kill((await visitor.bot_is("ready"))["pid"], signal.SIGKILL)
    bot = await visitor.bot_is("failed")
    assert "ended by itself" in bot["note"]
    assert "INFO" in bot["note"].splitlines()[1]
    assert bot["pid"] is None
    await visitor.post("/api/bot", do="start")
    await visitor.bot_is("ready")


async def test_no_setting_that_is_meant_for_another_bot_reaches_this_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISCORD_TOKEN_FILE", "/secret")
    monkeypatch.setenv("ARK_API_KEY", "real-key-0123456789")
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    performer = Performer({}, tmp_path, hear=print, turn=print)
    assert "real-key-0123456789" not in performer.environment.values()
    assert "DISCORD_TOKEN_FILE" not in performer.environment
    assert performer.environment["HTTPS_PROXY"] == "http://127.0.0.1:9"
