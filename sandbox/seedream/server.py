"""The pretend server: one address, five gateways, and a bucket for the pictures."""

import asyncio
import ssl
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

from aiohttp import web

from sandbox.seedream import magic
from sandbox.seedream.bucket import Bucket
from sandbox.seedream.desk import Desk
from sandbox.seedream.doors import Doors
from sandbox.seedream.faults import FAULTS, Faults, Where
from sandbox.seedream.generation import Easel, Sleep
from sandbox.seedream.ledger import Call, Ledger
from sandbox.seedream.models import PROVIDERS
from sandbox.seedream.rules import Order
from sandbox.seedream.storage import Storage
from sandbox.seedream.tasks import SHAPES, Tasks

BODY_LIMIT = 2**30


class PretendSeedream:
    """All five gateways on 127.0.0.1, as strict as the real ones; what they were asked stands in `ledger`.

    `pace` are the seconds that one picture takes. `listeners` hear of every call once it is answered, and how many
    seconds that took. `pictures="small"` draws at an eighth of the size that is declared, which is what most tests
    want.
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
        self.faults = Faults()
        self.doors = Doors()
        self.listeners: list[Callable[[Call, float], None]] = []
        self._port = port
        self._clock = clock
        storage = Storage(seed)
        self._bucket = Bucket(storage, self.faults, self.ledger, self.doors, clock, sleep)
        scale = 0.125 if pictures == "small" else 1.0
        easel = Easel(storage, self._bucket.link, self._wrap, clock, sleep, pace, scale, seed)
        self._tasks = Tasks(clock)
        self._storage, self._easel = storage, easel
        self._desk = Desk(key, easel, self._tasks, self.faults, clock)
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=BODY_LIMIT)
        app.router.add_route("*", "/{path:.*}", self._answer)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self._port).start()
        self._port = int(self._runner.addresses[0][1])
        await self.doors.open(self._runner)
        self._bucket.address = self._desk.address = self.address
        self._desk.trap = self.doors.trap
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._tasks.close()
        if self._runner is not None:
            await self._runner.cleanup()
        await self.doors.close()

    @property
    def calls(self) -> list[Call]:
        """Every request to a gateway so far."""
        return self.ledger.calls

    @property
    def billed(self) -> int:
        """Every picture drawn so far, whether its reply arrived or not."""
        return self.ledger.billed

    @property
    def violations(self) -> list[str]:
        """What no client may do and one has done: send the key elsewhere, follow a link to a private place."""
        return self.ledger.violations

    @property
    def pace(self) -> float:
        """The seconds that one picture takes."""
        return self._easel.pace

    @pace.setter
    def pace(self, seconds: float) -> None:
        self._easel.pace = seconds

    @property
    def address(self) -> str:
        """Host and port, as OUTBOUND_ALLOW wants it."""
        return f"127.0.0.1:{self._port}"

    @property
    def tls_address(self) -> str:
        """Host and port of the https links of I7, for a guard that shall let them through."""
        return self.doors.address("TLS")

    @property
    def task_shape(self) -> str:
        """Which of AceData's three documented task records is given: record, flat or status."""
        return self._tasks.shape

    @task_shape.setter
    def task_shape(self, shape: str) -> None:
        if shape not in SHAPES:
            raise ValueError(f"task records have the shapes {', '.join(SHAPES)}")
        self._tasks.shape = shape

    def base_url(self, provider: str, fault: str = "") -> str:
        """What to put into `…_BASE_URL`; with one of P1 to P6 an address that fails in that way."""
        if provider not in PROVIDERS:
            raise ValueError(f"there is no provider {provider!r}")
        if not fault:
            return f"http://{self.address}/{provider}"
        if fault not in FAULTS or FAULTS[fault].where is not Where.DOOR:
            raise ValueError(f"{fault} does not lie below HTTP: use fail({fault!r})")
        return f"{self.doors.url(fault)}/{provider}"

    def fail(self, fault: str, times: int = 1, provider: str | None = None, *, path: str = "") -> None:
        """Let a fault show at the next `times` chances: "P53", "P55:504", "R1:7", "S4", "I5" or "code:QuotaExceeded".

        Questions about tasks fail only when `path` says so: `path="/seedream/tasks"`.
        """
        self.faults.arm(fault, times, provider, path)

    def recover(self, fault: str) -> None:
        """End a fault that was asked for in these words."""
        self.faults.drop(fault)

    def forget(self, most: int) -> None:
        """Keep only the latest calls, downloads and pictures, for runs of many hours."""
        del self.ledger.calls[:-most], self.ledger.downloads[:-most], self.ledger.violations[:-most]
        self._storage.forget(most)

    def trust(self) -> ssl.SSLContext:
        """A context that believes the TLS addresses here, so that P4 and P5 fail for their own reasons."""
        return self.doors.trust()

    def _wrap(self, order: Order, b64: str) -> str:
        """Base64 as it goes into a reply, spoilt when I24 or I25 is due."""
        wanted = magic.read(order.prompt).fault
        if wanted is None or wanted.where is not Where.ITEM:
            wanted = self.faults.take({Where.ITEM}, order.provider, "")
        if wanted is None:
            return b64
        return f"@@@{b64[3:]}" if wanted.name == "I24" else f"data:image/{order.output_format};base64,{b64}"

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        transport = request.transport
        local = transport.get_extra_info("sockname") if transport is not None else None
        if local is not None and self.doors.is_trap(local[1]):
            return self._trapped(request)
        if request.path == "/loop":
            return web.Response(status=307, headers={"Location": "/loop"})
        if request.path.startswith("/store/"):
            return await self._bucket.answer(request)
        provider = request.path.split("/")[1]
        if provider not in PROVIDERS:
            return web.json_response({"error": "not found"}, status=404)
        call = Call(provider, request.path, self._clock(), f"0217{int(self._clock())}{len(self.calls):06d}")
        self.calls.append(call)
        began = time.monotonic()
        try:
            return await self._desk.answer(request, call)
        finally:
            for tell in self.listeners:
                tell(call, time.monotonic() - began)

    def _trapped(self, request: web.Request) -> web.Response:
        """Somebody has followed a link to where it must not lead."""
        keys = " with a key" if "Authorization" in request.headers else ""
        self.violations.append(f"{request.method} {request.path} went to a private address{keys}")
        return web.Response(text="you should not be here")
