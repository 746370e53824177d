"""Health, readiness and metrics of the whole bot, as those who ask over HTTP see them."""

import asyncio
import re
import socket
from typing import Any

import aiohttp
import asyncpg
import discord
import pytest
from discord import app_commands

from bot.terminal.endings import MISCONFIGURED, TROUBLE
from bot.web import sight
from tests.e2e.stage import PATIENCE, Stage
from tests.web.watching import Asked, free_port, watched


async def test_a_bot_that_works_is_alive_and_ready_in_words(stage: Stage) -> None:
    async with watched(stage) as bot:
        said = await bot.ready()
        assert said["ready"] is True
        assert said["parts"]["discord"] == {"ok": True, "says": "connected, 1 of 1 shards"}
        assert re.fullmatch(r"answers in \d+ ms", said["parts"]["database"]["says"])
        assert said["parts"]["worker"]["says"] == "takes jobs; 0 of 4 places are busy"
        status, said = await bot.look("/health")
        assert (status, said["alive"]) == (200, True)


async def test_it_is_not_ready_while_it_stops_and_not_dead_either(stage: Stage) -> None:
    async with watched(stage, STOP_GRACE_SECONDS="30") as bot:
        await bot.ready()
        await stage.ada.slash("imagine", prompt="a lighthouse [[slow:100]]")
        await stage.discord.until(lambda: stage.seedream.calls, 20)
        bot.house.worker.stop()
        status, said = await bot.look("/ready")
        assert (status, said["parts"]["worker"]) == (503, {"ok": False, "says": "stopping; 1 of 4 places are busy"})
        assert (await bot.look("/health"))[0] == 200
        stage.gates.open(100)


async def test_a_lost_gateway_makes_it_not_ready_until_it_is_back(stage: Stage) -> None:
    async with watched(stage) as bot:
        await bot.ready()
        assert await bot.value("seedream_discord_shards_ready") == 1
        stage.discord.freeze()
        await stage.discord.cut()
        async with asyncio.timeout(PATIENCE):
            while (await bot.look("/ready"))[0] == 200:  # noqa: ASYNC110 - it is asked over HTTP
                await asyncio.sleep(0.02)
        _, said = await bot.look("/ready")
        assert said["parts"]["discord"] == {"ok": False, "says": "1 of 1 shards are not connected: 0"}
        assert await bot.value("seedream_discord_shards_ready") == 0
        assert (await bot.look("/health"))[0] == 200
        await stage.discord.thaw()
        await bot.ready()


async def test_a_picture_is_counted_from_its_command_to_its_delivery(stage: Stage) -> None:
    async with watched(stage) as bot:
        reply = await stage.ada.slash("imagine", prompt="a lighthouse")
        await reply.until(lambda message: message.files, 20)
        kind = {"provider": "byteplus", "model": "seedream-4.5"}
        await stage.discord.until(lambda: not bot.house.worker.at_work, 20)
        assert await bot.value("seedream_jobs_accepted_total", **kind) == 1
        assert await bot.value("seedream_jobs_closed_total", outcome="settled", **kind) == 1
        assert await bot.value("seedream_pictures_total", way="delivered", **kind) == 1
        assert await bot.value("seedream_money_settled_usd_total", **kind) == pytest.approx(0.04)
        assert await bot.value("seedream_deliveries_total", way="original") == 1
        for step in ("queued", "drawing", "delivering"):
            assert await bot.value(f"seedream_job_{step}_seconds_count") == 1
        assert await bot.value("seedream_interactions_total", command="imagine", outcome="answered") == 1
        assert await bot.value("seedream_interaction_ack_seconds_count", command="imagine") == 1
        assert await bot.value("seedream_discord_requests_total", method="POST") > 0
        assert await bot.value("seedream_database_seconds_count", kind="write") > 5
        assert await bot.value("seedream_worker_slots") == 4
        assert await bot.value("seedream_build_info") == 1


async def test_what_waits_is_told_with_its_age_and_what_is_refused_with_its_barrier(stage: Stage) -> None:
    async with watched(stage, PARALLEL_JOBS="1", USER_IMAGES_PER_HOUR="2") as bot:
        for prompt in ("a lighthouse [[slow:100]]", "a bird [[slow:200]]", "a cat"):
            reply = await stage.ada.slash("imagine", prompt=prompt)
            await reply.until(lambda message: not message.loading, 20)
        assert await bot.value("seedream_refusals_total", barrier="images") == 1
        assert await bot.value("seedream_queue_jobs", provider="byteplus") == 1
        assert await bot.value("seedream_queue_oldest_seconds", provider="byteplus") > 0
        assert await bot.value("seedream_jobs_open", state="queued", model="seedream-4.5") == 1
        assert await bot.value("seedream_jobs_open") == 2
        assert await bot.value("seedream_worker_jobs") == await bot.value("seedream_workers") == 1
        stage.gates.open(100)
        stage.gates.open(200)


async def test_errors_of_providers_are_counted_by_kind_and_made_up_models_together(stage: Stage) -> None:
    async with watched(stage) as bot:
        for model in ("ep-20260101-abcde", "ep-20260101-fghij"):
            reply = await stage.ada.slash("imagine", prompt="a cat [[refuse]]", model=model)
            await reply.until(lambda message: "not charged" in message.text, 20)
        await stage.discord.until(lambda: not bot.house.worker.at_work, 20)
        assert await bot.value("seedream_provider_errors_total", provider="byteplus", kind="Refused") == 2
        assert await bot.value("seedream_jobs_closed_total", model="other", outcome="refused") == 2
        assert "ep-2026" not in await bot.text()


async def test_every_metric_has_a_meaning_and_none_tells_of_people_or_secrets(stage: Stage) -> None:
    async with watched(stage) as bot:
        reply = await stage.ada.slash("imagine", prompt="a lighthouse of which nobody shall hear")
        await reply.until(lambda message: message.files, 20)
        page = await bot.text()
        families = await bot.metrics()
        assert all(family.documentation for family in families.values())
        ours = [name for name in families if name.startswith("seedream_")]
        assert len(ours) > 30
        assert {"process_cpu_seconds", "process_resident_memory_bytes"} <= set(families)
        hidden = ("nobody shall hear", str(stage.ada.id), str(stage.guild.id), str(stage.channel.id))
        pages = [page, str(await bot.look("/ready")), str(await bot.look("/health"))]
        for secret in (*hidden, stage.discord.token, stage.seedream.key, str(stage.home)):
            assert not any(secret in page for page in pages), secret


async def test_an_interaction_that_meets_a_fault_is_counted_as_one(stage: Stage) -> None:
    async def broken(interaction: discord.Interaction[Any]) -> None:
        raise ZeroDivisionError

    async with watched(stage) as bot:
        bot.bot.tree.add_command(app_commands.Command(name="broken", description="it breaks", callback=broken))
        await bot.bot.tree.sync()
        await (await stage.ada.slash("broken")).done()
        assert await bot.value("seedream_interaction_faults_total", command="broken") == 1
        assert await bot.value("seedream_interactions_total", command="broken", outcome="answered") == 1


@pytest.mark.parametrize("kind", ["postgresql"])
async def test_a_database_that_does_not_answer_keeps_nobody_waiting(
    stage: Stage, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sight, "PATIENCE", 0.2)
    async with watched(stage, DATABASE_URL=database_url) as bot:
        await bot.ready()
        monkeypatch.setattr(sight, "FRESH", 0.0)
        held, enough = asyncio.Event(), asyncio.Event()
        holder = asyncio.create_task(lock(database_url, held, enough))
        await held.wait()
        async with asyncio.timeout(PATIENCE):
            while (await bot.look("/ready"))[0] == 200:  # noqa: ASYNC110 - it is asked over HTTP
                await asyncio.sleep(0.05)
        _, said = await bot.look("/ready")
        assert said["parts"]["database"]["says"].startswith("does not answer (it has not answered within")
        assert "database_up 0.0" in await bot.text()
        enough.set()
        await holder
        await bot.ready()


async def lock(url: str, held: asyncio.Event, enough: asyncio.Event) -> None:
    """Keep everybody else from the jobs."""
    connection = await asyncpg.connect(url)
    try:
        async with connection.transaction():
            await connection.execute("LOCK TABLE jobs IN ACCESS EXCLUSIVE MODE")
            held.set()
            await enough.wait()
    finally:
        await connection.close()


async def test_without_a_port_nobody_listens(stage: Stage) -> None:
    async with stage.running() as running:
        assert "Health and metrics" not in running.said
        assert await running.stop() == 0, running.said


@pytest.mark.parametrize("command", ["run", "worker"])
async def test_a_port_that_is_taken_is_told_before_anything_else_happens(stage: Stage, command: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        async with stage.typed(command, HTTP_PORT=str(port)) as it:
            assert await it.end() == TROUBLE
    assert f"HTTP_PORT: port {port} of 127.0.0.1 is taken by another program · stop it, or set another port" in it.said
    assert "Traceback" not in it.said
    assert stage.discord.traffic == []


async def test_an_address_that_is_not_of_this_machine_is_told_with_its_fix(stage: Stage) -> None:
    async with stage.typed("run", HTTP_PORT=str(free_port()), HTTP_HOST="192.0.2.1") as it:
        assert await it.end() == MISCONFIGURED
    assert "HTTP_HOST: 192.0.2.1 cannot be listened on" in it.said
    assert "set 127.0.0.1, or 0.0.0.0 for everybody" in it.said


async def test_a_worker_is_ready_without_a_gateway_and_counts_what_it_brings(stage: Stage) -> None:
    port = free_port()
    async with stage.typed("worker", HTTP_PORT=str(port)) as it, aiohttp.ClientSession() as http:
        await it.until("Working on up to")
        worker = Asked(port, http)
        assert set((await worker.ready())["parts"]) == {"database", "worker"}
        assert await worker.value("seedream_discord_requests_total", status="200") >= 1
        assert "seedream_discord_shards" not in await worker.metrics()
        assert await it.stop() == 0, it.said
