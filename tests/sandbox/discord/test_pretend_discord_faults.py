"""Every fault of class D shows as Discord would show it; limits refuse; rates are told; files grow old."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import discord
import pytest

from sandbox.discord import File, Person, PretendDiscord
from sandbox.discord.faults import CODED, MEANINGS, STATUS
from sandbox.discord.refusals import CODES
from tests.sandbox.discord.conftest import Bot, running
from tests.sandbox.discord.scene import CAT, picture

AGENT = {"User-Agent": "DiscordBot (https://example.com, 1)"}


class Raw:
    """A bare client with the bot's token."""

    def __init__(self, pretend: PretendDiscord, session: aiohttp.ClientSession) -> None:
        self.pretend = pretend
        self.session = session

    async def __call__(self, method: str, path: str, **options: Any) -> tuple[int, Any, dict[str, str]]:
        headers = {"Authorization": f"Bot {self.pretend.token}"} | AGENT
        if "json" in options:
            options["data"] = json.dumps(options.pop("json")).encode()
            headers["Content-Type"] = "application/json"
        url = f"{self.pretend.api_base}{path}"
        async with self.session.request(method, url, headers=headers, **options) as answer:
            text = await answer.text()
            kind = answer.headers.get("Content-Type", "")
            return answer.status, json.loads(text) if kind == "application/json" else text, dict(answer.headers)


@pytest.fixture
async def raw(pretend: PretendDiscord) -> AsyncIterator[Raw]:
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5)) as session:
        yield Raw(pretend, session)


def test_all_of_class_d_is_there() -> None:
    assert set(MEANINGS) == {f"D{number}" for number in range(1, 34)}


@pytest.mark.parametrize("fault", [*CODED])
async def test_a_coded_fault_has_discords_form(fault: str, raw: Raw) -> None:
    raw.pretend.fail(fault, route="GET /users")
    status, body, _ = await raw("GET", "/users/@me")
    assert (status, body["code"]) == (CODES[CODED[fault]][0], CODED[fault])
    assert raw.pretend.traffic[-1].fault == fault
    assert (await raw("GET", "/users/@me"))[0] == 200


@pytest.mark.parametrize("fault", [*STATUS])
async def test_a_servers_fault_has_its_status_and_may_come_after_the_deed(fault: str, raw: Raw, ann: Person) -> None:
    raw.pretend.fail(fault, route="POST /channels")
    where = f"/channels/{ann.channel.id}/messages"
    assert (await raw("POST", where, json={"content": "x"}))[0] == STATUS[fault]
    assert ann.sees() == []
    raw.pretend.fail(f"{fault}:done", route="POST /channels")
    assert (await raw("POST", where, json={"content": "x"}))[0] == STATUS[fault]
    assert [message.text for message in ann.sees()] == ["x"]


async def test_four_kinds_of_429(raw: Raw) -> None:
    for fault in ("D1:2", "D2", "D3", "D4", "D5"):
        raw.pretend.fail(fault)
    answers = [await raw("GET", "/users/@me") for _ in range(5)]
    assert [status for status, _, _ in answers] == [429] * 5
    assert (answers[0][1]["retry_after"], answers[0][1]["global"]) == (2.0, False)
    assert answers[0][2]["Via"]
    assert answers[1][1]["global"]
    assert "Via" not in answers[2][2]
    assert "<html>" in answers[3][1]
    assert answers[4][1]["retry_after"] == 3600


@pytest.mark.parametrize("fault", ["D29", "D29:middle", "D30", "D30:middle", "D31"])
async def test_a_broken_line_is_one(fault: str, raw: Raw, ann: Person) -> None:
    raw.pretend.fail(fault, route="POST /channels")
    form = aiohttp.FormData(quote_fields=False)
    form.add_field("payload_json", json.dumps({"content": "x"}))
    form.add_field("files[0]", b"x" * 1_000_000, filename="a.png")
    with pytest.raises(aiohttp.ClientError):
        await raw("POST", f"/channels/{ann.channel.id}/messages", data=form)
    assert len(ann.sees()) == (1 if fault == "D31" else 0)
    assert raw.pretend.traffic[-1].status is None


async def test_silence_and_slowness(raw: Raw, ann: Person) -> None:
    raw.pretend.fail("D32:done", route="POST /channels")
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await raw("POST", f"/channels/{ann.channel.id}/messages", json={"content": "x"})
    assert len(ann.sees()) == 1
    raw.pretend.slow(0.2, route="GET /users")
    assert (await raw("GET", "/users/@me"))[0] == 200
    assert raw.pretend.traffic[-1].seconds >= 0.2


async def test_a_token_is_made_to_expire(pretend: PretendDiscord, ann: Person, bot: Bot) -> None:
    @bot.tree.command()
    async def late(interaction: discord.Interaction) -> None:
        await interaction.response.defer(thinking=True)
        pretend.fail("D33", route="PATCH /webhooks")
        with pytest.raises(discord.HTTPException) as refused:
            await interaction.edit_original_response(content="x")
        await interaction.channel.send(str(refused.value.code))  # type: ignore[union-attr]  # a text channel

    async with running(pretend, bot):
        await ann.slash("late")
        await pretend.until(lambda: len(ann.sees()) == 2)
        assert ann.sees()[-1].text == "50027"


async def test_a_command_sync_can_fail_and_a_429_is_waited_for(pretend: PretendDiscord, ann: Person, bot: Bot) -> None:
    async with running(pretend, bot):
        pretend.fail("D24", route="PUT /applications")
        with pytest.raises(discord.HTTPException):
            await bot.tree.sync()
        pretend.fail("D1", times=2, route="POST /channels")
        await bot.get_partial_messageable(ann.channel.id).send("patience")
        assert [call.status for call in pretend.calls("POST messages")] == [429, 429, 200]
        assert pretend.invalid_requests == 2


async def test_rates_are_told_and_kept(raw: Raw, ann: Person) -> None:
    where = f"/channels/{ann.channel.id}/messages"
    left = [(await raw("POST", where, json={"content": "x"}))[2]["X-RateLimit-Remaining"] for _ in range(5)]
    assert left == ["4", "3", "2", "1", "0"]
    status, body, headers = await raw("POST", where, json={"content": "x"})
    assert status == 429
    assert 0 < body["retry_after"] <= 1
    assert (headers["X-RateLimit-Scope"], headers["Via"]) == ("user", "1.1 google")
    await asyncio.sleep(body["retry_after"])
    assert (await raw("POST", where, json={"content": "x"}))[0] == 200
    statuses = [(await raw("GET", "/users/@me"))[0] for _ in range(50)]
    assert 429 in statuses


FORMS: list[tuple[dict[str, Any], int]] = [
    ({}, 50006),
    ({"content": ""}, 50006),
    ({"content": "x" * 2001}, 50035),
    ({"content": "x", "embeds": [{"title": "x" * 257}]}, 50035),
    ({"content": "x", "embeds": [{"description": "x" * 4096}, {"description": "x" * 2000}]}, 50035),
    ({"content": "x", "embeds": [{}] * 11}, 50035),
    ({"content": "x", "components": [{"type": 1, "components": []}]}, 50035),
    ({"content": "x", "components": [{"type": 10, "content": "x"}]}, 50035),
    ({"content": "x", "flags": 1 << 15, "components": [{"type": 10, "content": "x"}]}, 50035),
    ({"flags": 1 << 15, "components": [{"type": 10, "content": "x" * 2001}] * 2}, 50035),
    ({"flags": 1 << 15, "components": [{"type": 10, "content": "x"}] * 41}, 50035),
    ({"flags": 1 << 15, "components": [{"type": 12, "items": [{"media": {"url": "attachment://no.png"}}]}]}, 50035),
    ({"content": "x", "nonce": "n" * 26}, 50035),
    ({"content": "x", "allowed_mentions": {"parse": ["users"], "users": ["1"]}}, 50035),
    ({"content": "x", "message_reference": {"message_id": "1"}}, 50035),
    ({"content": "x", "attachments": [{"id": 0, "filename": "a.png", "description": "x" * 1025}]}, 50035),
]


def button(**changes: Any) -> dict[str, Any]:
    return {"type": 2, "style": 1, "label": "x", "custom_id": "x"} | changes


BUTTONS = [
    [button(custom_id="x" * 101)],
    [button(label="x" * 81)],
    [button(label=None)],
    [button(emoji={"name": "…"})],
    [button(emoji={"name": "star"})],
    [button(style=5)],
    [button(custom_id=None)],
    [button(), button()],
    [button(custom_id=str(number)) for number in range(6)],
]


@pytest.mark.parametrize(("body", "code"), FORMS)
async def test_a_message_beyond_the_limits_is_refused(body: dict[str, Any], code: int, raw: Raw, ann: Person) -> None:
    status, answer, _ = await raw("POST", f"/channels/{ann.channel.id}/messages", json=body)
    assert (status, answer["code"]) == (400, code)
    assert ann.sees() == []


@pytest.mark.parametrize("row", BUTTONS)
async def test_buttons_that_are_none_are_refused(row: list[dict[str, Any]], raw: Raw, ann: Person) -> None:
    body = {"content": "x", "components": [{"type": 1, "components": row}]}
    status, answer, _ = await raw("POST", f"/channels/{ann.channel.id}/messages", json=body)
    assert (status, answer["code"]) == (400, 50035)
    body["components"] = [{"type": 1, "components": [button(custom_id=str(number))]} for number in range(6)]
    assert (await raw("POST", f"/channels/{ann.channel.id}/messages", json=body))[0] == 400


async def test_files_beyond_the_limits_are_refused(pretend: PretendDiscord, ann: Person, bot: Bot) -> None:
    assert ann.channel.guild is not None
    ann.channel.guild.file_limit = 1000
    pretend.world.request_limit = 5000
    async with running(pretend, bot):
        channel = bot.get_partial_messageable(ann.channel.id)
        for files in ([picture(b"x" * 1001)], [picture(b"x" * 900, f"{number}.png") for number in range(6)]):
            with pytest.raises(discord.HTTPException) as refused:
                await channel.send(files=files)
            assert (refused.value.status, refused.value.code) == (413, 40005)
        eleven = [picture(b"x", f"{number}.png") for number in range(11)]
        for wrong in (eleven, [picture(b"")]):
            with pytest.raises(discord.HTTPException) as refused:
                await channel.send(files=wrong)
            assert refused.value.code == 50035
        sent = await channel.send(files=[picture(b"x" * 900, f"{number}.png") for number in range(4)])
        assert [file.size for file in sent.attachments] == [900] * 4


async def test_an_edit_keeps_what_it_names_and_a_layout_stays_one(
    pretend: PretendDiscord, ann: Person, bot: Bot
) -> None:
    async with running(pretend, bot):
        channel = bot.get_partial_messageable(ann.channel.id)
        sent = await channel.send("two", files=[picture(name="a.png"), picture(name="b.png")])
        changed = await sent.edit(attachments=[sent.attachments[1], picture(name="c.png")])
        assert [file.filename for file in changed.attachments] == ["b.png", "c.png"]
        view = discord.ui.LayoutView()
        view.add_item(discord.ui.TextDisplay("now a layout"))
        with pytest.raises(discord.HTTPException) as refused:
            await sent.edit(view=view)
        assert refused.value.code == 50035
        assert pretend.message(sent.id).text == "two"
        await sent.edit(content=None, attachments=[], view=view)
        assert pretend.message(sent.id).text == "now a layout"
        with pytest.raises(discord.HTTPException):
            await sent.edit(content="words again")


async def test_addresses_of_files_expire_and_can_not_be_made_up(raw: Raw, ann: Person) -> None:
    said = await ann.says("@bot look", files=[File("cat.png", CAT)])
    _, message, _ = await raw("GET", f"/channels/{ann.channel.id}/messages/{said.id}")
    url = message["attachments"][0]["url"]

    async def status(address: str) -> int:
        async with raw.session.get(address) as answer:
            return answer.status

    async with raw.session.get(url) as answer:
        assert (await answer.read(), answer.content_type) == (CAT, "image/png")
    assert await status(url.partition("?")[0]) == 404
    assert await status(url.replace("hm=", "hm=0")) == 404
    raw.pretend.move(86_401)
    assert await status(url) == 404
    _, told, _ = await raw("POST", "/attachments/refresh-urls", json={"attachment_urls": [url]})
    assert await status(told["refreshed_urls"][0]["refreshed"]) == 200
    raw.pretend.fail("D7", route="CDN")
    fresh = told["refreshed_urls"][0]["refreshed"]
    assert [await status(fresh), await status(fresh)] == [502, 200]
    raw.pretend.delete(said)
    assert await status(fresh) == 404
    assert await status(f"{raw.pretend.cdn_base}/embed/avatars/1.png") == 200
