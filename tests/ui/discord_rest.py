"""A pretend REST Discord on loopback: small, but as strict as Discord's documents, with faults on demand."""

import asyncio
import json
import re
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from bench.parts import Part, split

TOKEN = "MTIzNDU2Nzg5MDEyMzQ1Njc4.GabcdE.0123456789abcdefghijklmnopqrstuvwxyzAB"
BOT, APPLICATION = 900000000000000001, 900000000000000002
FIRST_ID = (1_795_176_000_000 - 1_420_070_400_000) << 22  # ids tell the time; these are of November 2026
MIB = 1024 * 1024

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Refusal(Exception):
    """An answer in Discord's form that is no success."""

    def __init__(self, status: int, code: int, message: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.status, self.code, self.headers = status, code, headers or {}


@dataclass
class Channel:
    """Where the bot may or may not write."""

    code: int | None = None  # the refusal that a new message meets: 50001, 50013 …
    blocked: str = ""  # a word that its AutoMod is against
    history: bool = True
    file_limit: int = 10 * MIB


@dataclass
class File:
    """An attachment as it arrived."""

    id: int
    name: str
    data: bytes
    description: str | None


@dataclass
class Message:
    """A message as people see it."""

    id: int
    channel: int
    content: str = ""
    files: list[File] = field(default_factory=list)
    ours: bool = True
    ephemeral: bool = False
    reply_to: int | None = None
    edits: int = 0

    @property
    def names(self) -> list[str]:
        return [file.name for file in self.files]


@dataclass
class Token:
    """An interaction that was deferred."""

    original: int
    channel: int
    expired: bool = False


class Discord:
    """What the server knows. `faults` are used up one per request; `problems` are broken rules, of which there
    should be none."""

    def __init__(self) -> None:
        self.channels: dict[int, Channel] = {}
        self.messages: dict[int, Message] = {}
        self.tokens: dict[str, Token] = {}
        self.nonces: dict[tuple[int, str], int] = {}
        self.request_limit = 25 * MIB
        self.faults: list[str] = []
        self.problems: list[str] = []
        self.asked: list[str] = []
        self.login: Refusal | None = None
        self.base = ""
        self._ids = iter(range(FIRST_ID, FIRST_ID + 1000))

    def defer(self, token: str, channel: int, *, ephemeral: bool = False) -> int:
        """An interaction was answered with "thinking"; the message that shows it."""
        message = Message(next(self._ids), channel, ephemeral=ephemeral)
        self.messages[message.id] = message
        self.tokens[token] = Token(message.id, channel)
        return message.id

    def said(self, channel: int, *, ours: bool) -> int:
        """Somebody has written a message."""
        message = Message(next(self._ids), channel, "…", ours=ours)
        self.messages[message.id] = message
        return message.id

    def app(self) -> web.Application:
        app = web.Application(client_max_size=1 << 30, middlewares=[self._front])
        app.router.add_get("/api/v10/users/@me", self._me)
        app.router.add_get("/api/v10/oauth2/applications/@me", self._application)
        app.router.add_post("/api/v10/channels/{channel}/messages", self._send)
        app.router.add_get("/api/v10/channels/{channel}/messages", self._history)
        app.router.add_patch("/api/v10/channels/{channel}/messages/{message}", self._edit)
        app.router.add_patch("/api/v10/webhooks/{application}/{token}/messages/{message}", self._edit_answer)
        app.router.add_post("/api/v10/webhooks/{application}/{token}", self._follow_up)
        return app

    @web.middleware
    async def _front(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Faults, who asks, and refusals in Discord's form."""
        self.asked.append(f"{request.method} {request.path.removeprefix('/api/v10')}")
        fault = self.faults.pop(0) if self.faults else ""
        if fault == "cut in the middle":
            await request.content.read(70_000)
            return _reset(request)
        if early := await _early(fault, request):
            return early
        try:
            self._authorised(request)
            response = await handler(request)
        except Refusal as refusal:
            await request.read()
            body = {"message": str(refusal), "code": refusal.code}
            if refusal.status == 429:
                body["retry_after"] = 3600
            return reply(body, refusal.status, refusal.headers)
        if fault == "cut before the answer":
            return _reset(request)
        if fault == "half an answer":
            return await _half(request, response)
        return response

    def _authorised(self, request: web.Request) -> None:
        given = request.headers.get("Authorization")
        if "/webhooks/" in request.path:
            if given is not None:
                self.problems.append("a bot's token was sent to an interaction's webhook")
            return
        if not request.headers.get("User-Agent", "").startswith("DiscordBot ("):
            self.problems.append("no DiscordBot User-Agent")
        if given != f"Bot {TOKEN}":
            raise Refusal(401, 0, "401: Unauthorized")

    async def _me(self, request: web.Request) -> web.Response:
        if self.login is not None:
            raise self.login
        return reply(_user())

    async def _application(self, request: web.Request) -> web.Response:
        told = {"bot_public": True, "bot_require_code_grant": False, "verify_key": "", "owner": _user(), "flags": 0}
        return reply({"id": str(APPLICATION), "name": "bot", "description": "", "icon": None} | told)

    async def _send(self, request: web.Request) -> web.Response:
        place = int(request.match_info["channel"])
        channel = self._channel(place)
        payload, files = await self._form(request, channel.file_limit)
        if channel.code is not None:
            raise Refusal(403, channel.code, "Missing Permissions")
        nonce = self._nonce(payload)
        if (place, nonce) in self.nonces:
            return reply(_json(self.messages[self.nonces[place, nonce]]))
        reply_to = self._replied_to(channel, payload)
        message = self._post(place, payload, files)
        message.reply_to = reply_to
        self.nonces[place, nonce] = message.id
        return reply(_json(message))

    async def _history(self, request: web.Request) -> web.Response:
        channel = self._channel(int(request.match_info["channel"]))
        if channel.code == 50001:
            raise Refusal(403, 50001, "Missing Access")
        after, limit = int(request.query.get("after", 0)), int(request.query.get("limit", 50))
        if not 1 <= limit <= 100 or not 0 <= after < 1 << 63:
            raise Refusal(400, 50035, "Invalid Form Body")
        found = [message for message in self.messages.values() if message.id > after and channel.history]
        return reply([_json(message) for message in found[:limit]][::-1])

    async def _edit(self, request: web.Request) -> web.Response:
        place = int(request.match_info["channel"])
        channel = self._channel(place)
        message = self.messages.get(int(request.match_info["message"]))
        if message is None or message.channel != place or message.ephemeral:
            raise Refusal(404, 10008, "Unknown Message")
        if not message.ours:
            raise Refusal(403, 50005, "Cannot edit a message authored by another user")
        if channel.code == 50001:
            raise Refusal(403, 50001, "Missing Access")
        return await self._change(request, message)

    async def _edit_answer(self, request: web.Request) -> web.Response:
        token = self._token(request)
        asked = request.match_info["message"]
        message = self.messages.get(token.original if asked == "@original" else int(asked))
        if message is None:
            raise Refusal(404, 10008, "Unknown Message")
        return await self._change(request, message)

    async def _follow_up(self, request: web.Request) -> web.Response:
        token = self._token(request)
        payload, files = await self._form(request, self._channel(token.channel).file_limit)
        message = self._post(token.channel, payload, files)
        message.ephemeral = bool(payload.get("flags", 0) & 64)
        return reply(_json(message))

    async def _change(self, request: web.Request, message: Message) -> web.Response:
        payload, files = await self._form(request, self._channel(message.channel).file_limit)
        self._automod(message.channel, payload)
        message.content = payload.get("content", message.content)
        if "attachments" in payload:
            retained = {int(entry["id"]) for entry in payload["attachments"]}
            message.files = [file for file in message.files if file.id in retained] + files
        if not message.content and not message.files:
            raise Refusal(400, 50006, "Cannot send an empty message")
        message.edits += 1
        return reply(_json(message))

    def _post(self, channel: int, payload: dict[str, Any], files: list[File]) -> Message:
        self._automod(channel, payload)
        message = Message(next(self._ids), channel, payload.get("content") or "", files)
        if not message.content and not files:
            raise Refusal(400, 50006, "Cannot send an empty message")
        self.messages[message.id] = message
        return message

    def _automod(self, channel: int, payload: dict[str, Any]) -> None:
        blocked = self._channel(channel).blocked
        if blocked and blocked in (payload.get("content") or ""):
            raise Refusal(400, 200000, "Message was blocked by automatic moderation")

    def _channel(self, number: int) -> Channel:
        if number not in self.channels:
            raise Refusal(404, 10003, "Unknown Channel")
        return self.channels[number]

    def _token(self, request: web.Request) -> Token:
        if int(request.match_info["application"]) != APPLICATION:
            raise Refusal(404, 10015, "Unknown Webhook")
        token = self.tokens.get(request.match_info["token"])
        if token is None:
            raise Refusal(404, 10015, "Unknown Webhook")
        if token.expired:
            raise Refusal(401, 50027, "Invalid Webhook Token")
        return token

    def _nonce(self, payload: dict[str, Any]) -> str:
        nonce = payload.get("nonce")
        if not isinstance(nonce, str) or not 1 <= len(nonce) <= 25 or payload.get("enforce_nonce") is not True:
            self.problems.append(f"a new message without a nonce that is enforced: {nonce!r}")
        return str(nonce)

    def _replied_to(self, channel: Channel, payload: dict[str, Any]) -> int | None:
        reference = payload.get("message_reference")
        if reference is None:
            return None
        if not channel.history:
            raise Refusal(403, 160002, "Cannot reply without permission to read message history")
        number = int(reference["message_id"])
        if number not in self.messages and reference.get("fail_if_not_exists", True):
            raise Refusal(400, 50035, "Invalid Form Body")
        return number if number in self.messages else None

    async def _form(self, request: web.Request, file_limit: int) -> tuple[dict[str, Any], list[File]]:
        """The message in a request, by the rules of Discord's reference."""
        raw = await request.read()
        if len(raw) > self.request_limit:
            raise Refusal(413, 40005, "Request entity too large")
        parts = split(request.headers["Content-Type"], raw) if "multipart" in request.content_type else []
        payload = _payload(parts, raw)
        if len(payload.get("content") or "") > 2000:
            raise Refusal(400, 50035, "Must be 2000 or fewer in length.")
        if payload.get("allowed_mentions", {}).get("parse") != []:
            self.problems.append("people may be mentioned")
        files = self._files(payload, [part for part in parts if part.name != "payload_json"])
        if any(len(file.data) > file_limit for file in files):
            raise Refusal(413, 40005, "Request entity too large")
        return payload, files

    def _files(self, payload: dict[str, Any], parts: list[Part]) -> list[File]:
        entries = {f"files[{entry['id']}]": entry for entry in payload.get("attachments") or []}
        if len(parts) > 10 or len(payload.get("attachments") or []) > 10:
            raise Refusal(400, 50035, "Must be 10 or fewer in length.")
        if len(entries) != len(payload.get("attachments") or []) or {part.name for part in parts} - entries.keys():
            raise Refusal(400, 50035, "files and attachments do not belong together")
        files = []
        for part in parts:
            entry = entries[part.name]
            name = part.filename or ""
            if entry["filename"] != name or not re.fullmatch(r"[A-Za-z0-9_.-]+\.(png|jpg|webp|gif|zip)", name):
                self.problems.append(f"a file called {name!r}, an attachment called {entry['filename']!r}")
            if not part.data or len(entry.get("description") or "") > 1024:
                raise Refusal(400, 50035, "Invalid Form Body")
            files.append(File(next(self._ids), name, part.data, entry.get("description")))
        return files


def _payload(parts: list[Part], raw: bytes) -> dict[str, Any]:
    given = [part.data for part in parts if part.name == "payload_json"] if parts else [raw]
    if len(given) != 1:
        raise Refusal(400, 50109, "The request body contains invalid JSON.")
    payload: dict[str, Any] = json.loads(given[0])
    return payload


def reply(data: object, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    """An answer as Discord gives it: discord.py parses JSON of exactly this type only."""
    kind = {"Content-Type": "application/json", "Via": "1.1 google"}
    return web.Response(body=json.dumps(data).encode(), status=status, headers=kind | (headers or {}))


async def _early(fault: str, request: web.Request) -> web.StreamResponse | None:
    """A fault that keeps the request from having any effect."""
    if not fault or fault.startswith(("cut before", "half")):
        return None
    await request.read()
    if fault == "page":
        return web.Response(text="<html>", status=502, content_type="text/html")
    if fault == "empty":
        return web.Response(status=504, headers={"Content-Type": "application/json"})
    if fault == "cloudflare":
        return web.Response(text="<html>", status=429, headers={"Retry-After": "17"}, content_type="text/html")
    if fault == "riddle":
        return reply(["what has it got in its pockets?"])
    if fault == "silence":
        await asyncio.sleep(60)
    return reply({"message": fault, "code": 0, "retry_after": 3600}, int(fault))


def _reset(request: web.Request) -> web.Response:
    """Cut the connection with a reset, as a dying proxy does."""
    if request.transport is not None:
        plug: socket.socket = request.transport.get_extra_info("socket")
        plug.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        request.transport.abort()
    return web.Response()


async def _half(request: web.Request, response: web.StreamResponse) -> web.StreamResponse:
    answer = web.StreamResponse(headers={"Content-Type": "application/json", "Content-Length": "5000"})
    await answer.prepare(request)
    await answer.write(b'{"id": "10000')
    return _reset(request)


def _user(ours: bool = True) -> dict[str, Any]:
    return {"id": str(BOT if ours else 7), "username": "somebody", "discriminator": "0", "avatar": None, "bot": ours}


def _json(message: Message) -> dict[str, Any]:
    link = f"https://cdn.discordapp.com/attachments/{message.channel}/"
    files = [
        {"id": str(file.id), "filename": file.name, "size": len(file.data), "url": link, "proxy_url": link}
        for file in message.files
    ]
    told: dict[str, Any] = {
        "timestamp": "2026-11-20T12:00:00+00:00",
        "edited_timestamp": None,
        "tts": False,
        "pinned": False,
    }
    empty: dict[str, list[str]] = {"mentions": [], "mention_roles": [], "embeds": [], "components": []}
    told |= {
        "mention_everyone": False,
        "type": 0,
        "flags": 64 if message.ephemeral else 0,
        "author": _user(message.ours),
    }
    ids = {"id": str(message.id), "channel_id": str(message.channel)}
    return ids | {"content": message.content, "attachments": files} | told | empty


@asynccontextmanager
async def pretend_discord() -> AsyncIterator[Discord]:
    """A running one; its `base` is its address."""
    server = Discord()
    runner = web.AppRunner(server.app(), shutdown_timeout=0.1, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    server.base = f"http://{host}:{port}/api/v10"
    try:
        yield server
    finally:
        await runner.cleanup()
