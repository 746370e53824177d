"""Opens links to pictures: behind the guard, within limits of bytes and time, with every failure in our own words."""

import asyncio
import ssl
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Iterable
from contextlib import aclosing, asynccontextmanager
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

import aiohttp
from aiohttp.abc import AbstractResolver
from aiohttp.http import HttpProcessingError
from yarl import URL

from bot.images.errors import Broken, FetchError, Forbidden, Gone, Slow, TooLarge, Unfit
from bot.images.guard import Guard
from bot.images.sniff import Kind, sniff

HOPS = 5
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_JUDGED = 512  # bytes that are read before a body is judged
_HEADERS = {"Accept-Encoding": "identity", "User-Agent": "seedream-bot"}
_Result = TypeVar("_Result")


class Fetched:
    """An answer that begins like a picture; `length` is None when the server did not say how long it is."""

    def __init__(self, body: "_Body", head: bytes, kind: Kind) -> None:
        self._body = body
        self._head = head
        self.kind = kind
        self.media_type = kind.media_type
        self.status = body.status
        self.length = body.length

    async def chunks(self) -> AsyncGenerator[bytes, None]:
        """Read the whole body, once; raises FetchError when it does not come to its end."""
        head, self._head = self._head, b""
        if not head:
            raise Broken("this answer has been read already", host=self._body.host)
        yield head
        while chunk := await self._body.more():
            yield chunk


class Linked:
    """A picture behind a link as content of known length: each reading after the first asks for it again."""

    def __init__(self, fetcher: "Fetcher", url: str, first: Fetched, length: int) -> None:
        self._fetcher = fetcher
        self._url = url
        self._first: Fetched | None = first
        self.length = length
        self.kind = first.kind
        self.media_type = first.media_type

    async def chunks(self) -> AsyncGenerator[bytes, None]:
        """Read everything from the first byte; raises FetchError."""
        first, self._first = self._first, None
        if first is None:
            again = self._fetcher.open(self._url)
            async with again as fetched, aclosing(self._same(fetched)) as chunks:
                async for chunk in chunks:
                    yield chunk
            return
        async with aclosing(first.chunks()) as chunks:
            async for chunk in chunks:
                yield chunk

    def _same(self, fetched: Fetched) -> AsyncGenerator[bytes, None]:
        if fetched.length != self.length:
            raise Broken("the picture changed while it was read")
        return fetched.chunks()


class Fetcher:
    """GETs pictures with a session of its own, which has no cookies, no keys and no memory of names.

    `hosts` are the only names that may be asked ("cdn.example.com", "*.example.com"); None leaves it to the guard.
    No answer may have more than `cap` bytes. `idle` seconds may pass without a byte, `total` seconds may be spent
    waiting for one answer; the time that the reader takes between two chunks does not count.
    """

    def __init__(
        self,
        guard: Guard,
        *,
        hosts: Iterable[str] | None = None,
        cap: int = 64 * 1024 * 1024,
        total: float = 120,
        idle: float = 20,
        resolver: AbstractResolver | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._guard = guard
        self._hosts = None if hosts is None else tuple(host.lower().rstrip(".") for host in hosts)
        self._cap = cap
        self._total = total
        self._idle = idle
        self._resolver = resolver
        self._tls = tls
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        connector = aiohttp.TCPConnector(
            limit=0,  # who holds some pictures open while waiting for more must never wait for himself
            socket_factory=self._guard.socket,
            resolver=self._resolver,
            use_dns_cache=False,
            ssl=self._tls or True,
        )
        self._session = aiohttp.ClientSession(
            connector=connector,
            headers=_HEADERS,
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            read_bufsize=65_536,
            timeout=aiohttp.ClientTimeout(total=None),
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._session:
            await self._session.close()

    @asynccontextmanager
    async def open(self, url: str) -> AsyncIterator[Fetched]:
        """GET the link and hand out its body, of which only the beginning has been read; raises FetchError."""
        patience = _Patience(self._total, self._idle)
        response = await self._follow(url, patience)
        body = _Body(response, patience, self._cap)
        try:
            yield await _judged(body)
        finally:
            body.close()

    @asynccontextmanager
    async def source(self, url: str) -> AsyncIterator[Linked]:
        """The picture as content that can be read again and again while the context lasts; raises FetchError."""
        async with self.open(url) as first:
            if first.length is None:
                raise Unfit("the server does not say how long the picture is")
            yield Linked(self, url, first, first.length)

    async def save(self, url: str, path: Path) -> Kind:
        """Write the picture to a file, whole or not at all; raises FetchError, or OSError for the disk."""
        part = path.with_name(f".{path.name}.part")
        try:
            async with self.open(url) as fetched, aclosing(fetched.chunks()) as chunks:
                with part.open("wb") as file:
                    async for chunk in chunks:
                        file.write(chunk)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
        return fetched.kind

    async def _follow(self, url: str, patience: "_Patience") -> aiohttp.ClientResponse:
        """The first answer that is not a redirect; each hop is checked like the first link."""
        if self._session is None:
            raise RuntimeError("a Fetcher is used inside its context")
        link = self._guard.link(url)
        for _ in range(HOPS + 1):
            self._check_host(link)
            host = link.host or ""
            response = await patience.wait(self._session.get(link, allow_redirects=False), host)
            if response.status not in _REDIRECTS:
                return response
            response.close()
            location = response.headers.get("Location")
            if not location:
                raise Unfit("the server sends us on without saying where", host=host, status=response.status)
            link = self._guard.link(location, link)
        raise Unfit(f"the server sent us on more than {HOPS} times", host=link.host or "")

    def _check_host(self, link: URL) -> None:
        if self._hosts is None:
            return
        name = (link.host or "").lower().rstrip(".")
        if not any(name == host or (host.startswith("*.") and name.endswith(host[1:])) for host in self._hosts):
            raise Forbidden("links to this host are not opened", host=name)


class _Patience:
    """The time that one answer may take, used up only while we wait for the server."""

    def __init__(self, total: float, idle: float) -> None:
        self._left = total
        self.idle = idle

    async def wait(self, work: Awaitable[_Result], host: str) -> _Result:
        """What the work brings; every failure of it as FetchError, with nothing of the foreign one left in it."""
        clock = asyncio.get_running_loop().time
        start = clock()
        try:
            async with asyncio.timeout(min(self.idle, self._left)):
                return await work
        except TimeoutError:
            failure: FetchError = Slow("the server takes too long", host=host)
        except (aiohttp.ClientError, OSError, ValueError) as error:
            failure = _failure(error, host)
        finally:
            self._left -= clock() - start
        # raised out here, it has no context: the foreign error's text and attributes hold the whole link
        raise failure

    @property
    def longest(self) -> float:
        """How long the next wait may be."""
        return min(self.idle, self._left)

    def spend(self, seconds: float) -> None:
        """So long was waited."""
        self._left -= seconds


class _Body:
    """The body of an answer, counted. One timer watches over all its pieces: one for each would cost more than it."""

    def __init__(self, response: aiohttp.ClientResponse, patience: _Patience, cap: int) -> None:
        self._response = response
        self._patience = patience
        self._cap = cap
        self._read = 0
        self._loop = asyncio.get_running_loop()
        self._since: float | None = None  # when the wait began that is going on
        self._expired = False
        self._timer = self._loop.call_later(patience.longest, self._look)
        # None when the whole answer is here already; then aiohttp has looked at its end
        self._wire = response.connection.protocol if response.connection else None
        self.host = response.url.host or ""
        self.status = response.status
        self.encoding = response.headers.get("Content-Encoding", "identity").strip().lower()
        self.length = None if "Transfer-Encoding" in response.headers else response.content_length

    def check_length(self) -> None:
        """Do not even begin what is going to be too long."""
        if self.length is not None and self.length > self._cap:
            raise self._too_large()

    async def more(self) -> bytes:
        """The next bytes, none at the end."""
        chunk = await self._next()
        self._read += len(chunk)
        if self._read > self._cap:
            raise self._too_large()
        if not chunk and self._wire is not None and isinstance(self._wire.exception(), HttpProcessingError):
            # what came after the announced end is no answer of its own, so the picture has been cut short
            raise Broken("the answer is longer than it said", host=self.host)
        return chunk

    def close(self) -> None:
        """Let go of the connection."""
        self._timer.cancel()
        self._response.close()

    async def _next(self) -> bytes:
        if self._patience.longest <= 0:
            raise Slow("the server takes too long", host=self.host)
        self._since = began = self._loop.time()
        try:
            return await self._response.content.readany()
        except (aiohttp.ClientError, OSError) as error:
            failure = Slow("the server takes too long", host=self.host) if self._expired else _failure(error, self.host)
        finally:
            self._since = None
            self._patience.spend(self._loop.time() - began)
        raise failure  # out here, as above

    def _look(self) -> None:
        """Break off a wait that has lasted too long, else look again when it would have."""
        waited = 0.0 if self._since is None else self._loop.time() - self._since
        left = self._patience.longest - waited
        if left > 0:
            self._timer = self._loop.call_later(left, self._look)
        elif self._since is None:
            self._timer = self._loop.call_later(self._patience.idle, self._look)
        else:
            self._expired = True
            self._response.close()  # wakes whoever waits

    async def head(self) -> bytes:
        """Enough of the beginning to judge it."""
        head = b""
        while len(head) < _JUDGED and (chunk := await self.more()):
            head += chunk
        return head

    def _too_large(self) -> TooLarge:
        return TooLarge(f"the file is larger than {self._cap:,} bytes", limit=self._cap, host=self.host)


async def _judged(body: _Body) -> Fetched:
    """The answer as a picture, or what it is instead."""
    failure = _refusal(body.status, body.host)
    if failure:
        raise failure
    if body.encoding not in {"", "identity"}:
        raise Unfit("the server compressed its answer although it was asked not to", host=body.host)
    body.check_length()
    head = await body.head()
    if not head:
        raise Unfit("the link leads to an empty file", host=body.host, status=body.status)
    kind = sniff(head)
    if kind is None or not kind.is_picture:
        found = kind.title if kind else "something unknown"
        raise Unfit(f"the link leads to {found}, not to a picture", host=body.host, status=body.status)
    return Fetched(body, head, kind)


def _refusal(status: int, host: str) -> FetchError | None:
    """What a status means, if it is not good news."""
    if 200 <= status < 300:
        return None
    if status in {401, 403}:
        return Forbidden("the server does not let us in; the link may have expired", host=host, status=status)
    if status in {404, 410}:
        return Gone("nothing is there any more", host=host, status=status)
    if status in {408, 425, 429} or status >= 500:
        return Broken("the server cannot answer just now", host=host, status=status)
    return Unfit("the server does not hand it out", host=host, status=status)


def _failure(error: Exception, host: str) -> FetchError:
    """A foreign error in our words, none of its own."""
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return Broken("the name of the server cannot be resolved", host=host)
    if isinstance(error, aiohttp.ClientConnectorError) and isinstance(error.os_error, Forbidden):
        return Forbidden("this address is not open to us", host=host)
    if isinstance(error, aiohttp.ClientSSLError | ssl.SSLError):
        return Broken("no secure connection to the server is possible", host=host)
    if isinstance(error, aiohttp.ClientPayloadError):
        return Broken("the answer broke off", host=host)
    if isinstance(error, aiohttp.ClientResponseError):
        return Broken("the answer is not proper HTTP", host=host)
    if isinstance(error, ValueError):  # aiohttp's view of links is a little narrower than ours
        return Forbidden("this is not a web link", host=host)
    return Broken("the connection failed", host=host)
