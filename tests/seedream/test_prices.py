"""Prices: what is reserved before a generation, and what it has cost afterwards."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from bot.seedream.catalogue import Catalogue
from bot.seedream.models import ImageRequest, Price, Reference
from bot.seedream.prices import Tariff, Tier

FACTS: dict[str, Any] = json.loads((Path(__file__).parents[1] / "data" / "seedream-facts.json").read_text())
NAMES = {"volcengine": "ark"}
CATALOGUE = Catalogue.load()
PICTURE = Reference(url="https://example.org/a.png")


def reserve(request: ImageRequest, provider: str = "byteplus") -> Decimal | None:
    price = CATALOGUE.price(request, provider)
    return price.amount if price else None


@pytest.mark.parametrize(
    "vector", FACTS["test_vectors"]["prices"], ids=lambda vector: f"{vector['provider']} {vector['model']}"
)
def test_the_documented_worst_case_is_reserved(vector: dict[str, Any]) -> None:
    request = ImageRequest(
        vector["model"],
        "a cat",
        size=vector["size"],
        max_images=vector["max_images"],
        references=(PICTURE,) * vector["refs"],
    )
    expected = Decimal(vector["reserve"]) if vector["reserve"] else None
    assert reserve(request, NAMES.get(vector["provider"], vector["provider"])) == expected


@pytest.mark.parametrize("provider", ["byteplus", "volcengine", "acedata", "cometapi"])
def test_the_tariffs_are_the_published_ones(provider: str, facts: dict[str, Any]) -> None:
    published = facts["prices"]["providers"][provider]
    name = NAMES.get(provider, provider)
    assert CATALOGUE.providers[name].currency == published["currency"]
    for key, model in CATALOGUE.models.items():
        tariff, expected = model.prices.get(name), published["models"][key]
        if tariff is None:
            assert expected is None or name not in model.ids
            continue
        assert [(tier.image, tier.pixels) for tier in tariff.tiers] == [
            (Decimal(str(tier["per_image"])), tier["max_pixels"] and int(tier["max_pixels"]))
            for tier in expected["tiers"]
        ]
        assert tariff.reference == Decimal(str(expected["per_reference_image"]))
        assert tariff.free_references == expected["free_reference_images"]


@pytest.mark.parametrize(
    ("size", "ratio", "expected"),
    [
        ("1K", None, "0.045"),
        ("1.5K", None, "0.09"),  # its largest recommended size lies between the two published boundaries
        ("2K", None, "0.09"),
        (None, None, "0.09"),
        ("1.5K", "1:1", "0.045"),
        ("1536x1536", None, "0.045"),
        ("1537x1536", None, "0.09"),
    ],
)
def test_a_size_is_counted_at_its_largest(size: str | None, ratio: str | None, expected: str) -> None:
    assert reserve(ImageRequest("5.0 pro", "a cat", size=size, ratio=ratio)) == Decimal(expected)


def test_layers_are_reserved_at_their_most() -> None:
    layers = ImageRequest("5.0 pro", references=(PICTURE,), layers=True)
    assert reserve(layers) == 17 * Decimal("0.09")
    assert reserve(ImageRequest("5.5", references=(PICTURE,), layers=True)) == 100 * Decimal("0.035") + Decimal("0.008")


def test_settling_counts_the_pictures_that_came() -> None:
    request = ImageRequest("5.5", "a cat", size="2K", references=(PICTURE, PICTURE))
    assert CATALOGUE.settle(request, "byteplus", 1) == Price(Decimal("0.051"), "USD")


def test_nothing_came_nothing_is_paid() -> None:
    request = ImageRequest("5.5", "a cat", size="2K", references=(PICTURE, PICTURE))
    assert CATALOGUE.settle(request, "byteplus", 0) == Price(Decimal(0), "USD")


def test_an_unknown_model_has_no_price() -> None:
    assert CATALOGUE.price(ImageRequest("ep-20260101000000-abcde", "a cat"), "ark") is None


def test_ark_counts_in_its_own_currency() -> None:
    assert CATALOGUE.price(ImageRequest("4.5", "a cat"), "ark") == Price(Decimal("0.25"), "CNY")


def test_a_picture_larger_than_every_tier_costs_the_dearest() -> None:
    tariff = Tariff((Tier(Decimal(2), 100), Tier(Decimal(1), 200)))
    assert [tariff.image(pixels) for pixels in (100, 101, 201, None)] == [2, 1, 2, 2]


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Tariff(()),
        lambda: Tariff((Tier(Decimal(1)), Tier(Decimal(2)))),
        lambda: Tariff((Tier(Decimal(1), 200), Tier(Decimal(2), 100))),
        lambda: Tariff((Tier(Decimal(-1)),)),
        lambda: Tariff((Tier(Decimal(1)),), free_references=-1),
    ],
)
def test_a_tariff_that_makes_no_sense_is_refused(wrong: Any) -> None:
    with pytest.raises(ValueError, match=r"tier|negative"):
        wrong()
