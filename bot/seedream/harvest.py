"""What one call has brought so far, and how it ends: complete, in part, refused or in doubt."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from bot.seedream.codes import EMPTY, error_for
from bot.seedream.errors import BadReply, ConnectionLost, SeedreamError, ServerFault
from bot.seedream.models import Event, Finished, Picture, PictureFailed, PictureReady, Usage
from bot.seedream.providers.base import Answer


@dataclass(slots=True)
class Harvest:
    """Collects the pictures of one call; `expected` is how many were asked for at most.

    `decoded` puts a picture that came as text onto disk (None: its text was no picture).
    """

    provider: str
    model: str
    request_id: str
    expected: int
    decoded: Callable[[str | int], Path | None]
    pictures: int = 0
    failures: list[PictureFailed] = field(default_factory=list)
    stopped: bool = False
    _taken: set[int] = field(default_factory=set)
    _links: set[str] = field(default_factory=set, repr=False)

    def take(self, events: Iterable[Event]) -> Iterator[Event]:
        """Pictures and failures, each with a place of its own, pictures within reach."""
        for event in events:
            if isinstance(event, PictureReady) and not self._repeated(event.picture):
                yield self._picture(event.picture)
            elif isinstance(event, PictureFailed):
                yield self._failure(event)

    def answer(self, answer: Answer) -> Iterator[Event]:
        """Everything that a plain answer holds, up to its end."""
        found: list[tuple[int, Event]] = [(picture.index, PictureReady(picture)) for picture in answer.pictures]
        found += [(failure.index, failure) for failure in answer.failures]
        yield from self.take(event for _, event in sorted(found, key=lambda pair: pair[0]))
        yield from self.end(answer)

    def end(self, answer: Answer) -> Iterator[Event]:
        """The provider has said all it had to say."""
        if not self.pictures:
            raise self._nothing(answer)
        if answer.error is not None:
            yield self._failure(PictureFailed(self.pictures + len(self.failures), answer.error))
        yield Finished(self.provider, answer.model or self.model, answer.usage, self.request_id)

    def cut(self, error: SeedreamError | None = None) -> Iterator[Event]:
        """The answer stopped without an end: fine when everything is there, else the rest is in doubt."""
        complete = self.pictures and (self.stopped or self.pictures + len(self.failures) >= self.expected)
        if complete:
            yield Finished(self.provider, self.model, Usage(), self.request_id)
            return
        if self.failures and not self.pictures:
            raise self.failures[0].error
        raise error or ConnectionLost("the stream ended before its end was announced", provider=self.provider)

    def _repeated(self, picture: Picture) -> bool:
        """Whether this very picture has been told before: some streams say things twice."""
        if picture.url is None:
            return False
        repeated = picture.url in self._links
        self._links.add(picture.url)
        return repeated

    def _picture(self, picture: Picture) -> Event:
        index = self._place(picture.index)
        if picture.b64 is None:
            self.pictures += 1
            return PictureReady(replace(picture, index=index))
        file = self.decoded(picture.b64)
        if file is None:
            error = BadReply("a picture came as text that is not base64", provider=self.provider, code="bad_base64")
            return self._failure(PictureFailed(index, error))
        self.pictures += 1
        return PictureReady(replace(picture, index=index, b64=None, file=file))

    def _failure(self, failure: PictureFailed) -> PictureFailed:
        failed = replace(failure, index=self._place(failure.index)) if failure.index not in self._taken else failure
        self.failures.append(failed)
        # Upstream makes no further picture of a set after an internal error, whether or not it says so.
        self.stopped = self.stopped or isinstance(failure.error, ServerFault)
        return failed

    def _place(self, index: int) -> int:
        """The picture's own number, or the next free one where the provider repeats or forgets them."""
        while index < 0 or index in self._taken:
            index += 1
        self._taken.add(index)
        return index

    def _nothing(self, answer: Answer) -> SeedreamError:
        if answer.error is not None:
            return answer.error
        if self.failures:
            return self.failures[0].error
        said = "no picture came, which is how a filtered request ends here"
        return error_for("ark", None, EMPTY, said, provider=self.provider, request_id=self.request_id)
