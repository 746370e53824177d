"""The check: everything wrong at once, each with a nearest value that is right."""

import json
from collections.abc import AsyncGenerator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.seedream.catalogue import Catalogue
from bot.seedream.errors import Problem
from bot.seedream.models import ImageRequest, Reference
from bot.seedream.sizes import parse

FACTS: dict[str, Any] = json.loads((Path(__file__).parents[1] / "data" / "seedream-facts.json").read_text())
CATALOGUE = Catalogue.load()
MODELS = FACTS["model_order"]
PNG = Reference(url="https://example.org/a.png", media_type="image/png", width=1024, height=1024)
JPEG = replace(PNG, media_type="image/jpeg")


@dataclass(frozen=True)
class Weight:
    """Content that only has a length."""

    length: int

    async def chunks(self) -> AsyncGenerator[bytes, None]:
        yield b""


def fields(request: ImageRequest, provider: str | None = None) -> list[str]:
    return [problem.field for problem in CATALOGUE.check(request, provider)]


def valid(key: str) -> ImageRequest:
    """A request that the model takes."""
    return ImageRequest(key, "a cat", references=(PNG,) * CATALOGUE.models[key].references[0])


@pytest.mark.parametrize("vector", FACTS["test_vectors"]["sizes"], ids=lambda v: f"{v['model']} {v['size']}")
def test_sizes_are_judged_as_documented(vector: dict[str, Any]) -> None:
    found = fields(ImageRequest(vector["model"], "a cat", size=vector["size"]))
    assert found == ([] if vector["ok"] else ["size"])


@pytest.mark.parametrize("vector", FACTS["test_vectors"]["totals"], ids=lambda v: f"{v['refs']} + {v['max_images']}")
def test_references_and_pictures_are_counted_together(vector: dict[str, Any]) -> None:
    request = ImageRequest("4.5", "a cat", references=(PNG,) * vector["refs"], max_images=vector["max_images"])
    assert fields(request) == ([] if vector["ok"] else ["max_images"])


@pytest.mark.parametrize("key", MODELS)
@pytest.mark.parametrize("provider", [None, "ark", "byteplus", "cometapi", "gateway"])
def test_a_plain_request_has_no_problems(key: str, provider: str | None) -> None:
    assert CATALOGUE.check(valid(key), provider) == []


@pytest.mark.parametrize("key", MODELS)
def test_everything_wrong_is_told_at_once(key: str) -> None:
    wrong = ImageRequest(
        key,
        prompt="  ",
        references=(Reference(url="ftp://x", media_type="image/avif", width=8, height=900),) * 16,
        size="9x9",
        ratio="90:1",
        max_images=17,
        stream=True,
        response_format="uri",
        output_format="gif",
        background="pink",
        web_search=True,
        optimize_prompt="slow",
        seed=-9,
        guidance_scale=99.0,
        callback_url="nowhere",
    )
    model, found = CATALOGUE.models[key], CATALOGUE.check(wrong, "ark")
    assert model.title not in {problem.field for problem in found}
    told = {problem.field for problem in found}
    expected = {"prompt", "references", "references[0]", "references[15]", "size", "ratio", "max_images"}
    expected |= {"response_format", "output_format", "background", "optimize_prompt", "seed", "guidance_scale"}
    expected |= {"callback_url"} | (set() if model.stream else {"stream"})
    expected |= set() if model.web_search else {"web_search"}
    assert told >= expected
    assert len([problem for problem in found if problem.field == "references[0]"]) == 4  # link, kind, sides, shape
    assert all(problem.rule for problem in found)


def test_a_problem_names_the_numbers_and_the_nearest_size() -> None:
    assert [str(problem) for problem in CATALOGUE.check(ImageRequest("4.5", "a cat", size="1500x1500"))] == [
        "size: 1500x1500 has 2,250,000 pixels, Seedream 4.5 takes 3,686,400 to 16,777,216 (try 1920x1920)"
    ]


@pytest.mark.parametrize(
    ("request_", "field", "nearest"),
    [
        (ImageRequest("lite", "a cat", size="1K"), "size", "2K"),
        (ImageRequest("lite", "a cat", size="8k"), "size", "4K"),
        (ImageRequest("4.5", "a cat", size="16:9"), "size", "2848x1600"),
        (ImageRequest("4.5", "a cat", size="auto"), "size", "2048x2048"),
        (ImageRequest("3.0", "a cat", size="2K"), "size", "1024x1024"),
        (ImageRequest("seededit", "a cat", size="1024x1024", references=(PNG,)), "size", "adaptive"),
        (ImageRequest("seededit", "a cat", size="1:1", references=(PNG,)), "size", "adaptive"),
        (ImageRequest("seededit", "a cat", ratio="1:1", references=(PNG,)), "ratio", "omit"),
        (ImageRequest("seededit", "a cat"), "references", "1"),
        (ImageRequest("3.0", "a cat", references=(PNG,)), "references", "0"),
        (ImageRequest("pro", "a cat", references=(PNG,) * 11), "references", "10"),
        (ImageRequest("4.5", "a cat", ratio="40:1"), "ratio", "16:1"),
        (ImageRequest("4.5", "a cat", ratio="1:40"), "ratio", "1:16"),
        (ImageRequest("4.5", "a cat", ratio="square"), "ratio", "1:1"),
        (ImageRequest("4.5", "a cat", size="2048x2048", ratio="16:9"), "ratio", "omit"),
        (ImageRequest("pro", "a cat", max_images=3), "max_images", "1"),
        (ImageRequest("4.5", "a cat", max_images=0), "max_images", "1"),
        (ImageRequest("4.5", "a cat", max_images=99), "max_images", "15"),
        (ImageRequest("4.5", "a cat", max_images=14, references=(PNG,) * 4), "max_images", "11"),
        (ImageRequest("4.5", "a cat", output_format="png"), "output_format", "jpeg"),
        (ImageRequest("5.5", "a cat", output_format="jpg"), "output_format", "jpeg"),
        (ImageRequest("4.5", "a cat", optimize_prompt="fast"), "optimize_prompt", "standard"),
        (ImageRequest("3.0", "a cat", optimize_prompt="standard"), "optimize_prompt", "omit"),
        (ImageRequest("4.5", "a cat", seed=7), "seed", "omit"),
        (ImageRequest("3.0", "a cat", seed=-7), "seed", "-1"),
        (ImageRequest("3.0", "a cat", guidance_scale=0.5), "guidance_scale", "1.0"),
        (ImageRequest("3.0", "a cat", guidance_scale=float("nan")), "guidance_scale", "10.0"),
        (ImageRequest("5.5", "a cat", background="transparent", output_format="jpeg"), "output_format", "png"),
        (ImageRequest("pro", "a cat", background="auto", references=(PNG,)), "background", "opaque"),
        (ImageRequest("pro", "a cat", background="transparent"), "background", "opaque"),
        (ImageRequest("pro", "a cat", background="transparent", references=(JPEG,)), "background", "opaque"),
        (ImageRequest("pro", "a cat", background="transparent", references=(PNG, PNG)), "background", "opaque"),
        (ImageRequest("pro", layers=True, references=(PNG,), background="opaque"), "background", "omit"),
        (ImageRequest("pro", layers=True, references=(PNG,), size="1024x1024"), "size", "1K"),
        (ImageRequest("pro", layers=True, references=(PNG,), size="big"), "size", "auto"),
        (ImageRequest("pro", layers=True, references=(PNG,), ratio="1:1"), "ratio", "omit"),
        (ImageRequest("pro", layers=True, references=(PNG, PNG)), "references", "1"),
        (ImageRequest("pro", layers=True, references=(PNG,), max_images=2), "max_images", "1"),
        (ImageRequest("4.5", "a cat", layers=True), "layers", "omit"),
        (ImageRequest("4.5", "a cat", web_search=True), "web_search", "omit"),
        (ImageRequest("pro", "a cat", stream=True), "stream", "omit"),
        (ImageRequest("4.5", "a cat", response_format="b64"), "response_format", "b64_json"),
    ],
)
def test_one_fault_is_one_problem_with_the_nearest_value(request_: ImageRequest, field: str, nearest: str) -> None:
    assert [(problem.field, problem.nearest) for problem in CATALOGUE.check(request_)] == [(field, nearest)]


@pytest.mark.parametrize(
    "request_",
    [
        ImageRequest("pro", layers=True, references=(PNG,), size="auto"),
        ImageRequest("pro", layers=True, references=(JPEG,), size="2k", output_format="png"),
        ImageRequest("5.5", "a mug", background="transparent", output_format="png"),
        ImageRequest("5.5", "a mug", background="transparent", references=(JPEG,)),
        ImageRequest("flash", "a mug", background="transparent", references=(PNG,), output_format="png"),
        ImageRequest("lite", "a poster", web_search=True, max_images=4, stream=True),
        ImageRequest("4.5", "a cat", output_format="jpeg", stream=False, max_images=1),
        ImageRequest("4.5", "a cat", size="2848x1600", ratio="16:9"),
        ImageRequest("3.0", "a cat", seed=2_147_483_647, guidance_scale=10.0),
        ImageRequest("4.0", "a cat", optimize_prompt="fast", response_format="b64_json"),
    ],
)
def test_what_is_documented_to_work_passes(request_: ImageRequest) -> None:
    assert CATALOGUE.check(request_) == []


@pytest.mark.parametrize(
    ("reference", "nearest"),
    [
        (Reference(url="example.org/a.png"), None),
        (Reference(url="https://"), None),
        (Reference(url="https://[::1/a.png"), None),
        (Reference(url="https://example.org/a b.png"), None),
        (Reference(), None),
        (Reference(url="data:image/PNG;base64,iVBORw0KGgo="), None),
        (replace(PNG, media_type="image/svg+xml"), "jpeg"),
        (Reference(url="data:image/avif;base64,AAAA"), "jpeg"),
        (replace(PNG, width=8000, height=8000), "5984x5984"),
        (replace(PNG, width=1700, height=100), "1648x112"),
        (Reference(content=Weight(31_457_281)), "31457280 bytes"),
    ],
)
def test_a_bad_reference_is_named_by_its_place(reference: Reference, nearest: str | None) -> None:
    (problem,) = CATALOGUE.check(ImageRequest("4.5", "a cat", references=(PNG, reference)))
    assert problem.field == "references[1]"
    if nearest and "x" in nearest:
        width, height = parse(problem.nearest) or (0, 0)
        mended = replace(PNG, width=width, height=height)
        assert CATALOGUE.check(ImageRequest("4.5", "a cat", references=(mended,))) == []
    else:
        assert problem.nearest == nearest


@pytest.mark.parametrize(
    "reference",
    [
        Reference(content=Weight(31_457_280), media_type="image/jpg"),
        Reference(url="data:image/png;base64,iVBORw0KGgo="),
        replace(PNG, media_type="IMAGE/HEIC; charset=binary"),
        replace(PNG, width=6000, height=6000),
        replace(PNG, width=15, height=240),
    ],
)
def test_a_good_reference_is_no_problem(reference: Reference) -> None:
    assert CATALOGUE.check(ImageRequest("4.5", "a cat", references=(reference,))) == []


def test_seededit_and_layers_are_choosier_about_pictures() -> None:
    wide = replace(PNG, width=4000, height=1000)
    assert fields(ImageRequest("seededit", "hat", references=(wide,))) == ["references[0]"]
    heavy = Reference(content=Weight(10_000_001))
    assert fields(ImageRequest("seededit", "hat", references=(heavy,))) == ["references[0]"]
    small = replace(PNG, width=500, height=500, media_type="image/webp")
    assert fields(ImageRequest("pro", layers=True, references=(small,))) == ["references[0]"] * 2


@pytest.mark.parametrize(
    ("request_", "provider", "field"),
    [
        (ImageRequest("5.5", "a mug", background="opaque"), "cometapi", "background"),
        (ImageRequest("pro", layers=True, references=(PNG,)), "cometapi", "layers"),
        (ImageRequest("4.5", "a cat", stream=True), "cometapi", "stream"),
        (ImageRequest("4.5", "a cat", stream=True), "acedata", "stream"),
        (ImageRequest("lite", "a cat", web_search=True), "gateway", "web_search"),
        (ImageRequest("4.5", "a cat", optimize_prompt="standard"), "cometapi", "optimize_prompt"),
        (ImageRequest("pro", "a cat", output_format="png"), "gateway", "output_format"),
        (ImageRequest("3.0", "a cat", seed=3), "gateway", "seed"),
        (ImageRequest("4.5", "a cat", callback_url="https://example.org/x"), "ark", "callback_url"),
        (ImageRequest("5.5", "a cat"), "acedata", "model"),
        (ImageRequest("pro", layers=True, references=(PNG,)), "acedata", "prompt"),
        (ImageRequest("4.5", "a cat", references=(Reference(content=Weight(10_000_001)),)), "acedata", "references[0]"),
        (ImageRequest("ep-x", "a cat", web_search=True), "gateway", "web_search"),
    ],
)
def test_what_a_provider_does_not_document_is_a_problem_there(
    request_: ImageRequest, provider: str, field: str
) -> None:
    assert fields(request_) == []
    assert fields(request_, provider) == [field]


@pytest.mark.parametrize(
    ("request_", "provider"),
    [
        (ImageRequest("4.5", "a cat", max_images=3), "cometapi"),
        (ImageRequest("4.5", "a cat", max_images=3), "gateway"),
        (ImageRequest("pro", "a cat", output_format="jpeg"), "gateway"),
        (ImageRequest("pro", "a cat", size="1K"), "cometapi"),
        (ImageRequest("4.0", "a cat", size="1K", ratio="16:9"), "gateway"),
        (ImageRequest("4.5", "a cat", callback_url="https://example.org/x"), "acedata"),
    ],
)
def test_what_has_a_silent_equivalent_is_none(request_: ImageRequest, provider: str) -> None:
    assert fields(request_, provider) == []


def test_a_model_that_is_not_offered_comes_with_one_that_is() -> None:
    (problem,) = CATALOGUE.check(ImageRequest("5.5", "a cat"), "acedata")
    assert (problem.field, problem.nearest) == ("model", "seedream-5.0-pro")


def test_unknown_models_are_left_to_the_server() -> None:
    anything = ImageRequest(
        "ep-20260101000000-abcde",
        "a cat",
        references=(replace(PNG, media_type="image/avif", width=1),) * 20,
        size="9x9",
        max_images=99,
        seed=1,
        layers=True,
        web_search=True,
        background="transparent",
        output_format="jpeg",
    )
    assert CATALOGUE.check(anything) == CATALOGUE.check(anything, "ark") == []


def test_the_impossible_is_a_problem_for_unknown_models_too() -> None:
    impossible = ImageRequest(
        "ep-x", references=(Reference(),), max_images=0, output_format="gif", background="pink", optimize_prompt="slow"
    )
    assert sorted(fields(impossible)) == [
        "background",
        "max_images",
        "optimize_prompt",
        "output_format",
        "prompt",
        "references[0]",
    ]


NUMBERS = ("max_images", "seed")
WORDS = st.none() | st.sampled_from(["png", "jpeg", "gif", "transparent", "opaque", "auto", "standard", "fast", ""])
REFERENCES = st.builds(
    Reference,
    url=st.just("https://example.org/a.png"),
    media_type=st.sampled_from(["", "image/png", "image/jpeg", "image/avif"]),
    width=st.integers(0, 20_000),
    height=st.integers(0, 20_000),
)
REQUESTS = st.builds(
    ImageRequest,
    model=st.sampled_from(MODELS),
    prompt=st.just("a cat"),
    references=st.lists(REFERENCES, max_size=16).map(tuple),
    size=st.none()
    | st.sampled_from(["1K", "1.5k", "2K", "3K", "4K", "8K", "auto", "adaptive", "16:9", "90:1", "junk", ""])
    | st.tuples(st.integers(1, 20_000), st.integers(1, 20_000)).map(lambda pair: f"{pair[0]}x{pair[1]}"),
    ratio=st.none() | st.sampled_from(["1:1", "16:9", "5:4", "50:1", "1:50", "junk", ""]),
    max_images=st.none() | st.integers(-2, 20),
    stream=st.none() | st.booleans(),
    response_format=st.sampled_from(["url", "b64_json", "uri"]),
    output_format=WORDS,
    background=WORDS,
    layers=st.booleans(),
    web_search=st.booleans(),
    optimize_prompt=WORDS,
    seed=st.none() | st.integers(-5, 2**32),
    guidance_scale=st.none() | st.floats(),
)


def mend(request: ImageRequest, problem: Problem) -> ImageRequest:
    """Do what a problem's nearest value says."""
    name, value = problem.field, problem.nearest
    assert value is not None
    if name == "references":
        return replace(request, references=(*request.references, *(PNG,) * 16)[: int(value)])
    if name.startswith("references["):
        return _mend_reference(request, int(name[11:-1]), value)
    if value == "omit":
        return replace(request, **{name: getattr(ImageRequest("x"), name)})
    made: Any = int(value) if name in NUMBERS else float(value) if name == "guidance_scale" else value
    return replace(request, **{name: made})


def _mend_reference(request: ImageRequest, place: int, value: str) -> ImageRequest:
    if place >= len(request.references):
        return request
    pair = parse(value)
    change: dict[str, Any] = {"width": pair[0], "height": pair[1]} if pair else {"media_type": f"image/{value}"}
    mended = replace(request.references[place], **change)
    return replace(request, references=(*request.references[:place], mended, *request.references[place + 1 :]))


@settings(max_examples=300, deadline=None)
@given(request_=REQUESTS, provider=st.sampled_from([None, "ark", "cometapi", "gateway"]))
def test_doing_what_the_nearest_values_say_leaves_no_problem(request_: ImageRequest, provider: str | None) -> None:
    mended = request_
    for problem in CATALOGUE.check(request_, provider):
        mended = mend(mended, problem)
    assert CATALOGUE.check(mended, provider) == []
