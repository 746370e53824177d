"""The transport when all goes well, and what it sends."""

import asyncio
import json
from collections.abc import Awaitable, Callable

import pytest

from bot.seedream.content import InMemory
from bot.seedream.errors import BadKey, BadReference, BadReply, Charged, Retry, Unreachable
from bot.seedream.models import Reference
from bot.seedream.providers.base import Call
from bot.seedream.reply import read_events, read_json
from bot.seedream.transport import Transport, environment_proxy

Serve = Callable[..., Awaitable[str]]
Ask = Callable[..., Awaitable[object]]
CALL = Call("/v1/images", {"prompt": "a cat"})


def answering(data: bytes) -> Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]:
    async def script(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(data)
        await writer.drain()

    return script


def reply(body: bytes, head: str = "Content-Type: application/json", status: str = "200 OK") -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n{head}\r\n\r\n".encode() + body


async def test_a_call_becomes_a_json_post_and_its_answer_a_reply(
    serve: Serve, transport: Transport, requests: list[bytes]
) -> None:
    url = await serve(answering(reply(b'{"data": []}', "Content-Type: Application/JSON; charset=utf-8\r\nX-A: b")))
    async with transport.send(CALL, url=url, key="sk-1", provider="ark", total=5) as answer:
        assert (answer.status, answer.provider, answer.headers["x-a"]) == (200, "ark", "b")
        assert answer.content_type == "application/json"
        assert await read_json(answer) == {"data": []}
    head, _, body = requests[0].partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    assert lines[0] == "POST /v1/images HTTP/1.1"
    for line in (
        "Authorization: Bearer sk-1",
        "Content-Type: application/json",
        "Accept: application/json",
        "Accept-Encoding: identity",
        "X-Client-Request-Id: ours-1",
    ):
        assert line in lines
    assert json.loads(body) == {"prompt": "a cat"}


@pytest.mark.parametrize(("reuse", "connections"), [(30.0, 1), (0.05, 2)])
async def test_a_connection_is_used_again_only_as_long_as_no_server_gives_it_up(
    serve: Serve, reuse: float, connections: int
) -> None:
    ports = set()

    async def script(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        ports.add(writer.get_extra_info("peername"))
        writer.write(reply(b"{}"))

    url = await serve(script)
    async with Transport(reuse=reuse) as transport:
        for _ in range(2):
            async with transport.send(CALL, url=url, key="k", provider="ark", total=5) as answer:
                assert await read_json(answer) == {}
            await asyncio.sleep(0.1)
    assert len(ports) == connections


async def test_leaving_an_answer_unread_closes_its_connection(serve: Serve, transport: Transport) -> None:
    closed = asyncio.Event()

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{")
        assert await reader.read() == b""
        closed.set()

    async with transport.send(CALL, url=await serve(script), key="k", provider="ark", total=5) as answer:
        assert answer.status == 200
    async with asyncio.timeout(5):
        await closed.wait()


async def test_cookies_are_not_kept(serve: Serve, ask: Ask, requests: list[bytes]) -> None:
    url = await serve(answering(reply(b"{}", "Set-Cookie: a=b")))
    await ask(url)
    await ask(url)
    assert b"cookie" not in requests[1].lower()


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ("X-Request-Id: theirs", "theirs"),
        ("X-Tt-Logid: log", "log"),
        ("X-Client-Request-Id: echoed", "echoed"),
        ("X-Request-Id: \x7f\x80", "ours-1"),
        ("A: b", "ours-1"),
    ],
)
async def test_a_reply_carries_the_id_to_ask_the_provider_about(
    serve: Serve, transport: Transport, fields: str, expected: str
) -> None:
    url = await serve(answering(reply(b"{}", fields)))
    async with transport.send(CALL, url=url, key="k", provider="ark", total=5) as answer:
        assert answer.request_id == expected


async def test_references_are_sent_as_data_uris_with_their_exact_length(
    serve: Serve, ask: Ask, requests: list[bytes]
) -> None:
    url = await serve(answering(reply(b"{}")))
    picture = Reference(InMemory(b"\xff" * 1_000_001), media_type="image/png")
    await ask(url, prompt="two", image=[picture, picture])
    sent = json.loads(requests[0].partition(b"\r\n\r\n")[2])
    assert sent["image"][1].startswith("data:image/png;base64,////")


async def test_a_reference_that_shrinks_while_it_is_sent_is_told_as_such(serve: Serve, ask: Ask) -> None:
    class Shrunk(InMemory):
        @property
        def length(self) -> int:
            return len(self.data) + 1

    url = await serve(answering(reply(b"{}")))
    with pytest.raises(BadReference, match="changed while it was sent") as caught:
        await ask(url, image=Reference(Shrunk(b"abc"), media_type="image/png"))
    assert caught.value.__context__ is None


async def test_a_stream_is_asked_for_and_read_as_events(
    serve: Serve, transport: Transport, requests: list[bytes]
) -> None:
    url = await serve(answering(reply(b"event: a\ndata: 1\n\ndata: [DONE]\n\n", "Content-Type: text/event-stream")))
    call = Call("", {"stream": True}, streams=True)
    async with transport.send(call, url=url, key="k", provider="ark", total=5) as answer:
        events = [(event.name, event.data) async for event in read_events(answer)]
    assert events == [("a", "1"), ("", "[DONE]")]
    assert b"Accept: text/event-stream" in requests[0]


@pytest.mark.parametrize("key", ["sk-1\n", "sk-1\r\nX-Evil: 1", "sk\0", "sk 1", "“sk-1”", "ключ", ""])
async def test_a_key_that_no_header_can_carry_is_refused_before_sending(
    serve: Serve, transport: Transport, requests: list[bytes], key: str
) -> None:
    url = await serve(answering(reply(b"{}")))
    with pytest.raises(BadKey, match="copy it again") as caught:
        async with transport.send(CALL, url=url, key=key, provider="ark", total=5):
            pass
    assert requests == []
    assert key not in repr(caught.value) or not key


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "307 Again", "304 Same", "300 Many"])
@pytest.mark.parametrize(
    "where", ["Location: /v1/images", "Location: https://elsewhere.invalid/", "Location: file:///etc/passwd", "A: b"]
)
async def test_a_redirect_is_not_followed_and_costs_nothing(
    serve: Serve, ask: Ask, requests: list[bytes], status: str, where: str
) -> None:
    url = await serve(answering(reply(b"", where, status)))
    with pytest.raises(BadReply, match="the address moved: check the base URL") as caught:
        await ask(url)
    assert (len(requests), caught.value.charged, caught.value.retry) == (1, Charged.NO, Retry.NEVER)


async def test_a_switch_of_protocols_is_no_answer(serve: Serve, ask: Ask) -> None:
    url = await serve(answering(b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"))
    with pytest.raises(BadReply):
        await ask(url)


async def test_a_transport_must_be_entered() -> None:
    with pytest.raises(RuntimeError, match="entered"):
        async with Transport().send(CALL, url="http://127.0.0.1/", key="k", provider="ark", total=1):
            pass
    async with Transport():
        pass
    await Transport().__aexit__()


async def test_a_cancelled_caller_stays_cancelled(serve: Serve, ask: Ask, requests: list[bytes]) -> None:
    arrived = asyncio.Event()

    async def script(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        arrived.set()
        await reader.read()

    task = asyncio.ensure_future(ask(await serve(script)))
    await arrived.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_proxy_is_used_where_the_environment_names_one(serve: Serve, requests: list[bytes]) -> None:
    proxy = await serve(answering(reply(b"{}")))
    async with (
        Transport(proxy=lambda _: proxy) as transport,
        transport.send(CALL, url="http://far.invalid/v1", key="k", provider="ark", total=5) as answer,
    ):
        assert await read_json(answer) == {}
    assert requests[0].startswith(b"POST http://far.invalid/v1 HTTP/1.1")


async def test_a_proxy_that_refuses_or_is_not_there_means_nothing_was_sent(serve: Serve) -> None:
    refusing = await serve(answering(b"HTTP/1.1 407 No\r\nContent-Length: 0\r\n\r\n"), swallow=False)
    for proxy, words in ((refusing, "the proxy refused with status 407"), ("http://127.0.0.1:1", "the proxy does not")):
        async with Transport(proxy=lambda _, proxy=proxy: proxy) as transport:  # type: ignore[misc]  # a bound default
            with pytest.raises(Unreachable, match=words):
                async with transport.send(CALL, url="https://far.invalid/", key="k", provider="ark", total=5):
                    pass


def test_the_proxy_comes_from_the_environment_except_for_our_own_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", "http://proxy.example:3128")
    monkeypatch.setenv("no_proxy", "direct.example")
    assert environment_proxy("https://api.example/v1") == "http://proxy.example:3128"
    for url in ("https://direct.example/", "https://localhost:1/", "https://127.0.0.2/", "https://[::1]/"):
        assert environment_proxy(url) is None
