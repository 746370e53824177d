"""The front: every request is written down, may meet a fault, is asked who it is, and answered."""

import asyncio
import json
import re
import socket
import struct
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

from aiohttp import web

from sandbox.discord import cdn, forms
from sandbox.discord.calls import Answer, Asked, Call
from sandbox.discord.faults import CODED, STATUS, Fault, Faults
from sandbox.discord.rates import Rates, too_many
from sandbox.discord.refusals import Refusal
from sandbox.discord.routes import Routes
from sandbox.discord.world import World

BASE = "/api/v10"
_STUBBORN = 4
_PAGE = "<html><head><title>{0}</title></head><body><center><h1>{0}</h1></center><hr>cloudflare</body></html>"


class Front:
    """Answers REST and the content network."""

    def __init__(self, world: World, routes: Routes, faults: Faults, rates: Rates) -> None:
        self._world = world
        self._routes = routes
        self._faults = faults
        self._rates = rates
        self.traffic: list[Call] = []
        self.downloads: list[Call] = []
        self.judges: list[Callable[[Call], list[str]]] = []
        self.invalid = 0
        self._dead: dict[str, int] = {}

    async def cdn(self, request: web.Request, *, proxy: bool) -> web.StreamResponse:
        """Serve a file, or fail as asked."""
        call = _call(request, self._world.now)
        self.downloads.append(call)
        if "Authorization" in request.headers:
            self._world.broken("the bot's token was sent to the content network")
        fault = self._faults.take("CDN", request.path)
        if fault is not None and not fault.acted:
            early = await self._early(fault, request, call)
            if early is not None:
                return early
        response: web.StreamResponse = cdn.serve(self._world, request.path, dict(request.query), proxy=proxy)
        call.status = response.status
        if fault is not None and fault.acted:
            return await self._late(fault, request, response, call)
        return response

    async def rest(self, request: web.Request) -> web.StreamResponse:
        """Answer one REST call."""
        call = _call(request, self._world.now)
        self.traffic.append(call)
        started = time.monotonic()
        try:
            return await self._answer(request, call)
        finally:
            call.seconds = time.monotonic() - started
            self._stubborn(call)
            if call.status in {401, 403, 429} and call.answer_headers.get("X-RateLimit-Scope") != "shared":
                self.invalid += 1
            for judge in self.judges:
                for problem in judge(call):
                    self._world.broken(problem)
            if not self._world.keep_files:
                call.parts = [replace(part, data=b"") for part in call.parts]
            self._world.stir()

    def _stubborn(self, call: Call) -> None:
        """A webhook that is not there, or whose token has ended, should not be asked again and again."""
        if call.status not in {401, 404} or "{token}" not in call.template or call.fault:
            return
        token = call.path.split("/")[3]
        self._dead[token] = self._dead.get(token, 0) + 1
        if self._dead[token] == _STUBBORN:
            self._world.broken(
                f"a token that does not count was used {_STUBBORN} times ({call.method} {call.template})"
            )

    async def _answer(self, request: web.Request, call: Call) -> web.StreamResponse:
        fault = self._faults.take(call.method, call.path)
        if fault is not None:
            call.fault = fault.name
            if not fault.acted:
                early = await self._early(fault, request, call)
                if early is not None:
                    return early
        response = self._reply(call, await self._done(request, call))
        if fault is not None and fault.acted:
            return await self._late(fault, request, response, call)
        return response

    async def _done(self, request: web.Request, call: Call) -> Answer | Refusal:
        """What the request has come to; the answer has not left yet."""
        try:
            form = await self._read(request, call)
            route, ids = self._routes.find(call.method, call.path)
            call.template = route.template
            call.answer_headers |= self._rates.count(call, route.template, ids, time.monotonic())
            self._admitted(call, route.template)
            return route.handler(Asked(call, form, ids))
        except Refusal as refusal:
            return refusal

    async def _read(self, request: web.Request, call: Call) -> forms.Form:
        form = await forms.read(request, self._world.request_limit)
        call.body, call.parts, call.whole = form.payload, form.parts, True
        if form.multipart and form.length > self._world.form_limit:
            raise Refusal(40005)
        return form

    def _admitted(self, call: Call, template: str) -> None:
        """Who asks? An interaction's token stands in the path, everything else needs the bot's."""
        given = call.headers.get("Authorization")
        if "{token}" in template:
            if given is not None:
                self._world.broken(f"the bot's token was sent with {call.method} {template}, which needs none")
            return
        if not re.match(r"DiscordBot \(\S+,? ", call.headers.get("User-Agent", "")):
            self._world.broken(f"{call.method} {template} without a DiscordBot User-Agent")
        if given != f"Bot {self._world.application.token}" and template != "/gateway":
            raise Refusal(0)

    def _reply(self, call: Call, done: Answer | Refusal) -> web.Response:
        """An answer as Discord gives it: clients know JSON by exactly this type."""
        body = done.body
        call.status, call.answer = done.status, body
        headers = call.answer_headers
        headers["Via"] = "1.1 google"
        if isinstance(done, Refusal):
            headers |= done.headers
        if body is None:
            return web.Response(status=done.status, headers=headers)
        headers["Content-Type"] = "application/json"
        return web.Response(body=json.dumps(body).encode(), status=done.status, headers=headers)

    async def _early(self, fault: Fault, request: web.Request, call: Call) -> web.StreamResponse | None:
        """A fault that shows before anything is done; None when the request goes on."""
        if fault.name == "slow":
            await asyncio.sleep(fault.seconds)
            return None
        if fault.name == "D33":
            found = re.match(r"/(?:webhooks|interactions)/\d+/([^/]+)", call.path)
            it = self._world.interactions.get(found[1]) if found else None
            if it is not None:
                it.expired = True
            return None
        with suppress(Refusal, *forms.CUT):
            if fault.form == "middle":
                await request.content.read(70_000)
            elif fault.name not in {"D29", "D30"}:
                await self._read(request, call)
        return await self._failing(fault, request, call)

    async def _late(
        self, fault: Fault, request: web.Request, response: web.StreamResponse, call: Call
    ) -> web.StreamResponse:
        """A fault of which the client alone learns: the deed is done."""
        if fault.name == "slow":
            await asyncio.sleep(fault.seconds)
            return response
        if fault.name != "D31":
            return await self._failing(fault, request, call)
        whole = response.body if isinstance(response, web.Response) and isinstance(response.body, bytes) else b"{}"
        half = web.StreamResponse(status=response.status, headers=call.answer_headers)
        half.content_length = len(whole)
        await half.prepare(request)
        await half.write(whole[: len(whole) // 2])
        call.status, call.answer = None, None
        return cut(request, half, reset=False)

    async def _failing(self, fault: Fault, request: web.Request, call: Call) -> web.StreamResponse:
        """The failing answer itself."""
        call.status = call.answer = None
        if fault.name in {"D29", "D30"}:
            return cut(request, web.Response(), reset=fault.name == "D29")
        if fault.name == "D32":
            await asyncio.sleep(3600)
        if fault.name in {"D1", "D2", "D5"}:
            scope = "global" if fault.name == "D2" else "user"
            return self._reply(call, too_many(3600.0 if fault.name == "D5" else fault.seconds, scope=scope))
        if fault.name in CODED:
            more = {"retry_after": 3600.0, "global": False} if fault.name == "D28" else {}
            return self._reply(call, Refusal(CODED[fault.name], more=more))
        call.status = STATUS.get(fault.name, 429)
        if fault.name == "D3":
            return web.Response(text="error code: 1015", status=429, headers={"Retry-After": "17"})
        if fault.name == "D9":
            return web.Response(status=504, headers={"Via": "1.1 google"})
        if fault.name in {"D6", "D8"}:
            return self._reply(call, Refusal(0, status=call.status, message=f"{call.status}: Internal Server Error"))
        headers = {"Retry-After": "17", "Via": "1.1 google"} if fault.name == "D4" else {}
        page = _PAGE.format(f"{call.status} error")
        return web.Response(text=page, status=call.status, content_type="text/html", headers=headers)


def _call(request: web.Request, now: float) -> Call:
    path = request.raw_path.partition("?")[0].removeprefix(BASE)
    return Call(request.method, path, dict(request.query), dict(request.headers), now)


def cut(request: web.Request, response: web.StreamResponse, *, reset: bool) -> web.StreamResponse:
    """Cut the connection: with a reset, as a dying proxy does, or with a plain end."""
    transport = request.transport
    if transport is None:
        return response
    plug: socket.socket = transport.get_extra_info("socket")
    if reset:
        plug.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()
    else:
        transport.close()
    return response
