"""A pretend channel: keeps messages by nonce, so that the same nonce twice is one message, and counts the posts."""

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from aiohttp import web


@dataclass(frozen=True, slots=True)
class Message:
    """What a person sees."""

    nonce: str
    job: str
    pictures: int
    content: bytes = field(repr=False)


class Channel:
    """On 127.0.0.1. It never dies; only those who post to it do."""

    def __init__(self) -> None:
        self.messages: dict[str, Message] = {}
        self.posts: Counter[str] = Counter()
        self.acknowledged: set[str] = set()
        self.accepted: set[str] = set()
        self.address = ""
        self._stalled = 0  # the process that is left without an answer
        self._stalls = asyncio.Event()
        self._goes_on = asyncio.Event()
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=2**28)
        app.router.add_post("/{kind}/{key}", self._answer)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.address = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._goes_on.set()
        if self._runner is not None:
            await self._runner.cleanup()

    async def stall(self, process: int) -> None:
        """Take the next message of this process and keep the answer back; returns when that is so."""
        self._stalled = process
        self._stalls.clear()
        self._goes_on.clear()
        await self._stalls.wait()

    def go_on(self) -> None:
        """Answer again."""
        self._stalled = 0
        self._goes_on.set()

    def of(self, key: str, kind: str) -> list[Message]:
        """The messages that a job has brought."""
        return [message for message in self.messages.values() if message.job == key and message.nonce.startswith(kind)]

    async def _answer(self, request: web.Request) -> web.Response:
        key = request.match_info["key"]
        content = await request.read()  # a body that is cut off raises, and nothing was said
        match request.match_info["kind"]:
            case "acknowledge":
                self.acknowledged.add(key)
            case "accepted":
                self.accepted.add(key)
            case "message":
                nonce = request.headers["X-Nonce"]
                self.posts[nonce] += 1
                self.messages.setdefault(nonce, Message(nonce, key, int(request.headers["X-Pictures"]), content))
                if int(request.headers["X-Process"]) == self._stalled:
                    self._stalls.set()
                    await self._goes_on.wait()
        return web.json_response({"id": len(self.messages)})
