"""Pictures stream into discord.py's own HTTP clients: whole, of exact length, again on every retry, or not at all."""

import asyncio
import json
import random
import tracemalloc
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import aiohttp
import discord
import pytest
from aiohttp import web
from discord.http import HTTPClient, Route, handle_message_parameters

from bench.parts import split
from bot.seedream.errors import DownloadError
from bot.ui.upload import Upload, UploadBroken

PICTURES = tuple(random.Random(seed).randbytes(300_000 + seed) for seed in range(4))


@dataclass
class Bytes:
    """Content over bytes that remembers how often it was read and let go."""

    data: bytes
    promised: int | None = None
    breaks: Exception | None = None
    read: int = 0
    closed: int = 0

    @property
    def length(self) -> int:
        return len(self.data) if self.promised is None else self.promised

    async def chunks(self) -> AsyncGenerator[bytes, None]:
        self.read += 1
        try:
            for start in range(0, len(self.data), 65_536):
                yield self.data[start : start + 65_536]
                await asyncio.sleep(0)
            if self.breaks is not None:
                raise self.breaks
        finally:
            self.closed += 1


@dataclass
class Message:
    """One upload as the server saw it."""

    announced: int | None
    body: int = 0
    payload: dict[str, object] = field(default_factory=dict)
    files: dict[str, tuple[str | None, bytes]] = field(default_factory=dict)
    whole: bool = False


def reply(data: object, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    """An answer as Discord gives it: discord.py parses JSON of exactly this type only."""
    kind = {"Content-Type": "application/json"}
    return web.Response(body=json.dumps(data).encode(), status=status, headers=kind | (headers or {}))


class Discord:
    """The part of Discord's REST interface that takes messages; answers as it is told to."""

    def __init__(self) -> None:
        self.answers: list[int] = []
        self.messages: list[Message] = []
        self.dropped = 0

    def app(self) -> web.Application:
        app = web.Application(client_max_size=1 << 30)
        app.router.add_get("/api/users/@me", self.me)
        app.router.add_post("/api/channels/{channel}/messages", self.take)
        app.router.add_post("/api/webhooks/{id}/{token}", self.take)
        app.router.add_post("/api/channels/drop", self.drop)
        return app

    async def me(self, request: web.Request) -> web.Response:
        return reply({"id": "1", "username": "bot"})

    async def drop(self, request: web.Request) -> web.Response:
        async for chunk in request.content.iter_any():
            self.dropped += len(chunk)
        return reply({"length": request.content_length})

    async def take(self, request: web.Request) -> web.Response:
        message = Message(request.content_length)
        self.messages.append(message)
        status = self.answers.pop(0) if self.answers else 200
        if status == 413:
            return reply({"message": "too large", "code": 40005}, status=status)
        raw = await request.read()
        message.body = len(raw)
        for part in split(request.headers["Content-Type"], raw):
            if part.name == "payload_json":
                message.payload = json.loads(part.data)
            else:
                message.files[part.name] = (part.filename, part.data)
        message.whole = True
        if status == 429:
            return reply({"retry_after": 0.01}, status=status, headers={"Via": "1.1 google"})
        return reply({"id": "5", "channel_id": "2", "attachments": []}, status=status)


@pytest.fixture
async def pretend(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Discord]:
    """A loopback Discord that discord.py talks to."""
    server = Discord()
    runner = web.AppRunner(server.app(), shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    monkeypatch.setattr(Route, "BASE", f"http://{host}:{port}/api")
    yield server
    await runner.cleanup()


@asynccontextmanager
async def logged_in() -> AsyncIterator[HTTPClient]:
    http = HTTPClient(asyncio.get_running_loop())
    try:
        await http.static_login("token")
        yield http
    finally:
        await http.close()


async def send(http: HTTPClient, files: list[Upload], channel: int = 2) -> None:
    with handle_message_parameters(content="done", files=files) as params:
        await http.send_message(channel, params=params)


def uploads() -> tuple[list[Bytes], list[Upload]]:
    contents = [Bytes(data) for data in PICTURES]
    return contents, [Upload(content, f"{number}.png") for number, content in enumerate(contents)]


async def test_four_pictures_arrive_byte_for_byte_with_an_exact_length(pretend: Discord) -> None:
    contents, files = uploads()
    async with logged_in() as http:
        await send(http, files)
    [message] = pretend.messages
    assert message.files == {f"files[{n}]": (f"{n}.png", data) for n, data in enumerate(PICTURES)}
    assert message.announced == message.body > sum(map(len, PICTURES))
    assert [content.closed for content in contents] == [1, 1, 1, 1]


async def test_discords_own_retries_send_whole_pictures_again(pretend: Discord) -> None:
    async def after(status: int, channel: int) -> None:
        pretend.answers.append(status)
        contents, files = uploads()
        await send(http, files, channel)
        assert [content.read for content in contents] == [2, 2, 2, 2]

    async with logged_in() as http:
        await asyncio.gather(*(after(status, channel) for channel, status in enumerate((500, 502, 429))))
    assert len(pretend.messages) == 6
    for message in pretend.messages:
        assert message.files == {f"files[{n}]": (f"{n}.png", data) for n, data in enumerate(PICTURES)}
        assert message.announced == message.body


async def test_a_webhook_takes_it_too_and_retries(pretend: Discord) -> None:
    pretend.answers.append(429)
    content = Bytes(PICTURES[0])
    async with aiohttp.ClientSession() as session:
        webhook = discord.Webhook.partial(7, "t" * 68, session=session)
        await webhook.send("done", file=Upload(content, "cat.png"))
    assert [message.files["files[0]"] for message in pretend.messages] == [("cat.png", PICTURES[0])] * 2


async def test_the_spoiler_and_the_description_are_kept(pretend: Discord) -> None:
    files = [
        Upload(Bytes(b"one"), "cat.png", spoiler=True, description="a cat in the rain"),
        Upload(Bytes(b"two"), "SPOILER_dog.png"),
        Upload(Bytes(b"three"), "fish.png"),
    ]
    async with logged_in() as http:
        await send(http, files)
    [message] = pretend.messages
    assert message.payload["attachments"] == [
        {"id": 0, "filename": "SPOILER_cat.png", "description": "a cat in the rain"},
        {"id": 1, "filename": "SPOILER_dog.png"},
        {"id": 2, "filename": "fish.png"},
    ]
    assert [name for name, _ in message.files.values()] == ["SPOILER_cat.png", "SPOILER_dog.png", "fish.png"]
    assert [file.spoiler for file in files] == [True, True, False]


@pytest.mark.parametrize("error", [ConnectionResetError("cut"), DownloadError("gone"), TimeoutError()], ids=repr)
async def test_a_picture_that_breaks_off_is_never_taken_for_whole(pretend: Discord, error: Exception) -> None:
    good, bad = Bytes(PICTURES[0]), Bytes(PICTURES[1][:200_000], len(PICTURES[1]), error)
    files = [Upload(good, "good.png"), Upload(bad, "bad.png")]
    async with logged_in() as http:
        with pytest.raises(aiohttp.ClientConnectionError) as raised:
            await send(http, files)
        await send(http, [Upload(Bytes(b"next"), "next.png")])
    assert isinstance(raised.value.__cause__, UploadBroken)
    assert files[1].broken is error
    assert files[0].broken is None
    assert bad.read == bad.closed == 1
    assert [message.whole for message in pretend.messages] == [False, True]


@pytest.mark.parametrize(("promised", "word"), [(299_000, "longer"), (301_000, "shorter")])
async def test_a_picture_of_another_length_is_never_taken_for_whole(pretend: Discord, promised: int, word: str) -> None:
    content = Bytes(PICTURES[0], promised)
    file = Upload(content, "odd.png")
    async with logged_in() as http:
        with pytest.raises(aiohttp.ClientConnectionError):
            await send(http, [file])
    assert isinstance(file.broken, UploadBroken)
    assert f"1000 bytes {word}" in str(file.broken)
    assert not pretend.messages[0].whole
    assert content.closed == 1


async def test_a_refusal_before_the_end_lets_the_content_go(pretend: Discord) -> None:
    pretend.answers.append(413)
    content = Bytes(bytes(20_000_000))
    async with logged_in() as http:
        with pytest.raises((discord.HTTPException, aiohttp.ClientConnectionError)):
            await send(http, [Upload(content, "big.png")])
    assert content.closed == 1


async def test_cancelling_lets_the_content_go(pretend: Discord) -> None:
    class Endless(Bytes):
        async def chunks(self) -> AsyncGenerator[bytes, None]:
            self.read += 1
            try:
                yield b"x"
                started.set()
                await asyncio.Event().wait()
            finally:
                self.closed += 1

    started = asyncio.Event()
    content = Endless(b"xyz")
    async with logged_in() as http:
        sending = asyncio.create_task(send(http, [Upload(content, "slow.png")]))
        await started.wait()
        sending.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sending
        await asyncio.sleep(0)
    assert content.closed == 1


@pytest.fixture
def traced() -> Iterator[None]:
    tracemalloc.start()
    yield
    tracemalloc.stop()


@pytest.mark.usefixtures("traced")
async def test_memory_does_not_grow_with_the_picture(pretend: Discord) -> None:
    class Big(Bytes):
        async def chunks(self) -> AsyncGenerator[bytes, None]:
            for _ in range(1024):
                yield bytes(65_536)
                await asyncio.sleep(0)

    content = Big(b"", 1024 * 65_536)
    async with logged_in() as http:
        before = tracemalloc.get_traced_memory()[0]
        tracemalloc.reset_peak()
        form = handle_message_parameters(files=[Upload(content, "big.png")])
        await http.request(Route("POST", "/channels/drop"), files=form.files, form=form.multipart)
        peak = tracemalloc.get_traced_memory()[1]
    assert pretend.dropped > content.length
    assert peak - before < 8_000_000


def test_a_part_has_no_text() -> None:
    file = Upload(Bytes(b"x"), "x.png")
    with pytest.raises(TypeError, match="no text"):
        file.fp.decode()  # type: ignore[attr-defined]  # the part stands where discord.py keeps its file object
    file.close()
    file.reset(seek=True)
