"""Sizes: what is read, what is nearest, what follows."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.seedream.references import is_data_uri
from bot.seedream.sizes import (
    ADAPTIVE,
    adaptive,
    fits,
    nearest,
    output_tokens,
    parse,
    parse_ratio,
    preset_pixels,
    shape,
    shapes,
)

FACTS: dict[str, Any] = json.loads((Path(__file__).parents[1] / "data" / "seedream-facts.json").read_text())
VECTORS = FACTS["test_vectors"]

SIDES = st.integers(min_value=1, max_value=999_999)
AREAS = st.sampled_from([(921_600, 4_624_220), (3_686_400, 16_777_216), (262_144, 4_194_304), None])
ASPECTS = st.sampled_from([(1 / 16, 16.0), (1 / 3, 3.0), None])


@pytest.mark.parametrize("vector", VECTORS["adaptive"], ids=lambda vector: vector["input"])
def test_adaptive_gives_the_documented_size(vector: dict[str, str]) -> None:
    width, height = parse(vector["input"]) or (0, 0)
    assert adaptive(width, height) == vector["size"]


def test_adaptive_chooses_from_the_published_table(facts: dict[str, Any]) -> None:
    assert [list(size) for size in ADAPTIVE] == facts["sizes"]["adaptive"]["table"]


@pytest.mark.parametrize("vector", VECTORS["output_tokens"], ids=lambda vector: str(vector["tokens"]))
def test_output_tokens_count_all_pixels_at_once(vector: dict[str, Any]) -> None:
    assert output_tokens(vector["sizes"]) == vector["tokens"]


def test_output_tokens_of_an_unreadable_size_are_none() -> None:
    assert output_tokens(["2K"]) == 0


@pytest.mark.parametrize("vector", VECTORS["data_uri"], ids=lambda vector: vector["value"])
def test_a_data_uri_is_told_from_what_only_looks_like_one(vector: dict[str, Any]) -> None:
    assert is_data_uri(vector["value"]) is vector["ok"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2048x1024", (2048, 1024)),
        (" 2048 × 1024 ", (2048, 1024)),
        ("2048X1024", (2048, 1024)),
        ("0x1024", None),
        ("2048x", None),
        ("２０４８x1024", None),
        ("2048x1024x3", None),
        ("2K", None),
        ("", None),
        (None, None),
    ],
)
def test_pixels_are_read_as_people_type_them(text: str | None, expected: tuple[int, int] | None) -> None:
    assert parse(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("16:9", 16 / 9), ("1/2", 0.5), ("1.85:1", 1.85), ("0:1", None), ("1:0", None), ("wide", None), (None, None)],
)
def test_a_ratio_is_read_as_people_type_it(text: str | None, expected: float | None) -> None:
    assert parse_ratio(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"), [("1K", 1024**2), ("1.5k", 1536**2), ("4K", 4096**2), ("0K", None), ("adaptive", None)]
)
def test_a_preset_is_a_square_of_thousands(text: str, expected: int | None) -> None:
    assert preset_pixels(text) == expected


@pytest.mark.parametrize(
    ("size", "area", "expected"),
    [
        ((1500, 1500), (3_686_400, 16_777_216), "1920x1920"),
        ((800, 800), (921_600, 16_777_216), "960x960"),
        ((1280, 720), (3_686_400, 16_777_216), "2560x1440"),
        ((720, 1280), (3_686_400, 16_777_216), "1440x2560"),
    ],
)
def test_the_nearest_size_keeps_the_shape(size: tuple[int, int], area: tuple[int, int], expected: str) -> None:
    assert nearest(*size, area, (1 / 16, 16)) == expected


def test_a_size_too_long_becomes_as_long_as_allowed() -> None:
    assert nearest(12_288, 720, (921_600, 16_777_216), (1 / 16, 16)) == "11776x736"


@given(width=SIDES, height=SIDES, area=AREAS, aspect=ASPECTS)
def test_the_nearest_size_is_allowed_and_not_distorted(
    width: int, height: int, area: tuple[int, int] | None, aspect: tuple[float, float] | None
) -> None:
    found = parse(nearest(width, height, area, aspect))
    if found is None:  # sides beyond six digits: only without any range
        assert area is None or aspect is None
        return
    assert fits(*found, area, aspect)
    wanted = width / height if aspect is None else max(aspect[0], min(aspect[1], width / height))
    if area and aspect:
        assert found[0] % 16 == found[1] % 16 == 0
        assert abs(found[0] / found[1] / wanted - 1) < 0.05


def test_where_steps_of_sixteen_do_not_fit_single_pixels_do() -> None:
    assert shape(1.0, 1.0, (10_201, 10_201), (1.0, 1.0)) == (101, 101)


def test_ranges_that_hold_no_size_give_none() -> None:
    assert nearest(100, 100, (7, 7), (1.0, 1.0)) is None


def test_a_range_of_shapes_is_said_in_words() -> None:
    assert shapes((0.0625, 16)) == "1:16 to 16:1"
    assert shapes((0.3333333333333333, 3)) == "1:3 to 3:1"
