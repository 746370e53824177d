"""The only door to the network: one Call in, one Reply or one SeedreamError out; aiohttp lives here and stays here."""

import re
import secrets
import socket
import ssl
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Self
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp
from aiohttp.abc import AbstractStreamWriter
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.payload import Payload

from bot import __version__
from bot.seedream.body import JsonBody
from bot.seedream.errors import (
    BadKey,
    BadReply,
    Charged,
    ConnectionLost,
    InDoubt,
    NotSent,
    Retry,
    SeedreamError,
    TimedOut,
    Unreachable,
)
from bot.seedream.providers.base import Call
from bot.seedream.reply import Reply

# Everything that aiohttp was seen to raise: its own tree, its parser's, bare OSErrors and time-outs, ValueErrors for
# addresses and headers it cannot use, a RuntimeError for reading from a connection that has just gone.
_FAILURES = (aiohttp.ClientError, HttpProcessingError, OSError, TimeoutError, ValueError, RuntimeError)
_BAD_ADDRESS = (aiohttp.InvalidURL, aiohttp.NonHttpUrlClientError, ValueError)
_MALFORMED = (aiohttp.ClientResponseError, HttpProcessingError)

_REQUEST_IDS = ("x-request-id", "x-tt-logid", "x-oneapi-request-id", "x-client-request-id")
_UNSPEAKABLE = re.compile(r"[^\x21-\x7e]+")
_KEEP_ALIVE = (("TCP_KEEPIDLE", 30), ("TCP_KEEPINTVL", 15), ("TCP_KEEPCNT", 4))


def environment_proxy(url: str) -> str | None:
    """The proxy that the environment names for an address (HTTPS_PROXY, NO_PROXY); our own machine needs none."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if host == "localhost" or _is_loopback(host) or proxy_bypass(host):
        return None
    return getproxies().get(parts.scheme)


def new_request_id() -> str:
    """A name for one call of ours, for both sides' logs."""
    return secrets.token_hex(8)


class Transport:
    """Sends calls over one session; use it as an async context manager.

    `connect` seconds may pass until a connection stands, `idle` between two pieces of a streamed answer. A plain
    answer is silent while its picture is being drawn: there only the call's own total counts. A connection is used
    again for `reuse` seconds only: servers close idle ones after two or more, and a call that meets such a moment is
    in doubt although nothing came of it.
    """

    def __init__(
        self,
        *,
        connect: float = 10.0,
        idle: float = 180.0,
        reuse: float = 1.0,
        ssl_context: ssl.SSLContext | None = None,
        proxy: Callable[[str], str | None] = environment_proxy,
        request_id: Callable[[], str] = new_request_id,
    ) -> None:
        self._connect = connect
        self._idle = idle
        self._reuse = reuse
        self._ssl = ssl_context
        self._proxy = proxy
        self._request_id = request_id
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                limit=0, keepalive_timeout=self._reuse, ssl=self._ssl or True, socket_factory=_persistent_socket
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            read_bufsize=65536,
            trust_env=False,  # it would look into ~/.netrc too, and stumble over what it finds
            headers={"Accept-Encoding": "identity", "User-Agent": f"seedream-bot/{__version__}"},
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._session is not None:
            await self._session.close()

    @asynccontextmanager
    async def send(self, call: Call, *, url: str, key: str, provider: str, total: float) -> AsyncGenerator[Reply, None]:
        """POST the call to the address and hand out the answer's head; its body may be read while the context lasts.

        Unreachable says that the request was not out whole, so that nothing can have come of it. `total` seconds
        bound everything, the reading of the body too.
        """
        if self._session is None:
            raise RuntimeError("the transport has not been entered")
        attempt = _Attempt(provider, _place(url), self._request_id(), _Upload(JsonBody(call.body)), total)
        headers = {
            "Authorization": f"Bearer {_usable(key, provider)}",
            "Accept": "text/event-stream" if call.streams else "application/json",
            "X-Client-Request-Id": attempt.request_id,
        }
        limits = aiohttp.ClientTimeout(total, connect=self._connect, sock_read=self._idle if call.streams else None)
        failure: SeedreamError | None = None
        try:
            response = await self._session.post(
                url, data=attempt.upload, headers=headers, timeout=limits, allow_redirects=False, proxy=self._proxy(url)
            )
        except _FAILURES as error:
            failure = attempt.failure(error)
        if failure is not None:  # raised out here, it has no context: aiohttp's errors hold the key and the address
            raise failure
        try:
            yield attempt.reply(response)
        finally:
            response.release()


class _Upload(Payload):
    """A body on its way, and how far it got."""

    _autoclose = True

    def __init__(self, body: JsonBody) -> None:
        super().__init__(body, content_type="application/json")
        self._size = body.length
        self._body = body
        self._given = 0
        self.error: SeedreamError | None = None

    @property
    def complete(self) -> bool:
        """Whether the last byte was given to the connection, so that all of it may have arrived."""
        return self._given == self._size

    def decode(self, encoding: str = "utf-8", errors: str = "strict") -> str:
        raise TypeError("the body exists only while it is being sent")

    async def write(self, writer: AbstractStreamWriter) -> None:
        try:
            async with aclosing(self._body.chunks()) as chunks:
                async for chunk in chunks:
                    if writer.transport is None or writer.transport.is_closing():
                        raise ConnectionResetError("the connection broke")
                    self._given += len(chunk)
                    await writer.write(chunk)
        except SeedreamError as error:
            self.error = error
            raise


@dataclass(frozen=True, slots=True)
class _Attempt:
    """One request: where it went, how far it came, and what its end means."""

    provider: str
    place: str
    request_id: str
    upload: _Upload
    total: float

    def reply(self, response: aiohttp.ClientResponse) -> Reply:
        """The answer's head; an answer that leads elsewhere is none."""
        headers = {name.lower(): value for name, value in response.headers.items()}
        given = (_UNSPEAKABLE.sub("", headers.get(name, ""))[:128] for name in _REQUEST_IDS)
        request_id = next(filter(None, given), self.request_id)
        if not 200 <= response.status < 300 and response.status < 400:
            raise BadReply(
                "the address moved: check the base URL",
                provider=self.provider,
                status=response.status,
                request_id=request_id,
                charged=Charged.NO,
                retry=Retry.NEVER,
            )
        return Reply(response.status, headers, self.provider, request_id, lambda: self._chunks(response))

    async def _chunks(self, response: aiohttp.ClientResponse) -> AsyncGenerator[bytes, None]:
        while True:
            failure: SeedreamError | None = None
            chunk = b""
            try:
                chunk = await response.content.readany()
            except _FAILURES as error:
                failure = self.failure(error)
            if failure is not None:
                raise failure
            if not chunk:
                return
            yield chunk

    def failure(self, error: Exception) -> SeedreamError:
        """What an exception means, in our words: aiohttp's own hold keys and signed addresses."""
        if self.upload.error is not None:
            return self.upload.error
        kind, words = self._meaning(error)
        never = kind is Unreachable and isinstance(error, _BAD_ADDRESS)
        return kind(
            f"{self.place} {words}",
            provider=self.provider,
            request_id=self.request_id,
            retry=Retry.NEVER if never else None,
        )

    def _meaning(self, error: Exception) -> tuple[type[NotSent | InDoubt], str]:
        if not self.upload.complete:
            return Unreachable, f"cannot be reached: {self._obstacle(error)}"
        if isinstance(error, _MALFORMED):
            return BadReply, "answered something that is not HTTP"
        if isinstance(error, aiohttp.SocketTimeoutError):
            return TimedOut, "fell silent in the middle of its answer"
        if isinstance(error, TimeoutError):
            return TimedOut, f"was not done after {self.total:g} s"
        return ConnectionLost, "broke the connection before its answer was complete"

    def _obstacle(self, error: Exception) -> str:
        """Why a request did not get out."""
        match error:
            case aiohttp.ClientConnectorCertificateError(certificate_error=ssl.SSLCertVerificationError() as flaw):
                return f"its certificate is not to be trusted ({flaw.verify_message})"
            case aiohttp.ClientConnectorDNSError():
                return "its name is unknown"
            case aiohttp.ClientHttpProxyError():
                return f"the proxy refused with status {error.status}"
            case aiohttp.ClientProxyConnectionError():
                return f"the proxy does not answer ({error.strerror})"
            case aiohttp.ConnectionTimeoutError():
                return "it does not answer"
            case TimeoutError():
                return f"the request was not out after {self.total:g} s"
            case _ if isinstance(error, _BAD_ADDRESS):
                return "that is not an address of the web, check the base URL"
            case OSError(strerror=str() as reason) if reason:
                return reason
            case _:
                return "the connection broke before the request was out"


def _usable(key: str, provider: str) -> str:
    """The key, if a header can carry it."""
    if not key or _UNSPEAKABLE.search(key):
        flaw = "holds a line break, a blank or another character that no key has" if key else "is empty"
        raise BadKey(f"the key {flaw}: copy it again", provider=provider)
    return key


def _place(url: str) -> str:
    """Host and port of an address, whatever it looks like; never its user part, path or query."""
    return re.split(r"[/?#]", url.partition("://")[2], maxsplit=1)[0].rpartition("@")[2] or "the base URL"


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _persistent_socket(address: aiohttp.AddrInfoType) -> socket.socket:
    """A socket that asks from time to time whether the other side still lives: drawing takes minutes of silence."""
    family, kind, protocol = address[:3]
    opened = socket.socket(family, kind, protocol)
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in _KEEP_ALIVE:
        if hasattr(socket, name):  # not every system has all of them
            opened.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
    return opened
