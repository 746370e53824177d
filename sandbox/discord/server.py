"""The pretend Discord: one object that serves REST, the gateway and the content network on loopback."""

import asyncio
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

from aiohttp import web

from sandbox.discord.answers import Answers
from sandbox.discord.asking import send
from sandbox.discord.building import Building
from sandbox.discord.calls import Call, Event
from sandbox.discord.faults import Faults
from sandbox.discord.front import BASE, Front
from sandbox.discord.gateway import Gateway
from sandbox.discord.model import Interaction, Json, Message
from sandbox.discord.people import People
from sandbox.discord.rates import Rates
from sandbox.discord.register import Register
from sandbox.discord.replies import Reply
from sandbox.discord.rooms import Rooms
from sandbox.discord.routes import Routes
from sandbox.discord.world import Application

_HOST = "127.0.0.1"
_LOOK = 0.02  # seconds; what happens within the bot stirs nothing here
_CLOSES = {"G4": 4004, "G5": 4013, "G6": 4014, "G7": 4009}


class PretendDiscord(Building):
    """Discord on 127.0.0.1, as strict as the real one.

    `window` are the seconds in which five messages or edits may go to one channel or token; Discord's is about 5.
    `heartbeat` is the interval that clients are told, in seconds; `shards` what GET /gateway/bot recommends.
    `identify_every` are the seconds that have to lie between two new sessions; Discord's are 5 for small bots.
    With `keep_files=False` the bytes of the bot's files are forgotten once they have been counted, for long runs.
    """

    def __init__(
        self,
        *,
        clock: Callable[[], float] = time.time,
        port: int = 0,
        window: float = 1.0,
        heartbeat: float = 41.25,
        shards: int = 1,
        keep_files: bool = True,
        identify_every: float = 0.0,
    ) -> None:
        super().__init__(clock)
        self.world.keep_files = keep_files
        self.gateway = Gateway(self.world, heartbeat=heartbeat, identify_every=identify_every)
        self.gateway.judge_event = self._judge_event
        self.faults = Faults()
        self.rates = Rates(window)
        self.event_judges: list[Callable[[Event], list[str]]] = []
        self._port = port
        self._ports: dict[int, str] = {}
        self._runner: web.AppRunner | None = None
        self._people = People(self.world, shards, 1)
        families = (self._people, Register(self.world), Rooms(self.world), Answers(self.world))
        routes = Routes(entry for family in families for entry in family.routes())
        self._front = Front(self.world, routes, self.faults, self.rates)

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=1 << 30)
        app.router.add_route("*", "/{path:.*}", self._answer)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1, handler_cancellation=True)
        await self._runner.setup()
        for name in ("api", "cdn", "media"):
            await web.TCPSite(self._runner, _HOST, self._port if name == "api" else 0, backlog=4096).start()
            self._ports[int(self._runner.addresses[-1][1])] = name
        self.world.cdn_base, self.world.media_base = self._url("cdn"), self._url("media")
        self.gateway.address = self._people.gateway_url = self.gateway_url
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.gateway.cut(1001)
        if self._runner is not None:
            await self._runner.cleanup()

    def _url(self, name: str) -> str:
        port = next(port for port, there in self._ports.items() if there == name)
        return f"http://{_HOST}:{port}"

    @property
    def api_base(self) -> str:
        """What `Route.BASE` and DISCORD_API_BASE are set to."""
        return f"{self._url('api')}{BASE}"

    @property
    def gateway_url(self) -> str:
        """What `DiscordWebSocket.DEFAULT_GATEWAY` and DISCORD_GATEWAY_URL are set to."""
        return f"{self._url('api').replace('http', 'ws', 1)}/"

    @property
    def cdn_base(self) -> str:
        """What `Asset.BASE` is set to."""
        return self._url("cdn")

    @property
    def media_base(self) -> str:
        """Where thumbnails come from."""
        return self._url("media")

    @property
    def cdn_hosts(self) -> list[str]:
        """Hosts and ports that files come from, as DISCORD_CDN_HOSTS wants them."""
        return [self._url(name).removeprefix("http://") for name in ("cdn", "media")]

    @property
    def token(self) -> str:
        """The bot's token."""
        return self.application.token

    @property
    def application(self) -> Application:
        """The app; `privileged` are its privileged intents, none at first."""
        return self.world.application

    @property
    def commands(self) -> dict[str, Json]:
        """The global commands by name, as Discord keeps them."""
        return {str(command["name"]): command for command in self.world.commands[0].values()}

    @property
    def traffic(self) -> list[Call]:
        """Every REST call so far."""
        return self._front.traffic

    @property
    def downloads(self) -> list[Call]:
        """Every request to the content network so far."""
        return self._front.downloads

    @property
    def events(self) -> list[Event]:
        """Every event that the gateway has sent so far."""
        return self.gateway.events

    @property
    def judges(self) -> list[Callable[[Call], list[str]]]:
        """Asked about every call once it is answered; what they say joins the violations."""
        return self._front.judges

    @property
    def violations(self) -> list[str]:
        """Rules that the bot has broken without being refused for it, in words."""
        return self.world.violations

    @property
    def invalid_requests(self) -> int:
        """Answers 401, 403 and 429, of which Discord allows 10,000 in ten minutes."""
        return self._front.invalid

    @property
    def environment(self) -> dict[str, str]:
        """The settings with which a bot connects to it and may fetch its files."""
        return {
            "DISCORD_TOKEN": self.token,
            "DISCORD_API_BASE": self.api_base,
            "DISCORD_GATEWAY_URL": self.gateway_url,
            "DISCORD_CDN_HOSTS": ",".join(self.cdn_hosts),
            "OUTBOUND_ALLOW": ",".join(self.cdn_hosts),
        }

    def calls(self, route: str) -> list[Call]:
        """The calls whose method and path contain all these words: "PATCH @original"."""
        return [call for call in self.traffic if all(word in call.route for word in route.split())]

    async def until(self, holds: Callable[[], Any], seconds: float = 5.0) -> None:
        """Wait until something is true, here or in the bot; raises TimeoutError."""
        ends = asyncio.get_running_loop().time() + seconds
        while not holds() and asyncio.get_running_loop().time() < ends:
            await self.world.until(holds, _LOOK)
        if not holds():
            raise TimeoutError(f"this has not come true within {seconds} s")

    async def ready(self, seconds: float = 10.0, shards: int = 1) -> None:
        """Wait until so many shards listen."""
        await self.until(lambda: len(self.gateway.connected) >= shards, seconds)

    async def synced(self, *names: str, seconds: float = 10.0) -> None:
        """Wait until the bot has synced its commands, these at least."""
        await self.until(lambda: self.commands and set(names) <= set(self.commands), seconds)

    def fail(self, fault: str, times: int = 1, route: str = "") -> None:
        """Let D1 to D33 show the next `times` times at a route ("PATCH /webhooks", "CDN"); ":done" acts first.

        G1, and G4 to G7 for the next clients that identify; the others of class G are methods.
        """
        if fault == "G1":
            self.gateway.deaf = True
        elif fault in _CLOSES:
            self.gateway.refuse += [_CLOSES[fault]] * times
        elif fault == "G15":
            self.faults.arm("D6", times, "PUT /applications")
        else:
            self.faults.arm(fault, times, route)

    def recover(self, route: str) -> None:
        """End the faults that were asked for at this route."""
        self.faults.drop(route)

    def slow(self, seconds: float, times: int = 1, route: str = "", *, acted: bool = False) -> None:
        """Let answers come late; `acted` means that what was asked is done before the wait."""
        self.faults.delay(seconds, times, route, acted=acted)

    def reconnect(self) -> None:
        """G2: ask every client to come back (op 7)."""
        self.gateway.order(7)

    def invalidate(self, *, resumable: bool) -> None:
        """G3: end every session (op 9)."""
        if not resumable:
            self.gateway.forget_sessions()
        self.gateway.order(9, data=resumable)

    async def cut(self, code: int | None = None) -> None:
        """Cut every gateway connection: with a close code (G4 to G7), or without a word."""
        await self.gateway.cut(code)

    def freeze(self) -> None:
        """G8: a partition; connections stay open, and nothing gets through until `thaw`."""
        self.gateway.frozen = True

    async def thaw(self) -> None:
        """End the partition: old connections are dead, new ones work."""
        self.gateway.frozen = False
        await self.gateway.cut()

    def replay(self, it: Interaction | Reply) -> None:
        """G9: send an interaction a second time."""
        send(self.world, it.interaction if isinstance(it, Reply) else it)

    def message(self, number: int) -> Message:
        """A message by its id; raises KeyError."""
        return self.world.messages[number]

    def _judge_event(self, event: Event) -> None:
        for judge in self.event_judges:
            for problem in judge(event):
                self.world.broken(problem)

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        transport = request.transport
        port = transport.get_extra_info("sockname")[1] if transport is not None else 0
        place = self._ports.get(port, "api")
        if place != "api":
            return await self._front.cdn(request, proxy=place == "media")
        if request.path.startswith("/api/"):
            return await self._front.rest(request)
        return await self.gateway.answer(request)
