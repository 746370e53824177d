"""The pretend server: one address, five gateways, and a bucket for the pictures."""

import asyncio
import json
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

import orjson
from aiohttp import web

from sandbox.seedream import dialects, magic, rules
from sandbox.seedream.dialects import Item, Json
from sandbox.seedream.generation import Easel, Sleep
from sandbox.seedream.ledger import Call, Ledger, shortened
from sandbox.seedream.models import PROVIDERS
from sandbox.seedream.problems import AUTH, Problem
from sandbox.seedream.references import look
from sandbox.seedream.rules import Order
from sandbox.seedream.storage import Storage, Stored

PATHS = {
    "/ark/api/v3/images/generations",
    "/ark/api/plan/v3/images/generations",
    "/byteplus/api/v3/images/generations",
    "/cometapi/v1/images/generations",
    "/gateway/v1/images/generations",
    "/acedata/seedream/images",
    "/acedata/seedream/tasks",
}


class PretendSeedream:
    """All five gateways on 127.0.0.1, as strict as the real ones; what they were asked stands in `ledger`.

    `pace` are the seconds that one picture takes. `pictures="small"` draws at an eighth of the size that is
    declared, which is what most tests want.
    """

    def __init__(
        self,
        *,
        port: int = 0,
        key: str = "sk-pretend-5eed7ea3",
        pace: float = 0.0,
        clock: Callable[[], float] = time.time,
        sleep: Sleep = asyncio.sleep,
        seed: int = 0,
        pictures: str = "full",
    ) -> None:
        self.key = key
        self.ledger = Ledger()
        self._port = port
        self._clock = clock
        self._storage = Storage(seed)
        scale = 0.125 if pictures == "small" else 1.0
        self._easel = Easel(self._storage, self._link, clock, sleep, pace, scale, seed)
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=2**30)
        app.router.add_route("*", "/{path:.*}", self._answer)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port)
        await site.start()
        self._port = int(self._runner.addresses[0][1])
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    @property
    def calls(self) -> list[Call]:
        """Every request to a gateway so far."""
        return self.ledger.calls

    @property
    def billed(self) -> int:
        """Every picture drawn so far."""
        return self.ledger.billed

    @property
    def address(self) -> str:
        """Host and port, as OUTBOUND_ALLOW wants it."""
        return f"127.0.0.1:{self._port}"

    def base_url(self, provider: str, fault: str = "") -> str:
        """What to put into `…_BASE_URL`."""
        if provider not in PROVIDERS:
            raise ValueError(f"there is no provider {provider!r}")
        return f"http://{self.address}/{provider}"

    def _link(self, order: Order, stored: Stored) -> str:
        path = f"/store/{order.name}/{stored.name}"
        if order.provider == "acedata":  # its own CDN, whose links are not signed
            return f"http://{self.address}/store/cdn/{stored.name}"
        return f"http://{self.address}{self._storage.sign(path, self._clock(), self.address)}"

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        if request.path.startswith("/store/"):
            return self._download(request)
        provider = request.path.split("/")[1]
        if provider not in PROVIDERS:
            return web.json_response({"error": "not found"}, status=404)
        request_id = f"0217{int(self._clock())}{len(self.calls):06d}"
        call = Call(provider, request.path, self._clock(), request_id)
        self.calls.append(call)
        try:
            body = await self._read(request, call)
            return await self._generate(request, call, body)
        except Problem as problem:
            call.status, answer = dialects.failure(provider, problem, request_id)
            return self._reply(request, call, answer)

    async def _read(self, request: web.Request, call: Call) -> object:
        if request.path not in PATHS or request.method != "POST":
            raise Problem("no_api" if call.provider == "acedata" else "InvalidPath", "no such API", status=404)
        given = request.headers.get("Authorization", "")
        raw = await request.read()
        call.key_ok = given == f"Bearer {self.key}"
        if not given and call.provider == "acedata":
            raise Problem("no_token", "no token")
        if not call.key_ok:
            raise Problem(AUTH, "the API key or AK/SK in the request is missing or invalid.")
        try:
            body: object = await asyncio.to_thread(orjson.loads, raw)
        except orjson.JSONDecodeError:
            raise Problem("InvalidParameter", "The request body is not JSON.") from None
        call.body = shortened(body)
        return body

    async def _generate(self, request: web.Request, call: Call, body: object) -> web.StreamResponse:
        order = rules.check(call.provider, body, plan="/api/plan/" in call.path)
        words = magic.read(order.prompt)
        seen = await look(order)
        if words.problem is not None:
            raise words.problem
        made = [one async for one in self._easel.pictures(order, seen, words, call)]
        call.status = 200
        return self._reply(request, call, self._body(order, made, call))

    def _body(self, order: Order, made: list[Item], call: Call) -> Json:
        return dialects.body(order, made, created=self._clock(), task=f"task-{call.request_id}", trace=call.request_id)

    def _reply(self, request: web.Request, call: Call, answer: Json) -> web.Response:
        headers = {"x-request-id": call.request_id}
        if client := request.headers.get("X-Client-Request-Id"):
            headers["x-client-request-id"] = client
        text = json.dumps(answer, ensure_ascii=False)
        return web.Response(text=text, status=call.status or 200, headers=headers, content_type="application/json")

    def _download(self, request: web.Request) -> web.Response:
        name = request.path.rsplit("/", 1)[-1]
        stored = self._storage.get(name)
        if "Authorization" in request.headers:
            self.ledger.violations.append(f"a key was sent along to the bucket for {name}")
            return web.json_response({"Code": "InvalidArgument", "Message": "Only one auth mechanism"}, status=400)
        if stored is None:
            return web.json_response({"Code": "NoSuchKey", "Message": "The key does not exist"}, status=404)
        if not request.path.startswith("/store/cdn/"):
            denied = self._storage.check(request.raw_path, self._clock(), request.host)
            if denied is not None:
                answer = {"Code": denied.code, "Message": denied.message, "EC": "0003-00000015"}
                return web.json_response(answer, status=denied.status)
        return web.Response(body=stored.data, content_type=stored.media_type)
