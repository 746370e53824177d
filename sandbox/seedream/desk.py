"""Takes a request to one of the gateways from its first byte to its answer, faults included."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace

import orjson
from aiohttp import web

from sandbox.seedream import bodies, dialects, magic, raw, rules, streams
from sandbox.seedream.dialects import Item, Json
from sandbox.seedream.faults import Ask, Faults, Where
from sandbox.seedream.generation import Easel
from sandbox.seedream.ledger import Call, shortened
from sandbox.seedream.magic import Words
from sandbox.seedream.problems import AUTH, Problem
from sandbox.seedream.references import Seen, look
from sandbox.seedream.rules import Order
from sandbox.seedream.tasks import Task, Tasks

GENERATE: Mapping[str, str] = {
    "/ark/api/v3/images/generations": "ark",
    "/ark/api/plan/v3/images/generations": "ark",
    "/byteplus/api/v3/images/generations": "byteplus",
    "/cometapi/v1/images/generations": "cometapi",
    "/gateway/v1/images/generations": "gateway",
    "/acedata/seedream/images": "acedata",
}
ASK = "/acedata/seedream/tasks"


@dataclass(frozen=True, slots=True)
class Visit:
    """One request that has passed the rules, and all that its answer needs."""

    request: web.Request
    call: Call
    order: Order
    words: Words
    seen: list[Seen]


@dataclass(slots=True)
class Desk:
    """Where all five gateways are served."""

    key: str
    easel: Easel
    tasks: Tasks
    faults: Faults
    clock: Callable[[], float]
    address: str = ""
    trap: str = ""

    async def answer(self, request: web.Request, call: Call) -> web.StreamResponse:
        """Serve one request; a Problem is answered in the gateway's own words."""
        try:
            body = await self._read(request, call)
            if request.path == ASK:
                return await self._ask(request, call, body)
            return await self._generate(request, call, body)
        except Problem as problem:
            return self._refuse(request, call, problem)
        except ConnectionError:  # the client left while it was still sending
            return web.Response()

    async def _read(self, request: web.Request, call: Call) -> object:
        if request.method != "POST" or request.path not in {*GENERATE, ASK}:
            raise Problem("no_api" if call.provider == "acedata" else "InvalidPath", "no such API", status=404)
        given = request.headers.get("Authorization", "")
        sent = await request.read()
        call.key_ok = given == f"Bearer {self.key}"
        if not given and call.provider == "acedata":
            raise Problem("no_token", "no token")
        if not call.key_ok:
            raise Problem(AUTH, "the API key or AK/SK in the request is missing or invalid.")
        if request.content_type != "application/json":
            raise Problem("InvalidParameter", "The Content-Type must be application/json.")
        try:
            body: object = await asyncio.to_thread(orjson.loads, sent)
        except orjson.JSONDecodeError:
            raise Problem("InvalidParameter", "The request body is not JSON.") from None
        call.body = shortened(body)
        return body

    async def _generate(self, request: web.Request, call: Call, body: object) -> web.StreamResponse:
        order = rules.check(call.provider, body, plan="/api/plan/" in call.path)
        visit = Visit(request, call, order, magic.read(order.prompt), await look(order))
        fault = self._fault(visit)
        if fault is not None:
            call.fault = str(fault)
            if fault.where is Where.API:
                return await self._spoil(visit, fault)
        if order.deferred:
            return self._reply(request, call, {"task_id": self._open(visit).id})
        if visit.words.problem is not None:
            raise visit.words.problem
        if order.stream:
            return await self._stream(visit, fault)
        return self._reply(request, call, await self._draw(visit))

    def _fault(self, visit: Visit) -> Ask | None:
        """The fault that strikes this answer: the prompt's own one, else the next that waits."""
        wheres = {Where.API, Where.STREAM} if visit.order.stream else {Where.API}
        wanted = visit.words.fault
        if wanted is not None and wanted.where in wheres:
            return wanted
        return self.faults.take(wheres, visit.order.provider, visit.call.path)

    async def _draw(self, visit: Visit, task: str = "") -> Json:
        made = [one async for one in self.easel.pictures(visit.order, visit.seen, visit.words, visit.call)]
        return self._body(visit, made, task)

    def _body(self, visit: Visit, made: list[Item], task: str = "") -> Json:
        # a set without any picture: alone it is the error itself, in company it stands beside the others
        if len(made) == 1 and made[0].problem is not None:
            raise made[0].problem
        trace = visit.call.request_id
        return dialects.body(visit.order, made, created=self.clock(), task=task or f"task-{trace}", trace=trace)

    def _open(self, visit: Visit) -> Task:
        """Open a task that draws by itself."""
        task = self.tasks.open(visit.call.body, visit.call.request_id, visit.order.callback_url)

        async def work() -> Json:
            if visit.words.problem is not None:
                raise visit.words.problem
            return await self._draw(visit, task.id)

        self.tasks.start(task, work)
        return task

    async def _ask(self, request: web.Request, call: Call, body: object) -> web.StreamResponse:
        fault = self.faults.take({Where.API}, call.provider, call.path)
        if fault is not None:
            call.fault = str(fault)
            return await self._show(request, call, fault, orjson.dumps(self._spared(body)))
        return self._reply(request, call, self.tasks.ask(body))

    def _spared(self, body: object) -> Json:
        """The answer that a fault spoils; it shows also where there would have been none."""
        with suppress(Problem):
            return self.tasks.ask(body)
        return {}

    async def _stream(self, visit: Visit, fault: Ask | None) -> web.StreamResponse:
        if fault is not None and not fault.drawn:
            visit = replace(visit, words=replace(visit.words, count=0))
        pictures = self.easel.pictures(visit.order, visit.seen, visit.words, visit.call)
        source = streams.frames(visit.order, pictures, self.clock)
        parts = streams.healthy(source) if fault is None else streams.spoilt(source, fault)
        visit.call.status = 200
        await streams.send(visit.request, self._headers(visit.request, visit.call), parts, self.easel.sleep)
        return web.Response()

    async def _spoil(self, visit: Visit, fault: Ask) -> web.StreamResponse:
        """Draw what the fault allows to be drawn, then let it strike."""
        if fault.name == "P37":
            more = fault.variant == "more" or (fault.variant == "auto" and visit.order.count == 1)
            visit = replace(visit, order=replace(visit.order, count=visit.order.count + (1 if more else -1)))
        if fault.name == "P38":
            count = max(2, visit.order.count)
            visit = replace(visit, order=replace(visit.order, count=count))
            visit = replace(visit, words=replace(visit.words, failing=frozenset({count - 1})))
        if visit.order.deferred and fault.drawn:
            answer: Json = {"task_id": self._open(visit).id}
        elif fault.drawn:
            answer = await self._draw(visit)
        else:
            answer = self._body(visit, [])
        return await self._show(visit.request, visit.call, fault, orjson.dumps(answer))

    async def _show(self, request: web.Request, call: Call, fault: Ask, answer: bytes) -> web.StreamResponse:
        if fault.name in raw.NAMES:
            return await raw.spoil(fault.name, request, answer, self.easel.sleep)
        problem = fault.problem or bodies.problem(fault.name, fault.variant)
        if problem is None:
            stage = bodies.Stage(answer, fault.variant, self.clock(), self.address, self.trap)
            response = bodies.respond(fault.name, stage)
            call.status = response.status
        else:
            response = self._refuse(request, call, problem)
        response.headers.update(bodies.waits(fault.name, fault.variant, self.clock()))
        return response

    def _refuse(self, request: web.Request, call: Call, problem: Problem) -> web.Response:
        call.status, answer = dialects.failure(call.provider, problem, call.request_id)
        response = self._reply(request, call, answer)
        if call.status == 401 and call.provider in ("ark", "byteplus"):
            response.headers["x-error-code"] = "AuthN_MissOrInvalidAuthorizationHeader"
        return response

    def _reply(self, request: web.Request, call: Call, answer: Json) -> web.Response:
        call.status = call.status or 200
        return web.Response(
            body=orjson.dumps(answer),
            status=call.status,
            headers=self._headers(request, call),
            content_type="application/json",
        )

    def _headers(self, request: web.Request, call: Call) -> dict[str, str]:
        headers = {} if call.provider == "acedata" else {"x-request-id": call.request_id}
        if call.provider in ("ark", "byteplus") and (client := request.headers.get("X-Client-Request-Id")):
            headers["x-client-request-id"] = client
        return headers
