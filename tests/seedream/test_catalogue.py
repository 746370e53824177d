"""The catalogue: names, ids, fields and sizes agree with the documented facts."""

import json
from pathlib import Path
from typing import Any

import pytest

from bot.seedream.catalogue import Catalogue
from bot.seedream.models import ImageRequest, Reference
from bot.seedream.sizes import fits, parse

FACTS: dict[str, Any] = json.loads((Path(__file__).parents[1] / "data" / "seedream-facts.json").read_text())
CATALOGUE = Catalogue.load()
MODELS = FACTS["model_order"]
DOCUMENTED = {"ark": "volcengine", "byteplus": "byteplus_ap", "cometapi": "cometapi", "gateway": "apifox_gateway"}
PICTURE = Reference(url="https://example.org/a.png")


@pytest.mark.parametrize("vector", FACTS["test_vectors"]["aliases"], ids=lambda vector: vector["id"])
def test_every_documented_id_means_its_model(vector: dict[str, str | None]) -> None:
    model = CATALOGUE.resolve(str(vector["id"]))
    assert (model and model.key) == vector["model"]


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("4.5", "seedream-4.5"),
        ("Seedream 4.5", "seedream-4.5"),
        ("seedream4.5", "seedream-4.5"),
        ("SEEDREAM_4_5", "seedream-4.5"),
        ("seedream 4", "seedream-4.0"),
        ("5.0 pro", "seedream-5.0-pro"),
        ("5 pro", "seedream-5.0-pro"),
        ("pro", "seedream-5.0-pro"),
        ("flash", "seedream-5.0-flash"),
        ("lite", "seedream-5.0-lite"),
        ("5.5", "seedream-5.5"),
        ("seededit", "seededit-3.0-i2i"),
        ("my-proxy/Doubao-Seedream-5.0-Pro-latest", "seedream-5.0-pro"),
        ("doubao-seedream-4-5-270101", "seedream-4.5"),
        ("seedream", None),
        ("", None),
        ("EP-20260101-seedream-4-5", None),
        ("midjourney", None),
    ],
)
def test_people_may_call_a_model_what_they_like(name: str, key: str | None) -> None:
    model = CATALOGUE.resolve(name)
    assert (model and model.key) == key


def test_models_come_newest_first() -> None:
    assert list(CATALOGUE.models) == MODELS


@pytest.mark.parametrize("key", MODELS)
def test_a_model_is_what_its_page_says(key: str, facts: dict[str, Any]) -> None:
    model, page = CATALOGUE.models[key], facts["models"][key]
    size = page["size"]
    assert model.title == page["title"]
    assert page["status"].startswith(model.status)
    assert model.fields == set(facts["fields_to_send"][key])
    assert model.text_to_image is page["t2i"]
    assert model.references == (page.get("min_reference_images", 0), page["max_reference_images"])
    assert (model.sequence, model.stream, model.web_search) == (page["sequential"], page["stream"], page["web_search"])
    assert model.layers == page["layer_decomposition"].get("max_layers", 0)
    assert list(model.backgrounds) == (page["background"] or [])
    assert list(model.formats) == page["output_format"]
    assert (model.default_format, model.format_settable) == (
        page["output_format_default"],
        page["output_format_settable"],
    )
    assert list(model.optimize) == page["optimize_prompt_modes"]
    assert (list(model.presets), model.default_size) == (size["presets"], size["default"])
    assert list(model.rejected_sizes) == size["rejected"]
    assert model.area == (size["pixels"] and (size["pixels"]["min"], size["pixels"]["max"]))
    assert model.aspect == (size["aspect"] and tuple(size["aspect"]))
    for bounds, limits in ((model.seed, page["seed"]), (model.guidance, page["guidance_scale"])):
        assert bounds == ((limits["min"], limits["max"]) if limits else None)


@pytest.mark.parametrize("key", MODELS)
def test_the_recommended_sizes_are_the_published_ones(key: str, facts: dict[str, Any]) -> None:
    tables, model = facts["sizes"]["by_model"], CATALOGUE.models[key]
    assert model.sizes == tables["seedream-5.0-pro" if model.sizes_borrowed else key]
    assert model.sizes_borrowed is (key == "seedream-5.5")


@pytest.mark.parametrize("key", MODELS)
def test_reference_rules_are_the_published_ones(key: str, facts: dict[str, Any]) -> None:
    model = CATALOGUE.models[key]
    default = facts["reference_images"]["default"]
    page = facts["models"][key].get("reference", {"min_pixels": default["min_pixels"]})
    for rules, expected in (
        (model.reference_rules, default | page),
        (model.layer_rules, default | facts["reference_images"]["layer_decomposition"]),
    ):
        assert set(rules.formats) == set(expected["formats"])
        assert rules.max_bytes == expected["max_bytes"]
        assert rules.longer_than == expected["min_side_exclusive"]
        assert rules.aspect == tuple(expected["aspect"])
        assert rules.pixels == (expected["min_pixels"], expected["max_pixels"])


@pytest.mark.parametrize("key", MODELS)
def test_ids_are_the_documented_ones(key: str, facts: dict[str, Any]) -> None:
    ids, page = CATALOGUE.models[key].ids, facts["models"][key]["ids"]
    aliases = page.get("gateway_aliases", [])
    assert list(ids["ark"]) == page["volcengine"] + page.get("ark_agent_plan", [])
    assert list(ids["byteplus"]) == page["byteplus"]
    assert sorted(ids["cometapi"]) == sorted(ids["gateway"]) == sorted(page["volcengine"] + aliases)
    assert set(ids.get("acedata", ())) <= set(facts["providers"]["acedata"]["models_current"])


@pytest.mark.parametrize("name", ["cometapi", "gateway"])
def test_a_gateway_takes_the_fields_on_its_page(name: str, facts: dict[str, Any]) -> None:
    assert CATALOGUE.providers[name].fields == set(facts["providers"][DOCUMENTED[name]]["documented_fields"])


@pytest.mark.parametrize("name", ["ark", "byteplus"])
def test_the_makers_own_apis_take_every_field_of_every_model(name: str, facts: dict[str, Any]) -> None:
    assert CATALOGUE.providers[name].fields == {field for each in facts["fields_to_send"].values() for field in each}


@pytest.mark.parametrize("key", MODELS)
@pytest.mark.parametrize("provider", list(CATALOGUE.providers))
def test_no_field_that_a_model_rejects_is_ever_sent(key: str, provider: str, facts: dict[str, Any]) -> None:
    assert not CATALOGUE.fields(key, provider) & set(facts["fields_rejected"].get(key, {}).get("fields", []))


def test_only_fields_that_both_document_are_sent() -> None:
    assert "stream" not in CATALOGUE.fields("4.5", "cometapi")
    assert "stream" in CATALOGUE.fields("4.5", "gateway")
    assert "tools" not in CATALOGUE.fields("lite", "gateway")
    assert CATALOGUE.fields("4.5", "acedata") >= {"callback_url", "async"}
    assert "stream" not in CATALOGUE.fields("4.5", "acedata")
    assert CATALOGUE.fields("ep-x", "gateway") == CATALOGUE.providers["gateway"].fields


@pytest.mark.parametrize(
    ("name", "provider", "expected"),
    [
        ("4.5", "ark", "doubao-seedream-4-5-251128"),
        ("4.5", "byteplus", "seedream-4-5-251128"),
        ("seedream-4-5-251128", "ark", "doubao-seedream-4-5-251128"),
        ("pro", "cometapi", "seedream-5-0-pro-260628"),
        ("doubao-seedream-5-0-pro-260628", "cometapi", "doubao-seedream-5-0-pro-260628"),
        ("doubao-seedream-5-0-lite-260128", "ark", "doubao-seedream-5-0-lite-260128"),
        ("doubao-seedream-5.0-lite", "ark", "doubao-seedream-5.0-lite"),
        ("doubao-seedream-5.0-lite", "acedata", "doubao-seedream-5-0-lite-260128"),
        ("5.5", "acedata", None),
        ("flash", "acedata", None),
        ("seededit", "acedata", None),
        ("doubao-seedream-4-5-270101", "byteplus", "doubao-seedream-4-5-270101"),
        ("ep-20260101000000-abcde", "ark", "ep-20260101000000-abcde"),
        ("something-else", "gateway", "something-else"),
    ],
)
def test_the_id_is_the_one_of_the_provider(name: str, provider: str, expected: str | None) -> None:
    assert CATALOGUE.model_id(name, provider) == expected


@pytest.mark.parametrize("key", MODELS)
@pytest.mark.parametrize("provider", [None, *CATALOGUE.providers])
def test_every_recommended_size_passes_its_models_own_check(key: str, provider: str | None) -> None:
    model = CATALOGUE.models[key]
    if provider and provider not in model.ids:
        return
    for preset, table in model.sizes.items():
        for ratio in table:
            named = preset if preset in model.presets else None
            asked = ImageRequest(key, "a cat", size=named, ratio=ratio)
            size = CATALOGUE.size(asked, provider)
            assert CATALOGUE.check(asked, provider) == []
            assert CATALOGUE.check(ImageRequest(key, "a cat", size=size), provider) == []
            if provider != "gateway":
                assert size == table[ratio]


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        (ImageRequest("4.5"), None),
        (ImageRequest("4.5", size="2k"), "2K"),
        (ImageRequest("4.5", size="2048 × 1024"), "2048x1024"),
        (ImageRequest("4.5", size="2K", ratio="16:9"), "2848x1600"),
        (ImageRequest("4.5", ratio="16:9"), "2848x1600"),
        (ImageRequest("5.5", ratio="16:9", size="1K"), "1424x800"),
        (ImageRequest("3.0", ratio="21:9"), "1512x648"),
        (ImageRequest("seededit", references=(PICTURE,)), "adaptive"),
        (ImageRequest("pro", layers=True), "auto"),
        (ImageRequest("pro", layers=True, size="1k"), "1K"),
        (ImageRequest("ep-x", size="2K"), "2K"),
        (ImageRequest("ep-x", size="2K", ratio="1:1"), "2048x2048"),
        (ImageRequest("ep-x", ratio="16:9"), "2736x1536"),
        (ImageRequest("ep-x"), None),
    ],
)
def test_size_and_ratio_become_what_the_api_takes(request_: ImageRequest, expected: str | None) -> None:
    assert CATALOGUE.size(request_) == expected


@pytest.mark.parametrize("key", [key for key in MODELS if key != "seededit-3.0-i2i"])
@pytest.mark.parametrize("ratio", ["5:4", "16:1", "1:16", "7:3", "1.85:1", "1000:999"])
def test_a_ratio_without_a_table_entry_is_computed(key: str, ratio: str) -> None:
    model = CATALOGUE.models[key]
    for preset in model.sizes:
        size = parse(model.pixels(preset, ratio))
        assert size is not None
        assert fits(*size, model.area, model.aspect)
        assert size[0] % 16 == size[1] % 16 == 0
        square = parse(model.sizes[preset]["1:1"]) or (0, 0)
        assert 0.8 < size[0] * size[1] / (square[0] * square[1]) < 1.25


def test_a_preset_that_a_gateway_does_not_document_goes_as_pixels() -> None:
    assert CATALOGUE.size(ImageRequest("pro", "a cat", size="1K"), "cometapi") == "1024x1024"
    assert CATALOGUE.size(ImageRequest("pro", "a cat", size="1K"), "ark") == "1K"
    assert CATALOGUE.size(ImageRequest("lite", "a cat", size="2K"), "cometapi") == "2K"


def test_such_pixels_follow_the_shape_of_the_first_reference() -> None:
    wide = Reference(url="https://example.org/a.png", width=19_200, height=10_800)
    assert CATALOGUE.size(ImageRequest("pro", "a cat", size="1K", references=(wide,)), "cometapi") == "1360x768"


def test_a_gateways_narrower_area_moves_the_recommended_size() -> None:
    small = ImageRequest("4.0", "a cat", size="1K", ratio="16:9")
    assert CATALOGUE.size(small) == "1280x720"
    width, height = parse(CATALOGUE.size(small, "gateway")) or (0, 0)
    assert width * height >= 1024 * 1024
    assert abs(width / height / (16 / 9) - 1) < 0.02
    assert CATALOGUE.check(ImageRequest("4.0", "a cat", size="1280x720")) == []
    assert [found.field for found in CATALOGUE.check(ImageRequest("4.0", "a cat", size="1280x720"), "gateway")] == [
        "size"
    ]


@pytest.mark.parametrize(
    ("request_", "seconds"),
    [
        (ImageRequest("4.5"), 180),
        (ImageRequest("pro"), 240),
        (ImageRequest("4.5", max_images=2), 600),
        (ImageRequest("pro", layers=True), 600),
        (ImageRequest("ep-x"), 240),
    ],
)
def test_slow_models_and_groups_get_more_time(request_: ImageRequest, seconds: float) -> None:
    assert CATALOGUE.timeout(request_) == seconds
