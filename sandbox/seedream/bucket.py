"""Hands out finished pictures behind their links, or does to them what a fault wants."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from aiohttp import web

from sandbox.seedream import spoilt
from sandbox.seedream.doors import Doors
from sandbox.seedream.faults import Ask, Faults, Where
from sandbox.seedream.ledger import Ledger
from sandbox.seedream.magic import read
from sandbox.seedream.raw import Line, Sleep
from sandbox.seedream.rules import Order
from sandbox.seedream.storage import Denied, Storage, Stored

TOO_MANY = 300_000_000
DAY = 86_400.0

_STATUSES: Mapping[str, Denied] = {
    "I1": Denied(403, "AccessDenied", "Access Denied"),
    "I2": Denied(404, "NoSuchKey", "The specified key does not exist."),
    "I3": Denied(410, "Gone", "The object is gone for good."),
    "I4": Denied(403, "AccessDenied", "Request has expired"),
    "I26": Denied(403, "RequestTimeTooSkewed", "The difference between the request time and now is too large."),
}


@dataclass(slots=True)
class Bucket:
    """The counter where links are given out and taken back."""

    storage: Storage
    faults: Faults
    ledger: Ledger
    doors: Doors
    clock: Callable[[], float]
    sleep: Sleep
    address: str = ""

    def link(self, order: Order, stored: Stored) -> str:
        """The link to a picture; a waiting picture fault is tied to it here."""
        self._tie(stored, order.provider, read(order.prompt).fault)
        now = self.clock()
        if stored.fault == "I4":
            now -= 2 * DAY
        if stored.fault == "I26":
            now += 3600.0 if stored.variant == "future" else -2 * DAY
        path = f"/store/{order.name}/{stored.name}"
        scheme, host = "http", self.address
        if stored.fault == "I7":
            scheme, host = "https", self.doors.address("TLS")
        if stored.fault == "I8":
            scheme, host = "https", self.doors.address("trap TLS").replace("127.0.0.1", "localhost")
        if order.provider == "acedata":  # its own CDN, whose links are not signed
            return f"{scheme}://{host}/store/cdn/{stored.name}"
        return f"{scheme}://{host}{self.storage.sign(path, now, host)}"

    def _tie(self, stored: Stored, provider: str, wanted: Ask | None = None) -> None:
        ask = wanted if wanted is not None and wanted.where is Where.BUCKET else None
        ask = ask or self.faults.take({Where.BUCKET}, provider, "")
        if ask is not None:
            stored.fault, stored.variant = ask.name, ask.variant

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """One GET of a link."""
        name = request.path.rsplit("/", 1)[-1]
        stored = self.storage.get(name)
        if secret := next((header for header in ("Authorization", "X-Api-Key") if header in request.headers), ""):
            self.ledger.violations.append(f"{secret} was sent along to the bucket")
            return self._told(name, Denied(400, "InvalidArgument", "Only one auth mechanism is allowed"))
        if stored is None:
            return self._told(name, _STATUSES["I2"])
        if not stored.fault:
            self._tie(stored, "")
        denied = self._denied(request, stored)
        if denied is not None:
            return self._told(name, denied)
        stored.served += 1
        response = await self._serve(request, stored)
        self.ledger.downloads.append((name, response.status))
        return response

    def _denied(self, request: web.Request, stored: Stored) -> Denied | None:
        if stored.fault in ("I1", "I2", "I3", "I4") or (stored.fault, stored.variant) == ("I26", "future"):
            return _STATUSES[stored.fault]
        if stored.fault == "I26" or request.path.startswith("/store/cdn/"):
            return None
        return self.storage.check(request.raw_path, self.clock(), request.host)

    def _told(self, name: str, denied: Denied) -> web.Response:
        self.ledger.downloads.append((name, denied.status))
        answer = {"Code": denied.code, "Message": denied.message, "EC": "0003-00000015"}
        return web.json_response(answer, status=denied.status)

    async def _serve(self, request: web.Request, stored: Stored) -> web.StreamResponse:
        fault = stored.fault
        if fault == "I5" and stored.served <= 2:
            return web.Response(status=int(stored.variant or "503"), text="try again")
        if fault == "I6":
            return web.Response(status=302, headers={"Location": f"http://{self.doors.trap}/private"})
        if fault == "I7":
            return self._downgrade(request, stored)
        if fault in _SCRIPTS:
            return await _SCRIPTS[fault](Line(request, self.sleep), stored)
        if fault in spoilt.NAMES:
            data, media_type = await asyncio.to_thread(spoilt.picture, fault, stored.variant)
            return web.Response(body=data, content_type=media_type)
        return web.Response(body=stored.data, content_type=stored.media_type)

    def _downgrade(self, request: web.Request, stored: Stored) -> web.Response:
        """Send the client from https to http, where the very same picture lies."""
        if request.url.scheme == "http":
            return web.Response(body=stored.data, content_type=stored.media_type)
        path = f"/store/cdn/{stored.name}"
        return web.Response(status=302, headers={"Location": f"http://{self.address}{path}"})


async def _lie(line: Line, stored: Stored) -> web.StreamResponse:
    """A length that is not the true one."""
    length = len(stored.data) + (1000 if stored.variant != "short" else -1000)
    head = f"HTTP/1.1 200 OK\r\nContent-Type: {stored.media_type}\r\nContent-Length: {length}\r\n\r\n"
    line.write(head.encode() + stored.data)
    line.close()
    return web.Response()


async def _flood(line: Line, stored: Stored) -> web.StreamResponse:
    """A picture's beginning, and then noughts for as long as anybody listens."""
    response = web.StreamResponse(headers={"Content-Type": stored.media_type})
    if stored.variant != "chunked":
        response.content_length = TOO_MANY
    await response.prepare(line.request)
    data, sent = stored.data, 0
    try:
        while sent < TOO_MANY and line.open:
            piece = data[: TOO_MANY - sent]
            await response.write(piece)
            sent, data = sent + len(piece), bytes(2**18)
    except ConnectionError:
        return response  # the client has seen enough
    return response


_SCRIPTS: Mapping[str, Callable[[Line, Stored], Awaitable[web.StreamResponse]]] = {"I14": _lie, "I15": _flood}
