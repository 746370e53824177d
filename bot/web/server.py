"""The HTTP server on HTTP_HOST and HTTP_PORT: health, readiness, metrics and callbacks."""

import asyncio
import errno
import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from aiohttp import web
from prometheus_client.exposition import choose_encoder

from bot.config import Settings
from bot.studio.callbacks import PATH, Addresses
from bot.web import health
from bot.web.callbacks import LARGEST, Callbacks
from bot.web.errors import NoServer
from bot.web.gauges import Gauges
from bot.web.health import Loop
from bot.web.metrics import Metrics
from bot.web.numbers import Numbers
from bot.web.sight import House, Pulse, Sight
from bot.web.traffic import Traffic

log = logging.getLogger(__name__)

FAREWELL = 1.0  # seconds that an answer under way may still take at the end


class Web:
    """What is told to the outside. It is there before the house is, and until after it has closed."""

    def __init__(self, settings: Settings, *, at_the_gateway: bool) -> None:
        numbers = Numbers()
        self.witness = Metrics(numbers)
        self.timer = self.witness.timed
        self.onlooker = Traffic(numbers, time.monotonic)
        self._sight = Sight(settings.data_dir, time.monotonic)
        self._loop = Loop(numbers, time.monotonic)
        self._at_the_gateway = at_the_gateway
        self._registry = numbers.registry
        self._registry.register(Gauges(self._sight, self.witness))
        self._callbacks: Callbacks | None = None
        if settings.public_url and settings.key("acedata"):
            addresses = Addresses(settings.public_url, settings.key("acedata"))
            self._callbacks = Callbacks(addresses, numbers)

    def show(self, house: House, pulse: Pulse | None = None) -> None:
        """The house is open: from now on there is something to look at."""
        self.witness.models = house.workshop.seedream.catalogue.models
        self._sight.house, self._sight.pulse = house, pulse
        if self._callbacks is not None:
            self._callbacks.database = house.database

    def hide(self) -> None:
        """The house closes."""
        self._sight.house = self._sight.pulse = self._sight.figures = None
        if self._callbacks is not None:
            self._callbacks.database = None

    @asynccontextmanager
    async def open(self, host: str, port: int) -> AsyncIterator[None]:
        """Listen until the end of the context; raises NoServer."""
        app = web.Application(client_max_size=LARGEST)
        app.router.add_get("/health", self._health)
        app.router.add_get("/ready", self._ready)
        app.router.add_get("/metrics", self._metrics)
        if self._callbacks is not None:
            app.router.add_post(PATH + "{token}", self._callbacks.answer)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=FAREWELL)
        await runner.setup()
        beat = asyncio.create_task(self._loop.run(), name="beat")
        try:
            try:
                await web.TCPSite(runner, host, port).start()
            except OSError as error:
                raise _no_server(error, host, port) from None
            log.info("Health and metrics are at http://%s:%d", f"[{host}]" if ":" in host else host, port)
            yield
        finally:
            beat.cancel()
            with suppress(asyncio.CancelledError):
                await beat
            await runner.cleanup()
            if self._callbacks is not None:
                await self._callbacks.close()

    async def _health(self, _: web.Request) -> web.Response:
        return _json(*health.told(iter([health.health(self._loop)]), "alive"))

    async def _ready(self, _: web.Request) -> web.Response:
        await self._sight.look()
        return _json(*health.told(health.readiness(self._sight, at_the_gateway=self._at_the_gateway), "ready"))

    async def _metrics(self, request: web.Request) -> web.Response:
        await self._sight.look()
        self.onlooker.give_up()
        self._loop.told()
        encode, kind = choose_encoder(request.headers.get("Accept", ""))
        return web.Response(body=encode(self._registry), headers={"Content-Type": kind})


@asynccontextmanager
async def open_web(settings: Settings, *, at_the_gateway: bool) -> AsyncIterator[Web]:
    """The server, listening; `at_the_gateway` is for a process that should be at Discord's."""
    outside = Web(settings, at_the_gateway=at_the_gateway)
    async with outside.open(settings.http_host, settings.http_port):
        yield outside


def _json(status: int, body: dict[str, object]) -> web.Response:
    return web.json_response(body, status=status, headers={"Cache-Control": "no-store"})


def _no_server(error: OSError, host: str, port: int) -> NoServer:
    """In words, with what mends it."""
    if error.errno == errno.EADDRINUSE:
        what = f"HTTP_PORT: port {port} of {host} is taken by another program · stop it, or set another port (0: none)"
        return NoServer(what, passing=True)
    if error.errno == errno.EACCES:
        return NoServer(f"HTTP_PORT: this user may not listen on port {port} · set one above 1023")
    return NoServer(
        f"HTTP_HOST: {host} cannot be listened on ({error.strerror or error}) · set 127.0.0.1, or 0.0.0.0 for everybody"
    )
