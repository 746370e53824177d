"""Charts are pictures that a phone can read, in light and dark, whose letters are there and whose numbers are told."""

import asyncio
import shutil
import sys
from pathlib import Path

import pytest
import pyvips  # type: ignore[import-untyped]

from bot.images import charts
from bot.images.charts import LONGEST_ALT, MOST_BARS, Chart, Panel, alt, draw, ticks
from bot.images.errors import ChartFailed

OWN_FONT = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig><dir>{}</dir><cachedir prefix="xdg">fontconfig</cachedir></fontconfig>"""


def count(value: float) -> str:
    return f"{value:,.0f}"


def money(value: float) -> str:
    return f"${value:,.2f}"


def days(title: str = "Images per day", many: int = 30) -> Panel:
    return Panel(title, tuple(f"Nov {day}" for day in range(1, many + 1)), tuple(map(float, range(many))), count)


def members(*names: str, plain: tuple[str, ...] = ()) -> Panel:
    return Panel("By member", names, tuple(range(len(names), 0, -1)), count, ranked=True, plain=plain)


def chart(*panels: Panel, dark: bool = True, title: str = "Usage of Pixel Garden", plain: str = "") -> Chart:
    return Chart(title, "November 2026", panels or (days(), members("Mia", "Ben")), dark, plain)


def seen(picture: bytes) -> pyvips.Image:
    return pyvips.Image.pngload_buffer(picture)


@pytest.fixture
def only_our_font(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without any font but the one that comes with the bot."""
    conf = tmp_path / "fonts.conf"
    conf.write_text(OWN_FONT.format(Path(charts.__file__).with_name("fonts")))
    monkeypatch.setattr(charts, "_FONTS", conf)


@pytest.mark.parametrize(("dark", "page"), [(True, [0x1E, 0x1F, 0x22]), (False, [0xFF, 0xFF, 0xFF])])
async def test_a_chart_is_wide_enough_for_a_phone_and_light_or_dark(dark: bool, page: list[int]) -> None:
    picture = await draw(chart(dark=dark))
    found = seen(picture)
    assert found.width == 1080
    assert 600 < found.height < 2400
    assert found.getpoint(2, 2)[:3] == page
    assert len(picture) < 200_000


async def test_the_bot_goes_on_while_a_chart_is_drawn() -> None:
    steps = 0
    drawing = asyncio.create_task(draw(chart()))
    while not drawing.done():
        await asyncio.sleep(0.002)
        steps += 1
    assert steps > 10
    assert seen(drawing.result()).width == 1080


@pytest.mark.usefixtures("only_our_font")
async def test_what_no_font_can_write_is_written_plainly_and_never_as_boxes() -> None:
    chinese = chart(members("小明", "Ben", plain=("member 1", "Ben")), title="像素花园", plain="Usage")
    plainly = chart(members("member 1", "Ben"), title="Usage")
    assert await draw(chinese) == await draw(plainly)
    rest = chart(members("Mia 🦑🏽小明", "小明"))
    assert await draw(rest) == await draw(chart(members("Mia", "?")))


@pytest.mark.usefixtures("only_our_font")
async def test_the_letters_of_other_alphabets_come_with_the_bot() -> None:
    cyrillic, greek = chart(title="Изображения"), chart(title="Εικόνες")
    assert len({await draw(cyrillic), await draw(greek), await draw(chart(title="?"))}) == 3


@pytest.mark.parametrize(
    "panels",
    [
        (Panel("Nothing yet", (), (), count),),
        (Panel("Nobody yet", (), (), count, ranked=True),),
        (Panel("All zero", ("a", "b"), (0, 0), count), members("one")),
        (Panel("Little money", ("a",), (0.0004,), money, whole=False),),
        (Panel("Much", tuple(map(str, range(200))), tuple(range(200)), count),),
        (members(*(f"member {number}" for number in range(12))),),
        (members("<b>&amp;\x00\x1b[0m\u202e \ud800", "x" * 500),),
    ],
    ids=["no day", "nobody", "zero", "little", "many", "members", "hostile"],
)
async def test_whatever_the_numbers_and_names_are_there_is_a_picture(panels: tuple[Panel, ...]) -> None:
    assert seen(await draw(chart(*panels))).width == 1080


async def test_a_chart_that_cannot_be_drawn_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", shutil.which("false"))
    with pytest.raises(ChartFailed, match="exit code 1"):
        await draw(chart())


async def test_a_chart_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(charts, "SECONDS", 0.0)
    with pytest.raises(ChartFailed, match="longer than 0 seconds"):
        await draw(chart())


def test_the_alt_text_says_the_numbers() -> None:
    told = alt(chart(days(many=4), members("Mia", "Ben"), Panel("Money", ("a",), (0,), money)))
    assert told == (
        "Usage of Pixel Garden · November 2026. By member: Mia 2, Ben 1. Images per day: Nov 2 1, Nov 3 2, Nov 4 3. "
        "Money: $0.00"
    )
    assert len(alt(chart(days(many=MOST_BARS), days("x", MOST_BARS), days("y", MOST_BARS)))) == LONGEST_ALT


@pytest.mark.parametrize("most", [0.0004, 0.07, 1, 2, 3, 7, 10, 11, 99, 100, 101, 149, 12_345, 1e9])
def test_the_steps_of_an_axis_are_few_and_reach_over_the_highest_bar(most: float) -> None:
    for whole in (False, *([True] if most >= 1 else [])):
        found = ticks(most, whole=whole)
        assert found[0] == 0
        assert 2 <= len(found) <= 6
        assert found[-1] >= most * (1 - 1e-9)
        assert found == sorted(set(found))
        assert not whole or all(value == int(value) for value in found)
