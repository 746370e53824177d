"""What a model cannot do is said in people's words: every rule of the library, whatever figures are in it."""

from collections.abc import AsyncGenerator, Iterator
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import pytest

from bot.seedream.catalogue import Catalogue
from bot.seedream.check import OMIT
from bot.seedream.errors import Problem
from bot.seedream.models import ImageRequest, Reference
from bot.ui.problems import RULES, problems, read, rule
from bot.words import PSEUDO, Words

CATALOGUE = Catalogue.load()
PICTURE = Reference(url="https://example.org/a.png", media_type="image/png", width=1024, height=1024)


@dataclass(frozen=True)
class Weight:
    """Content that only has a length."""

    length: int

    async def chunks(self) -> AsyncGenerator[bytes, None]:
        yield b""


ODD: list[dict[str, Any]] = [
    {"prompt": ""},
    {"size": "9K"},
    {"size": "16:9"},
    {"size": "1x1"},
    {"size": "2048x2048"},
    {"size": "9000x100"},
    {"size": "2048x2048", "ratio": "16:9"},
    {"ratio": "wide"},
    {"ratio": "90:1"},
    {"ratio": "1:1"},
    {"max_images": 0},
    {"max_images": 2},
    {"max_images": 99},
    {"max_images": 15, "references": (PICTURE,) * 10},
    {"references": (PICTURE,) * 99},
    {"references": (PICTURE,)},
    {"references": (replace(PICTURE, url="ftp://x"),)},
    {"references": (replace(PICTURE, media_type="image/heic"),)},
    {"references": (replace(PICTURE, media_type="text/html"),)},
    {"references": (replace(PICTURE, width=5, height=5),)},
    {"references": (replace(PICTURE, width=9000, height=20),)},
    {"references": (replace(PICTURE, width=9000, height=9000),)},
    {"references": (replace(PICTURE, url=None, content=Weight(10**9)),)},
    {"output_format": "jpeg"},
    {"output_format": "png"},
    {"output_format": "gif"},
    {"background": "transparent"},
    {"background": "transparent", "output_format": "jpeg"},
    {"background": "blue"},
    {"background": "opaque"},
    {"layers": True},
    {"layers": True, "size": "9K", "background": "transparent", "max_images": 2},
    {"layers": True, "references": (PICTURE,) * 2, "ratio": "1:1"},
    {"layers": True, "references": (PICTURE,), "prompt": ""},
    {"web_search": True},
    {"stream": True},
    {"optimize_prompt": "fast"},
    {"optimize_prompt": "slow"},
    {"seed": 1},
    {"seed": -9},
    {"guidance_scale": 99.5},
    {"response_format": "paper"},
    {"callback_url": "ftp://x"},
    {"callback_url": "https://x"},
]


def found() -> Iterator[Problem]:
    providers = (None, "ark", "byteplus", "cometapi", "acedata", "gateway")
    for model, odd, provider in product([*CATALOGUE.models, "ep-unknown"], ODD, providers):
        request = ImageRequest(model, **{"prompt": "a cat", **odd})
        yield from CATALOGUE.check(request, provider)


def test_every_rule_of_the_library_is_known_and_none_is_known_in_vain() -> None:
    rules = {problem.rule for problem in found()}
    assert {each for each in rules if read(each)[0] is None} == set()
    inner = {"no reference pictures", "exactly one reference picture", "at most one reference picture"}
    used = {read(each)[0] for each in rules} | inner
    assert {each for each in RULES if each not in used} <= {
        "at most {most} reference pictures",
        "{low} to {most} reference pictures",
        "it is at the largest size already",  # what the studio says
    }


def test_a_rule_keeps_its_figures_in_every_language() -> None:
    english, chinese = Words(), Words("zh-CN")
    told = "100x200 has 20,000 pixels, Seedream 4.5 takes 3,686,400 to 16,777,216"
    assert rule(english, told) == told
    assert rule(chinese, told) == "100x200 共 20,000 像素，Seedream 4.5 支持 3,686,400 到 16,777,216"
    german = rule(Words("de"), told)
    assert all(number in german for number in ("20.000", "3.686.400", "16.777.216"))
    assert rule(chinese, "allowed with Seedream 4.5: 1 to 10 reference pictures · given: 99") == (
        "Seedream 4.5 的要求：1 到 10 张参考图 · 当前：99 张"
    )


def test_what_would_do_is_said_too() -> None:
    two = [Problem("references[1]", "no PNG", "png"), Problem("web_search", "X does not search the web", OMIT)]
    assert problems(Words(), two, helpful=True) == (
        "image2: no PNG (`png` would do); web_search: X does not search the web (leave it out)"
    )
    assert problems(Words("zh-CN"), two) == "图片2：no PNG；联网搜索：X 不能联网搜索"


def test_a_rule_that_nobody_knows_is_shown_as_it_is() -> None:
    assert read("of another kind") == (None, {})
    assert problems(Words("zh-CN"), [["size", "of another kind"]]) == "尺寸：of another kind"


@pytest.mark.parametrize("nothing", [[], ()])
def test_without_a_problem_something_is_said_all_the_same(nothing: list[Problem]) -> None:
    assert problems(Words(), nothing) == "an option does not suit it"


def test_a_field_has_the_name_of_its_option() -> None:
    assert problems(Words(PSEUDO), [Problem("max_images", "say what to draw")]) == "[îmåĝéš-: [šåý ŵĥåţ ţö ðŕåŵ]]"
