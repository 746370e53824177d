"""Draws a chart from what it is told on standard input, as PNG on standard output. Runs in a process of its own.

The letters are those of the font in `fonts`, and for what that does not have those of the machine's own fonts.
"""

import json
import sys
import unicodedata
from collections.abc import Iterator
from functools import cache
from html import escape
from typing import Any

import pygal  # type: ignore[import-untyped]
import pyvips  # type: ignore[import-untyped]
from pygal.style import Style  # type: ignore[import-untyped]

FONT = "DejaVu Sans"
WIDTH, EDGE, GAP = 1080, 40, 28
_MARGIN = 0.02  # what pygal leaves free on each side, of the whole
_PLAIN = {"js": [], "show_legend": False, "no_data_text": "", "rounded_bars": 8, "truncate_label": -1}
HEAD, CAPTION, DAYS, ROW = 170, 84, 400, 88
NAME = 34  # characters of a name
_MOST_NAMES, _MOST_SAID = 8, 10  # names below, and values above, the bars of a chart
NOWHERE, FAR = "\ue0ab", "\U000f0abc"  # characters that no font has: what is drawn like them is not there either
DARK = {"page": "#1e1f22", "card": "#2b2d31", "text": "#f2f3f5", "faint": "#b5bac1", "grid": "#43464d"}
LIGHT = {"page": "#ffffff", "card": "#f2f3f5", "text": "#060607", "faint": "#4e5058", "grid": "#d0d3d9"}
COLOURS = {True: ("#7983f5", "#3ecf8e", "#f5b83d", "#f27ec3"), False: ("#5865f2", "#1f8b4c", "#c77700", "#c2307f")}


def main() -> None:
    """One chart, then the end."""
    sys.stdout.buffer.write(drawn(json.loads(sys.stdin.buffer.read())))


def drawn(order: dict[str, Any]) -> bytes:
    """The whole picture."""
    paint, colours = (DARK if order["dark"] else LIGHT), COLOURS[order["dark"]]
    heights = [_height(panel) for panel in order["panels"]]
    whole = HEAD + sum(heights) + GAP * len(heights) + EDGE - GAP
    tops = [HEAD + sum(heights[:place]) + GAP * place for place in range(len(heights))]
    page = _svg(_page(order, paint, list(zip(tops, heights, strict=True)), whole))
    for place, (panel, top) in enumerate(zip(order["panels"], tops, strict=True)):
        if not panel["values"]:
            continue
        style = _style(paint, colours[place % len(colours)])
        bars, x, y = _lying(panel, style) if panel["ranked"] else _standing(panel, style)
        page = page.composite2(_svg(bars), "over", x=x, y=top + CAPTION + y)
    picture: bytes = page.flatten(background=_rgb(paint["page"])).pngsave_buffer(compression=9, palette=True, Q=95)
    return picture


def _page(order: dict[str, Any], paint: dict[str, str], cards: list[tuple[int, int]], height: int) -> str:
    """The title, and a card with its caption for each chart."""
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" font-family="{FONT}">',
        f'<rect width="{WIDTH}" height="{height}" fill="{paint["page"]}"/>',
        _text(_written(*order["title"]), 82, 50, paint["text"], bold=True),
        _text(_written(*order["note"]), 134, 32, paint["faint"]),
    ]
    for (top, tall), panel in zip(cards, order["panels"], strict=True):
        card = f'<rect x="{EDGE - 16}" y="{top}" width="{WIDTH - 2 * EDGE + 32}" height="{tall}" rx="20"'
        parts += [
            f'{card} fill="{paint["card"]}"/>',
            _text(_written(*panel["title"]), top + 56, 36, paint["text"], bold=True),
        ]
        parts += _words(panel, top + CAPTION, paint) if panel["ranked"] else []
    return "".join([*parts, "</svg>"])


def _words(panel: dict[str, Any], top: int, paint: dict[str, str]) -> Iterator[str]:
    """Above each bar its name, and its value at the other end of the line."""
    for place, (pair, said) in enumerate(zip(panel["names"], panel["said"], strict=True)):
        y = top + ROW * place + 34
        yield _text(_short(_written(*pair)), y, 28, paint["text"])
        where = f'x="{WIDTH - EDGE - 8}" y="{y}" text-anchor="end" font-size="28"'
        yield f'<text {where} fill="{paint["faint"]}">{escape(_written(said, ""))}</text>'


def _text(text: str, y: int, size: int, colour: str, *, bold: bool = False) -> str:
    weight = "bold" if bold else "normal"
    fit = min(1.0, (WIDTH - 2 * EDGE - 16) / max(1, _width(text, size, bold=bold)))
    return (
        f'<text x="{EDGE + 8}" y="{y}" font-size="{size * fit:.1f}" font-weight="{weight}" fill="{colour}">'
        f"{escape(text)}</text>"
    )


class _Rows(pygal.HorizontalBar):  # type: ignore[misc]  # it has no types
    """Thin bars that lie, with room for words above each."""

    _series_margin = 0.36


def _lying(panel: dict[str, Any], style: Style) -> tuple[str, int, int]:
    """The bars alone as SVG, and where to put them: so that they begin and end with the words above."""
    width, height = WIDTH - 2 * EDGE - 16, ROW * len(panel["values"])
    size = {"width": round(width * (1 + 2 * _MARGIN)), "height": round(height * (1 + 2 * _MARGIN))}
    bare = {"margin": 0, "show_x_labels": False, "show_y_labels": False, "show_x_guides": False, "show_y_guides": False}
    css = [*pygal.Config.css.value, "inline:.axis path, .axis line {stroke: none}"]
    chart = _Rows(style=style, css=css, range=(0, max([*panel["values"], 1e-9])), **size, **bare, **_PLAIN)
    chart.add("", list(reversed(panel["values"])))
    return _rendered(chart), EDGE + 8 - round(width * _MARGIN), 18 - round(height * _MARGIN)


def _standing(panel: dict[str, Any], style: Style) -> tuple[str, int, int]:
    """Bars with their axes, the same."""
    names = [_short(_written(*pair)) for pair in panel["names"]]
    size = {"width": WIDTH - 2 * EDGE, "height": DAYS, "margin": 6, "margin_right": 24, "spacing": 14}
    chart = pygal.Bar(style=style, print_values=True, print_values_position="top", **size, **_PLAIN)
    chart.range = (0, panel["ticks"][-1][0])
    chart.y_labels = [{"value": value, "label": said} for value, said in panel["ticks"]]
    chart.x_labels = names
    chart.x_labels_major = names[:: -(-len(names) // _MOST_NAMES)]
    chart.show_minor_x_labels = False
    told = zip(panel["values"], panel["said"], _shown(panel["values"]), strict=True)
    chart.add("", [{"value": value, "formatter": _saying(said if show else "")} for value, said, show in told])
    return _rendered(chart), EDGE, 0


def _rendered(chart: Any) -> str:
    svg: str = chart.render(is_unicode=True, disable_xml_declaration=True)
    return svg


def _shown(values: list[float]) -> list[bool]:
    """Which bars are labelled: all where there is room, else the highest one."""
    best = max(range(len(values)), key=values.__getitem__, default=0)
    return [bool(value) and (len(values) <= _MOST_SAID or place == best) for place, value in enumerate(values)]


def _saying(text: str) -> Any:
    return lambda _: text


def _style(paint: dict[str, str], colour: str) -> Style:
    return Style(
        background="transparent",
        plot_background="transparent",
        foreground=paint["faint"],
        foreground_strong=paint["text"],
        foreground_subtle=paint["grid"],
        guide_stroke_color=paint["grid"],
        major_guide_stroke_color=paint["grid"],
        guide_stroke_dasharray="1,0",
        major_guide_stroke_dasharray="1,0",
        colors=(colour,),
        value_colors=(paint["text"],),
        opacity="1",
        opacity_hover="1",
        font_family=FONT,
        label_font_size=26,
        major_label_font_size=26,
        value_font_size=26,
        value_label_font_size=26,
    )


def _height(panel: dict[str, Any]) -> int:
    return CAPTION + (ROW * max(1, len(panel["values"])) + 24 if panel["ranked"] else DAYS)


def _written(text: str, plain: str) -> str:
    """The text if the fonts have its letters, else the plain one, else what can be written of it."""
    clean = "".join(" " if unicodedata.category(letter)[0] in "CZ" else letter for letter in text)
    if all(map(_has, clean)):
        return clean
    if plain and plain != text:
        return _written(plain, "")
    return " ".join("".join(filter(_has, clean)).split()) or "?"


@cache
def _has(letter: str) -> bool:
    """Whether it is drawn as itself: for what no font has, a box with a number is drawn, and all boxes are alike."""
    if letter < "\u0250":
        return True
    ink, box = _ink(letter), _ink(NOWHERE if letter <= "\uffff" else FAR)
    return (ink.width, ink.height) != (box.width, box.height) or _frame(ink) != _frame(box)


@cache
def _ink(text: str) -> pyvips.Image:
    return pyvips.Image.text(escape(text), font=f"{FONT} 48").copy_memory()


def _frame(image: pyvips.Image) -> bytes:
    """The outermost pixels of a picture of letters."""
    edges = [(0, 0, image.width, 2), (0, 0, 2, image.height), (image.width - 2, 0, 2, image.height)]
    return b"".join(bytes(image.crop(*edge).write_to_memory()) for edge in edges)


def _width(text: str, size: int, *, bold: bool) -> int:
    if not text.strip():
        return 1
    weight = "Bold " if bold else ""
    width: int = pyvips.Image.text(escape(text), font=f"{FONT} {weight}{size}", dpi=72).width
    return width


def _short(name: str) -> str:
    return name if len(name) <= NAME else f"{name[: NAME - 1]}…"


def _svg(text: str) -> pyvips.Image:
    return pyvips.Image.svgload_buffer(text.encode())


def _rgb(colour: str) -> list[int]:
    return list(bytes.fromhex(colour[1:]))


if __name__ == "__main__":
    main()
