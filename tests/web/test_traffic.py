"""Answers to interactions are seen where they leave: in time, late, or never."""

from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.web import traffic
from bot.web.numbers import Numbers
from bot.web.traffic import Traffic
from tests.databases import Hands


class Discord:
    """Takes answers, with a status that a test chooses, after which the clock has moved."""

    def __init__(self, hands: Hands) -> None:
        self.numbers = Numbers()
        self.traffic = Traffic(self.numbers, hands)
        self.status = 204
        self.seconds = 0.5
        self._hands = hands

    async def answer(self, request: web.Request) -> web.Response:
        self._hands.move(self.seconds)
        return web.Response(status=self.status)

    def count(self, outcome: str, command: str = "imagine") -> float:
        labels = {"command": command, "outcome": outcome}
        return self.numbers.registry.get_sample_value("seedream_interactions_total", labels) or 0.0

    def requests(self, status: str) -> float:
        labels = {"method": "POST", "status": status}
        return self.numbers.registry.get_sample_value("seedream_discord_requests_total", labels) or 0.0


@pytest.fixture
def discord(hands: Hands) -> Discord:
    return Discord(hands)


@pytest.fixture
async def http(discord: Discord) -> AsyncIterator[aiohttp.ClientSession]:
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", discord.answer)
    async with TestServer(app) as server:
        address = str(server.make_url("/"))
        async with aiohttp.ClientSession(address, trace_configs=[discord.traffic.trace()]) as session:
            yield session


async def say(http: aiohttp.ClientSession, interaction: int, verb: str = "callback") -> None:
    async with http.post(f"/api/v10/interactions/{interaction}/a-token/{verb}"):
        pass


async def test_an_answer_in_time_is_counted_once_with_its_seconds(
    discord: Discord, http: aiohttp.ClientSession
) -> None:
    discord.traffic.arrived(7, "imagine")
    await say(http, 7)
    await say(http, 7)
    assert discord.count("answered") == 1
    assert discord.requests("204") == 2
    sums = discord.numbers.registry.get_sample_value("seedream_interaction_ack_seconds_sum", {"command": "imagine"})
    assert sums == 0.5


@pytest.mark.parametrize(("status", "seconds"), [(204, 3.5), (404, 0.1)])
async def test_an_answer_after_three_seconds_or_that_nobody_takes_is_late(
    discord: Discord, http: aiohttp.ClientSession, status: int, seconds: float
) -> None:
    discord.status, discord.seconds = status, seconds
    discord.traffic.arrived(7, "imagine")
    await say(http, 7)
    assert (discord.count("late"), discord.count("answered")) == (1, 0)


async def test_an_answer_that_may_be_tried_again_is_none_yet(discord: Discord, http: aiohttp.ClientSession) -> None:
    discord.traffic.arrived(7, "imagine")
    discord.status = 500
    await say(http, 7)
    discord.status = 200
    await say(http, 7)
    assert (discord.count("answered"), discord.requests("500")) == (1, 1)


async def test_what_is_never_answered_is_counted_when_nobody_waits_any_more(discord: Discord, hands: Hands) -> None:
    discord.traffic.arrived(7, "imagine")
    hands.move(31)
    discord.traffic.give_up()
    assert discord.count("unanswered") == 1


async def test_what_the_gateway_tells_again_is_not_counted_again(
    discord: Discord, http: aiohttp.ClientSession, hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(traffic, "REMEMBERED", 2)
    discord.traffic.arrived(7, "imagine")
    await say(http, 7)
    discord.traffic.arrived(7, "imagine")
    for number in (8, 9):
        discord.traffic.arrived(number, "imagine")
        await say(http, number)
    hands.move(60)
    discord.traffic.give_up()
    assert (discord.count("answered"), discord.count("unanswered")) == (3, 0)


async def test_other_requests_are_only_counted_and_so_are_those_without_an_answer(
    discord: Discord, http: aiohttp.ClientSession
) -> None:
    discord.traffic.arrived(7, "imagine")
    await say(http, 7, "messages")
    assert discord.count("answered") == 0
    with pytest.raises(aiohttp.ClientError):
        async with http.post("http://127.0.0.1:9/api"):
            pass
    assert discord.requests("none") == 1


def test_names_without_end_are_counted_together(discord: Discord, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(traffic, "NAMES", 2)
    for name in ("one", "two", "three", "four", "one"):
        discord.traffic.failed(name)
    values = [
        discord.numbers.registry.get_sample_value("seedream_interaction_faults_total", {"command": name})
        for name in ("one", "two", "three", "other")
    ]
    assert values == [2.0, 1.0, None, 2.0]
