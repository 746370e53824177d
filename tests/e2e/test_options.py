"""Options that make no sense: each is refused in words before anything is charged."""

from typing import Any

import pytest

from sandbox.discord import CannotDo
from tests.e2e.stage import Stage

REFUSED: dict[str, dict[str, Any]] = {
    "no size": {"size": "huge"},
    "a tiny size": {"size": "1x1"},
    "a size of nothing": {"size": "0x0"},
    "a huge size": {"size": "99999x99999"},
    "a size of another model": {"size": "8K"},
    "a size that is none": {"size": "NaN"},
    "no ratio": {"ratio": "banana"},
    "a ratio out of range": {"ratio": "1:1000"},
    "a ratio of nothing": {"ratio": "0:0"},
    "an unknown model": {"model": "midjourney"},
    "a model of long ago": {"model": "`@everyone` " * 20},
    "a seed without use": {"seed": 7},
    "guidance without use": {"guidance": 2.5},
    "no transparency": {"transparent": True},
    "no search": {"web_search": True},
}
IMPOSSIBLE: list[dict[str, Any]] = [
    {"variations": 0},
    {"variations": 5},
    {"variations": "two"},
    {"seed": -2},
    {"seed": 2**53},
    {"guidance": 0.5},
    {"guidance": 11},
    {"format": "bmp"},
    {"visibility": "everybody"},
]


async def test_what_makes_no_sense_is_refused_in_words_and_costs_nothing(stage: Stage) -> None:
    async with stage.playing():
        for name, given in REFUSED.items():
            message = await (await stage.ada.slash("imagine", prompt="a cat", **given)).done()
            assert "not charged" in message.text, name
            assert next(iter(given)) in message.text or "There is no model" in message.text, name
            assert not message.mention_everyone
        with pytest.raises(CannotDo):
            await stage.ada.slash("story", prompt="a cat")
        for given in IMPOSSIBLE:
            with pytest.raises(CannotDo):
                await stage.ada.slash("imagine", prompt="a cat", **given)
        for images in (0, 1, 16):
            with pytest.raises(CannotDo):
                await stage.ada.slash("story", prompt="a cat", images=images)
        message = await (await stage.ada.slash("story", prompt="a cat", images=3, model="seedream-5.0-pro")).done()
        assert "Seedream 5.0 Pro draws one picture at a time" in message.text
    assert stage.seedream.calls == []
