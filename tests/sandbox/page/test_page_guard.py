"""The page's server lets nobody in but the page itself, and answers broken requests in words."""

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import pytest
import pytest_asyncio

from sandbox.page.stage import Plan, open_stage
from tests.sandbox.page.conftest import visiting
from tests.sandbox.page.visitor import Json, Visitor

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def visitor() -> AsyncIterator[Visitor]:
    """Somebody at a page without a bot, which nothing here needs."""
    async with open_stage(Plan()) as stage, visiting(stage) as it:
        yield await it.arrive()


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "127.0.0.1:1", "localhost.evil.example:80"])
async def test_a_name_that_was_bent_to_this_machine_reads_nothing(visitor: Visitor, host: str) -> None:
    for path in ("/", "/api/world", "/static/index.html", "/api/wire"):
        async with visitor.session.get(visitor.address + path, headers={"Host": host}) as reply:
            assert reply.status == 403
            assert (await reply.json())["ok"] is False


async def test_the_names_of_this_machine_are_fine(visitor: Visitor) -> None:
    port = visitor.address.rpartition(":")[2]
    for host in (f"localhost:{port}", f"[::1]:{port}"):
        async with visitor.session.get(f"{visitor.address}/api/switches", headers={"Host": host}) as reply:
            assert reply.status == 200


@pytest.mark.parametrize("origin", [None, "null", "https://evil.example", "http://127.0.0.1", "http://127.0.0.1:1"])
@pytest.mark.parametrize("path", ["/api/do", "/api/switch", "/api/bot"])
async def test_another_page_can_do_nothing(visitor: Visitor, path: str, origin: str | None) -> None:
    headers = {"Origin": origin} if origin else {}
    async with visitor.session.post(visitor.address + path, json={"do": "kill"}, headers=headers) as reply:
        assert reply.status == 403
        assert "page itself" in (await reply.json())["error"]


@pytest.mark.parametrize(
    ("deed", "status", "said"),
    [
        ({}, 400, "do must be"),
        ({"do": "fly"}, 400, "do must be one of say, slash"),
        ({"do": "say", "as": "me"}, 400, "as must be an id"),
        ({"do": "say", "as": 7}, 400, "as must be an id"),
        ({"do": "say", "as": "7"}, 404, "no such person"),
        ({"do": "say", "in": "7"}, 404, "no such channel"),
        ({"do": "say", "in": "9" * 5000}, 400, "in must be an id"),
        ({"do": "say", "text": 5}, 400, "text must be a text"),
        ({"do": "say", "text": "x", "files": "f0"}, 400, "files must be a list"),
        ({"do": "say", "text": "x", "files": ["f9"]}, 400, "no file part 'f9'"),
        ({"do": "say", "text": "x", "reply_to": "12"}, 404, "not there"),
        ({"do": "slash", "name": "imagine", "options": []}, 409, "no command"),
        ({"do": "submit", "modal": "5", "values": {}}, 404, "not open"),
        ({"do": "press", "message": "1", "id": "x"}, 404, "not there"),
    ],
)
async def test_a_broken_deed_is_answered_in_words(
    visitor: Visitor, deed: dict[str, object], status: int, said: str
) -> None:
    found, told = await visitor.tries(**deed)
    assert found == status, told
    assert told["ok"] is False
    assert said in told["error"]


async def test_no_value_of_any_field_of_any_deed_breaks_anything(visitor: Visitor) -> None:
    await visitor.does(do="say", text="something to point at")
    message = (await visitor.messages())[-1]["id"]
    deeds: list[Json] = [
        {"do": "say", "text": "x", "files": ["f0"], "reply_to": message},
        {"do": "slash", "name": "imagine", "options": {"prompt": "x"}},
        {"do": "autocomplete", "name": "imagine", "option": "model", "typed": "x", "options": {}},
        {"do": "menu", "name": "Edit image", "message": message},
        {"do": "press", "message": message, "id": "x"},
        {"do": "choose", "message": message, "id": "x", "values": ["x"]},
        {"do": "submit", "modal": "1", "values": {"x": "y"}},
        {"do": "react", "message": message, "emoji": "x", "take_back": False},
        {"do": "forward", "message": message, "to": visitor.channel},
        {"do": "edit", "message": message, "text": "x"},
        {"do": "dismiss", "message": message},
        {"do": "locale", "locale": "de"},
    ]
    odd: list[object] = [
        None,
        True,
        5,
        -0.5,
        [],
        {},
        "",
        "x" * 9000,
        "9" * 19,
        ["f0", 1],
        {"file": "f0"},
        [[]],
        "\ud800",
    ]
    for deed in deeds:
        for field in ("as", "in", *deed):
            for value in odd:
                status, told = await visitor.tries({"f0": ("f.txt", b"x")}, **deed | {field: value})
                assert status in {200, 400, 404, 409}, (deed, field, value)
                assert told["ok"] == (status == 200)


async def test_a_broken_form_is_answered_in_words(visitor: Visitor) -> None:
    kind = "multipart/form-data; boundary=x"
    head = b'--x\r\nContent-Disposition: form-data; name="deed"\r\n\r\n'
    for content_type, body, said in (
        ("application/json", b"{}", "a form is needed"),
        (kind, b"", ""),
        (kind, b"nonsense", ""),
        (kind, head + b"{", ""),
        (kind, head + b"{\r\n--x--\r\n", "no JSON"),
        (kind, head + b"[" * 100_000 + b"\r\n--x--\r\n", "no JSON"),
        (kind, head + b"[]\r\n--x--\r\n", "object"),
        (kind, head + b" " * 300_000 + b"\r\n--x--\r\n", "too much"),
        (kind, b'--x\r\nContent-Disposition: form-data; name="f0"\r\n\r\nx\r\n--x--\r\n', "deed is missing"),
        ("multipart/form-data", b"x", ""),
    ):
        headers = {"Origin": visitor.address, "Content-Type": content_type}
        async with visitor.session.post(f"{visitor.address}/api/do", data=body, headers=headers) as reply:
            assert reply.status == 400, (content_type, body[:80], await reply.text())
            assert said in (await reply.json())["error"]


async def test_a_body_without_end_is_cut_off(visitor: Visitor) -> None:
    async def endless() -> AsyncIterator[bytes]:
        yield b'--x\r\nContent-Disposition: form-data; name="f0"; filename="f"\r\n\r\n'
        for _ in range(200):
            yield bytes(1 << 20)

    headers = {"Origin": visitor.address, "Content-Type": "multipart/form-data; boundary=x"}
    try:
        async with visitor.session.post(f"{visitor.address}/api/do", data=endless(), headers=headers) as reply:
            assert reply.status == 413
            assert "MB" in (await reply.json())["error"]
    except aiohttp.ClientConnectionError:
        await asyncio.sleep(0)  # it was cut off while it was still speaking


async def test_other_broken_requests_are_answered_in_words(visitor: Visitor) -> None:
    await visitor.get("/api/nothing", 404)
    await visitor.get("/api/do", 405)
    await visitor.get("/static/../server.py", 404)
    await visitor.get("/static/..%2fserver.py", 404)
    await visitor.get("/static/%2e%2e/server.py", 404)
    await visitor.get("/api/world", 400, {"as": "x"})
    await visitor.get("/api/wire", 400, {"after": "-1"})
    await visitor.get("/files/1/x", 400)
    await visitor.get("/files/1/x", 404, {"as": visitor.person})
    assert "key" in (await visitor.post("/api/switch", 400, key="gravity", on=True))["error"]
    assert "on must" in (await visitor.post("/api/switch", 400, key="discord-429", on=1))["error"]
    assert "restart" in (await visitor.post("/api/bot", 400, do="dance"))["error"]


async def test_a_bot_that_is_not_there_answers_nothing_and_that_can_be_seen(visitor: Visitor) -> None:
    world = await visitor.world()
    assert world["bot"] == {"state": "stopped", "pid": None, "note": ""}
    commands = await visitor.commands()
    assert commands == {"slash": [], "message": []}
