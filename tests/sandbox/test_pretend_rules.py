"""The pretend server is as strict as upstream: every rule bites."""

import base64
from collections.abc import Awaitable, Callable, Mapping
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from sandbox.seedream import PretendSeedream

Ask = Callable[..., Awaitable[tuple[int, Mapping[str, str], Any]]]

LITE = "doubao-seedream-5-0-260128"
PRO = "doubao-seedream-5-0-pro-260628"
FLASH = "doubao-seedream-5-0-flash-260915"
NEWEST = "doubao-seedream-5-5-261028"
FOUR = "doubao-seedream-4-0-250828"
OLD = "doubao-seedream-3-0-t2i-250415"
EDIT = "doubao-seededit-3-0-i2i-250628"
AUTO = {"sequential_image_generation": "auto"}


def uri(width: int = 64, height: int = 64, form: str = "PNG", mode: str = "RGB", declared: str = "") -> str:
    buffer = BytesIO()
    Image.new(mode, (width, height)).save(buffer, form)
    return f"data:image/{declared or form.lower()};base64,{base64.b64encode(buffer.getvalue()).decode()}"


PICTURE = uri()
HEAVY = f"data:image/png;base64,{base64.b64encode(base64.b64decode(PICTURE[22:]) + bytes(10_000_000)).decode()}"


def options(most: object) -> dict[str, object]:
    return {**AUTO, "sequential_image_generation_options": {"max_images": most}}


REFUSED: list[tuple[str, dict[str, object], str]] = [
    ("no model", {"model": ...}, "MissingParameter"),
    ("no prompt", {"prompt": ...}, "MissingParameter"),
    ("blank prompt", {"prompt": "  "}, "MissingParameter"),
    ("prompt is no text", {"prompt": 5}, "prompt"),
    ("n", {"n": 2}, "unknown field 'n'"),
    ("unknown field", {"quality": "hd"}, "unknown field"),
    ("null", {"size": None}, "null"),
    ("watermark is no flag", {"watermark": "false"}, "boolean"),
    ("response format", {"response_format": "file"}, "response_format must be one of"),
    ("output format on 4.5", {"output_format": "png"}, "not supported by model"),
    ("output format", {"model": LITE, "output_format": "webp"}, "output_format must be one of"),
    ("stream on Pro", {"model": PRO, "stream": False}, "not supported by model"),
    ("stream on Flash", {"model": FLASH, "stream": False}, "not supported by model"),
    ("stream on 5.5", {"model": NEWEST, "stream": True}, "not supported by model"),
    ("set on Pro", {"model": PRO, "sequential_image_generation": "disabled"}, "not supported by model"),
    ("set on 3.0", {"model": OLD, **AUTO}, "not supported by model"),
    ("set word", {"sequential_image_generation": "on"}, "must be one of"),
    ("options without auto", {"sequential_image_generation_options": {"max_images": 2}}, "only valid when"),
    ("options are no object", {**AUTO, "sequential_image_generation_options": 3}, "max_images and nothing else"),
    ("no pictures in a set", options(0), "between 1 and 15"),
    ("16 in a set", options(16), "between 1 and 15"),
    ("true in a set", options(True), "between 1 and 15"),
    ("2 references and 14", {"image": [PICTURE] * 2, **options(14)}, "must not exceed 15"),
    ("15 references", {"image": [PICTURE] * 15}, "between 0 and 14"),
    ("11 references on Pro", {"model": PRO, "image": [PICTURE] * 11}, "between 0 and 10"),
    ("reference on 3.0", {"model": OLD, "image": [PICTURE]}, "not supported by model"),
    ("SeedEdit without reference", {"model": EDIT}, "between 1 and 1"),
    ("empty list", {"image": []}, "must not be empty"),
    ("image is a number", {"image": [1]}, "array of strings"),
    ("empty link", {"image": [""]}, "InvalidImageURL.EmptyURL"),
    ("size on Lite", {"model": LITE, "size": "1K"}, "size must be one of 'WIDTHxHEIGHT', '2k', '3k', or '4k'"),
    ("size on 4.5", {"size": "1K"}, "size must be one of 'WIDTHxHEIGHT', '2k', or '4k'"),
    ("ratio", {"size": "1:1"}, "size must be one of"),
    ("adaptive", {"size": "adaptive"}, "the specified size is not supported for model"),
    ("auto", {"size": "auto"}, "size must be one of"),
    ("preset on 3.0", {"model": OLD, "size": "2K"}, "size must be one of"),
    ("pixels on SeedEdit", {"model": EDIT, "image": [PICTURE], "size": "1024x1024"}, "size must be one of 'adaptive'"),
    ("options of no kind", {"optimize_prompt_options": "fast"}, "mode and nothing else"),
    ("a heavy picture on SeedEdit", {"model": EDIT, "image": [HEAVY]}, "OversizedImage"),
    ("too small", {"size": "1500x1500"}, "at least 3686400"),
    ("too large", {"model": FOUR, "size": "4736x3552"}, "at most 16777216"),
    ("too wide", {"model": FOUR, "size": "12288x720"}, "between 1/16 and 16"),
    ("upper case X", {"size": "2048X2048"}, "size must be one of"),
    ("web search on 4.5", {"tools": [{"type": "web_search"}]}, "not supported by model"),
    ("another tool", {"model": LITE, "tools": [{"type": "code"}]}, "the only tool"),
    ("seed on 4.5", {"seed": 5}, "not supported by model"),
    ("seed", {"model": OLD, "seed": -2}, "seed must be an integer"),
    ("guidance", {"model": OLD, "guidance_scale": 11}, "guidance_scale must be a number"),
    ("guidance on 4.0", {"model": FOUR, "guidance_scale": 3}, "not supported by model"),
    ("fast on 4.5", {"optimize_prompt_options": {"mode": "fast"}}, "mode must be one of"),
    ("thinking", {"optimize_prompt_options": {"thinking": "auto"}}, "mode and nothing else"),
    ("layers on 4.5", {"layer_decomposition": True, "image": [PICTURE]}, "not supported by model"),
    ("layers without picture", {"model": PRO, "layer_decomposition": True}, "exactly one image"),
    ("layers in pixels", {"model": PRO, "layer_decomposition": True, "image": [PICTURE], "size": "2048x2048"}, "size"),
    (
        "layers of a small picture",
        {"model": PRO, "layer_decomposition": True, "image": [PICTURE]},
        "at least 262144 pixels",
    ),
    (
        "layers of a WebP",
        {"model": PRO, "layer_decomposition": True, "image": [uri(600, 600, "WEBP")]},
        "UnsupportedImageFormat",
    ),
    (
        "layers and background",
        {"model": PRO, "layer_decomposition": True, "image": [uri(600, 600)], "background": "opaque"},
        "layer_decomposition",
    ),
    ("background on 4.5", {"background": "opaque"}, "not supported by model"),
    ("background word", {"model": PRO, "background": "auto"}, "must be one of"),
    ("transparent jpeg", {"model": NEWEST, "background": "transparent", "output_format": "jpeg"}, "output_format png"),
    ("transparent from nothing", {"model": PRO, "background": "transparent"}, "exactly one input image"),
    (
        "transparent from a jpeg",
        {"model": PRO, "background": "transparent", "image": [uri(form="JPEG")]},
        "alpha channel",
    ),
    ("upper-case type", {"image": [uri(declared="PNG")]}, "lower case"),
    ("no type", {"image": ["data:text/plain;base64,QUJD"]}, "lower case"),
    ("bad base64", {"image": ["data:image/png;base64,@@@"]}, "base64"),
    ("spaces in base64", {"image": ["data:image/png;base64,iVBO Rw0K"]}, "base64"),
    ("nothing", {"image": ["data:image/png;base64,"]}, "empty"),
    ("no picture", {"image": ["data:image/png;base64,QUJD"]}, "no picture"),
    ("half a picture", {"image": [uri(600, 600)[:-400] + "===="[: -(len(uri(600, 600)) - 400 - 22) % 4]]}, "Invalid"),
    ("another type", {"image": [uri(form="JPEG", declared="png")]}, "declared as png, but it is jpeg"),
    ("a bare name", {"image": ["cat.png"]}, "neither a URL nor a data URI"),
    ("a far link", {"image": ["https://example.org/a.png"]}, "Timeout while downloading url=https://example.org/a.png"),
    ("a small picture", {"image": [uri(14, 64)]}, "longer than 14"),
    ("a long picture", {"image": [uri(17 * 20, 20)]}, "1/16 and 16"),
    ("a long picture on SeedEdit", {"model": EDIT, "image": [uri(400, 100)]}, "1/3 and 3"),
    ("a WebP on SeedEdit", {"model": EDIT, "image": [uri(form="WEBP")]}, "UnsupportedImageFormat"),
    ("many pixels", {"image": [uri(7000, 6000, mode="1")]}, "OversizedImage"),
    ("a bomb", {"image": [uri(20_000, 10_000, mode="1")]}, "OversizedImage"),
    ("an unknown magic word", {"prompt": "[[fault:P99]]"}, "magic word"),
    ("a fault below HTTP in a prompt", {"prompt": "[[fault:P4]]"}, "base_url"),
]


@pytest.mark.parametrize(("changes", "words"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
async def test_what_upstream_refuses_is_refused(
    changes: dict[str, object], words: str, ask: Ask, pretend: PretendSeedream
) -> None:
    status, _, body = await ask("ark", **changes)
    assert status == 400
    assert words in f"{body['error']['code']} {body['error']['message']}"
    assert pretend.billed == 0


ACCEPTED: list[dict[str, object]] = [
    {"model": "ep-20260101000000-abcde", "size": "2K"},
    {"model": FOUR, "size": "1k", "optimize_prompt_options": {"mode": "fast"}},
    {"model": FOUR, "size": "1600x600"},
    {"model": LITE, "size": "3750x1250", "output_format": "png", "tools": [{"type": "web_search"}]},
    {"model": PRO, "size": "2048x1024", "image": PICTURE},
    {"model": PRO, "background": "transparent", "image": [uri(mode="RGBA")]},
    {"model": NEWEST, "size": "1.5K", "background": "transparent"},
    {"model": FLASH, "background": "opaque", "output_format": "jpeg"},
    {"model": OLD, "size": "512x512", "seed": 7, "guidance_scale": 2.5},
    {"model": EDIT, "image": [uri(160, 90)], "size": "adaptive", "seed": -1},
    {"image": [PICTURE] * 14, "size": "2K"},
    {"image": [PICTURE] * 14, **options(1)},
    {"image": [uri(form=form) for form in ("JPEG", "WEBP", "BMP", "TIFF", "GIF")]},
    {"image": ["data:image/heic;base64," + base64.b64encode(b"\0\0\0\x18ftypheic" + bytes(40)).decode()]},
]


@pytest.mark.parametrize("changes", ACCEPTED)
async def test_what_upstream_takes_is_taken(changes: dict[str, object], ask: Ask) -> None:
    status, _, body = await ask("ark", **changes)
    assert status == 200, body


@pytest.mark.parametrize(
    ("provider", "field", "value"),
    [
        ("cometapi", "stream", True),
        ("cometapi", "tools", [{"type": "web_search"}]),
        ("cometapi", "optimize_prompt_options", {"mode": "standard"}),
        ("gateway", "output_format", "png"),
        ("gateway", "seed", 1),
        ("gateway", "tools", [{"type": "web_search"}]),
        ("acedata", "stream", True),
        ("ark", "callback_url", "https://example.org"),
        ("byteplus", "async", True),
        ("cometapi", "image", PICTURE),
        ("gateway", "image", PICTURE),
        ("acedata", "image", PICTURE),
    ],
)
async def test_a_gateway_takes_only_what_it_documents(provider: str, field: str, value: object, ask: Ask) -> None:
    model = "seedream-5-0-260128" if provider == "byteplus" else LITE
    status, _, body = await ask(provider, model=model, **{field: value})
    assert status == 400
    assert field in body["error"]["message"]


@pytest.mark.parametrize(
    ("provider", "model", "status", "code"),
    [
        ("ark", "seedream-4-5-251128", 404, "InvalidEndpointOrModel.NotFound"),
        ("byteplus", "doubao-seedream-4-5-251128", 404, "InvalidEndpointOrModel.NotFound"),
        ("cometapi", "seedream-9", 503, "model_not_found"),
        ("cometapi", "ep-20260101000000-abcde", 503, "model_not_found"),
        ("gateway", "dola-seedream-5-5-261028", 503, "model_not_found"),
        ("acedata", "doubao-seedream-5.0-lite", 400, "bad_request"),
        ("acedata", OLD, 400, "bad_request"),
    ],
)
async def test_an_unknown_model_is_refused_in_each_gateways_way(
    provider: str, model: str, status: int, code: str, ask: Ask
) -> None:
    answered, _, body = await ask(provider, model=model)
    assert (answered, body["error"]["code"]) == (status, code)


@pytest.mark.parametrize("model", ["doubao-seedream-5.0-lite", LITE])
async def test_the_agent_plan_knows_one_model(model: str, ask: Ask) -> None:
    status, _, body = await ask("ark", path="/api/plan/v3/images/generations", model=model)
    assert (status == 200) == (model == "doubao-seedream-5.0-lite")
    assert body.get("model", model) == model


@pytest.mark.parametrize(
    ("provider", "key", "status", "code"),
    [
        ("ark", "wrong", 401, "AuthenticationError"),
        ("byteplus", "", 401, "AuthenticationError"),
        ("cometapi", "wrong", 401, ""),
        ("gateway", "", 401, ""),
        ("acedata", "wrong", 401, "invalid_token"),
        ("acedata", "", 400, "no_token"),
    ],
)
async def test_a_wrong_key_is_refused_in_each_gateways_way(
    provider: str, key: str, status: int, code: str, ask: Ask, pretend: PretendSeedream
) -> None:
    answered, _, body = await ask(provider, key=key)
    assert (answered, body["error"]["code"]) == (status, code)
    assert pretend.calls[0].key_ok is False


@pytest.mark.parametrize(("provider", "status"), [("acedata", 413), ("ark", 200)])
async def test_acedata_takes_smaller_pictures_than_the_others(provider: str, status: int, ask: Ask) -> None:
    answered, _, _ = await ask(provider, image=[HEAVY])
    assert answered == status
