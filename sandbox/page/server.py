"""The page's server: its own files, what people see, what they do; only for the page itself, on this machine alone."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from aiohttp import BodyPartReader, web

from sandbox.discord import CannotDo, File
from sandbox.discord.model import Json
from sandbox.page import commands
from sandbox.page.given import BadDeed, NotThere, channel, number, somebody
from sandbox.page.stage import Stage

HOST = "127.0.0.1"
STATIC = Path(__file__).with_name("static")
MOST_BYTES = 110 * 1024 * 1024  # of one deed with all its files; Discord takes ten files of 10 MB from everybody
_MOST_JSON = 256 * 1024
_TRIES = 50  # ports
_PAUSE = 0.1  # seconds between two messages to the page
_PING = 15.0
_POLICY = (
    "default-src 'self'; img-src 'self' blob: data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none';"
    " form-action 'self'"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-cache",
}
_PICTURES = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg", b"GIF8": "image/gif"}

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def open_page(stage: Stage, port: int) -> AsyncIterator[str]:
    """Serve the page at this port, or at the next free one; its address. Raises OSError when there is none."""
    app = web.Application(middlewares=[_guarded, _told], client_max_size=MOST_BYTES)
    app.add_routes(Page(stage).routes())
    app.router.add_static("/static", STATIC)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5, handler_cancellation=True)
    await runner.setup()
    try:
        await _listen(runner, port)
        yield f"http://{HOST}:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


async def _listen(runner: web.AppRunner, port: int) -> None:
    """At this port, or at one of the next; 0 takes any."""
    for offset in range(_TRIES):
        try:
            await web.TCPSite(runner, HOST, port + offset if port else 0).start()
        except OSError:
            if offset == _TRIES - 1 or port + offset >= 65535:
                raise
        else:
            return


@web.middleware
async def _guarded(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Other pages may neither read here, by a name that leads to this machine, nor let anything be done."""
    port = request.transport.get_extra_info("sockname")[1] if request.transport is not None else 0
    if request.host not in {f"{name}:{port}" for name in (HOST, "localhost", "[::1]")}:
        return _failure(403, "open this page as http://127.0.0.1 with its port")
    if request.method not in {"GET", "HEAD"} and request.headers.get("Origin") != f"http://{request.host}":
        return _failure(403, "only the page itself may do that")
    return await handler(request)


@web.middleware
async def _told(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Whatever does not work is told in words, as JSON."""
    try:
        response = await handler(request)
    except BadDeed as error:
        return _failure(400, str(error))
    except NotThere as error:
        return _failure(404, str(error))
    except CannotDo as error:
        return _failure(409, str(error))
    except web.HTTPRequestEntityTooLarge:
        return _failure(413, f"that is more than {MOST_BYTES // 1024 // 1024} MB")
    except web.HTTPException as error:
        return _failure(error.status, error.reason)
    if not response.prepared:
        response.headers.update({name: value for name, value in _HEADERS.items() if name not in response.headers})
    return response


def _failure(status: int, words: str) -> web.Response:
    return web.json_response({"ok": False, "error": words}, status=status, headers=_HEADERS)


class Page:
    """The routes."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._world = stage.discord.world

    def routes(self) -> list[web.RouteDef]:
        """What is served."""
        return [
            web.get("/", self._index),
            web.get("/files/{attachment}/{name}", self._file),
            web.get("/api/world", self._around),
            web.get("/api/channel/{id}", self._channel),
            web.get("/api/commands", self._commands),
            web.get("/api/events", self._events),
            web.post("/api/do", self._do),
            web.get("/api/wire", self._wire),
            web.get("/api/switches", self._switches),
            web.post("/api/switch", self._switch),
            web.post("/api/bot", self._bot),
        ]

    async def _index(self, request: web.Request) -> web.StreamResponse:
        return web.FileResponse(STATIC / "index.html")

    async def _around(self, request: web.Request) -> web.StreamResponse:
        stage, performer = self._stage, self._stage.performer
        told: Json = {
            "version": stage.changes.world,
            "bot": {"state": stage.bot_state, "pid": performer.pid, "note": stage.wire.hidden(performer.note)},
            "provider": {"name": stage.plan.provider, "pretend": stage.plan.pretend},
        }
        first = str(next(iter(stage.scene.people)))  # the page does not know yet who is there
        return web.json_response(told | stage.view.around(somebody(stage.scene, request.query.get("as", first))))

    async def _channel(self, request: web.Request) -> web.StreamResponse:
        who = somebody(self._stage.scene, request.query.get("as"))
        place = channel(self._world, who, request.match_info["id"], "id")
        view = self._stage.view
        told = {"version": self._stage.changes.channels.get(place.id, 0), "channel": view.place(place, who)}
        return web.json_response(told | {"messages": view.messages(place, who)})

    async def _commands(self, request: web.Request) -> web.StreamResponse:
        who = somebody(self._stage.scene, request.query.get("as"))
        place = channel(self._world, who, request.query.get("in"), "in")
        return web.json_response(commands.listed(self._world, who.at(place)))

    async def _file(self, request: web.Request) -> web.StreamResponse:
        who = somebody(self._stage.scene, request.query.get("as"))
        it = self._stage.view.file(number(request.match_info["attachment"], "attachment"), who)
        if it is None:
            raise NotThere("there is no such file")
        kind = _picture(it.data)
        way = "inline" if kind is not None else "attachment"
        return web.Response(
            body=it.data,
            content_type=kind or "application/octet-stream",
            headers={
                "Content-Disposition": f"{way}; filename*=UTF-8''{quote(it.filename)}",
                "Cache-Control": "private, max-age=3600",
            },
        )

    async def _do(self, request: web.Request) -> web.StreamResponse:
        told, files = await _form(request)
        answer = await self._stage.deeds.do(told, files)
        return web.json_response({"ok": True, "answer": answer})

    async def _wire(self, request: web.Request) -> web.StreamResponse:
        return web.json_response(self._stage.wire.after(number(request.query.get("after") or "0", "after")))

    async def _switches(self, request: web.Request) -> web.StreamResponse:
        return web.json_response(self._stage.switches.told())

    async def _switch(self, request: web.Request) -> web.StreamResponse:
        told = await _object(request)
        if not isinstance(told.get("on"), bool):
            raise BadDeed("on must be true or false")
        if not await self._stage.switches.turn(str(told.get("key")), told["on"]):
            raise BadDeed("key must be one of those at /api/switches")
        return web.json_response(self._stage.switches.told())

    async def _bot(self, request: web.Request) -> web.StreamResponse:
        performer = self._stage.performer
        ways = {
            "start": performer.start,
            "stop": performer.stop,
            "kill": performer.kill,
            "restart": performer.restart,
        }
        way = ways.get(str((await _object(request)).get("do")))
        if way is None:
            raise BadDeed(f"do must be one of {', '.join(ways)}")
        await way()
        return web.json_response({"state": self._stage.bot_state})

    async def _events(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers=_HEADERS | {"Content-Type": "text/event-stream"})
        await response.prepare(request)
        changes = self._stage.changes
        told: dict[Any, str] = {}
        try:
            while True:
                turn = changes.turn
                now = self._news()
                fresh = [text for key, text in now.items() if told.get(key) != text]
                told = now
                await response.write("".join(f"data: {text}\n\n" for text in fresh).encode() or b": still here\n\n")
                await asyncio.sleep(_PAUSE)
                await changes.next(turn, _PING)
        except ConnectionError:
            return response  # the page was closed

    def _news(self) -> dict[Any, str]:
        """What could have changed, as it would be told."""
        stage = self._stage
        news: dict[Any, Json] = {
            number: {"kind": "channel", "id": str(number), "version": version}
            for number, version in stage.changes.channels.items()
        }
        news["world"] = {"kind": "world", "version": stage.changes.world}
        news["wire"] = {"kind": "wire", "last": stage.wire.last}
        news["bot"] = {"kind": "bot", "state": stage.bot_state}
        return {key: json.dumps(one) for key, one in news.items()}


async def _object(request: web.Request) -> Json:
    """The JSON object of a small request."""
    raw = bytearray()
    while len(raw) <= _MOST_JSON and (chunk := await request.content.read(_MOST_JSON)):
        raw += chunk
    return _parsed(bytes(raw))


def _parsed(raw: bytes) -> Json:
    if len(raw) > _MOST_JSON:
        raise BadDeed("that is too much JSON")
    try:
        told = json.loads(raw)
    except (ValueError, RecursionError):
        raise BadDeed("that is no JSON") from None
    if not isinstance(told, dict):
        raise BadDeed("a JSON object is needed")
    return told


async def _form(request: web.Request) -> tuple[Json, dict[str, File]]:
    """A deed and its files."""
    if not request.content_type.startswith("multipart/"):
        raise BadDeed("a form is needed: multipart/form-data with the field deed")
    told, files, total = None, {}, 0
    try:
        async for part in await request.multipart():
            if not isinstance(part, BodyPartReader) or part.name is None:
                raise BadDeed("a part of the form has no name")
            data = bytearray()
            while chunk := await part.read_chunk(1 << 16):
                data += chunk
                total += len(chunk)
                if total > MOST_BYTES:
                    raise web.HTTPRequestEntityTooLarge(MOST_BYTES, total)
            if part.name == "deed":
                told = _parsed(bytes(data))
            else:
                files[part.name] = File(part.filename or "unknown", bytes(data))
    except (ValueError, web.RequestPayloadError):
        raise BadDeed("the form is broken") from None
    if told is None:
        raise BadDeed("the field deed is missing")
    return told, files


def _picture(data: bytes) -> str | None:
    """The kind of a picture that browsers show without any danger."""
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    return next((kind for head, kind in _PICTURES.items() if data.startswith(head)), None)
