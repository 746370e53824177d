"""The dialect that all gateways share: one JSON endpoint, an answer with `data`, `image_generation` events."""

from collections.abc import Mapping

import orjson

from bot.seedream.errors import ModelUnavailable
from bot.seedream.models import Event, ImageRequest, Picture, PictureFailed, PictureReady, Reference
from bot.seedream.providers.base import Answer, Call, Provider, ServerEvent, State
from bot.seedream.providers.normalise import (
    Source,
    count,
    normalise,
    read_item,
    read_request_id,
    read_usage,
    text,
    whole,
)
from bot.seedream.retry import retry_after


class OpenAIStyle(Provider):
    """A provider that is asked and answers as Ark does, more or less."""

    path = "/v1/images/generations"
    family = "cometapi"  # which table of error codes applies
    streams_sets = False  # whether a set is streamed unasked: only where the form of its stream is documented
    lone_image_as_text = False  # whether one reference goes as a string instead of an array of one

    def call(self, request: ImageRequest) -> Call:
        documented = self.catalogue.fields(request.model, self.name)
        wanted = {"model": self._model_id(request.model), **self.fields(request)}
        body = {field: value for field, value in wanted.items() if value is not None and field in documented}
        return Call(self.path, body, streams=body.get("stream") is True)

    def fields(self, request: ImageRequest) -> dict[str, object]:
        """Every field that the request has something to say about (None: nothing), whether documented or not."""
        a_set = request.expected_images > 1
        streamed = (a_set and self.streams_sets) if request.stream is None else request.stream
        return {
            "prompt": request.prompt or None,
            "image": self._images(request.references),
            "size": self.catalogue.size(request, self.name),
            "response_format": request.response_format,
            # Some models make a JPEG unless they are asked for a PNG, and a JPEG cannot be transparent.
            "output_format": request.output_format or ("png" if request.background == "transparent" else None),
            "watermark": request.watermark,  # said even when False, because the provider's own default is True
            "background": request.background,
            "layer_decomposition": request.layers or None,
            "sequential_image_generation": "auto" if a_set else None,
            "sequential_image_generation_options": {"max_images": request.max_images} if a_set else None,
            "stream": streamed or None,  # newer models refuse its mere presence
            "tools": [{"type": "web_search"}] if request.web_search else None,
            "optimize_prompt_options": {"mode": request.optimize_prompt} if request.optimize_prompt else None,
            "seed": request.seed,
            "guidance_scale": request.guidance_scale,
        }

    def read(self, status: int, headers: Mapping[str, str], body: object) -> Answer:
        return normalise(self.source(status, headers, body), body)

    def read_event(self, event: ServerEvent) -> Event | Answer | None:
        if event.data.strip() == "[DONE]":
            return Answer(State.DONE)
        source = self.source()
        try:
            said = orjson.loads(event.data)
        except orjson.JSONDecodeError:
            said = None
        if not isinstance(said, Mapping):
            return _garbled(source, event.name)
        kind = text(said.get("type")) or event.name
        match kind.rpartition(".")[2]:
            case "partial_succeeded" | "partial_failed":
                return _partial(source, said, failed=kind.endswith("failed"))
            case "completed":
                return _end(source, said)
            case "partial_image":
                return None
        return _end(source, said) if said.get("error") or kind == "error" else None

    def source(
        self, status: int | None = None, headers: Mapping[str, str] | None = None, body: object = None
    ) -> Source:
        """Who speaks, for the errors that come of it."""
        headers = headers or {}
        request_id = read_request_id(headers, body)
        if self.key:
            request_id = request_id.replace(self.key, "…")
        return Source(self.name, self.family, self.key, status, request_id, retry_after(headers, self.now()))

    def _model_id(self, model: str) -> str:
        found = self.catalogue.model_id(model, self.name)
        if found is None:
            raise ModelUnavailable(f"{self.title} does not offer {model}", provider=self.name)
        return found

    def _images(self, references: tuple[Reference, ...]) -> object:
        """Links as they are, bytes as the reference itself: it becomes a data URI while it is being sent."""
        images = [reference if reference.content is not None else reference.url for reference in references]
        if self.lone_image_as_text and len(images) == 1:
            return images[0]
        return images or None


def _partial(source: Source, said: Mapping[str, object], *, failed: bool) -> Event:
    place = count(said.get("image_index"))
    index = -1 if place is None else place
    if failed:
        return PictureFailed(index, source.error(said.get("error") or said))
    item = read_item(source, index, said, whole(said.get("created")))
    return PictureReady(item) if isinstance(item, Picture) else item


def _end(source: Source, said: Mapping[str, object]) -> Answer:
    error = source.error(said["error"]) if said.get("error") else None
    return Answer(
        State.FAILED if error else State.DONE,
        error=error,
        usage=read_usage(said.get("usage")),
        model=text(said.get("model")),
        created=whole(said.get("created")),
    )


def _garbled(source: Source, name: str) -> Event | Answer | None:
    """An event whose data cannot be read: at its worst a picture that is lost, while others may follow."""
    match name.rpartition(".")[2]:
        case "completed":
            return Answer(State.DONE)
        case "error":
            return Answer(State.FAILED, error=source.unreadable("the stream ended with an error that cannot be read"))
        case "" | "message" | "partial_succeeded" | "partial_failed":
            return PictureFailed(-1, source.unreadable("an event of the stream cannot be read"))
    return None
