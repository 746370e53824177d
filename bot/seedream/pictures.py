"""Opening finished pictures: links are asked again until they expire, because what they lead to is paid."""

import tempfile
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import AsyncExitStack, aclosing, asynccontextmanager, contextmanager, suppress
from pathlib import Path

from bot.seedream.clock import Clock
from bot.seedream.content import OnDisk
from bot.seedream.errors import Charged, DownloadError, Expired, Retry, SeedreamError
from bot.seedream.models import Content, Fetch, Opened, Picture
from bot.seedream.retry import Backoff

AGAIN = Backoff(times=4, first=0.5, longest=8)


PASSING = (PermissionError, TimeoutError, ConnectionError)  # a 403 may be a clock that is not right yet


class Pictures:
    """Hands out the bytes of pictures, wherever they lie."""

    def __init__(self, fetch: Fetch, spool: Path, clock: Clock, again: Backoff = AGAIN) -> None:
        self._fetch = fetch
        self._spool = spool
        self._clock = clock
        self._again = again

    @asynccontextmanager
    async def open(self, picture: Picture) -> AsyncIterator[Content]:
        """The picture's bytes, readable again and again while the context lasts; raises DownloadError only."""
        if picture.file is not None:
            yield _on_disk(picture.file)
            return
        async with AsyncExitStack() as stack:
            linked = _Linked(self, picture)
            stack.push_async_callback(linked.close)
            first = await linked.connect()
            if first.length is not None:
                yield linked
                return
            # A server that does not tell the length: an upload needs one, so the bytes go to disk first.
            try:
                file = stack.enter_context(_scratch(self._spool))
                await _pour(linked.once(), file)
            except OSError as error:
                raise _unwritable(self._spool, error) from None
            yield OnDisk(file)

    async def save(self, picture: Picture, path: Path) -> Path:
        """Write the picture to a file, whole or not at all."""
        part = path.with_name(f".{path.name}.part")
        try:
            async with self.open(picture) as content:
                await _pour(content.chunks(), part)
            part.replace(path)
        except OSError as error:
            raise _unwritable(path, error) from None
        finally:
            with suppress(OSError):  # whatever kept it from being written has been told
                part.unlink(missing_ok=True)
        return path

    async def again(self, picture: Picture, error: OSError, tried: int) -> None:
        """Wait before asking once more, or raise what is to be said instead."""
        final = self._verdict(picture, error, tried)
        if final is not None:
            raise final from None
        await self._clock.sleep(self._again.seconds(tried, self._clock.chance()))

    def _verdict(self, picture: Picture, error: OSError, tried: int) -> SeedreamError | None:
        """The error that ends the attempts, if they end."""
        if picture.expires_at is not None and self._clock.now() >= picture.expires_at:
            return Expired("the link to the finished picture has expired")
        if isinstance(error, FileNotFoundError):
            return Expired("the finished picture is no longer there")
        final = not isinstance(error, PASSING) or tried >= self._again.times
        return _unusable(error) if final else None


class _Linked:
    """A picture behind a link, as content: opened once, opened again for each further reading and after each cut."""

    def __init__(self, pictures: Pictures, picture: Picture) -> None:
        self._pictures = pictures
        self._picture = picture
        self._stack = AsyncExitStack()
        self._opened: Opened | None = None
        self._length: int | None = None
        self._tried = 0

    @property
    def length(self) -> int:
        if self._length is None:
            raise DownloadError("the server did not say how long the picture is", retry=Retry.NEVER)
        return self._length

    async def connect(self) -> Opened:
        """Ask until somebody answers."""
        if not self._picture.url:
            raise DownloadError("the picture has neither a link nor a file", retry=Retry.NEVER)
        while True:
            try:
                opened = await self._stack.enter_async_context(self._pictures._fetch.open(self._picture.url))
            except OSError as error:
                await self._retry(error)
                continue
            if self._length is not None and opened.length != self._length:
                raise DownloadError("the finished picture changed while it was read", retry=Retry.NEVER)
            self._length = opened.length
            self._opened = opened
            return opened

    async def chunks(self) -> AsyncGenerator[bytes, None]:
        """Everything from the first byte; a cut in the middle is mended by asking again and skipping what was read."""
        given = 0
        while given < self.length:
            try:
                async with aclosing(await self._rest(given)) as rest:
                    async for chunk in rest:
                        given += len(chunk)
                        yield chunk
                if given < self.length:
                    await self._retry(ConnectionError("it ended early"))
            except OSError as error:
                await self._retry(error)
            finally:
                await self.close()

    async def _rest(self, skip: int) -> AsyncGenerator[bytes, None]:
        """What one opened answer holds after the bytes that are known already."""
        opened = self._opened or await self.connect()
        self._opened = None
        return _after(skip, opened.chunks()) if skip else opened.chunks()

    async def once(self) -> AsyncGenerator[bytes, None]:
        """The body that is open now, unmended: for answers of unknown length."""
        opened, self._opened = self._opened, None
        if opened is None:
            return
        try:
            async for chunk in opened.chunks():
                yield chunk
        except OSError as error:
            raise _unusable(error) from None

    async def close(self) -> None:
        """Let go of the connection."""
        self._opened = None
        await self._stack.aclose()

    async def _retry(self, error: OSError) -> None:
        await self.close()
        await self._pictures.again(self._picture, error, self._tried)
        self._tried += 1


async def _after(skip: int, chunks: AsyncGenerator[bytes, None]) -> AsyncGenerator[bytes, None]:
    async with aclosing(chunks):
        async for chunk in chunks:
            if len(chunk) > skip:
                yield chunk[skip:]
            skip = max(0, skip - len(chunk))


def _unusable(error: OSError) -> DownloadError:
    if isinstance(error, PASSING):
        return DownloadError(f"the finished picture could not be fetched: {error}")
    return DownloadError(f"the finished picture cannot be used: {error}", retry=Retry.NEVER)


def _unwritable(path: Path, error: OSError) -> DownloadError:
    return DownloadError(f"cannot write {path}: {error.strerror or error}", retry=Retry.NEVER)


def _on_disk(file: Path) -> OnDisk:
    try:
        return OnDisk(file)
    except (OSError, SeedreamError):
        raise Expired("the finished picture's file is gone", charged=Charged.YES) from None


@contextmanager
def _scratch(folder: Path) -> Iterator[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as home:
        yield Path(home) / "picture"


async def _pour(chunks: AsyncIterator[bytes], path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        async for chunk in chunks:
            file.write(chunk)
