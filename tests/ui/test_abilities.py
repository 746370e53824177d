"""What models can do, in one line, and what is suggested while people type."""

import pytest

from bot.seedream.catalogue import Catalogue
from bot.ui.abilities import MOST, abilities, models, ratios, sizes
from bot.ui.asides import joined
from bot.words import Words

CATALOGUE = Catalogue.load()
ENGLISH = Words("en-US")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("4.5", "2K, 4K · up to 14 pictures · sets"),
        ("5.0 lite", "2K, 3K, 4K · up to 14 pictures · sets · web search · png/jpeg"),
        ("3.0", "pixels · seed · guidance"),
        ("seededit", "needs 1 picture · seed · guidance"),
    ],
)
def test_a_model_is_told_by_what_it_can_do(name: str, said: str) -> None:
    model = CATALOGUE.resolve(name)
    assert model is not None
    assert abilities(ENGLISH, model) == said


@pytest.mark.parametrize("locale", ["en-US", "zh-CN", "en-XA"])
def test_every_model_is_suggested_in_so_many_letters_as_discord_takes(locale: str) -> None:
    choices = models(Words(locale), CATALOGUE, CATALOGUE.models, "")
    assert [choice.value for choice in choices] == list(CATALOGUE.models)[:MOST]
    assert all(1 <= len(choice.name) <= 100 for choice in choices)


def test_models_are_found_by_every_name_if_they_are_offered() -> None:
    assert [choice.value for choice in models(ENGLISH, CATALOGUE, ["seedream-5.0-pro"], "5 PRO")] == [
        "seedream-5.0-pro"
    ]
    assert models(ENGLISH, CATALOGUE, ["seedream-4.5"], "5.0 pro") == []
    assert models(ENGLISH, CATALOGUE, CATALOGUE.models, "midjourney") == []


def test_sizes_are_those_of_the_model_and_pixels_where_it_takes_them() -> None:
    assert [choice.value for choice in sizes(CATALOGUE.resolve("4.5"), "")] == ["2K", "4K", "2048x2048"]
    assert [choice.value for choice in sizes(None, "1k")] == ["1K"]
    assert [choice.value for choice in sizes(CATALOGUE.resolve("seededit"), "2K")] == []
    assert [choice.value for choice in sizes(None, "640x480")] == ["640x480"]


def test_any_ratio_can_be_typed() -> None:
    assert [choice.value for choice in ratios("5:4")] == ["5:4"]
    assert [choice.value for choice in ratios("wide")] == []
    assert len(ratios("")) == 8


def test_only_so_much_is_said_about_a_request() -> None:
    said = joined(ENGLISH, [f"{number} " + "a" * 98 for number in range(20)])
    assert said.splitlines()[-1] == "… and 9 more lines"
    assert len(said) < 1300
