"""Calls: where they go, and which fields they hold for which model at which provider."""

import json
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import pytest

from bot.seedream.catalogue import Catalogue
from bot.seedream.errors import ModelUnavailable
from bot.seedream.models import ImageRequest, Reference
from bot.seedream.providers import PROVIDERS
from bot.seedream.providers.base import Call, Provider

FACTS = json.loads((Path(__file__).parents[1] / "data" / "seedream-facts.json").read_text(encoding="utf-8"))
CATALOGUE = Catalogue.load()
PUBLIC = "https://example.org/"
DATA_URI = "data:image/png;base64,iVBORw0KGgo="


class Nothing:
    """Content that is never read here."""

    length = 0

    async def chunks(self) -> AsyncGenerator[bytes, None]:
        yield b""


def provider(name: str, base_url: str = "") -> Provider:
    if name == "gateway":
        base_url = base_url or "https://gateway.example.com"
    return PROVIDERS[name]("a-key", base_url, catalogue=CATALOGUE)


def call(name: str, **request: Any) -> Call:
    return provider(name).call(ImageRequest(**{"prompt": "a cat", **request}))


def linked(count: int) -> tuple[Reference, ...]:
    return tuple(Reference(url=f"{PUBLIC}{number}.png") for number in range(count))


# each documented body, and the request that asks for the same
EXAMPLES: dict[str, tuple[str, ImageRequest]] = {
    "ark_group_with_references": (
        "ark",
        ImageRequest(
            model="seedream-4.5",
            prompt="Three posters, same cat, morning / noon / night",
            references=(Reference(url=f"{PUBLIC}a.png"), Reference(url=DATA_URI)),
            size="2K",
            max_images=3,
            stream=False,
        ),
    ),
    "ark_transparent_5_5": (
        "byteplus",
        ImageRequest("seedream-5.5", "a ceramic mug", size="1K", background="transparent", output_format="png"),
    ),
    "ark_layers_pro": (
        "ark",
        ImageRequest(
            model="seedream-5.0-pro",
            references=(Reference(url=f"{PUBLIC}poster.png"),),
            size="auto",
            layers=True,
            output_format="png",
        ),
    ),
    "ark_web_search_lite": (
        "byteplus",
        ImageRequest(
            "seedream-5-0-260128", "weather poster for Paris today", size="2K", web_search=True, output_format="png"
        ),
    ),
    "cometapi_text_to_image": (
        "cometapi",
        ImageRequest(
            "doubao-seedream-5-0-260128",
            "a cat wearing a scarf sitting by the window watching rain, illustration style",
            size="2K",
        ),
    ),
    "acedata_async_submit": ("acedata", ImageRequest("seedream-4.5", "p", size="2K")),
}


def test_every_documented_request_is_tried() -> None:
    assert set(EXAMPLES) == {name for name, example in FACTS["request_examples"].items() if "model_key" in example}


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_request_becomes_the_documented_body(name: str) -> None:
    who, request = EXAMPLES[name]
    documented = {"response_format": "url", "watermark": False, **FACTS["request_examples"][name]["body"]}
    assert provider(who).call(request).body == documented


@pytest.mark.parametrize("name", PROVIDERS)
@pytest.mark.parametrize("model", FACTS["fields_to_send"])
def test_no_field_is_sent_that_the_model_or_the_provider_does_not_document(name: str, model: str) -> None:
    if CATALOGUE.model_id(model, name) is None:
        with pytest.raises(ModelUnavailable):
            call(name, model=model)
        return
    everything = call(
        name,
        model=model,
        references=linked(1),
        max_images=4,
        stream=True,
        output_format="png",
        background="opaque",
        layers=True,
        web_search=True,
        optimize_prompt="fast",
        seed=1,
        guidance_scale=2.5,
    )
    assert set(everything.body) - {"async"} <= CATALOGUE.fields(model, name)
    assert set(everything.body) - {"async"} <= set(FACTS["fields_to_send"][model])
    assert everything.streams is ("stream" in everything.body)


def test_a_gateway_that_documents_no_stream_gets_none() -> None:
    assert "stream" not in call("cometapi", model="seedream-4.5", max_images=3, stream=True).body


@pytest.mark.parametrize("model", ["seedream-5.5", "seedream-5.0-pro", "seedream-5.0-flash"])
def test_models_that_refuse_the_mere_presence_of_a_set_never_see_it(model: str) -> None:
    body = call("ark", model=model, max_images=3, stream=False, web_search=True).body
    assert not set(body) & set(FACTS["fields_rejected"][model]["fields"])


@pytest.mark.parametrize(
    ("max_images", "stream", "streamed"),
    [(None, None, False), (1, None, False), (3, None, True), (3, False, False), (None, True, True)],
)
def test_a_set_is_streamed_unless_told_otherwise(max_images: int | None, stream: bool | None, streamed: bool) -> None:
    made = call("ark", model="seedream-4.5", max_images=max_images, stream=stream)
    assert made.streams is streamed
    assert made.body.get("stream") is (True if streamed else None)


def test_only_a_set_holds_the_fields_of_a_set() -> None:
    single = call("ark", model="seedream-4.5").body
    assert not {field for field in single if field.startswith("sequential")}
    group = call("ark", model="seedream-4.5", max_images=5).body
    assert group["sequential_image_generation"] == "auto"
    assert group["sequential_image_generation_options"] == {"max_images": 5}


@pytest.mark.parametrize(
    ("name", "single"),
    [("ark", f"{PUBLIC}0.png"), ("byteplus", f"{PUBLIC}0.png")]
    + [(name, [f"{PUBLIC}0.png"]) for name in ("cometapi", "gateway", "acedata")],
)
def test_references_come_in_the_documented_shape(name: str, single: object) -> None:
    assert call(name, model="seedream-4.0", references=linked(1)).body["image"] == single
    assert call(name, model="seedream-4.0", references=linked(2)).body["image"] == [f"{PUBLIC}0.png", f"{PUBLIC}1.png"]
    assert "image" not in call(name, model="seedream-4.0").body


def test_a_reference_with_bytes_stays_itself_until_it_is_sent() -> None:
    reference = Reference(content=Nothing(), url=f"{PUBLIC}a.png", media_type="image/png")
    assert call("ark", model="seedream-4.5", references=(reference,)).body["image"] is reference
    assert call("cometapi", model="seedream-4.5", references=(reference,)).body["image"] == [reference]


def test_the_watermark_is_always_said() -> None:
    assert call("ark", model="seedream-4.5").body["watermark"] is False
    assert call("gateway", model="seedream-4.0", watermark=True).body["watermark"] is True


def test_a_ratio_becomes_the_models_pixels() -> None:
    assert call("ark", model="seedream-4.5", size="2K", ratio="16:9").body["size"] == "2848x1600"


def test_an_endpoint_of_ones_own_gets_all_that_was_asked_for_and_the_provider_documents() -> None:
    body = call("ark", model="ep-20260101-abc", background="opaque", seed=5, optimize_prompt="fast").body
    assert body["model"] == "ep-20260101-abc"
    assert body["background"] == "opaque"
    assert body["optimize_prompt_options"] == {"mode": "fast"}


def test_seed_and_guidance_reach_the_models_that_know_them() -> None:
    body = call("ark", model="seedream-3.0-t2i", seed=-1, guidance_scale=2.5).body
    assert (body["seed"], body["guidance_scale"]) == (-1, 2.5)
    assert not {"seed", "guidance_scale"} & set(call("ark", model="seedream-4.5", seed=1, guidance_scale=2.5).body)


def test_only_acedata_has_tasks() -> None:
    assert [name for name in PROVIDERS if provider(name).tasks] == ["acedata"]
    with pytest.raises(NotImplementedError, match="gateway has no tasks"):
        provider("gateway").poll("t")


@pytest.mark.parametrize(
    ("name", "fact"),
    [("cometapi", "cometapi"), ("ark", "volcengine"), ("byteplus", "byteplus_ap"), ("acedata", "acedata")],
)
def test_every_provider_is_called_where_it_documents(name: str, fact: str) -> None:
    who = provider(name)
    assert who.name == name
    assert who.url(call(name, model="seedream-4.0").path) == FACTS["providers"][fact]["generate_url"]


@pytest.mark.parametrize(
    ("name", "base_url", "expected"),
    [
        ("gateway", "https://g.example.com", "https://g.example.com/v1/images/generations"),
        ("gateway", "https://g.example.com/", "https://g.example.com/v1/images/generations"),
        ("gateway", "https://g.example.com/v1/", "https://g.example.com/v1/images/generations"),
        ("gateway", "https://g.example.com/openai/v2", "https://g.example.com/openai/v2/images/generations"),
        ("gateway", "https://g.example.com/openai", "https://g.example.com/openai/v1/images/generations"),
        ("gateway", "http://127.0.0.1:8080//v1/images/generations", "http://127.0.0.1:8080/v1/images/generations"),
        ("gateway", "http://[::1]:8080/gateway/fault", "http://[::1]:8080/gateway/fault/v1/images/generations"),
        ("ark", "https://a.example.com/api/v3", "https://a.example.com/api/v3/images/generations"),
        ("ark", "https://a.example.com/api", "https://a.example.com/api/v3/images/generations"),
        ("ark", "https://a.example.com/api/plan/v3", "https://a.example.com/api/plan/v3/images/generations"),
        ("ark", "https://a.example.com/api/v3/images/generations", "https://a.example.com/api/v3/images/generations"),
        ("byteplus", " https://eu.example.com ", "https://eu.example.com/api/v3/images/generations"),
        ("acedata", "https://a.example.com/seedream", "https://a.example.com/seedream/images"),
        ("acedata", "https://a.example.com/seedream/images", "https://a.example.com/seedream/images"),
    ],
)
def test_what_a_base_url_says_already_is_not_said_twice(name: str, base_url: str, expected: str) -> None:
    who = provider(name, base_url)
    assert who.url(who.path) == expected
    if who.tasks:
        assert who.url(who.poll("t").path) == "https://a.example.com/seedream/tasks"


@pytest.mark.parametrize(
    "base_url",
    [
        "g.example.com",
        "//g.example.com",
        "ftp://g.example.com",
        "https://",
        "https:///v1",
        "https://g.example.com:port",
        "https://g.example.com:0",
        "https://[broken",
        "https://someone:s3cret@g.example.com/v1",
        "https://g.example.com/v1?key=s3cret",
        "https://g.example.com/v1#s3cret",
    ],
)
def test_a_base_url_that_is_no_plain_address_is_refused_without_being_repeated(base_url: str) -> None:
    with pytest.raises(ValueError, match="base URL of CometAPI must") as refused:
        provider("cometapi", base_url)
    assert "s3cret" not in str(refused.value)


def test_a_gateway_of_ones_own_needs_an_address() -> None:
    with pytest.raises(ValueError, match="its base URL is needed"):
        PROVIDERS["gateway"]("a-key", catalogue=CATALOGUE)
